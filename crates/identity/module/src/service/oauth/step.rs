//! What the browser gets on the way from a request to a code.

use tenon_access::Scope;

use crate::domain::oauth::authorization::Parameters;
use crate::domain::secret::SecretToken;
use crate::service::federation::ShownProvider;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) parameters: Parameters,
    /// The query: it goes along with the forms, and is read again with each.
    pub(crate) query: String,
}

/// What the browser gets next.
#[derive(Debug)]
pub(crate) enum Step {
    /// A page that says what is wrong, to nobody but the person: the answer may go nowhere else.
    Stop(&'static str),
    SignIn(Box<SignInPage>),
    Code(Box<CodePage>),
    Consent(Box<ConsentPage>),
    /// Back to the client.
    Redirect(String),
}

/// Everything that the page to sign in on shows and carries.
#[derive(Debug)]
pub(crate) struct SignInPage {
    pub(crate) client_name: String,
    pub(crate) redirect_uri: String,
    pub(crate) request: String,
    pub(crate) form_token: String,
    /// For a browser that has none: what its form is bound to.
    pub(crate) new_cookie: Option<SecretToken>,
    pub(crate) email: String,
    pub(crate) failure: Option<Failure>,
    /// Whether there is a domain that passkeys are made for.
    pub(crate) takes_passkey: bool,
    /// Where else people have accounts to sign in with.
    pub(crate) providers: Vec<ShownProvider>,
}

/// Everything that the page to type a code on shows and carries.
#[derive(Debug)]
pub(crate) struct CodePage {
    pub(crate) client_name: String,
    pub(crate) redirect_uri: String,
    pub(crate) request: String,
    pub(crate) form_token: String,
    /// The sign-in that waits for the code.
    pub(crate) challenge: SecretToken,
    pub(crate) failure: Option<Failure>,
    /// Whether there is a domain that passkeys are made for: who has none finds out at the device.
    pub(crate) takes_passkey: bool,
}

/// Why the page is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The form was not shown in this browser, or too long ago.
    Stale,
    /// What cannot be an address or password, or is not theirs.
    Refused,
    /// A code that does not count now.
    WrongCode,
    /// A passkey that does not count here, or too late.
    PasskeyRefused,
    TooManyAttempts {
        retry_after_ms: u64,
    },
    /// The person, or the provider, did not want to.
    ProviderDeclined,
    /// The provider does not answer.
    ProviderUnavailable,
    /// What the provider says is not believed, or the account cannot be used.
    ProviderRefused,
    /// There is no account, and the provider vouches for no address.
    ProviderEmailUnverified,
    /// The address that the provider vouches for has an account, which is not linked.
    IdentityNotLinked,
}

/// Everything that the page to agree on shows and carries.
#[derive(Debug)]
pub(crate) struct ConsentPage {
    pub(crate) client_name: String,
    pub(crate) redirect_uri: String,
    pub(crate) email: String,
    pub(crate) scope: Scope,
    pub(crate) request: String,
    pub(crate) form_token: String,
}
