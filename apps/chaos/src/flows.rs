//! What the crash certificate watches: one request each, under one key, and what must be true in the end.

mod checkout;
mod refresh;
mod refund;
mod returned;

use anyhow::Result;
use async_trait::async_trait;

use crate::site::Site;

/// A request that is certified. A further one is a file beside these, and a line in [`Flow::prepare`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// A guest pays a cart at once.
    Checkout,
    /// The shop gives the money of an order back.
    Refund,
    /// A piece that was sent back arrives.
    Return,
    /// A client exchanges its refresh token.
    SignIn,
}

/// How a request that was asked, once more under its key, stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// No answer, or one that asks for the same request again.
    Again,
    /// An answer that stays.
    Told(String),
}

/// How things stand once the client was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Not yet as it must be in the end: what is missing.
    NotYet(String),
    /// As promised: in a word.
    As(&'static str),
}

/// One client and its request.
#[async_trait]
pub(crate) trait Client: Send {
    /// Sends the request, always the same one under the same key.
    async fn ask(&mut self, site: &Site) -> Result<Asked>;

    /// Looks whether everything is as promised; an error is a promise that is broken and cannot be mended.
    async fn settled(&mut self, site: &Site) -> Result<Settled>;

    /// What the client does with what it was told, once and in the end.
    async fn go_on(&mut self, _: &Site) -> Result<()> {
        Ok(())
    }
}

impl Flow {
    /// Everything that comes before the request.
    pub(crate) async fn prepare(self, site: &Site) -> Result<Box<dyn Client>> {
        Ok(match self {
            Self::Checkout => Box::new(checkout::Checkout::prepare(site).await?),
            Self::Refund => Box::new(refund::Refund::prepare(site).await?),
            Self::Return => Box::new(returned::Returned::prepare(site).await?),
            Self::SignIn => Box::new(refresh::Refresh::prepare(site).await?),
        })
    }

    /// As it is called on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Checkout => "checkout",
            Self::Refund => "refund",
            Self::Return => "return",
            Self::SignIn => "sign-in",
        }
    }
}
