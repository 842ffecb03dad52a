//! `tenon asyncapi`: prints the document of the public events.

use std::process::ExitCode;

use tenon_server::compose::API;

pub(crate) fn run() -> ExitCode {
    println!("{:#}", notifications::asyncapi_document(API.version));
    ExitCode::SUCCESS
}
