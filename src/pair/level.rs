//! The level of a computer partner in this process.

use crate::games::Skill;
use std::cell::Cell;
use std::rc::Rc;

/// The skill of a computer partner. Copies share it, so a person can change it while a game runs.
#[derive(Debug, Clone)]
pub(super) struct Level(Rc<Cell<Skill>>);

impl Level {
    pub(super) fn new(skill: Skill) -> Self {
        Self(Rc::new(Cell::new(skill)))
    }

    pub(super) fn skill(&self) -> Skill {
        self.0.get()
    }

    pub(super) fn change(&self, skill: Skill) {
        self.0.set(skill);
    }
}
