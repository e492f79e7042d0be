//! Runs the cases against one program.

use super::case::{Family, ProbeCase};
use super::cases::CASES;
use super::exam::{Exam, Target, connect};
use super::findings::{ProbeReport, Row};
use super::framing::Framing;
use super::naming;
use super::progress::ProbeProgress;
use super::reach::is_nearby;
use super::verdict::{Finding, ProbeVerdict};
use crate::net::{Address, AddressError, HostPort, Listener};
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The time limit of an examination, whatever the program does.
pub const LIMIT: Duration = Duration::from_secs(60);

/// How long a host may take to answer the first connection.
const CONNECT: Duration = Duration::from_secs(5);

/// An examination that has not begun.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The program.
    pub target: ProbeTarget,
    /// The framing, if a person has named it.
    pub framing: Option<Framing>,
    /// How long the program may take to answer.
    pub patience: Duration,
    /// The cases to run; empty for all.
    pub only: Vec<Selection>,
    /// Whether an address outside this machine and its networks is examined, too.
    pub may_be_far: bool,
}

/// The program to examine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeTarget {
    /// The server at this address.
    Server(Address),
    /// The client that connects to this address.
    Client(Address),
}

/// Some of the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// A family.
    Family(Family),
    /// One case, by its id.
    Case(&'static str),
}

impl Selection {
    /// The family or the case of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let family = Family::ALL.into_iter().find(|family| family.name() == name);
        let case = || CASES.iter().find(|case| case.id == name);
        family
            .map(Self::Family)
            .or_else(|| case().map(|case| Self::Case(case.id)))
    }

    /// Whether this case is one of them.
    #[must_use]
    pub fn includes(self, case: &ProbeCase) -> bool {
        match self {
            Self::Family(family) => family == case.family,
            Self::Case(id) => id == case.id,
        }
    }
}

/// Why an examination did not begin.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The address of this machine cannot be used, or the host is not known.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Nobody listens there.
    #[error("nobody listens on {0}: start your server first, and name its port")]
    NobodyListens(SocketAddr),
    /// The address belongs to somebody else.
    #[error(
        "{0} is not an address of this machine or of a private network; with --yes, the probe \
         examines it all the same"
    )]
    Far(IpAddr),
    /// No client has come.
    #[error("no client came to {0} within {1} s")]
    NoClient(Address, u64),
    /// The program is no partner.
    #[error("{0}")]
    Unnamed(String),
    /// The system does not tell the port.
    #[error("cannot listen: {0}")]
    Port(#[from] io::Error),
}

/// The most that the probe says about a case, when the time is over.
const TIME_OVER: &str = "the time of 60 s was over: choose cases with --only";

impl Probe {
    /// Examines the program.
    ///
    /// # Errors
    /// [`ProbeError`] if the examination cannot begin.
    pub async fn run(self, progress: ProbeProgress) -> Result<ProbeReport, ProbeError> {
        let started = Instant::now();
        let deadline = started + LIMIT;
        let found = timeout_at(deadline, self.find()).await;
        let over = |_| ProbeError::Unnamed("the host was not found in time".to_owned());
        let (target, place) = found.map_err(over)??;
        let mut exam = Exam::new(target, self.patience, progress);
        let cases: Vec<&ProbeCase> = CASES.iter().filter(|case| self.includes(case)).collect();
        let applicable = cases
            .iter()
            .filter(|case| case.applies.includes(exam.examined()));
        let ending = applicable.filter(|case| case.ends).count();
        exam.progress().plan(ending.max(1));
        let naming = async {
            match self.framing {
                Some(framing) => naming::accept(&mut exam, framing).await,
                None => naming::name(&mut exam).await,
            }
        };
        match timeout_at(deadline, naming).await {
            Ok(Ok(())) => {}
            Ok(Err(stop)) => {
                let why = Finding::from(stop).came;
                exam.progress().clear();
                return Err(match (exam.facts.served, &self.target) {
                    (0, ProbeTarget::Client(address)) if exam.facts.is_gone => {
                        ProbeError::NoClient(address.clone(), started.elapsed().as_secs())
                    }
                    _ => ProbeError::Unnamed(why),
                });
            }
            Err(_) => return Err(ProbeError::Unnamed(TIME_OVER.to_owned())),
        }
        exam.take_sent();
        let rows = rows(&mut exam, &cases, deadline).await;
        exam.progress().clear();
        Ok(ProbeReport {
            examined: exam.examined(),
            place,
            reads: exam.framing,
            writes: exam.answers_in,
            rows,
            took: started.elapsed(),
        })
    }

    fn includes(&self, case: &ProbeCase) -> bool {
        self.only.is_empty() || self.only.iter().any(|some| some.includes(case))
    }

    /// Finds the program: its one address, or the sockets on which it is awaited.
    async fn find(&self) -> Result<(Target, String), ProbeError> {
        match &self.target {
            ProbeTarget::Client(address) => {
                for found in address.resolve().await? {
                    self.check(found.ip())?;
                }
                let listener = Listener::bind(address).await?;
                let address = Address {
                    host: address.host.clone(),
                    port: listener.port()?,
                };
                let place = HostPort {
                    host: address.host.clone(),
                    port: Some(address.port),
                };
                Ok((Target::Client(listener, address), place.to_string()))
            }
            ProbeTarget::Server(address) => {
                let found = address.resolve().await?;
                for address in &found {
                    self.check(address.ip())?;
                }
                let end = Instant::now() + CONNECT;
                for address in &found {
                    let attempt = connect(*address, Duration::ZERO);
                    if let Ok(Some(stream)) = timeout_at(end, attempt).await {
                        return Ok((Target::Server(*address, Some(stream)), address.to_string()));
                    }
                }
                let first = found.first().copied();
                let unknown = || AddressError::UnknownHost {
                    host: address.host.clone(),
                };
                Err(ProbeError::NobodyListens(first.ok_or_else(unknown)?))
            }
        }
    }

    /// Refuses addresses of other people.
    fn check(&self, ip: IpAddr) -> Result<(), ProbeError> {
        match self.may_be_far || is_nearby(ip) {
            true => Ok(()),
            false => Err(ProbeError::Far(ip)),
        }
    }
}

/// Runs the cases one after the other.
async fn rows(exam: &mut Exam, cases: &[&'static ProbeCase], deadline: Instant) -> Vec<Row> {
    let mut rows = Vec::new();
    // Cases with a fault, and cases that were not tried because of one.
    let mut blocked = BTreeSet::new();
    for (number, case) in (1..).zip(cases) {
        exam.progress().case(number, cases.len(), case.id);
        let faulty = case.needs.iter().find(|id| blocked.contains(**id));
        let started = Instant::now();
        let mut finding = match faulty {
            _ if !case.applies.includes(exam.examined()) => {
                Finding::not_applicable("it is about servers")
            }
            Some(id) => Finding::not_applicable(format!("see {id}")),
            None => match timeout_at(deadline, (case.run)(exam)).await {
                Ok(done) => done.unwrap_or_else(Finding::from),
                Err(_) => Finding::not_applicable(TIME_OVER),
            },
        };
        finding.sent = exam.take_sent();
        if timeout_at(deadline, exam.drop_used()).await.is_err() {
            exam.detach();
        }
        if faulty.is_some() || finding.verdict == ProbeVerdict::Fault {
            blocked.insert(case.id);
        }
        rows.push(Row {
            case,
            finding,
            took: started.elapsed(),
        });
    }
    let _ = timeout_at(deadline, exam.drop_shared()).await;
    rows
}
