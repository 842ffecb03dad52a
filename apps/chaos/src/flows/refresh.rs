//! A client exchanges its refresh token: the family goes on, with one successor.

use anyhow::{Context as _, Result, bail, ensure};
use async_trait::async_trait;
use serde_json::json;

use super::{Asked, Client, Settled};
use crate::shop::{Answer, Shop};
use crate::site::Site;

/// Someone who is signed in.
#[derive(Debug)]
pub(super) struct Refresh {
    shop: Shop,
    /// The token that is exchanged.
    token: String,
    /// What the client was told last.
    told: Option<Answer>,
}

impl Refresh {
    pub(super) async fn prepare(site: &Site) -> Result<Self> {
        let shop = site.shop();
        let session = shop.sign_in("buyer").await?;
        // Not the first of its family: one exchange is behind it.
        let first = session.text("refresh_token")?;
        let second = exchange(&shop, &first).await.context("no answer came")?;
        Ok(Self {
            shop,
            token: second.ok()?.text("refresh_token")?,
            told: None,
        })
    }
}

async fn exchange(shop: &Shop, refresh_token: &str) -> Option<Answer> {
    let body = json!({ "refresh_token": refresh_token });
    shop.send(shop.post("/v1/auth/tokens").json(&body)).await
}

#[async_trait]
impl Client for Refresh {
    async fn ask(&mut self, _: &Site) -> Result<Asked> {
        let Some(answer) = exchange(&self.shop, &self.token).await else {
            return Ok(Asked::Again);
        };
        if answer.retry_after().is_some() || answer.status >= 500 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            return Ok(Asked::Again);
        }
        if answer.status == 401 && self.told.is_none() {
            bail!("the session of someone who only asked again is over");
        }
        let answer = answer.ok()?;
        if let Some(before) = &self.told {
            let (before, now) = (before.text("refresh_token")?, answer.text("refresh_token")?);
            ensure!(before == now, "one token has two successors");
        }
        self.told = Some(answer);
        Ok(Asked::Told("a successor".to_owned()))
    }

    async fn settled(&mut self, _: &Site) -> Result<Settled> {
        let Some(told) = &self.told else {
            return Ok(Settled::NotYet("an answer".to_owned()));
        };
        let me = self
            .shop
            .get("/v1/me")
            .bearer_auth(told.text("access_token")?);
        self.shop.must(me).await.context("the new access token")?;
        Ok(Settled::As("the family goes on"))
    }

    async fn go_on(&mut self, _: &Site) -> Result<()> {
        let successor = self.told.as_ref().context("a successor")?;
        let next = exchange(&self.shop, &successor.text("refresh_token")?).await;
        next.context("no answer came")?.ok().map(|_| ())
    }
}
