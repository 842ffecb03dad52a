//! Bad settings refuse the start and name the key; secrets are not shown.

use std::process::Command;

fn tenon(arguments: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = format!("data_dir={}", folder.path().display());
    let output = Command::new(env!("CARGO_BIN_EXE_tenon"))
        .args(["--set", &data_dir])
        .args(arguments)
        .output();
    let output = output.expect("the program runs");
    (
        output.status.success(),
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
    )
}

#[test]
fn bad_settings_are_named() {
    let cases = [
        ("web.lisen=127.0.0.1:0", "web.lisen"),
        ("web.listen=nowhere", "web.listen"),
        (
            "orders.checkout_ttl_seconds=5",
            "orders.checkout_ttl_seconds",
        ),
        (
            "identity.access_token_seconds=86400",
            "identity.access_token_seconds",
        ),
        ("modules.warehouse.mode=wire", "modules.warehouse"),
        ("modules.catalog.mode=telepathy", "modules.catalog.mode"),
        ("modules.catalog.mode=remote", "modules.catalog.url"),
        ("hosts=[\"warehouse\"]", "hosts"),
        ("hosts=[\"catalog\"]", "seam.listen"),
        ("store.url=mysql://x", "store.url"),
        (
            "notifications.smtp.timeout_seconds=0",
            "notifications.smtp.timeout_seconds",
        ),
        ("payments.park_seconds=1", "payments.park_seconds"),
    ];
    for (setting, key) in cases {
        let (good, said) = tenon(&["--set", setting, "settings", "check"]);
        assert!(!good, "{setting} was accepted: {said}");
        assert!(said.contains(key), "{setting}: {said}");
    }
    assert!(tenon(&["settings", "check"]).0);
}

#[test]
fn a_bad_secret_is_not_shown() {
    let (good, said) = tenon(&["--set", "store.url=hunter2", "settings", "check"]);
    assert!(
        !good && said.contains("store.url") && !said.contains("hunter2"),
        "{said}"
    );
}

#[test]
fn a_process_that_contradicts_itself_does_not_start() {
    let listen = "seam.listen=127.0.0.1:0";
    let far = "modules.catalog.url=https://127.0.0.1:9";
    let cases: [(&[&str], &str); 3] = [
        // Nobody could prove who is asking.
        (&["modules.catalog.mode=remote", far], "seam.service"),
        (&["hosts=[\"catalog\"]", listen], "seam.service"),
        (
            &[
                "hosts=[\"catalog\"]",
                listen,
                "modules.catalog.mode=remote",
                far,
            ],
            "modules.catalog.mode",
        ),
    ];
    for (settings, key) in cases {
        let mut arguments: Vec<&str> = settings.iter().flat_map(|set| ["--set", set]).collect();
        arguments.push("verify");
        let (good, said) = tenon(&arguments);
        assert!(!good && said.contains(key), "{settings:?}: {said}");
    }
}
