//! Wrong usage: what the command line, the environment or the configuration file gets wrong.

/// Why the program cannot run as requested, or a request for help. Exit code 2, except for help.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsageError {
    /// clap's own error, or its output for `--help` and `--version`.
    #[error(transparent)]
    Arguments(#[from] clap::Error),
    /// An argument whose parser accepted it, but which makes no sense.
    #[error("{0}")]
    Value(String),
    /// The configuration file, or the environment as `tictalk config` reads it.
    #[error("{0:#}")]
    Config(anyhow::Error),
}
