//! The greeting of a session that is resumed, at either end of a bare socket.

use super::{Socket, control};
use serde_json::Value;
use tictalk::wire::{Exchange, Nonce, Proof, Prover, Standing, Ticket};

/// A challenge and response that is under way.
#[derive(Clone, Copy)]
pub(crate) struct Resuming {
    exchange: Exchange,
}

/// The nonce of whichever end is played here.
const OURS: [u8; 16] = [0xc4; 16];

impl Resuming {
    /// As the server: reads a hello, which names the session of `ticket`.
    pub(crate) fn read(server: &mut Socket, ticket: Ticket) -> Self {
        let (_, hello) = server.receive_frame();
        let hello: Value = serde_json::from_str(&hello).unwrap();
        assert_eq!(
            hello["resume"]["session"],
            String::from(ticket.handle()),
            "{hello}"
        );
        Self {
            exchange: Exchange {
                ticket,
                client: nonce(&hello["nonce"]),
                server: Nonce::new(OURS),
            },
        }
    }

    /// As a room: reads a hello, which names the member of `ticket`. Also returns the last post that the
    /// client has seen.
    pub(crate) fn read_member(room: &mut Socket, ticket: Ticket) -> (Self, Option<u64>) {
        let (_, hello) = room.receive_frame();
        let hello: Value = serde_json::from_str(&hello).unwrap();
        let entrance = &hello["room"];
        assert_eq!(entrance["member"], String::from(ticket.handle()), "{hello}");
        assert_eq!(entrance["ticket"], Value::Null, "{hello}");
        let resuming = Self {
            exchange: Exchange {
                ticket,
                client: nonce(&hello["nonce"]),
                server: Nonce::new(OURS),
            },
        };
        (resuming, entrance["since"].as_u64())
    }

    pub(crate) fn exchange(&self) -> Exchange {
        self.exchange
    }

    /// As the server: proves that it knows the ticket.
    pub(crate) fn challenge(&self, server: &mut Socket) {
        self.challenge_with(server, self.exchange.proof(Prover::Server));
    }

    pub(crate) fn challenge_with(&self, server: &mut Socket, proof: Proof) {
        let nonce = String::from(self.exchange.server);
        let proof = String::from(proof);
        server.send(&control(&format!(
            r#"{{"type":"challenge","nonce":"{nonce}","proof":"{proof}"}}"#
        )));
    }

    /// As the server: reads the client's proof.
    pub(crate) fn is_proved_by(&self, server: &mut Socket) -> bool {
        let (_, answer) = server.receive_frame();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["type"], "proof");
        let proof = answer["proof"].as_str().unwrap().to_owned();
        let proof = Proof::try_from(proof).unwrap();
        self.exchange.accepts(&proof, Prover::Client)
    }

    /// As the client: says hello, with the session to resume.
    pub(crate) fn send(client: &mut Socket, standing: &Standing) -> Self {
        let nonce = Nonce::new(OURS);
        let hello = serde_json::json!({
            "type": "hello", "version": 2, "nonce": nonce, "resume": standing.to_resume(),
        });
        client.send(&control(&hello.to_string()));
        Self {
            exchange: Exchange {
                ticket: standing.session,
                client: nonce,
                server: nonce,
            },
        }
    }

    /// As the client: reads the challenge and checks it; none where the server answers otherwise.
    pub(crate) fn challenged(mut self, client: &mut Socket) -> Result<Self, Value> {
        let (_, answer) = client.receive_frame();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        if answer["type"] != "challenge" {
            return Err(answer);
        }
        self.exchange.server = nonce(&answer["nonce"]);
        let proof = Proof::try_from(answer["proof"].as_str().unwrap().to_owned()).unwrap();
        assert!(self.exchange.accepts(&proof, Prover::Server), "{answer}");
        Ok(self)
    }

    /// As the client: answers the challenge.
    pub(crate) fn prove_with(&self, client: &mut Socket, proof: Proof) {
        let proof = String::from(proof);
        client.send(&control(&format!(
            r#"{{"type":"proof","proof":"{proof}"}}"#
        )));
    }
}

fn nonce(json: &Value) -> Nonce {
    Nonce::try_from(json.as_str().unwrap().to_owned()).unwrap()
}
