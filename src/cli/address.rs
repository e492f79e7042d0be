//! The options that name a server's address: host and port, or both in one.

use super::shared::number;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use std::marker::PhantomData;
use tictalk::net::{Address, DEFAULT_PORT, HostPort};

/// The address that options of type `O` name.
#[derive(Debug)]
pub(super) struct Located<O> {
    pub(super) address: Address,
    options: PhantomData<O>,
}

/// Options that name an address.
pub(super) trait AddressOptions: Args {
    /// The lowest port that makes sense.
    const LOWEST_PORT: u16;

    /// The value of `--host`, the host as an argument, and the value of `--port`.
    fn parts(self) -> (HostPort, Option<HostPort>, u16);
}

/// The address on which a server listens.
#[derive(Debug, Args)]
pub(super) struct ListenOptions {
    /// Address to listen on, or HOST:PORT
    ///
    /// localhost is both ::1 and 127.0.0.1; 0.0.0.0 and :: let other machines in.
    #[arg(long, env = "TICTALK_HOST", default_value = "localhost")]
    host: HostPort,
    /// TCP port; 0 takes a free one and prints it
    #[arg(long, env = "TICTALK_PORT", default_value_t = DEFAULT_PORT, value_parser = number::<u16>(0..=65_535))]
    port: u16,
}

/// The address to which a client connects.
#[derive(Debug, Args)]
pub(super) struct ConnectOptions {
    /// Server, such as 192.168.1.7 or localhost:4000
    ///
    /// Write an IPv6 address with a port in brackets: [::1]:4000. --host and --port say the same.
    #[arg(value_name = "HOST[:PORT]")]
    server: Option<HostPort>,
    /// Name or address, or HOST:PORT
    #[arg(long, env = "TICTALK_HOST", default_value = "localhost")]
    host: HostPort,
    /// TCP port of the server
    #[arg(long, env = "TICTALK_PORT", default_value_t = DEFAULT_PORT, value_parser = number::<u16>(1..=65_535))]
    port: u16,
}

/// The address on which a bot listens or to which it connects.
#[derive(Debug, Args)]
pub(super) struct BotAddressOptions {
    /// Address to listen on, or HOST:PORT
    ///
    /// With --join, it is the address to connect to.
    #[arg(long, env = "TICTALK_HOST", default_value = "localhost")]
    host: HostPort,
    /// TCP port; 0 takes a free one and prints it
    #[arg(long, env = "TICTALK_PORT", default_value_t = DEFAULT_PORT, value_parser = number::<u16>(0..=65_535))]
    port: u16,
}

impl AddressOptions for ListenOptions {
    const LOWEST_PORT: u16 = 0;

    fn parts(self) -> (HostPort, Option<HostPort>, u16) {
        (self.host, None, self.port)
    }
}

impl AddressOptions for ConnectOptions {
    const LOWEST_PORT: u16 = 1;

    fn parts(self) -> (HostPort, Option<HostPort>, u16) {
        (self.host, self.server, self.port)
    }
}

impl AddressOptions for BotAddressOptions {
    const LOWEST_PORT: u16 = 0;

    fn parts(self) -> (HostPort, Option<HostPort>, u16) {
        (self.host, None, self.port)
    }
}

/// Where a value comes from. A higher source overrides a lower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum AddressSource {
    /// The default, or the configuration file, which is free of contradictions.
    Default,
    Environment,
    CommandLine,
}

impl AddressSource {
    fn of(matches: &ArgMatches, id: &str) -> Self {
        match matches.value_source(id) {
            Some(ValueSource::CommandLine) => Self::CommandLine,
            Some(ValueSource::EnvVariable) => Self::Environment,
            _ => Self::Default,
        }
    }
}

/// The address of these values and their sources.
///
/// # Errors
/// A message in one line if the values contradict each other.
fn address(
    (option, argument, port): (HostPort, Option<HostPort>, u16),
    [option_from, port_from]: [AddressSource; 2],
) -> Result<Address, String> {
    let (host, host_from) = match argument {
        Some(argument) if option_from == AddressSource::CommandLine && argument != option => {
            return Err(format!(
                "{argument} and --host {option} are two servers; name one"
            ));
        }
        Some(argument) => (argument, AddressSource::CommandLine),
        None => (option, option_from),
    };
    let port = match host.port {
        Some(other)
            if other != port && host_from == port_from && port_from > AddressSource::Default =>
        {
            return Err(format!(
                "{host} and port {port} contradict each other; name one port"
            ));
        }
        Some(other) if host_from >= port_from => other,
        _ => port,
    };
    Ok(Address {
        host: host.host,
        port,
    })
}

impl<O: AddressOptions> FromArgMatches for Located<O> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Self::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        let sources = ["host", "port"].map(|id| AddressSource::of(matches, id));
        let parts = O::from_arg_matches_mut(matches)?.parts();
        let refuse = |message| clap::Error::raw(ErrorKind::ArgumentConflict, message);
        let address = address(parts, sources).map_err(refuse)?;
        if address.port < O::LOWEST_PORT {
            return Err(refuse(format!(
                "nobody listens on port 0 of {}; name a port from 1 to 65535",
                address.host
            )));
        }
        Ok(Self {
            address,
            options: PhantomData,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<O: AddressOptions> Args for Located<O> {
    fn augment_args(command: Command) -> Command {
        O::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        O::augment_args_for_update(command)
    }
}
