//! The program: parses the command line, runs the command, and reports errors and the exit code.

mod cli;
mod config;

use anyhow::Context as _;
use cli::{BotSide, Cli, CliCommand, ProbeAction, ProbeOptions, ScreenOptions, UsageError};
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use tictalk::arena::Ended;
use tictalk::history::{self, Findings, HistoryError, Id, Request};
use tictalk::net::{Exit, Signals, new_chance};
use tictalk::pair::client::ClientEnd;
use tictalk::pair::program_robot::ProgramRobot;
use tictalk::pair::{PairError, Speaker, Transcript};
use tictalk::probe::{ProbeOutcome, ProbeProgress};
use tictalk::room_client::attend;
use tictalk::session::Role;
use tictalk::terminal::Terminal;
use tictalk::wire::MAX_TEXT;

fn main() -> ExitCode {
    if let Some(answer) = Cli::complete() {
        let _ = io::stdout().write_all(&answer);
        return ExitCode::SUCCESS;
    }
    let ended = Cli::of_arguments().map_err(Into::into).and_then(run);
    match ended.map_err(anyhow::Error::downcast) {
        Ok(Exit::Goodbye) => ExitCode::SUCCESS,
        Ok(Exit::Signalled(signal)) => ExitCode::from(signal.exit_code()),
        Err(Ok::<UsageError, _>(error)) => Cli::report(error),
        Err(Err(error)) if error.is::<NothingFound>() || error.is::<Faulty>() => ExitCode::FAILURE,
        Err(Err(error)) => {
            Cli::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start")?;
    let ended = runtime.block_on(async {
        match cli.command {
            CliCommand::Server(options) => {
                let mut journal = options.common.journal()?;
                let (mut transcript, mut signals) = open(&options.common.screen, Role::Server)?;
                let server = options.into_server();
                let ended = server.run(journal.as_mut(), &mut transcript, &mut signals);
                Ok(ended.await?)
            }
            CliCommand::Client(options) => {
                let mut journal = options.common.journal()?;
                let boards = options.common.screen.board_form();
                let (mut transcript, mut signals) = open(&options.common.screen, Role::Client)?;
                let client = options.into_client()?;
                let came = client.run(journal.as_mut(), &mut transcript, &mut signals);
                Ok(match came.await? {
                    ClientEnd::Session(exit) => exit,
                    ClientEnd::Room(welcomed) => {
                        attend(*welcomed, boards, transcript.into_console(), &mut signals).await?
                    }
                })
            }
            CliCommand::Solo(options) => {
                let mut journal = options.journal()?;
                let (mut transcript, mut signals) = open(&options.screen, Role::Server)?;
                let solo = options.into_solo()?;
                let ended = solo.run(journal.as_mut(), &mut transcript, &mut signals);
                Ok(ended.await?)
            }
            CliCommand::Bot(options) => {
                let mut signals = Signals::catch().context("cannot catch signals")?;
                let chance = new_chance().context("cannot draw random numbers")?;
                let robot = options.robot(chance)?;
                match options.program()? {
                    None => run_bot(options.into_side(), robot, &mut signals).await,
                    Some(program) => {
                        let robot = ProgramRobot::new(robot, program);
                        run_bot(options.into_side(), robot, &mut signals).await
                    }
                }
            }
            CliCommand::Tournament(options) => {
                let format = options.format();
                let tournament = options.into_tournament()?;
                let mut signals = Signals::catch().context("cannot catch signals")?;
                match tournament.run(&mut signals).await? {
                    Ended::Played(table, results) => {
                        let exit = print(format.of(&table).as_bytes())?;
                        results.remove()?;
                        Ok(exit)
                    }
                    Ended::Interrupted(table, signal) => {
                        print(format.of(&table).as_bytes())?;
                        Ok(Exit::Signalled(signal))
                    }
                }
            }
            CliCommand::Room(options) => {
                if let Some(log) = options.log()? {
                    log.listen();
                }
                let books = options.books()?;
                let mut signals = Signals::catch().context("cannot catch signals")?;
                let (paint, bell) = (options.paint(), options.bell());
                let terminal = Terminal::open(options.face(), paint, bell, MAX_TEXT);
                let terminal = terminal.context("cannot use the terminal")?;
                Ok(options
                    .into_server()?
                    .run(books, terminal, &mut signals)
                    .await?)
            }
            #[cfg(feature = "cluster")]
            CliCommand::Cluster(command) => print(command.run().await?.as_bytes()),
            CliCommand::Probe(options) => examine(options).await,
            CliCommand::History(options) => {
                let (folder, must_ask) = (options.folder()?, options.must_ask());
                let request = options.into_request(&folder)?;
                match &request {
                    Request::Delete(id) if must_ask && !agrees(&folder, *id)? => {
                        print(b"Nothing deleted.\n")
                    }
                    request => answer(&folder, request).await,
                }
            }
            CliCommand::Verify(options) => {
                let folder = options.folder()?;
                answer(&folder, &options.request(&folder)?).await
            }
            CliCommand::Forget(options) => {
                let folder = options.folder()?;
                answer(&folder, &options.into_request()).await
            }
            CliCommand::Replay(options) => {
                let folder = options.folder()?;
                let replay = options.replay(&folder)?;
                let force = options.may_overwrite();
                match options.file() {
                    Some(file) => print(replay.record(&folder, file, force).await?.as_bytes()),
                    None => {
                        let mut signals = Signals::catch().context("cannot catch signals")?;
                        Ok(replay.play(&folder, &mut signals).await?)
                    }
                }
            }
            CliCommand::Config { command } => {
                print(Cli::in_force(cli.file.as_deref(), command.as_deref())?.as_bytes())
            }
            CliCommand::Completions { shell } => print(&Cli::completions(shell)?),
            CliCommand::Man { dir } => print(&Cli::manual(dir.as_deref())?),
            CliCommand::Help { words } => print(Cli::explain(&words)?.as_bytes()),
        }
    });
    // Abandons a DNS lookup that is still running.
    runtime.shutdown_background();
    ended
}

/// Runs a bot until a signal ends it, or its session as a client is over.
async fn run_bot<S: Speaker>(
    side: BotSide,
    mut robot: S,
    signals: &mut Signals,
) -> anyhow::Result<Exit> {
    match side {
        BotSide::Server(server) => Ok(server.run(None, &mut robot, signals).await?),
        BotSide::Client(client) => match client.run(None, &mut robot, signals).await? {
            ClientEnd::Session(exit) => Ok(exit),
            ClientEnd::Room(_) => Err(PairError::Room.into()),
        },
    }
}

/// The console and the signals of one session.
fn open(options: &ScreenOptions, me: Role) -> anyhow::Result<(Transcript<Terminal>, Signals)> {
    let signals = Signals::catch().context("cannot catch signals")?;
    let terminal = Terminal::open(options.face(), options.paint(), options.bell(), MAX_TEXT)
        .context("cannot use the terminal")?;
    Ok((Transcript::new(terminal, me, options.boards()), signals))
}

/// Examines a program, or lists the cases.
async fn examine(options: ProbeOptions) -> anyhow::Result<Exit> {
    let (paint, format, is_strict) = (options.paint(), options.format(), options.is_strict());
    let probe = match options.into_action()? {
        ProbeAction::List(cases) => return print(cases.as_bytes()),
        ProbeAction::Examine(probe) => probe,
    };
    let mut signals = Signals::catch().context("cannot catch signals")?;
    let report = tokio::select! {
        report = probe.run(ProbeProgress::on_stderr()) => report?,
        signal = signals.next() => return Ok(Exit::Signalled(signal)),
    };
    let exit = print(format.render(&report, paint).as_bytes())?;
    match report.outcome(is_strict) {
        ProbeOutcome::Passed => Ok(exit),
        ProbeOutcome::Faulty => Err(Faulty.into()),
        ProbeOutcome::Untried => Err(Untried.into()),
    }
}

/// An examination has tried no case, which is no success.
#[derive(Debug, thiserror::Error)]
#[error("no case could be tried; the report gives the reasons")]
struct Untried;

/// An examined program has a fault, and the report says so.
#[derive(Debug, thiserror::Error)]
#[error("the program has a fault")]
struct Faulty;

/// Prints the answer of the journal in `folder`.
async fn answer(folder: &Path, request: &Request) -> anyhow::Result<Exit> {
    match history::answer(folder, request, &mut io::stdout()).await {
        // A reader that closes the pipe early is not a failure.
        Err(HistoryError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        answered => {
            if answered? == Findings::NothingFound {
                return Err(NothingFound.into());
            }
        }
    }
    Ok(Exit::Goodbye)
}

/// A search has found nothing, and has said so.
#[derive(Debug, thiserror::Error)]
#[error("nothing found")]
struct NothingFound;

/// The maximum length of an answer in bytes.
const MAX_ANSWER: u64 = 1_024;

/// Asks at the terminal whether to delete this. Anything but a yes is a no.
fn agrees(folder: &Path, id: Id) -> anyhow::Result<bool> {
    let what = history::in_words(folder, id)?;
    let mut stderr = io::stderr();
    let question = Cli::for_terminal(&format!("Delete {what}? [y/N] "));
    let asked = write!(stderr, "{question}").and_then(|()| stderr.flush());
    asked.context("cannot write to the terminal")?;
    let mut answer = String::new();
    let mut stdin = io::stdin().lock().take(MAX_ANSWER);
    let read = stdin.read_line(&mut answer);
    read.context("cannot read the answer")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Writes to standard output. A reader that closes the pipe early is not a failure.
fn print(bytes: &[u8]) -> anyhow::Result<Exit> {
    match io::stdout().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(Exit::Goodbye),
    }
}
