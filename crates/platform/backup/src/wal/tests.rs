//! Logs that SQLite itself writes, and what may happen to them.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use tempfile::TempDir;

use super::*;

/// A database whose log nobody moves.
struct Database {
    folder: TempDir,
    connection: SqliteConnection,
}

impl Database {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut connection = SqliteConnectOptions::new()
            .filename(folder.path().join("x.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("wal_autocheckpoint", "0")
            .pragma("cache_size", "5") // large transactions are written before they are committed
            .connect()
            .await
            .expect("a database");
        run(
            &mut connection,
            "CREATE TABLE t (x INTEGER PRIMARY KEY, y BLOB)",
        )
        .await;
        Self { folder, connection }
    }

    /// One transaction that changes a few pages.
    async fn commit(&mut self) {
        self.run("INSERT INTO t (y) VALUES (randomblob(9000))")
            .await;
    }

    async fn run(&mut self, sql: &'static str) {
        run(&mut self.connection, sql).await;
    }

    async fn pages(&mut self) -> u32 {
        let pages = sqlx::query_scalar("PRAGMA page_count");
        pages
            .fetch_one(&mut self.connection)
            .await
            .expect("a count")
    }

    fn wal(&self) -> PathBuf {
        self.folder.path().join("x.db-wal")
    }

    /// The log as it is now, changed.
    fn damaged(&self, damage: impl FnOnce(&mut Vec<u8>)) -> File {
        let mut bytes = fs::read(self.wal()).expect("a log");
        damage(&mut bytes);
        let path = self.folder.path().join("damaged");
        fs::write(&path, bytes).expect("writable");
        open(&path)
    }
}

async fn run(connection: &mut SqliteConnection, sql: &'static str) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .expect("a statement");
}

fn open(path: &Path) -> File {
    File::open(path).expect("a file")
}

fn lap(file: &File) -> Lap {
    Lap::read(file).expect("readable").expect("a header")
}

fn read(file: &File, from: Mark) -> Committed {
    lap(file).read_on(file, from).expect("readable")
}

#[tokio::test]
async fn what_is_committed_is_read_and_nothing_else() {
    let mut database = Database::new().await;
    database.commit().await;
    let file = open(&database.wal());
    let first = read(&file, Mark::default());
    assert_eq!(first.to.pages, database.pages().await);
    assert!(first.pages.len() >= 3, "{first:?}");

    database.commit().await;
    let second = read(&file, first.to);
    assert!(second.to.frames > first.to.frames);
    assert_eq!(
        second.to,
        read(&file, Mark::default()).to,
        "in one go or in two"
    );

    // So large that it spills into the log before its commit.
    database.run("BEGIN").await;
    for _ in 0..20 {
        database.commit().await;
    }
    let length = fs::metadata(database.wal()).expect("a log").len();
    assert!(
        length > lap(&file).bytes(second.to.frames + 20),
        "nothing was spilled"
    );
    assert_eq!(read(&file, second.to).to, second.to);
    database.run("ROLLBACK").await;
    database.commit().await;
    let third = read(&file, second.to);
    assert_eq!(third.to.pages, database.pages().await);
}

#[tokio::test]
async fn each_page_that_is_read_is_the_one_that_sqlite_moves_into_the_file() {
    let mut database = Database::new().await;
    for _ in 0..10 {
        database.commit().await;
    }
    let file = open(&database.wal());
    let lap = lap(&file);
    let committed = read(&file, Mark::default());
    let mut pages = Vec::new();
    for (page, frame) in &committed.pages {
        let bytes = lap.page(&file, *frame, *page).expect("readable");
        pages.push((*page, bytes.expect("a page")));
    }
    database.run("PRAGMA wal_checkpoint(FULL)").await;
    let moved = fs::read(database.folder.path().join("x.db")).expect("a file");
    let length = lap.page_bytes as usize;
    assert_eq!(moved.len(), committed.to.pages as usize * length);
    for (page, bytes) in pages {
        let at = (page as usize - 1) * length;
        assert!(moved[at..at + length] == bytes[..], "page {page} differs");
    }
}

#[tokio::test]
async fn a_torn_tail_ends_at_the_last_whole_transaction() {
    let mut database = Database::new().await;
    database.commit().await;
    let whole = read(&open(&database.wal()), Mark::default()).to;
    let kept = fs::metadata(database.wal()).expect("a log").len();
    database.commit().await;
    let all = fs::metadata(database.wal()).expect("a log").len();
    for length in (kept..all).step_by(97) {
        let torn =
            database.damaged(|bytes| bytes.truncate(usize::try_from(length).expect("small")));
        assert_eq!(
            read(&torn, Mark::default()).to,
            whole,
            "cut off at {length}"
        );
    }
    for length in [0, 1, 31] {
        let torn = database.damaged(|bytes| bytes.truncate(length));
        assert_eq!(
            Lap::read(&torn).expect("readable"),
            None,
            "cut off at {length}"
        );
    }
}

#[tokio::test]
async fn a_flipped_bit_ends_the_log_before_its_transaction() {
    let mut database = Database::new().await;
    let mut marks = vec![read(&open(&database.wal()), Mark::default()).to];
    for _ in 0..4 {
        database.commit().await;
        marks.push(read(&open(&database.wal()), Mark::default()).to);
    }
    let lap = lap(&open(&database.wal()));
    for pair in marks.windows(2) {
        for at in [lap.offset(pair[0].frames), lap.offset(pair[1].frames) - 1] {
            let at = usize::try_from(at).expect("small");
            let flipped = database.damaged(|bytes| bytes[at] ^= 1);
            assert_eq!(
                read(&flipped, Mark::default()).to,
                pair[0],
                "flipped at {at}"
            );
            assert!(!lap.reaches(&flipped, marks[4]).expect("readable"));
        }
    }
    for at in 0..HEADER_BYTES {
        let flipped = database.damaged(|bytes| bytes[at] ^= 1);
        assert_eq!(
            Lap::read(&flipped).expect("readable"),
            None,
            "flipped at {at}"
        );
    }
    assert!(
        lap.reaches(&open(&database.wal()), marks[2])
            .expect("readable")
    );
}

#[tokio::test]
async fn a_new_lap_is_told_from_the_old_one_it_writes_over() {
    let mut database = Database::new().await;
    for _ in 0..5 {
        database.commit().await;
    }
    let file = open(&database.wal());
    let (old, old_end) = (lap(&file), read(&file, Mark::default()).to);
    database.run("PRAGMA wal_checkpoint(RESTART)").await;
    assert_eq!(lap(&file), old, "the lap ends with the next commit");
    database.commit().await;
    let new = lap(&file);
    assert_ne!(new, old);
    assert!(new.may_follow(&old));
    let committed = read(&file, Mark::default());
    assert!(
        committed.to.frames < old_end.frames,
        "what is left of the old lap is not read"
    );
    let page = *committed.pages.keys().next().expect("a page");
    assert_eq!(
        old.page(&file, 1, page).expect("readable"),
        None,
        "it was written over"
    );

    database.run("PRAGMA wal_checkpoint(RESTART)").await;
    database.commit().await;
    assert!(!lap(&file).may_follow(&old), "one lap was missed");
}
