// Plays Connect Four: drops its pieces into random columns.
use std::hash::{BuildHasher, RandomState};

fn main() {
    for line in std::io::stdin().lines().map_while(Result::ok) {
        if let Some(line) = line.strip_suffix("; your move.")
            && let Some((_, room)) = line.rsplit_once(": ")
        {
            let moves: Vec<&str> = room.split(", ").collect();
            let random = RandomState::new().hash_one(room) as usize;
            println!("{}", moves[random % moves.len()]);
        }
    }
}
