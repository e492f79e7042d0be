//! Runs the cases against one program.

use super::case::{Family, ProbeCase};
use super::cases::{CASES, CONNECT_CASE};
use super::dial::{Reached, connect};
use super::exam::{Exam, ExamTarget};
use super::facts::{Endings, Examined, Stop};
use super::findings::{CaseResult, ProbeReport};
use super::framing::Framing;
use super::naming;
use super::progress::ProbeProgress;
use super::reach::is_nearby;
use super::verdict::{Finding, ProbeVerdict};
use crate::net::{Address, AddressError, HostPort, Listener};
use std::collections::BTreeMap;
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
    /// The resolver does not know the host.
    #[error("cannot find the host {0:?}: check its spelling, or give its IP address")]
    UnknownHost(String),
    /// Another program listens there.
    #[error("port {0} is in use: choose another port, such as --listen 0, which takes a free one")]
    InUse(u16),
    /// The system reserves the port.
    #[error(
        "not permitted to listen on port {0}: ports below 1024 may need special rights; choose \
         another port, such as --listen 0"
    )]
    NotPermitted(u16),
    /// Any other problem with the address.
    #[error(transparent)]
    Address(AddressError),
    /// Nothing listens there.
    #[error("nothing listens on {0}: start your server, or check the port")]
    NobodyListens(SocketAddr),
    /// The address belongs to somebody else.
    #[error(
        "{0} is not an address of this machine or of a private network; --yes examines it anyway"
    )]
    Far(IpAddr),
    /// No client has come.
    #[error("no client connected to {0} within {1} s")]
    NoClient(String, u64),
    /// The framing could not be named.
    #[error("{0}")]
    Unnamed(String),
    /// The system does not tell the port.
    #[error("cannot listen: {0}")]
    Port(#[from] io::Error),
}

impl From<AddressError> for ProbeError {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::UnknownHost { host } => Self::UnknownHost(host),
            AddressError::InUse(address) => Self::InUse(address.port),
            AddressError::NotPermitted(address) => Self::NotPermitted(address.port),
            other => Self::Address(other),
        }
    }
}

/// The reason for a case that the time limit cut off.
const TIME_OVER: &str = "not tried: the time limit of 60 s was reached; choose cases with --only";

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
        let mut cases: Vec<&ProbeCase> = CASES.iter().filter(|case| self.includes(case)).collect();
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
            Ok(Err(Stop::Found(finding))) => {
                exam.facts.unkept = Some(finding);
                let is_connect = |case: &&ProbeCase| case.id == CONNECT_CASE;
                if !cases.iter().any(is_connect) {
                    cases.splice(..0, CASES.iter().find(is_connect));
                }
            }
            Ok(Err(stop @ Stop::NotApplicable(_))) => {
                let why = Finding::from(stop).came;
                exam.progress().clear();
                let has_ended = exam.facts.reached == Reached::Ended;
                return Err(match (exam.facts.served, exam.examined()) {
                    (0, Examined::Client) if has_ended => {
                        ProbeError::NoClient(place, started.elapsed().as_secs())
                    }
                    _ => ProbeError::Unnamed(why),
                });
            }
            Err(_) => return Err(ProbeError::Unnamed(TIME_OVER.to_owned())),
        }
        exam.take_sent();
        let rows = rows(&mut exam, &cases, deadline).await;
        exam.progress().clear();
        let is_known = exam.facts.unkept.is_none() || self.framing.is_some();
        Ok(ProbeReport {
            examined: exam.examined(),
            place,
            reads: is_known.then_some(exam.framing),
            writes: is_known.then_some(exam.answers_in),
            rows,
            ended_by: exam.ended_by(),
            note: note(&exam),
            took: started.elapsed(),
        })
    }

    fn includes(&self, case: &ProbeCase) -> bool {
        self.only.is_empty() || self.only.iter().any(|some| some.includes(case))
    }

    /// Finds the program: its one address, or the sockets on which it is awaited.
    async fn find(&self) -> Result<(ExamTarget, String), ProbeError> {
        match &self.target {
            ProbeTarget::Client(address) => {
                for found in address.resolve().await? {
                    self.check(found.ip())?;
                }
                let listener = Listener::bind(address).await?;
                let place = HostPort {
                    host: address.host.clone(),
                    port: Some(listener.port()?),
                };
                let shown = place.to_string();
                Ok((ExamTarget::Client(listener, place), shown))
            }
            ProbeTarget::Server(address) => {
                let found = address.resolve().await?;
                for address in &found {
                    self.check(address.ip())?;
                }
                let end = Instant::now() + CONNECT;
                for address in &found {
                    let attempt = connect(*address, Duration::ZERO);
                    let first = match timeout_at(end, attempt).await {
                        Ok(Ok(stream)) => Some(stream),
                        Ok(Err(Reached::Closes)) => None,
                        Ok(Err(_)) | Err(_) => continue,
                    };
                    return Ok((ExamTarget::Server(*address, first), address.to_string()));
                }
                let first = found.first().copied();
                let unknown = || ProbeError::UnknownHost(address.host.clone());
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

/// Advice that belongs to no case.
fn note(exam: &Exam) -> Option<&'static str> {
    if exam.facts.is_echo {
        return Some(
            "Your program is an echo: it sends back what it receives. The other side reads its \
             own words.",
        );
    }
    let is_raw = exam.framing == Framing::Raw && exam.answers_in == Framing::Raw;
    (is_raw && exam.facts.endings == Endings::Newlines).then_some(
        "Your answers end in a newline. If your program should read lines, probe it with --wire \
         lines.",
    )
}

/// Runs the cases one after the other.
async fn rows(exam: &mut Exam, cases: &[&'static ProbeCase], deadline: Instant) -> Vec<CaseResult> {
    let mut rows = Vec::new();
    // Cases with a fault, and cases that were not tried because of one: the case with that fault.
    let mut blocked = BTreeMap::new();
    for (number, case) in (1..).zip(cases) {
        exam.progress().case(number, cases.len(), case.id);
        let root = match exam.facts.unkept {
            Some(_) if case.id != CONNECT_CASE => Some(CONNECT_CASE),
            _ => case.needs.iter().find_map(|id| blocked.get(*id).copied()),
        };
        let started = Instant::now();
        let mut finding = match root {
            _ if !case.applies.includes(exam.examined()) => {
                Finding::not_applicable("only for servers")
            }
            Some(root) => Finding::not_applicable(format!("not tried: {root} failed")),
            None => match timeout_at(deadline, (case.run)(exam)).await {
                Ok(done) => done.unwrap_or_else(Finding::from),
                Err(_) => Finding::not_applicable(TIME_OVER),
            },
        };
        finding.sent = exam.take_sent();
        if timeout_at(deadline, exam.drop_used()).await.is_err() {
            exam.detach();
        }
        match finding.verdict {
            ProbeVerdict::Fault => {
                blocked.insert(case.id, case.id);
                exam.facts.suspect = Some(case.id);
            }
            ProbeVerdict::Pass | ProbeVerdict::Style => exam.facts.suspect = None,
            ProbeVerdict::NotApplicable => {
                blocked.extend(root.map(|root| (case.id, root)));
            }
        }
        rows.push(CaseResult {
            case,
            finding,
            took: started.elapsed(),
        });
    }
    let _ = timeout_at(deadline, exam.drop_shared()).await;
    rows
}
