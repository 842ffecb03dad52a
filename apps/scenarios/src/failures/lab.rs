//! The failure lab: a shop, its provider and its mail server, a clock that is moved, and processes that can be stopped.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};

use super::http::{Http, Reply};
use super::processes::Processes;
use super::provider::Provider;
use crate::accounts::Account;

/// How often something is looked for that programs bring about in the background, and how long it may take.
const PAUSE: Duration = Duration::from_millis(15);
const PATIENCE: Duration = Duration::from_secs(15);
/// Workers look every ten seconds of real time for what dead ones had in hand.
const RESCUE: Duration = Duration::from_secs(12);
/// How often a request is repeated that a busy shop could not answer in time.
pub(crate) const BUSY: u32 = 40;

/// Where everything is.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) api: String,
    pub(crate) mail: String,
    pub(crate) payments: String,
    /// Operations listeners of all processes.
    pub(crate) operations: Vec<String>,
    pub(crate) processes: Processes,
    pub(crate) staff: Account,
}

/// The lab.
pub(crate) struct Lab {
    pub(crate) http: Http,
    pub(crate) provider: Provider,
    pub(crate) processes: Processes,
    places: Places,
    token: RefCell<Option<String>>,
    /// Makes names of this run different from those of earlier ones.
    run: String,
    made: Cell<u32>,
    step: RefCell<String>,
    steps: Cell<u32>,
    /// Kinds of mails by address.
    told: RefCell<BTreeMap<String, Vec<&'static str>>>,
}

/// Something on sale that no other scenario touches.
#[derive(Debug, Clone)]
pub(crate) struct Goods {
    pub(crate) variant: String,
    etag: String,
}

impl Lab {
    pub(crate) fn open(places: Places) -> Result<Self> {
        let http = Http::new()?;
        Ok(Self {
            provider: Provider::new(http.clone(), &places.payments),
            http,
            processes: places.processes.clone(),
            token: RefCell::default(),
            run: format!("{:x}", std::process::id()),
            made: Cell::new(0),
            step: RefCell::default(),
            steps: Cell::new(0),
            told: RefCell::default(),
            places,
        })
    }

    /// Everything outside works as it should; the counting of steps begins anew.
    pub(crate) async fn begin(&self) -> Result<()> {
        self.steps.set(0);
        self.step.replace("setting up".to_owned());
        self.mend().await
    }

    /// Ends whatever a scenario has broken.
    pub(crate) async fn mend(&self) -> Result<()> {
        self.provider.mend().await?;
        self.mail_faults("refuse", 0).await
    }

    /// Says what is done next: a failure names it.
    pub(crate) fn step(&self, what: &str) {
        let number = self.steps.get() + 1;
        self.steps.set(number);
        println!("  {number:>2}. {what}");
        self.step.replace(format!("step {number} ({what})"));
    }

    /// The step that is being done.
    pub(crate) fn at(&self) -> String {
        self.step.borrow().clone()
    }

    /// A name that nothing else has.
    pub(crate) fn name(&self, kind: &str) -> String {
        let number = self.made.get() + 1;
        self.made.set(number);
        format!("{kind}-{}-{number}", self.run)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.places.api)
    }

    /// Asks as staff, who sign in again when their token has ended with the time that was moved. What may be repeated
    /// is repeated while the shop is too busy.
    pub(crate) async fn staff(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Reply> {
        let keyed = headers.iter().any(|(name, _)| *name == "idempotency-key");
        let may_repeat = method == Method::GET || keyed;
        for _ in 0..BUSY {
            self.sign_in().await?;
            let bearer = format!(
                "Bearer {}",
                self.token.borrow().as_deref().unwrap_or_default()
            );
            let mut all = vec![("authorization", bearer.as_str())];
            all.extend_from_slice(headers);
            let reply = self
                .http
                .send(method.clone(), &self.url(path), &all, body)
                .await?;
            match reply.status {
                401 => drop(self.token.replace(None)),
                503 if may_repeat => tokio::time::sleep(PAUSE * 5).await,
                _ => return Ok(reply),
            }
        }
        bail!("{method} {path}: refused {BUSY} times")
    }

    async fn sign_in(&self) -> Result<()> {
        if self.token.borrow().is_some() {
            return Ok(());
        }
        let staff = &self.places.staff;
        let body = json!({ "email": staff.email, "password": staff.password });
        let url = self.url("/v1/auth/sessions");
        let session = self.http.post(&url, &[], &body).await?.expect(201)?;
        self.token.replace(Some(session.text("/access_token")?));
        Ok(())
    }

    /// Reads as staff.
    pub(crate) async fn read(&self, path: &str) -> Result<Value> {
        let reply = self.staff(Method::GET, path, &[], None).await?;
        Ok(reply.expect(200)?.body)
    }

    /// Puts something new on sale.
    pub(crate) async fn sell(&self, price: i64, pieces: i64) -> Result<Goods> {
        let name = self.name("lab");
        let body = json!({
            "slug": name, "title": format!("Thing {name}"), "status": "active",
            "variants": [{ "sku": name.to_uppercase(), "title": "one", "prices": [{ "amount": price, "currency": "EUR" }] }],
        });
        let headers = [("idempotency-key", name.as_str())];
        let made = self
            .staff(Method::POST, "/v1/products", &headers, Some(&body))
            .await?;
        let made = made.expect(201)?;
        let goods = Goods {
            variant: made.text("/variants/0/id")?,
            etag: format!("\"v{}\"", made.body["variants"][0]["version"]),
        };
        self.stock(&goods, pieces).await?;
        Ok(goods)
    }

    /// Changes how many pieces there are.
    pub(crate) async fn stock(&self, goods: &Goods, delta: i64) -> Result<()> {
        let body = json!({ "variant_id": goods.variant, "delta": delta, "reason": "received" });
        let key = self.name("stock");
        let headers = [("idempotency-key", key.as_str())];
        let path = "/v1/inventory/adjustments";
        let reply = self
            .staff(Method::POST, path, &headers, Some(&body))
            .await?;
        reply.expect(201).map(drop)
    }

    /// Changes the price.
    pub(crate) async fn reprice(&self, goods: &Goods, price: i64) -> Result<()> {
        let body = json!({ "prices": [{ "amount": price, "currency": "EUR" }] });
        let path = format!("/v1/variants/{}/prices", goods.variant);
        let headers = [("if-match", goods.etag.as_str())];
        let reply = self
            .staff(Method::PUT, &path, &headers, Some(&body))
            .await?;
        reply.expect(200).map(drop)
    }

    /// Pieces that lie there, and those of them that are promised.
    pub(crate) async fn pieces(&self, goods: &Goods) -> Result<Value> {
        let path = format!("/v1/inventory/levels?variant_id={}", goods.variant);
        let levels = self.read(&path).await?;
        let level = &levels["data"][0];
        Ok(json!({ "on_hand": level["on_hand"], "reserved": level["reserved"] }))
    }

    pub(crate) async fn order(&self, id: &str) -> Result<Value> {
        self.read(&format!("/v1/orders/{id}")).await
    }

    pub(crate) async fn payment(&self, id: &str) -> Result<Value> {
        self.read(&format!("/v1/payments/{id}")).await
    }

    /// Kinds of the ledger's entries about a payment, oldest first.
    pub(crate) async fn ledger(&self, payment: &str) -> Result<Vec<String>> {
        let path = format!("/v1/ledger/entries?payment_id={payment}");
        let entries = self.read(&path).await?;
        let entries = entries["data"].as_array().context("a list of entries")?;
        let kinds = entries.iter().rev();
        Ok(kinds
            .map(|entry| entry["kind"].as_str().unwrap_or_default().to_owned())
            .collect())
    }

    /// What the mails to someone say, oldest first: `placed`, `cancelled`, `returned`, `refund`.
    pub(crate) async fn mails(&self, to: &str) -> Result<Vec<&'static str>> {
        let url = format!("{}/api/messages?to={to}", self.places.mail);
        let found = self.http.get(&url).await?.expect(200)?;
        let mails = found.body["messages"].as_array();
        let mails = mails.context("a list of mails")?.iter().rev();
        Ok(mails
            .map(|mail| kind_of_mail(mail["subject"].as_str().unwrap_or_default()))
            .collect())
    }

    /// Remembers what someone is told altogether: looked at again when the lab closes.
    pub(crate) fn tell(&self, email: &str, kinds: &[&'static str]) {
        self.told
            .borrow_mut()
            .insert(email.to_owned(), kinds.to_vec());
    }

    /// An hour later: nothing waits to be sent, and nobody was told anything twice.
    pub(crate) async fn close(&self) -> Result<()> {
        self.begin().await?;
        self.step("An hour later nobody was told anything twice");
        self.advance(Duration::from_hours(1)).await?;
        if self.processes.any_killed() {
            tokio::time::sleep(RESCUE).await;
        }
        self.until("messages that wait to be sent", 0, async || {
            let waiting = self.read("/v1/messages?status=queued").await?;
            Ok(waiting["data"].as_array().map_or(0, Vec::len))
        })
        .await?;
        let told = self.told.borrow().clone();
        for (email, kinds) in told {
            equal(
                &format!("mails to {email}"),
                &self.mails(&email).await?,
                &kinds,
            )?;
        }
        Ok(())
    }

    /// The next mails go wrong; a count of 0 ends that.
    pub(crate) async fn mail_faults(&self, fault: &str, count: u32) -> Result<()> {
        let body = json!({ "fault": fault, "count": count });
        let url = format!("{}/api/faults", self.places.mail);
        self.http
            .post(&url, &[], &body)
            .await?
            .expect(204)
            .map(drop)
    }

    /// A counter of the operations listeners, added up over all processes.
    pub(crate) async fn counted(&self, metric: &str) -> Result<i64> {
        let mut sum = 0;
        for base in &self.places.operations {
            let text = self.http.get(&format!("{base}/metrics")).await?.text_body();
            let values = text.lines().filter_map(|line| line.strip_prefix(metric));
            sum += values
                .filter_map(|value| value.trim().parse::<i64>().ok())
                .sum::<i64>();
        }
        Ok(sum)
    }

    /// Sets all clocks forward, the provider's first: nothing it signs is of the past.
    pub(crate) async fn advance(&self, by: Duration) -> Result<()> {
        let body = json!({ "advance_seconds": by.as_secs() });
        self.provider.advance(&body).await?;
        for base in &self.places.operations {
            let reply = self
                .http
                .post(&format!("{base}/clock"), &[], &body)
                .await
                .with_context(|| format!("the clock behind {base}"))?;
            if reply.status == 404 {
                bail!(
                    "{base} has no clock to move: start it with development.movable_clock = true"
                );
            }
            reply.expect(200)?;
        }
        Ok(())
    }

    /// Waits until every process is ready.
    pub(crate) async fn is_ready(&self) -> Result<()> {
        for base in &self.places.operations {
            let url = format!("{base}/readyz");
            self.until("whether a process is ready", true, async || {
                Ok(self
                    .http
                    .get(&url)
                    .await
                    .is_ok_and(|reply| reply.status == 200))
            })
            .await?;
        }
        let shop = self.url("/v1/products?limit=1");
        self.until("whether the shop answers", true, async || {
            Ok(self
                .http
                .get(&shop)
                .await
                .is_ok_and(|reply| reply.status == 200))
        })
        .await
    }

    /// Looks until something is as expected: programs bring it about in the background, at once by their clock.
    pub(crate) async fn until<T: PartialEq + Debug>(
        &self,
        what: &str,
        expected: T,
        look: impl AsyncFn() -> Result<T>,
    ) -> Result<()> {
        let start = tokio::time::Instant::now();
        loop {
            let seen = look().await?;
            if seen == expected {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                bail!("{what}: expected {expected:?}, saw {seen:?} for {PATIENCE:?}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Checks one thing.
pub(crate) fn equal<T: PartialEq + Debug>(what: &str, seen: &T, expected: &T) -> Result<()> {
    if seen != expected {
        bail!("{what}: expected {expected:?}, saw {seen:?}");
    }
    Ok(())
}

fn kind_of_mail(subject: &str) -> &'static str {
    [
        ("cancelled", "cancelled"),
        ("returning your payment", "returned"),
        (" back for order ", "refund"),
        ("Your order ", "placed"),
    ]
    .into_iter()
    .find_map(|(part, kind)| subject.contains(part).then_some(kind))
    .unwrap_or("something else")
}
