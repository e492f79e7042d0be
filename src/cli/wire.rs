//! The option for the dialect of a partner.

use super::shared::CONNECTION;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use tictalk::pair::WireChoice;
use tictalk::wire::Dialect;

/// The dialect of a client's server.
#[derive(Debug, Args)]
pub(super) struct WireOption {
    /// Dialect of the server, if it is not tictalk
    ///
    /// Without it, the client recognizes what the server speaks, and remembers it in the journal.
    /// `auto` detects it again. Other forms of the size: u8, u16, u64, le16,
    /// le32, le64; digits4, digits8, digits10, digits16, digits32, digits64, digits128; digits-bar,
    /// digits-tilde-dollar, digits-nul, nul-digits-nul.
    #[arg(long, env = "TICTALK_WIRE", value_parser = wire(), help_heading = CONNECTION)]
    wire: Option<WireChoice>,
}

impl WireOption {
    /// The choice.
    pub(super) fn choice(&self) -> WireChoice {
        self.wire.unwrap_or(WireChoice::Unstated)
    }
}

/// The parser of `--wire`.
pub(super) fn wire() -> impl TypedValueParser<Value = WireChoice> {
    parser(|_| true)
}

/// The parser of `--wire` for the clients of a server, which need not be told that a client is
/// tictalk.
pub(super) fn wire_of_clients() -> impl TypedValueParser<Value = WireChoice> {
    parser(|choice| choice != WireChoice::Only(Dialect::Tictalk))
}

fn parser(takes: fn(WireChoice) -> bool) -> impl TypedValueParser<Value = WireChoice> {
    let named = move || {
        WireChoice::named()
            .into_iter()
            .filter(move |(_, it)| takes(*it))
    };
    let possible = named().map(|(name, choice)| {
        let value = PossibleValue::new(name);
        match help(choice) {
            Some(help) => value.help(help),
            // There are many, and the help of the option lists them.
            None => value.hide(true),
        }
    });
    PossibleValuesParser::new(possible).try_map(move |name| {
        let chosen = named().find(|(known, _)| *known == name);
        chosen.map(|(_, choice)| choice).ok_or("no such dialect")
    })
}

/// The meaning of a choice; `None` for the dialects that few people need.
fn help(choice: WireChoice) -> Option<&'static str> {
    match choice {
        WireChoice::Unstated => None,
        WireChoice::Auto => Some("Detect it from the first message"),
        WireChoice::Only(dialect) => match dialect {
            Dialect::Tictalk => Some("The protocol of this program"),
            Dialect::Framed => Some("Messages as <u32 big-endian size><UTF-8>"),
            Dialect::Lines => Some("One line is one message"),
            Dialect::Raw => Some("Plain text, as with nc"),
            Dialect::Web => Some("The messages of the page in a browser"),
            Dialect::Counted(_) => None,
        },
    }
}
