//! What cannot be proved to go on gets a new base; what cannot be shipped is named, and stops nobody.

use std::fs;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::world::{MODULES, World, count, open};
use crate::shipper::Turn;

/// Somebody with another program moves the log into the file, and the next commit begins it anew.
async fn interfere(world: &World) {
    let file = world.root.join("data/left.db");
    let mut other = SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .expect("the file");
    sqlx::raw_sql("PRAGMA wal_checkpoint(RESTART)")
        .execute(&mut other)
        .await
        .expect("moved");
    other.close().await.expect("closes");
}

#[tokio::test]
async fn a_log_that_somebody_else_moved_gets_a_new_base() {
    let mut world = World::new().await;
    world.write(0, 10).await;
    let before = world.turn().await;
    world.write(0, 10).await;
    interfere(&world).await;
    world.write(0, 10).await;
    assert_eq!(world.shipper.turn().await, Turn::Failed, "the gap shows");
    world.base().await;
    assert_eq!(world.listed().len(), 2);
    assert_eq!(world.restore(None).await.1, [3, 0]);
    assert_eq!(
        world.restore(Some(before)).await.1,
        [1, 0],
        "what was shipped before stays"
    );
}

#[tokio::test]
async fn a_start_after_others_wrote_takes_a_new_base() {
    let mut world = World::new().await;
    world.stop_and_start().await;
    world.write(0, 10).await;
    // A command of the program: it opens the store, and moves the log into the file when it closes it.
    world.reopen().await;
    world.write(1, 10).await;
    world.base().await;
    assert_eq!(world.listed().len(), 2);
    assert_eq!(world.restore(None).await.1, [1, 1]);
}

#[tokio::test]
async fn a_power_cut_that_took_what_was_shipped_gets_a_new_base() {
    let mut world = World::new().await;
    world.write(0, 10).await;
    world.turn().await;
    let log = world.stores[0].log().expect("it is shipped").wal();
    let kept = fs::read(&log).expect("a log");
    world.write(0, 10).await;
    world.turn().await;
    // The log as the disk had it: the last transaction is not there, and another one follows.
    let mut cut_off = fs::read(&log).expect("a log");
    cut_off[kept.len()..].fill(0);
    fs::write(&log, &cut_off).expect("writable");
    world.renew();
    world.base().await;
    assert_eq!(world.listed().len(), 2);
}

#[tokio::test]
async fn a_backup_that_cannot_be_written_is_named_and_stops_nobody() {
    let mut world = World::unshipped().await;
    // A file where the directory should be: nothing can be written there, not even by root.
    fs::write(&world.settings.directory, "").expect("writable");
    for _ in 0..30 {
        world.write(0, 1_000_000).await;
        world.shipper.turn().await;
        world.advance(Duration::from_secs(5));
    }
    let trouble = world.shipper.status.trouble().expect("it is late");
    assert!(trouble.contains("backup"), "{trouble}");
    assert!(
        world.log_bytes(0) < 16 * 1024 * 1024,
        "the log does not grow for ever"
    );
    assert_eq!(count(&world.stores[0]).await, 30);

    fs::remove_file(&world.settings.directory).expect("removable");
    world.base().await;
    assert_eq!(world.shipper.status.trouble(), None);
    assert_eq!(world.restore(None).await.1, [30, 0]);
}

#[tokio::test]
async fn a_backup_that_fills_up_gives_up_what_it_has_not_shipped_and_begins_anew() {
    let mut world = World::new().await;
    world.settings.max_log_bytes = 8_000_000;
    world.renew();
    world.turn().await;
    let folder = world.listed()[0].folder.clone();
    let hidden = world.root.join("hidden");
    fs::rename(&folder, &hidden).expect("renamed");
    fs::rename(&world.settings.directory, world.root.join("away")).expect("renamed");
    fs::write(&world.settings.directory, "").expect("writable");
    for _ in 0..20 {
        world.write(0, 1_000_000).await;
        world.shipper.turn().await;
    }
    assert!(world.log_bytes(0) < 16_000_000, "{}", world.log_bytes(0));
    fs::remove_file(&world.settings.directory).expect("removable");
    fs::rename(world.root.join("away"), &world.settings.directory).expect("renamed");
    fs::rename(&hidden, &folder).expect("renamed");
    world.base().await;
    assert_eq!(world.listed().len(), 2);
    assert_eq!(world.restore(None).await.1, [20, 0]);
}

#[tokio::test]
async fn two_processes_do_not_ship_to_one_directory() {
    let mut world = World::new().await;
    let other = open(&world.root.join("other"), &world.env, true).await;
    let mut second =
        crate::shipper::Shipper::new(&world.settings, &other, &world.env).expect("files");
    assert_eq!(second.turn().await, Turn::Failed);
    let trouble = second.status.seen().trouble.expect("named");
    assert!(trouble.contains("another process"), "{trouble}");
    world.write(0, 10).await;
    world.turn().await;
    assert_eq!(world.listed()[0].modules, MODULES);
}
