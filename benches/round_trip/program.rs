//! Other programs, driven by pipes.

use anyhow::bail;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

/// A child process, killed when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Kept open: a program that cannot write to standard error may end.
    errors: Option<BufReader<ChildStderr>>,
}

impl Program {
    /// Starts `command` with its standard input and output connected to this value.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let errors = child.stderr.take();
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
            errors: errors.map(BufReader::new),
        })
    }

    /// Writes `line`, which includes its line ending, to the program's standard input.
    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        self.input.write_all(line.as_bytes())
    }

    /// The next line of its standard output, without the line ending; `None` at the end.
    pub(crate) fn hear(&mut self) -> io::Result<Option<String>> {
        (&mut self.output).lines().next().transpose()
    }

    /// The next line of its standard error, if the command made a pipe of that.
    pub(crate) fn hear_error(&mut self) -> io::Result<Option<String>> {
        match &mut self.errors {
            Some(errors) => errors.lines().next().transpose(),
            None => Ok(None),
        }
    }

    /// Waits until the program ends.
    pub(crate) fn wait(mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only if the program has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fails unless a child process has ended well.
pub(crate) fn succeeded(status: ExitStatus) -> anyhow::Result<()> {
    if !status.success() {
        bail!("a child process failed: {status}");
    }
    Ok(())
}
