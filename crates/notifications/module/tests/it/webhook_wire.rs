//! Webhooks over real connections: what stands on the wire, and what is never connected to.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tenon_outbound::{Egress, EgressConfig, Lookup};
use tenon_testkit::engines;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::webhooks::{add, deliveries, hook, secret_bytes};
use crate::world::{World, product};

/// Takes one request after another and keeps them as they came.
struct Receiver {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port is free");
        let port = listener.local_addr().expect("bound").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut text, mut chunk) = (Vec::new(), [0; 4_096]);
                while !is_whole(&text) {
                    match stream.read(&mut chunk).await {
                        Ok(read) if read > 0 => text.extend_from_slice(&chunk[..read]),
                        _ => break,
                    }
                }
                let text = String::from_utf8_lossy(&text).into_owned();
                kept.lock().expect("no test panics here").push(text);
                let answer = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                drop(stream.write_all(answer.as_bytes()).await);
            }
        });
        Self { port, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test panics here").clone()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = header(head, "content-length").and_then(|text| text.parse().ok());
    length.is_none_or(|length: usize| body.len() >= length)
}

fn header<'t>(head: &'t str, name: &str) -> Option<&'t str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Every name stands for this machine.
struct Inward;

#[async_trait]
impl Lookup for Inward {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![Ipv4Addr::LOCALHOST.into()])
    }
}

fn egress(port: u16, networks: &[&str]) -> Arc<Egress> {
    let config = EgressConfig {
        user_agent: "Tenon-Webhooks/test".to_owned(),
        timeout: Duration::from_secs(2),
        allow_http: true,
        further_ports: vec![port],
        allowed_networks: networks
            .iter()
            .map(|text| text.parse().expect("a network"))
            .collect(),
    };
    Arc::new(Egress::new(config, Arc::new(Inward)).expect("TLS is there"))
}

#[tokio::test]
async fn what_stands_on_the_wire_can_be_verified() {
    for engine in engines() {
        let receiver = Receiver::start().await;
        let port = receiver.port;
        let world = World::with_sender(engine, &["catalog"], egress(port, &["127.0.0.0/8"])).await;
        let url = format!("http://hooks.test:{port}/in?tenant=1");
        let endpoint = add(&world, json!({ "url": url })).await;
        world.happens("catalog", &product(1)).await;
        assert_eq!(deliveries(&world, "").await[0]["state"], "delivered");

        let requests = receiver.requests();
        assert_eq!(requests.len(), 1);
        let (head, body) = requests[0].split_once("\r\n\r\n").expect("a request");
        assert!(head.starts_with("POST /in?tenant=1 HTTP/1.1\r\n"), "{head}");
        let header = |name| header(head, name).unwrap_or_else(|| panic!("{name} in {head}"));
        assert_eq!(header("user-agent"), "Tenon-Webhooks/test");
        assert_eq!(header("content-type"), "application/json");
        let event: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(event["id"], header("webhook-id"));
        let signed = format!(
            "{}.{}.{body}",
            header("webhook-id"),
            header("webhook-timestamp")
        );
        let key = aws_lc_rs::hmac::Key::new(
            aws_lc_rs::hmac::HMAC_SHA256,
            &secret_bytes(&endpoint.secret),
        );
        let expected = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
        let expected = STANDARD.encode(expected);
        assert_eq!(header("webhook-signature"), format!("v1,{expected}"));
    }
}

/// Whoever may add receivers learns nothing about what listens behind our own doors.
#[tokio::test]
async fn nothing_inside_is_ever_called() {
    for engine in engines() {
        let inside = Receiver::start().await;
        let port = inside.port;
        let world = World::with_sender(engine, &["catalog"], egress(port, &[])).await;
        for url in [
            format!("http://127.0.0.1:{port}/"),
            format!("http://2130706433:{port}/"),
            format!("http://[::ffff:127.0.0.1]:{port}/"),
            "https://169.254.169.254/latest/meta-data/".to_owned(),
            "https://ada:secret@hooks.test/".to_owned(),
            "https://hooks.test:22/".to_owned(),
            "file:///etc/passwd".to_owned(),
        ] {
            let new = hook(json!({ "url": url }));
            let reply = world.admin().post("/v1/webhook-endpoints").json(&new).await;
            assert_eq!(reply.expect(422)["errors"][0]["pointer"], "/url", "{url}");
        }
        // A name is checked when it is connected to.
        let url = format!("http://hooks.test:{port}/");
        add(&world, json!({ "url": url })).await;
        world.happens("catalog", &product(1)).await;
        let delivery = &deliveries(&world, "").await[0];
        assert_eq!(
            (&delivery["state"], &delivery["last_error"]),
            (&json!("pending"), &json!("not_allowed"))
        );
        assert_eq!(inside.requests(), Vec::<String>::new());
    }
}
