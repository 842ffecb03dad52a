//! A connection to one of the two stores, whose errors say which, and at what.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tenon_store::{Beside, Engine, RawConnection, StoreError};

use crate::error::{RelocationError, Result, Side};

/// Patience for SQLite's write lock. Units of the owner are short; the mover's turn comes.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// A connection to source or destination.
pub(crate) struct Link {
    raw: RawConnection,
    side: Side,
    /// What errors say was being done.
    doing: String,
}

impl Link {
    pub(crate) async fn open(store: &Beside, side: Side) -> Result<Self> {
        let raw = store
            .connect()
            .await
            .map_err(|source| RelocationError::Store {
                side,
                doing: "connecting".to_owned(),
                source,
            })?;
        Ok(Self {
            raw,
            side,
            doing: "starting".to_owned(),
        })
    }

    /// Names what comes next, for errors.
    pub(crate) fn doing(&mut self, what: impl Into<String>) -> &mut Self {
        self.doing = what.into();
        self
    }

    pub(crate) fn engine(&self) -> Engine {
        self.raw.engine()
    }

    pub(crate) fn side(&self) -> Side {
        self.side
    }

    pub(crate) async fn execute(&mut self, sql: impl Into<String>, binds: &[&str]) -> Result<u64> {
        let outcome = self.raw.execute(sql.into(), binds).await;
        outcome.map_err(|source| self.failed(source))
    }

    pub(crate) async fn script(&mut self, sql: impl Into<String>) -> Result<()> {
        let outcome = self.raw.script(sql.into()).await;
        outcome.map_err(|source| self.failed(source))
    }

    /// The first column of all rows; NULL is left out.
    pub(crate) async fn texts(
        &mut self,
        sql: impl Into<String>,
        binds: &[&str],
    ) -> Result<Vec<String>> {
        let rows = self.raw.texts(sql.into(), binds).await;
        match rows {
            Ok(rows) => Ok(rows.into_iter().flatten().collect()),
            Err(source) => Err(self.failed(source)),
        }
    }

    /// The first column of the first row, if it is there and not NULL.
    pub(crate) async fn text(
        &mut self,
        sql: impl Into<String>,
        binds: &[&str],
    ) -> Result<Option<String>> {
        Ok(self.texts(sql, binds).await?.into_iter().next())
    }

    /// An integer in the first column of the first row; 0 where there is none.
    pub(crate) async fn number(&mut self, sql: impl Into<String>, binds: &[&str]) -> Result<i64> {
        let text = self.text(sql, binds).await?;
        match text.as_deref().unwrap_or("0").parse() {
            Ok(number) => Ok(number),
            Err(_) => Err(self.failed(StoreError::inconsistent("a number that is none"))),
        }
    }

    pub(crate) fn stream(&mut self, sql: impl Into<String>) -> BoxStream<'_, Result<String>> {
        let (side, doing) = (self.side, self.doing.clone());
        self.raw
            .stream(sql.into())
            .map(move |row| {
                row.map_err(|source| RelocationError::Store {
                    side,
                    doing: doing.clone(),
                    source,
                })
            })
            .boxed()
    }

    pub(crate) async fn begin_write(&mut self) -> Result<()> {
        let outcome = self.raw.begin_write(WRITE_PATIENCE).await;
        outcome.map_err(|source| self.failed(source))
    }

    pub(crate) async fn begin_snapshot(&mut self) -> Result<()> {
        let outcome = self.raw.begin_snapshot().await;
        outcome.map_err(|source| self.failed(source))
    }

    pub(crate) async fn commit(&mut self) -> Result<()> {
        let crossing = tenon_chaos::crossing(format_args!("commit {}/{}", self.side, self.doing));
        match self.raw.commit().await {
            Ok(()) => {
                crossing.done();
                Ok(())
            }
            Err(source) => Err(self.failed(source)),
        }
    }

    /// Ends a transaction whose outcome no longer matters.
    pub(crate) async fn rollback(&mut self) {
        // It fails where the transaction has ended by itself.
        drop(self.raw.rollback().await);
    }

    fn failed(&self, source: StoreError) -> RelocationError {
        RelocationError::Store {
            side: self.side,
            doing: self.doing.clone(),
            source,
        }
    }
}

/// Says whether a lock was not granted in time, or a deadlock was broken.
pub(crate) fn is_contention(error: &RelocationError) -> bool {
    matches!(
        error,
        RelocationError::Store {
            source: StoreError::Contention(_),
            ..
        }
    )
}
