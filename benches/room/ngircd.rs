//! ngircd, a small IRC server that many systems offer as a package.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Where the program may be. System programs are not in the search path of every user.
const PROGRAMS: [&str; 2] = ["ngircd", "/usr/sbin/ngircd"];

/// The installed program's name and version, or `None` if there is none.
pub(crate) fn version() -> Option<String> {
    let output = Command::new(program()?).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    // Its build options follow.
    let version = text.split(['-', '\n']).next();
    Some(version.unwrap_or_default().to_owned())
}

/// A server that listens at this port, has no limits, and asks nobody who a client is.
pub(crate) fn command(port: &str, folder: &Path) -> io::Result<Command> {
    let program = program().ok_or(io::ErrorKind::NotFound)?;
    let configuration = folder.join("ngircd.conf");
    fs::write(&configuration, settings(port))?;
    let mut command = Command::new(program);
    command.arg("--nodaemon").arg("--config").arg(configuration);
    // It logs on both.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}

fn program() -> Option<&'static str> {
    PROGRAMS.into_iter().find(|program| {
        let mut version = Command::new(program);
        version.arg("--version").stdout(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    })
}

/// Zero means no limit. Penalties would make the server ignore a client for a while.
fn settings(port: &str) -> String {
    format!(
        "[Global]\n\
         Name = bench.example\n\
         AdminInfo1 = none\n\
         Listen = 127.0.0.1\n\
         Ports = {port}\n\
         [Limits]\n\
         MaxConnections = 0\n\
         MaxConnectionsIP = 0\n\
         MaxPenaltyTime = 0\n\
         [Options]\n\
         DNS = no\n\
         Ident = no\n\
         PAM = no\n"
    )
}
