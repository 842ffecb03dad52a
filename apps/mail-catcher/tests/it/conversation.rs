//! SMTP, through lettre and byte by byte.

use std::time::Duration;

use lettre::Message;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use mail_catcher::{CatcherOptions, Fault, MailCatcher};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn catcher() -> MailCatcher {
    MailCatcher::start(CatcherOptions {
        max_size: 100_000,
        ..CatcherOptions::default()
    })
    .await
    .expect("ports are free")
}

/// Sends over a connection of its own; lettre has no timeout for answers, so it is set here.
async fn send(catcher: &MailCatcher) -> Outcome {
    let attempt = async {
        let hello = ClientId::Domain("test".to_owned());
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(catcher.smtp_addr(), None, &hello, None, None)
                .await?;
        let card = greeting_card();
        connection.send(card.envelope(), &card.formatted()).await
    };
    match tokio::time::timeout(Duration::from_millis(500), attempt).await {
        Ok(Ok(_)) => Outcome::Sent,
        Ok(Err(error)) if error.is_permanent() => Outcome::Refused,
        Ok(Err(error)) if error.is_transient() => Outcome::RefusedForNow,
        Ok(Err(_)) => Outcome::Broken,
        Err(_elapsed) => Outcome::Silence,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Sent,
    Refused,
    RefusedForNow,
    Broken,
    Silence,
}

fn greeting_card() -> Message {
    let mailbox = |text: &str| text.parse::<Mailbox>().expect("valid address");
    Message::builder()
        .from(mailbox("Shop <shop@example.com>"))
        .to(mailbox("Ada <ada@example.com>"))
        .subject("Grüße aus dem Laden")
        .message_id(Some("<card-1@example.com>".to_owned()))
        .multipart(MultiPart::alternative_plain_html(
            "Hello,\r\n.dots at the start stay\r\n..all of them\r\nhttps://shop.test/verify?token=abc\r\n".to_owned(),
            "<p>Hello, <b>Ada</b></p>".to_owned(),
        ))
        .expect("valid message")
}

/// Sends `input` and returns everything the catcher says until it closes.
async fn talk(catcher: &MailCatcher, input: &[u8]) -> String {
    let mut stream = TcpStream::connect(catcher.smtp_addr())
        .await
        .expect("it listens");
    stream.write_all(input).await.expect("it reads");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .expect("it answers in text");
    answer
}

fn codes(answer: &str) -> Vec<&str> {
    answer
        .lines()
        .filter(|line| line.as_bytes().get(3) == Some(&b' '))
        .map(|line| &line[..3])
        .collect()
}

#[tokio::test]
async fn a_message_arrives_as_it_was_written() {
    let catcher = catcher().await;
    assert_eq!(send(&catcher).await, Outcome::Sent);

    let [mail] = catcher
        .messages_to("ADA@example.com")
        .try_into()
        .expect("one message");
    assert_eq!(mail.subject, "Grüße aus dem Laden");
    assert_eq!(mail.message_id.as_deref(), Some("card-1@example.com"));
    assert_eq!(mail.links(), ["https://shop.test/verify?token=abc"]);
    let text = mail.text.expect("it has a text part");
    assert!(text.contains("\n.dots at the start stay"), "{text}");
    assert!(text.contains("\n..all of them"), "{text}");
    assert_eq!(
        mail.html.as_deref().map(str::trim),
        Some("<p>Hello, <b>Ada</b></p>")
    );
}

#[tokio::test]
async fn each_failure_on_order_happens_once() {
    let catcher = catcher().await;
    for fault in [
        Fault::Refuse,
        Fault::TempFail,
        Fault::Hang,
        Fault::LoseReply,
    ] {
        catcher.fail_next(1, fault);
    }

    assert_eq!(send(&catcher).await, Outcome::Refused);
    assert_eq!(send(&catcher).await, Outcome::RefusedForNow);
    assert_eq!(send(&catcher).await, Outcome::Silence);
    assert_eq!(catcher.messages().len(), 0);
    assert_eq!(send(&catcher).await, Outcome::Broken);
    assert_eq!(catcher.messages().len(), 1);

    assert_eq!(send(&catcher).await, Outcome::Sent);
    assert_eq!(catcher.messages().len(), 2);
}

#[tokio::test]
async fn commands_in_the_wrong_order_are_refused() {
    let catcher = catcher().await;
    let answer = talk(
        &catcher,
        b"MAIL FROM:<a@b>\r\nHELO me\r\nRCPT TO:<c@d>\r\nDATA\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\nRCPT TO:<>\r\nAUTH PLAIN\r\nWHAT\r\nRSET\r\nRCPT TO:<c@d>\r\nNOOP\r\nQUIT\r\n",
    )
    .await;
    assert_eq!(
        codes(&answer),
        [
            "220", "503", "250", "503", "503", "250", "503", "503", "501", "502", "500", "250",
            "503", "250", "221"
        ]
    );
    assert_eq!(catcher.messages().len(), 0);
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_and_the_conversation_goes_on() {
    let catcher = catcher().await;
    let mut input = b"EHLO me\r\nMAIL FROM:<a@b> SIZE=100001\r\nMAIL FROM:<a@b> SIZE=10\r\nRCPT TO:<c@d>\r\nDATA\r\n".to_vec();
    input.extend(std::iter::repeat_n(b"0123456789\r\n".as_slice(), 10_000).flatten());
    input.extend(b".\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nsmall\r\n.\r\nQUIT\r\n");
    let answer = talk(&catcher, &input).await;
    assert_eq!(
        codes(&answer),
        [
            "220", "250", "552", "250", "250", "354", "552", "250", "250", "354", "250", "221"
        ]
    );
    assert_eq!(catcher.messages().len(), 1);
}

/// A bare line feed must not end the text early: that is how a second message is smuggled in.
#[tokio::test]
async fn a_dot_between_bare_line_feeds_does_not_end_the_text() {
    let catcher = catcher().await;
    let input = b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\none\n.\nMAIL FROM:<evil@b>\r\n.\r\nQUIT\r\n";
    let answer = talk(&catcher, input).await;
    assert_eq!(
        codes(&answer),
        ["220", "250", "250", "250", "354", "250", "221"]
    );
    assert_eq!(catcher.messages().len(), 1);
}

#[tokio::test]
async fn nonsense_ends_the_conversation() {
    let catcher = catcher().await;
    let answer = talk(&catcher, "nonsense\r\n".repeat(50).as_bytes()).await;
    assert_eq!(codes(&answer).last(), Some(&"421"));
}
