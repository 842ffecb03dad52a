//! A module's data moves to another database beside a running server. The mover is stopped at one place, twice: the next one
//! goes on, and gives the move up; and every piece of stock that was acknowledged is where the data is then.

use std::os::unix::process::ExitStatusExt as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;
use tokio::time::Instant;

use super::trial::Ended;
use crate::record::{Place, Record};
use crate::shop::Shop;
use crate::site::{Engine, Site, Template, administer};

/// The module that moves: it has rows of every kind, and triggers.
const MODULE: &str = "catalog";
/// Pieces that are added before the move, one at a time, and after it.
const BEFORE: i64 = 3;
const AFTER: i64 = 2;

/// The move of a module.
#[derive(Debug, Clone)]
pub(super) struct Moving {
    pub(super) template: Arc<Template>,
}

impl Moving {
    pub(super) async fn record(&self) -> Result<Vec<Place>> {
        let mut run = Run::begin(&self.template, "undisturbed").await?;
        let record = Record::new(&run.site.folder);
        record.open_gate()?;
        let moved = async {
            ensure!(
                run.mover(&["--to", &run.to], Some(record.switch(None)))
                    .await?,
                "the move failed"
            );
            run.comes_back().await
        };
        match moved.await {
            Ok(()) => {
                let places = record.places();
                run.clear().await?;
                places
            }
            Err(error) => Err(run.abandon(error)),
        }
    }

    pub(super) async fn stop(
        &self,
        number: usize,
        attempt: u32,
        place: &Place,
    ) -> Result<Option<Ended>> {
        let Some(gone_on) = self
            .stop_once(&format!("{number}-{attempt}-on"), place, false)
            .await?
        else {
            return Ok(None);
        };
        let given_up = self
            .stop_once(&format!("{number}-{attempt}-up"), place, true)
            .await?;
        Ok(given_up.map(|given_up| Ended {
            outcome: format!("{}; {}", gone_on.outcome, given_up.outcome),
            told_after_ms: gone_on.told_after_ms.max(given_up.told_after_ms),
        }))
    }

    async fn stop_once(
        &self,
        name: &str,
        place: &Place,
        may_give_up: bool,
    ) -> Result<Option<Ended>> {
        let mut run = Run::begin(&self.template, name).await?;
        let record = Record::new(&run.site.folder);
        record.open_gate()?;
        match run.stopped(place, &record, may_give_up).await {
            Ok(ended) => {
                run.clear().await?;
                Ok(ended)
            }
            Err(error) => Err(run.abandon(error)),
        }
    }
}

/// A shop with a server, and another place for the module's data.
struct Run {
    site: Site,
    shop: Shop,
    staff: String,
    variant: String,
    /// What there must be of the variant.
    pieces: i64,
    /// Requests so far, each with a key of its own.
    added: u32,
    from: String,
    to: String,
}

impl Run {
    async fn begin(template: &Template, name: &str) -> Result<Self> {
        let mut site = template.copy(name).await?;
        site.start().await?;
        let shop = site.shop();
        let staff = shop.token("staff").await?;
        let variant = shop.variants().await?.remove(0);
        let pieces = shop.stock(&staff, &variant).await?.on_hand;
        let (from, to) = places(template, &site).await?;
        let mut run = Self {
            site,
            shop,
            staff,
            variant,
            pieces,
            added: 0,
            from,
            to,
        };
        run.add(BEFORE).await?;
        Ok(run)
    }

    /// Stops the mover, and has another one go on or give up; `None` if it never came by the place.
    async fn stopped(
        &mut self,
        place: &Place,
        record: &Record,
        may_give_up: bool,
    ) -> Result<Option<Ended>> {
        let to = self.to.clone();
        let arguments = ["module", "move", MODULE, "--to", &to];
        let switch = record.switch(Some(place));
        let output = self.site.server.output(&arguments, Some(switch)).await?;
        if output.status.success() {
            return Ok(None);
        }
        ensure!(
            output.status.signal().is_some(),
            "the mover was not stopped, it failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let stopped = Instant::now();
        // A move that is over, or has not begun, cannot be given up; one that has not begun cannot go on.
        let given_up = may_give_up && self.mover(&["--to", &to, "--abort"], None).await?;
        let outcome = if given_up {
            self.add(AFTER).await?; // the server never stopped
            self.checked().await?;
            "given up"
        } else {
            let gone_on = self.mover(&["--to", &to, "--resume"], None).await?;
            if gone_on || self.is_over().await? {
                self.comes_back().await?;
                "gone on, and back"
            } else {
                ensure!(
                    self.mover(&["--to", &to], None).await?,
                    "the move can neither go on nor begin"
                );
                self.comes_back().await?;
                "begun again, and back"
            }
        };
        let took = stopped.elapsed().as_millis();
        Ok(Some(Ended {
            outcome: outcome.to_owned(),
            told_after_ms: u64::try_from(took).unwrap_or(u64::MAX),
        }))
    }

    /// Whether the source says that its data is elsewhere: then writes are refused.
    async fn is_over(&mut self) -> Result<bool> {
        let answer = self.shop.send(self.addition()).await;
        let answer = answer.context("the server answers")?;
        match answer.status {
            201 => {
                self.pieces += 1;
                self.added += 1;
                Ok(false)
            }
            503 => Ok(true),
            _ => bail!("{answer:?}"),
        }
    }

    /// The data is at the other place: writes are refused. It is moved back, and the server goes on with it.
    async fn comes_back(&mut self) -> Result<()> {
        ensure!(
            self.is_over().await?,
            "the source takes writes after the hand-over"
        );
        self.site.server.stop().await?;
        let (from, to) = (self.from.clone(), self.to.clone());
        ensure!(
            self.mover(&["--from", &to, "--to", &from, "--replace"], None)
                .await?,
            "the way back failed"
        );
        self.site.start().await?;
        ensure!(
            !self.site.server.has_ended(),
            "the server does not start on data that came back:\n{}",
            self.site.server.last_lines()
        );
        self.staff = self.shop.token("staff").await?;
        self.add(AFTER).await?;
        self.checked().await
    }

    /// Everything that was acknowledged is there, once, and every invariant holds.
    async fn checked(&mut self) -> Result<()> {
        let stock = self.shop.stock(&self.staff, &self.variant).await?;
        ensure!(
            stock.on_hand == self.pieces,
            "{} pieces instead of {}",
            stock.on_hand,
            self.pieces
        );
        self.site.verify().await
    }

    async fn add(&mut self, pieces: i64) -> Result<()> {
        for _ in 0..pieces {
            let answer = self.shop.must(self.addition()).await?;
            ensure!(answer.status == 201, "{answer:?}");
            self.pieces += 1;
            self.added += 1;
        }
        Ok(())
    }

    fn addition(&self) -> reqwest::RequestBuilder {
        self.shop
            .post("/v1/inventory/adjustments")
            .bearer_auth(&self.staff)
            .header("idempotency-key", format!("piece-{}", self.added))
            .json(&json!({ "variant_id": self.variant, "delta": 1, "reason": "counted" }))
    }

    /// Runs a mover; whether it came to its end. Its words go to the log beside the server's.
    async fn mover(
        &self,
        arguments: &[&str],
        switch: Option<(&'static str, String)>,
    ) -> Result<bool> {
        let all = [&["module", "move", MODULE], arguments].concat();
        let output = self.site.server.output(&all, switch).await?;
        let mut log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.site.folder.join("mover.log"))?;
        let words = [output.stdout, output.stderr, b"\n".to_vec()].concat();
        std::io::Write::write_all(&mut log, &words)?;
        Ok(output.status.success())
    }

    /// Takes everything away.
    async fn clear(self) -> Result<()> {
        if let Some((cluster, other)) = self.to.rsplit_once('/')
            && cluster.starts_with("postgres:")
        {
            let drop = format!("DROP DATABASE IF EXISTS {other} WITH (FORCE)");
            administer(cluster, vec![drop]).await?;
        }
        self.site.clear().await
    }

    /// Keeps what is there, to be looked at.
    fn abandon(mut self, error: anyhow::Error) -> anyhow::Error {
        self.site.keep();
        let place = self.site.folder.display().to_string();
        error.context(format!("see {place}"))
    }
}

/// Where the data is, and where it goes: a file in another folder, or a database beside the first one.
async fn places(template: &Template, site: &Site) -> Result<(String, String)> {
    match template.engine() {
        Engine::Sqlite => {
            let data = site.server.data_dir.display();
            let other = site.folder.join("elsewhere");
            std::fs::create_dir_all(&other)?;
            Ok((
                format!("sqlite:{data}"),
                format!("sqlite:{}", other.display()),
            ))
        }
        Engine::Postgres(cluster) => {
            let name = site.database_name().context("a database")?;
            let other = format!("{name}_moved");
            let make = vec![
                format!("DROP DATABASE IF EXISTS {other} WITH (FORCE)"),
                format!("CREATE DATABASE {other}"),
            ];
            administer(cluster, make).await?;
            Ok((format!("{cluster}/{name}"), format!("{cluster}/{other}")))
        }
    }
}
