//! Sends requests, records what came back, and remembers what it did not expect.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

use super::ask::{Ask, Expected};
use super::declared;
use super::document::Document;
use super::normalise::{Normaliser, RULES};
use super::recording::{self, Exchange, Recording};

/// What a stream says when it has told everything there is.
const CAUGHT_UP: &[u8] = b": caught up\n\n";

/// Asks and records.
pub(crate) struct Recorder {
    http: reqwest::Client,
    base: String,
    pub(crate) names: Normaliser,
    document: Document,
    recording: Recording,
    cases: BTreeSet<String>,
    /// Answers that were not expected, as sentences; the script goes on as far as it can.
    pub(crate) surprises: Vec<String>,
    /// Durations of successes by operation, in microseconds.
    durations: HashMap<String, Vec<u64>>,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(super) headers: HeaderMap,
    /// Null if it is not JSON.
    pub(crate) body: Value,
    /// Empty if it is JSON.
    pub(crate) page: String,
}

/// The bytes behind an answer.
pub(super) struct Raw {
    pub(super) answer: Answer,
    pub(super) text: Vec<u8>,
    took: Duration,
}

impl Recorder {
    /// Reads the server's document first; `places` are the addresses that mean nothing.
    pub(crate) async fn start(base: &str, places: Vec<(String, &'static str)>) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("golden")
            .no_proxy()
            .build()?;
        let mut recorder = Self {
            http,
            base: base.to_owned(),
            names: Normaliser::new(places),
            document: Document::default(),
            recording: Recording::new(RULES.map(str::to_owned).to_vec()),
            cases: BTreeSet::new(),
            surprises: Vec::new(),
            durations: HashMap::new(),
        };
        let document = recorder.quietly(Ask::get("/openapi.json")).await?;
        recorder.document = Document::parse(&document.body)?;
        let operations = recorder.document.operations.iter();
        recorder.recording.operations = operations.map(|known| known.id.clone()).collect();
        Ok(recorder)
    }

    /// What the server says it can do.
    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// Sends without recording: for things that are looked for again and again.
    pub(crate) async fn quietly(&mut self, ask: Ask) -> Result<Answer> {
        Ok(self.send(&ask).await?.answer)
    }

    /// Sends and records; `case` is `operation: what`, or `edge: what` where no operation answers.
    pub(crate) async fn ask(
        &mut self,
        case: &str,
        expected: impl Into<Expected>,
        ask: Ask,
    ) -> Result<Answer> {
        let operation = self
            .document
            .find(ask.method.as_str(), &ask.path)
            .map(|operation| operation.id.clone());
        let subject = case.split(':').next().unwrap_or_default();
        if subject != operation.as_deref().unwrap_or("edge") {
            bail!("case `{case}` asks {operation:?}");
        }
        if !self.cases.insert(case.to_owned()) {
            bail!("case `{case}` is there twice");
        }
        let request = self.note_request(&ask);
        let raw = self.send(&ask).await.with_context(|| case.to_owned())?;
        let answer = self
            .note_answer(&ask, &raw)
            .with_context(|| case.to_owned())?;
        if !expected.into().holds(raw.answer.status) {
            self.surprises.push(format!(
                "{case}: {} answered {}
    {}",
                request.line, raw.answer.status, answer.body
            ));
        }
        if let Some(id) = &operation {
            let durations = self.durations.entry(id.clone()).or_default();
            if (200..300).contains(&raw.answer.status) {
                durations.push(u64::try_from(raw.took.as_micros()).unwrap_or(u64::MAX));
            }
        }
        self.recording.exchanges.push(Exchange {
            case: case.to_owned(),
            operation,
            request,
            answer,
        });
        Ok(raw.answer)
    }

    /// Records a message that arrived.
    pub(crate) fn mail(&mut self, case: &str, to: &str, subject: &str, text: &str) {
        let mail = recording::Mail {
            case: case.to_owned(),
            to: to.to_owned(),
            subject: self.names.text(subject),
            text: self.names.text(text),
        };
        self.recording.mails.push(mail);
    }

    /// The recording, with what each operation cost.
    pub(crate) fn finish(
        mut self,
        seam_calls: Option<&BTreeMap<String, BTreeMap<String, f64>>>,
    ) -> (Recording, Document, Normaliser) {
        for id in &self.recording.operations {
            let mut durations = self.durations.remove(id).unwrap_or_default();
            durations.sort_unstable();
            let recorded = self.recording.exchanges.iter();
            let sample = recording::Sample {
                requests: recorded
                    .filter(|exchange| exchange.operation.as_ref() == Some(id))
                    .count(),
                successes: durations.len(),
                median_us: durations.get(durations.len() / 2).copied(),
                seam_calls: seam_calls.map(|all| all.get(id).cloned().unwrap_or_default()),
            };
            self.recording.samples.insert(id.clone(), sample);
        }
        (self.recording, self.document, self.names)
    }

    async fn send(&mut self, ask: &Ask) -> Result<Raw> {
        for (name, value) in &ask.headers {
            match *name {
                "authorization" => self.names.keep_secret(value.trim_start_matches("Bearer ")),
                "cart-token" => self.names.keep_secret(value),
                _ => {}
            }
        }
        let started = Instant::now();
        let (status, headers, bytes) = match ask.declares {
            Some(length) => declared::send(&self.base, ask, length).await?,
            None => self.exchange(ask).await?,
        };
        let took = started.elapsed();
        let text = if headers
            .get("content-encoding")
            .is_some_and(|it| it == "gzip")
        {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
            plain
        } else {
            bytes.clone()
        };
        let declared = headers
            .get("content-length")
            .and_then(|it| it.to_str().ok());
        if let Some(declared) = declared.and_then(|it| it.parse::<usize>().ok())
            && ask.method != reqwest::Method::HEAD
            && declared != bytes.len()
        {
            bail!("content-length says {declared}, {} bytes came", bytes.len());
        }
        let body = serde_json::from_slice(&text).unwrap_or(Value::Null);
        let page = match &body {
            Value::Null => String::from_utf8_lossy(&text).into_owned(),
            _ => String::new(),
        };
        Ok(Raw {
            answer: Answer {
                status,
                headers,
                body,
                page,
            },
            text,
            took,
        })
    }

    async fn exchange(&self, ask: &Ask) -> Result<declared::Parts> {
        let url = format!("{}{}", self.base, ask.path);
        let mut request = self.http.request(ask.method.clone(), url);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &ask.body {
            request = request.body(body.clone());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_stream = headers
            .get("content-type")
            .is_some_and(|it| it == "text/event-stream");
        let bytes = if is_stream {
            until_caught_up(response).await?
        } else {
            response.bytes().await?.to_vec()
        };
        Ok((status, headers, bytes))
    }
}

/// Reads of a stream what there is to tell, and hangs up.
async fn until_caught_up(mut response: reqwest::Response) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(CAUGHT_UP) {
        match response.chunk().await? {
            Some(chunk) => bytes.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(bytes)
}

impl Answer {
    /// The text at a JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Result<String> {
        let text = self.body.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned)
            .with_context(|| format!("no text at {pointer}"))
    }

    /// What stands at a JSON pointer.
    pub(crate) fn value(&self, pointer: &str) -> Result<Value> {
        let value = self.body.pointer(pointer).cloned();
        value.with_context(|| format!("nothing at {pointer}"))
    }

    /// How many items `data` has.
    pub(crate) fn count(&self) -> usize {
        self.body["data"].as_array().map_or(0, Vec::len)
    }

    /// A header that must be there.
    pub(crate) fn header(&self, name: &str) -> Result<String> {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value
            .map(str::to_owned)
            .with_context(|| format!("no header `{name}`"))
    }

    /// The version of the thing.
    pub(crate) fn etag(&self) -> Result<String> {
        self.header("etag")
    }
}
