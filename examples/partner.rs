//! A partner for tictalk: chat and tictactoe over one TCP connection.
//! `partner listen PORT [auto]` or `partner connect HOST PORT [auto]`; `auto` needs no person.
#![expect(clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]
use std::collections::HashSet;
use std::io::{Error, Read as _, Result, Write as _, stdin, stdout};
use std::net::{TcpListener, TcpStream};

fn send(mut peer: &TcpStream, text: &str) -> Result<()> {
    let size = u32::try_from(text.len()).map_err(Error::other)?;
    peer.write_all(&[&size.to_be_bytes(), text.as_bytes()].concat())
}

fn receive(mut peer: &TcpStream) -> Result<String> {
    let mut size = [0; 4];
    peer.read_exact(&mut size)?; // waits for all bytes
    let size = u32::from_be_bytes(size) as usize;
    if size > 4096 {
        return Err(Error::other("a message is too long"));
    }
    let mut data = vec![0; size];
    peer.read_exact(&mut data)?;
    let text = String::from_utf8_lossy(&data).trim().to_owned();
    // A terminal obeys control characters, so they are replaced.
    Ok(text.replace(|c: char| c.is_control() && c != '\n', "?"))
}

/// The next text, of the person or of the partner.
fn next(peer: &TcpStream, mine: bool, free: &str, auto: bool) -> Result<String> {
    match (auto, free) {
        _ if !mine => return receive(peer),
        (true, "") => return Ok("I am a program. I play tictactoe.".to_owned()),
        (true, _) => return Ok(free[..1].to_owned()),
        (false, "") => print!("You: "),
        (false, _) => print!("Your move, one of {free}: "),
    }
    stdout().flush()?;
    let line = stdin().lines().next().unwrap_or(Ok("/q".to_owned())); // the end is a goodbye
    line.map(|line| line.trim().to_owned())
}

/// Takes turns until one side leaves. Returns whether this side has left.
fn talk(peer: &TcpStream, mut mine: bool, auto: bool) -> Result<bool> {
    let mut board = String::new(); // in a game, each square is its number, X or O
    for _ in 0..10_000 {
        let free = board.replace(['X', 'O'], ""); // empty in chat
        let text = next(peer, mine, &free, auto)?;
        let word = text.split('\n').next().unwrap_or("").trim().to_lowercase();
        let is_move = word.len() == 1 && free.contains(&word);
        if !mine && !is_move {
            println!("{text}"); // the board shows a move
        }
        if !free.is_empty() && !is_move && word != "/q" && word != "/resign" {
            if !mine {
                send(peer, &format!("That is not a free square, one of {free}."))?;
            }
            continue; // the same side tries again
        }
        if mine {
            send(peer, &text)?;
        }
        board = match word.as_str() {
            "/q" => return Ok(mine),
            "play tictactoe" => "123456789".to_owned(),
            _ if is_move => play(board.replace(&word, ["O", "X"][free.len() % 2])),
            _ => String::new(),
        };
        mine = !mine;
    }
    Ok(false)
}

/// Shows the board, and returns it unless the game is over.
fn play(board: String) -> String {
    println!("{}\n{}\n{}", &board[..3], &board[3..6], &board[6..]);
    let lines = ["012", "345", "678", "036", "147", "258", "048", "246"];
    let won = lines.iter().any(|line| {
        let marks = line
            .bytes()
            .map(|at| board.as_bytes()[usize::from(at - b'0')]);
        marks.collect::<HashSet<u8>>().len() == 1
    });
    if won || !board.contains(|square: char| square.is_ascii_digit()) {
        println!("The game is over.");
        return String::new();
    }
    board
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let auto = arguments.last().is_some_and(|last| last == "auto");
    if arguments[1] == "connect" {
        let peer = TcpStream::connect(format!("{}:{}", arguments[2], arguments[3]));
        if let Err(error) = peer.and_then(|peer| talk(&peer, true, auto)) {
            eprintln!("The connection failed: {error}");
            std::process::exit(1);
        }
        return Ok(());
    }
    let server = TcpListener::bind(format!("0.0.0.0:{}", arguments[2]))?;
    println!("Listening on {}", server.local_addr()?);
    loop {
        match talk(&server.accept()?.0, false, auto) {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => println!("The connection failed: {error}"),
        }
    }
}
