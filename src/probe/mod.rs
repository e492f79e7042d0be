//! `tictalk probe`: examines a program that somebody wrote, from the outside.
//!
//! The probe talks to a server, or is the server of a client. It first names the framing, and then runs
//! the [table of cases](CASES). Each case has an id, says in one sentence what happens, what is expected,
//! where to look and where the rule is written down, and gives a [`Finding`].
//!
//! # Connections
//! Cases share a connection as long as each of them leaves the turns in step, because many programs
//! serve one client and end, and a client has to be started again for each connection. A fault ends the
//! connection, so it does not count twice. A case whose prerequisite has a fault is not tried either:
//! one clear finding helps more than ten that follow from it.
//!
//! # Verdicts
//! A program may keep strict turns, serve one client and end, have no framing, or play no game. It may
//! also end a conversation at the first misuse, if it says why or serves the next client. None of these
//! is a fault: [`ProbeVerdict::Style`] marks legal but unusual behaviour, and
//! [`ProbeVerdict::NotApplicable`] marks cases that do not fit the program.
//!
//! # Limits
//! An examination takes at most [`LIMIT`]. It reads at most 256 KiB from a connection, and uses one
//! connection at a time except in one case. The name of a host is resolved once.

mod board;
mod case;
mod cases;
mod dial;
mod exam;
mod exchange;
mod facts;
mod findings;
mod framing;
mod hold;
mod naming;
mod play;
mod progress;
mod reach;
mod report;
mod run;
mod sources;
mod stream;
mod verdict;

pub use case::{AppliesTo, Family, ProbeCase};
pub use cases::CASES;
pub use facts::Examined;
pub use findings::{CaseResult, ProbeOutcome, ProbeReport};
pub use framing::{Framing, SizeField, SizeOf, Taken, WrittenMessage};
pub use progress::ProbeProgress;
pub use reach::is_nearby;
pub use report::ReportFormat;
pub use run::{LIMIT, Probe, ProbeError, ProbeTarget, Selection};
pub use verdict::{Excerpt, Finding, ProbeVerdict};
