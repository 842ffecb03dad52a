//! How clients show who they are (RFC 6749 §2.3.1): `client_secret_basic`, `client_secret_post`, `none`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use tenon_web::{ApiForm, Problem};

use super::refusal::refused;
use super::said;
use crate::domain::oauth::error::{OauthCode, OauthRefusal};
use crate::service::oauth::Presented;

/// A form in which a client may show itself.
pub(super) trait ClientForm {
    /// Takes `client_id` and `client_secret` out of it.
    fn take_client(&mut self) -> (Option<String>, Option<String>);
}

/// Reads a request of a client, and what it shows. `Authorization` is judged before the form: whoever shows something wrong
/// there is told that first.
pub(super) fn read<F: ClientForm>(
    headers: &HeaderMap,
    form: Result<ApiForm<F>, Problem>,
) -> Result<(F, Presented), Problem> {
    let basic = basic_of(headers).map_err(|refusal| refused(&refusal))?;
    let ApiForm(mut form) = form?;
    let (client_id, secret) = form.take_client();
    let client = presented(basic, client_id, secret).map_err(|refusal| refused(&refusal))?;
    Ok((form, client))
}

/// Id and secret of `Authorization`, if it is there.
struct Basic(Option<(String, String)>);

fn basic_of(headers: &HeaderMap) -> Result<Basic, OauthRefusal> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Ok(Basic(None));
    };
    match value.to_str().ok().and_then(basic) {
        Some(shown) => Ok(Basic(Some(shown))),
        None => {
            Err(OauthCode::InvalidClient.because("Authorization is not Basic with id and secret"))
        }
    }
}

/// Puts together what a client shows, by one method only.
fn presented(
    Basic(shown): Basic,
    client_id: Option<String>,
    secret: Option<String>,
) -> Result<Presented, OauthRefusal> {
    let (client_id, secret) = (said(client_id), said(secret));
    let Some((basic_id, basic_secret)) = shown else {
        return Ok(Presented { client_id, secret });
    };
    if secret.is_some() || client_id.is_some_and(|id| id != basic_id) {
        return Err(OauthCode::InvalidRequest.because("show one client, in one way"));
    }
    Ok(Presented {
        client_id: Some(basic_id),
        secret: said(Some(basic_secret)),
    })
}

/// Id and secret are encoded as in forms before they are joined.
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, text) = value.split_once(' ')?;
    let bytes = scheme
        .eq_ignore_ascii_case("basic")
        .then(|| STANDARD.decode(text.trim()).ok())??;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id)?, decoded(secret)?))
}

fn decoded(text: &str) -> Option<String> {
    let pair = format!("v={text}");
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    let (_, value) = pairs.next()?;
    pairs.next().is_none().then(|| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(
        authorization: Option<&str>,
        id: Option<&str>,
        secret: Option<&str>,
    ) -> Result<Shown, OauthCode> {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value.parse().expect("header text"));
        }
        basic_of(&headers)
            .and_then(|basic| presented(basic, id.map(str::to_owned), secret.map(str::to_owned)))
            .map(|presented| (presented.client_id, presented.secret))
            .map_err(|refusal| refusal.code)
    }

    type Shown = (Option<String>, Option<String>);

    fn both(id: &str, secret: &str) -> Shown {
        (Some(id.to_owned()), Some(secret.to_owned()))
    }

    #[test]
    fn a_client_shows_itself_in_one_way() {
        let header = format!("Basic {}", STANDARD.encode("cli_1:a%2Bb+c"));
        assert_eq!(shown(Some(&header), None, None), Ok(both("cli_1", "a+b c")));
        assert_eq!(
            shown(Some(&header), Some("cli_1"), None),
            Ok(both("cli_1", "a+b c"))
        );
        assert_eq!(
            shown(None, Some("cli_1"), Some("s")),
            Ok(both("cli_1", "s"))
        );
        assert_eq!(
            shown(None, Some("cli_1"), Some("")),
            Ok((Some("cli_1".to_owned()), None))
        );
        assert_eq!(
            shown(Some(&header), None, Some("s")),
            Err(OauthCode::InvalidRequest)
        );
        assert_eq!(
            shown(Some(&header), Some("cli_2"), None),
            Err(OauthCode::InvalidRequest)
        );
        for bad in ["Bearer x", "Basic", "Basic !", "Basic bm9jb2xvbg=="] {
            assert_eq!(
                shown(Some(bad), None, None),
                Err(OauthCode::InvalidClient),
                "{bad}"
            );
        }
    }
}
