//! Nothing is heard and nothing is sent without keys, certificates and a list of callers.

use std::sync::Arc;

use tenon_remote::{RemotePeers, SeamHost, SeamSettings};
use tenon_seam::{AccessList, EdgeSettings, Mode, Seam};

use crate::greeter::GreeterClient;
use crate::world::World;

#[test]
fn a_setting_that_is_missing_or_wrong_is_named() {
    let world = World::new();
    let host = |change: fn(&mut SeamSettings)| {
        let mut settings = world.host_settings();
        change(&mut settings);
        let access = Arc::new(AccessList::new());
        SeamHost::new(&settings, world.env(), access)
            .err()
            .map(|error| error.setting)
    };
    assert_eq!(host(|_| {}), None);
    let named = |setting: &str| Some(setting.to_owned());
    assert_eq!(
        host(|s| *s = SeamSettings::default()),
        named("seam.service")
    );
    assert_eq!(
        host(|s| s.service = "Greeter".to_owned()),
        named("seam.service")
    );
    assert_eq!(
        host(|s| s.service = "other".to_owned()),
        named("seam.certificate")
    );
    assert_eq!(host(|s| s.certificate.clear()), named("seam.certificate"));
    assert_eq!(host(|s| s.key = "/nowhere".into()), named("seam.key"));
    assert_eq!(host(|s| s.key = s.certificate.clone()), named("seam.key"));
    assert_eq!(host(|s| s.authority.clear()), named("seam.authority"));
    assert_eq!(host(|s| s.signing_key.clear()), named("seam.signing_key"));
    assert_eq!(
        host(|s| s.signing_key = s.key.clone()),
        named("seam.signing_key")
    );
    assert_eq!(host(|s| s.callers.clear()), named("seam.callers"));
    assert_eq!(
        host(|s| s.trusted_keys.clear()),
        named("seam.trusted_keys.tenon")
    );
    let wrong = |s: &mut SeamSettings| {
        s.trusted_keys
            .insert("tenon".to_owned(), vec!["short".to_owned()]);
    };
    assert_eq!(host(wrong), named("seam.trusted_keys.tenon"));
    assert_eq!(
        host(|s| s.limits.max_streams = 0),
        named("seam.limits.max_streams")
    );
}

#[test]
fn a_remote_edge_without_an_identity_does_not_start() {
    let world = World::new();
    let peers = RemotePeers::new(&SeamSettings::default(), world.env());
    assert_eq!(peers.expect_err("no identity").setting, "seam.service");

    let connect = |edge: EdgeSettings, has_peers: bool| {
        let mut seam =
            Seam::new([("greeter".to_owned(), edge)].into()).declare("door", &["greeter"]);
        if has_peers {
            let peers = RemotePeers::new(&world.caller_settings(), world.env());
            seam = seam.with_peers(peers.expect("the settings hold"));
        }
        GreeterClient::connect(&seam, "door", None)
            .err()
            .map(|error| error.setting)
    };
    let named = |setting: &str| Some(setting.to_owned());
    let remote = || EdgeSettings::remote("https://127.0.0.1:1");
    assert_eq!(connect(remote(), true), None);
    assert_eq!(connect(remote(), false), named("modules.greeter.mode"));
    assert_eq!(
        connect(EdgeSettings::of(Mode::Remote), true),
        named("modules.greeter.url")
    );
    assert_eq!(
        connect(EdgeSettings::default(), true),
        named("modules.greeter.mode")
    );
    let misnamed = EdgeSettings {
        service: Some("A B".to_owned()),
        ..remote()
    };
    assert_eq!(connect(misnamed, true), named("modules.greeter.service"));
    let has_here = Seam::new([("greeter".to_owned(), remote())].into());
    let contradiction = GreeterClient::connect(&has_here, "door", Some(world.hall()));
    let error = contradiction.err().expect("it is said to run elsewhere");
    assert_eq!(error.setting, "modules.greeter.mode");
}
