//! A machine that reads much in a second, while the other one is heard once.

use super::machine::{Machine, ROOM, free_ports};
use crate::support::{Server, soon};
use tictalk::cluster::{
    ClusterChange, MachineId, Part, Reader, Replica, Report, RoomStream, StreamMessage, VERSION,
};

/// Another machine of the room, which the test plays.
struct Other {
    stream: RoomStream,
    reader: Reader,
    replica: Replica,
    id: MachineId,
    batches: u64,
}

impl Other {
    async fn join(stream: RoomStream) -> Self {
        let mut reader = stream.reader(0);
        let genesis = soon(reader.next()).await.unwrap();
        let replica = Replica::begin(serde_json::from_slice(&genesis.bytes).unwrap(), genesis.at);
        let mut other = Self {
            stream,
            reader,
            replica,
            id: MachineId::default(),
            batches: 0,
        };
        let join = StreamMessage::Join {
            nonce: [1; 16],
            address: "127.0.0.1:1".to_owned(),
            version: VERSION.to_owned(),
        };
        other.publish(&join).await;
        while other.id == MachineId::default() {
            for change in other.read().await.1 {
                if let ClusterChange::Joined { id, nonce } = change
                    && nonce == [1; 16]
                {
                    other.id = id;
                }
            }
        }
        other
    }

    async fn publish(&mut self, message: &StreamMessage) {
        self.batches += 1;
        let id = format!("other.{}", self.batches);
        let bytes = message.encode().unwrap().into();
        let published = self.stream.publish(Part::Inputs, &id, None, bytes);
        soon(published).await.unwrap();
    }

    async fn send(&mut self, report: Option<Report>) {
        let batch = StreamMessage::Batch {
            machine: self.id,
            number: self.batches,
            commands: Vec::new(),
            report,
        };
        self.publish(&batch).await;
    }

    /// Reads the next message.
    async fn read(&mut self) -> (Option<StreamMessage>, Vec<ClusterChange>) {
        let entry = soon(self.reader.next()).await.unwrap();
        let applied = self.replica.apply(entry.sequence, entry.at, &entry.bytes);
        (StreamMessage::decode(&entry.bytes), applied.changes)
    }
}

#[tokio::test]
async fn a_state_is_confirmed_by_any_later_checkpoint() {
    let ports = free_ports(2);
    let Some(server) = Server::at(ports[0]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut machine = Machine::new(server.port(), data, ports[1], &[]);
    machine.start();
    machine.wait_for("Server listening on");
    let engine = server.engine().await;
    let stream = soon(engine.find_stream(ROOM)).await.unwrap().unwrap();
    let mut other = Other::join(stream).await;
    // The machine saves its state after the input 1,000. Before the other one is heard, there is the
    // next checkpoint.
    while other.replica.applied() < 1_110 {
        other.send(None).await;
        other.read().await;
    }
    let checkpoint = other.replica.checkpoint_at(1_100);
    assert!(checkpoint.is_some());
    let applied = other.replica.applied();
    other
        .send(Some(Report {
            applied,
            saved: 0,
            checkpoint,
        }))
        .await;
    let saved = async {
        loop {
            if let (Some(StreamMessage::Batch { report, .. }), _) = other.read().await
                && report.is_some_and(|report| report.saved == 1_000)
            {
                return;
            }
        }
    };
    soon(saved).await;
}
