//! Accounts that administrators make, and their owners open.

use identity_contract::ChallengePurpose;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, TestReply};

use crate::world::{PASSWORD, World, on_each_engine};

const PAT: &str = "pat@example.org";

async fn administrator(world: &World) -> Client {
    world.made("root@example.org", &[Role::Admin]).await.1
}

async fn invite(admin: &Client, key: &str, body: &Value) -> TestReply {
    let request = admin.post("/v1/users").json(body);
    request.header("idempotency-key", key).await
}

fn pat() -> Value {
    json!({ "email": PAT, "display_name": "Pat", "roles": ["staff", "customer"] })
}

#[tokio::test]
async fn who_is_invited_chooses_the_password() {
    on_each_engine(async |world| {
        let admin = administrator(world).await;
        let reply = invite(&admin, "k1", &pat()).await;
        let made = reply.expect(201);
        let id = made["id"].as_str().expect("an id");
        assert_eq!(
            reply.header("location"),
            Some(format!("/v1/users/{id}").as_str())
        );
        assert!(reply.header("etag").is_some());
        assert_eq!(
            (
                &made["display_name"],
                &made["roles"],
                &made["email_verified"]
            ),
            (&json!("Pat"), &json!(["customer", "staff"]), &json!(false))
        );
        world.try_sign_in(PAT, PASSWORD).await.expect(401);
        let mail = world.mail().await;
        assert_eq!(
            (mail.purpose, mail.email.as_str()),
            (ChallengePurpose::Invite, PAT)
        );
        // There is no password that could count by itself.
        let refused = world.answer(&mail, None).await;
        assert_eq!(refused.expect(422)["errors"][0]["pointer"], "/new_password");
        world.answer(&mail, Some("short")).await.expect(422);
        world.answer(&mail, Some(PASSWORD)).await.expect(204);
        let once = world.answer(&mail, Some("another good password")).await;
        assert_eq!(once.code(), "identity.challenge_failed");
        let pat = world.with(&world.sign_in(PAT).await);
        let me = pat.get("/v1/me").await.expect(200);
        assert_eq!(
            (&me["id"], &me["display_name"], &me["email_verified"]),
            (&json!(id), &json!("Pat"), &json!(true))
        );

        let of_pat = async |kind: &str| {
            let events = world.events(kind).await;
            let events = events.into_iter();
            events
                .filter(|event| event["user_id"] == id)
                .collect::<Vec<_>>()
        };
        assert_eq!(of_pat("user.registered").await.len(), 1);
        assert_eq!(of_pat("user.verified").await.len(), 1);
        assert_eq!(
            of_pat("role.assigned").await,
            [json!({ "user_id": id, "role": "staff" })]
        );
        let audited = world.events("audit.recorded").await;
        let created = audited
            .iter()
            .filter(|event| event["action"] == "user.created" && event["target"] == id);
        assert_eq!(created.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_request_makes_one_account_and_sends_one_mail() {
    on_each_engine(async |world| {
        let admin = administrator(world).await;
        let first = invite(&admin, "k1", &pat()).await.expect(201);
        let again = invite(&admin, "k1", &pat()).await.expect(201);
        assert_eq!(first["id"], again["id"]);
        assert_eq!(world.mails().await.len(), 1);
        let other = invite(&admin, "k1", &json!({ "email": "bea@example.org" })).await;
        assert_eq!(other.code(), "idempotency_key_reused");
        let without = admin.post("/v1/users").json(&pat()).await;
        assert_eq!(without.code(), "idempotency_key_required");
        let taken = invite(&admin, "k2", &json!({ "email": "PAT@example.org" })).await;
        assert_eq!(
            (taken.status().as_u16(), taken.code().as_str()),
            (409, "identity.email_taken")
        );
        assert_eq!(world.mails().await.len(), 1);
        // Customers are what is made unless said.
        let bea = invite(&admin, "k3", &json!({ "email": "bea@example.org" })).await;
        let bea = bea.expect(201);
        assert_eq!(
            (&bea["roles"], &bea["display_name"]),
            (&json!(["customer"]), &Value::Null)
        );
    })
    .await;
}

#[tokio::test]
async fn bad_invitations_name_the_member_and_leave_nothing() {
    on_each_engine(async |world| {
        let admin = administrator(world).await;
        let wish = json!({ "email": "pat", "display_name": "", "roles": ["customer", "owner"] });
        let reply = invite(&admin, "k1", &wish).await.expect(422);
        let pointers: Vec<&Value> = reply["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| &error["pointer"])
            .collect();
        assert_eq!(pointers, ["/email", "/display_name", "/roles/1"]);
        // Nobody chooses a password for somebody else.
        let mut chosen = pat();
        chosen["password"] = json!(PASSWORD);
        let reply = invite(&admin, "k2", &chosen).await.expect(400);
        assert_eq!(reply["errors"][0]["pointer"], "/password");
        assert!(world.mails().await.is_empty());
        let path = format!("/v1/users?email={PAT}");
        assert_eq!(admin.get(&path).await.expect(200)["data"], json!([]));
    })
    .await;
}

/// The mail is good for half an hour; whoever comes later asks for one themselves.
#[tokio::test]
async fn who_comes_late_asks_for_another_mail() {
    on_each_engine(async |world| {
        let admin = administrator(world).await;
        invite(&admin, "k1", &pat()).await.expect(201);
        let mail = world.mail().await;
        world.advance(30 * 60);
        let late = world.answer(&mail, Some(PASSWORD)).await;
        assert_eq!(late.code(), "identity.challenge_failed");
        world.ask("recover", PAT).await;
        let mail = world.mail().await;
        world.answer(&mail, Some(PASSWORD)).await.expect(204);
        let pat = world.with(&world.sign_in(PAT).await);
        let me = pat.get("/v1/me").await.expect(200);
        assert_eq!(
            (&me["display_name"], &me["roles"]),
            (&json!("Pat"), &json!(["customer", "staff"]))
        );
    })
    .await;
}
