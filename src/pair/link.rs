//! The connection to the partner, and the receipt that waits to be sent over it.

use crate::net::{Connection, ReceiveError};
use crate::wire::{Control, Frame};
use std::future::pending;
use std::time::Duration;
use tokio::time::Instant;

/// How long a receipt waits for a turn of ours that implies it. Nobody notices the delay, and when
/// two programs answer each other at once it halves the number of packets (RFC 1122, 4.2.3.2, on
/// acknowledgements in TCP).
const RECEIPT_DELAY: Duration = Duration::from_millis(40);

/// The connection to the partner.
#[derive(Debug)]
pub(super) struct PartnerLink {
    /// `None` while the partner is away.
    connection: Option<Connection>,
    receipt: Option<PendingReceipt>,
}

#[derive(Debug)]
struct PendingReceipt {
    turns: u64,
    due: Instant,
}

impl PartnerLink {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection: Some(connection),
            receipt: None,
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.connection.is_some()
    }

    /// Replaces the connection.
    pub(super) fn restore(&mut self, connection: Connection) {
        *self = Self::new(connection);
    }

    /// Drops the connection.
    pub(super) fn drop_connection(&mut self) {
        self.connection = None;
        self.receipt = None;
    }

    /// Takes the connection, to close it.
    pub(super) fn into_connection(self) -> Option<Connection> {
        self.connection
    }

    /// Waits for the next frame; for ever without a connection. Cancel safe.
    pub(super) async fn receive(&mut self) -> Result<Option<Frame>, ReceiveError> {
        match &mut self.connection {
            Some(connection) => connection.receive().await,
            None => pending().await,
        }
    }

    /// Sends a turn, after the receipt that waits. A lost connection shows when it is next read.
    pub(super) fn send_text(&mut self, text: String) {
        self.send_receipt();
        self.send(Frame::Text(text));
    }

    /// Sends a control frame. A lost connection shows when it is next read.
    pub(super) fn send_control(&mut self, control: Control) {
        self.send(Frame::Control(control));
    }

    fn send(&mut self, frame: Frame) {
        if let Some(connection) = &mut self.connection {
            drop(connection.send(&frame));
        }
    }

    /// Has a receipt for this many turns sent within [`RECEIPT_DELAY`].
    pub(super) fn delay_receipt(&mut self, turns: u64) {
        let due = Instant::now() + RECEIPT_DELAY;
        self.receipt = Some(PendingReceipt { turns, due });
    }

    /// When the receipt that waits is due.
    pub(super) fn receipt_due(&self) -> Option<Instant> {
        self.receipt.as_ref().map(|receipt| receipt.due)
    }

    /// Drops the receipt that waits: a turn of ours implies it.
    pub(super) fn drop_receipt(&mut self) {
        self.receipt = None;
    }

    /// Queues the receipt that waits, ahead of whatever is sent next.
    pub(super) fn send_receipt(&mut self) {
        if let (Some(PendingReceipt { turns, .. }), Some(connection)) =
            (self.receipt.take(), &mut self.connection)
        {
            connection.queue(&Frame::Control(Control::Receipt { turns }));
        }
    }
}
