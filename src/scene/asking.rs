//! Asking for lines, and taking what was asked back.

use super::Scene;
use super::key::Outcome;
use super::prompt::{Prompt, PromptKind};
use std::mem;

impl Scene {
    /// Asks for a line that starts with `draft`. `words` complete it. Returns a line that was entered
    /// in the meantime.
    pub fn ask(&mut self, prompt: Prompt, draft: &str, words: Vec<String>) -> Option<Outcome> {
        self.draft.words = words;
        let (withdrawn, place) = mem::take(&mut self.withdrawn);
        let is_question = prompt.kind == PromptKind::Question;
        if is_question || !draft.is_empty() || self.set_aside.is_some() {
            let mut cursor = self.draft.cursor();
            let mut ahead = self.draft.take();
            if let Some((kept, _)) = self.set_aside.take() {
                ahead.insert_str(0, &kept);
                cursor = ahead.len();
            }
            let place = (withdrawn == draft).then_some(place);
            match (is_question, draft) {
                (true, draft) => {
                    self.set_aside = Some((ahead, cursor));
                    self.draft.set(draft, place);
                }
                (false, "") => self.draft.set(&ahead, Some(cursor)),
                (false, draft) if ahead.is_empty() => self.draft.set(draft, place),
                (false, draft) => self.draft.set(&[draft, &ahead].concat(), None),
            }
        }
        self.prompt = Some(prompt);
        if is_question {
            // A line that was entered before the question was seen does not answer it.
            return None;
        }
        self.is_standing = self.is_prompt(PromptKind::Standing);
        let (line, entered_at) = self.entered.pop_front()?;
        self.enter(line, entered_at)
    }

    pub(super) fn is_prompt(&self, kind: PromptKind) -> bool {
        self.prompt
            .as_ref()
            .is_some_and(|prompt| prompt.kind == kind)
    }

    /// Replaces the words that complete the line.
    pub fn learn(&mut self, words: Vec<String>) {
        self.draft.words = words;
    }

    /// Takes the prompt back. Returns what was typed and not entered.
    pub fn withdraw(&mut self) -> String {
        self.prompt = None;
        // What was entered and waits in vain comes before the draft.
        let mut text = String::new();
        for (line, _) in mem::take(&mut self.entered) {
            text.push_str(&line);
            text.push('\n');
        }
        let cursor = text.len() + self.draft.cursor();
        text.push_str(&self.draft.take());
        if let Some((kept, place)) = self.set_aside.take() {
            self.draft.set(&kept, Some(place));
        }
        self.withdrawn = (text.clone(), cursor);
        text
    }
}
