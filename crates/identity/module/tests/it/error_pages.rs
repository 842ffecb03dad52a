//! Every error that a client can meet has its page.

use identity_contract::IdentityError;
use serde_json::Value;
use tenon_kernel::{FieldError, ServiceError};
use tenon_web::Problem;

/// One of each.
fn all() -> Vec<IdentityError> {
    let errors = vec![FieldError::new(
        "/email",
        "not_an_email",
        "Expected an e-mail address.",
    )];
    vec![
        IdentityError::InvalidRequest {
            errors: errors.clone(),
        },
        IdentityError::InvalidCursor,
        IdentityError::TooManyIds { limit: 200 },
        IdentityError::WeakPassword { errors },
        IdentityError::InvalidCredentials,
        IdentityError::MfaRequired,
        IdentityError::WrongCode,
        IdentityError::SignInExpired,
        IdentityError::PasskeyRefused,
        IdentityError::WrongPasskey,
        IdentityError::PasskeysUnavailable,
        IdentityError::FactorNotFound,
        IdentityError::FactorConfirmed,
        IdentityError::TooManyFactors { limit: 5 },
        IdentityError::NoFactor,
        IdentityError::ProviderNotFound,
        IdentityError::ProviderUnavailable,
        IdentityError::FederationFailed,
        IdentityError::ProviderEmailUnverified,
        IdentityError::IdentityNotLinked,
        IdentityError::IdentityTaken,
        IdentityError::FederatedIdentityNotFound,
        IdentityError::LastWayIn,
        IdentityError::TooManyIdentities { limit: 10 },
        IdentityError::WrongPassword,
        IdentityError::TooManyAttempts {
            retry_after_ms: 4_000,
        },
        IdentityError::InvalidRefreshToken,
        IdentityError::ChallengeFailed,
        IdentityError::ChallengeNotFound,
        IdentityError::BootstrapRefused,
        IdentityError::AdministratorExists,
        IdentityError::EmailTaken,
        IdentityError::UserNotFound,
        IdentityError::SessionNotFound,
        IdentityError::StaleVersion { current: 4 },
        IdentityError::OauthClientNotFound,
        IdentityError::OauthClientHasNoSecret,
        IdentityError::ApiKeyNotFound,
        IdentityError::TooManyApiKeys { limit: 50 },
        IdentityError::ServiceAccountNotFound,
        IdentityError::SignInAgain {
            max_age_seconds: 900,
        },
        IdentityError::ConsentNotFound,
        IdentityError::ErasureNotFound,
        IdentityError::OwnAccount,
        IdentityError::LastAdministrator,
        IdentityError::LastFactor,
        IdentityError::Unknown,
    ]
}

#[test]
fn each_page_shows_the_problem_as_it_is_answered() {
    for error in all() {
        let code = error.code();
        let path = format!(
            "{}/../../../docs/errors/{code}.md",
            env!("CARGO_MANIFEST_DIR")
        );
        let page =
            std::fs::read_to_string(&path).unwrap_or_else(|problem| panic!("{path}: {problem}"));
        let example = page
            .split("```json")
            .nth(1)
            .and_then(|rest| rest.split("```").next());
        let example: Value = serde_json::from_str(example.expect("an example")).expect("JSON");
        let problem = Problem::from_error(&error);
        assert_eq!(example["code"], code);
        assert_eq!(example["status"], problem.status().as_u16(), "{code}");
        assert!(
            page.contains(&format!("`{code}` · HTTP {}", problem.status().as_u16())),
            "{code}"
        );
        let retry = serde_json::to_value(error.retry()).expect("JSON");
        assert_eq!(example["retry"], retry, "{code}");
        if let Some(detail) = example["detail"].as_str() {
            let said = error.to_string();
            assert_eq!(
                detail.to_lowercase().trim_end_matches('.'),
                said.to_lowercase(),
                "{code}"
            );
        }
    }
}

/// What operations declare exists, and what exists is in the list above.
#[tokio::test]
async fn declared_problems_have_pages() {
    let codes: Vec<&str> = all().iter().map(ServiceError::code).collect();
    crate::world::on_each_engine(async |world| {
        // What the edge answers has pages of its own.
        let own = world.problems.iter().map(|(_, code)| code);
        for code in own.filter(|code| code.starts_with("identity.")) {
            assert!(codes.contains(code), "{code}");
        }
    })
    .await;
}
