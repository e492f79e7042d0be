//! Who decides in which order the hub gets its inputs.

#[cfg(feature = "cluster")]
use super::stream_order::StreamOrder;
use crate::room::{Hub, HubEffect, HubInput};
use crate::wire::{BoardSight, PostId};
use std::time::Duration;

/// The hub, and who decides in which order it gets its inputs.
#[derive(Debug)]
pub(in crate::room_server) enum Order {
    /// This server alone: as they come.
    Own(Box<Hub>),
    /// The stream of a cluster.
    #[cfg(feature = "cluster")]
    Stream(Box<StreamOrder>),
}

impl Order {
    pub(super) fn hub(&self) -> &Hub {
        match self {
            Self::Own(hub) => hub,
            #[cfg(feature = "cluster")]
            Self::Stream(order) => order.hub(),
        }
    }

    /// Whether nobody can be admitted now, whatever they have spent.
    pub(super) fn is_waiting(&self) -> bool {
        match self {
            Self::Own(_) => false,
            #[cfg(feature = "cluster")]
            Self::Stream(order) => order.is_waiting,
        }
    }

    /// Notes that the journal was written.
    pub(super) fn note_written(&self) {
        match self {
            Self::Own(_) => {}
            #[cfg(feature = "cluster")]
            Self::Stream(order) => order.note_written(),
        }
    }

    /// Notes that the state after this input is saved, from which this machine can start.
    #[cfg_attr(
        not(feature = "cluster"),
        expect(unused_variables, reason = "only a cluster has states")
    )]
    pub(super) fn note_saved(&mut self, input: u64) {
        match self {
            Self::Own(_) => {}
            #[cfg(feature = "cluster")]
            Self::Stream(order) => order.note_saved(input),
        }
    }

    /// The machines of the cluster, as a table.
    #[cfg(feature = "cluster")]
    pub(super) fn machines(&self) -> Option<String> {
        match self {
            Self::Own(_) => None,
            Self::Stream(order) => Some(order.machines()),
        }
    }

    /// The last post that a query can ask for. In a cluster, the journal follows.
    pub(super) fn findable(&self, stored: PostId) -> PostId {
        match self {
            Self::Own(_) => stored,
            #[cfg(feature = "cluster")]
            Self::Stream(order) => order.hub().last(),
        }
    }

    /// Hands in an input, or puts it on its way into the stream. Returns the last boards of games that
    /// it has ended.
    pub(super) fn handle(
        &mut self,
        now: Duration,
        input: HubInput,
        effects: &mut Vec<HubEffect>,
    ) -> Vec<BoardSight> {
        match self {
            Self::Own(hub) => {
                hub.handle(now, input, effects);
                hub.take_last_boards()
            }
            #[cfg(feature = "cluster")]
            Self::Stream(order) => {
                order.submit(input, effects);
                Vec::new()
            }
        }
    }
}
