//! The JSON API and the page.

use std::time::Duration;

use mail_catcher::{CatcherOptions, MailCatcher};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn with_mail() -> MailCatcher {
    let catcher = MailCatcher::start(CatcherOptions::default())
        .await
        .expect("ports are free");
    for (to, body) in [
        ("ada@example.com", "plain"),
        ("bob@example.com", "<script>alert(1)</script>"),
    ] {
        let content_type = if body.starts_with('<') {
            "text/html"
        } else {
            "text/plain"
        };
        let input = format!(
            "EHLO me\r\nMAIL FROM:<shop@example.com>\r\nRCPT TO:<{to}>\r\nDATA\r\nSubject: To {to}\r\nContent-Type: {content_type}\r\n\r\n{body}\r\n.\r\nQUIT\r\n"
        );
        let mut stream = TcpStream::connect(catcher.smtp_addr())
            .await
            .expect("it listens");
        stream.write_all(input.as_bytes()).await.expect("it reads");
        stream
            .read_to_end(&mut Vec::new())
            .await
            .expect("it closes after QUIT");
    }
    catcher
}

/// A provider's API: what is repeated under its id is kept once.
#[tokio::test]
async fn texts_stand_beside_mails() {
    let catcher = MailCatcher::start(CatcherOptions::default())
        .await
        .expect("ports are free");
    let text = json!({
        "id": "msg_1", "channel": "sms", "to": "+4915112345678", "title": "Order 1\r\nBcc: x placed", "text": "Thank you.",
        "link": "https://shop.test/1"
    });
    let url = format!("{}/messages", catcher.texts_url());
    for _again in 0..2 {
        let answer = browser().post(&url).json(&text).send().await;
        assert_eq!(answer.expect("it answers").status(), StatusCode::ACCEPTED);
    }
    let caught = catcher.messages_to("+4915112345678");
    assert_eq!(caught.len(), 1);
    assert_eq!(caught[0].subject, "Order 1  Bcc: x placed");
    assert_eq!(caught[0].header("bcc"), None);
    assert_eq!(caught[0].header("x-channel"), Some("sms"));
    assert_eq!(caught[0].links(), ["https://shop.test/1"]);

    catcher.fail_next(1, mail_catcher::Fault::Refuse);
    let refused = browser().post(&url).json(&text).send().await;
    assert_eq!(refused.expect("it answers").status(), StatusCode::GONE);
}

fn browser() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(5))
        .build()
        .expect("valid client")
}

#[tokio::test]
async fn messages_are_listed_newest_first_and_by_recipient() {
    let catcher = with_mail().await;
    let base = format!("http://{}/api/messages", catcher.http_addr());
    let subjects = |body: Value| -> Vec<String> {
        body["messages"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|mail| mail["subject"].as_str().expect("text").to_owned())
            .collect()
    };

    let all: Value = browser()
        .get(&base)
        .send()
        .await
        .expect("answered")
        .json()
        .await
        .expect("JSON");
    assert_eq!(subjects(all), ["To bob@example.com", "To ada@example.com"]);
    let url = format!("{base}?to=ada@example.com");
    let to_ada: Value = browser()
        .get(url)
        .send()
        .await
        .expect("answered")
        .json()
        .await
        .expect("JSON");
    assert_eq!(subjects(to_ada), ["To ada@example.com"]);

    let one: Value = browser()
        .get(format!("{base}/1"))
        .send()
        .await
        .expect("answered")
        .json()
        .await
        .expect("JSON");
    assert_eq!(one["text"].as_str().map(str::trim), Some("plain"));
    assert_eq!(one["html"], Value::Null);

    assert_eq!(
        browser()
            .get(format!("{base}/99"))
            .send()
            .await
            .expect("answered")
            .status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        browser()
            .delete(&base)
            .send()
            .await
            .expect("answered")
            .status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(catcher.messages().len(), 0);
}

#[tokio::test]
async fn a_caught_script_may_not_run() {
    let catcher = with_mail().await;
    let answer = browser()
        .get(format!("http://{}/messages/2/html", catcher.http_addr()))
        .send()
        .await
        .expect("answered");
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        policy.starts_with("sandbox allow-popups") && policy.contains("default-src 'none'"),
        "{policy}"
    );
    assert!(
        !policy.contains("allow-scripts") && !policy.contains("script-src"),
        "{policy}"
    );
}

#[tokio::test]
async fn the_page_needs_nothing_from_outside() {
    let catcher = with_mail().await;
    for path in ["", "page.css", "page.js"] {
        let answer = browser()
            .get(format!("http://{}/{path}", catcher.http_addr()))
            .send()
            .await
            .expect("answered");
        assert_eq!(answer.status(), StatusCode::OK);
        let body = answer.text().await.expect("text");
        for reference in ["src=\"http", "href=\"http", "url(", "@import", "import("] {
            assert!(!body.contains(reference), "{path} refers to {reference}");
        }
    }
}

#[tokio::test]
async fn failures_can_be_ordered_over_http() {
    let catcher = with_mail().await;
    let url = format!("http://{}/api/faults", catcher.http_addr());
    let body = json!({ "fault": "refuse", "count": 1 });
    assert_eq!(
        browser()
            .post(url)
            .json(&body)
            .send()
            .await
            .expect("answered")
            .status(),
        StatusCode::NO_CONTENT
    );

    let mut stream = TcpStream::connect(catcher.smtp_addr())
        .await
        .expect("it listens");
    stream
        .write_all(b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nQUIT\r\n")
        .await
        .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("text");
    assert!(answer.contains("550 "), "{answer}");
}
