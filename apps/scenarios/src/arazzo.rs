//! `scenarios arazzo`: workflows of an Arazzo document, played against a running server.

mod check;
mod condition;
mod document;
mod expression;
mod operations;
mod runner;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use reqwest::Method;
use serde_json::Value;

use self::document::Document;
use self::expression::Response;
use self::runner::{Request, Server};
use crate::accounts;
use crate::client::http_client;

/// Options of `scenarios arazzo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The Arazzo document.
    document: PathBuf,
    /// Only this workflow.
    #[arg(long)]
    workflow: Option<String>,
    /// Base URL of the API.
    #[arg(long)]
    api: String,
    /// File with the demo accounts: where inputs `email` and `password` come from.
    #[arg(long)]
    accounts: PathBuf,
    /// One input: `--input currency=USD`.
    #[arg(long = "input", value_name = "NAME=VALUE", value_parser = name_value)]
    inputs: Vec<(String, String)>,
}

/// Plays the workflows of a document; fails at the first criterion that does not hold.
pub(crate) async fn play(options: &Options) -> Result<()> {
    let document: Document = read(&options.document)?;
    let folder = options.document.parent().unwrap_or(Path::new("."));
    let source = document
        .source_descriptions
        .first()
        .context("a document names its source")?;
    let operations =
        operations::read(&read(&folder.join(&source.url))?).with_context(|| source.name.clone())?;
    let wrong = check::check(&document, &operations);
    if !wrong.is_empty() {
        bail!(
            "{} is wrong:\n  {}",
            options.document.display(),
            wrong.join("\n  ")
        );
    }
    println!("{} {}", document.info.title, document.info.version);
    let wanted = |name: &str| {
        options
            .workflow
            .as_ref()
            .is_none_or(|workflow| workflow == name)
    };
    let mut played = 0;
    for workflow in document
        .workflows
        .iter()
        .filter(|workflow| wanted(&workflow.id))
    {
        println!(
            "== {}: {}",
            workflow.id,
            workflow.summary.as_deref().unwrap_or_default()
        );
        let buyer = accounts::of("buyer", &options.accounts)?;
        let key = format!("{}-{}", workflow.id, std::process::id());
        let usual = [
            ("email", buyer.email),
            ("password", buyer.password),
            ("idempotency_key", key),
        ];
        let mut inputs: BTreeMap<String, Value> = usual
            .into_iter()
            .filter(|(name, _)| workflow.inputs.properties.contains_key(*name))
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect();
        let given = options.inputs.iter().cloned();
        inputs.extend(given.map(|(name, value)| (name, Value::from(value))));
        let mut server = Http {
            http: http_client()?,
            base: options.api.trim_end_matches('/').to_owned(),
        };
        let outputs = runner::run(workflow, &operations, &inputs, &mut server).await?;
        for (name, value) in outputs {
            println!("    {name}: {value}");
        }
        played += 1;
    }
    if played == 0 {
        bail!("{} has no such workflow", options.document.display());
    }
    println!("\nAll criteria of {played} workflows hold.");
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

fn name_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A server that is running.
struct Http {
    http: reqwest::Client,
    base: String,
}

impl Server for Http {
    async fn ask(&mut self, request: Request) -> Result<Response> {
        let method = Method::from_bytes(request.method.as_bytes())?;
        let mut ask = self
            .http
            .request(method, format!("{}{}", self.base, request.path));
        for (name, value) in request.headers {
            ask = ask.header(name, value);
        }
        if let Some(body) = request.body {
            ask = ask.body(serde_json::to_vec(&body)?);
        }
        let answer = ask.send().await?;
        let headers = answer.headers().iter().filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        });
        let (status, headers) = (answer.status().as_u16(), headers.collect());
        let bytes = answer.bytes().await?;
        Ok(Response {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        })
    }
}
