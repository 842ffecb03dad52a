//! Pages that work without a script, for whichever browser a program has sent here. Passkeys alone need one, of ours.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use minijinja::{Environment, Value, context};
use tenon_web::Reply;

use crate::domain::oauth::redirect::{form_action_source, with_parameters};
use crate::domain::oauth::scopes::KNOWN;
use crate::service::oauth::{CodePage, ConsentPage, Failure, SignInPage};

const STYLE: &str = include_str!("pages/style.css");
const SCRIPT: &str = include_str!("pages/passkey.js");

/// The pages, ready to be filled. Templates named `.html` escape everything that is put in.
pub(super) struct Pages {
    templates: Environment<'static>,
    /// The hash of the one style that is taken (CSP level 3 §6.7.2).
    style_source: String,
    /// The hash of the one script that is run.
    script_source: String,
}

impl Pages {
    pub(super) fn new() -> Self {
        let mut templates = Environment::new();
        for (name, source) in [
            ("layout.html", include_str!("pages/layout.html")),
            ("passkey.html", include_str!("pages/passkey.html")),
            ("sign_in.html", include_str!("pages/sign_in.html")),
            ("code.html", include_str!("pages/code.html")),
            ("consent.html", include_str!("pages/consent.html")),
            ("stop.html", include_str!("pages/stop.html")),
        ] {
            templates
                .add_template(name, source)
                .expect("our own templates can be read");
        }
        Self {
            templates,
            style_source: source_of(STYLE),
            script_source: source_of(SCRIPT),
        }
    }

    pub(super) fn sign_in(&self, status: StatusCode, page: &SignInPage) -> Reply {
        let failure = page.failure.map(words);
        let elsewhere: Vec<Value> = page
            .providers
            .iter()
            .map(|provider| {
                let to = with_parameters(
                    &format!("/oauth/federation/{}", provider.name),
                    &[("request", &page.request)],
                );
                context! { to => to, name => provider.display_name.as_str() }
            })
            .collect();
        let values = context! {
            client => page.client_name.as_str(), request => page.request.as_str(), token => page.form_token.as_str(),
            email => page.email.as_str(), failure => failure, script => page.takes_passkey.then_some(SCRIPT),
            elsewhere => elsewhere,
        };
        self.fill("sign_in.html", status, values, Some(&page.redirect_uri))
    }

    pub(super) fn code(&self, status: StatusCode, page: &CodePage) -> Reply {
        let failure = page.failure.map(words);
        let values = context! {
            client => page.client_name.as_str(), request => page.request.as_str(), token => page.form_token.as_str(),
            challenge => page.challenge.expose(), failure => failure, script => page.takes_passkey.then_some(SCRIPT),
        };
        self.fill("code.html", status, values, Some(&page.redirect_uri))
    }

    pub(super) fn consent(&self, page: &ConsentPage) -> Reply {
        let wishes: Vec<&str> = KNOWN
            .iter()
            .filter(|(scope, _)| page.scope.contains(scope))
            .map(|(_, wish)| *wish)
            .collect();
        let leads_to = form_action_source(&page.redirect_uri);
        let values = context! {
            client => page.client_name.as_str(), request => page.request.as_str(), token => page.form_token.as_str(),
            email => page.email.as_str(), wishes => wishes, leads_to => leads_to,
        };
        self.fill(
            "consent.html",
            StatusCode::OK,
            values,
            Some(&page.redirect_uri),
        )
    }

    pub(super) fn stop(&self, status: StatusCode, why: &str) -> Reply {
        self.fill("stop.html", status, context! { why => why }, None)
    }

    /// `leads_to`: where the forms of the page may end up beside here.
    fn fill(&self, name: &str, status: StatusCode, values: Value, leads_to: Option<&str>) -> Reply {
        // Only a page that has the script may run it, and ask us something.
        let has_script = values
            .get_attr("script")
            .is_ok_and(|script| script.is_true());
        let script = if has_script {
            format!("script-src {}; connect-src 'self'; ", self.script_source)
        } else {
            String::new()
        };
        let template = self
            .templates
            .get_template(name)
            .expect("a template of our own");
        let page = template
            .render(context! { style => STYLE, ..values })
            .expect("a template of our own takes any text");
        let form_action = match leads_to {
            None => "'none'".to_owned(),
            Some(uri) => format!("'self' {}", form_action_source(uri).unwrap_or_default()),
        };
        let style = &self.style_source;
        let policy = format!(
            "default-src 'none'; style-src {style}; {script}form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
        );
        Reply::html(status, page)
            .header("content-security-policy", policy)
            // With `no-referrer` browsers send `Origin: null` with a form, as they do from anywhere (Fetch §4.2).
            .header("referrer-policy", "same-origin")
            .header("x-frame-options", "DENY")
    }
}

/// The source under which one text is taken, and no other (CSP level 3 §6.7.2).
fn source_of(text: &str) -> String {
    let hash = STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!("'sha256-{hash}'")
}

fn words(failure: Failure) -> String {
    match failure {
        Failure::Stale => "This page was out of date. Please try again.".to_owned(),
        Failure::Refused => {
            "The e-mail address or the password is wrong, or the account cannot be used.".to_owned()
        }
        Failure::WrongCode => "The code is wrong, too old, or was used before.".to_owned(),
        Failure::PasskeyRefused => {
            "This passkey was not accepted. Try again, or sign in another way.".to_owned()
        }
        Failure::TooManyAttempts { retry_after_ms } => format!(
            "Too many attempts. Try again in {} seconds.",
            retry_after_ms.div_ceil(1_000)
        ),
        Failure::ProviderDeclined => {
            "The sign-in with the other account was not completed. Try again, or sign in another way.".to_owned()
        }
        Failure::ProviderUnavailable => {
            "The other provider cannot be reached now. Try again later, or sign in another way.".to_owned()
        }
        Failure::ProviderRefused => {
            "The sign-in with the other account was not accepted. Try again, or sign in another way.".to_owned()
        }
        Failure::ProviderEmailUnverified => {
            "The other provider does not confirm your e-mail address, so no account can be made of it.".to_owned()
        }
        Failure::IdentityNotLinked => {
            "There is an account with your e-mail address already. Sign in to it with its password, then link the other account in your settings.".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::SecretToken;
    use crate::service::federation::ShownProvider;
    use tenon_access::Scope;

    const NASTY: &str = "\"><script>alert('x')</script>&";

    fn body(reply: &Reply) -> String {
        format!("{reply:?}")
    }

    /// Everything that a stranger can bring stands escaped.
    #[test]
    fn nothing_that_comes_from_elsewhere_is_markup() {
        let pages = Pages::new();
        let nasty = || NASTY.to_owned();
        let redirect_uri = "https://c.example/cb".to_owned();
        let sign_in = SignInPage {
            client_name: nasty(),
            redirect_uri: redirect_uri.clone(),
            request: nasty(),
            form_token: nasty(),
            new_cookie: None,
            email: nasty(),
            failure: Some(Failure::Refused),
            takes_passkey: true,
            providers: vec![ShownProvider {
                name: "acme".to_owned(),
                display_name: nasty(),
            }],
        };
        let consent = ConsentPage {
            client_name: nasty(),
            redirect_uri,
            email: nasty(),
            scope: Scope::parse("openid api:write").expect("a scope"),
            request: nasty(),
            form_token: nasty(),
        };
        let code = CodePage {
            client_name: nasty(),
            redirect_uri: "https://c.example/cb".to_owned(),
            request: nasty(),
            form_token: nasty(),
            challenge: SecretToken::from_bytes(&[7; 32]),
            failure: Some(Failure::WrongCode),
            takes_passkey: true,
        };
        for reply in [
            pages.sign_in(StatusCode::OK, &sign_in),
            pages.code(StatusCode::OK, &code),
            pages.consent(&consent),
            pages.stop(StatusCode::BAD_REQUEST, NASTY),
        ] {
            let text = body(&reply);
            assert!(text.contains("&lt;script&gt;"), "{text}");
            assert!(!text.contains("<script>"), "{text}");
        }
    }
}
