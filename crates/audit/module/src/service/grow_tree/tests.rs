//! Several instances grow one tree, and no proof depends on it.

use audit_contract::{EntryProof, GetEntryProof};
use serde_json::json;
use tenon_events::{Envelope, EventId};
use tenon_kernel::{CursorKey, Interface, Timestamp};
use tenon_testkit::{Kit, engines};
use uuid::Uuid;

use super::*;
use crate::domain::Masking;
use crate::{MIGRATIONS, store};

/// More than one batch, and not a power of two.
const ENTRIES: u32 = 4_400;

fn happened(number: u32) -> Envelope {
    Envelope {
        specversion: "1.0".to_owned(),
        id: EventId::from_uuid(Uuid::from_u128(u128::from(number))),
        source: "/orders".to_owned(),
        event_type: "thing.happened".to_owned(),
        subject: format!("thg_{number}"),
        time: Timestamp::EPOCH,
        dataschema: "/schemas/thing.happened/1".to_owned(),
        sequence: 1,
        feedposition: i64::from(number),
        actor: "anonymous".to_owned(),
        interface: Interface::Rest,
        correlationid: None,
        causationid: None,
        traceparent: String::new(),
        data: json!({ "number": number }),
    }
}

impl Service {
    async fn filled(kit: &Kit) -> Self {
        let service = Self::new(
            kit.db(MIGRATIONS).await,
            CursorKey::new(b"test"),
            Masking::with_members(&[]),
        );
        let events: Vec<_> = (1..=ENTRIES).map(happened).collect();
        for batch in events.chunks(550) {
            let mut ctx = kit.ctx();
            let mut tx = service
                .db
                .begin(&mut ctx, "test.fill")
                .await
                .expect("begun");
            let batch: Vec<_> = batch.iter().collect();
            service.record_events(&mut tx, &batch).await.expect("kept");
            tx.commit().await.expect("committed");
        }
        service
    }

    async fn proofs(&self, kit: &Kit) -> Vec<EntryProof> {
        let (ctx, mut proofs) = (kit.ctx(), Vec::new());
        for (seq, tree_size) in [
            (1, None),
            (2_000, Some(3_333)),
            (4_097, None),
            (4_400, None),
        ] {
            let links = store::list_links(&mut self.db.read(&ctx), seq, seq, 1).await;
            let request = GetEntryProof {
                id: links.expect("read")[0].facts.id,
                tree_size,
                consistent_with: Some(1_000),
            };
            proofs.push(self.prove(&ctx, request).await.expect("proved"));
        }
        proofs
    }

    async fn nodes(&self, kit: &Kit) -> Vec<(Subtree, Hash)> {
        store::list_nodes(&mut self.db.read(&kit.ctx()), None, 100)
            .await
            .expect("read")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_instances_grow_one_tree_and_no_proof_depends_on_it() {
    for engine in engines() {
        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let service = Service::filled(&kit).await;
        let by_entries = service.proofs(&kit).await;
        assert_eq!(service.nodes(&kit).await, []);

        let [one, two, three] = [kit.ctx(), kit.ctx(), kit.ctx()];
        let grown = tokio::join!(
            service.grow_tree(&one),
            service.grow_tree(&two),
            service.grow_tree(&three)
        );
        assert!(matches!(grown, (Ok(()), Ok(()), Ok(()))), "{grown:?}");

        let nodes = service.nodes(&kit).await;
        let places: Vec<_> = nodes
            .iter()
            .map(|(subtree, _)| (subtree.level, subtree.position))
            .collect();
        let complete = (8..=12).flat_map(|level| {
            (0..Subtree::count(level, i64::from(ENTRIES))).map(move |position| (level, position))
        });
        assert_eq!(places, complete.collect::<Vec<_>>());
        let checked = service.verify_nodes(&kit.ctx(), None, 100).await;
        assert_eq!(checked.expect("read"), (Vec::new(), None));
        assert_eq!(service.proofs(&kit).await, by_entries);

        service.grow_tree(&kit.ctx()).await.expect("nothing to do");
        assert_eq!(service.nodes(&kit).await, nodes);
    }
}
