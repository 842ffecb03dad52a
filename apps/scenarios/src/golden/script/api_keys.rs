//! Keys of people and of programs: made, used, replaced and ended.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::shop::Shop;

const KEYS: &str = "/v1/api-keys";
const ACCOUNTS: &str = "/v1/service-accounts";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    own(shop).await?;
    let account = accounts(shop).await?;
    keys_of(shop, &account).await
}

fn wish(scopes: &[&str], networks: &[&str]) -> Value {
    json!({ "name": "Tea planner", "scopes": scopes, "networks": networks })
}

async fn own(shop: &mut Shop) -> Result<()> {
    let ada = shop.ada.clone();
    let recorder = &mut shop.recorder;
    for (case, status, body) in [
        (
            "with a role she does not have",
            422,
            wish(&["api:read", "staff"], &[]),
        ),
        (
            "with a scope that is none",
            422,
            wish(&["api:read", "root"], &[]),
        ),
        (
            "from a network that is two",
            422,
            wish(&["api:read"], &["10.0.0.1/8"]),
        ),
        ("without a scope", 400, json!({ "name": "Tea planner" })),
    ] {
        let ask = Ask::post(KEYS, &body).by(&ada);
        recorder
            .ask(&format!("create_api_key: {case}"), status, ask)
            .await?;
    }
    let good = wish(&["api:read"], &["0.0.0.0/0", "::/0"]);
    let create = || Ask::post(KEYS, &good).by(&ada).key("key-for-tea");
    let made = recorder.ask("create_api_key: made", 201, create()).await?;
    recorder
        .ask("create_api_key: sent again under its key", 201, create())
        .await?;
    let path = format!("{KEYS}/{}", made.text("/id")?);
    let secret = made.text("/secret")?;
    let program = |path: &str, key: &str| {
        let program = Person {
            token: key.to_owned(),
            ..Person::new("program")
        };
        Ask::get(path).by(&program)
    };
    recorder
        .ask("get_me: by a key", 200, program("/v1/me", &secret))
        .await?;
    let cut = &secret[..secret.len() - 1];
    recorder
        .ask(
            "get_me: by a key that is cut off",
            401,
            program("/v1/me", cut),
        )
        .await?;
    let keys = program(KEYS, &secret);
    recorder.ask("list_api_keys: by a key", 403, keys).await?;
    recorder
        .ask("get_api_key: used", 200, Ask::get(&path).by(&ada))
        .await?;
    let bob = shop.bob.clone();
    recorder
        .ask("get_api_key: of another", 404, Ask::get(&path).by(&bob))
        .await?;
    recorder
        .ask("list_api_keys: one", 200, Ask::get(KEYS).by(&ada))
        .await?;
    let cursor = Ask::get(format!("{KEYS}?cursor=nonsense")).by(&ada);
    recorder
        .ask("list_api_keys: after nothing", 400, cursor)
        .await?;

    let rename = |etag: &str| Ask::patch(&path, etag, &json!({ "name": "Tea only" })).by(&ada);
    let changed = recorder
        .ask("update_api_key: another name", 200, rename(&made.etag()?))
        .await?;
    recorder
        .ask(
            "update_api_key: of an old version",
            412,
            rename(&made.etag()?),
        )
        .await?;
    let past = json!({ "expires_at": "2000-01-01T00:00:00Z" });
    let past = Ask::patch(&path, &changed.etag()?, &past).by(&ada);
    recorder
        .ask("update_api_key: to end in the past", 422, past)
        .await?;
    let absent = Ask::patch(format!("{KEYS}/{}", nobody("key")), "\"v1\"", &json!({})).by(&ada);
    recorder.ask("update_api_key: of none", 404, absent).await?;

    let rotations = format!("{path}/rotations");
    let long = Ask::post(&rotations, &json!({ "overlap_seconds": 604_801 })).by(&ada);
    recorder
        .ask("rotate_api_key: with too long an overlap", 422, long)
        .await?;
    let rotate = Ask::new(Method::POST, &rotations).by(&ada);
    let rotated = recorder.ask("rotate_api_key: once", 201, rotate).await?;
    let new = program("/v1/me", &rotated.text("/secret")?);
    recorder.ask("get_me: by the next secret", 200, new).await?;
    let absent = Ask::new(Method::POST, format!("{KEYS}/{}/rotations", nobody("key"))).by(&ada);
    recorder.ask("rotate_api_key: of none", 404, absent).await?;

    let delete = |etag: &str| Ask::delete(&path).by(&ada).with("if-match", etag);
    recorder
        .ask(
            "delete_api_key: of an old version",
            412,
            delete(&made.etag()?),
        )
        .await?;
    recorder
        .ask("delete_api_key: ended", 204, delete(&rotated.etag()?))
        .await?;
    recorder
        .ask("delete_api_key: again", 404, delete(&rotated.etag()?))
        .await?;
    Ok(())
}

async fn accounts(shop: &mut Shop) -> Result<String> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let account = |roles: &[&str]| json!({ "name": "Robot", "roles": roles });
    let none = Ask::post(ACCOUNTS, &account(&[])).by(&root);
    recorder
        .ask("create_service_account: without a role", 422, none)
        .await?;
    let good = account(&["staff"]);
    let create = || Ask::post(ACCOUNTS, &good).by(&root).key("robot");
    let made = recorder
        .ask("create_service_account: made", 201, create())
        .await?;
    recorder
        .ask(
            "create_service_account: sent again under its key",
            201,
            create(),
        )
        .await?;
    let id = made.text("/id")?;
    let path = format!("{ACCOUNTS}/{id}");
    let absent = format!("{ACCOUNTS}/{}", nobody("svc"));
    recorder
        .ask("get_service_account: found", 200, Ask::get(&path).by(&root))
        .await?;
    recorder
        .ask(
            "get_service_account: of none",
            404,
            Ask::get(&absent).by(&root),
        )
        .await?;
    recorder
        .ask(
            "list_service_accounts: one",
            200,
            Ask::get(ACCOUNTS).by(&root),
        )
        .await?;
    let cursor = Ask::get(format!("{ACCOUNTS}?cursor=nonsense")).by(&root);
    recorder
        .ask("list_service_accounts: after nothing", 400, cursor)
        .await?;
    let rename =
        |path: &str, etag: &str| Ask::patch(path, etag, &json!({ "name": "Robot II" })).by(&root);
    let changed = recorder
        .ask(
            "update_service_account: another name",
            200,
            rename(&path, &made.etag()?),
        )
        .await?;
    recorder
        .ask(
            "update_service_account: of an old version",
            412,
            rename(&path, &made.etag()?),
        )
        .await?;
    recorder
        .ask(
            "update_service_account: of none",
            404,
            rename(&absent, "\"v1\""),
        )
        .await?;
    let mute = Ask::patch(&path, &changed.etag()?, &json!({ "locked": true })).by(&root);
    recorder
        .ask("update_service_account: locked without a reason", 422, mute)
        .await?;
    Ok(id)
}

async fn keys_of(shop: &mut Shop, account: &str) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let path = format!("{ACCOUNTS}/{account}/api-keys");
    let absent = format!("{ACCOUNTS}/{}/api-keys", nobody("svc"));
    let good = wish(&["api:read", "staff"], &[]);
    let create = |path: &str, body: &Value| Ask::post(path, body).by(&root);
    recorder
        .ask(
            "create_service_account_key: made",
            201,
            create(&path, &good),
        )
        .await?;
    let more = wish(&["api:read", "admin"], &[]);
    recorder
        .ask(
            "create_service_account_key: with more than its role",
            422,
            create(&path, &more),
        )
        .await?;
    recorder
        .ask(
            "create_service_account_key: of none",
            404,
            create(&absent, &good),
        )
        .await?;
    recorder
        .ask(
            "list_service_account_keys: one",
            200,
            Ask::get(&path).by(&root),
        )
        .await?;
    recorder
        .ask(
            "list_service_account_keys: of none",
            404,
            Ask::get(&absent).by(&root),
        )
        .await?;
    let cursor = Ask::get(format!("{path}?cursor=nonsense")).by(&root);
    recorder
        .ask("list_service_account_keys: after nothing", 400, cursor)
        .await?;
    Ok(())
}
