//! Reads keys on Windows, where the console reports them as events.

use super::shared::{SharedScene, until_failure};
use crate::scene::{Arrow, Focus, Held, Key, Wheel};
use crate::terminal::ask::{ConsoleError, Typed};
use ratatui::crossterm::event::{
    self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;

/// The thread that reads keys. It waits for a key and therefore ends with the program.
#[derive(Debug)]
pub(super) struct KeyReader;

impl KeyReader {
    /// Begins to read keys.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(super) fn start(
        shared: &Arc<SharedScene>,
        typed: &mpsc::Sender<Typed>,
    ) -> io::Result<Self> {
        let (shared, typed) = (Arc::clone(shared), typed.clone());
        std::thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || {
                until_failure(&typed, ConsoleError::Input, || {
                    loop {
                        match event::read()? {
                            Event::Resize(..) => drop(shared.change()),
                            event => shared.press(key(event).into_iter().collect(), &typed),
                        }
                    }
                });
            })?;
        Ok(Self)
    }
}

fn key(event: Event) -> Option<Key> {
    match event {
        Event::FocusGained => Some(Key::Focus(Focus::Here)),
        Event::FocusLost => Some(Key::Focus(Focus::Elsewhere)),
        Event::Paste(text) => Some(Key::Paste(text)),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => Some(Key::Click {
                column: mouse.column,
                row: mouse.row,
            }),
            MouseEventKind::ScrollUp => Some(Key::Wheel(Wheel::Up)),
            MouseEventKind::ScrollDown => Some(Key::Wheel(Wheel::Down)),
            _ => None,
        },
        Event::Key(pressed) if pressed.kind != KeyEventKind::Release => pressed_key(pressed),
        Event::Key(_) | Event::Resize(..) => None,
    }
}

fn pressed_key(pressed: KeyEvent) -> Option<Key> {
    let has_ctrl = pressed.modifiers.contains(KeyModifiers::CONTROL);
    let has_alt = pressed.modifiers.contains(KeyModifiers::ALT);
    let held = if has_ctrl || has_alt {
        Held::Word
    } else if pressed.modifiers.contains(KeyModifiers::SHIFT) {
        Held::Shift
    } else {
        Held::Nothing
    };
    Some(match pressed.code {
        // AltGr arrives as Ctrl and Alt with the character that it makes.
        KeyCode::Char(c) if has_ctrl == has_alt => Key::Char(c),
        KeyCode::Char(c) if has_ctrl => Key::Ctrl(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Key::Alt(c.to_ascii_lowercase()),
        KeyCode::Enter if has_alt => Key::Alt('\r'),
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab => Key::Tab,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace if has_ctrl || has_alt => Key::WordBackspace,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Up => Key::Arrow(Arrow::Up, held),
        KeyCode::Down => Key::Arrow(Arrow::Down, held),
        KeyCode::Left => Key::Arrow(Arrow::Left, held),
        KeyCode::Right => Key::Arrow(Arrow::Right, held),
        KeyCode::F(number) => Key::Function(number),
        _ => return None,
    })
}
