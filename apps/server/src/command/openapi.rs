//! `tenon openapi`: prints the API's document, the table of who may do what, or that of conventions.

use std::process::ExitCode;

use tenon_kernel::Env;
use tenon_web::{conventions_table, openapi_document, policy_table};

use tenon_server::compose::{API, Tenon};
use tenon_server::settings::ServerSettings;

const CONVENTIONS: &str = "\
# Conventions of the REST API

Made by `tenon openapi --conventions` from the endpoints; do not edit. What they mean says the \
[OpenAPI document](openapi.json), why they are so [ADR 31](adr/0031-the-form-of-an-answer-is-the-edges-business.md). On every \
operation `traceparent` is continued, `Accept` has to take what is answered, and a problem document tells what is wrong.

- *who*: the policy; `bearer` is a secret that the handler checks. *scope*: what a program's token needs.
- *`ETag`*: the answer names a version; where it is read, `If-None-Match` gets 304.
- *pages*: `limit` and `cursor`. *`fields`*: `?fields=id,total.amount` for sparse answers.
- *`Prefer`*: what is taken of RFC 7240. Others are ignored, or refused with `handling=strict`.
- *body*: the longest that is read.
";

pub(crate) async fn run(policies: bool, conventions: bool) -> anyhow::Result<ExitCode> {
    // Endpoints are values of built modules, so this builds them over an empty, temporary installation.
    let folder = std::env::temp_dir().join(format!("tenon-openapi-{}", std::process::id()));
    let env = Env::system();
    let settings = ServerSettings {
        data_dir: folder.clone(),
        ..ServerSettings::default()
    };
    let tenon = Tenon::build(&settings, &env).await?;
    let endpoints = tenon.endpoints;
    if policies {
        println!(
            "# Who may do what\n\nMade by `tenon openapi --policies` from the endpoints; do not edit.\n"
        );
        println!("| operation | method and path | policy |\n|---|---|---|");
        for (method, path, operation, policy) in policy_table(&endpoints) {
            println!("| {operation} | `{method} {path}` | {policy:?} |");
        }
    } else if conventions {
        print!("{CONVENTIONS}\n{}", conventions_table(&endpoints));
    } else {
        println!("{:#}", openapi_document(&API, &endpoints));
    }
    tenon.node.close().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(ExitCode::SUCCESS)
}
