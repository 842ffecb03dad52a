//! Whom passkeys are made for: a domain and its origins.

use identity_passkeys::RelyingParty;
use url::Url;

use super::{IdentitySettings, IdentitySettingsError};
use crate::domain::oauth::redirect::is_loopback;

impl IdentitySettings {
    /// Whom passkeys are made for; `None` where the public URL has no domain that browsers make passkeys for, and none is set.
    ///
    /// # Errors
    ///
    /// [`IdentitySettingsError`] where domain and origins do not go together.
    pub(crate) fn relying_party(&self) -> Result<Option<RelyingParty>, IdentitySettingsError> {
        let url = Url::parse(&self.issuer).ok();
        let (domain, origin) = url.as_ref().and_then(own_domain).unzip();
        let domain = if self.passkey_domain.is_empty() {
            domain
        } else {
            Some(self.passkey_domain.clone())
        };
        let Some(domain) = domain else {
            return match self.passkey_origins.first() {
                Some(_) => Err(IdentitySettingsError::new(
                    "passkey_domain",
                    "must be there with passkey_origins: the public URL has no domain",
                )),
                None => Ok(None),
            };
        };
        let mut origins = Vec::new();
        for text in &self.passkey_origins {
            origins.push(read_origin(text)?);
        }
        if origins.is_empty() {
            origins.extend(origin);
        }
        let party = RelyingParty::new(&domain, &domain, &origins).map_err(|error| {
            let key = if self.passkey_origins.is_empty() {
                "passkey_domain"
            } else {
                "passkey_origins"
            };
            IdentitySettingsError::new(key, error.to_string())
        });
        party.map(Some)
    }
}

/// The domain and origin of an address where browsers make passkeys: over TLS, or on this machine, which has a name for that.
fn own_domain(url: &Url) -> Option<(String, Url)> {
    let mut origin = url.clone();
    origin.set_path("");
    origin.set_query(None);
    if is_loopback(url) {
        origin.set_host(Some("localhost")).ok()?;
        return Some(("localhost".to_owned(), origin));
    }
    let is_safe = url.scheme() == "https";
    is_safe.then(|| Some((url.domain()?.to_owned(), origin)))?
}

fn read_origin(text: &str) -> Result<Url, IdentitySettingsError> {
    let url = Url::parse(text).ok();
    let url = url.filter(|url| {
        (url.scheme() == "https" || is_loopback(url))
            && url.origin().ascii_serialization() == text.trim_end_matches('/')
    });
    url.ok_or_else(|| {
        let problem =
            format!("{text} is no origin: https://, and a domain, such as https://shop.example");
        IdentitySettingsError::new("passkey_origins", problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The domain of an installation, or what is wrong with it.
    fn domain(issuer: &str, domain: &str, origins: &[&str]) -> Result<Option<String>, String> {
        let settings = IdentitySettings {
            issuer: issuer.to_owned(),
            passkey_domain: domain.to_owned(),
            passkey_origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            ..IdentitySettings::default()
        };
        let party = settings.relying_party().map_err(|error| error.key)?;
        Ok(party.map(|party| party.id().to_owned()))
    }

    #[test]
    fn passkeys_are_made_for_the_domain_of_the_public_url_unless_said() {
        let is = |name: &str| Ok(Some(name.to_owned()));
        assert_eq!(
            domain("https://shop.example/x", "", &[]),
            is("shop.example")
        );
        for here in [
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost:80",
        ] {
            assert_eq!(domain(here, "", &[]), is("localhost"), "{here}");
        }
        for none in ["https://10.0.0.1", "http://shop.example", "nonsense"] {
            assert_eq!(domain(none, "", &[]), Ok(None), "{none}");
        }
        let api = "https://api.shop.example";
        assert_eq!(domain(api, "shop.example", &[]), is("shop.example"));
        let origins = ["https://www.shop.example", "https://api.shop.example"];
        assert_eq!(domain(api, "shop.example", &origins), is("shop.example"));
        assert_eq!(
            domain("http://10.0.0.1", "shop.example", &origins),
            is("shop.example")
        );
    }

    #[test]
    fn a_domain_and_origins_that_do_not_go_together_are_named() {
        let wrong = |key: &str| Err(key.to_owned());
        let api = "https://api.shop.example";
        assert_eq!(domain(api, "evil.example", &[]), wrong("passkey_domain"));
        let none = "http://10.0.0.1";
        assert_eq!(
            domain(none, "", &["https://shop.example"]),
            wrong("passkey_domain")
        );
        for origin in [
            "https://evil.example",
            "http://api.shop.example",
            "https://api.shop.example/x",
            "x",
        ] {
            assert_eq!(
                domain(api, "", &[origin]),
                wrong("passkey_origins"),
                "{origin}"
            );
        }
    }
}
