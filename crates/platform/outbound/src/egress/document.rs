//! Reading documents of others: small ones, whole or not at all.

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};

use super::{Egress, EgressFault, MAX_ANSWER, fault};

/// A document as the other side gave it. A redirect is one like any other status: it is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its status.
    pub status: StatusCode,
    /// All of it: at most 64 KiB.
    pub body: Vec<u8>,
}

impl Egress {
    /// Sends a GET and reads the whole answer. The time for a call is for all of it, however slowly it comes.
    ///
    /// # Errors
    ///
    /// [`EgressFault`] if there is no whole answer; [`EgressFault::TooLong`] if it has more than 64 KiB.
    pub async fn get(&self, url: &str, headers: HeaderMap) -> Result<Document, EgressFault> {
        let url = self.rules.check(url).map_err(EgressFault::Forbidden)?;
        read(self.client.get(url).headers(headers)).await
    }

    /// Sends a form by POST and reads the whole answer, as [`Egress::get`] does.
    ///
    /// # Errors
    ///
    /// As [`Egress::get`].
    pub async fn submit(
        &self,
        url: &str,
        mut headers: HeaderMap,
        form: String,
    ) -> Result<Document, EgressFault> {
        let url = self.rules.check(url).map_err(EgressFault::Forbidden)?;
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(reqwest::header::CONTENT_TYPE, kind);
        read(self.client.post(url).headers(headers).body(form)).await
    }
}

async fn read(call: RequestBuilder) -> Result<Document, EgressFault> {
    let crossing = tenon_chaos::crossing(format_args!("send egress/document"));
    let mut answer = call.send().await.map_err(|error| fault(&error))?;
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| fault(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(EgressFault::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    crossing.done();
    Ok(Document { status, body })
}
