//! The stream of public events, through a gateway from a service, and over the ends of both.

use std::time::Duration;

use reqwest::Response;
use tenon_testkit::{TestEngine, engines};

use crate::buyer::{check_out, fill_cart, variants};
use crate::server::{Installation, Topology};

/// A stream, read event by event.
struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    async fn open(server: &Installation, token: &str, last: &str) -> Self {
        let url = format!("{}/v1/events/stream", server.api);
        for _ in 0..1_000 {
            let request = server.http.get(&url).bearer_auth(token);
            let request = request.header("last-event-id", last);
            let response = request.send().await.expect("an answer");
            // The way to a service that was gone is tried again after a moment.
            if response.status() == 503 {
                tokio::time::sleep(Duration::from_millis(20)).await; // another process, in real time
                continue;
            }
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()["content-type"], "text/event-stream");
            return Self {
                response,
                text: String::new(),
            };
        }
        panic!("no stream");
    }

    /// The next event or comment; `None` at the end.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let chunk = self.response.chunk().await.expect("it can be read")?;
            self.text
                .push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }

    /// Reads on to the event that has this in it; returns its id.
    async fn until(&mut self, text: &str) -> String {
        while let Some(block) = self.next().await {
            if block.contains(text) {
                let id = block
                    .lines()
                    .next()
                    .and_then(|line| line.strip_prefix("id: "));
                return id.unwrap_or_default().to_owned();
            }
        }
        panic!("the stream ended before {text}");
    }
}

async fn buy(server: &Installation, key: &str) -> String {
    let variant = variants(&server.http, &server.api).await.remove(0);
    let cart = fill_cart(&server.http, &server.api, &variant)
        .await
        .expect("a cart");
    let answer = check_out(&server.http, &server.api, &cart, key, "pm_success")
        .await
        .expect("an answer");
    assert_eq!(answer.body["status"], "completed", "{answer:?}");
    answer.body["order_id"].as_str().expect("an id").to_owned()
}

fn placed(order: &str) -> String {
    format!("\"type\":\"order.placed\",\"subject\":\"{order}\"")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_goes_through_the_gateway_and_on_after_the_service_was_gone() {
    for engine in engines() {
        let mut server = Installation::start(engine, Topology::Remote).await;
        let admin = server.token("admin").await;
        let mut stream = Stream::open(&server, &admin, "0").await;
        let first = buy(&server, "first").await;
        let last = stream.until(&placed(&first)).await;

        server.service("notifications").kill();
        stream
            .until("event: end\ndata: {\"reason\":\"unavailable\"}")
            .await;
        assert_eq!(stream.next().await, None);

        // Meanwhile somebody buys: it is told once the service is back, and nothing is told twice.
        let second = buy(&server, "second").await;
        server.serve().await;
        let mut stream = Stream::open(&server, &admin, &last).await;
        loop {
            let block = stream.next().await.expect("it goes on");
            assert!(!block.contains(&placed(&first)), "{block}");
            if block.contains(&placed(&second)) {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_says_so_to_its_readers_and_does_not_wait_for_them() {
    for topology in [Topology::Local, Topology::Remote] {
        let mut server = Installation::start(TestEngine::Sqlite, topology).await;
        let admin = server.token("admin").await;
        let mut stream = Stream::open(&server, &admin, "0").await;
        stream.until(": caught up").await;
        server.gateway().ask_to_stop();
        stream
            .until("event: end\ndata: {\"reason\":\"stopping\"}")
            .await;
        assert_eq!(stream.next().await, None, "{topology:?}");
        server.gateway().stop();
    }
}
