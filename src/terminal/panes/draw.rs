//! The scene as characters on a screen.

use crate::drawing::{Colour, Look, Palette, Row, Sheet, Tint};
use crate::scene::{Area, BoardPane, Focus, KEYS, Listed, Mouse, Scene};
use crate::terminal::paint::Paint;
use crate::text::{cut, visible, wrap};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    None,
    Sixteen,
    Many,
}

impl Depth {
    /// What this kind of terminal can show, named by `TERM`.
    pub(super) fn detect(paint: Paint) -> Self {
        let term = std::env::var("TERM").unwrap_or_default();
        match paint {
            Paint::Off => Self::None,
            Paint::On if term == "linux" || term.ends_with("16color") => Self::Sixteen,
            Paint::On => Self::Many,
        }
    }

    fn color(self, tint: Tint) -> Option<Color> {
        match (self, tint) {
            (Self::None, _) | (_, Tint::Default) => None,
            (_, Tint::Named(index)) => Some(Color::Indexed(index)),
            (Self::Sixteen, Tint::Exact(_)) => {
                let index = tint.nearest(&Palette::DARK)?;
                Some(Color::Indexed(u8::try_from(index).ok()?))
            }
            (Self::Many, Tint::Exact(colour)) => {
                let same = |index: &u8| Colour::of_256(*index) == Some(colour);
                let Colour(red, green, blue) = colour;
                let exact = Color::Rgb(red, green, blue);
                Some((16..=255).find(same).map_or(exact, Color::Indexed))
            }
        }
    }

    pub(super) fn style(self, look: Look) -> Style {
        let mut style = Style::new();
        style.fg = self.color(look.ink);
        style.bg = self.color(look.paper);
        let modifiers = [
            (look.is_bold, Modifier::BOLD),
            (look.is_dim, Modifier::DIM),
            (look.is_inverse, Modifier::REVERSED),
        ];
        for (is_set, modifier) in modifiers {
            if is_set {
                style = style.add_modifier(modifier);
            }
        }
        style
    }
}

/// Draws the scene. Returns where the cursor is.
pub(super) fn draw(scene: &Scene, depth: Depth, buffer: &mut Buffer) -> Option<Position> {
    let layout = scene.layout();
    let mut page = Page { buffer, depth };
    let talk = layout.talk;
    let (columns, rows) = (usize::from(talk.width), usize::from(talk.height));
    let visible_rows = scene.talk().visible(columns, rows);
    // A short talk stands right above the line.
    let top = rows - visible_rows.len().min(rows);
    for (place, shown) in visible_rows.iter().enumerate() {
        page.row(talk, top + place, &shown.row);
    }
    if let (Some(area), Some(board)) = (layout.board, scene.board()) {
        for (place, row) in board.draw(area.width).rows.iter().enumerate() {
            page.row(area, place, row);
        }
        page.edge(area, talk);
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
        page.edge(area, talk);
    }
    page.status(layout.status, scene);
    page.keys(layout.keys, scene);
    let cursor = page.input(layout.input, scene);
    if let Some(first) = scene.first_key() {
        let area = Area {
            height: layout.status.top,
            ..Area::of(scene.size())
        };
        page.list_of_keys(area, first);
    }
    cursor
}

struct Page<'buffer> {
    buffer: &'buffer mut Buffer,
    depth: Depth,
}

impl Page<'_> {
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

    /// Text with escape sequences for colours. Returns the column after it.
    fn styled(&mut self, area: Area, column: usize, row: usize, text: &str) -> usize {
        let mut sheet = Sheet::new(usize::from(u16::MAX));
        let mut end = column;
        let mut rows = sheet.print(text);
        rows.extend(sheet.end());
        for run in rows.iter().flat_map(|row| &row.runs) {
            let style = self.depth.style(run.look);
            end = self.put(area, column + run.column, row, &run.text, style);
        }
        end.max(column + width_of_styled(text))
    }

    /// The line between the talk and what stands beside it.
    fn edge(&mut self, area: Area, talk: Area) {
        if area.left == 0 {
            return;
        }
        let dim = Style::new().add_modifier(Modifier::DIM);
        for row in 0..talk.height {
            self.buffer.set_stringn(area.left - 1, row, "│", 1, dim);
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
        let mut hidden = 0;
        for member in members.iter() {
            let rows = 1 + usize::from(member.detail.is_some());
            // The last row counts those for whom there is no space.
            if hidden > 0 || row + rows > height.saturating_sub(1) && members.len() > 1 {
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
            let table = format!("{}: {} - {}", visible(game), visible(one), visible(two));
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
        let mut parts = vec![scene.status().to_owned()];
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
        if let Some(choice) = scene.board().and_then(BoardPane::choice) {
            parts.push(format!("chosen: {}", visible(choice)));
        }
        parts.extend(scene.progress().map(str::to_owned));
        parts.retain(|part| !part.is_empty());
        self.put(area, 1, 0, &parts.join("  ·  "), style);
    }

    /// What the keys do, or what the person is told about the last one.
    fn keys(&mut self, area: Area, scene: &Scene) {
        let dim = Style::new().add_modifier(Modifier::DIM);
        if let Some(remark) = scene.remark() {
            let bold = Style::new().add_modifier(Modifier::BOLD);
            self.put(area, 0, 0, remark, bold);
            return;
        }
        let candidates = scene.candidates();
        if !candidates.is_empty() {
            let texts: Vec<String> = candidates
                .iter()
                .map(|it| visible(it).into_owned())
                .collect();
            self.put(area, 0, 0, &texts.join("  "), dim);
            return;
        }
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let mut keys: Vec<(String, &str)> = vec![("F1".to_owned(), "keys")];
        for offer in scene.offers() {
            keys.push((format!("F{}", offer.key), offer.label));
        }
        match scene.board() {
            Some(board) if board.choice().is_some() => keys.push(("Enter".to_owned(), "play")),
            Some(board) if !board.sight().legal.is_empty() => {
                keys.push(("Arrows".to_owned(), "choose"));
            }
            _ => {}
        }
        if !scene.talk().is_at_end() {
            keys.push(("/".to_owned(), "search"));
            keys.push(("End".to_owned(), "newest"));
        }
        let mut column = 0;
        for (key, label) in keys {
            if column + key.len() + 1 + label.len() > usize::from(area.width) {
                break;
            }
            column = self.put(area, column, 0, &key, bold);
            column = self.put(area, column, 0, &format!(" {label}   "), dim);
        }
    }

    /// The line being typed. Returns where the cursor is.
    fn input(&mut self, area: Area, scene: &Scene) -> Option<Position> {
        let width = usize::from(area.width).max(2);
        let (label, line, cursor) = match scene.search() {
            Some(words) => {
                let words = visible(words).into_owned();
                let cursor = words.len();
                ("\x1b[1mSearch:\x1b[0m ".to_owned(), words, cursor)
            }
            None => {
                let (line, cursor) = scene.line();
                (scene.label().to_owned(), line, cursor)
            }
        };
        let start = self.styled(area, 0, 0, &label).min(width - 1);
        let (cells, place) = laid_out(&line, cursor, start, width);
        // The row with the cursor is on the screen.
        let height = usize::from(area.height).max(1);
        let above = (place.1 + 1).saturating_sub(height);
        if above > 0 {
            let rect = Rect::new(area.left, area.top, area.width, area.height);
            for position in rect.positions() {
                if let Some(cell) = self.buffer.cell_mut(position) {
                    cell.reset();
                }
            }
        }
        let mut end = (start, 0);
        for (text, (column, row)) in cells {
            end = (column + text.width(), row);
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

    fn list_of_keys(&mut self, talk: Area, first: usize) {
        let rect = Rect::new(talk.left, talk.top, talk.width, talk.height);
        for position in rect.positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
        const WIDE: usize = 76;
        let width = usize::from(talk.width);
        let widest = KEYS.iter().map(|(key, _)| key.width()).max().unwrap_or(0);
        let mut text = "\x1b[1mKeys (PgDn: more; other keys: back)\x1b[0m\n".to_owned();
        for (key, what) in KEYS.iter().skip(first) {
            let gap = match width < WIDE {
                true => "\n   ".to_owned(),
                false => " ".repeat(widest + 2 - key.width()),
            };
            text.push_str(&format!("\x1b[1m{key}\x1b[0m{gap}{what}\n"));
        }
        let rows = Sheet::new(width).print(&wrap(&text, width));
        for (place, row) in rows.iter().enumerate() {
            self.row(talk, place, row);
        }
    }
}

/// The mark of a member, and the name with what it does.
fn member_line(member: &Listed, is_calling: bool) -> (String, String) {
    let sight = &member.sight;
    let mark = match (is_calling, sight.is_here, sight.is_coordinator) {
        (true, ..) => "!",
        (_, false, _) => "-",
        (.., true) => "*",
        _ => " ",
    };
    let mut name = visible(&sight.name).into_owned();
    if member.detail.is_some() {
        name.push_str(&format!(" {}", sight.id));
    }
    if !sight.is_here {
        name.push_str(" (away)");
    } else if let Some(plays) = &sight.plays {
        name.push_str(&format!(" ({})", visible(&plays.game)));
    } else if sight.is_coordinator {
        name.push_str(" (coordinator)");
    }
    (mark.to_owned(), name)
}

/// A column and a row.
type CellPlace = (usize, usize);

/// The characters of a line with their places, and the place of the cursor. The first row begins at the
/// column `start`.
fn laid_out(
    line: &str,
    cursor: usize,
    start: usize,
    width: usize,
) -> (Vec<(String, CellPlace)>, CellPlace) {
    let mut cells = Vec::new();
    let (mut column, mut row) = (start, 0);
    let mut place = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let text = match grapheme {
            "\n" => {
                if at == cursor {
                    place = Some((column, row));
                }
                (column, row) = (0, row + 1);
                continue;
            }
            grapheme => visible(grapheme).into_owned(),
        };
        let needs = text.width();
        if column + needs > width {
            (column, row) = (0, row + 1);
        }
        if at == cursor {
            place = Some((column, row));
        }
        cells.push((text, (column, row)));
        column += needs;
    }
    if column >= width {
        (column, row) = (0, row + 1);
    }
    (cells, place.unwrap_or((column, row)))
}

/// How many columns text with escape sequences takes in one row.
fn width_of_styled(text: &str) -> usize {
    let mut width = 0;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        width += before.width();
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    width + rest.width()
}

/// Whether the person who looks elsewhere is called by more than the bell.
pub(super) fn looks_elsewhere(scene: &Scene) -> bool {
    scene.focus() == Focus::Elsewhere
}
