//! What the members were promised.

use super::{Server, World, may_be_missing};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use tictalk::room::TableChange;
use tictalk::wire::What;

impl<S: Server> World<S> {
    /// Checks the promises of the room; the error names the one that is broken.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        let mut wrong = String::new();
        let ids: Vec<u64> = self
            .server
            .committed()
            .iter()
            .map(|entry| entry.post.id.0)
            .collect();
        if ids != (1..=ids.len() as u64).collect::<Vec<_>>() {
            wrong.push_str("the store has gaps\n");
        }
        let mut stored: BTreeMap<&str, u32> = BTreeMap::new();
        for entry in self.server.committed() {
            if let What::Said { text } | What::Acted { text } = &entry.post.what {
                *stored.entry(&**text).or_default() += 1;
            }
        }
        for (guest, person) in self.people.iter().enumerate() {
            let seen: Vec<u64> = person.seen.iter().map(|post| post.id.0).collect();
            let first = seen.first().copied().unwrap_or(0);
            let shown: BTreeSet<u64> = seen.iter().copied().collect();
            let all = self
                .server
                .committed()
                .iter()
                .filter(|entry| entry.post.id.0 >= first);
            let missing = all
                .filter(|entry| !shown.contains(&entry.post.id.0) && !may_be_missing(&entry.post));
            let missing: Vec<u64> = missing.map(|entry| entry.post.id.0).collect();
            if !seen.is_sorted_by(|one, next| one < next) || !missing.is_empty() {
                let _ = writeln!(wrong, "{guest} has seen {seen:?} and lacks {missing:?}");
            }
            let id = person.core.id();
            let joined = self
                .server
                .committed()
                .iter()
                .find(|entry| Some(entry.post.by.id) == id && entry.post.what == What::Joined);
            if joined.is_none_or(|joined| joined.post.id.0 < first) {
                let _ = writeln!(wrong, "{guest} has missed something behind its own arrival");
            }
            for (number, text) in &person.said {
                let times = stored.get(text.as_str()).copied().unwrap_or(0);
                let is_received = person.received.contains(number);
                if times != 1 || !is_received {
                    let _ = writeln!(wrong, "{text:?}: stored {times} times, {is_received}");
                }
            }
            for entry in self.server.committed() {
                let What::Whispered { to, text, .. } = &entry.post.what else {
                    continue;
                };
                let is_told = person
                    .told
                    .contains(&format!("(from {}): {}", entry.post.by.name, &**text));
                let is_meant = Some(*to) == id;
                if is_told != is_meant {
                    let _ = writeln!(
                        wrong,
                        "{guest} and {text:?}: told {is_told}, meant {is_meant}"
                    );
                }
            }
            if person.core.unreceived() > 0 {
                let _ = writeln!(wrong, "{guest} still waits for receipts");
            }
        }
        self.check_tables(&mut wrong);
        let members = self.server.members(self.now);
        let here: BTreeSet<_> = members
            .iter()
            .filter(|it| it.is_here)
            .map(|it| it.id)
            .collect();
        let people = self.people.iter().filter_map(|person| person.core.id());
        // A hello that arrived late has made a member of nobody, who is silent for some time.
        let nobodies = usize::try_from(self.renamed).unwrap();
        let is_each_here = people.collect::<BTreeSet<_>>().is_subset(&here);
        if !is_each_here || here.len() > self.people.len() + nobodies {
            let _ = writeln!(
                wrong,
                "not everybody is here at the end, or somebody else is"
            );
        }
        if members.iter().filter(|it| it.is_coordinator).count() != 1 {
            let _ = writeln!(wrong, "there is not one coordinator at the end");
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Each stored game has all moves that were stored: a crash loses none and repeats none.
    fn check_tables(&self, wrong: &mut String) {
        let mut plies: BTreeMap<u64, usize> = BTreeMap::new();
        for entry in self.server.committed() {
            let Some(TableChange::Set(table)) = &entry.table else {
                continue;
            };
            let before = plies.insert(table.number, table.plies.len());
            let (before, now) = (before.unwrap_or(0), table.plies.len());
            let fits = match &entry.post.what {
                // A table of a number that was used before a restart begins anew.
                What::Began { .. } => now == 0,
                What::Moved { .. } => now > before && now <= before + 2,
                What::Undone { .. } => now < before,
                _ => false,
            };
            if !fits {
                let _ = writeln!(wrong, "{:?} after {before} turns: {now}", entry.post);
            }
        }
    }
}
