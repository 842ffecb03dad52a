//! From issue to expiry: time, rotation, revocation, and what is asked how often.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use tenon_access::{Holder, Jwks, SignInTooOld, SigningKey, TokenError};
use tenon_kernel::Role;

use crate::world::{AUDIENCE, CHECK_EVERY, ISSUER, RECENT, SESSION, USER, World};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_token_names_user_session_and_roles() {
    let world = World::new();
    let (token, expires_at) = world
        .issuer
        .issue(
            &world.key,
            USER,
            SESSION,
            &[Role::Customer, Role::Staff],
            &world.signed_in(),
        )
        .expect("a token");
    let admitted = world.verifier.verify(&token).await.expect("accepted");
    assert_eq!(admitted.scope, None);
    let principal = admitted.principal;
    assert_eq!((principal.user, principal.session), (USER, SESSION));
    assert_eq!(principal.roles, [Role::Customer, Role::Staff]);
    assert_eq!(expires_at.since(world.env.now()), Duration::from_mins(10));
}

/// A reader that shares no code with ours, on its strictest settings, finds all it needs in JWKS and token.
#[test]
fn another_implementation_accepts_our_tokens() {
    let world = World::new();
    let published = serde_json::to_value(Jwks::of(&[world.key.verifying_key()])).expect("JSON");
    assert_eq!(
        (&published["keys"][0]["kty"], &published["keys"][0]["use"]),
        (&"OKP".into(), &"sig".into())
    );
    let x = published["keys"][0]["x"].as_str().expect("a key");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    (validation.validate_exp, validation.validate_nbf) = (false, false); // it reads the machine's clock
    let key = DecodingKey::from_ed_components(x).expect("a key");
    let token = jsonwebtoken::decode::<serde_json::Value>(world.token(), &key, &validation)
        .expect("accepted");
    assert_eq!(token.header.kid.as_deref(), Some(world.key.kid()));
    assert_eq!(token.header.typ.as_deref(), Some("at+jwt"));
    assert!(
        token.claims["sub"]
            .as_str()
            .expect("text")
            .starts_with("usr_")
    );
}

#[tokio::test]
async fn a_token_expires_when_the_clock_says_so_cached_or_not() {
    let world = World::new();
    let token = world.token();
    assert_eq!(world.verify(&token).await, Ok(()));
    world.clock.advance(Duration::from_secs(629));
    assert_eq!(world.verify(&token).await, Ok(()), "30 s of leeway");
    world.clock.advance(SECOND);
    assert_eq!(
        world.verify(&token).await,
        Err(TokenError::Expired),
        "from the cache"
    );
    assert_eq!(
        world.verify(&token).await,
        Err(TokenError::Expired),
        "from the token"
    );
}

#[tokio::test]
async fn a_verified_token_costs_no_question() {
    let world = World::new();
    let token = world.token();
    for _ in 0..100 {
        assert_eq!(world.verify(&token).await, Ok(()));
    }
    assert_eq!(world.source.key_questions.load(Ordering::SeqCst), 1);
    assert_eq!(world.source.session_questions.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_ended_session_is_refused_after_the_check_interval() {
    let world = World::new();
    let token = world.token();
    assert_eq!(world.verify(&token).await, Ok(()));
    world.source.end(SESSION);
    world.clock.advance(CHECK_EVERY.saturating_sub(SECOND));
    assert_eq!(world.verify(&token).await, Ok(()), "not asked yet");
    world.clock.advance(SECOND);
    assert_eq!(world.verify(&token).await, Err(TokenError::Revoked));
    assert_eq!(
        world.verify(&world.token()).await,
        Err(TokenError::Revoked),
        "all tokens of the session"
    );
}

#[tokio::test]
async fn a_session_known_to_have_ended_is_refused_at_once() {
    let world = World::new();
    let token = world.token();
    assert_eq!(world.verify(&token).await, Ok(()));
    world.source.end(SESSION);
    world.verifier.forget_session(SESSION);
    assert_eq!(world.verify(&token).await, Err(TokenError::Revoked));
}

#[tokio::test]
async fn nobody_is_let_in_while_sessions_cannot_be_checked() {
    let world = World::new();
    let token = world.token();
    assert_eq!(world.verify(&token).await, Ok(()));
    world.source.set_down(true);
    world.clock.advance(CHECK_EVERY);
    assert_eq!(world.verify(&token).await, Err(TokenError::Unavailable));
    world.source.set_down(false);
    assert_eq!(world.verify(&token).await, Ok(()));
}

#[tokio::test]
async fn many_requests_of_one_session_ask_once() {
    let world = World::new();
    let token = world.token();
    let verifications = (0..64).map(|_| {
        let (verifier, token) = (world.verifier.clone(), token.clone());
        tokio::spawn(async move { verifier.verify(&token).await.map(drop) })
    });
    for verification in verifications.collect::<Vec<_>>() {
        assert_eq!(verification.await.expect("no panic"), Ok(()));
    }
    assert_eq!(world.source.session_questions.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn old_and_new_keys_overlap_and_a_retired_one_is_refused() {
    let world = World::new();
    let old = world.token();
    assert_eq!(world.verify(&old).await, Ok(()));

    let new_key = SigningKey::generate(&world.env);
    world.source.publish(&new_key);
    world.clock.advance(Duration::from_secs(10));
    let new = world
        .issuer
        .issue(&new_key, USER, SESSION, &[], &world.signed_in())
        .expect("a token")
        .0;
    assert_eq!(
        world.verify(&new).await,
        Ok(()),
        "an unknown kid is asked for"
    );
    assert_eq!(world.verify(&old).await, Ok(()), "the old key still counts");

    world.source.retire(world.key.kid());
    world.clock.advance(Duration::from_mins(5));
    let late = world.token();
    assert_eq!(
        world.verify(&late).await,
        Err(TokenError::Invalid),
        "a retired key"
    );
    assert_eq!(
        world.verify(&old).await,
        Err(TokenError::Invalid),
        "also where it was cached"
    );
    let new = world
        .issuer
        .issue(&new_key, USER, SESSION, &[], &world.signed_in())
        .expect("a token")
        .0;
    assert_eq!(world.verify(&new).await, Ok(()));
}

#[tokio::test]
async fn random_key_ids_do_not_hammer_the_source() {
    let world = World::new();
    assert_eq!(world.verify(&world.token()).await, Ok(()));
    for number in 0_u8..200 {
        let stranger = SigningKey::from_bytes(&[number; 32]).expect("32 bytes");
        let token = world
            .issuer
            .issue(&stranger, USER, SESSION, &[], &world.signed_in())
            .expect("a token")
            .0;
        assert_eq!(world.verify(&token).await, Err(TokenError::Invalid));
        world.clock.advance(Duration::from_millis(50));
    }
    let questions = world.source.key_questions.load(Ordering::SeqCst);
    assert!(questions <= 3, "{questions} questions in 10 s");
    assert_eq!(
        world.verify(&world.token()).await,
        Ok(()),
        "good tokens go on"
    );
}

#[tokio::test]
async fn without_keys_tokens_cannot_be_checked() {
    let world = World::new();
    world.source.set_down(true);
    assert_eq!(
        world.verify(&world.token()).await,
        Err(TokenError::Unavailable)
    );
    assert_eq!(
        world.verify(&world.token()).await,
        Err(TokenError::Unavailable),
        "also right after the failure"
    );
    world.source.set_down(false);
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.verify(&world.token()).await, Ok(()));
}

#[tokio::test]
async fn known_keys_outlive_a_source_that_is_down() {
    let world = World::new();
    assert_eq!(world.verify(&world.token()).await, Ok(()));
    world.clock.advance(Duration::from_hours(1));
    let token = world.token();
    world.source.set_down(true);
    // The key is good although it cannot be refreshed; only the session cannot be checked.
    assert_eq!(world.verify(&token).await, Err(TokenError::Unavailable));
    world.source.set_down(false);
    assert_eq!(world.verify(&token).await, Ok(()));
}

#[tokio::test]
async fn a_closure_is_a_source_of_keys_and_sessions() {
    let world = World::new();
    let key = world.key.verifying_key();
    let verifier = tenon_access::TokenVerifier::new(
        tenon_access::VerifierSettings {
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            session_check_every: CHECK_EVERY,
            recent_sign_in: RECENT,
        },
        std::sync::Arc::new(move || {
            let keys = vec![key.clone()];
            async move { Ok(keys) }
        }),
        std::sync::Arc::new(|session| async move { Ok(session == SESSION) }),
        world.env.clone(),
    );
    assert!(verifier.verify(&world.token()).await.is_ok());
    let other = world
        .issuer
        .issue(
            &world.key,
            USER,
            uuid::Uuid::from_u128(9),
            &[],
            &world.signed_in(),
        )
        .expect("a token")
        .0;
    assert_eq!(verifier.verify(&other).await, Err(TokenError::Revoked));
}

/// A recent sign-in is of a person: programs have nobody who could sign in again, and age does not come off by a refresh.
#[tokio::test]
async fn what_asks_for_a_recent_sign_in_goes_by_its_age_and_not_the_tokens() {
    let world = World::new();
    let signed_in = world.signed_in();
    let issue = || {
        let issued = world
            .issuer
            .issue(&world.key, USER, SESSION, &[], &signed_in);
        issued.expect("a token").0
    };
    let admitted = world.verifier.verify(&issue()).await.expect("accepted");
    assert_eq!(admitted.holder, Holder::Person(signed_in.clone()));

    let almost = RECENT.saturating_sub(Duration::from_secs(1));
    world.clock.advance(almost);
    let admitted = world.verifier.verify(&issue()).await.expect("accepted");
    assert_eq!(
        world.verifier.require_recent_sign_in(&admitted.holder),
        Ok(())
    );

    world.clock.advance(Duration::from_secs(1));
    let admitted = world.verifier.verify(&issue()).await.expect("accepted");
    assert_eq!(
        world.verifier.require_recent_sign_in(&admitted.holder),
        Err(SignInTooOld { max_age: RECENT })
    );
    assert_eq!(
        world.verifier.require_recent_sign_in(&Holder::Program),
        Ok(())
    );
}

/// An installation that is being updated has such tokens for some minutes: they still open, but no money moves by them.
#[tokio::test]
async fn a_token_that_does_not_say_when_is_of_no_recent_sign_in() {
    let world = World::new();
    let mut claims = world.claims();
    let members = claims.as_object_mut().expect("an object");
    members.remove("auth_time");
    members.remove("amr");
    let token = world.signed(&world.header(), &claims);
    let admitted = world.verifier.verify(&token).await.expect("accepted");
    assert!(
        world
            .verifier
            .require_recent_sign_in(&admitted.holder)
            .is_err()
    );
}
