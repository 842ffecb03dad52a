//! Our own pages: what they are made of, and the cookie of the browser.

use std::sync::Arc;

use http::StatusCode;
use tenon_web::Reply;

use super::page::Pages;
use crate::domain::federation::FLOW_LIFE;
use crate::domain::secret::SecretToken;
use crate::service::Service;
use crate::service::federation::Begun;
use crate::service::oauth::{Failure, Step};

/// The prefix makes browsers refuse the cookie unless it comes over TLS from this very host (RFC 6265bis §4.1.3.2).
const COOKIE: &str = "__Host-tenon_session";
/// Where there is no TLS because nothing leaves the machine: not every browser and library takes the other one there.
const LOOPBACK_COOKIE: &str = "tenon_session";
const FEDERATION_COOKIE: &str = "__Host-tenon_federation";
const LOOPBACK_FEDERATION_COOKIE: &str = "tenon_federation";

/// What the pages are answered with.
pub(in crate::http) struct Site {
    pub(in crate::http) service: Arc<Service>,
    pages: Pages,
}

impl Site {
    pub(in crate::http) fn new(service: Arc<Service>) -> Self {
        Self {
            service,
            pages: Pages::new(),
        }
    }

    /// The name of the cookie.
    pub(super) fn cookie_name(&self) -> &'static str {
        if self.service.settings.serves_tls() {
            COOKIE
        } else {
            LOOPBACK_COOKIE
        }
    }

    /// Answers with the next step; `cookie` is that of a session that begins.
    pub(super) fn answer(&self, step: &Step, cookie: Option<&SecretToken>) -> Reply {
        let reply = match step {
            Step::Stop(why) => self.pages.stop(StatusCode::BAD_REQUEST, why),
            Step::Redirect(location) => Reply::see_other(location),
            Step::Consent(page) => self.pages.consent(page),
            Step::Code(page) => {
                let reply = self.pages.code(status(page.failure), page);
                with_wait(reply, page.failure)
            }
            Step::SignIn(page) => {
                let reply = self.pages.sign_in(status(page.failure), page);
                let reply = with_wait(reply, page.failure);
                return self.with_cookie(reply, page.new_cookie.as_ref());
            }
        };
        self.with_cookie(reply, cookie)
    }

    /// The name of the cookie that binds what a provider answers to the browser that went there.
    pub(in crate::http) fn federation_cookie_name(&self) -> &'static str {
        if self.service.settings.serves_tls() {
            FEDERATION_COOKIE
        } else {
            LOOPBACK_FEDERATION_COOKIE
        }
    }

    /// Sends a browser to a provider. The cookie comes back with the answer, which another site begins: `Lax` lets it.
    pub(in crate::http) fn send_to_provider(&self, begun: &Begun) -> Reply {
        let name = self.federation_cookie_name();
        let life = FLOW_LIFE.as_secs();
        let cookie = self.cookie(name, &begun.cookie);
        Reply::see_other(&begun.location)
            .header("set-cookie", format!("{cookie}; Max-Age={life}"))
            .header("referrer-policy", "no-referrer")
            .cache_control("no-store")
    }

    /// A page about a request that cannot be read.
    pub(super) fn unreadable(&self, detail: &str) -> Reply {
        self.pages.stop(StatusCode::BAD_REQUEST, detail)
    }

    fn with_cookie(&self, reply: Reply, cookie: Option<&SecretToken>) -> Reply {
        let Some(cookie) = cookie else { return reply };
        reply.header("set-cookie", self.cookie(self.cookie_name(), cookie))
    }

    fn cookie(&self, name: &str, value: &SecretToken) -> String {
        let secure = if self.service.settings.serves_tls() {
            "; Secure"
        } else {
            ""
        };
        let value = value.expose();
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
    }
}

fn with_wait(reply: Reply, failure: Option<Failure>) -> Reply {
    match failure {
        Some(Failure::TooManyAttempts { retry_after_ms }) => {
            reply.header("retry-after", retry_after_ms.div_ceil(1_000).to_string())
        }
        _ => reply,
    }
}

fn status(failure: Option<Failure>) -> StatusCode {
    match failure {
        None => StatusCode::OK,
        Some(Failure::Stale) => StatusCode::BAD_REQUEST,
        Some(
            Failure::Refused
            | Failure::WrongCode
            | Failure::PasskeyRefused
            | Failure::ProviderDeclined
            | Failure::ProviderRefused
            | Failure::ProviderEmailUnverified
            | Failure::IdentityNotLinked,
        ) => StatusCode::UNAUTHORIZED,
        Some(Failure::ProviderUnavailable) => StatusCode::SERVICE_UNAVAILABLE,
        Some(Failure::TooManyAttempts { .. }) => StatusCode::TOO_MANY_REQUESTS,
    }
}
