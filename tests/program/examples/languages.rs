//! The languages of the examples: how each is built with nothing but its compiler, and run.

use crate::support::{Program, Running, new_folder, skip};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::{env, thread};

/// An example, in one language.
pub(crate) struct Example {
    /// The file of the partner, in `examples`.
    pub(crate) partner: &'static str,
    /// The file of the player, in `examples/players`, and its name in a block of code on the page.
    pub(crate) player: &'static str,
    pub(crate) page: &'static str,
    /// The partner has fewer lines than this. Go gives each condition three lines.
    pub(crate) lines: usize,
    /// The program that is necessary to build it, or to run it.
    tool: &'static str,
    /// Builds this source to this target.
    build: fn(&Path, &Path) -> Option<Command>,
    /// Runs what was built.
    run: fn(&Path, &Path) -> Vec<PathBuf>,
}

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

pub(crate) static EXAMPLES: [Example; 7] = [
    Example {
        partner: "partner.py",
        player: "player.py",
        page: "python",
        lines: 80,
        tool: PYTHON,
        build: |_, _| None,
        run: |source, _| vec![PYTHON.into(), "-u".into(), source.into()],
    },
    Example {
        partner: "Partner.cs",
        player: "Player.cs",
        page: "csharp",
        lines: 80,
        tool: "mcs",
        build: |source, target| {
            let out = format!("-out:{}", target.display());
            Some(command("mcs", [out.as_ref(), source]))
        },
        run: |_, target| vec!["mono".into(), target.into()],
    },
    Example {
        partner: "Partner.java",
        player: "Player.java",
        page: "java",
        lines: 80,
        tool: "javac",
        build: |source, target| Some(command("javac", ["-d".as_ref(), target, source])),
        run: |source, target| {
            let class = source.file_stem().unwrap();
            vec!["java".into(), "-cp".into(), target.into(), class.into()]
        },
    },
    Example {
        partner: "partner.mjs",
        player: "player.mjs",
        page: "js",
        lines: 80,
        tool: "node",
        build: |_, _| None,
        run: |source, _| vec!["node".into(), source.into()],
    },
    Example {
        partner: "partner.go",
        player: "player.go",
        page: "go",
        lines: 106,
        tool: "go",
        build: |source, target| {
            let words = ["build".as_ref(), "-o".as_ref(), target, source];
            let mut build = command("go", words);
            // Kept between runs: newer versions of Go build their library first.
            let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go");
            build.env("GOCACHE", cache).env("CGO_ENABLED", "0");
            Some(build)
        },
        run: |_, target| vec![target.into()],
    },
    Example {
        partner: "partner.c",
        player: "player.c",
        page: "c",
        lines: 80,
        tool: "cc",
        build: |source, target| {
            let words = ["-Wall", "-Wextra", "-Werror", "-o"].map(Path::new);
            Some(command("cc", words.into_iter().chain([target, source])))
        },
        run: |_, target| vec![target.into()],
    },
    Example {
        partner: "partner.rs",
        player: "player.rs",
        page: "rust",
        lines: 80,
        tool: "rustc",
        build: |source, target| {
            let words = ["--edition", "2024", "-o"].map(Path::new);
            Some(command("rustc", words.into_iter().chain([target, source])))
        },
        run: |_, target| vec![target.into()],
    },
];

fn command<'a>(name: &str, words: impl IntoIterator<Item = &'a Path>) -> Command {
    let mut command = Command::new(name);
    command.args(words);
    command
}

/// The words that run the partner and the player of a language.
pub(crate) struct Built {
    partner: Vec<PathBuf>,
    player: Vec<PathBuf>,
}

impl Built {
    /// Starts the partner with these words.
    pub(crate) fn partner(&self, words: &[&str]) -> Running {
        start(&self.partner, words)
    }

    /// Starts a partner that listens on a free port, and waits until it does: it, and its port.
    pub(crate) fn listening(&self, words: &[&str]) -> (Running, u16) {
        let mut partner = self.partner(&[&["listen", "0"], words].concat());
        let banner = partner.wait_for("\n");
        let port = banner.trim_end().rsplit([' ', ':']).next().unwrap();
        (partner, port.parse().unwrap())
    }

    /// Starts the player.
    pub(crate) fn player(&self) -> Running {
        start(&self.player, &[])
    }
}

fn start(program: &[PathBuf], words: &[&str]) -> Running {
    let [program, options @ ..] = program else {
        panic!("no program");
    };
    // Some languages print in the encoding of the system.
    let program = Program::other(program).env("LC_ALL", "C.UTF-8");
    program.args(options).args(words).start()
}

/// All examples, built once and at the same time; `None` where a tool is missing.
static BUILT: LazyLock<Vec<Option<Built>>> = LazyLock::new(|| {
    let started: Vec<_> = EXAMPLES.iter().map(start_build).collect();
    let finish = |(example, sources): (&Example, Option<[Source; 2]>)| {
        let [partner, player] = sources?.map(|source| {
            if let Some(mut build) = source.build {
                assert!(build.wait().unwrap().success(), "{}", example.partner);
            }
            (example.run)(&source.path, &source.target)
        });
        Some(Built { partner, player })
    };
    EXAMPLES.iter().zip(started).map(finish).collect()
});

/// A source that is being built.
struct Source {
    path: PathBuf,
    target: PathBuf,
    build: Option<Child>,
}

fn start_build(example: &Example) -> Option<[Source; 2]> {
    let is_there = Command::new(example.tool)
        .arg(if example.tool == "go" {
            "version"
        } else {
            "--version"
        })
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !is_there.is_ok_and(|status| status.success()) {
        return None;
    }
    let paths = [
        root().join(example.partner),
        root().join("players").join(example.player),
    ];
    Some(paths.map(|path| {
        let folder = new_folder();
        std::fs::create_dir_all(&folder).unwrap();
        let target = match example.tool {
            "javac" => folder,
            _ => folder.join(format!(
                "example{}",
                if cfg!(windows) || example.tool == "mcs" {
                    ".exe"
                } else {
                    ""
                }
            )),
        };
        let build = (example.build)(&path, &target).map(|mut build| build.spawn().unwrap());
        Source {
            path,
            target,
            build,
        }
    }))
}

pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"))
}

/// What an example prints before it waits for its person.
#[derive(Debug, PartialEq)]
pub(crate) enum Prompt {
    Chat,
    /// The free squares.
    Move(String),
}

/// Waits for the next prompt of an example.
pub(crate) fn prompt(partner: &mut Running) -> Prompt {
    loop {
        let said = partner.wait_for(": ");
        let line = said.rsplit('\n').next().unwrap();
        if line == "You: " {
            return Prompt::Chat;
        }
        if let Some(free) = line.strip_prefix("Your move, one of ") {
            return Prompt::Move(free.trim_end_matches(": ").replace(' ', ""));
        }
    }
}

/// Runs this with every partner that can be built here, all at the same time.
pub(crate) fn with_each(test: impl Fn(&Built) + Sync) {
    thread::scope(|scope| {
        for (example, built) in EXAMPLES.iter().zip(BUILT.iter()) {
            match built {
                Some(built) => {
                    let name = example.partner.to_owned();
                    let thread = thread::Builder::new().name(name);
                    thread.spawn_scoped(scope, || test(built)).unwrap();
                }
                None => skip(&format!("{} needs {}", example.partner, example.tool)),
            }
        }
    });
}

/// The partners in these languages, as far as they can be built here.
pub(crate) fn some(names: &[&str]) -> Vec<&'static Built> {
    let all = EXAMPLES.iter().zip(BUILT.iter());
    all.filter(|(example, _)| names.contains(&example.partner))
        .filter_map(|(_, built)| built.as_ref())
        .collect()
}
