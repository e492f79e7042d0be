//! Replays a session as this end saw it: on the terminal, or into a file for asciinema.
//!
//! The turns of the journal pass through the real [`Session`] and the real [`Transcript`], so
//! boards, names and hints are the original ones. All scenes are computed before the first is
//! shown: an altered journal is an error rather than half a replay.
//!
//! The journal does not store refusals, `/help` and `/board`, the addresses of connections, and the
//! exact words of moves and commands, so these are not replayed.

use super::error::HistoryError;
use super::facts::who;
use super::id::Id;
use super::recorded::Recorded;
use crate::files::{self, FileError, Owner};
use crate::games::{Chance, Glyphs};
use crate::journal::{JournalError, StoredComment, Written};
use crate::net::{Address, Exit, Signals};
use crate::pair::{Boards, Prompt, Speaker, Transcript};
use crate::session::{
    Comment, Effect, Input, Kept, LoggedTurn, Loss, Notice, Record, Role, Session, Side, Turn,
};
use crate::terminal::{Ask, Audience, Console, Echo, Label, Paint, Style, Typed};
use crate::text::{in_line, visible, wrap};
use crate::wire::{Dialect, QUIT};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::mem;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// The longest pause between two turns. Longer ones are shortened to this.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// The columns and rows of a recorded screen.
const SCREEN: (usize, usize) = (80, 24);

/// A request to replay a session.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The session. Rooms cannot be replayed.
    pub id: Id,
    /// The speed.
    pub speed: Speed,
    /// Whether to use colours.
    pub paint: Paint,
}

/// A factor of the original speed, greater than 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Speed(f64);

/// The text is not a speed.
#[derive(Debug, thiserror::Error)]
#[error("expected a number greater than 0, such as 2 or 0.5")]
pub struct NoSpeed;

impl FromStr for Speed {
    type Err = NoSpeed;

    fn from_str(text: &str) -> Result<Self, NoSpeed> {
        match text.parse() {
            Ok(speed) if f64::is_finite(speed) && speed > 0.0 => Ok(Self(speed)),
            _ => Err(NoSpeed),
        }
    }
}

impl Speed {
    /// The length of a pause at this speed.
    fn of(self, pause: Duration) -> Duration {
        let seconds = pause.min(LONGEST_PAUSE).as_secs_f64() / self.0;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}

impl Replay {
    /// Replays the session on standard output: with its pauses on a terminal, at once elsewhere.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub async fn play(&self, folder: &Path, signals: &mut Signals) -> Result<Exit, HistoryError> {
        let recorded = Recorded::read_in(folder, self.id)?;
        let style = Style::of_stdout(self.paint);
        for scene in scenes(&recorded, style).await? {
            if style.audience == Audience::Person {
                tokio::select! {
                    biased;
                    signal = signals.next() => {
                        // Ends the line of the prompt.
                        let _ = put_out("\n");
                        return Ok(Exit::Signalled(signal));
                    }
                    () = tokio::time::sleep(self.speed.of(scene.pause)) => {}
                }
            }
            if !put_out(&scene.shown)? {
                break;
            }
        }
        Ok(Exit::Goodbye)
    }

    /// Writes the session to `file` as asciicast v2, the format of asciinema's players. A new file
    /// is readable only by its owner; an existing one is overwritten only with `force`. Returns a
    /// message for the person.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub async fn record(
        &self,
        folder: &Path,
        file: &Path,
        force: bool,
    ) -> Result<String, HistoryError> {
        let recorded = Recorded::read_in(folder, self.id)?;
        let style = Style {
            paint: self.paint,
            audience: Audience::Person,
        };
        let scenes = scenes(&recorded, style).await?;
        let cast = asciicast(&recorded, &scenes, self.speed);
        let mut options = OpenOptions::new();
        options.write(true);
        if force {
            options.create(true).truncate(true);
        } else {
            options.create_new(true);
        }
        let written = files::open(file, Owner::Me, &mut options)
            .and_then(|mut opened| Ok(opened.write_all(cast.as_bytes())?));
        written.map_err(|error| match error {
            FileError::System(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                HistoryError::Exists(file.to_owned())
            }
            error => HistoryError::File {
                path: file.to_owned(),
                error,
            },
        })?;
        Ok(format!(
            "Session {} is now in {}: play it with `asciinema play`.\n",
            self.id,
            visible(&file.display().to_string())
        ))
    }
}

/// Writes to standard output. Returns `false` if its reader has gone.
fn put_out(text: &str) -> Result<bool, HistoryError> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(HistoryError::Output(error)),
    }
}

/// The scenes as asciicast v2: a header, then a line for each scene with its start in seconds.
fn asciicast(recorded: &Recorded, scenes: &[Scene], speed: Speed) -> String {
    let session = &recorded.session;
    let partner = who(session, session.header.role.other());
    let (width, height) = SCREEN;
    let header = json!({
        "version": 2,
        "width": width,
        "height": height,
        "timestamp": session.began.0.div_euclid(1000),
        "title": format!("tictalk session {} with {partner}", session.id),
        "env": { "TERM": "xterm-256color" },
    });
    let mut cast = format!("{header}\n");
    let mut at = Duration::ZERO;
    for scene in scenes {
        at = at.saturating_add(speed.of(scene.pause));
        // A player's terminal does not translate line endings, so both characters are needed.
        let shown = wrap(&scene.shown, width).replace('\n', "\r\n");
        cast.push_str(&json!([at.as_secs_f64(), "o", shown]).to_string());
        cast.push('\n');
    }
    cast
}

/// What appeared on the screen at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scene {
    /// The number of the turn that it shows; 0 before the first.
    pub(super) turn: u64,
    /// The pause before it.
    pause: Duration,
    /// Its text, with the program's escape sequences.
    pub(super) shown: String,
}

/// The scenes of a session as this end saw it.
///
/// # Errors
/// [`JournalError::Altered`] if no session can have these turns.
async fn scenes(recorded: &Recorded, style: Style) -> Result<Vec<Scene>, HistoryError> {
    let mut scenes = Vec::new();
    each_scene(recorded, style, |scene| {
        scenes.push(scene);
        Ok(())
    })
    .await?;
    Ok(scenes)
}

/// Passes the scenes of a session as this end saw it to `see`, each as soon as it is computed.
///
/// # Errors
/// [`JournalError::Altered`] if no session can have these turns, and those of `see`.
pub(super) async fn each_scene(
    recorded: &Recorded,
    style: Style,
    mut see: impl FnMut(Scene) -> Result<(), HistoryError>,
) -> Result<(), HistoryError> {
    let (mut projector, effects) = Projector::new(recorded, style);
    projector.perform(effects).await;
    let mut before = recorded.session.began;
    for (at, written) in recorded.turns.iter().enumerate() {
        projector.pass(written.at.since(before));
        projector.take_scenes().try_for_each(&mut see)?;
        projector.transcript.console.turn = written.number;
        before = written.at;
        projector.turn(written).await?;
        let is_last = at + 1 == recorded.turns.len();
        projector.receipt(written, is_last).await;
        for StoredComment { comment, at } in recorded.comments_after(written.number) {
            projector.pass(at.since(before));
            before = *at;
            projector.comment(comment).await;
        }
    }
    match recorded.session.ended {
        Some((at, by)) => {
            projector.pass(at.since(before));
            projector.goodbye(by).await;
        }
        None => projector.break_off().await,
    }
    projector.pass(Duration::ZERO);
    projector.take_scenes().try_for_each(see)
}

/// Replays the turns of a session and collects the scenes.
struct Projector<'recorded> {
    recorded: &'recorded Recorded,
    session: Session,
    transcript: Transcript<ScriptedConsole>,
    /// The kind of prompt on the screen, if there is one.
    asked: Option<Echo>,
}

impl<'recorded> Projector<'recorded> {
    /// The session at its beginning, and its first effects.
    fn new(recorded: &'recorded Recorded, style: Style) -> (Self, Vec<Effect>) {
        let journal = &recorded.session;
        let me = journal.header.role;
        let (session, effects) = Session::start(
            me,
            journal.header.dialect,
            journal.header.ticket,
            Loss::Ends,
            // A replay draws no random numbers.
            Chance::new([0; 32]),
        );
        let mut transcript = Transcript::new(
            ScriptedConsole::new(style),
            me,
            Boards::Drawn(Glyphs::Ascii),
        );
        let server = Address {
            host: in_line(&journal.header.host),
            port: journal.header.port,
        };
        match me {
            Role::Client => transcript.line(&format!("Connected to: {server}")),
            Role::Server => {
                transcript.line(&format!("Server listening on: {server}"));
                transcript.line("Waiting for message...");
            }
        }
        let partner = journal.header.partner.as_deref();
        transcript.introduce(partner.and_then(|name| name.parse().ok()));
        let projector = Self {
            recorded,
            session,
            transcript,
            asked: None,
        };
        (projector, effects)
    }

    /// Begins a new scene after a pause.
    fn pass(&mut self, pause: Duration) {
        self.transcript.console.pass(pause);
    }

    /// Takes the scenes that are complete.
    fn take_scenes(&mut self) -> std::vec::IntoIter<Scene> {
        mem::take(&mut self.transcript.console.scenes).into_iter()
    }

    /// Performs the visible effects. Returns the turn among them.
    async fn perform(&mut self, effects: Vec<Effect>) -> Option<LoggedTurn> {
        let mut turn = None;
        for effect in effects {
            match effect {
                Effect::Record(Record::Turn(entry)) => turn = Some(entry),
                Effect::Show(notice) => self.transcript.show(&notice).await,
                Effect::Prompt(draft) => self.ask(draft, Echo::Shown).await,
                Effect::PromptHidden => self.ask(String::new(), Echo::Hidden).await,
                Effect::Record(Record::Goodbye(_) | Record::Comment(_))
                | Effect::Send(_)
                | Effect::Comment(_)
                | Effect::Heard(_)
                | Effect::Tell(_)
                | Effect::Receipt(_)
                | Effect::Keep(_)
                | Effect::Advise
                | Effect::Count(_)
                | Effect::Close(_) => {}
            }
        }
        turn
    }

    async fn ask(&mut self, draft: String, echo: Echo) {
        let prompt = Prompt { draft, echo };
        self.transcript.prompt(prompt, &self.session).await;
        self.asked = Some(echo);
    }

    /// Types `line` at the prompt. Returns `false` without a prompt.
    async fn enter(&mut self, line: &str) -> bool {
        let Some(echo) = self.asked.take() else {
            return false;
        };
        let line = match echo {
            Echo::Shown | Echo::OnScreen | Echo::Once => line.to_owned(),
            Echo::Hidden => "*".repeat(line.width()),
        };
        self.transcript.console.line = Some(line);
        matches!(self.transcript.typed().await, Typed::Line(_))
    }

    /// Replays a turn.
    ///
    /// # Errors
    /// [`JournalError::Altered`] if the session does not accept it unchanged.
    async fn turn(&mut self, written: &Written) -> Result<(), JournalError> {
        let Turn { by, text } = &written.turn;
        if *by == self.recorded.session.header.role {
            // The turn of a secret is a commitment; the secret begins with the typed line.
            let typed = match &written.secret {
                Some(secret) => secret.split(' ').next().unwrap_or_default(),
                None => text,
            };
            self.enter(typed).await;
        }
        let effects = self.session.reenact(Kept {
            turn: written.turn.clone(),
            secret: written.secret.clone(),
        });
        match self.perform(effects.unwrap_or_default()).await {
            Some(entry) if *entry.turn == written.turn => Ok(()),
            _ => Err(JournalError::Altered {
                session: self.recorded.session.id,
                turn: written.number,
            }),
        }
    }

    /// Replays what was said without taking a turn.
    async fn comment(&mut self, comment: &Comment) {
        let by = match comment.by == self.recorded.session.header.role {
            true => Side::Me,
            false => Side::Partner,
        };
        let notice = Notice::Commented(by, comment.text.clone());
        self.transcript.interject(&notice, &self.session).await;
    }

    /// Marks a turn of this end as received if a later act of the partner proves it.
    async fn receipt(&mut self, written: &Written, is_last: bool) {
        let session = &self.recorded.session;
        let partner_left = matches!(session.ended, Some((_, by)) if by != session.header.role);
        if session.header.dialect == Dialect::Tictalk && (!is_last || partner_left) {
            let effects = self.session.handle(Input::Receipt(written.number));
            self.perform(effects).await;
        }
    }

    /// Replays the goodbye of the side with this role.
    async fn goodbye(&mut self, by: Role) {
        let effects = if by != self.recorded.session.header.role {
            self.session.handle(Input::Text(QUIT.to_owned()))
        } else if self.enter(QUIT).await {
            self.session.handle(Input::Line(QUIT.to_owned()))
        } else {
            self.session.handle(Input::Hangup)
        };
        self.perform(effects).await;
        self.transcript.finish().await;
    }

    /// Ends an unfinished session.
    async fn break_off(&mut self) {
        self.transcript.finish().await;
        self.transcript.hint("The session stops here, unfinished.");
    }
}

/// A console without a person: it collects the output as scenes, and its input is scripted.
#[derive(Debug)]
struct ScriptedConsole {
    style: Style,
    /// The scenes that are complete.
    scenes: Vec<Scene>,
    /// The number of the turn in the current scene.
    turn: u64,
    /// The pause before the current scene.
    pause: Duration,
    shown: String,
    is_prompting: bool,
    /// The current or the last prompt.
    label: Label,
    /// The next line of input.
    line: Option<String>,
    /// The column in which the last entered line ended, until its line ending is shown: a mark may
    /// follow it.
    entered: Option<usize>,
}

impl ScriptedConsole {
    fn new(style: Style) -> Self {
        Self {
            style,
            scenes: Vec::new(),
            turn: 0,
            pause: Duration::ZERO,
            shown: String::new(),
            is_prompting: false,
            label: Label::of(Echo::Shown),
            line: None,
            entered: None,
        }
    }

    /// Begins a new scene after a pause.
    fn pass(&mut self, pause: Duration) {
        self.print("");
        self.cut();
        self.pause = self.pause.saturating_add(pause);
    }

    fn cut(&mut self) {
        if !self.shown.is_empty() {
            self.scenes.push(Scene {
                turn: self.turn,
                pause: mem::take(&mut self.pause),
                shown: mem::take(&mut self.shown),
            });
        }
    }
}

impl Console for ScriptedConsole {
    fn style(&self) -> Style {
        self.style
    }

    fn print(&mut self, text: &str) {
        if self.entered.take().is_some() {
            self.shown.push('\n');
        }
        self.shown.push_str(text);
    }

    fn mark(&mut self, mark: &str) {
        let has_room = |column: usize| column + " ✓".width() <= SCREEN.0;
        if self.entered.is_some_and(has_room) {
            self.entered = None;
            self.shown.push(' ');
            self.print(mark);
            self.print("\n");
        }
    }

    fn flush(&mut self) {}

    fn prompt(&mut self, ask: Ask) {
        self.label = ask.label;
        let label = self.style.paint.ink(self.label.ink, &self.label.text);
        self.print(&label);
        self.print(&ask.draft);
        self.is_prompting = true;
    }

    async fn typed(&mut self) -> Typed {
        self.is_prompting = false;
        let Some(line) = self.line.take() else {
            return Typed::End;
        };
        let seen = visible(&line);
        self.print(&seen);
        let last = seen.lines().next_back().unwrap_or_default();
        let before = if seen.contains('\n') {
            ""
        } else {
            &self.label.text
        };
        self.entered = Some(before.width() + last.width());
        Typed::Line(line)
    }

    async fn withdraw(&mut self) -> String {
        if mem::take(&mut self.is_prompting) {
            // Removing the prompt takes an escape sequence.
            self.print(match self.style.paint {
                Paint::On => "\r\x1b[K",
                Paint::Off => "\n",
            });
        }
        String::new()
    }
}
