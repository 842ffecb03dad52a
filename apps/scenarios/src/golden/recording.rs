//! The golden file: what was asked and answered, normalised, with latency samples beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Grows when files of before can no longer be compared.
const FORMAT: u32 = 1;

/// A whole run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Recording {
    pub(crate) format: u32,
    /// The rules by which values were replaced; a recording made by other rules is not comparable.
    pub(crate) rules: Vec<String>,
    /// Ids of all operations of the server's own document.
    pub(crate) operations: Vec<String>,
    /// In the order in which they were made.
    pub(crate) exchanges: Vec<Exchange>,
    /// Messages that arrived, in the order in which they were waited for.
    pub(crate) mails: Vec<Mail>,
    /// By operation; not compared.
    pub(crate) samples: BTreeMap<String, Sample>,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Exchange {
    /// `get_order: foreign id`; unique in a recording.
    pub(crate) case: String,
    /// `None` where no operation answers: wrong paths and methods, documents.
    pub(crate) operation: Option<String>,
    pub(crate) request: Request,
    pub(crate) answer: Answer,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Request {
    /// `GET /v1/orders/ord#1`
    pub(crate) line: String,
    /// `if-match: "v1"`, in the order sent.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Value,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// All of them, by name.
    pub(crate) headers: BTreeMap<String, Vec<String>>,
    /// Null if empty; text if it is not JSON or not written as compactly as JSON can be.
    pub(crate) body: Value,
}

/// A message as its reader sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) case: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// What one operation cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// Recorded requests.
    pub(crate) requests: usize,
    /// Those that succeeded (2xx); the durations are theirs.
    pub(crate) successes: usize,
    /// Middle duration of the successes as the client saw them, in microseconds.
    pub(crate) median_us: Option<u64>,
    /// Calls to other modules made by one success on average, by callee; absent if the server does not tell.
    pub(crate) seam_calls: Option<BTreeMap<String, f64>>,
}

impl Recording {
    /// An empty one, made by these rules.
    pub(crate) fn new(rules: Vec<String>) -> Self {
        Self {
            format: FORMAT,
            rules,
            ..Self::default()
        }
    }

    /// Reads a golden file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let recording: Self =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        if recording.format != FORMAT {
            bail!(
                "{}: format {}, this program reads {FORMAT}",
                path.display(),
                recording.format
            );
        }
        Ok(recording)
    }

    /// Writes a golden file, unless it would hold one of these secrets.
    pub(crate) fn write<'s>(
        &self,
        path: &Path,
        secrets: impl IntoIterator<Item = &'s str>,
    ) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        for secret in secrets {
            if text.contains(secret) {
                let before = text.split(secret).next().unwrap_or_default();
                let line = before.lines().last().unwrap_or_default().trim_start();
                bail!("a live secret would have been written, after `{line}`; nothing was");
            }
        }
        fs::write(path, text).with_context(|| path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_a_live_secret_is_not_written() {
        let folder = std::env::temp_dir().join(format!("golden-{}", std::process::id()));
        let mut recording = Recording::new(Vec::new());
        recording.operations.push("live-secret-of-someone".into());
        let refused = recording.write(&folder, ["live-secret"]);
        let sentence = refused.expect_err("refused").to_string();
        assert!(sentence.starts_with("a live secret"), "{sentence}");
        assert!(!sentence.contains("live-secret-of"), "{sentence}");
        assert!(!folder.exists());
    }
}
