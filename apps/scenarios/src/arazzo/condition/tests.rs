//! What conditions say, and what is none.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::expression::Response;
use super::*;

fn holds(text: &str) -> Result<bool> {
    let response = Response {
        status: 200,
        headers: BTreeMap::new(),
        body: json!({ "status": "completed", "total": 2488, "order_id": null, "ok": true, "name": "it's" }),
    };
    let scope = Scope {
        response: Some(response),
        ..Scope::default()
    };
    Condition::read(text)?.holds(&scope)
}

#[test]
fn conditions_hold_or_do_not() {
    for (text, expected) in [
        ("$statusCode == 200", true),
        ("$statusCode != 200", false),
        ("$response.body#/status == 'completed'", true),
        ("$response.body#/status == 'Completed'", true),
        ("$response.body#/status == 'failed'", false),
        ("$response.body#/name == 'it''s'", true),
        (
            "$response.body#/total > 2000 && $response.body#/total <= 2488",
            true,
        ),
        (
            "$response.body#/total < 2000 || $response.body#/total >= 2489",
            false,
        ),
        ("$response.body#/order_id == null", true),
        ("$response.body#/ok", true),
        ("!$response.body#/ok", false),
        ("!($statusCode == 500) && (true || false)", true),
        ("$response.body#/total == '2488'", false),
    ] {
        assert_eq!(holds(text).expect(text), expected, "{text}");
    }
}

#[test]
fn and_binds_more_than_or() {
    assert!(holds("true || false && false").expect("readable"));
    assert!(!holds("(true || false) && false").expect("readable"));
}

#[test]
fn what_cannot_be_read_or_compared_is_an_error() {
    for text in [
        "",
        "$statusCode = 200",
        "$statusCode == ",
        "$statusCode == 200 200",
        "($statusCode == 200",
        "$response.body#/status == 'completed",
        "$nothing == 1",
        "$response.body#/missing == 1",
        "$response.body#/status > 1",
    ] {
        assert!(holds(text).is_err(), "{text}");
    }
}

#[test]
fn expressions_are_found() {
    let condition =
        Condition::read("!($statusCode == 1) || $inputs.a == $inputs.b").expect("readable");
    assert_eq!(
        condition.expressions(),
        ["$statusCode", "$inputs.a", "$inputs.b"]
    );
}
