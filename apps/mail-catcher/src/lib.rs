//! A mail server for development and tests: takes every message, delivers none, shows them on a page. It takes text messages
//! and messages to devices too, over the API of a provider.
//!
//! It fails on order ([`MailCatcher::fail_next`]), so that tests can meet a mail provider on a bad day.
//! Nothing here is for the open internet: there is no authentication and no encryption.

mod fault;
mod mailbox;
mod smtp;
mod web;

use std::net::{Ipv4Addr, SocketAddr};

use tenon_kernel::Env;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::fault::Fault;
use self::fault::Faults;
use self::mailbox::Mailbox;
pub use self::mailbox::{Header, Mail};

/// Where to listen, and how much to keep.
#[derive(Debug, Clone)]
pub struct CatcherOptions {
    /// Where messages come in; port 0 takes a free one.
    pub smtp: SocketAddr,
    /// Where people look; port 0 takes a free one.
    pub http: SocketAddr,
    /// How many messages are kept; the oldest makes room.
    pub keep: usize,
    /// Largest message in bytes.
    pub max_size: usize,
}

/// A running catcher; stops when dropped.
#[derive(Debug)]
pub struct MailCatcher {
    smtp_addr: SocketAddr,
    http_addr: SocketAddr,
    mailbox: Mailbox,
    faults: Faults,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Default for CatcherOptions {
    /// Free ports on this machine only.
    fn default() -> Self {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            smtp: anywhere,
            http: anywhere,
            keep: 200,
            max_size: 10 * 1024 * 1024,
        }
    }
}

impl MailCatcher {
    /// Opens both listeners; on return messages can be sent.
    pub async fn start(options: CatcherOptions) -> std::io::Result<Self> {
        let smtp = TcpListener::bind(options.smtp).await?;
        let http = TcpListener::bind(options.http).await?;
        let catcher = Self {
            smtp_addr: smtp.local_addr()?,
            http_addr: http.local_addr()?,
            mailbox: Mailbox::keeping(options.keep),
            faults: Faults::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let shared = smtp::Shared {
            env: Env::system(),
            mailbox: catcher.mailbox.clone(),
            faults: catcher.faults.clone(),
            max_size: options.max_size,
            stop: catcher.stop.clone(),
        };
        catcher
            .tasks
            .spawn(smtp::listen(smtp, shared, catcher.tasks.clone()));
        let router = web::router(catcher.mailbox.clone(), catcher.faults.clone());
        catcher
            .tasks
            .spawn(web::serve(http, router, catcher.stop.clone()));
        Ok(catcher)
    }

    /// Where messages come in.
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp_addr
    }

    /// Where people look.
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Where a provider's API is, for text messages and messages to devices.
    pub fn texts_url(&self) -> String {
        format!("http://{}/api/texts", self.http_addr)
    }

    /// Returns the caught messages, oldest first.
    pub fn messages(&self) -> Vec<Mail> {
        self.mailbox.list(None)
    }

    /// Returns the caught messages to one recipient, oldest first.
    pub fn messages_to(&self, recipient: &str) -> Vec<Mail> {
        self.mailbox.list(Some(recipient))
    }

    /// Forgets all messages and all failures still to come.
    pub fn clear(&self) {
        self.mailbox.clear();
        self.faults.clear();
    }

    /// Makes the next `count` deliveries fail in one way; calls add up.
    pub fn fail_next(&self, count: usize, fault: Fault) {
        self.faults.push(count, fault);
    }

    /// Closes both listeners and ends every conversation.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for MailCatcher {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
