//! `tictalk probe`: what it says about programs of other people.

mod page;
