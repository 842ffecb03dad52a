//! Reading the log.

use audit_contract::{AuditError, EntryFilter, GetEntryProof, ListEntries, VerifyChain};
use serde_json::{Value, json};
use tenon_kernel::{PageRequest, Role};
use tenon_seam::SeamError;
use tenon_testkit::engines;

use crate::world::World;

fn seqs(entries: &[Value]) -> Vec<i64> {
    entries
        .iter()
        .map(|entry| entry["seq"].as_i64().expect("a number"))
        .collect()
}

#[tokio::test]
async fn entries_are_found_by_all_that_is_known_about_them() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.changes(6).await; // prd_0, prd_1, prd_2, prd_0 … at 12:00, 12:01 …
        assert_eq!(seqs(&world.entries("").await), [6, 5, 4, 3, 2, 1]);
        assert_eq!(seqs(&world.entries("target=prd_1").await), [5, 2]);
        assert_eq!(
            seqs(&world.entries("actor=service:test").await),
            [6, 5, 4, 3, 2, 1]
        );
        assert_eq!(
            seqs(&world.entries("actor=service:test&target=prd_2").await),
            [6, 3]
        );
        assert_eq!(
            seqs(&world.entries("action=order.placed").await),
            [] as [i64; 0]
        );
        assert_eq!(
            seqs(
                &world
                    .entries("action=product.updated&since=2026-06-01T12:04:00Z")
                    .await
            ),
            [6, 5]
        );
        assert_eq!(
            seqs(&world.entries("until=2026-06-01T12:02:00Z").await),
            [2, 1]
        );
        assert_eq!(
            seqs(
                &world
                    .entries("since=2026-06-01T12:01:00Z&until=2026-06-01T12:04:00Z&target=prd_0")
                    .await
            ),
            [4]
        );
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.changes(7).await;
        let admin = world.app.user("root", &[Role::Admin]);
        for query in [
            "limit=2",
            "limit=2&action=product.updated",
            "limit=2&until=2026-06-01T12:05:00Z",
        ] {
            let (mut seen, mut path) = (Vec::new(), format!("/v1/audit/entries?{query}"));
            loop {
                let body = admin.get(&path).await.expect(200);
                seen.extend(seqs(body["data"].as_array().expect("a list")));
                let Some(cursor) = body["next_cursor"].as_str() else {
                    break;
                };
                path = format!("/v1/audit/entries?{query}&cursor={cursor}");
            }
            let expected: Vec<_> = if query.contains("until") {
                (1..=5).rev().collect()
            } else {
                (1..=7).rev().collect()
            };
            assert_eq!(seen, expected, "{query}");
        }
        let body = admin.get("/v1/audit/entries?limit=2").await.expect(200);
        let cursor = body["next_cursor"].as_str().expect("a cursor");
        let mixed = admin
            .get(&format!(
                "/v1/audit/entries?limit=2&target=prd_1&cursor={cursor}"
            ))
            .await;
        assert_eq!(
            (mixed.status().as_u16(), mixed.code().as_str()),
            (400, "audit.invalid_cursor")
        );
    }
}

#[tokio::test]
async fn only_administrators_read() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.changes(1).await;
        let id = world.entries("").await[0]["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        for path in [
            "/v1/audit/entries".to_owned(),
            format!("/v1/audit/entries/{id}"),
            format!("/v1/audit/entries/{id}/proof"),
        ] {
            assert_eq!(
                world.app.anonymous().get(&path).await.status().as_u16(),
                401,
                "{path}"
            );
            for role in [Role::Customer, Role::Staff] {
                assert_eq!(
                    world
                        .app
                        .user("eve", &[role])
                        .get(&path)
                        .await
                        .status()
                        .as_u16(),
                    403,
                    "{path}"
                );
            }
        }
        let admin = world.app.user("root", &[Role::Admin]);
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let method: http::Method = method.parse().expect("a method");
            let reply = admin
                .request(method.clone(), &format!("/v1/audit/entries/{id}"))
                .await;
            assert_eq!(reply.status().as_u16(), 405, "{method}");
            let proof = format!("/v1/audit/entries/{id}/proof");
            let reply = admin.request(method.clone(), &proof).await;
            assert_eq!(reply.status().as_u16(), 405, "{method}");
        }
    }
}

#[tokio::test]
async fn bad_input_is_named() {
    for engine in engines() {
        let world = World::new(engine).await;
        let admin = world.app.user("root", &[Role::Admin]);
        let cases = [
            ("?limit=0", 400, "invalid_request"),
            ("?color=red", 400, "invalid_request"),
            ("?since=yesterday", 400, "invalid_request"),
            ("?cursor=x", 400, "audit.invalid_cursor"),
            ("?actor=", 422, "audit.invalid_request"),
            (
                "?since=2026-06-02T00:00:00Z&until=2026-06-01T00:00:00Z",
                422,
                "audit.invalid_request",
            ),
            ("/ord_00000000000000000000000001", 400, "wrong_id_type"),
            (
                "/aud_00000000000000000000000001",
                404,
                "audit.entry_not_found",
            ),
            (
                "/ord_00000000000000000000000001/proof",
                400,
                "wrong_id_type",
            ),
            (
                "/aud_00000000000000000000000001/proof?tree_size=0",
                404,
                "audit.entry_not_found",
            ),
        ];
        for (rest, status, code) in cases {
            let reply = admin.get(&format!("/v1/audit/entries{rest}")).await;
            assert_eq!(
                (reply.status().as_u16(), reply.code().as_str()),
                (status, code),
                "{rest}"
            );
        }
        let long = format!("/v1/audit/entries?target={}", "x".repeat(201));
        let reply = admin.get(&long).await;
        assert_eq!(reply.json()["errors"][0]["pointer"], "?target");
    }
}

#[tokio::test]
async fn other_modules_can_ask() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.changes(3).await;
        let ctx = world.app.kit().ctx();
        let filter = EntryFilter {
            target: Some("prd_1".to_owned()),
            ..EntryFilter::default()
        };
        let request = ListEntries {
            filter,
            page: PageRequest::first(10),
        };
        let found = world
            .contract
            .list_entries(&ctx, request)
            .await
            .expect("listed")
            .data;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].after, Some(json!({ "title": "Tea 2" })));

        let mut request = GetEntryProof {
            id: found[0].id,
            tree_size: Some(2),
            consistent_with: None,
        };
        let proof = world
            .contract
            .get_entry_proof(&ctx, request.clone())
            .await
            .expect("proved");
        assert_eq!((proof.leaf_index, proof.tree_size), (1, 2));
        request.tree_size = Some(4);
        let refused = world.contract.get_entry_proof(&ctx, request).await;
        assert!(matches!(
            refused,
            Err(SeamError::Domain(AuditError::InvalidRequest { .. }))
        ));

        for (from, limit) in [(0, 10), (1, 0), (1, 1_001)] {
            assert!(
                world
                    .contract
                    .verify_chain(&ctx, VerifyChain { from, limit })
                    .await
                    .is_err(),
                "{from}, {limit}"
            );
        }
        let report = world
            .contract
            .verify_chain(&ctx, VerifyChain { from: 2, limit: 1 })
            .await
            .expect("verified");
        assert_eq!(
            (report.verified, report.next, report.head_seq),
            (1, Some(3), 3)
        );
    }
}
