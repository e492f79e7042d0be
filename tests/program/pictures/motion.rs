//! The animated picture at the top of the README: a session that is played here, key by key, in two
//! windows.
//!
//! Each row is drawn once for each text that it has, and a style sheet shows it at its time. Without
//! animation, as where a reader prefers reduced motion, the picture shows the end of the game.

use super::svg::Window;
use super::{Pair, keep};
use crate::support::{Pty, line_of_cursor};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tictalk::drawing::{
    About, CELL_HEIGHT, FONT_SIZE, FONTS, Look, Row, Run, Window as Drawing, escaped,
};

/// Enough for the whole session, so that no terminal scrolls; the picture shows a part of it.
const SIZE: (u16, u16) = (120, 46);

/// The rows that are seen at once.
const VIEW: usize = 24;

/// The duration in milliseconds. The end is held until then.
const DURATION: usize = 15_000;

/// Between two keys, after a line has arrived, and before the next one is typed.
const KEY: usize = 65;
const ARRIVAL: usize = 250;
const THOUGHT: usize = 700;

/// Between the windows.
const GAP: usize = 14;

/// Both screens from one point in time to the next.
struct Frame {
    /// In milliseconds.
    from: usize,
    screens: [Vec<Row>; 2],
}

/// A person, by the number of the window.
#[derive(Clone, Copy)]
enum Who {
    Server = 0,
    Client = 1,
}

/// The last move of the game. The result is its receipt.
const WINNING: &str = "7";

struct Film {
    pair: Pair,
    frames: Vec<Frame>,
    now: usize,
    /// How many lines each has sent.
    sent: [usize; 2],
}

impl Film {
    fn window(&mut self, who: Who) -> &mut Pty {
        match who {
            Who::Server => &mut self.pair.server,
            Who::Client => &mut self.pair.client,
        }
    }

    /// Keeps what both screens show, from now on and for `pause`.
    fn shoot(&mut self, pause: usize) {
        let screens = [&self.pair.server, &self.pair.client].map(|window| {
            window.read(|screen| {
                let Window(drawn) = Window::new("", screen, &self.pair.shown_as);
                let mut rows = drawn.rows;
                let (row, column) = screen.cursor_position();
                add_cursor(&mut rows, row.into(), column.into());
                rows
            })
        });
        self.frames.push(Frame {
            from: self.now,
            screens,
        });
        self.now += pause;
    }

    /// Types `line` key by key and sends it; waits until it has arrived and its receipt is shown.
    fn say(&mut self, who: Who, line: &str) {
        self.window(who).prompt();
        self.shoot(THOUGHT);
        for at in 1..=line.len() {
            let (typed, _) = line.split_at(at);
            let window = self.window(who);
            window.press(&line[at - 1..at]);
            window.prompt_with(typed);
            self.shoot(KEY);
        }
        self.now += ARRIVAL;
        self.window(who).press("\r");
        if line == "/q" {
            self.pair.end();
            return;
        }
        let is_acknowledged = !line.starts_with("play ") && line != WINNING;
        self.sent[who as usize] += usize::from(is_acknowledged);
        let sent = self.sent[who as usize];
        let (partner, window) = match who {
            Who::Server => (Who::Client, &self.pair.server),
            Who::Client => (Who::Server, &self.pair.client),
        };
        window.wait("a receipt", |screen| {
            (screen.contents().matches('✓').count() == sent).then_some(())
        });
        self.window(who).wait("the waiting line", |screen| {
            line_of_cursor(screen).ends_with("turn ... ").then_some(())
        });
        self.window(partner).prompt();
    }
}

/// Adds a block for the cursor where it follows text.
fn add_cursor(rows: &mut [Row], row: usize, column: usize) {
    let Some(row) = rows.get_mut(row) else {
        return;
    };
    let end = row.runs.last().map_or(0, |run| run.column + run.width);
    if end > 0 && end <= column {
        row.runs.push(Run {
            column,
            width: 1,
            text: " ".to_owned(),
            look: Look {
                is_inverse: true,
                ..Look::default()
            },
            pitch: 1,
        });
    }
}

/// The style sheet of a film: classes by the time in which something is seen.
struct Times {
    /// The starts of the frames, and the end.
    starts: Vec<usize>,
    /// The frame that is seen without animation.
    still: usize,
    /// The numbers of the classes, by the first frame and the one after the last.
    classes: BTreeMap<(usize, usize), usize>,
    css: String,
}

impl Times {
    /// A point in time as a part of the whole.
    fn percent(&self, frame: usize) -> String {
        // Three digits are enough for a hundredth of a second.
        let part = self.starts[frame] * 100_000 / DURATION;
        format!("{}.{:03}%", part / 1_000, part % 1_000)
    }

    /// The class of what is seen in these frames; empty if that is always.
    fn class(&mut self, from: usize, to: usize) -> String {
        let last = self.starts.len() - 1;
        if (from, to) == (0, last) {
            return String::new();
        }
        let next = self.classes.len();
        let is_new = !self.classes.contains_key(&(from, to));
        let number = *self.classes.entry((from, to)).or_insert(next);
        if is_new {
            let (hidden, visible) = ("{visibility:hidden}", "{visibility:visible}");
            let mut steps = String::new();
            if from > 0 {
                let _ = write!(steps, "0%{hidden}");
            }
            let _ = write!(steps, "{}{visible}", self.percent(from));
            if to < last {
                let _ = write!(steps, "{}{hidden}", self.percent(to));
            }
            let _ = writeln!(
                self.css,
                "@keyframes k{number}{{{steps}}}.k{number}{{animation-name:k{number}}}"
            );
        }
        let is_still = (from..to).contains(&self.still);
        let hidden = if is_still { "" } else { " h" };
        format!(" class=\"k k{number}{hidden}\"")
    }

    /// The class of a window whose first visible row in each frame is this one.
    fn scroll(&mut self, name: &str, firsts: &[usize]) {
        let shift = |first: usize| format!("{{transform:translateY(-{}px)}}", first * CELL_HEIGHT);
        let mut steps = String::new();
        for (frame, first) in firsts.iter().enumerate() {
            if frame == 0 || firsts[frame - 1] != *first {
                let _ = write!(steps, "{}{}", self.percent(frame), shift(*first));
            }
        }
        let _ = writeln!(
            self.css,
            ".{name}{}@keyframes {name}{{{steps}}}.{name}{{animation-name:{name}}}",
            shift(firsts[self.still])
        );
    }
}

/// Draws one window of the film.
fn draw(svg: &mut String, times: &mut Times, window: &Drawing, screens: &[&[Row]], name: &str) {
    let height = Drawing::height_of(VIEW);
    window.frame(svg, height).unwrap();
    let (x, y) = Drawing::corner();
    let (width, view) = (window.columns * 9, VIEW * CELL_HEIGHT);
    let _ = writeln!(
        svg,
        "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{view}\"><g class=\"k {name}\">"
    );
    let firsts: Vec<usize> = screens
        .iter()
        .map(|rows| rows.len().saturating_sub(VIEW))
        .collect();
    times.scroll(name, &firsts);
    let most = screens.iter().map(|rows| rows.len()).max().unwrap_or(0);
    for at in 0..most {
        let mut from = 0;
        while from < screens.len() {
            let row = screens[from].get(at);
            let same = screens[from..]
                .iter()
                .take_while(|rows| rows.get(at) == row);
            let to = from + same.count();
            if let Some(row) = row.filter(|row| !row.runs.is_empty()) {
                let _ = write!(svg, "<g{}>", times.class(from, to));
                row.draw(svg, 0, at * CELL_HEIGHT).unwrap();
                svg.push_str("</g>\n");
            }
            from = to;
        }
    }
    svg.push_str("</g></svg>\n");
}

/// The whole film.
fn film(titles: [&str; 2], frames: &[Frame], still: usize, about: &About) -> String {
    let mut times = Times {
        starts: frames
            .iter()
            .map(|frame| frame.from)
            .chain([DURATION])
            .collect(),
        still,
        classes: BTreeMap::new(),
        css: String::new(),
    };
    let (mut body, mut left) = (String::new(), 0);
    for (number, title) in titles.into_iter().enumerate() {
        let window = Drawing {
            title: title.to_owned(),
            columns: SIZE.1.into(),
            rows: Vec::new(),
        };
        let screens: Vec<&[Row]> = frames
            .iter()
            .map(|frame| frame.screens[number].as_slice())
            .collect();
        let _ = writeln!(body, "<g transform=\"translate({left})\">");
        draw(
            &mut body,
            &mut times,
            &window,
            &screens,
            &format!("w{number}"),
        );
        body.push_str("</g>\n");
        left += window.width() + GAP;
    }
    let (width, height) = (left - GAP, Drawing::height_of(VIEW));
    let (title, description) = (escaped(&about.title), escaped(&about.description));
    let (seconds, css) = (DURATION / 1_000, times.css);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" lang="en" aria-labelledby="title" aria-describedby="description" font-family="{FONTS}" font-size="{FONT_SIZE}">
<title id="title">{title}</title>
<desc id="description">{description}</desc>
<style>.h{{visibility:hidden}}.k{{animation:{seconds}s step-end infinite}}
{css}@media (prefers-reduced-motion:reduce){{.k{{animation:none}}}}
</style>
{body}</svg>
"#
    )
}

#[test]
fn session() {
    let pair = Pair::start_in(
        SIZE,
        "tictalk server --name bob",
        "tictalk client --name ann",
    );
    let mut film_of = Film {
        pair,
        frames: Vec::new(),
        now: 0,
        sent: [0; 2],
    };
    let say: [(Who, &str); 10] = [
        (Who::Client, "Hello"),
        (Who::Server, "Hi ann! A game?"),
        (Who::Client, "play tictactoe"),
        (Who::Server, "5"),
        (Who::Client, "1"),
        (Who::Server, "3"),
        (Who::Client, "9"),
        (Who::Server, WINNING),
        (Who::Client, "Well played!"),
        (Who::Server, "/q"),
    ];
    let mut still = 0;
    for (who, line) in say {
        film_of.say(who, line);
        if line == WINNING {
            still = film_of.frames.len();
        }
    }
    film_of.shoot(0);
    let Film { frames, now, .. } = film_of;
    assert!(
        now + 1_500 <= DURATION,
        "the end is held for {now} ms of {DURATION}"
    );
    let about = About {
        title: "A session of tictalk in two windows".to_owned(),
        description: "ann and bob greet each other, play tic-tac-toe, which bob wins, and leave."
            .to_owned(),
    };
    let titles = ["bob: tictalk server", "ann: tictalk client"];
    let drawn = film(titles, &frames, still, &about);
    assert!(drawn.len() < 300_000, "{} bytes", drawn.len());
    keep("session.svg", drawn.as_bytes());
}
