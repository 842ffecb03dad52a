//! What is shipped, and that each cut can be had again.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use tenon_kernel::Timestamp;
use tenon_store::Queryable as _;

use super::world::{World, count, ctx, write};
use crate::{BackupError, restore};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn every_cut_can_be_restored() {
    let mut world = World::new().await;
    let mut cuts = vec![(world.listed()[0].first, 0)];
    for written in 1..=12 {
        world.write(0, 30_000).await;
        world.write(1, 10).await;
        cuts.push((world.turn().await, written));
    }
    for (cut, written) in &cuts {
        let (restored, counts) = world.restore(Some(*cut)).await;
        assert_eq!((restored.cut, counts), (*cut, vec![*written, *written]));
    }
    // A moment between two cuts is the earlier of them.
    let (between, written) = cuts[5];
    let (restored, counts) = world
        .restore(Some(between + Duration::from_millis(999)))
        .await;
    assert_eq!((restored.cut, counts), (between, vec![written, written]));
    assert_eq!(world.restore(None).await.1, [12, 12]);
}

#[tokio::test]
async fn what_is_quiet_is_known_to_be_whole_and_costs_nothing() {
    let mut world = World::new().await;
    let cut = world.turn().await;
    let cuts = world.listed()[0].cuts;
    world.advance(HOUR);
    assert_eq!(world.turn().await, cut);
    assert_eq!(world.listed()[0].cuts, cuts);
    assert_eq!(world.shipper.status.seen().whole_at, Some(world.env.now()));
    assert_eq!(world.shipper.status.trouble(), None);
}

/// Whoever writes to the second store has written to the first one before: no cut may have it the other way round.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_is_one_moment_in_all_stores() {
    const WRITERS: i64 = 4;
    const ROUNDS: i64 = 60;
    let mut world = World::new().await;
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let (left, right) = (world.stores[0].clone(), world.stores[1].clone());
        writers.spawn(async move {
            for _ in 0..ROUNDS {
                write(&left, 3_000).await;
                write(&right, 3_000).await;
            }
        });
    }
    let mut cuts = Vec::new();
    while !writers.is_empty() {
        cuts.push(world.turn().await);
        while let Some(ended) = writers.try_join_next() {
            ended.expect("a writer");
        }
    }
    world.turn().await;
    cuts.dedup();
    assert!(cuts.len() > 3, "{} cuts show little", cuts.len());
    let mut between = 0;
    let step = (cuts.len() / 12).max(1);
    for cut in cuts.iter().step_by(step) {
        let (_, counts) = world.restore(Some(*cut)).await;
        let ahead = counts[0] - counts[1];
        assert!((0..=WRITERS).contains(&ahead), "{counts:?}");
        between += ahead;
    }
    assert!(
        between > 0,
        "no cut fell between two writes, so nothing was shown"
    );
    let all = ROUNDS * WRITERS;
    assert_eq!(world.restore(None).await.1, [all, all]);
}

#[tokio::test]
async fn long_logs_are_moved_into_their_files_and_begin_anew() {
    let mut world = World::new().await;
    for _ in 0..40 {
        world.write(0, 600_000).await;
        world.turn().await;
    }
    let log = world.log_bytes(0);
    assert!(log < 8 * 1024 * 1024, "the log has {log} bytes after 24 MB");
    assert_eq!(world.listed().len(), 1, "no gap");
    assert_eq!(world.restore(None).await.1, [40, 0]);
}

#[tokio::test]
async fn a_long_reader_holds_the_log_back_and_no_longer() {
    let mut world = World::new().await;
    world.write(0, 10).await;
    let log = world.stores[0].log().expect("it is shipped");
    let mut reader = reader(log.file()).await;
    let began: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM notes")
        .fetch_one(&mut reader)
        .await
        .expect("a snapshot");
    for _ in 0..40 {
        world.write(0, 600_000).await;
        world.turn().await;
    }
    let held: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM notes")
        .fetch_one(&mut reader)
        .await
        .expect("the same snapshot");
    assert_eq!(held, began);
    assert!(world.log_bytes(0) > 24_000_000, "it cannot begin anew");
    sqlx::Connection::close(reader).await.expect("closes");
    for _ in 0..3 {
        world.write(0, 600_000).await;
        world.turn().await;
    }
    let before = world.listed()[0].bytes;
    world.write(0, 10).await;
    world.turn().await;
    let shipped = world.listed()[0].bytes - before;
    assert!(shipped < 100_000, "a small write ships {shipped} bytes");
    assert!(world.log_bytes(0) <= 16 * 1024 * 1024);
    assert_eq!(world.listed().len(), 1, "no gap");
    assert_eq!(world.restore(None).await.1, [45, 0]);
}

async fn reader(file: &std::path::Path) -> sqlx::sqlite::SqliteConnection {
    use sqlx::ConnectOptions as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .read_only(true);
    let mut reader = options.connect().await.expect("the file");
    sqlx::raw_sql("BEGIN")
        .execute(&mut reader)
        .await
        .expect("begins");
    reader
}

#[tokio::test]
async fn a_busy_writer_costs_its_cut_and_stops_nobody_else() {
    let mut world = World::new().await;
    let before = world.turn().await;
    let busy = world.stores[0].clone();
    let mut ctx = ctx(&busy);
    let mut unit = busy.begin(&mut ctx, "notes.long").await.expect("a turn");
    unit.query("INSERT INTO notes (bytes) VALUES ($1)")
        .bind(vec![1_u8])
        .execute()
        .await
        .expect("written");
    world.write(1, 10).await;
    assert_eq!(world.turn().await, before, "the cut is given up");
    world.write(1, 10).await;
    assert_eq!(world.restore(None).await.1, [0, 0]);
    unit.commit().await.expect("committed");
    assert!(world.turn().await > before);
    assert_eq!(world.restore(None).await.1, [1, 2]);
    assert_eq!(count(&world.stores[1]).await, 2);
}

#[tokio::test]
async fn a_start_goes_on_where_the_last_one_ended() {
    let mut world = World::new().await;
    for round in 1..=3 {
        world.write(0, 100_000).await;
        world.write(1, 10).await;
        // What the shipper has not seen yet is shipped before the stores close.
        world.stop_and_start().await;
        world.write(1, 10).await;
        world.turn().await;
        assert_eq!(world.listed().len(), 1, "the same base");
        assert_eq!(world.restore(None).await.1, [round, 2 * round]);
    }
}

#[tokio::test]
async fn a_shipper_that_died_is_followed_by_one_that_goes_on() {
    let mut world = World::new().await;
    world.write(0, 10).await;
    world.turn().await;
    for _ in 0..10 {
        world.write(0, 1_000_000).await; // nobody ships
    }
    world.renew();
    world.turn().await;
    world.write(1, 10).await;
    world.turn().await;
    assert_eq!(world.listed().len(), 1, "the same base");
    assert_eq!(world.restore(None).await.1, [11, 1]);
}

#[tokio::test]
async fn bases_follow_each_other_and_old_ones_go_once_they_are_not_needed() {
    let mut world = World::new().await;
    let mut cuts = Vec::new();
    for day in 1..=20 {
        world.write(0, 1_000).await;
        cuts.push((world.turn().await, day));
        world.advance(23 * HOUR);
        world.turn().await; // still this base's
        world.advance(HOUR);
        world.base().await;
    }
    let kept = world.listed();
    assert_eq!(kept.len(), 15, "what 14 days need, and the one of now");
    for (cut, written) in &cuts {
        if *cut >= kept[0].first {
            assert_eq!(world.restore(Some(*cut)).await.1[0], *written);
        }
    }
    let target = world.root.join("early");
    let early = restore(&world.settings.directory, Some(cuts[0].0), &target).await;
    let early = early.expect_err("it is gone");
    assert!(matches!(early, BackupError::TooEarly { first, .. } if first == kept[0].first));
}

#[tokio::test]
async fn a_clock_that_goes_back_makes_no_disorder() {
    let mut world = World::new().await;
    world.write(0, 10).await;
    let before = world.turn().await;
    // As a clock would stand that was set back: the shipper knows a later cut than now.
    let earlier = tenon_kernel::testing::ManualClock::starting_at(Timestamp::from_unix_seconds(
        1_600_000_000,
    ));
    world.env = tenon_kernel::Env::new(
        std::sync::Arc::new(earlier),
        std::sync::Arc::new(tenon_kernel::SystemEntropy),
    );
    world.renew();
    world.write(0, 10).await;
    assert!(world.turn().await > before);
    assert_eq!(world.restore(None).await.1, [2, 0]);
}

#[tokio::test]
async fn only_the_owner_may_read_a_backup() {
    let mut world = World::new().await;
    world.write(0, 10).await;
    world.turn().await;
    let mut folders = vec![world.settings.directory.clone()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        let mode = |path: &std::path::Path| {
            let found = std::fs::metadata(path).expect("there").permissions();
            found.mode() & 0o777
        };
        assert_eq!(mode(&folder), 0o700);
        for entry in std::fs::read_dir(&folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files >= 5, "{files}");
}
