//! Groups of customers, and who is in them.

use anyhow::Result;
use serde_json::json;

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const GROUPS: &str = "/v1/customer-groups";

/// Leaves Ada in a group, which it returns.
pub(crate) async fn play(shop: &mut Shop) -> Result<String> {
    let (sam, ada) = (shop.sam.clone(), shop.ada.user_id.clone());
    let recorder = &mut shop.recorder;
    let make = |name: &str| Ask::post(GROUPS, &json!({ "name": name })).by(&sam);
    let first = recorder
        .ask(
            "create_customer_group: resellers",
            201,
            make("Resellers").key("resellers"),
        )
        .await?;
    for (case, status, ask) in [
        (
            "sent again under its key",
            201,
            make("Resellers").key("resellers"),
        ),
        (
            "something else under its key",
            422,
            make("Friends").key("resellers"),
        ),
        ("without a name", 422, make(" ")),
    ] {
        recorder
            .ask(&format!("create_customer_group: {case}"), status, ask)
            .await?;
    }
    let group = first.text("/id")?;
    let members = format!("{GROUPS}/{group}/members");
    let none = format!("{GROUPS}/{}/members", nobody("cgr"));
    let put =
        |path: &str, user: &str| Ask::new(reqwest::Method::PUT, format!("{path}/{user}")).by(&sam);
    let remove = |path: &str, user: &str| Ask::delete(format!("{path}/{user}")).by(&sam);
    for (case, status, ask) in [
        ("add_customer_group_member: Ada", 204, put(&members, &ada)),
        (
            "add_customer_group_member: Ada again",
            204,
            put(&members, &ada),
        ),
        (
            "add_customer_group_member: to nothing",
            404,
            put(&none, &ada),
        ),
        (
            "add_customer_group_member: an id of another kind",
            400,
            put(&members, &nobody("prd")),
        ),
        (
            "list_customer_group_members: of resellers",
            200,
            Ask::get(&members).by(&sam),
        ),
        (
            "list_customer_group_members: of nothing",
            404,
            Ask::get(&none).by(&sam),
        ),
        (
            "list_customer_groups: of Ada",
            200,
            Ask::get(format!("{GROUPS}?user_id={ada}")).by(&sam),
        ),
        ("list_customer_groups: all", 200, Ask::get(GROUPS).by(&sam)),
        (
            "remove_customer_group_member: somebody who is not in it",
            204,
            remove(&members, &nobody("usr")),
        ),
        (
            "remove_customer_group_member: from nothing",
            404,
            remove(&none, &ada),
        ),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    Ok(group)
}
