//! Options of `probe`.

use super::error::UsageError;
use super::shared::{ColorOptions, number, one_of};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::time::Duration;
use tictalk::net::{Address, DEFAULT_PORT, HostPort, NoHostPort};
use tictalk::probe::{CASES, Family, Framing, Probe, ProbeTarget, ReportFormat, Selection};
use tictalk::terminal::Paint;

/// Options of `probe`.
#[derive(Debug, Args)]
pub(crate) struct ProbeOptions {
    /// Server to examine, such as localhost:4000 or [::1]:4000
    #[arg(
        value_name = "HOST:PORT",
        required_unless_present_any = ["listen", "list"],
        value_parser = server_address
    )]
    server: Option<HostPort>,
    /// Examine a client that connects to this port
    ///
    /// The client must be started again for each connection. 0 takes a free port and prints it.
    #[arg(long, value_name = "PORT", conflicts_with = "server", value_parser = number::<u16>(0..=65_535))]
    listen: Option<u16>,
    /// Framing of the program, instead of the recognized one
    #[arg(long, value_name = "NAME", value_parser = wire())]
    wire: Option<Framing>,
    /// Run only this family (turns, bytes, game, ends) or case; repeatable
    #[arg(long, value_name = "FAMILY", value_parser = selection)]
    only: Vec<Selection>,
    /// Seconds that the program may take to answer
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = number::<u32>(1..=30))]
    timeout: u32,
    /// Output format
    #[arg(long, value_parser = format(), default_value = "text")]
    format: ReportFormat,
    /// Count legal but unusual behaviour as a fault
    #[arg(long)]
    strict: bool,
    /// List the cases instead of running them
    #[arg(long, conflicts_with_all = ["listen", "server"])]
    list: bool,
    /// Allow an address outside this machine and private networks
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    color: ColorOptions,
}

/// The action of `probe`.
#[derive(Debug)]
pub(crate) enum ProbeAction {
    /// Prints this.
    List(String),
    /// Examines a program.
    Examine(Probe),
}

impl ProbeOptions {
    /// Whether colours are used.
    pub(crate) fn paint(&self) -> Paint {
        self.color.paint()
    }

    /// The format of the report.
    pub(crate) fn format(&self) -> ReportFormat {
        self.format
    }

    /// Whether style counts as a fault.
    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// The action that the options ask for.
    ///
    /// # Errors
    /// If the server has no port.
    pub(crate) fn into_action(self) -> Result<ProbeAction, UsageError> {
        let target = match (self.server, self.listen) {
            (Some(server), _) => {
                let Some(port) = server.port.filter(|port| *port > 0) else {
                    let host = &server.host;
                    return Err(UsageError::Value(format!(
                        "name the port of the server, from 1 to 65535, such as \
                         {host}:{DEFAULT_PORT}"
                    )));
                };
                ProbeTarget::Server(Address {
                    host: server.host,
                    port,
                })
            }
            (None, Some(port)) => ProbeTarget::Client(Address {
                host: "localhost".to_owned(),
                port,
            }),
            (None, None) => return Ok(ProbeAction::List(list(&self.only))),
        };
        Ok(ProbeAction::Examine(Probe {
            target,
            framing: self.wire,
            patience: Duration::from_secs(self.timeout.into()),
            only: self.only,
            may_be_far: self.yes,
        }))
    }
}

/// The chosen cases, a line for each.
fn list(only: &[Selection]) -> String {
    let is_chosen = |case: &_| only.is_empty() || only.iter().any(|some| some.includes(case));
    let lines = CASES.iter().filter(|case| is_chosen(case));
    lines
        .map(|case| format!("{:22} {}\n", case.id, case.sentence))
        .collect()
}

/// The parser of the server's address.
fn server_address(text: &str) -> Result<HostPort, String> {
    text.parse().map_err(|error| match error {
        NoHostPort::NoPort(host) => format!(
            "the text after the colon is not a port; name the port of your server, from 1 to \
             65535, such as {host}:{DEFAULT_PORT}"
        ),
        NoHostPort::OnlyNumber(port) => {
            format!("a number alone is not a host; type localhost:{port}")
        }
        other @ (NoHostPort::NoHost | NoHostPort::Url(_) | NoHostPort::Colons) => other.to_string(),
    })
}

/// The parser of `--only`.
fn selection(name: &str) -> Result<Selection, String> {
    Selection::from_name(name).ok_or_else(|| {
        let families = Family::ALL.map(Family::name).join(", ");
        format!("expected a family ({families}) or a case; --list shows the cases")
    })
}

/// The parser of `--wire`.
fn wire() -> impl TypedValueParser<Value = Framing> {
    let possible = Framing::all().into_iter();
    let possible = possible.map(|framing| PossibleValue::new(framing.name()).help(framing.words()));
    PossibleValuesParser::new(possible).try_map(|name| {
        let named = Framing::all()
            .into_iter()
            .find(|framing| framing.name() == name);
        named.ok_or("no such framing")
    })
}

/// The parser of `--format`.
fn format() -> impl TypedValueParser<Value = ReportFormat> {
    one_of(
        &ReportFormat::ALL,
        ReportFormat::name,
        |format| match format {
            ReportFormat::Text => "Lines for reading",
            ReportFormat::Json => "One JSON object, for programs",
            ReportFormat::Junit => "XML as JUnit writes it, for CI servers",
            ReportFormat::Markdown => "Markdown, for pages and notes",
        },
    )
}
