//! Whether all machines agree at the end, and the promises are kept.

use super::crowd::World;
use super::machine::Process;
use super::work::read;
use super::{Cluster, MACHINES};
use tictalk::wire::MemberId;

/// All machines read the rest of the stream. What was promised is then true.
pub(super) fn verdict(world: &mut World<Cluster>) -> Result<(), String> {
    world.settle();
    for number in 0..MACHINES {
        let server = &mut world.server;
        let now = world.now;
        while server.seats[number].deliver(&server.stream, || now) {}
        read(world, number);
        let seat = &mut world.server.seats[number];
        if let Process::Up(machine) = &mut seat.process {
            seat.journal.extend(machine.writing.drain(..));
        }
        let oracle = &world.server.oracle;
        let (ours, theirs) = (&seat.journal, &oracle.journal);
        if let Some(machine) = seat.machine() {
            let states = [machine.replica.save(), oracle.replica.save()].map(Result::unwrap);
            if states[0] != states[1] || ours != theirs {
                return Err(format!("machine {number} differs at the end"));
            }
        } else if !theirs.starts_with(ours) {
            return Err(format!("machine {number} was wrong before it was lost"));
        }
    }
    world.settle();
    check_boards(world)?;
    world.verdict()
}

/// Whoever plays or watches sees the board as it is.
fn check_boards(world: &World<Cluster>) -> Result<(), String> {
    let hub = world.server.oracle.replica.hub();
    let members = hub.members_after(MemberId::HOST).members;
    for (guest, person) in world.people.iter().enumerate() {
        let sight = members.iter().find(|it| Some(it.id) == person.core.id());
        let is_playing = sight.is_some_and(|sight| sight.plays.is_some());
        if is_playing && !person.boards.values().any(|it| it.you.is_some()) {
            return Err(format!("{guest} does not see its board"));
        }
        for (table, board) in &person.boards {
            let Some(watched) = hub.watched_board(*table) else {
                return Err(format!("{guest} sees table {table}, which is over"));
            };
            let is_same = board.players == watched.players && board.turn == watched.turn;
            // The other games hide something of a board from some.
            let is_open = board.game == "tictactoe";
            let seen = board.clone().without_moves().grids;
            if !is_same || is_open && seen != watched.without_moves().grids {
                return Err(format!(
                    "{guest} sees another board of table {table}: {board:?}"
                ));
            }
        }
    }
    Ok(())
}
