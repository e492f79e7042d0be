//! A member that returns while the engine is away.

use super::machine::{Machine, ROOM, free_ports};
use crate::support::{Server, soon};
use bytes::BytesMut;
use std::time::Duration;
use tictalk::cluster::{Command, Reader, StreamMessage};
use tictalk::net::{Connection, new_nonce};
use tictalk::room::{Guest, GuestEffect, GuestInput, Sight};
use tictalk::wire::{Control, Dialect, Frame, Ticket};
use tokio::net::TcpStream;

/// A connection to the machine, over which the guest has greeted it.
async fn connect(guest: &mut Guest, machine: &Machine) -> Connection {
    let stream = TcpStream::connect(machine.address()).await.unwrap();
    let mut connection = Connection::new(stream, Dialect::Tictalk, BytesMut::new());
    let nonce = new_nonce().unwrap();
    handle(guest, &mut connection, GuestInput::Connected { nonce });
    connection
}

/// What the guest shows.
fn handle(guest: &mut Guest, connection: &mut Connection, input: GuestInput) -> Vec<Sight> {
    let mut shown = Vec::new();
    for effect in guest.handle(Duration::ZERO, input) {
        match effect {
            GuestEffect::Send(control) => connection.send(&Frame::Control(control)).unwrap(),
            GuestEffect::Show(sight) => shown.push(sight),
            GuestEffect::Close(ending) => panic!("the guest is out: {ending:?}"),
            _ => {}
        }
    }
    shown
}

async fn next(connection: &mut Connection) -> Control {
    match soon(connection.receive()).await.unwrap() {
        Some(Frame::Control(control)) => control,
        other => panic!("{other:?}"),
    }
}

/// A member, and its connection.
struct Person {
    guest: Guest,
    connection: Connection,
}

impl Person {
    async fn join(machine: &Machine, name: &str, number: u8) -> Self {
        let mut guest = Guest::new(name.parse().ok(), Ticket::new([number; 16]));
        let connection = connect(&mut guest, machine).await;
        let mut person = Self { guest, connection };
        person.shows(|sight| matches!(sight, Sight::Named(_))).await;
        person
    }

    /// Loses the connection, and makes another one.
    async fn come_back(&mut self, machine: &Machine) {
        handle(&mut self.guest, &mut self.connection, GuestInput::Lost);
        self.connection = connect(&mut self.guest, machine).await;
    }

    /// Hears the room until the guest shows this.
    async fn shows(&mut self, is_it: impl Fn(&Sight) -> bool) {
        loop {
            let control = next(&mut self.connection).await;
            let input = GuestInput::Control(control);
            if handle(&mut self.guest, &mut self.connection, input)
                .iter()
                .any(&is_it)
            {
                return;
            }
        }
    }

    /// Says something, and hears that it is stored.
    async fn say(&mut self, text: &str) {
        let line = GuestInput::Line(text.to_owned());
        handle(&mut self.guest, &mut self.connection, line);
        while self.guest.unreceived() > 0 {
            let control = next(&mut self.connection).await;
            handle(
                &mut self.guest,
                &mut self.connection,
                GuestInput::Control(control),
            );
        }
    }
}

/// Reads the stream up to the next message in which somebody asks to return.
async fn comeback(reader: &mut Reader) {
    loop {
        let entry = soon(reader.next()).await.unwrap();
        if let Some(StreamMessage::Batch { commands, .. }) = StreamMessage::decode(&entry.bytes) {
            let is_comeback = |command: &Command| matches!(command, Command::Comeback { .. });
            if commands.iter().any(is_comeback) {
                return;
            }
        }
    }
}

#[tokio::test]
async fn nothing_comes_before_the_welcome_that_waits_for_the_engine() {
    let ports = free_ports(2);
    let Some(mut server) = Server::at(ports[0]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut machine = Machine::new(
        server.port(),
        data,
        ports[1],
        &["--burst", "4", "--rate", "3"],
    );
    machine.start();
    machine.wait_for("Server listening on");
    let engine = server.engine().await;
    let stream = soon(engine.find_stream(ROOM)).await.unwrap().unwrap();
    let mut reader = stream.reader(0);
    let mut ann = Person::join(&machine, "ann", 1).await;
    let mut bob = Person::join(&machine, "bob", 2).await;
    for _ in 0..2 {
        ann.come_back(&machine).await;
        ann.shows(|sight| *sight == Sight::Reconnected).await;
        comeback(&mut reader).await;
    }
    // Who returns often has to wait: more than a second passes between the machine's question whether
    // she may, and her hello.
    ann.come_back(&machine).await;
    let challenge = GuestInput::Control(next(&mut ann.connection).await);
    handle(&mut ann.guest, &mut ann.connection, challenge);
    comeback(&mut reader).await;
    bob.say("The machine has read the answer.").await;
    server.kill();
    machine.wait_for("The room waits for its engine");
    server.restart();
    ann.shows(|sight| *sight == Sight::Reconnected).await;
}
