//! What those see and do who run the installation: jobs and sagas of all modules.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::nobody;
use super::purchase::Bought;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const JOBS: &str = "/v1/admin/jobs";
const SAGAS: &str = "/v1/admin/sagas";

pub(crate) async fn play(shop: &mut Shop, bought: &Bought) -> Result<()> {
    jobs(shop).await?;
    sagas(shop, bought).await
}

/// The job of the prices that were set in the background: the only one of its kind, and done.
async fn jobs(shop: &mut Shop) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let list = |query: &str| Ask::get(format!("{JOBS}?{query}"));
    let done = list("kind=catalog.set_price_rows&state=done").by(&root);
    let listed = recorder
        .ask("list_jobs: of a kind, done", 200, done)
        .await?;
    for (case, status, ask) in [
        (
            "of a module, dead",
            200,
            list("module=catalog&state=dead").by(&root),
        ),
        ("of no module", 200, list("module=warehouse").by(&root)),
        ("with another cursor", 400, list("cursor=1").by(&root)),
    ] {
        recorder
            .ask(&format!("list_jobs: {case}"), status, ask)
            .await?;
    }
    let job = listed.text("/data/0/id")?;
    let change = |id: &str, body: &Value| {
        let ask = Ask::new(Method::PATCH, format!("{JOBS}/{id}"));
        ask.by(&root).json(body)
    };
    for (case, status, ask) in [
        ("nothing", 200, change(&job, &json!({}))),
        (
            "that is done",
            409,
            change(&job, &json!({ "state": "cancelled" })),
        ),
        (
            "to no state",
            400,
            change(&job, &json!({ "state": "lost" })),
        ),
        (
            "that is none",
            404,
            change(&nobody("job"), &json!({ "state": "pending" })),
        ),
    ] {
        recorder
            .ask(&format!("update_job: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

/// The checkout that nobody pays is the only one that is not at its end.
async fn sagas(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let root = shop.root.clone();
    let saga = |checkout: &str| checkout.replace("chk_", "saga_");
    let (unpaid, paid) = (
        saga(&bought.unpaid.checkout),
        saga(&bought.on_page.checkout),
    );
    let list = Ask::get(SAGAS).by(&root);
    shop.until("one checkout to be left", list.clone(), |answer| {
        let data = answer.body["data"].as_array();
        data.is_some_and(|data| data.len() == 1 && data[0]["id"] == unpaid.as_str())
    })
    .await?;
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        ("unfinished", 200, list),
        (
            "with another cursor",
            400,
            Ask::get(format!("{SAGAS}?cursor=1")).by(&root),
        ),
    ] {
        recorder
            .ask(&format!("list_sagas: {case}"), status, ask)
            .await?;
    }
    let resume = |id: &str| Ask::new(Method::POST, format!("{SAGAS}/{id}/resumptions")).by(&root);
    for (case, status, ask) in [
        ("that waits", 202, resume(&unpaid)),
        ("that has ended", 409, resume(&paid)),
        ("that is none", 404, resume(&nobody("saga"))),
    ] {
        recorder
            .ask(&format!("resume_saga: {case}"), status, ask)
            .await?;
    }
    Ok(())
}
