//! A partner for tictalk: chat and tictactoe over one TCP connection.
//! `partner listen PORT [auto]` or `partner connect HOST PORT [auto]`; `auto` needs no person.
#![expect(clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]
use std::io::{Error, Read as _, Result, Write as _, stdin, stdout};
use std::net::{TcpListener, TcpStream};

fn receive(mut peer: &TcpStream) -> Result<String> {
    let (mut size, mut data) = ([0; 4], [0; 4096]);
    peer.read_exact(&mut size)?; // waits for all bytes
    let data = data.get_mut(..u32::from_be_bytes(size) as usize);
    let data = data.ok_or(Error::other("a message is too long"))?;
    peer.read_exact(data)?;
    // A terminal obeys control characters, so they are replaced.
    Ok(String::from_utf8_lossy(data).replace(|c: char| c.is_control() && c != '\n', " "))
}

fn next_text(peer: &TcpStream, mine: bool, free: &[&str], auto: bool) -> Result<String> {
    match free {
        _ if !mine => return receive(peer).inspect(|text| println!("{text}")),
        _ if auto => return Ok([free, &["I am a program. I play tictactoe."]].concat()[0].into()),
        [] => print!("You: "),
        _ => print!("Your move, one of {}: ", free.join(" ")),
    }
    stdout().flush()?;
    stdin().lines().next().unwrap_or(Ok("/q".to_owned())) // the end of the input is a goodbye
}

/// Returns the board after a move, which is empty when the game is over.
fn play(board: &str, square: &str, mark: &str) -> String {
    let board = board.replace(square, mark);
    println!("{}\n{}\n{}", &board[..3], &board[3..6], &board[6..]);
    let lines = ["012", "345", "678", "036", "147", "258", "048", "246"];
    let has_mark = |at| board[at as usize - '0' as usize..].starts_with(mark);
    let won = lines.iter().any(|line| line.chars().all(has_mark));
    let goes_on = !won && board.contains(char::is_numeric);
    if goes_on { board } else { String::new() }
}

/// Takes turns until one side leaves. Returns whether this side has left.
fn talk(mut peer: &TcpStream, mut mine: bool, auto: bool) -> Result<bool> {
    let mut board = String::new(); // in a game, each square is its number, X or O
    for _ in 0..10_000 {
        let free: Vec<&str> = board.matches(char::is_numeric).collect(); // empty in chat
        let text = next_text(peer, mine, &free, auto)?;
        let line = text.lines().next().unwrap_or("").trim().to_lowercase(); // a board may follow
        let legal = board.is_empty() || [&free[..], &["/q", "/resign"]].concat().contains(&&*line);
        let hint = format!("That is not a free square, one of {}.", free.join(" "));
        let answer = if legal { &text } else { &hint };
        if mine == legal {
            peer.write_all(&[&(answer.len() as u32).to_be_bytes(), answer.as_bytes()].concat())?;
        }
        board = match &*line {
            "/q" => return Ok(mine),
            _ if !legal => board,
            "play tictactoe" => "123456789".to_owned(),
            _ if board.is_empty() || line == "/resign" => String::new(),
            square => play(&board, square, ["O", "X"][free.len() % 2]),
        };
        mine = mine != legal; // after an illegal move, the same side tries again
    }
    Ok(false)
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let auto = words.last().is_some_and(|last| last == "auto");
    let session = |peer: Result<TcpStream>, mine| {
        let end = peer.and_then(|peer| talk(&peer, mine, auto));
        end.inspect_err(|error| eprintln!("The connection failed: {error}"))
    };
    if words[1] == "connect" {
        let peer = TcpStream::connect(format!("{}:{}", words[2], words[3]));
        std::process::exit(session(peer, true).is_err().into());
    }
    let server = TcpListener::bind(format!("0.0.0.0:{}", words[2]))?;
    println!("Listening on {}", server.local_addr()?);
    while !session(server.accept().map(|(peer, _)| peer), false).unwrap_or(false) {}
    Ok(())
}
