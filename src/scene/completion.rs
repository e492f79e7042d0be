//! Completion of what a person types.

/// The completions of `line` up to the cursor at `position`: where what they replace begins, and the
/// texts. A whole line comes first; otherwise the last word is completed, such as a name, or that of a
/// code.
#[must_use]
pub fn completions(words: &[String], line: &str, position: usize) -> (usize, Vec<String>) {
    let begun = line.get(..position).unwrap_or(line);
    let fitting = |begun: &str| -> Vec<String> {
        let begun = begun.to_lowercase();
        let fitting = words
            .iter()
            .filter(|word| word.to_lowercase().starts_with(&begun));
        let mut texts: Vec<String> = Vec::new();
        for word in fitting {
            if !texts.contains(word) {
                texts.push(word.clone());
            }
        }
        texts
    };
    let lines = fitting(begun);
    if !lines.is_empty() {
        return (0, lines);
    }
    for between in [' ', '-'] {
        if let Some((before, word)) = begun.rfind(between).map(|at| begun.split_at(at + 1))
            && let fits = fitting(word)
            && !word.is_empty()
            && !fits.is_empty()
        {
            return (before.len(), fits);
        }
    }
    (0, Vec::new())
}

/// The rest of the only word that begins with `line`. A single letter says too little for a hint.
#[must_use]
pub fn hint<'words>(words: &'words [String], line: &str) -> Option<&'words str> {
    if line.len() < 2 {
        return None;
    }
    let mut fitting = words.iter().filter_map(|word| word.strip_prefix(line));
    let rest = fitting.next().filter(|rest| !rest.is_empty())?;
    fitting.next().is_none().then_some(rest)
}

/// What all of these texts begin with.
pub(super) fn common_start(texts: &[String]) -> &str {
    let Some((first, rest)) = texts.split_first() else {
        return "";
    };
    let mut end = first.len();
    for text in rest {
        let same = first.bytes().zip(text.bytes()).take_while(|(a, b)| a == b);
        end = end.min(same.count());
    }
    first
        .get(..first.floor_char_boundary(end))
        .unwrap_or_default()
}
