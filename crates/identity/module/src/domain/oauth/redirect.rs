//! Where browsers are sent back to.

use tenon_kernel::FieldError;
use url::{Host, Url};

const MAX_URI: usize = 2_000;

/// Checks a redirect URI that a client registers: absolute, `https`, or `http` on this machine; no fragment, no wildcard,
/// no user name (RFC 6749 §3.1.2, RFC 9700 §4.1.3). It is kept as it was written, and compared character by character.
pub(crate) fn check_redirect_uri(text: &str, pointer: &str) -> Result<(), FieldError> {
    let wrong = |detail: &str| FieldError::new(pointer, "bad_redirect_uri", detail);
    let is_plain =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b'*' | b'"' | b'<' | b'>' | b'\\' | b'`');
    if text.len() > MAX_URI || !text.bytes().all(is_plain) {
        return Err(wrong(
            "A redirect URI has at most 2,000 visible ASCII characters, none of them `*`.",
        ));
    }
    let url = Url::parse(text).map_err(|_| wrong("Expected an absolute URL."))?;
    if text.contains('#') {
        return Err(wrong("A redirect URI has no fragment."));
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        return Err(wrong("A redirect URI names no user."));
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        _ => Err(wrong(
            "Expected `https`, or `http` with 127.0.0.1, [::1] or localhost.",
        )),
    }
}

/// Says whether a URL leads to this machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Says whether whoever listens there is known by a certificate. Any program on a machine can listen on its loopback
/// address, so a consent that was given once says nothing about the next (RFC 8252 §8.6).
pub(crate) fn identifies_client(redirect_uri: &str) -> bool {
    redirect_uri.starts_with("https://")
}

/// The source of `form-action` under which a form may lead there. Browsers apply the policy of the page to where its
/// form ends up; its grammar has no IPv6 addresses (CSP level 3 §2.3.1), so those are allowed by scheme.
pub(crate) fn form_action_source(redirect_uri: &str) -> Option<String> {
    let url = Url::parse(redirect_uri).ok()?;
    match url.host() {
        Some(Host::Ipv6(_)) => Some(format!("{}:", url.scheme())),
        _ => Some(url.origin().ascii_serialization()),
    }
}

/// Adds parameters to a redirect URI, whose own query stays (RFC 6749 §3.1.2).
pub(crate) fn with_parameters(redirect_uri: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    let mark = match redirect_uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{redirect_uri}{mark}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_and_this_machine_are_redirected_to() {
        for good in [
            "https://client.example/cb",
            "https://client.example:8443/cb?tenant=1",
            "http://127.0.0.1:7777/cb",
            "http://[::1]:7777/cb",
            "http://localhost/cb",
        ] {
            assert_eq!(check_redirect_uri(good, "/x"), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/cb",
            "client.example/cb",
            "http://client.example/cb",
            "http://localhost.evil.example/cb",
            "https://*.client.example/cb",
            "https://client.example/cb#x",
            "https://client.example/cb#",
            "https://client.example@evil.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "com.example.app:/cb",
            "https://client.example/a b",
            "https://client.example/\r\nSet-Cookie: x",
            "https:///cb@",
            &format!("https://client.example/{}", "x".repeat(2_000)),
        ] {
            assert!(check_redirect_uri(bad, "/x").is_err(), "{bad}");
        }
    }

    #[test]
    fn parameters_are_added_and_cannot_add_more() {
        let sent = |uri| with_parameters(uri, &[("code", "a&b=c"), ("state", "é #")]);
        assert_eq!(
            sent("https://c.example/cb"),
            "https://c.example/cb?code=a%26b%3Dc&state=%C3%A9+%23"
        );
        assert_eq!(
            sent("https://c.example/cb?t=1"),
            "https://c.example/cb?t=1&code=a%26b%3Dc&state=%C3%A9+%23"
        );
    }

    #[test]
    fn a_form_may_lead_to_the_origin_of_the_client() {
        let source = |uri| form_action_source(uri).expect("a URL");
        assert_eq!(source("https://c.example/cb;x"), "https://c.example");
        assert_eq!(source("http://127.0.0.1:77/cb"), "http://127.0.0.1:77");
        assert_eq!(source("http://[::1]:77/cb"), "http:");
    }
}
