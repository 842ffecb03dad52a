//! Tests of keys.

use super::*;
use tenon_kernel::Role;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_000);

fn read(
    scopes: &[&str],
    networks: &[&str],
    expires_at: Option<i64>,
) -> Result<ApiKeyWish, Vec<String>> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let input = ApiKeyInput {
        name: "Tea".to_owned(),
        scopes: owned(scopes),
        networks: owned(networks),
        expires_at: expires_at.map(Timestamp::from_unix_seconds),
    };
    ApiKeyWish::read(input, NOW)
        .map_err(|errors| errors.into_iter().map(|error| error.pointer).collect())
}

#[test]
fn wrong_members_are_named() {
    let good = read(
        &["api:read", "staff"],
        &["192.0.2.0/24", "::1"],
        Some(1_001),
    );
    assert_eq!(good.map(|wish| wish.networks.len()), Ok(2));
    let pointers = |result: Result<ApiKeyWish, Vec<String>>| result.err().unwrap_or_default();
    assert_eq!(pointers(read(&["staff"], &[], None)), ["/scopes"]);
    for unknown in ["root", "openid"] {
        assert_eq!(
            pointers(read(&["api:read", unknown], &[], None)),
            ["/scopes/1"]
        );
    }
    assert_eq!(
        pointers(read(
            &["api:read"],
            &["10.0.0.1/8", "x", "::1", "::1"],
            Some(1_000)
        )),
        ["/expires_at", "/networks/0", "/networks/1", "/networks/3"]
    );
    let many: Vec<String> = (0..21).map(|number| format!("10.0.0.{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(pointers(read(&["api:read"], &many, None)), ["/networks"]);
}

#[test]
fn a_scope_beyond_the_owner_is_named() {
    let scopes = ["api:read", "staff", "admin"].map(str::to_owned);
    let staff = Roles::read(&[Role::Staff], "").expect("known");
    let errors = check_owner(&scopes, &staff).expect_err("too much");
    let pointers: Vec<_> = errors.into_iter().map(|error| error.pointer).collect();
    assert_eq!(pointers, ["/scopes/2"]);
}

#[test]
fn the_secret_before_counts_until_its_time_or_that_of_the_key_is_over() {
    let at = Timestamp::from_unix_seconds;
    let [new, old, other] = [1, 2, 3].map(|byte| ApiKeyProof([byte; 32]));
    let mut key = StoredApiKey {
        id: ApiKeyId::from_uuid(uuid::Uuid::nil()),
        owner: ApiKeyOwner::Unknown,
        wish: read(&["api:read"], &[], None).expect("good"),
        secrets: ApiKeySecrets {
            current: hash_of(&new),
            previous: Some((hash_of(&old), at(2_000))),
        },
        last_used_at: None,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    };
    let until = |until| Some(Accepted { until });
    assert_eq!(key.accept(&new, at(9_000)), until(None));
    assert_eq!(key.accept(&old, at(1_999)), until(Some(at(2_000))));
    assert_eq!(key.accept(&old, at(2_000)), None);
    assert_eq!(key.accept(&other, NOW), None);
    let stored = ApiKeyProof(key.secrets.current.clone().try_into().expect("32 bytes"));
    assert_eq!(
        key.accept(&stored, NOW),
        None,
        "what is stored proves nothing"
    );
    key.wish.expires_at = Some(at(1_500));
    assert_eq!(key.accept(&old, at(1_499)), until(Some(at(1_500))));
    assert_eq!(key.accept(&new, at(1_500)), None);
}

#[test]
fn an_overlap_is_a_week_at_most() {
    assert_eq!(read_overlap(None), Ok(OVERLAP));
    assert_eq!(read_overlap(Some(0)), Ok(Duration::ZERO));
    assert!(read_overlap(Some(604_800)).is_ok() && read_overlap(Some(604_801)).is_err());
}
