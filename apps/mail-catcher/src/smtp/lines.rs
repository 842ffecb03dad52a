//! Reads lines that end in CRLF, and nothing else: a bare line feed never ends one.

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line without its CRLF.
    Complete(Vec<u8>),
    /// A line over the limit; it was read to its end and dropped.
    TooLong,
    /// The other side closed.
    Closed,
}

/// Reads one line of at most `limit` bytes.
pub(super) async fn read_line<R: AsyncBufRead + Unpin>(
    reader: &mut R,
    limit: usize,
) -> std::io::Result<Line> {
    let mut line = Vec::new();
    let mut last_was_cr = false;
    let mut too_long = false;
    loop {
        let chunk = reader.fill_buf().await?;
        if chunk.is_empty() {
            return Ok(Line::Closed);
        }
        let end = line_end(chunk, last_was_cr);
        let taken = end.unwrap_or(chunk.len());
        last_was_cr = chunk[..taken].last() == Some(&b'\r');
        if line.len() + taken > limit + 2 {
            too_long = true;
        }
        if too_long {
            line.clear();
        } else {
            line.extend_from_slice(&chunk[..taken]);
        }
        reader.consume(taken);
        if end.is_some() {
            line.truncate(line.len().saturating_sub(2));
            return Ok(if too_long {
                Line::TooLong
            } else {
                Line::Complete(line)
            });
        }
    }
}

/// Returns how many bytes of `chunk` belong to the line, if it ends there.
fn line_end(chunk: &[u8], previous_was_cr: bool) -> Option<usize> {
    if previous_was_cr && chunk.first() == Some(&b'\n') {
        return Some(1);
    }
    chunk
        .windows(2)
        .position(|pair| pair == b"\r\n")
        .map(|at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out the input in pieces of `size` bytes, as a network does.
    async fn lines_of(input: &[u8], size: usize, limit: usize) -> Vec<Line> {
        let mut reader = tokio::io::BufReader::with_capacity(size, input);
        let mut lines = Vec::new();
        loop {
            match read_line(&mut reader, limit)
                .await
                .expect("reading from memory succeeds")
            {
                Line::Closed => return lines,
                line => lines.push(line),
            }
        }
    }

    #[tokio::test]
    async fn only_crlf_ends_a_line_however_the_bytes_arrive() {
        let expected = [
            Line::Complete(b"one\ntwo\rthree".to_vec()),
            Line::Complete(Vec::new()),
            Line::Complete(b"x".to_vec()),
        ];
        for size in 1..20 {
            assert_eq!(
                lines_of(b"one\ntwo\rthree\r\n\r\nx\r\nunfinished", size, 100).await,
                expected,
                "pieces of {size}"
            );
        }
    }

    #[tokio::test]
    async fn a_line_over_the_limit_is_skipped_and_the_next_one_read() {
        for size in 1..20 {
            let lines = lines_of(b"12345\r\n123456\r\nok\r\n", size, 5).await;
            assert_eq!(
                lines,
                [
                    Line::Complete(b"12345".to_vec()),
                    Line::TooLong,
                    Line::Complete(b"ok".to_vec())
                ]
            );
        }
    }
}
