//! `cargo xtask clock advance 15m`: sets the clock of a development stack forward, in all its processes.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::stack::Ports;
use crate::topology::MODULES;

/// Options of `cargo xtask clock`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    /// Port of the API of the stack, as `cargo xtask dev` was told.
    #[arg(long, default_value_t = 8080, global = true)]
    port: u16,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Prints what the clocks say.
    Show,
    /// Sets them forward; nothing sets them back.
    Advance {
        /// How far: `90s`, `15m`, `2h`, `1d`.
        #[arg(value_parser = seconds)]
        by: u64,
    },
}

/// How long a process may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run(options: &Options) -> Result<()> {
    let ports = Ports::from(options.port);
    match options.action {
        Action::Show => {
            for (name, port, path) in processes(ports) {
                println!("{name:<20} {}", describe(&ask("GET", port, path, "")?)?);
            }
        }
        Action::Advance { by } => advance(ports, Duration::from_secs(by))?,
    }
    Ok(())
}

/// Sets all clocks of a stack forward, the simulator's first: its webhooks are never signed in the past.
pub(crate) fn advance(ports: Ports, by: Duration) -> Result<()> {
    let body = format!("{{\"advance_seconds\":{}}}", by.as_secs());
    for (name, port, path) in processes(ports) {
        let answer = ask("POST", port, path, &body)?;
        println!("{name:<20} {}", describe(&answer)?);
    }
    Ok(())
}

/// Makes every data directory of a stack that starts say the latest of the times that any of them says: after another
/// topology, or without its first runs, processes would differ. Returns it, in seconds.
pub(crate) fn align<'f>(data_dirs: impl Iterator<Item = &'f Path>) -> Result<u64> {
    let files: Vec<_> = data_dirs
        .map(|folder| folder.join("clock-ahead-seconds"))
        .collect();
    let says = |file: &Path| -> Option<u64> { fs::read_to_string(file).ok()?.trim().parse().ok() };
    let latest = files.iter().filter_map(|file| says(file)).max();
    let Some(latest) = latest else { return Ok(0) };
    for file in files {
        if says(&file) != Some(latest) {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&file, format!("{latest}\n")).with_context(|| file.display().to_string())?;
        }
    }
    Ok(latest)
}

/// Base URLs of the operations listeners of a stack's processes, the one with the public API last.
pub(crate) fn operations(ports: Ports) -> Vec<String> {
    let all = processes(ports).into_iter();
    let operations = all.filter(|(_, _, path)| *path == "/clock");
    operations
        .map(|(_, port, _)| format!("http://127.0.0.1:{port}"))
        .collect()
}

/// What of a stack has a clock and runs: name, port, path.
fn processes(ports: Ports) -> Vec<(&'static str, u16, &'static str)> {
    let services = MODULES
        .into_iter()
        .map(|module| (module, ports.operations_of(module), "/clock"))
        .filter(|(_, port, _)| TcpStream::connect(loopback(*port)).is_ok());
    [("payment-simulator", ports.payment_page, "/control/clock")]
        .into_iter()
        .chain(services)
        .chain([("tenon", ports.operations, "/clock")])
        .collect()
}

fn loopback(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// One small request on a connection of its own.
fn ask(method: &str, port: u16, path: &str, body: &str) -> Result<Value> {
    let exchange = || -> Result<String> {
        let mut stream = TcpStream::connect(loopback(port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().with_context(|| format!("{method} http://127.0.0.1:{port}{path}"))?;
    let (head, text) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status == "404" {
        bail!(
            "the process on port {port} has no clock to move: start it with development.movable_clock = true"
        );
    }
    if status != "200" {
        bail!("{method} http://127.0.0.1:{port}{path}: {status}: {text}");
    }
    serde_json::from_str(text).with_context(|| text.to_owned())
}

fn describe(clock: &Value) -> Result<String> {
    let now = clock["now"].as_str().context("the clock says a time")?;
    Ok(format!("{now}  (ahead by {} s)", clock["ahead_seconds"]))
}

/// Reads `90s`, `15m`, `2h`, `1d`.
fn seconds(text: &str) -> Result<u64> {
    let wanted = "expected a whole number with s, m, h or d: 90s, 15m, 2h, 1d";
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => bail!(wanted),
    };
    let number: u64 = text[..text.len() - 1].parse().context(wanted)?;
    match number.checked_mul(unit) {
        Some(seconds) if seconds > 0 => Ok(seconds),
        _ => bail!(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_read_in_the_units_of_people() {
        for (text, expected) in [("90s", 90), ("15m", 900), ("2h", 7_200), ("1d", 86_400)] {
            assert_eq!(seconds(text).expect(text), expected);
        }
        for wrong in [
            "",
            "15",
            "m",
            "-1m",
            "0s",
            "1w",
            "99999999999999999999d",
            "1ä",
        ] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn processes_that_start_together_go_on_from_the_latest_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = [folder.path().join("a"), folder.path().join("b")];
        let align = || align(data.iter().map(std::path::PathBuf::as_path)).expect("aligned");
        assert_eq!(align(), 0);
        assert!(!data[0].exists(), "nothing was moved");
        fs::create_dir(&data[1]).expect("made");
        fs::write(data[1].join("clock-ahead-seconds"), "900\n").expect("written");
        assert_eq!(align(), 900);
        let copied = fs::read_to_string(data[0].join("clock-ahead-seconds"));
        assert_eq!(copied.expect("written"), "900\n");
    }
}
