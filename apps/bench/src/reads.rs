//! Cached product reads, cold start and idle memory, beside a bare axum server with the same body.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::load::requests_per_second;
use crate::server::{Installation, Running, client, free_address, wait_for_200};
use crate::{Smoke, median, row};

/// Pairs of rounds; the middle one counts.
const ROUNDS: usize = 5;
/// Length of a round.
const ROUND: Duration = Duration::from_secs(2);

pub(crate) async fn run(options: &Smoke) -> Result<()> {
    let installation = Installation::new(&options.tenon, options.folder.join("reads"), &[])?;
    let (tenon, _) = installation.serve().await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = tenon.resident_mib()?;

    let products: serde_json::Value = client()?
        .get(format!("http://{}/v1/products?limit=1", installation.api))
        .send()
        .await?
        .json()
        .await?;
    let id = products
        .pointer("/data/0/id")
        .and_then(serde_json::Value::as_str)
        .context("a product")?;
    let path = format!("/v1/products/{id}");
    let body = client()?
        .get(format!("http://{}{path}", installation.api))
        .send()
        .await?
        .bytes()
        .await?;
    let body_file = installation.data.join("body.json");
    std::fs::write(&body_file, &body)?;
    let (bare, bare_start, bare_address) = start_bare(&body_file).await?;
    let bare_idle = bare.resident_mib()?;

    let token = installation.buyer_token().await?;
    let authorization = format!("Authorization: Bearer {token}\r\n");
    let (mut anonymous, mut signed_in, mut ceiling) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ceiling.push(requests_per_second(bare_address, "/body", "", ROUND).await?);
        anonymous.push(requests_per_second(installation.api, &path, "", ROUND).await?);
        signed_in.push(requests_per_second(installation.api, &path, &authorization, ROUND).await?);
    }
    let per_round = |ours: &[f64]| {
        median(
            ours.iter()
                .zip(&ceiling)
                .map(|(ours, bare)| ours / bare)
                .collect(),
        )
    };
    for (what, ours, budget) in [
        ("cached product, anonymous", &anonymous, "≥ 70 %"),
        ("cached product, signed in", &signed_in, "≥ 60 %"),
    ] {
        row(
            &format!("{what} ({} bytes)", body.len()),
            &format!("{:.0}/s", median(ours.clone())),
            &format!("bare axum {:.0}/s", median(ceiling.clone())),
            &format!("{:.0} %", per_round(ours) * 100.0),
            budget,
        );
    }
    row(
        "idle memory",
        &format!("{idle:.0} MiB"),
        &format!("bare axum {bare_idle:.0} MiB"),
        &format!("{:.1} ×", idle / bare_idle),
        "< 40 MB",
    );
    drop(tenon);

    let mut starts = Vec::new();
    for _ in 0..ROUNDS {
        let (running, took) = installation.serve().await?;
        starts.push(took.as_secs_f64() * 1_000.0);
        drop(running);
    }
    let bare_ms = bare_start.as_secs_f64() * 1_000.0;
    let ours = median(starts);
    row(
        "cold start to first 200",
        &format!("{ours:.0} ms"),
        &format!("bare axum {bare_ms:.0} ms"),
        &format!("{:.1} ×", ours / bare_ms),
        "< 50 ms",
    );
    Ok(())
}

async fn start_bare(body: &std::path::Path) -> Result<(Running, Duration, std::net::SocketAddr)> {
    let address = free_address()?;
    let start = Instant::now();
    let mut command = Command::new(std::env::current_exe()?);
    let child = command
        .args(["bare", &address.to_string()])
        .arg(body)
        .stdout(Stdio::null())
        .spawn()?;
    let running = Running::new(child);
    wait_for_200(address, "/body").await?;
    Ok((running, start.elapsed(), address))
}
