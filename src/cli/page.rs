//! Options for browsers.

use clap::Args;
use tictalk::net::{Address, HostName, Pages};

/// Whether and to whom the page is served.
#[derive(Debug, Args)]
pub(super) struct PageOptions {
    /// Serve no page: browsers are told that there is none
    #[arg(long, env = "TICTALK_NO_PAGE", value_parser = clap::builder::FalseyValueParser::new())]
    no_page: bool,
    /// Another name of this machine that browsers may use
    ///
    /// IP addresses, localhost, the name of the system and the one in --host are always allowed.
    /// Repeat the option for more names, or separate them by commas.
    #[arg(
        long,
        env = "TICTALK_ALLOW_HOST",
        value_name = "NAME",
        value_delimiter = ',',
        hide_short_help = true
    )]
    allow_host: Vec<HostName>,
}

impl PageOptions {
    /// The pages of a server that was told to listen on `address`.
    pub(super) fn pages(self, address: &Address) -> Pages {
        if self.no_page {
            return Pages::Off;
        }
        let mut allowed = self.allow_host;
        allowed.extend(named(address));
        Pages::On { allowed }
    }
}

/// The name of a server that was told to listen on `address`: it is part of the links that the
/// server prints. One that is not valid is in no link.
pub(super) fn named(address: &Address) -> Vec<HostName> {
    address.host.parse().into_iter().collect()
}
