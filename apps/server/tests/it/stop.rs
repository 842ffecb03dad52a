//! A server that is told to stop gives its balancer time to notice.

use std::time::Duration;

use reqwest::StatusCode;
use tenon_testkit::TestEngine;

use crate::server::{Installation, Topology};

#[tokio::test]
async fn who_is_told_to_stop_serves_on_while_it_says_that_it_is_not_ready() {
    let mut installation = Installation::empty(TestEngine::Sqlite, Topology::Local).await;
    let delay = "web.stop_delay_seconds=3600".to_owned(); // ended by the second signal
    installation.gateway().settings.push(delay);
    installation.serve().await;
    let operations = installation.gateway().operations;
    let ready = format!("http://127.0.0.1:{operations}/readyz");
    let products = format!("{}/v1/products", installation.api);
    let http = installation.http.clone();
    let status = async |url: &str| http.get(url).send().await.expect("an answer").status();

    installation.gateway().ask_to_stop();
    while status(&ready).await != StatusCode::SERVICE_UNAVAILABLE {
        tokio::time::sleep(Duration::from_millis(10)).await; // another process, in real time
    }
    assert_eq!(status(&products).await, StatusCode::OK);
    installation.gateway().stop();
    assert!(http.get(&products).send().await.is_err(), "it is gone");
}
