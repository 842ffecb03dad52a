//! What makes a command count once.

use serde_json::json;
use tenon_remote::issue::Issued;
use tenon_seam::{Executed, SeamError, SeamFault};

use crate::raw::{Forged, Line};
use crate::world::{World, greet, keyed};

async fn line(world: &World, process: &crate::world::Process) -> Line {
    Line::open(world, Some(&world.caller), process.address)
        .await
        .expect("the certificate is good")
}

#[tokio::test]
async fn the_id_of_a_command_is_part_of_its_proof() {
    let world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    let command = Forged::of(&world, &line, "greet_again");
    let [pass, (name, proof)] = command.headers();
    let (mac, id) = proof.split_once('.').expect("it has one");
    let other = world.env().new_uuid().to_string();
    let shorter = &id[..id.len() - 1];
    for (what, proof) in [
        ("another id", format!("{mac}.{other}")),
        ("a shorter id", format!("{mac}.{shorter}")),
        ("a longer id", format!("{proof}0")),
        ("no id", mac.to_owned()),
        ("two ids", format!("{proof}.{other}")),
        ("an id before the proof", format!("Tenon-Proof {id}.{mac}")),
    ] {
        let headers = [pass.clone(), (name, proof)];
        let answer = line.post(&command.path, &command.body, &headers).await;
        let fault = answer.expect("answers").expect_err(what);
        assert_eq!(fault, SeamFault::Unauthenticated, "{what}");
        assert_eq!(fault.executed(), Executed::No, "{what}");
    }
    for (what, id) in [
        ("short", "0123456789abcde".to_owned()),
        ("long", "a".repeat(65)),
        ("with spaces", "0123456789abc def".to_owned()),
        ("with a dot", "01234567.89abcdef".to_owned()),
    ] {
        let fault = line.send(&command.clone().with_id(&id)).await;
        assert_eq!(fault, Err(SeamFault::Unauthenticated), "{what}");
    }
    assert_eq!(effects(&world), 0, "none of them ran");
    assert!(line.send(&command).await.is_ok());
}

#[tokio::test]
async fn a_command_is_good_for_its_body_and_path_only() {
    let world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    let command = Forged::of(&world, &line, "greet_again");
    let elsewhere = "/_seam/greeter/v1/greet_once";
    let changed = b"changed under way".as_slice();
    for (what, path, body) in [
        ("another body", command.path.as_str(), changed),
        ("another path", elsewhere, command.body.as_slice()),
    ] {
        let answer = line.post(path, body, &command.headers()).await;
        let fault = answer.expect("answers").expect_err(what);
        assert_eq!(fault, SeamFault::Unauthenticated, "{what}");
    }
    assert_eq!(effects(&world), 0, "none of them ran");
}

#[tokio::test]
async fn the_proof_of_a_command_counts_once_and_that_of_a_query_may_come_again() {
    let world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    let command = Forged::of(&world, &line, "greet_again");
    assert!(line.send(&command).await.is_ok());
    let fault = line.send(&command).await.expect_err("it was used");
    assert_eq!(fault, SeamFault::Unauthenticated);
    assert_eq!(fault.executed(), Executed::No);
    assert_eq!(effects(&world), 1);

    let same_id = Forged::of(&world, &line, "greet_again");
    let same_id = same_id.with_id(command.jti.as_deref().expect("it has one"));
    let elsewhere = Line::open(&world, Some(&world.caller), process.address);
    let elsewhere = elsewhere.await.expect("the certificate is good");
    let moved = Forged {
        key: elsewhere.key.clone(),
        ..same_id.clone()
    };
    let moved = moved.with_claim("tls", json!(elsewhere.name));
    for (line, forged) in [(&line, &same_id), (&elsewhere, &moved)] {
        let fault = line.send(forged).await.expect_err("the id was used");
        assert_eq!(fault, SeamFault::Unauthenticated);
    }
    assert_eq!(effects(&world), 1);

    let query = Forged::of(&world, &line, "greet");
    assert!(line.send(&query).await.is_ok() && line.send(&query).await.is_ok());
}

#[tokio::test]
async fn when_no_more_commands_can_be_remembered_they_are_turned_away() {
    let world = World::new();
    let mut settings = world.host_settings();
    settings.limits.max_remembered_commands = 1;
    let process = world.start_with(&settings, "127.0.0.1:0".parse().expect("an address"));
    let line = line(&world, &process).await;
    assert!(
        line.send(&Forged::of(&world, &line, "greet_again"))
            .await
            .is_ok()
    );
    let fault = line.send(&Forged::of(&world, &line, "greet_again")).await;
    assert_eq!(
        fault,
        Err(SeamFault::Overloaded {
            retry_after_ms: 1_000
        })
    );
    assert_eq!(effects(&world), 1);
}

#[tokio::test]
async fn a_new_key_takes_over_while_both_are_trusted() {
    let world = World::new();
    let next = Issued {
        certificate: world.caller.certificate.clone(),
        key: world.caller.key.clone(),
        ..world.authority.issue("tenon").expect("makes")
    };
    let any = "127.0.0.1:0".parse().expect("an address");
    let mut settings = world.host_settings();
    let keys = vec![world.caller.public_key.clone(), next.public_key.clone()];
    settings.trusted_keys.insert("tenon".to_owned(), keys);
    let process = world.start_with(&settings, any);
    for issued in [&world.caller, &next] {
        let caller = world.settings("tenon", issued);
        let greeter = world.connect_by(&caller, process.address, 1);
        assert!(greeter.greet_once(&keyed("k"), greet("ada")).await.is_ok());
    }

    let keys = vec![next.public_key.clone()];
    settings.trusted_keys.insert("tenon".to_owned(), keys);
    let process = world.start_with(&settings, any);
    let old = world.connect(process.address);
    let error = old.greet_once(&keyed("l"), greet("ada")).await;
    assert_eq!(error, Err(SeamError::Seam(SeamFault::Unauthenticated)));
    let new = world.connect_by(&world.settings("tenon", &next), process.address, 1);
    assert!(new.greet_once(&keyed("m"), greet("ada")).await.is_ok());
}

fn effects(world: &World) -> u32 {
    world
        .effects
        .lock()
        .expect("no panic while held")
        .values()
        .sum()
}
