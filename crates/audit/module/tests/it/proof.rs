//! An entry is proved to somebody who trusts nobody here and has noted a root.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tenon_kernel::{Role, Timestamp};
use tenon_testkit::engines;

use crate::rfc9162::{is_consistent, is_included};
use crate::world::World;

type Hash = [u8; 32];

/// What an auditor keeps elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Noted {
    size: i64,
    root: Hash,
}

fn unhex(text: &Value) -> Hash {
    let text = text.as_str().expect("a text");
    assert_eq!(text.len(), 64, "{text}");
    let byte = |place: usize| u8::from_str_radix(&text[2 * place..2 * place + 2], 16);
    std::array::from_fn(|place| byte(place).expect("hexadecimal digits"))
}

fn path(list: &Value) -> Vec<Hash> {
    let list = list.as_array().expect("a list");
    list.iter().map(unhex).collect()
}

fn noted(proof: &Value) -> Noted {
    Noted {
        size: proof["tree_size"].as_i64().expect("a number"),
        root: unhex(&proof["root_hash"]),
    }
}

/// The bytes of an id: 26 characters of five bits.
fn id_bytes(id: &Value) -> [u8; 16] {
    let (_, text) = id.as_str().expect("an id").rsplit_once('_').expect("an id");
    let bits = text.chars().fold(0_u128, |bits, character| {
        let value = "0123456789abcdefghjkmnpqrstvwxyz".find(character);
        (bits << 5) | value.expect("a character of an id") as u128
    });
    bits.to_be_bytes()
}

/// The hash of an entry by what an administrator sees of it, as `docs/audit.md` says.
fn hash_of(entry: &Value) -> Hash {
    let micros = |name: &str| -> [u8; 8] {
        let at: Timestamp = serde_json::from_value(entry[name].clone()).expect("a time");
        at.as_micros().to_be_bytes()
    };
    let mut bytes = vec![1];
    bytes.extend(unhex(&entry["previous_hash"]));
    bytes.extend(entry["seq"].as_i64().expect("a number").to_be_bytes());
    bytes.extend(id_bytes(&entry["id"]));
    bytes.extend(id_bytes(&entry["event_id"]));
    bytes.extend(micros("occurred_at"));
    bytes.extend(micros("recorded_at"));
    let words = [
        "actor",
        "interface",
        "action",
        "target",
        "source",
        "trace_id",
        "correlation_id",
        "causation_id",
    ];
    let words = words.map(|name| entry[name].as_str().map(str::to_owned));
    let states = ["before", "after", "data"].map(|name| entry.get(name).map(Value::to_string));
    for text in words.into_iter().chain(states) {
        match text {
            Some(text) => {
                bytes.extend((text.len() as u64).to_be_bytes());
                bytes.extend(text.into_bytes());
            }
            None => bytes.extend([0xff; 8]),
        }
    }
    Sha256::digest(bytes).into()
}

/// Whether the entry is what its hash says, and leads with its proof to the root that was noted.
fn holds(entry: &Value, proof: &Value, noted: Noted) -> bool {
    let leaf: Hash = Sha256::digest([&[0][..], &hash_of(entry)].concat()).into();
    let index = entry["seq"].as_i64().expect("a number") - 1;
    let is_itself = hash_of(entry) == unhex(&entry["hash"]);
    is_itself
        && is_included(
            index,
            noted.size,
            leaf,
            &path(&proof["inclusion_path"]),
            noted.root,
        )
}

impl World {
    /// An entry by its place.
    async fn entry(&self, seq: i64) -> Value {
        let admin = self.app.user("root", &[Role::Admin]);
        let target = format!("/v1/audit/entries?target=thg_{seq}");
        admin.get(&target).await.expect(200)["data"][0].clone()
    }

    /// An entry by its place, and its proof.
    async fn proved(&self, seq: i64, query: &str) -> (Value, Value) {
        let admin = self.app.user("root", &[Role::Admin]);
        let entry = self.entry(seq).await;
        assert_eq!(entry["seq"], seq);
        let id = entry["id"].as_str().expect("an id");
        let proof = format!("/v1/audit/entries/{id}/proof?{query}");
        let proof = admin.get(&proof).await.expect(200);
        assert_eq!(proof["entry_id"], entry["id"]);
        assert_eq!(proof["leaf_index"], seq - 1);
        (entry, proof)
    }

    async fn noted(&self) -> Noted {
        noted(&self.proved(1, "").await.1)
    }

    async fn stored_nodes(&self) -> i64 {
        let ctx = self.app.kit().ctx();
        let mut db = self.db.read(&ctx);
        let count = tenon_store::Queryable::query(&mut db, "SELECT COUNT(*) FROM audit_tree_nodes");
        count
            .fetch_scalar::<i64>()
            .await
            .expect("read")
            .unwrap_or_default()
    }

    /// The minute passes, and the tree grows.
    async fn grow(&self) {
        self.app.kit().advance(std::time::Duration::from_mins(1));
        self.app.settle().await;
    }
}

const PLACES: [i64; 8] = [1, 2, 255, 256, 257, 512, 513, 600];

#[tokio::test]
async fn an_entry_is_proved_the_same_whether_the_tree_has_grown_or_not() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.happen(1..=600).await;
        let noted = world.noted().await;
        assert_eq!((noted.size, world.stored_nodes().await), (600, 0));
        let mut proofs = Vec::new();
        for seq in PLACES {
            let (entry, proof) = world.proved(seq, "").await;
            assert_eq!(hash_of(&entry), unhex(&entry["hash"]), "{entry}");
            let leaf: Hash = Sha256::digest([&[0][..], &hash_of(&entry)].concat()).into();
            assert_eq!(unhex(&proof["leaf_hash"]), leaf);
            assert!(holds(&entry, &proof, noted), "{engine:?}: {proof}");
            assert!(proof.get("consistency_path").is_none());
            proofs.push(proof);
        }
        world.grow().await;
        assert_eq!(world.stored_nodes().await, 3);
        for (seq, before) in PLACES.into_iter().zip(proofs) {
            assert_eq!(world.proved(seq, "").await.1, before);
        }
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_root_that_was_noted_stays_and_the_log_goes_on_from_it() {
    for engine in engines() {
        let world = World::new(engine).await;
        let (mut kept, mut from) = (Vec::new(), 1);
        for size in [1, 7, 256, 300, 520] {
            world.happen(from..=size).await;
            from = size + 1;
            kept.push(world.noted().await);
            world.grow().await;
        }
        let latest = world.noted().await;
        for old in kept {
            let size = old.size;
            let (entry, proof) = world.proved(1, &format!("tree_size={size}")).await;
            assert_eq!(noted(&proof), old);
            assert!(holds(&entry, &proof, old));
            let (_, proof) = world.proved(520, &format!("consistent_with={size}")).await;
            assert_eq!(proof["consistent_with"], size);
            let steps = path(&proof["consistency_path"]);
            assert!(
                is_consistent(size, old.root, 520, latest.root, &steps),
                "{engine:?}: {proof}"
            );
            let other = [!old.root[0]; 32];
            assert!(!is_consistent(size, other, 520, latest.root, &steps));
        }
        let (_, between) = world.proved(2, "tree_size=300&consistent_with=7").await;
        assert_eq!(between["tree_size"], 300);
    }
}

/// Whoever owns the tables changes a byte of a stored node: some proof no longer leads to the root that was noted.
#[tokio::test]
async fn a_changed_node_is_noticed() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.happen(1..=600).await;
        world.grow().await;
        let noted = world.noted().await;
        let ctx = world.app.kit().ctx();
        let nodes = {
            let mut db = world.db.read(&ctx);
            let rows = tenon_store::Queryable::query(
                &mut db,
                "SELECT level, position, hash FROM audit_tree_nodes ORDER BY level, position",
            );
            rows.fetch_all::<(i64, i64, Vec<u8>)>().await.expect("read")
        };
        assert_eq!(nodes.len(), 3);
        for (number, (level, position, hash)) in nodes.into_iter().enumerate() {
            let mut changed = hash.clone();
            changed[number * 13] ^= 1;
            world.put_node(level, position, changed).await;
            let mut failed = 0;
            for seq in PLACES {
                let (entry, proof) = world.proved(seq, "").await;
                failed += u32::from(!holds(&entry, &proof, noted));
            }
            assert!(failed > 0, "{engine:?}: nobody notices {level}:{position}");
            let found = world.invariants[1].check(&ctx).await.expect("checked");
            assert_eq!(
                found[0].subject,
                format!("audit tree node {position} of level {level}")
            );
            world.put_node(level, position, hash).await;
        }
        assert_eq!(world.noted().await, noted);
        assert_eq!(world.invariants[1].check(&ctx).await.expect("checked"), []);
    }
}

#[tokio::test]
async fn a_node_of_entries_that_are_not_there_is_noticed() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.happen(1..=10).await;
        world
            .execute(
                "INSERT INTO audit_tree_nodes SELECT 8, 0, hash FROM audit_entries WHERE seq = 1",
            )
            .await;
        let ctx = world.app.kit().ctx();
        let found = world.invariants[1].check(&ctx).await.expect("checked");
        assert_eq!(found.len(), 1, "{engine:?}: {found:?}");
        // Deleting what is stored harms nobody: it follows from the entries.
        world.execute("DELETE FROM audit_tree_nodes").await;
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_changed_entry_is_noticed() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.happen(1..=300).await;
        world.grow().await;
        let noted = world.noted().await;
        world.drop_triggers(engine).await;
        let proved = async |seq| {
            let (entry, proof) = world.proved(seq, "").await;
            holds(&entry, &proof, noted)
        };
        assert!(proved(5).await && proved(290).await);

        // What it says, and not its hash.
        world
            .execute("UPDATE audit_entries SET actor = 'usr_other' WHERE seq = 5")
            .await;
        assert!(!proved(5).await && proved(6).await && proved(290).await);
        // Its hash: also its neighbours see it.
        world
            .execute("UPDATE audit_entries SET hash = previous_hash WHERE seq = 7")
            .await;
        assert!(!proved(7).await && !proved(8).await && proved(290).await);
        world
            .execute("UPDATE audit_entries SET hash = previous_hash WHERE seq = 299")
            .await;
        assert!(!proved(299).await && !proved(290).await && !proved(1).await);
    }
}

/// No proof is made over a gap, and none of what is behind the end.
#[tokio::test]
async fn a_log_with_a_gap_proves_nothing_over_it() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.happen(1..=20).await;
        let admin = world.app.user("root", &[Role::Admin]);
        let proof = async |seq: i64| {
            let id = world.entry(seq).await["id"].clone();
            let path = format!("/v1/audit/entries/{}/proof", id.as_str().expect("an id"));
            admin.get(&path).await.status().as_u16()
        };
        world.drop_triggers(engine).await;
        world
            .execute("DELETE FROM audit_entries WHERE seq = 3")
            .await;
        assert_eq!(proof(4).await, 500);
        world.execute("UPDATE audit_head SET seq = 19").await;
        assert_eq!(proof(20).await, 500);
    }
}

#[tokio::test]
async fn sizes_that_cannot_be_are_named() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.happen(1..=5).await;
        let admin = world.app.user("root", &[Role::Admin]);
        let entry = world.entry(3).await;
        let id = entry["id"].as_str().expect("an id");
        let cases = [
            ("tree_size=0", 422, "?tree_size"),
            ("tree_size=2", 422, "?tree_size"),
            ("tree_size=6", 422, "?tree_size"),
            ("tree_size=9223372036854775807", 422, "?tree_size"),
            ("tree_size=-1", 422, "?tree_size"),
            ("tree_size=many", 400, "?tree_size"),
            ("tree_size=9223372036854775808", 400, "?tree_size"),
            ("consistent_with=0", 422, "?consistent_with"),
            ("consistent_with=6", 422, "?consistent_with"),
            ("tree_size=4&consistent_with=5", 422, "?consistent_with"),
            ("size=4", 400, "?size"),
        ];
        for (query, status, pointer) in cases {
            let path = format!("/v1/audit/entries/{id}/proof?{query}");
            let reply = admin.get(&path).await;
            assert_eq!(
                (
                    reply.status().as_u16(),
                    &reply.json()["errors"][0]["pointer"]
                ),
                (status, &Value::from(pointer)),
                "{query}"
            );
        }
        for query in ["", "?tree_size=3", "?tree_size=5&consistent_with=5"] {
            let path = format!("/v1/audit/entries/{id}/proof{query}");
            admin.get(&path).await.expect(200);
        }
    }
}
