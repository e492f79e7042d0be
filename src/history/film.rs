//! A recorded session as frames: the talk and the board after each step.
//!
//! A session may be long, so a [`Film`] keeps only the last frames that it has computed. To go back
//! further it begins again.

use super::film_console::{FilmConsole, FilmFrame};
use super::projector::{LONGEST_PAUSE, Projector, Step, steps};
use super::recorded::Recorded;
use crate::journal::JournalError;
use crate::scene::{KEPT_ENTRIES, Scene, Stop};
use crate::terminal::Paint;
use std::collections::VecDeque;
use std::time::Duration;

/// The limits of the kept frames, which match those of the talk.
const KEPT: FilmBounds = FilmBounds {
    frames: KEPT_ENTRIES,
    bytes: 8 * 1024 * 1024,
};

/// The shortest pause between two stops. Programs play too fast to follow otherwise.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);

/// The number of steps computed between checks for keys.
const AT_ONCE: usize = 500;

/// Limits of the kept frames.
#[derive(Debug, Clone, Copy)]
struct FilmBounds {
    frames: usize,
    bytes: usize,
}

/// Where the session can stop: at its beginning, and after each step.
pub(super) fn stops(recorded: &Recorded) -> Vec<Stop> {
    let mut stops = vec![Stop::default()];
    let mut before = recorded.session.began;
    let mut stop = Stop::default();
    for step in steps(recorded) {
        let pause = step.at().map_or(Duration::ZERO, |at| at.since(before));
        before = step.at().unwrap_or(before);
        if let Step::Turn(written) = step {
            stop.turn = written.number;
        }
        stop.elapsed = stop.elapsed.saturating_add(pause);
        stop.pause = pause.clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        stops.push(stop);
    }
    stops
}

/// The frames of a session.
pub(super) struct Film<'recorded> {
    recorded: &'recorded Recorded,
    steps: Vec<Step<'recorded>>,
    paint: Paint,
    kept: FilmBounds,
    projector: Projector<'recorded, FilmConsole>,
    /// The last frames that were computed.
    frames: VecDeque<FilmFrame>,
    /// The stop of the first of them.
    first: usize,
    bytes: usize,
}

impl<'recorded> Film<'recorded> {
    /// The film of a session, at its beginning.
    pub(super) async fn new(recorded: &'recorded Recorded, paint: Paint) -> Self {
        Self::keeping(KEPT, recorded, paint).await
    }

    async fn keeping(kept: FilmBounds, recorded: &'recorded Recorded, paint: Paint) -> Self {
        let mut film = Self {
            recorded,
            steps: steps(recorded).collect(),
            paint,
            kept,
            projector: projector(recorded, paint).await,
            frames: VecDeque::new(),
            first: 0,
            bytes: 0,
        };
        film.keep_frame();
        film
    }

    /// Computes frames towards this stop. Returns `false` if more calls are needed before it can be shown.
    ///
    /// # Errors
    /// [`JournalError::Altered`] if no session can have these turns.
    pub(super) async fn approach(&mut self, stop: usize) -> Result<bool, JournalError> {
        let stop = stop.min(self.steps.len());
        // The stop needs some of the talk before it, too.
        if self.first > 0 && stop < self.newest() && stop < self.first + self.frames.len() / 2 {
            self.projector = projector(self.recorded, self.paint).await;
            self.frames.clear();
            (self.first, self.bytes) = (0, 0);
            self.keep_frame();
        }
        for _ in 0..AT_ONCE {
            if stop <= self.newest() {
                return Ok(true);
            }
            let Some(step) = self.steps.get(self.newest()).copied() else {
                return Ok(true);
            };
            self.projector.console().begin(step.at());
            self.projector.step(step).await?;
            self.keep_frame();
        }
        Ok(stop <= self.newest())
    }

    /// Shows this stop, which has been computed, instead of `before`.
    pub(super) fn show(&self, stop: usize, before: Option<usize>, scene: &mut Scene) {
        let entries = |from: usize| {
            let skipped = from.saturating_sub(self.first);
            let frames = self.frames.iter().take(stop + 1 - self.first).skip(skipped);
            frames.flat_map(|frame| frame.entries.iter().cloned())
        };
        match before {
            Some(before) if before <= stop && before + 1 >= self.first => {
                entries(before + 1).for_each(|entry| scene.add(entry));
            }
            _ => scene.retell(entries(self.first)),
        }
        let frame = self.frames.get(stop - self.first);
        match frame.and_then(|frame| frame.board.as_deref()) {
            Some(board) => scene.show_board(board.clone()),
            None => scene.hide_board(),
        }
    }

    /// The newest stop.
    fn newest(&self) -> usize {
        (self.first + self.frames.len()).saturating_sub(1)
    }

    /// Adds a frame with the console's output and drops the oldest beyond the limits.
    fn keep_frame(&mut self) {
        let last = self.frames.back().and_then(|frame| frame.board.clone());
        let frame = self.projector.console().take_frame(last);
        self.bytes += frame.size;
        self.frames.push_back(frame);
        while self.frames.len() > self.kept.frames.max(1)
            || self.bytes > self.kept.bytes && self.frames.len() > 1
        {
            let dropped = self.frames.pop_front();
            self.bytes -= dropped.map_or(0, |frame| frame.size);
            self.first += 1;
        }
    }
}

async fn projector(recorded: &Recorded, paint: Paint) -> Projector<'_, FilmConsole> {
    let mut console = FilmConsole::new(paint);
    console.begin(Some(recorded.session.began));
    Projector::start(recorded, console).await
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
mod tests {
    use super::{Film, FilmBounds, KEPT, SHORTEST_PAUSE, stops};
    use crate::history::recorded::Recorded;
    use crate::journal::{Header, Moment, StoredSession, Written};
    use crate::scene::{SMALLEST, Scene};
    use crate::session::{Comment, Role, Turn, TurnLog};
    use crate::terminal::Paint;
    use crate::wire::{Dialect, Ticket};
    use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
    use std::sync::LazyLock;
    use tokio::runtime::{Builder, Runtime};

    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_current_thread().build().unwrap());

    /// A session of a client that said these lines in turns with the server, a minute apart, and left.
    fn recorded<'line>(lines: impl IntoIterator<Item = &'line str>) -> Recorded {
        let ticket = Ticket::new([7; 16]);
        let mut log = TurnLog::new(ticket);
        let roles = [Role::Client, Role::Server].into_iter().cycle();
        let turns = (1..).zip(roles).zip(lines);
        let turns: Vec<Written> = turns
            .map(|((number, by), line)| {
                let entry = log.add(Turn {
                    by,
                    text: line.to_owned(),
                });
                Written {
                    number,
                    turn: Turn::clone(&entry.turn),
                    at: Moment(60_000 * i64::try_from(number).unwrap()),
                    digest: entry.digest,
                    secret: None,
                }
            })
            .collect();
        let count = u64::try_from(turns.len()).unwrap();
        let end = Moment(60_000 * i64::try_from(count + 1).unwrap());
        Recorded {
            session: StoredSession {
                id: 1,
                header: Header {
                    role: Role::Client,
                    ticket,
                    dialect: Dialect::Tictalk,
                    host: "localhost".to_owned(),
                    port: 1059,
                    me: None,
                    partner: Some("ann".to_owned()),
                    key: None,
                },
                began: Moment(0),
                ended: Some((end, Role::Client)),
                turns: count,
            },
            turns,
            comments: Vec::new(),
        }
    }

    /// A chat, two games, and a chat again.
    fn games() -> Recorded {
        let game = ["play tictactoe", "1", "4", "2", "5", "3"];
        recorded(
            [
                &["Hello", "Hi"][..],
                &game,
                &["Well played", "Thanks"],
                &game,
                &["Bye"],
            ]
            .concat(),
        )
    }

    async fn seek(film: &mut Film<'_>, stop: usize) {
        while !film.approach(stop).await.unwrap() {}
    }

    /// The last rows of the talk, and the board.
    fn seen(scene: &Scene, rows: usize) -> (Vec<String>, Option<String>) {
        let rows = scene.talk().last_rows(60, rows).into_iter().map(|row| {
            let runs = row.row.runs.into_iter();
            runs.fold(String::new(), |text, run| {
                let gap = run.column - text.chars().count();
                text + &" ".repeat(gap) + &run.text
            })
        });
        let board = scene.board().map(|board| format!("{:?}", board.sight()));
        (rows.collect(), board)
    }

    fn scene() -> Scene {
        Scene::new(SMALLEST, usize::MAX)
    }

    #[test]
    fn a_stop_shows_what_the_panes_showed_then() {
        let recorded = games();
        RUNTIME.block_on(async {
            let mut film = Film::new(&recorded, Paint::switch(false)).await;
            let mut scene = scene();
            seek(&mut film, 3).await;
            film.show(3, None, &mut scene);
            let (rows, board) = seen(&scene, usize::from(u16::MAX));
            let talk = rows.join("\n");
            assert!(talk.contains("You: Hello ✓"), "{talk}");
            assert!(talk.contains("ann: Hi"), "{talk}");
            assert!(talk.contains("You: play tictactoe ✓"), "{talk}");
            assert!(board.is_some_and(|board| !board.contains("sign: Some")));
            // Nobody chooses a move in a replay, also where the person had the next one.
            seek(&mut film, 4).await;
            film.show(4, Some(3), &mut scene);
            let sight = scene.board().unwrap().sight();
            assert!(sight.legal.is_empty());
            let squares = sight.grids.iter().flat_map(|grid| &grid.rows);
            let mut squares = squares.flat_map(|row| &row.squares);
            assert!(squares.all(|square| square.choice.is_none()));
            let (_, board) = seen(&scene, 0);
            assert_eq!(board.unwrap().matches("sign: Some").count(), 1);
            // The end of the game stays on the board until the person says something else.
            seek(&mut film, 9).await;
            film.show(8, Some(4), &mut scene);
            assert!(scene.board().unwrap().sight().won.is_some());
            film.show(9, Some(8), &mut scene);
            assert!(scene.board().is_none());
            film.show(8, Some(9), &mut scene);
            assert!(scene.board().unwrap().sight().won.is_some());
        });
    }

    #[test]
    fn the_stops_tell_the_time_and_bound_the_pauses() {
        let mut recorded = recorded(["Hello", "Hi"]);
        recorded.comments.push(crate::journal::StoredComment {
            comment: Comment {
                by: Role::Server,
                number: 1,
                turns: 1,
                text: "Wait".to_owned(),
            },
            at: Moment(61_000),
        });
        let told: Vec<_> = stops(&recorded)
            .into_iter()
            .map(|stop| (stop.turn, stop.elapsed.as_secs(), stop.pause.as_secs()))
            .collect();
        assert_eq!(
            told,
            [(0, 0, 0), (1, 60, 3), (1, 61, 1), (2, 120, 3), (2, 180, 3)]
        );
        // A clock that was set back.
        recorded.turns[1].at = Moment(0);
        let stops = stops(&recorded);
        assert!(stops.is_sorted_by_key(|stop| stop.elapsed));
        assert_eq!(stops[3].pause, SHORTEST_PAUSE);
    }

    #[test]
    fn a_long_session_takes_bounded_memory() {
        let recorded = recorded((0..3_000).map(|_| "line"));
        let kept = FilmBounds {
            frames: 1_000,
            bytes: 20_000,
        };
        RUNTIME.block_on(async {
            let mut film = Film::keeping(kept, &recorded, Paint::switch(false)).await;
            let mut scene = scene();
            for stop in [3_001, 3_000, 2_000, 2_999, 5] {
                seek(&mut film, stop).await;
                assert!(film.bytes <= kept.bytes && film.frames.len() < kept.frames);
                film.show(stop, None, &mut scene);
                let expected = match (stop, stop % 2) {
                    (3_001, _) => "Shutting Down!",
                    (_, 0) => "ann: line",
                    _ => "You: line ✓",
                };
                let (rows, _) = seen(&scene, 1);
                assert!(rows[0].ends_with(expected), "{stop}: {rows:?}");
            }
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_way_to_a_stop_shows_the_same(
            way in proptest::collection::vec(0_usize..19, 1..12),
            frames in 1_usize..8,
        ) {
            let recorded = games();
            RUNTIME.block_on(async {
                let paint = Paint::switch(false);
                let mut all = Film::new(&recorded, paint).await;
                seek(&mut all, usize::MAX).await;
                let mut film = Film::keeping(FilmBounds { frames, ..KEPT }, &recorded, paint).await;
                let (mut shown, mut scene) = (None, scene());
                for stop in way {
                    seek(&mut film, stop).await;
                    film.show(stop, shown, &mut scene);
                    shown = Some(stop);
                    prop_assert!(film.frames.len() <= frames);
                    let mut expected = self::scene();
                    all.show(stop, None, &mut expected);
                    let count = scene.talk().len();
                    prop_assert!(count > 0 || stop == 0);
                    let (rows, _) = seen(&scene, usize::from(u16::MAX));
                    let last = rows.len().min(3);
                    prop_assert_eq!(
                        seen(&scene, last),
                        seen(&expected, last),
                        "stop {}", stop
                    );
                }
                Ok(())
            })?;
        }
    }
}
