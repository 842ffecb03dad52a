//! Rows of identity, notifications and audit.

use tenon_store::Engine;

use crate::rows::{Row, V, bytes, j, t};

pub(crate) fn identity(n: i64) -> Vec<Row> {
    let at = || V::At(1_780_315_200_000_000 + n * 1_001);
    let later = V::At(1_790_000_000_000_000);
    let mut rows = vec![
        (
            "users",
            vec![
                V::U(n),
                t(format!("User{n}@example.org")),
                t(format!("user{n}@example.org")),
                at(),
                t(format!("Zoë {n} 🦊")),
                t("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"),
                V::Null,
                V::Null,
                at(),
                V::I(n),
                at(),
                at(),
            ],
        ),
        (
            "user_roles",
            vec![
                V::U(n),
                t(if n % 9 == 0 { "admin" } else { "customer" }),
                at(),
            ],
        ),
        (
            "user_erasures",
            vec![
                V::U(1_200 + n),
                at(),
                later.clone(),
                if n % 2 == 0 {
                    V::At(1_790_000_000_000_000 + n)
                } else {
                    V::Null
                },
            ],
        ),
        (
            "sessions",
            vec![
                V::U(100 + n),
                V::U(n),
                V::I(1),
                V::Null,
                at(),
                at(),
                later.clone(),
                later.clone(),
                V::Null,
                V::Null,
                t("oauth"),
                V::U(300 + n),
                t("api:read openid"),
                at(),
                t("fed otp mfa"),
                at(),
            ],
        ),
        (
            "oauth_clients",
            vec![
                V::U(300 + n),
                t(format!("Zoë {n} 🦊")),
                t("confidential"),
                t(r#"["https://client.example/cb"]"#),
                t("authorization_code refresh_token"),
                t("api:read openid"),
                V::X(32, n),
                V::X(32, n + 1),
                later.clone(),
                V::I(n),
                at(),
                at(),
            ],
        ),
        (
            "oauth_codes",
            vec![
                V::X(32, n),
                V::U(300 + n),
                V::U(n),
                t("https://client.example/cb"),
                t("openid"),
                t("a nonce"),
                t("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
                at(),
                later.clone(),
                at(),
                V::U(100 + n),
                t("pwd mfa"),
            ],
        ),
        (
            "oauth_consents",
            vec![V::U(n), V::U(300 + n), t("openid"), at()],
        ),
        (
            "refresh_tokens",
            vec![V::X(32, n), V::U(100 + n), V::I(1), at(), V::Null, V::Null],
        ),
        (
            "auth_requests",
            vec![V::U(n), t("recover"), t("a@b.c"), V::Null, V::Null, at()],
        ),
        (
            "challenges",
            vec![
                V::U(n),
                V::U(n),
                t("recover"),
                t("file1"),
                V::Null,
                V::Null,
                at(),
                later.clone(),
                V::Null,
            ],
        ),
        ("sign_in_attempts", vec![V::X(32, n), V::I(n), at()]),
        (
            "signing_keys",
            vec![
                V::I(n),
                t(format!("kid {n}")),
                V::X(32, n),
                V::X(93, n),
                at(),
                at(),
                V::Null,
            ],
        ),
    ];
    rows.extend(keys(n));
    rows.extend(second_factors(n));
    rows.extend(federation(n));
    if n == 1 {
        rows.push(("bootstrap_tokens", vec![V::I(1), V::X(32, 3), later]));
    }
    rows
}

/// Keys of people and of programs in turn.
fn keys(n: i64) -> [Row; 2] {
    let at = || V::At(1_780_315_200_000_000 + n * 1_001);
    let is_odd = n % 2 == 1;
    let either = |this: V, that: V| if is_odd { this } else { that };
    let account = vec![
        V::U(700 + n),
        t(format!("Zoë's scanner {n} 🦊")),
        t("admin staff"),
        either(at(), V::Null),
        either(t("left"), V::Null),
        V::I(n),
        at(),
        at(),
    ];
    let key = vec![
        V::U(800 + n),
        either(V::U(n), V::Null),
        either(V::Null, V::U(700 + n)),
        t(format!("Zoë {n} 🦊")),
        t("api:write staff"),
        t(r#"["192.0.2.0/24","2001:db8::/32"]"#),
        V::X(32, n),
        either(V::X(32, n + 1), V::Null),
        either(at(), V::Null),
        either(V::Null, at()),
        either(at(), V::Null),
        V::I(n),
        at(),
        at(),
    ];
    [("service_accounts", account), ("api_keys", key)]
}

/// Factors that count and pending ones in turn.
fn second_factors(n: i64) -> [Row; 5] {
    let at = || V::At(1_780_315_200_000_000 + n * 1_001);
    let counts = |value: V| if n % 2 == 1 { value } else { V::Null };
    let factor = vec![
        V::U(900 + n),
        V::U(n),
        t("totp"),
        t(format!("Zoë's phone {n} 🦊")),
        V::X(55, n),
        counts(V::I(59_343_840 + n)),
        counts(at()),
        counts(at()),
        at(),
        V::Null,
        V::Null,
        V::Null,
    ];
    let passkey = vec![
        V::U(5_000_000 + n),
        V::U(n),
        t("passkey"),
        t(format!("Zoë's laptop {n} 🦊")),
        V::Null,
        V::Null,
        counts(at()),
        counts(at()),
        at(),
        V::X(32, n),
        counts(V::X(24, n)),
        counts(t(r#"{"cred":{"counter":7}}"#)),
    ];
    let asked = vec![
        V::X(32, n),
        t(if n % 2 == 1 { "first_party" } else { "browser" }),
        V::X(32, n + 1),
        V::X(32, n + 2),
        counts(V::X(32, n + 3)),
        at(),
        at(),
    ];
    let code = vec![V::U(n), V::X(32, n), at(), counts(at())];
    let waiting = vec![
        V::X(32, n),
        V::U(n),
        t(if n % 2 == 1 { "first_party" } else { "browser" }),
        V::X(32, n + 1),
        V::X(32, n + 2),
        V::X(32, n + 3),
        V::B(n % 2 == 1),
        V::I(n % 6),
        at(),
        at(),
        counts(at()),
        counts(at()),
        counts(V::U(950 + n)),
    ];
    [
        ("factors", factor),
        ("factors", passkey),
        ("passkey_challenges", asked),
        ("recovery_codes", code),
        ("sign_in_challenges", waiting),
    ]
}

/// Flows of clients and of pages in turn.
fn federation(n: i64) -> [Row; 3] {
    let at = || V::At(1_780_315_200_000_000 + n * 1_001);
    let is_odd = n % 2 == 1;
    let either = |this: V, that: V| if is_odd { this } else { that };
    let issuer = || t("https://login.acme.example");
    let challenge = || t("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let identity = vec![
        V::U(950 + n),
        V::U(n),
        issuer(),
        t(format!("subject {n}")),
        either(t("zoe@example.org"), V::Null),
        either(at(), V::Null),
        at(),
    ];
    let flow = vec![
        V::X(32, n),
        V::X(32, n + 1),
        t("acme"),
        issuer(),
        t("k1"),
        either(V::I(0), V::Null),
        either(t("https://shop.example/back"), V::Null),
        either(t("Zoë's state"), V::Null),
        either(challenge(), V::Null),
        either(V::Null, t("response_type=code&state=%F0%9F%A6%8A")),
        at(),
        at(),
        either(at(), V::Null),
    ];
    let code = vec![
        V::X(32, n),
        challenge(),
        issuer(),
        t(format!("subject {n}")),
        either(t("zoe@example.org"), V::Null),
        V::B(is_odd),
        either(t("Zoë 🦊"), V::Null),
        either(at(), V::Null),
        V::B(!is_odd),
        at(),
        at(),
    ];
    [
        ("federated_identities", identity),
        ("federation_flows", flow),
        ("federation_codes", code),
    ]
}

pub(crate) fn notifications(n: i64) -> Vec<Row> {
    let at = || V::At(1_780_315_200_000_000 + n);
    vec![
        (
            "messages",
            vec![
                V::U(n),
                V::U(200 + n),
                t("order_placed"),
                t(format!("usr_{n}")),
                t(format!("ord_{n}")),
                j(format!(
                    r#"{{"number": {n}, "total": "12.50", "b": null, "a": [1, 2]}}"#
                )),
                t("sent"),
                V::I(2),
                V::I(1),
                t("hash"),
                V::Null,
                at(),
                at(),
                V::Null,
                at(),
                t(if n % 2 == 0 { "email" } else { "sms" }),
                if n % 2 == 0 { V::U(300 + n) } else { V::Null },
                V::Null,
                at(),
                if n % 2 == 0 { V::U(1_100 + n) } else { V::Null },
            ],
        ),
        ("message_contents", vec![V::U(n), V::X(61, n), at()]),
        ("erased_users", vec![V::U(300 + n), at()]),
        (
            "message_digests",
            vec![
                V::U(1_100 + n),
                V::U(300 + n),
                t("shipping"),
                V::I(2),
                at(),
                at(),
                if n % 2 == 0 { at() } else { V::Null },
            ],
        ),
        (
            "notification_preferences",
            vec![
                V::U(300 + n),
                j(r#"[{"topic": "orders", "place": "email", "mode": "off"}]"#),
                t("Europe/Berlin"),
                if n % 2 == 0 { V::I(22) } else { V::Null },
                if n % 2 == 0 { V::I(7) } else { V::Null },
                V::I(n),
                at(),
                V::I(8 + n % 2),
            ],
        ),
        (
            "message_suppressions",
            vec![
                V::U(900 + n),
                t("email"),
                t(format!("hash {n}")),
                V::U(n),
                t("refused 550"),
                at(),
            ],
        ),
        (
            "contact_points",
            vec![
                V::U(1_000 + n),
                V::U(300 + n),
                t(if n % 2 == 0 { "sms" } else { "push" }),
                if n % 2 == 0 { V::Null } else { t("ios") },
                V::X(61, n),
                t(format!("hash {n}")),
                t(if n % 2 == 0 { "unverified" } else { "verified" }),
                if n % 2 == 0 { V::X(16, n) } else { V::Null },
                if n % 2 == 0 { at() } else { V::Null },
                V::I(2),
                V::I(1),
                V::I(n),
                at(),
                if n % 2 == 0 { V::Null } else { at() },
            ],
        ),
        (
            "event_log",
            vec![
                V::I(n),
                V::U(500 + n),
                t("orders"),
                t("order.placed"),
                t("/schemas/order.placed/1"),
                t(format!("ord_{n}")),
                at(),
                t(format!(r#"{{"number": "{n}", "title": "Zoë 🦊"}}"#)),
                at(),
                t("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ],
        ),
        (
            "webhook_endpoints",
            vec![
                V::U(600 + n),
                t(format!("https://hooks.example.com/{n}")),
                t("Zoë 🦊"),
                t(r#"["order.placed"]"#),
                t("keyed"),
                V::I(50),
                t("disabled"),
                t("failing"),
                at(),
                V::Null,
                t("status 500"),
                V::I(2),
                V::X(61, n),
                V::X(61, n + 1),
                at(),
                V::I(3),
                at(),
                at(),
                V::X(32, n),
                if n % 2 == 0 { V::X(32, n + 1) } else { V::Null },
            ],
        ),
        (
            "webhook_places",
            vec![V::U(600 + n), V::I(n), V::I(0), V::I(2), at()],
        ),
        (
            "webhook_replays",
            vec![
                V::U(700 + n),
                V::U(600 + n),
                t("[]"),
                V::I(0),
                V::I(n),
                at(),
                if n % 2 == 0 { at() } else { V::Null },
            ],
        ),
        (
            "webhook_deliveries",
            vec![
                V::U(800 + n),
                V::U(600 + n),
                V::I(1),
                t("event"),
                V::U(600 + n),
                V::U(500 + n),
                t("order.placed"),
                t(format!("ord_{n}")),
                t(if n % 2 == 0 { "delivered" } else { "pending" }),
                V::I(2),
                at(),
                t("status 500"),
                at(),
                at(),
                if n % 2 == 0 { at() } else { V::Null },
            ],
        ),
        (
            "user_notifications",
            vec![
                V::U(n),
                V::U(300 + n),
                V::U(400 + n),
                t("order.placed"),
                t(format!("ord_{n}")),
                t("Title"),
                t("Body\n🎉"),
                V::I(1),
                at(),
                if n % 2 == 0 { at() } else { V::Null },
                V::Null,
            ],
        ),
    ]
}

pub(crate) fn audit(n: i64) -> Vec<Row> {
    let at = || V::At(1_780_315_200_000_000 + n);
    vec![
        (
            "audit_entries",
            vec![
                V::I(n),
                V::U(n),
                V::U(500 + n),
                at(),
                at(),
                t("user:1"),
                t("http"),
                t("order.cancelled"),
                t("ord_1"),
                t("orders"),
                V::Null,
                V::Null,
                t("evt_1"),
                t(r#"{"status":"placed","x":1.50}"#),
                t(r#"{ "spaces" : "stay" }"#),
                t("{}"),
                V::X(32, n - 1),
                V::X(32, n),
            ],
        ),
        ("audit_tree_nodes", vec![V::I(8), V::I(n), V::X(32, n)]),
    ]
}

/// The chain's end moves by one with each entry: its trigger insists.
pub(crate) fn audit_head(engine: Engine, n: i64) -> String {
    let hash = bytes(engine, 32, n);
    format!("UPDATE audit_head SET seq = {n}, hash = {hash} WHERE id = 1")
}
