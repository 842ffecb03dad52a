//! Every form of forgery we know is refused, whoever signed it.

mod claims;
mod envelopes;
mod headers;
mod signatures;
mod times;

use proptest::prelude::*;
use serde_json::json;
use tenon_access::TokenError;

use crate::world::World;

type Forgery = (&'static str, String);

/// The corpus is worth nothing if its starting point would be refused anyway.
#[tokio::test]
async fn the_unforged_form_is_accepted() {
    let world = World::new();
    assert_eq!(world.verify(&world.token()).await, Ok(()));
    assert_eq!(
        world
            .verify(&world.signed(&world.header(), &world.claims()))
            .await,
        Ok(())
    );
}

#[tokio::test]
async fn forgeries_are_refused() {
    let world = World::new();
    let mut corpus = headers::headers(&world);
    corpus.extend(claims::claims(&world));
    corpus.extend(times::times(&world));
    corpus.extend(envelopes::envelopes(&world));
    corpus.extend(signatures::signatures(&world));
    assert!(corpus.len() >= 100, "only {} forms", corpus.len());
    for (form, token) in corpus {
        // A fresh verifier for each form, so that no cached key or token helps.
        let verifier = World::new().verifier;
        let verdict = verifier.verify(&token).await.map(drop);
        assert!(
            matches!(verdict, Err(TokenError::Invalid | TokenError::Expired)),
            "{form}: {verdict:?}"
        );
    }
}

#[tokio::test]
async fn unknown_claims_of_a_newer_version_are_tolerated() {
    let world = World::new();
    let mut claims = world.claims();
    claims["tenant"] = json!("shop");
    claims["roles"] = json!(["customer", "auditor"]);
    let principal = world
        .verifier
        .verify(&world.signed(&world.header(), &claims))
        .await
        .expect("accepted");
    assert_eq!(
        principal.principal.roles,
        [tenon_kernel::Role::Customer, tenon_kernel::Role::Unknown]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nonsense_is_refused_without_panic(text in ".{0,200}", header in ".{0,60}", claims in ".{0,60}") {
        let world = World::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        prop_assert!(runtime.block_on(world.verify(&text)).is_err());
        prop_assert!(runtime.block_on(world.verify(&world.signed_text(&header, &claims))).is_err());
        prop_assert!(runtime.block_on(world.verify(&world.signed_text(&world.header().to_string(), &claims))).is_err());
    }

    /// One changed character anywhere makes a token worthless.
    #[test]
    fn a_changed_character_is_noticed(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
        let world = World::new();
        let good = world.token();
        let at = at.index(good.len());
        let mut changed = good.clone();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != good);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        prop_assert!(runtime.block_on(world.verify(&changed)).is_err());
    }
}
