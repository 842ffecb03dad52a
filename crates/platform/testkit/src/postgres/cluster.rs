//! One cluster for all test processes of a user.
//!
//! With one process for each test nobody can be its parent, so it lives on its own: whoever comes first starts it
//! under a lock, everybody writes a heartbeat while they run, and a watchdog stops it when the heartbeat ends.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use super::binaries;
use super::user::{self, User};
use crate::place;

const WATCHDOG: &str = include_str!("watchdog.sh");
const HEARTBEAT: Duration = Duration::from_secs(5);
const START_TIMEOUT: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(25);
const OWNER: &str = "tenon_owner";
/// A role that must log in with its password, so that passwords are tested too; everybody else in the
/// directory, which is private, is trusted.
const GUARDED_ROLE: &str = "tenon_guarded";
/// The data is thrown away: what makes it durable is left out.
const SETTINGS: [&str; 12] = [
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=500",
    "shared_buffers=64MB",
    "autovacuum=off", // databases live for seconds, and a worker in a template keeps it from being copied
    "max_wal_size=64MB",
    "min_wal_size=32MB",
    "log_min_messages=warning",
    "log_min_error_statement=panic",
    "wal_level=minimal",
];

/// Raised when settings or files of the cluster change: a program of another edition starts one of its own.
const EDITION: u32 = 2;
/// What a whole run of all tests takes, with room to spare: a database is 8 MB.
const BYTES: u64 = 2 << 30;

/// A running server.
pub(super) struct Cluster {
    directory: PathBuf,
}

impl Cluster {
    /// The one that all tests share; starts it if nobody has. Blocks.
    pub(super) fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| {
            let cluster = find_or_start().expect("the PostgreSQL test cluster starts");
            let heartbeat = cluster.directory.join("heartbeat");
            std::thread::spawn(move || {
                while fs::write(&heartbeat, "").is_ok() {
                    std::thread::sleep(HEARTBEAT);
                }
            });
            cluster
        })
    }

    /// URL of the owner of everything.
    pub(super) fn url(&self, database: &str) -> String {
        format!(
            "postgres://{OWNER}@localhost/{database}?host={}",
            self.directory.display()
        )
    }

    /// Files here bear the names of databases that nobody needs any more.
    pub(super) fn finished(&self) -> PathBuf {
        self.directory.join("finished")
    }

    fn is_alive(&self) -> bool {
        std::os::unix::net::UnixStream::connect(self.directory.join(".s.PGSQL.5432")).is_ok()
    }
}

fn find_or_start() -> std::io::Result<Cluster> {
    let bin =
        binaries::find().ok_or_else(|| std::io::Error::other("PostgreSQL is not installed"))?;
    let home = home(bin)?;
    let lock = File::create(home.join("lock"))?;
    lock.lock()?;
    let offer = home.join("offer");
    if let Some(cluster) = join(&offer) {
        return Ok(cluster);
    }
    let cluster = start(bin, &home)?;
    let fresh = home.join("offer.new");
    fs::write(&fresh, cluster.directory.as_os_str().as_encoded_bytes())?;
    fs::rename(&fresh, &offer)?;
    watchdog_command(&cluster.directory, &offer).spawn()?;
    Ok(cluster)
}

/// A directory for this user, this version and this edition; nobody else may write to it.
fn home(bin: &Path) -> std::io::Result<PathBuf> {
    let probe = tempfile::tempdir()?;
    let user = std::os::unix::fs::MetadataExt::uid(&fs::metadata(probe.path())?);
    let version = bin
        .parent()
        .and_then(Path::file_name)
        .map_or("path".into(), |name| name.to_string_lossy());
    let home = std::env::temp_dir().join(format!("tenon-pg-{user}-{version}-{EDITION}"));
    if let Err(error) = fs::create_dir(&home)
        && error.kind() != std::io::ErrorKind::AlreadyExists
    {
        return Err(error);
    }
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::symlink_metadata(&home)?);
    if owner != user {
        return Err(std::io::Error::other(format!(
            "{} belongs to somebody else",
            home.display()
        )));
    }
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755))?;
    Ok(home)
}

/// Takes up an offer: first the heartbeat, then the check that the offer still stands.
fn join(offer: &Path) -> Option<Cluster> {
    let directory = PathBuf::from(fs::read_to_string(offer).ok()?);
    fs::write(directory.join("heartbeat"), "").ok()?;
    let stands = fs::read_to_string(offer).is_ok_and(|again| Path::new(&again) == directory);
    let cluster = Cluster { directory };
    (stands && cluster.is_alive()).then_some(cluster)
}

fn start(bin: &Path, home: &Path) -> std::io::Result<Cluster> {
    // Creating, copying and dropping databases is the making of hundreds of files, which disks are slow at.
    let directory = tempfile::Builder::new()
        .prefix("tenon-pg-")
        .rand_bytes(4)
        .tempdir_in(place::in_memory(BYTES).unwrap_or(home))?
        .keep();
    let user = user::to_change_to(&directory);
    if let Some(user) = user {
        user.own(&directory)?;
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700))?;
    let cluster = Cluster { directory };
    let directory = &cluster.directory;
    fs::write(directory.join("heartbeat"), "")?;
    fs::create_dir(cluster.finished())?;
    let data = directory.join("data");

    let mut initdb = command(&bin.join("initdb"), user, directory)?;
    initdb.args([
        "--username",
        OWNER,
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
        "--no-locale",
        "--no-sync",
    ]);
    let status = initdb.arg("--pgdata").arg(&data).status()?;
    if !status.success() {
        return Err(failed("initdb", directory));
    }
    fs::write(
        data.join("pg_hba.conf"),
        format!("local all {GUARDED_ROLE} scram-sha-256\nlocal all all trust\n"),
    )?;

    let mut server = command(&bin.join("postgres"), user, directory)?;
    server
        .arg("-D")
        .arg(&data)
        .arg("-c")
        .arg(format!("unix_socket_directories={}", directory.display()));
    for setting in SETTINGS {
        server.args(["-c", setting]);
    }
    server.args(["-c", "max_wal_senders=0"]).process_group(0);
    let mut server = server.spawn()?;

    let ready = data.join("postmaster.pid");
    let looks = START_TIMEOUT.as_millis() / LOOK_EVERY.as_millis();
    for _ in 0..looks {
        // The last line of the file says so as soon as connections are served.
        if fs::read_to_string(&ready)
            .is_ok_and(|text| text.lines().any(|line| line.trim() == "ready"))
        {
            return Ok(cluster);
        }
        if server.try_wait()?.is_some() {
            break;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Err(failed("postgres", directory))
}

/// A command that outlives this process quietly: a test runner waits for whoever holds its output open.
fn command(program: &Path, user: Option<User>, directory: &Path) -> std::io::Result<Command> {
    let log = File::options()
        .create(true)
        .append(true)
        .open(directory.join("log"))?;
    let mut command = Command::new(program);
    command
        .current_dir(directory)
        .env_remove("PGDATA")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    if let Some(user) = user {
        user.run(&mut command);
    }
    Ok(command)
}

fn watchdog_command(directory: &Path, offer: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", WATCHDOG, "tenon-test-cluster-watchdog"])
        .args([directory, offer])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    command
}

fn failed(program: &str, directory: &Path) -> std::io::Error {
    let log = fs::read_to_string(directory.join("log")).unwrap_or_default();
    std::io::Error::other(format!("{program} failed:\n{log}"))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    /// A cluster as the watchdog sees it: a process, its number, and a heartbeat.
    #[test]
    fn the_watchdog_ends_what_nobody_uses_and_nothing_else() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let offer = home.path().join("offer");
        let (directory, mut server) = stand_in(home.path(), "used");
        let (forgotten, mut forgotten_server) = stand_in(home.path(), "forgotten");
        let heartbeat = File::create(forgotten.join("heartbeat")).expect("a heartbeat");
        heartbeat
            .set_modified(SystemTime::UNIX_EPOCH)
            .expect("an old one");
        fs::write(&offer, forgotten.as_os_str().as_encoded_bytes()).expect("an offer");

        let mut used_watchdog = watchdog(&directory, &offer);
        let mut watchdog = watchdog(&forgotten, &offer);
        let status = forgotten_server.wait().expect("the server is a child");
        assert!(!status.success(), "it was ended by a signal");
        assert!(watchdog.wait().expect("the watchdog is a child").success());
        assert!(!forgotten.exists() && !offer.exists());

        assert!(
            server.try_wait().expect("the server is a child").is_none(),
            "the used one runs on"
        );
        assert!(directory.exists());
        used_watchdog.kill().expect("the watchdog is a child");
        server.kill().expect("the server is a child");
        used_watchdog
            .wait()
            .and(server.wait())
            .expect("both are children");
    }

    fn stand_in(home: &Path, name: &str) -> (PathBuf, std::process::Child) {
        let directory = home.join(name);
        fs::create_dir_all(directory.join("data")).expect("a directory");
        fs::write(directory.join("heartbeat"), "").expect("a heartbeat");
        let server = Command::new("sleep").arg("60").spawn().expect("a process");
        fs::write(
            directory.join("data/postmaster.pid"),
            format!("{}\n", server.id()),
        )
        .expect("a number");
        (directory, server)
    }

    fn watchdog(directory: &Path, offer: &Path) -> std::process::Child {
        watchdog_command(directory, offer)
            .spawn()
            .expect("the watchdog starts")
    }
}
