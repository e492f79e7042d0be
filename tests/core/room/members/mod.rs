//! The members of a room: their posts, their limits, their absences and their roles.

mod absence;
mod gathering;
mod limits;
mod order;
mod posts;
mod roles;
