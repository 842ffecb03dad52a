//! `Prefer`.

use super::*;

#[tokio::test]
async fn whoever_wants_to_hear_little_hears_where_the_thing_is_and_its_version() {
    let kitchen = Kitchen::new();
    let minimal = [("prefer", "return=minimal"), ("if-match", "\"v4\"")];
    let made = kitchen.ask(Method::POST, "/v1/pots", &minimal).await;
    assert_eq!((made.status.as_u16(), &made.body), (201, &Value::Null));
    assert_eq!(made.header("location"), Some("/v1/pots/p1"));
    assert_eq!(made.header("etag"), Some("\"v1\""));
    assert_eq!(made.header("preference-applied"), Some("return=minimal"));
    assert_eq!(made.header("content-type"), None);
    let changed = kitchen.ask(Method::PATCH, "/v1/pots/p1", &minimal).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.body),
        (204, &Value::Null)
    );
    assert_eq!(changed.header("etag"), Some("\"v5\""));

    let whole = [("prefer", "return=representation"), ("if-match", "\"v4\"")];
    let changed = kitchen.ask(Method::PATCH, "/v1/pots/p1", &whole).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.body["id"]),
        (200, &json!("p1"))
    );
    assert_eq!(
        changed.header("preference-applied"),
        Some("return=representation")
    );

    // A refusal says what is wrong, a secret is shown, and reads are about nothing else.
    let stale = kitchen
        .ask(Method::PATCH, "/v1/pots/p1", &minimal[..1])
        .await;
    assert_eq!(
        (stale.status.as_u16(), stale.header("preference-applied")),
        (428, None)
    );
    assert_eq!(stale.body["code"], "precondition_required");
    for (method, path) in [
        (Method::POST, "/v1/pots/p1/keys"),
        (Method::GET, "/v1/pots/p1"),
    ] {
        let answer = kitchen.ask(method, path, &minimal).await;
        assert_eq!(
            (&answer.body["id"], answer.header("preference-applied")),
            (&json!("p1"), None),
            "{path}"
        );
    }
}

#[tokio::test]
async fn preferences_are_left_alone_unless_the_caller_insists() {
    let kitchen = Kitchen::new();
    for (prefer, note, applied) in [
        ("wait=7", json!("waited 7"), Some("wait=7")),
        (
            "respond-async, Wait=\"600\"; a=b",
            json!("waited 20"),
            Some("wait=20"),
        ),
        (
            "wait=1, handling=strict",
            json!("waited 1"),
            Some("wait=1, handling=strict"),
        ),
        ("<b>, wait=soon, =, x=\"", Value::Null, None),
        ("handling=lenient, colour=red", Value::Null, None),
    ] {
        let answer = kitchen
            .ask(Method::GET, "/v1/pots/p1", &[("prefer", prefer)])
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["note"]),
            (200, &note),
            "{prefer}"
        );
        assert_eq!(answer.header("preference-applied"), applied, "{prefer}");
    }
    let asked = kitchen.was_asked();
    for (prefer, named) in [
        ("handling=strict, respond-async", "`respond-async`"),
        ("handling=strict, return=minimal", "`return`"),
        ("wait=soon, handling=strict", "`wait` has no value `soon`"),
        ("wait=\"<b>\", handling=strict", "`wait` has no value."),
        ("handling=strict, <b>", "cannot be read"),
    ] {
        let refused = kitchen
            .ask(Method::GET, "/v1/pots/p1", &[("prefer", prefer)])
            .await;
        let (pointer, _, detail) = refused.wrong();
        assert_eq!(pointer, "Prefer:", "{prefer}");
        assert!(
            detail.contains(named) && !detail.contains('<'),
            "{prefer}: {detail}"
        );
    }
    assert_eq!(kitchen.was_asked(), asked);
}
