//! Which codes count, how often, and how many can be guessed.

use serde_json::json;

use super::{CONFIRM, EMAIL, asked, both_steps, first_step, guarded, refused, second_step};
use crate::world::{PASSWORD, on_each_engine};

#[tokio::test]
async fn a_code_counts_once() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        // The one that confirmed the factor is one step old, and would be near enough.
        let reply = both_steps(world, EMAIL, &ada.phone.code(world, -1)).await;
        refused(&reply, 422, "identity.wrong_code");
        let code = ada.phone.code(world, 0);
        both_steps(world, EMAIL, &code).await.expect(201);
        let token = first_step(world, EMAIL).await;
        let reply = second_step(world, &token, &code).await;
        refused(&reply, 422, "identity.wrong_code");
        second_step(world, &token, &ada.phone.code(world, 1))
            .await
            .expect(201);
        let reply = both_steps(world, EMAIL, &code).await;
        refused(&reply, 422, "identity.wrong_code");
    })
    .await;
}

/// Clocks may differ by a step, not by two (RFC 6238 §5.2).
#[tokio::test]
async fn one_step_off_counts_and_two_do_not() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        for (off, status) in [(-2, 422), (-1, 201), (0, 201), (1, 201), (2, 422)] {
            // Far from what counted before, and at the very end of a step.
            world.advance(300);
            let into = world.app.kit().env().now().as_unix_seconds() % 30;
            world.advance(u64::try_from(29 - into).expect("a remainder"));
            let code = ada.phone.code(world, off);
            let reply = both_steps(world, EMAIL, &code).await;
            assert_eq!(reply.status(), status, "{off}");
        }
        // The clock moves on under a code that was typed.
        world.advance(300);
        let code = ada.phone.code(world, 0);
        world.advance(60);
        let reply = both_steps(world, EMAIL, &code).await;
        refused(&reply, 422, "identity.wrong_code");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_send_one_code_at_once_one_is_let_in() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let mut tokens = Vec::new();
        for _ in 0..4 {
            tokens.push(first_step(world, EMAIL).await);
        }
        let code = ada.phone.code(world, 0);
        let tries = tokens.into_iter().map(|token| {
            let client = world.app.anonymous();
            let body = json!({ "challenge_token": token, "one_time_code": code });
            tokio::spawn(async move { client.post(CONFIRM).json(&body).await.status().as_u16() })
        });
        let mut statuses = Vec::new();
        for answer in tries.collect::<Vec<_>>() {
            statuses.push(answer.await.expect("no panic"));
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422, 422, 422]);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_has_five_guesses() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let token = first_step(world, EMAIL).await;
        for _ in 0..5 {
            let reply = second_step(world, &token, &ada.phone.wrong(world)).await;
            refused(&reply, 422, "identity.wrong_code");
            // What cannot be a code is no guess.
            let reply = second_step(world, &token, "no code at all").await;
            refused(&reply, 422, "identity.wrong_code");
        }
        world.advance(1);
        let reply = second_step(world, &token, &ada.phone.code(world, 0)).await;
        refused(&reply, 401, "identity.sign_in_expired");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_at_once_are_counted_one_by_one() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let token = first_step(world, EMAIL).await;
        let wrong = ada.phone.wrong(world);
        let tries = (0..12).map(|_| {
            let client = world.app.anonymous();
            let body = json!({ "challenge_token": token, "one_time_code": wrong });
            tokio::spawn(async move { client.post(CONFIRM).json(&body).await.status().as_u16() })
        });
        let mut statuses = Vec::new();
        for answer in tries.collect::<Vec<_>>() {
            statuses.push(answer.await.expect("no panic"));
        }
        let guessed = statuses.iter().filter(|status| **status == 422).count();
        assert_eq!(guessed, 5, "{statuses:?}");
    })
    .await;
}

/// Whoever knows the password begins as many sign-ins as they like: the account counts all their guesses. The owner, on a
/// device that is known, is counted apart.
#[tokio::test]
async fn an_account_has_a_few_guesses_and_its_owner_is_not_kept_out() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let tokens = both_steps(world, EMAIL, &ada.phone.code(world, 0))
            .await
            .expect(201);
        let device = tokens["device_token"].clone();
        world.advance(30);

        let mut guesses = 0;
        for _ in 0..4 {
            let token = first_step(world, EMAIL).await;
            for _ in 0..2 {
                let reply = second_step(world, &token, &ada.phone.wrong(world)).await;
                guesses += u32::from(reply.code() == "identity.wrong_code");
            }
        }
        assert_eq!(guesses, 5);
        // A right code of a stranger waits, too, and is not used up by that.
        let code = ada.phone.code(world, 0);
        let body = json!({ "email": EMAIL, "password": PASSWORD, "device_token": device });
        let known = asked(&world.post("/v1/auth/sessions", body).await);
        second_step(world, &known, &code).await.expect(201);
        let created = world.events("session.created").await;
        assert_eq!(created.last().expect("one")["known_device"], true);
    })
    .await;
}

#[tokio::test]
async fn a_wait_says_when_to_come_back() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let mut token = first_step(world, EMAIL).await;
        for _ in 0..5 {
            second_step(world, &token, &ada.phone.wrong(world))
                .await
                .expect(422);
        }
        token = first_step(world, EMAIL).await;
        let code = ada.phone.code(world, 0);
        let reply = second_step(world, &token, &code).await;
        refused(&reply, 429, "identity.too_many_attempts");
        let wait: u64 = reply
            .header("retry-after")
            .expect("a wait")
            .parse()
            .expect("seconds");
        world.advance(wait);
        second_step(world, &token, &code).await.expect(201);
    })
    .await;
}
