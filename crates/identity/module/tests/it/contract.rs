//! What other modules get, over both ends of the seam.

use std::sync::Arc;

use identity_contract::{
    ChallengeId, CheckSessions, GetChallengeMessage, GetSigningKeys, GetUsers, Identity,
    IdentityError, SessionId, UserId,
};
use serde_json::Value;
use tenon_kernel::Role;
use tenon_seam::{Mode, SeamError};
use uuid::Uuid;

use crate::world::{PASSWORD, World, on_each_engine};

/// Runs a test for `orders` on each engine, locally and encoded.
async fn for_orders(test: impl AsyncFn(&World, Arc<dyn Identity>)) {
    for mode in [Mode::Local, Mode::Wire] {
        on_each_engine(async |world| test(world, world.seen_by("orders", mode)).await).await;
    }
}

#[tokio::test]
async fn users_come_in_the_order_asked_for() {
    for_orders(async |world, identity| {
        let ctx = world.app.kit().ctx();
        let mut ids: Vec<UserId> = Vec::new();
        for number in 0..3 {
            let email = format!("p{number}@example.org");
            let (id, _) = world.made(&email, &[Role::Customer, Role::Staff]).await;
            ids.push(id.parse().expect("an id"));
        }
        let nobody = UserId::from_uuid(Uuid::nil());
        let asked = vec![ids[2], nobody, ids[0]];
        let users = identity
            .get_users(&ctx, GetUsers { ids: asked })
            .await
            .expect("users")
            .users;
        assert_eq!(
            users.iter().map(|user| user.id).collect::<Vec<_>>(),
            [ids[2], ids[0]]
        );
        assert_eq!(
            (users[0].email.as_str(), users[0].email_verified),
            ("p2@example.org", true)
        );
        assert_eq!(users[0].roles, [Role::Customer, Role::Staff]);

        let none = identity
            .get_users(&ctx, GetUsers { ids: Vec::new() })
            .await
            .expect("users")
            .users;
        assert!(none.is_empty());
        let too_many = identity
            .get_users(
                &ctx,
                GetUsers {
                    ids: vec![nobody; 201],
                },
            )
            .await;
        assert!(matches!(
            too_many,
            Err(SeamError::Domain(IdentityError::TooManyIds { limit: 200 }))
        ));
    })
    .await;
}

#[tokio::test]
async fn only_live_sessions_are_live() {
    for_orders(async |world, identity| {
        let ctx = world.app.kit().ctx();
        world.account("ada@example.org").await;
        let (kept, ended) = (
            world.sign_in("ada@example.org").await,
            world.sign_in("ada@example.org").await,
        );
        world
            .with(&ended)
            .delete("/v1/auth/sessions/current")
            .await
            .expect(204);
        let id = |tokens: &Value| -> SessionId {
            tokens["session_id"]
                .as_str()
                .expect("an id")
                .parse()
                .expect("an id")
        };
        let ids = vec![id(&kept), id(&ended), SessionId::from_uuid(Uuid::nil())];
        let live = identity
            .check_sessions(&ctx, CheckSessions { ids })
            .await
            .expect("sessions")
            .live;
        assert_eq!(live, [id(&kept)]);
        let one = CheckSessions {
            ids: vec![id(&ended)],
        };
        assert!(
            identity
                .check_sessions(&ctx, one)
                .await
                .expect("sessions")
                .live
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn signing_keys_are_those_of_the_set() {
    for_orders(async |world, identity| {
        let ctx = world.app.kit().ctx();
        let keys = identity
            .get_signing_keys(&ctx, GetSigningKeys {})
            .await
            .expect("keys")
            .keys;
        let published = world
            .app
            .anonymous()
            .get("/.well-known/jwks.json")
            .await
            .expect(200);
        assert_eq!(keys.len(), 1);
        assert_eq!(published["keys"][0]["kid"], keys[0].kid);
        assert_eq!(published["keys"][0]["x"], keys[0].x);
    })
    .await;
}

#[tokio::test]
async fn only_notifications_gets_challenge_messages() {
    on_each_engine(async |world| {
        world.register("ada@example.org", PASSWORD).await;
        let mail = world.mail().await;
        assert!(
            !format!("{mail:?}").contains(&mail.token),
            "the token is not printed"
        );
        let ctx = world.app.kit().ctx();
        for identity in [
            world.seen_by("orders", Mode::Local),
            Arc::clone(&world.identity),
        ] {
            let request = GetChallengeMessage {
                challenge_id: mail.challenge_id,
            };
            let answer = identity.get_challenge_message(&ctx, request).await;
            assert!(matches!(
                answer,
                Err(SeamError::Domain(IdentityError::ChallengeNotFound))
            ));
        }
        let unknown = world.message(ChallengeId::from_uuid(Uuid::nil())).await;
        assert!(matches!(
            unknown,
            Err(SeamError::Domain(IdentityError::ChallengeNotFound))
        ));
        let again = world
            .message(mail.challenge_id)
            .await
            .expect("a repeat is the same mail");
        assert_eq!(again.token, mail.token);
    })
    .await;
}
