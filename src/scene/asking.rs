//! Prompting for lines, and withdrawing prompts.

use super::Scene;
use super::key::KeyOutcome;
use super::prompt::{LinePrompt, PromptKind};
use std::mem;

impl Scene {
    /// Prompts for a line that starts with `draft`. Tab completes `words`. Returns a line that was already
    /// entered while there was no prompt.
    pub fn ask(
        &mut self,
        prompt: LinePrompt,
        draft: &str,
        words: Vec<String>,
    ) -> Option<KeyOutcome> {
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
            // A line entered before the question appeared does not answer it.
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

    /// Replaces the words that Tab completes.
    pub fn learn(&mut self, words: Vec<String>) {
        self.draft.words = words;
    }

    /// Withdraws the prompt. Returns the draft, after any lines that were entered but not yet passed on.
    pub fn withdraw(&mut self) -> String {
        self.prompt = None;
        // Lines that were never passed on come before the draft.
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
