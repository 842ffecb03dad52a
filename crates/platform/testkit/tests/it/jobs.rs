//! Whoever runs the installation sees the jobs of all modules, puts those back to work that were given up, and cancels those
//! that nothing waits for.

mod house;

use std::sync::atomic::Ordering;

use axum::http::Method;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, TestApp, engines};

use self::house::{House, JOBS, Light, NamedLight};

fn ids(list: &Value) -> Vec<&str> {
    let data = list["data"].as_array().expect("a list");
    data.iter()
        .map(|it| it["id"].as_str().expect("an id"))
        .collect()
}

fn by_root() -> String {
    format!("user:{}", TestApp::user_id("root"))
}

#[tokio::test]
async fn jobs_of_all_modules_are_listed_newest_first_in_pages_that_fit_together() {
    for engine in engines() {
        for forwarded in [true, false] {
            let house = House::open(engine, forwarded).await;
            let mut all = Vec::new();
            for lamp in 0..7 {
                let db = if lamp % 3 == 0 {
                    &house.walls
                } else {
                    &house.lamps
                };
                all.push(house.enqueue(db, Light { lamp }, None).await);
            }
            all.reverse();
            let whole = house.list("").await;
            assert_eq!(ids(&whole), all, "{engine:?}");
            assert_eq!(
                (
                    &whole["has_more"],
                    &whole["next_cursor"],
                    &whole["unreachable"]
                ),
                (&json!(false), &Value::Null, &json!([]))
            );
            let first = &whole["data"][0];
            assert_eq!(
                (
                    &first["module"],
                    &first["kind"],
                    &first["state"],
                    &first["attempts"]
                ),
                (
                    &json!("walls"),
                    &json!("lamps.light"),
                    &json!("pending"),
                    &json!(0)
                )
            );
            assert!(!whole.to_string().contains("payload"), "{whole}");

            let (mut seen, mut next) = (Vec::new(), Some(String::new()));
            while let Some(cursor) = next {
                let page = house.list(&format!("?limit=3{cursor}")).await;
                assert!(ids(&page).len() <= 3);
                seen.extend(ids(&page).into_iter().map(str::to_owned));
                next = page["next_cursor"]
                    .as_str()
                    .map(|next| format!("&cursor={next}"));
            }
            assert_eq!(seen, all, "each once");
            let page = house.root.get(&format!("{JOBS}?limit=3")).await;
            let link = page.header("link").expect("the next page");
            assert!(
                link.contains("cursor=") && link.contains("rel=\"next\""),
                "{link}"
            );

            assert_eq!(ids(&house.list("?module=walls").await).len(), 3);
            assert!(ids(&house.list("?module=roofs").await).is_empty());
            assert_eq!(ids(&house.list("?kind=lamps.paint").await).len(), 0);
            assert_eq!(
                ids(&house.list("?state=pending&module=lamps").await).len(),
                4
            );
            house.app.settle().await;
            assert_eq!(ids(&house.list("?state=pending").await).len(), 0);
            assert_eq!(ids(&house.list("?state=done&kind=lamps.light").await), all);
        }
    }
}

#[tokio::test]
async fn a_job_that_was_given_up_says_why_and_is_put_back_to_work_once() {
    for engine in engines() {
        for forwarded in [true, false] {
            let house = House::open(engine, forwarded).await;
            let job = house.enqueue(&house.walls, Light { lamp: 1 }, None).await;
            let wrong = NamedLight {
                lamp: "bedroom of ann".to_owned(),
            };
            let unreadable = house.enqueue(&house.lamps, wrong, None).await;
            house.give_up().await;
            let dead = house.list("?state=dead").await;
            assert_eq!(ids(&dead), [&unreadable, &job], "{engine:?}");
            let view = &dead["data"][1];
            assert_eq!(
                (&view["attempts"], &view["max_attempts"], &view["reason"]),
                (&json!(2), &json!(2), &json!("no power, says …"))
            );
            assert!(view["finished_at"].is_string() && view["leased_until"].is_null());
            let reason = dead["data"][0]["reason"].as_str().expect("a reason");
            assert!(
                reason.contains("payload") && !reason.contains("bedroom"),
                "{reason}"
            );

            let back = house.put(&job, "pending", 200).await;
            assert_eq!(
                (
                    &back["state"],
                    &back["attempts"],
                    &back["reason"],
                    &back["finished_at"]
                ),
                (&json!("pending"), &json!(0), &Value::Null, &Value::Null)
            );
            assert_eq!(
                house.put(&job, "pending", 200).await,
                back,
                "nothing changes"
            );
            house.app.settle().await;
            let done = house.list("?state=done&module=walls").await;
            assert_eq!(ids(&done), [&job]);
            let refused = house.put(&job, "pending", 409).await;
            assert_eq!(
                (&refused["code"], &refused["from"], &refused["to"]),
                (&json!("job_transition"), &json!("done"), &json!("pending"))
            );
            let expected = [(json!("job.retried"), json!(job), by_root())];
            assert_eq!(house.recorded("walls").await, expected);
            assert_eq!(house.recorded("lamps").await, []);
        }
    }
}

#[tokio::test]
async fn a_job_whose_key_waits_already_gives_way() {
    for engine in engines() {
        let house = House::open(engine, true).await;
        let old = house
            .enqueue(&house.lamps, Light { lamp: 1 }, Some("one"))
            .await;
        house.give_up().await;
        let new = house
            .enqueue(&house.lamps, Light { lamp: 1 }, Some("one"))
            .await;
        let back = house.put(&old, "pending", 200).await;
        assert_eq!(
            (&back["state"], &back["unique_key"]),
            (&json!("cancelled"), &json!("one"))
        );
        assert_eq!(
            ids(&house.list("?state=pending").await),
            [&new],
            "{engine:?}"
        );
        let expected = [(json!("job.cancelled"), json!(old), by_root())];
        assert_eq!(house.recorded("lamps").await, expected);
        assert_eq!(
            house.put(&old, "pending", 409).await["code"],
            "job_transition"
        );
    }
}

#[tokio::test]
async fn a_cancelled_job_never_runs_and_its_operation_says_so() {
    for engine in engines() {
        for forwarded in [true, false] {
            let house = House::open(engine, forwarded).await;
            let (operation, job) = house.begin().await;
            let view = house.put(&job, "cancelled", 200).await;
            assert_eq!(view["state"], "cancelled");
            assert_eq!(
                house.put(&job, "cancelled", 200).await,
                view,
                "nothing changes"
            );
            house.app.settle().await;
            assert_eq!(
                ids(&house.list("?state=cancelled").await),
                [&job],
                "{engine:?}"
            );
            let ended = house.root.get(&operation).await.expect(200);
            assert_eq!(
                (
                    &ended["state"],
                    &ended["problem"]["code"],
                    ended["ended_at"].is_string()
                ),
                (&json!("failed"), &json!("operation_cancelled"), true)
            );
            assert_eq!(
                house.put(&job, "pending", 409).await["code"],
                "job_transition"
            );
            let expected = [(json!("job.cancelled"), json!(job), by_root())];
            assert_eq!(house.recorded("lamps").await, expected);

            // One that was given up: its operation has failed before, and goes on saying why.
            let (operation, job) = house.begin().await;
            house.give_up().await;
            house.put(&job, "cancelled", 200).await;
            let ended = house.root.get(&operation).await.expect(200);
            assert_eq!(ended["problem"]["code"], "operation_given_up");
            house.app.look_at_invariants().await;
            let rules = house.root.get("/v1/admin/invariants").await.expect(200);
            assert_eq!(rules["state"], "holds", "{rules}");
        }
    }
}

#[tokio::test]
async fn what_something_waits_for_and_what_runs_is_not_cancelled() {
    for engine in engines() {
        let house = House::open(engine, true).await;
        let job = house.enqueue(&house.lamps, Light { lamp: 1 }, None).await;
        assert_eq!(
            house.put(&job, "cancelled", 409).await["code"],
            "job_not_cancellable"
        );
        house.give_up().await;
        assert_eq!(
            house.put(&job, "cancelled", 409).await["code"],
            "job_not_cancellable"
        );
        assert_eq!(ids(&house.list("?state=dead").await), [&job], "{engine:?}");

        let (_, job) = house.begin().await;
        house.electrician.hangs.store(true, Ordering::Relaxed);
        tokio::select! {
            biased;
            () = house.app.settle() => panic!("nobody hangs"),
            () = house.electrician.hanging.notified() => {}
        }
        let running = house.list("?state=running").await;
        assert_eq!(ids(&running), [&job]);
        assert!(running["data"][0]["leased_until"].is_string());
        for state in ["cancelled", "pending"] {
            let refused = house.put(&job, state, 409).await;
            assert_eq!(
                (&refused["code"], &refused["from"], &refused["to"]),
                (&json!("job_transition"), &json!("running"), &json!(state))
            );
        }
        assert_eq!(house.recorded("lamps").await, []);
    }
}

#[tokio::test]
async fn bad_input_is_named_and_strangers_are_refused() {
    let house = House::open(engines()[0], true).await;
    let job = house.enqueue(&house.lamps, Light { lamp: 1 }, None).await;
    let at = format!("{JOBS}/{job}");
    for (body, pointer) in [
        (json!({ "state": "running" }), "/state"),
        (json!({ "state": 1 }), "/state"),
        (json!({ "attempts": 0 }), "/attempts"),
    ] {
        let refused = house.root.patch(&at).json(&body).await.expect(400);
        assert_eq!(
            refused["errors"][0]["pointer"], pointer,
            "{body}: {refused}"
        );
    }
    let same = house.root.patch(&at).json(&json!({})).await.expect(200);
    assert_eq!(same["state"], "pending", "absent members stay");
    for (query, pointer) in [
        ("?state=asleep", "?state"),
        ("?limit=0", "?limit"),
        ("?cursor=lam_00000000000000000000000001", "?cursor"),
        ("?sort=kind", "?sort"),
    ] {
        let refused = house.root.get(&format!("{JOBS}{query}")).await.expect(400);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let none = house
        .put("job_00000000000000000000000001", "pending", 404)
        .await;
    assert_eq!(none["code"], "job_not_found");
    house
        .put("op_00000000000000000000000001", "pending", 400)
        .await;

    let staff = house.app.user("sam", &[Role::Staff]);
    for (method, path) in [(Method::GET, JOBS), (Method::PATCH, at.as_str())] {
        let body = json!({ "state": "cancelled" });
        let request = |client: &Client| {
            let request = client.request(method.clone(), path);
            if method == Method::GET {
                request
            } else {
                request.json(&body)
            }
        };
        request(&staff).await.expect(403);
        request(&house.app.anonymous()).await.expect(401);
    }
}
