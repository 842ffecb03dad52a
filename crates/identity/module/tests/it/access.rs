//! Who may call what: every operation is tried by those who may not.

use serde_json::json;
use tenon_access::Policy;
use tenon_kernel::Role;

use crate::world::on_each_engine;

/// The table of this module's operations: a new one must be added here, with its policy.
const EXPECTED: [(&str, &str, Policy); 69] = [
    ("GET", "/.well-known/jwks.json", Policy::Public),
    (
        "GET",
        "/.well-known/oauth-authorization-server",
        Policy::Public,
    ),
    ("GET", "/.well-known/openid-configuration", Policy::Public),
    ("GET", "/oauth/authorize", Policy::Public),
    ("POST", "/oauth/code", Policy::Bearer),
    ("POST", "/oauth/consent", Policy::Bearer),
    ("GET", "/oauth/federation/{provider}", Policy::Public),
    ("POST", "/oauth/introspect", Policy::Bearer),
    ("POST", "/oauth/passkey", Policy::Bearer),
    ("POST", "/oauth/passkey-challenges", Policy::Bearer),
    ("POST", "/oauth/revoke", Policy::Bearer),
    ("POST", "/oauth/sign-in", Policy::Bearer),
    ("POST", "/oauth/token", Policy::Bearer),
    ("GET", "/oauth/userinfo", Policy::SignedIn),
    ("POST", "/oauth/userinfo", Policy::SignedIn),
    ("GET", "/v1/api-keys", Policy::SignedIn),
    ("POST", "/v1/api-keys", Policy::SignedIn),
    ("DELETE", "/v1/api-keys/{id}", Policy::SignedIn),
    ("GET", "/v1/api-keys/{id}", Policy::SignedIn),
    ("PATCH", "/v1/api-keys/{id}", Policy::SignedIn),
    ("POST", "/v1/api-keys/{id}/rotations", Policy::SignedIn),
    ("POST", "/v1/auth/bootstrap", Policy::Bearer),
    ("POST", "/v1/auth/challenges", Policy::Public),
    ("POST", "/v1/auth/challenges/{id}/responses", Policy::Bearer),
    ("GET", "/v1/auth/federation", Policy::Public),
    ("POST", "/v1/auth/federation/sessions", Policy::Bearer),
    ("GET", "/v1/auth/federation/{provider}", Policy::Public),
    (
        "GET",
        "/v1/auth/federation/{provider}/callback",
        Policy::Public,
    ),
    ("POST", "/v1/auth/passkey-challenges", Policy::Public),
    ("POST", "/v1/auth/passkey-sessions", Policy::Bearer),
    ("POST", "/v1/auth/registrations", Policy::Public),
    ("POST", "/v1/auth/sessions", Policy::Public),
    ("POST", "/v1/auth/sessions/confirmations", Policy::Bearer),
    (
        "DELETE",
        "/v1/auth/sessions/current",
        Policy::SignedInOrEnrolling,
    ),
    ("POST", "/v1/auth/tokens", Policy::Bearer),
    ("DELETE", "/v1/me", Policy::SignedIn),
    ("GET", "/v1/me", Policy::SignedInOrEnrolling),
    ("PATCH", "/v1/me", Policy::SignedIn),
    ("GET", "/v1/me/consents", Policy::SignedIn),
    ("DELETE", "/v1/me/consents/{client_id}", Policy::SignedIn),
    ("DELETE", "/v1/me/erasure", Policy::SignedIn),
    ("GET", "/v1/me/erasure", Policy::SignedIn),
    ("GET", "/v1/me/factors", Policy::SignedInOrEnrolling),
    ("POST", "/v1/me/factors", Policy::SignedInOrEnrolling),
    ("DELETE", "/v1/me/factors/{id}", Policy::SignedIn),
    (
        "POST",
        "/v1/me/factors/{id}/confirmations",
        Policy::SignedInOrEnrolling,
    ),
    ("GET", "/v1/me/identities", Policy::SignedIn),
    ("POST", "/v1/me/identities", Policy::SignedIn),
    ("DELETE", "/v1/me/identities/{id}", Policy::SignedIn),
    ("POST", "/v1/me/recovery-codes", Policy::SignedIn),
    ("GET", "/v1/me/sessions", Policy::SignedIn),
    ("DELETE", "/v1/me/sessions/{id}", Policy::SignedIn),
    ("GET", "/v1/oauth/clients", Policy::Has(Role::Admin)),
    ("POST", "/v1/oauth/clients", Policy::Has(Role::Admin)),
    ("DELETE", "/v1/oauth/clients/{id}", Policy::Has(Role::Admin)),
    ("GET", "/v1/oauth/clients/{id}", Policy::Has(Role::Admin)),
    ("PATCH", "/v1/oauth/clients/{id}", Policy::Has(Role::Admin)),
    (
        "POST",
        "/v1/oauth/clients/{id}/secret-rotations",
        Policy::Has(Role::Admin),
    ),
    ("GET", "/v1/service-accounts", Policy::Has(Role::Admin)),
    ("POST", "/v1/service-accounts", Policy::Has(Role::Admin)),
    ("GET", "/v1/service-accounts/{id}", Policy::Has(Role::Admin)),
    (
        "PATCH",
        "/v1/service-accounts/{id}",
        Policy::Has(Role::Admin),
    ),
    (
        "GET",
        "/v1/service-accounts/{id}/api-keys",
        Policy::Has(Role::Admin),
    ),
    (
        "POST",
        "/v1/service-accounts/{id}/api-keys",
        Policy::Has(Role::Admin),
    ),
    ("GET", "/v1/users", Policy::Has(Role::Admin)),
    ("POST", "/v1/users", Policy::Has(Role::Admin)),
    ("GET", "/v1/users/{id}", Policy::Has(Role::Admin)),
    ("PATCH", "/v1/users/{id}", Policy::Has(Role::Admin)),
    ("DELETE", "/v1/users/{id}/factors", Policy::Has(Role::Admin)),
];

#[tokio::test]
async fn the_policies_are_the_expected_ones() {
    on_each_engine(async |world| {
        let mut actual: Vec<_> = world
            .policies
            .iter()
            .map(|(method, path, _, policy)| (method.as_str(), *path, *policy))
            .collect();
        actual.sort_unstable_by_key(|(method, path, _)| (*path, method.to_owned()));
        assert_eq!(actual, EXPECTED);
    })
    .await;
}

#[tokio::test]
async fn closed_operations_are_closed_to_strangers_and_to_others() {
    on_each_engine(async |world| {
        let (_, customer) = world.made("ada@example.org", &[Role::Customer]).await;
        let (_, staff) = world.made("staff@example.org", &[Role::Staff]).await;
        let forged = world.app.with_token("eyJhbGciOiJub25lIn0.e30.");
        for (method, path, policy) in EXPECTED {
            let kind = match path {
                _ if path.contains("oauth") => "cli",
                _ if path.starts_with("/v1/api-keys") => "key",
                _ if path.starts_with("/v1/service-accounts") => "svc",
                _ if path.starts_with("/v1/me/factors") => "fac",
                _ if path.starts_with("/v1/me/identities") => "fid",
                _ => "usr",
            };
            let nobody = format!("{kind}_00000000000000000000000000");
            let path = path
                .replace("{id}", &nobody)
                .replace("{client_id}", "cli_00000000000000000000000000");
            let method: http::Method = method.parse().expect("a method");
            let send = async |client: &tenon_testkit::Client| {
                let request = client
                    .request(method.clone(), &path)
                    .header("if-match", "\"v1\"");
                request.json(&json!({})).await.status().as_u16()
            };
            match policy {
                Policy::Public | Policy::Bearer => {}
                Policy::SignedIn | Policy::SignedInOrEnrolling => {
                    assert_eq!(send(&world.app.anonymous()).await, 401, "{method} {path}");
                    assert_eq!(send(&forged).await, 401, "{method} {path}");
                }
                _ => {
                    assert_eq!(send(&world.app.anonymous()).await, 401, "{method} {path}");
                    assert_eq!(send(&forged).await, 401, "{method} {path}");
                    assert_eq!(send(&customer).await, 403, "{method} {path}");
                    assert_eq!(send(&staff).await, 403, "{method} {path}");
                }
            }
        }
    })
    .await;
}
