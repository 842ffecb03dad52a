//! A restore uses nothing that is not what was written: each kind of damage is found and named.

use std::fs;
use std::path::Path;

use super::world::World;
use crate::{BackupError, restore};

async fn world() -> World {
    let mut world = World::new().await;
    for _ in 0..5 {
        world.write(0, 20_000).await;
        world.turn().await;
    }
    world
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("readable");
    bytes[at] ^= 0x10;
    fs::write(path, bytes).expect("writable");
}

#[tokio::test]
async fn a_missing_segment_is_found() {
    for missing in [0, 3] {
        let world = world().await;
        let segments = world.files("seg");
        fs::remove_file(&segments[missing]).expect("removable");
        let refused = world.refused().await;
        let BackupError::Damaged { path, problem } = &refused else {
            panic!("{refused:?}");
        };
        assert_eq!(path, &segments[missing + 1]);
        assert!(problem.contains("missing"), "{problem}");
    }
}

#[tokio::test]
async fn a_flipped_bit_is_found_wherever_it_is() {
    let world = world().await;
    assert_eq!(world.restore(None).await.1, [5, 0]);
    let mut files = world.files("db");
    files.extend(world.files("seg"));
    for path in files {
        let length = fs::metadata(&path).expect("there").len();
        let length = usize::try_from(length).expect("small");
        for at in [0, length / 2, length - 40, length - 1] {
            flip(&path, at);
            let refused = world.refused().await;
            let BackupError::Damaged { path: named, .. } = &refused else {
                panic!("{refused:?}");
            };
            assert_eq!(named, &path);
            flip(&path, at);
        }
    }
    assert_eq!(world.restore(None).await.1, [5, 0], "it is as it was");
}

#[tokio::test]
async fn a_segment_of_another_place_is_found() {
    let world = world().await;
    let segments = world.files("seg");
    fs::copy(&segments[2], &segments[3]).expect("copied");
    let refused = world.refused().await;
    assert!(
        matches!(&refused, BackupError::Damaged { path, .. } if *path == segments[3]),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_description_that_was_changed_is_found() {
    let world = world().await;
    let description = world.files("json").remove(0);
    let text = fs::read_to_string(&description).expect("readable");
    fs::write(&description, text.replace("left", "lift")).expect("writable");
    world.refused().await;
}

#[tokio::test]
async fn nothing_is_written_over() {
    let world = world().await;
    let target = world.root.join("target");
    fs::create_dir(&target).expect("made");
    fs::write(target.join("secrets.toml"), "").expect("writable");
    let first = restore(&world.settings.directory, None, &target).await;
    first.expect("the secrets may be there");
    let again = restore(&world.settings.directory, None, &target).await;
    assert!(
        matches!(again, Err(BackupError::NotEmpty { .. })),
        "{again:?}"
    );
}

#[tokio::test]
async fn a_restore_leaves_the_backup_as_it_is() {
    let world = world().await;
    let look = || {
        let mut files = world.files("seg");
        files.extend(world.files("db"));
        files.extend(world.files("json"));
        let bytes = files.iter().map(|path| fs::read(path).expect("readable"));
        files.iter().cloned().zip(bytes).collect::<Vec<_>>()
    };
    let before = look();
    world.restore(None).await;
    assert!(look() == before);
}
