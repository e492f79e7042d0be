//! A room with its host's window on pipes.

use super::{Finished, Program, Socket, frame};

/// A room that is open.
pub(crate) struct Room {
    pub(crate) host: Program,
    pub(crate) port: u16,
}

impl Room {
    /// On a free port, listening already.
    pub(crate) fn open(options: &[&str]) -> Self {
        let mut host = Program::start(&[&["room", "--port", "0"], options].concat());
        let line = host.wait_for("\n");
        let port = line.trim_end().rsplit(' ').next().unwrap();
        let port = port
            .parse()
            .unwrap_or_else(|_| panic!("no port in {line:?}"));
        Self { host, port }
    }

    /// Somebody with a program that frames comes in.
    pub(crate) fn join(&mut self, name: &str) -> Socket {
        let mut guest = Socket::connect(self.port);
        guest.send(&frame(name));
        self.host.wait_for(&format!("-- {name} joined.\n"));
        guest
    }

    /// Somebody says this, and the host reads it as that.
    pub(crate) fn hear(&mut self, from: &mut Socket, said: &str, heard: &str) {
        from.send(&frame(said));
        self.host.wait_for(heard);
    }

    /// The host closes it.
    pub(crate) fn close(mut self) -> Finished {
        self.host.enter("/quit");
        self.host.finish()
    }
}
