//! The scene as characters on a screen.

use super::display::{Depth, Display, Signs};
use crate::drawing::{Row, Sheet};
use crate::scene::{Area, BoardPane, Focus, ListedMember, Mouse, Playback, Scene, TypedLine};
use crate::text::{cut, in_line, visible, wrap};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr as _;

/// Draws the scene into a buffer of its size. Returns where the cursor is.
pub fn draw(scene: &Scene, display: Display, buffer: &mut Buffer) -> Option<Position> {
    let cursor = draw_in_unicode(scene, display.depth, buffer);
    if display.signs == Signs::Ascii {
        for cell in &mut buffer.content {
            let symbol = Signs::in_ascii(cell.symbol());
            cell.set_symbol(&symbol);
        }
    }
    cursor
}

fn draw_in_unicode(scene: &Scene, depth: Depth, buffer: &mut Buffer) -> Option<Position> {
    let layout = scene.layout();
    let mut page = Painter { buffer, depth };
    let talk = layout.talk;
    let (columns, rows) = (usize::from(talk.width), usize::from(talk.height));
    let visible_rows = scene.talk().visible(columns, rows);
    // A short talk is aligned to the bottom.
    let top = rows - visible_rows.len().min(rows);
    for (place, shown) in visible_rows.iter().enumerate() {
        page.row(talk, top + place, &shown.row);
        if scene.found() == Some(shown.entry) {
            page.mark_row(talk, top + place);
        }
    }
    if let (Some(area), Some(board)) = (layout.board, scene.board_drawing()) {
        for (place, row) in board.rows.iter().enumerate() {
            page.row(area, place, row);
        }
    }
    if let (Some(area), Some(board)) = (layout.words, scene.board()) {
        let words = visible(&board.sight().words).into_owned();
        let text = wrap(&format!("{words}\n"), usize::from(area.width)).into_owned();
        for (place, row) in Sheet::new(usize::from(area.width))
            .print(&text)
            .iter()
            .enumerate()
        {
            page.row(area, place, row);
        }
    }
    if let Some(area) = layout.members {
        page.members(area, scene);
    }
    if talk.width < scene.size().columns {
        page.edge(talk);
    }
    page.status(layout.status, scene);
    page.keys(layout.keys, scene);
    let cursor = match scene.playback() {
        Some(playback) => page.playback(layout.input, playback),
        None => page.input(layout.input, scene),
    };
    if let Some(rows) = scene.key_list() {
        let area = Area {
            height: layout.status.top,
            ..Area::of(scene.size())
        };
        page.list_of_keys(area, &rows);
    }
    cursor
}

struct Painter<'buffer> {
    buffer: &'buffer mut Buffer,
    depth: Depth,
}

impl Painter<'_> {
    /// Writes text at this column and row of an area. Returns the column after it.
    fn put(&mut self, area: Area, column: usize, row: usize, text: &str, style: Style) -> usize {
        let width = usize::from(area.width);
        let (Ok(x), Ok(y)) = (u16::try_from(column), u16::try_from(row)) else {
            return column;
        };
        if column >= width || y >= area.height {
            return column;
        }
        let left = area.left + x;
        let (end, _) = self
            .buffer
            .set_stringn(left, area.top + y, text, width - column, style);
        usize::from(end - area.left)
    }

    fn row(&mut self, area: Area, row: usize, text: &Row) {
        for run in &text.runs {
            let style = self.depth.style(run.look);
            self.put(area, run.column, row, &run.text, style);
        }
    }

    /// Marks a row that the search has found.
    fn mark_row(&mut self, area: Area, row: usize) {
        let Ok(row) = u16::try_from(row) else {
            return;
        };
        let rect = Rect::new(area.left, area.top + row, area.width, 1);
        let style = Style::new().add_modifier(Modifier::REVERSED);
        self.buffer
            .set_style(rect.intersection(self.buffer.area), style);
    }

    /// Text with escape sequences for colours.
    fn styled(&mut self, area: Area, text: &str) {
        let mut sheet = Sheet::new(usize::from(u16::MAX));
        let mut rows = sheet.print(text);
        rows.extend(sheet.end());
        for row in &rows {
            self.row(area, 0, row);
        }
    }

    /// The line between the talk and the panes beside it.
    fn edge(&mut self, talk: Area) {
        let dim = Style::new().add_modifier(Modifier::DIM);
        for row in 0..talk.height {
            self.buffer.set_stringn(talk.width, row, "│", 1, dim);
        }
    }

    fn members(&mut self, area: Area, scene: &Scene) {
        let Some(members) = scene.members() else {
            return;
        };
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let dim = Style::new().add_modifier(Modifier::DIM);
        let width = usize::from(area.width);
        let count = match members.len() {
            1 => "1 member".to_owned(),
            count => format!("{count} members"),
        };
        self.put(area, 0, 0, &count, bold);
        let mut row = 1;
        let tables = match members.has_details() {
            true => members.tables(),
            false => Vec::new(),
        };
        // The tables get up to a third of the space, below the members.
        let shown_tables = tables.len().min(usize::from(area.height) / 3);
        let height = usize::from(area.height) - shown_tables - usize::from(shown_tables > 0);
        let rows_of = |member: &ListedMember| 1 + usize::from(member.detail.is_some());
        let all: usize = 1 + members.iter().map(rows_of).sum::<usize>();
        // The last row counts the members that do not fit.
        let most = height - usize::from(all > height && height > 0);
        let mut hidden = 0;
        for member in members.iter() {
            let rows = rows_of(member);
            if hidden > 0 || row + rows > most {
                hidden += 1;
                continue;
            }
            let (mark, name) = member_line(member, members.is_calling(member.sight.id));
            let style = match member.sight.is_here {
                true => Style::new(),
                false => dim,
            };
            self.put(area, 0, row, &mark, bold);
            self.put(area, 2, row, &cut(&name, width.saturating_sub(2)), style);
            if let Some(detail) = &member.detail {
                self.put(area, 2, row + 1, &cut(detail, width.saturating_sub(2)), dim);
            }
            row += rows;
        }
        if hidden > 0 {
            self.put(area, 2, row, &format!("and {hidden} more"), dim);
        }
        if shown_tables > 0 {
            let count = crate::text::count(tables.len(), "table");
            self.put(area, 0, height, &count, bold);
        }
        for (place, (game, [one, two])) in tables.iter().take(shown_tables).enumerate() {
            let table = format!("{}: {} - {}", in_line(game), in_line(one), in_line(two));
            self.put(
                area,
                2,
                height + 1 + place,
                &cut(&table, width.saturating_sub(2)),
                Style::new(),
            );
        }
    }

    fn status(&mut self, area: Area, scene: &Scene) {
        if area.height == 0 {
            return;
        }
        let style = Style::new().add_modifier(Modifier::REVERSED);
        let rect = Rect::new(area.left, area.top, area.width, area.height);
        self.buffer.set_style(rect, style);
        let mut parts = Vec::new();
        if let Some(left) = scene.time_left() {
            let left = left.as_secs();
            parts.push(format!("{left} s left to reconnect"));
        }
        match scene.talk().unread() {
            0 if scene.talk().is_at_end() => {}
            0 => parts.push("reading old lines".to_owned()),
            unread => parts.push(format!("{unread} new below")),
        }
        if let (Some(members), None) = (scene.members(), scene.layout().members) {
            parts.push(crate::text::count(members.len(), "member"));
        }
        if scene.mouse() == Mouse::On {
            parts.push("mouse on".to_owned());
        }
        let board = scene.board().filter(|_| scene.can_choose());
        if let Some(choice) = board.and_then(BoardPane::choice) {
            parts.push(format!("chosen: {}", in_line(choice)));
        }
        parts.extend(scene.progress().map(str::to_owned));
        // The status of a replay never changes, so it comes last on a small screen.
        let place = match scene.playback() {
            Some(_) => parts.len(),
            None => 0,
        };
        parts.insert(place, scene.status().to_owned());
        parts.retain(|part| !part.is_empty());
        self.put(area, 1, 0, &parts.join("  ·  "), style);
    }

    /// The row of keys, or a remark about the last key.
    fn keys(&mut self, area: Area, scene: &Scene) {
        let dim = Style::new().add_modifier(Modifier::DIM);
        if let Some(remark) = scene.remark() {
            let bold = Style::new().add_modifier(Modifier::BOLD);
            self.put(area, 0, 0, remark, bold);
            return;
        }
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let (candidates, chosen) = scene.candidates();
        if !candidates.is_empty() {
            let (first, texts) = shown_candidates(candidates, chosen, area.width.into());
            let mut column = 0;
            for (place, text) in texts.iter().enumerate() {
                let style = match chosen == Some(first + place) {
                    true => bold,
                    false => dim,
                };
                column = self.put(area, column, 0, text, style);
                column = self.put(area, column, 0, "  ", dim);
            }
            if first + texts.len() < candidates.len() {
                self.put(area, column, 0, "…", dim);
            }
            return;
        }
        let mut offers = offers(scene);
        let lengths = offers
            .iter()
            .map(|(key, label)| key.width() + 1 + label.width());
        let length: usize = lengths.sum();
        let gaps = offers.len().saturating_sub(1);
        let width = usize::from(area.width);
        // On a small screen, they stand closer together.
        let gap = (1..=3)
            .rev()
            .find(|gap| length + gap * gaps <= width)
            .unwrap_or(1);
        if length + gap * gaps > width
            && let Some((_, label)) = offers.first_mut()
        {
            *label = "";
        }
        let mut column = 0;
        for (key, label) in offers {
            let label = match label {
                "" => String::new(),
                label => format!(" {label}"),
            };
            if column + key.width() + label.width() > width {
                break;
            }
            column = self.put(area, column, 0, &key, bold);
            column = self.put(area, column, 0, &label, dim) + gap;
        }
    }

    /// The replay, instead of the input line. There is no cursor.
    fn playback(&mut self, area: Area, playback: &Playback) -> Option<Position> {
        let rows = playback.rows(usize::from(area.width));
        for (place, row) in rows.iter().enumerate() {
            self.put(area, 0, place, row, Style::new());
        }
        None
    }

    /// The line being typed. Returns where the cursor is.
    fn input(&mut self, area: Area, scene: &Scene) -> Option<Position> {
        let width = usize::from(area.width).max(2);
        let TypedLine {
            label,
            cells,
            cursor: place,
            end,
        } = scene.typed_line(area.width);
        // The row with the cursor is on the screen.
        let height = usize::from(area.height).max(1);
        let above = (place.1 + 1).saturating_sub(height);
        if above == 0 {
            self.styled(area, &label);
        }
        for (text, (column, row)) in cells {
            if let Some(row) = row.checked_sub(above) {
                self.put(area, column, row, &text, Style::new());
            }
        }
        if scene.search().is_none()
            && let Some(aside) = scene.aside()
            && let Some(row) = end.1.checked_sub(above)
        {
            let dim = Style::new().add_modifier(Modifier::DIM);
            self.put(area, end.0, row, &aside, dim);
        }
        let column = u16::try_from(place.0.min(width - 1)).ok()?;
        let row = u16::try_from(place.1 - above).ok()?;
        Some(Position::new(area.left + column, area.top + row))
    }

    fn list_of_keys(&mut self, area: Area, rows: &[Row]) {
        let rect = Rect::new(area.left, area.top, area.width, area.height);
        for position in rect.positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
        for (place, row) in rows.iter().enumerate() {
            self.row(area, place, row);
        }
    }
}

/// The page of candidates that contains the chosen one, and the index of its first candidate. It leaves
/// space for an ellipsis.
fn shown_candidates(
    candidates: &[String],
    chosen: Option<usize>,
    width: usize,
) -> (usize, Vec<String>) {
    let chosen = chosen.unwrap_or(0);
    let mut first = 0;
    let mut column = 0;
    let mut shown: Vec<String> = Vec::new();
    for (number, candidate) in candidates.iter().enumerate() {
        let text = in_line(candidate);
        if column + text.width() + 3 > width && !shown.is_empty() {
            if number > chosen {
                break;
            }
            // The next page begins here.
            (first, column) = (number, 0);
            shown.clear();
        }
        column += text.width() + 2;
        shown.push(text);
    }
    (first, shown)
}

/// The most useful keys and their current effects.
fn offers(scene: &Scene) -> Vec<(String, &str)> {
    if let Some(playback) = scene.playback() {
        let offers = playback.offers().into_iter();
        return offers.map(|(key, label)| (key.to_owned(), label)).collect();
    }
    if scene.search().is_some() {
        let keys = [("Enter", "older"), ("Down", "newer"), ("Esc", "back")];
        return keys.map(|(key, label)| (key.to_owned(), label)).to_vec();
    }
    let mut keys: Vec<(String, &str)> = vec![("F1".to_owned(), "keys")];
    // With text in the line, these keys are for that.
    let is_blank = scene.line().0.is_empty();
    let board = scene.board().filter(|_| is_blank && scene.can_choose());
    match board.map(BoardPane::choice) {
        Some(Some(_)) => keys.push(("Enter".to_owned(), "play")),
        Some(None) => keys.push(("Arrows".to_owned(), "choose")),
        None => {}
    }
    for offer in scene.offers() {
        keys.push((format!("F{}", offer.key), &offer.label));
    }
    match (scene.talk().is_at_end(), is_blank) {
        (true, _) => {}
        (false, true) => {
            keys.push(("/".to_owned(), "search"));
            keys.push(("End".to_owned(), "newest"));
        }
        (false, false) => keys.push(("Esc".to_owned(), "newest")),
    }
    keys
}

/// The mark of a member, and the name with what it does.
fn member_line(member: &ListedMember, is_calling: bool) -> (String, String) {
    let sight = &member.sight;
    let mark = match (is_calling, sight.is_here, sight.is_coordinator) {
        (true, ..) => "!",
        (_, false, _) => "-",
        (.., true) => "*",
        _ => " ",
    };
    let mut name = in_line(&sight.name);
    if member.detail.is_some() {
        name.push_str(&format!(" {}", sight.id));
    }
    if !sight.is_here {
        name.push_str(" (away)");
    } else if let Some(plays) = &sight.plays {
        name.push_str(&format!(" ({})", in_line(&plays.game)));
    } else if sight.is_coordinator {
        name.push_str(" (coordinator)");
    }
    (mark.to_owned(), name)
}

/// Whether a notification should accompany the bell.
pub(super) fn looks_elsewhere(scene: &Scene) -> bool {
    scene.focus() == Focus::Elsewhere
}
