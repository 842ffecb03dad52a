//! Certificates of the wrong authority, of another service, or none.

use tenon_remote::issue::Authority;
use tenon_seam::{Executed, SeamError, SeamFault};

use crate::raw::{Forged, Line};
use crate::world::{HOST, World, ctx, greet, keyed};

const REFUSED: SeamFault = SeamFault::Unauthenticated;

/// A query and a command fail alike, and neither has run.
async fn assert_refused(world: &World, greeter: &dyn crate::greeter::Greeter) {
    let query = greeter.greet(&ctx(), greet("ada")).await;
    assert_eq!(query, Err(SeamError::Seam(REFUSED)));
    let command = greeter.greet_once(&keyed("k"), greet("ada")).await;
    assert_eq!(command, Err(SeamError::Seam(REFUSED)));
    assert_eq!(REFUSED.executed(), Executed::No);
    assert!(
        world
            .effects
            .lock()
            .expect("no panic while held")
            .is_empty()
    );
}

#[tokio::test]
async fn a_host_of_another_authority_is_not_called() {
    let mut world = World::new();
    let stranger = Authority::new().expect("makes");
    world.host = stranger.issue(HOST).expect("makes");
    let process = world.start();
    assert_refused(&world, world.connect(process.address).as_ref()).await;
}

#[tokio::test]
async fn a_host_that_is_another_service_is_not_called() {
    let world = World::new();
    let other = world.authority.issue("catalog-service").expect("makes");
    let mut settings = world.settings("catalog-service", &other);
    settings.callers = world.host_settings().callers;
    settings.trusted_keys = world.host_settings().trusted_keys;
    let process = world.start_with(&settings, "127.0.0.1:0".parse().expect("an address"));
    assert_refused(&world, world.connect(process.address).as_ref()).await;
}

#[tokio::test]
async fn a_caller_of_another_authority_is_not_heard() {
    let world = World::new();
    let process = world.start();
    let stranger = Authority::new().expect("makes");
    let issued = stranger.issue("tenon").expect("makes");
    let settings = world.settings("tenon", &issued);
    assert_refused(
        &world,
        world.connect_by(&settings, process.address, 1).as_ref(),
    )
    .await;
}

#[tokio::test]
async fn a_caller_without_a_certificate_is_not_heard() {
    let world = World::new();
    let process = world.start();
    let refusal = match Line::open(&world, None, process.address).await {
        Ok(line) => {
            let forged = Forged::of(&world, &line, "greet_again");
            line.post(&forged.path, &forged.body, &forged.headers())
                .await
        }
        Err(reason) => Err(reason),
    };
    assert!(refusal.is_err(), "{refusal:?}");
    assert!(
        world
            .effects
            .lock()
            .expect("no panic while held")
            .is_empty()
    );
}

#[tokio::test]
async fn a_service_cannot_speak_in_the_name_of_another() {
    let world = World::new();
    let mut settings = world.host_settings();
    // The thief is a service of the system with every right, but not of that name.
    let thief = world.authority.issue("thief").expect("makes");
    settings
        .callers
        .insert("thief".to_owned(), vec!["door".to_owned()]);
    settings
        .trusted_keys
        .insert("thief".to_owned(), vec![thief.public_key.clone()]);
    let process = world.start_with(&settings, "127.0.0.1:0".parse().expect("an address"));
    let line = Line::open(&world, Some(&thief), process.address).await;
    let line = line.expect("the certificate is good");
    // The signing key of `tenon` fell into its hands.
    let fault = line.send(&Forged::of(&world, &line, "greet_again")).await;
    assert_eq!(fault, Err(REFUSED));
    assert!(
        world
            .effects
            .lock()
            .expect("no panic while held")
            .is_empty()
    );
}
