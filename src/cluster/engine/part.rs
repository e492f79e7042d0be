//! The parts of a room's stream.

use std::fmt;

/// What a message of the stream is about. It is the end of the message's subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// How the room began. [`trim`](super::RoomStream::trim) leaves it.
    Genesis,
    /// Inputs of the room.
    Inputs,
    /// The time of the room.
    Tick,
    /// What one machine says about itself.
    Machine(u64),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Genesis => f.write_str("genesis"),
            Self::Inputs => f.write_str("log.inputs"),
            Self::Tick => f.write_str("log.tick"),
            Self::Machine(number) => write!(f, "log.machine.{number}"),
        }
    }
}

/// The subjects of a room's stream.
#[derive(Debug)]
pub(super) struct Subjects {
    /// The beginning of all of them, with the dot.
    root: String,
}

impl Subjects {
    pub(super) fn of(token: &str) -> Self {
        Self {
            root: format!("tictalk.{token}."),
        }
    }

    /// All subjects of the stream.
    pub(super) fn all(&self) -> String {
        format!("{}>", self.root)
    }

    /// All but the genesis.
    pub(super) fn log(&self) -> String {
        format!("{}log.>", self.root)
    }

    pub(super) fn of_part(&self, part: Part) -> String {
        format!("{}{part}", self.root)
    }

    /// The part of a subject; nothing if it is none of [`Part`].
    pub(super) fn part(&self, subject: &str) -> Option<Part> {
        let name = subject.strip_prefix(&self.root)?;
        let part = match name {
            "genesis" => Part::Genesis,
            "log.inputs" => Part::Inputs,
            "log.tick" => Part::Tick,
            _ => Part::Machine(name.strip_prefix("log.machine.")?.parse().ok()?),
        };
        // A number has only one spelling.
        (part.to_string() == name).then_some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Subjects};

    #[test]
    fn each_part_is_read_from_its_subject() {
        let subjects = Subjects::of("lounge");
        for part in [
            Part::Genesis,
            Part::Inputs,
            Part::Tick,
            Part::Machine(0),
            Part::Machine(u64::MAX),
        ] {
            assert_eq!(subjects.part(&subjects.of_part(part)), Some(part));
        }
        for other in [
            "tictalk.lounge.log",
            "tictalk.lounge.log.machine.+1",
            "tictalk.lounge.log.machine.01",
            "tictalk.lounge.log.machine.-1",
            "tictalk.other.genesis",
            "genesis",
        ] {
            assert_eq!(subjects.part(other), None, "{other}");
        }
    }
}
