//! What the script has in its hands: the recorder, people, and the programs around the server.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::Places;
use super::ask::Ask;
use super::people::Person;
use super::recorder::{Answer, Recorder};

/// How often something is looked for that other programs bring about, 50 ms apart.
const LOOKS: u32 = 600;
const PAUSE: Duration = Duration::from_millis(50);

/// The script's hands.
pub(crate) struct Shop {
    pub(crate) recorder: Recorder,
    http: reqwest::Client,
    pub(crate) places: Places,
    /// Administers.
    pub(crate) root: Person,
    /// Runs the shop.
    pub(crate) sam: Person,
    /// Buys.
    pub(crate) ada: Person,
    /// Buys too, and must not see what is Ada's.
    pub(crate) bob: Person,
    /// Goods on sale: `(product, variant)` by SKU.
    pub(crate) goods: BTreeMap<String, (String, String)>,
    /// Path of the link that stops mails about orders of Ada's.
    pub(crate) stop_mails: String,
    /// Mails that were looked at, by their id in the catcher.
    seen_mails: Vec<u64>,
}

impl Shop {
    pub(crate) async fn open(places: Places) -> Result<Self> {
        let names = vec![
            (places.base_url.clone(), "<api>"),
            (places.mail_url.clone(), "<mail>"),
            (places.simulator_url.clone(), "<payments>"),
            (places.provider_url.clone(), "<provider>"),
        ];
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()?;
        Ok(Self {
            recorder: Recorder::start(&places.base_url, names).await?,
            http,
            places,
            root: Person::new("root"),
            sam: Person::new("sam"),
            ada: Person::new("ada"),
            bob: Person::new("bob"),
            goods: BTreeMap::new(),
            stop_mails: String::new(),
            seen_mails: Vec::new(),
        })
    }

    /// The variant with this SKU.
    pub(crate) fn variant(&self, sku: &str) -> &str {
        self.goods.get(sku).map_or("", |(_, variant)| variant)
    }

    /// Signs in without recording it.
    pub(crate) async fn sign_in(&mut self, mut person: Person) -> Result<Person> {
        let body = json!({ "email": person.email, "password": person.password });
        let answer = self
            .recorder
            .quietly(Ask::post("/v1/auth/sessions", &body))
            .await?;
        if answer.status != 201 {
            bail!("{} cannot sign in: {}", person.name, answer.status);
        }
        person.take_tokens(&answer)?;
        let me = self
            .recorder
            .quietly(Ask::get("/v1/me").by(&person))
            .await?;
        person.user_id = me.text("/id")?;
        Ok(person)
    }

    /// Looks until an answer is as wanted, at most half a minute: the server works in the background.
    pub(crate) async fn until(
        &mut self,
        what: &str,
        ask: Ask,
        is_wanted: impl Fn(&Answer) -> bool,
    ) -> Result<Answer> {
        let mut last = None;
        for _ in 0..LOOKS {
            let answer = self.recorder.quietly(ask.clone()).await?;
            if answer.status < 500 && is_wanted(&answer) {
                return Ok(answer);
            }
            last = Some(answer);
            tokio::time::sleep(PAUSE).await;
        }
        // Only now: what is looked at in between must not get names, it is not the same in every run.
        let last = last.map(|answer| {
            let body = self.recorder.names.value("", &answer.body);
            format!("{} {body}", answer.status)
        });
        bail!(
            "waited in vain for {what}; last seen: {}",
            last.unwrap_or_default()
        )
    }

    /// Waits for the next mail to someone whose subject or text holds `part`, records it and returns its text.
    pub(crate) async fn mail(&mut self, case: &str, to: &str, part: &str) -> Result<String> {
        for _ in 0..LOOKS {
            let found = self
                .other(
                    "GET",
                    &format!("{}/api/messages?to={to}", self.places.mail_url),
                    None,
                )
                .await?;
            let mut ids: Vec<u64> = found["messages"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|message| message["id"].as_u64())
                .filter(|id| !self.seen_mails.contains(id))
                .collect();
            ids.sort_unstable();
            for id in ids {
                let url = format!("{}/api/messages/{id}", self.places.mail_url);
                let message = self.other("GET", &url, None).await?;
                let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
                if text("subject").contains(part) || text("text").contains(part) {
                    self.seen_mails.push(id);
                    self.recorder
                        .mail(case, to, &text("subject"), &text("text"));
                    return Ok(text("text"));
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("waited in vain for a mail to {to} with `{part}` ({case})")
    }

    /// Waits for a text message to a telephone and returns its title, unrecorded: the code in it differs each time.
    pub(crate) async fn text_to(&self, number: &str) -> Result<String> {
        let to = number.replace('+', "%2B");
        let url = format!("{}/api/messages?to={to}", self.places.mail_url);
        for _ in 0..LOOKS {
            let found = self.other("GET", &url, None).await?;
            if let Some(title) = found["messages"][0]["subject"].as_str() {
                return Ok(title.to_owned());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("waited in vain for a text message to {number}")
    }

    /// Asks the payment simulator's control API.
    pub(crate) async fn simulator(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}/control/{path}", self.places.simulator_url);
        self.other(method, &url, Some(body)).await
    }

    /// Has the mail server refuse the mailbox of the next mail.
    pub(crate) async fn refuse_next_mail(&self) -> Result<()> {
        let url = format!("{}/api/faults", self.places.mail_url);
        let fault = json!({ "fault": "refuse", "count": 1 });
        self.other("POST", &url, Some(&fault)).await?;
        Ok(())
    }

    /// What the operations listener counts: calls to other modules for one request, by operation and callee.
    pub(crate) async fn seam_calls(
        &self,
    ) -> Result<Option<BTreeMap<String, BTreeMap<String, f64>>>> {
        let url = format!("{}/metrics", self.places.operations_url);
        let text = self.http.get(&url).send().await?.text().await?;
        Ok(super::metrics::seam_calls(&text))
    }

    async fn other(&self, method: &str, url: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.http.request(method.parse()?, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| url.to_owned())?;
        let response = response.error_for_status()?;
        let bytes = response.bytes().await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).with_context(|| url.to_owned())
    }
}

impl Person {
    /// Takes the tokens out of a sign-in or refresh.
    pub(crate) fn take_tokens(&mut self, answer: &Answer) -> Result<()> {
        self.token = answer.text("/access_token")?;
        self.refresh_token = answer.text("/refresh_token")?;
        self.session_id = answer.text("/session_id")?;
        Ok(())
    }
}
