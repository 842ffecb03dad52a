//! One SMTP conversation (RFC 5321), as much of it as a mail client needs.

use std::time::Duration;

use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::Shared;
use super::lines::{Line, read_line};
use crate::fault::Fault;
use crate::mailbox::Delivery;

/// RFC 5321 §4.5.3.1.4 asks for 512; extensions need more.
const COMMAND_LIMIT: usize = 2_048;
/// RFC 5321 §4.5.3.1.6 asks for 998; some clients send HTML unwrapped.
const TEXT_LINE_LIMIT: usize = 64 * 1_024;
const MAX_RECIPIENTS: usize = 100;
/// Wrong commands before the connection is closed.
const MAX_ERRORS: u32 = 20;
const IDLE: Duration = Duration::from_mins(1);

/// A conversation in progress.
pub(super) struct Session {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    shared: Shared,
    greeted: bool,
    mail: Option<Transaction>,
    errors: u32,
}

/// What `MAIL` and `RCPT` have said so far.
struct Transaction {
    from: String,
    to: Vec<String>,
    fault: Option<Fault>,
}

/// Whether the conversation goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Read,
    Close,
}

/// How reading a message's text ended.
enum Text {
    Complete(Vec<u8>),
    TooLarge,
    Closed,
}

impl Session {
    pub(super) fn new(stream: TcpStream, shared: Shared) -> Self {
        let (reader, writer) = stream.into_split();
        Self {
            reader: BufReader::new(reader),
            writer,
            shared,
            greeted: false,
            mail: None,
            errors: 0,
        }
    }

    /// Talks until one side closes.
    pub(super) async fn run(mut self) -> std::io::Result<()> {
        self.reply("220 mail-catcher ESMTP ready").await?;
        loop {
            let line = match tokio::time::timeout(IDLE, read_line(&mut self.reader, COMMAND_LIMIT))
                .await
            {
                Ok(line) => line?,
                Err(_elapsed) => return self.reply("421 idle for too long").await,
            };
            let next = match line {
                Line::Closed => return Ok(()),
                Line::TooLong => self.refuse("500 line too long").await?,
                Line::Complete(line) => match String::from_utf8(line) {
                    Ok(command) => self.command(&command).await?,
                    Err(_not_text) => self.refuse("500 not UTF-8").await?,
                },
            };
            if next == Next::Close {
                return self.writer.shutdown().await;
            }
        }
    }

    async fn command(&mut self, line: &str) -> std::io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "HELO" => self.greet(rest, false).await,
            "EHLO" => self.greet(rest, true).await,
            "MAIL" => self.mail(rest).await,
            "RCPT" => self.rcpt(rest).await,
            "DATA" => self.data().await,
            "RSET" => {
                self.mail = None;
                self.ok("250 forgotten").await
            }
            "NOOP" => self.ok("250 nothing done").await,
            "HELP" => self.ok("214 see RFC 5321").await,
            "VRFY" => self.ok("252 send it and see").await,
            "QUIT" => {
                self.reply("221 goodbye").await?;
                Ok(Next::Close)
            }
            "AUTH" | "STARTTLS" | "EXPN" | "TURN" => self.refuse("502 not implemented").await,
            _ => self.refuse("500 unknown command").await,
        }
    }

    async fn greet(&mut self, name: &str, extended: bool) -> std::io::Result<Next> {
        if name.trim().is_empty() {
            return self.refuse("501 say your name").await;
        }
        self.greeted = true;
        self.mail = None;
        if !extended {
            return self.ok("250 mail-catcher").await;
        }
        let size = self.shared.max_size;
        self.ok(&format!(
            "250-mail-catcher\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {size}"
        ))
        .await
    }

    async fn mail(&mut self, arguments: &str) -> std::io::Result<Next> {
        if !self.greeted {
            return self.refuse("503 say EHLO first").await;
        }
        if self.mail.is_some() {
            return self.refuse("503 one message at a time").await;
        }
        let Some((from, parameters)) = path("FROM:", arguments) else {
            return self.refuse("501 expected MAIL FROM:<address>").await;
        };
        let announced = parameters
            .iter()
            .find_map(|parameter| parameter.strip_prefix("SIZE=")?.parse::<usize>().ok());
        if announced.is_some_and(|size| size > self.shared.max_size) {
            return self.refuse("552 message too large").await;
        }
        self.mail = Some(Transaction {
            from,
            to: Vec::new(),
            fault: self.shared.faults.next(),
        });
        self.ok("250 go on").await
    }

    async fn rcpt(&mut self, arguments: &str) -> std::io::Result<Next> {
        let Some(mail) = &mut self.mail else {
            return self.refuse("503 say MAIL first").await;
        };
        match mail.fault {
            Some(Fault::Refuse) => return self.refuse("550 no such mailbox").await,
            Some(Fault::TempFail) => return self.refuse("451 try again later").await,
            Some(Fault::Hang | Fault::LoseReply) | None => {}
        }
        let recipient = path("TO:", arguments)
            .map(|(to, _)| to)
            .filter(|to| !to.is_empty());
        let Some(to) = recipient else {
            return self.refuse("501 expected RCPT TO:<address>").await;
        };
        if mail.to.len() >= MAX_RECIPIENTS {
            return self.refuse("452 too many recipients").await;
        }
        mail.to.push(to);
        self.ok("250 go on").await
    }

    async fn data(&mut self) -> std::io::Result<Next> {
        let Some(mail) = self.mail.take_if(|mail| !mail.to.is_empty()) else {
            return self.refuse("503 say MAIL and RCPT first").await;
        };
        self.reply("354 end with a dot on a line of its own")
            .await?;
        let raw = match self.text().await? {
            Text::Complete(raw) => raw,
            Text::TooLarge => return self.ok("552 message too large").await,
            Text::Closed => return Ok(Next::Close),
        };
        if mail.fault == Some(Fault::Hang) {
            self.shared.stop.cancelled().await;
            return Ok(Next::Close);
        }
        let received_at = self.shared.env.now();
        self.shared.mailbox.add(Delivery {
            received_at,
            from: mail.from,
            to: mail.to,
            raw,
        });
        if mail.fault == Some(Fault::LoseReply) {
            return Ok(Next::Close);
        }
        self.ok("250 kept").await
    }

    /// Reads up to the lone dot and takes the dots away that the sender doubled (RFC 5321 §4.5.2).
    async fn text(&mut self) -> std::io::Result<Text> {
        let mut text = Vec::new();
        let mut too_large = false;
        loop {
            let line = match tokio::time::timeout(
                IDLE,
                read_line(&mut self.reader, TEXT_LINE_LIMIT),
            )
            .await
            {
                Ok(line) => line?,
                Err(_elapsed) => return Ok(Text::Closed),
            };
            let line = match line {
                Line::Closed => return Ok(Text::Closed),
                Line::TooLong => {
                    too_large = true;
                    continue;
                }
                Line::Complete(line) => line,
            };
            if line == b"." {
                return Ok(if too_large {
                    Text::TooLarge
                } else {
                    Text::Complete(text)
                });
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            too_large |= text.len() + line.len() + 2 > self.shared.max_size;
            if !too_large {
                text.extend_from_slice(line);
                text.extend_from_slice(b"\r\n");
            }
        }
    }

    async fn ok(&mut self, answer: &str) -> std::io::Result<Next> {
        self.reply(answer).await?;
        Ok(Next::Read)
    }

    async fn refuse(&mut self, answer: &str) -> std::io::Result<Next> {
        self.errors += 1;
        if self.errors >= MAX_ERRORS {
            self.reply("421 too many errors").await?;
            return Ok(Next::Close);
        }
        self.ok(answer).await
    }

    async fn reply(&mut self, answer: &str) -> std::io::Result<()> {
        // One write: two would wait for each other's acknowledgement.
        self.writer
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
    }
}

/// Reads `FROM:<address> PARAMETER=value …`; parameters come back in capitals. An empty address is a bounce's sender.
fn path(keyword: &str, arguments: &str) -> Option<(String, Vec<String>)> {
    let arguments = arguments.trim_start();
    let (start, rest) = arguments.split_at_checked(keyword.len())?;
    if !start.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let (address, parameters) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    if address.contains(|character: char| {
        character.is_control() || character.is_whitespace() || character == '<'
    }) {
        return None;
    }
    Some((
        address.to_owned(),
        parameters
            .split_whitespace()
            .map(str::to_ascii_uppercase)
            .collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_with_their_parameters() {
        let read = path("FROM:", "from:<ada@example.com> SIZE=12 body=8bitmime").expect("valid");
        assert_eq!(
            read,
            (
                "ada@example.com".to_owned(),
                vec!["SIZE=12".to_owned(), "BODY=8BITMIME".to_owned()]
            )
        );
        assert_eq!(path("FROM:", "FROM:<>"), Some((String::new(), vec![])));
        for wrong in [
            "",
            "FROM:",
            "TO:<a@b>",
            "FROM:a@b",
            "FROM:<a@b",
            "FROM:<a b>",
            "ÄÄÄ:<a@b>",
        ] {
            assert_eq!(path("FROM:", wrong), None, "{wrong}");
        }
    }
}
