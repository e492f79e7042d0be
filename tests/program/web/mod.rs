//! The server's port as browsers use it, over bare sockets.

mod live;
mod observers;
mod requests;
