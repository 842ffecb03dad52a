//! What marks a form as ours: bound to the browser it was shown in, to what it is for, and to the request.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::secret::SecretToken;
use crate::key_ring::Purpose;
use crate::service::Service;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    SignIn,
    Code,
    Consent,
}

impl Form {
    fn label(self) -> &'static [u8] {
        match self {
            Self::SignIn => b"sign_in",
            Self::Code => b"code",
            Self::Consent => b"consent",
        }
    }
}

impl Service {
    /// Marks a form. Nobody can make the mark who does not have the cookie of the browser, which pages cannot read.
    pub(super) fn form_token(&self, cookie: &SecretToken, form: Form, request: &str) -> String {
        let parts = parts(cookie, form, request);
        URL_SAFE_NO_PAD.encode(
            self.ring
                .current_mac(Purpose::Form, &parts.each_ref().map(Vec::as_slice)),
        )
    }

    /// Says whether a form was shown in this browser, for this request.
    pub(super) fn is_our_form(
        &self,
        cookie: &SecretToken,
        form: Form,
        request: &str,
        token: &str,
    ) -> bool {
        let Ok(token) = URL_SAFE_NO_PAD.decode(token) else {
            return false;
        };
        let parts = parts(cookie, form, request);
        let parts = parts.each_ref().map(Vec::as_slice);
        self.ring.ids().any(|key_id| {
            let expected = self.ring.mac(key_id, Purpose::Form, &parts);
            expected.is_some_and(|expected| {
                aws_lc_rs::constant_time::verify_slices_are_equal(&expected, &token).is_ok()
            })
        })
    }
}

fn parts(cookie: &SecretToken, form: Form, request: &str) -> [Vec<u8>; 3] {
    [
        cookie.hash(),
        form.label().to_vec(),
        request.as_bytes().to_vec(),
    ]
}
