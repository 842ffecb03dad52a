//! `contracts`: prints every document as one JSON object, by the path it is committed under.

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

fn main() {
    println!("{:#}", serde_json::Value::Object(contracts::all()));
}
