//! Mails about what opens an account: sessions, factors, keys, accounts elsewhere.

use identity_contract::{
    ApiKeyCreated, ApiKeyOwner, ApiKeyRevoked, ApiKeyRotated, FactorAdded, FactorGuessed,
    FactorKind, FactorRemoved, FederatedIdentityLinked, FederatedIdentityRemoved, PasskeySuspected,
    RecoveryCodeUsed, RecoveryCodesRenewed, SessionCompromised, SessionCreated, UserField,
    UserUpdated,
};

use crate::world::{ONE_STORE, World, id};

#[tokio::test]
async fn people_hear_of_what_happens_to_their_account() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        let user_id = world.ada(Some("Ada"));
        let session_id = id("session");
        world
            .happens(
                "identity",
                &SessionCompromised {
                    session_id,
                    user_id,
                    generations_behind: 1,
                },
            )
            .await;
        assert_eq!(
            world.only_mail().subject,
            "We ended a session of your account"
        );
        assert!(
            world
                .only_mail()
                .text
                .is_some_and(|text| text.starts_with("Hello Ada,"))
        );

        world.catcher.clear();
        world
            .happens(
                "identity",
                &UserUpdated {
                    user_id,
                    fields: vec![UserField::DisplayName],
                },
            )
            .await;
        assert_eq!(world.catcher.messages().len(), 0);
        world
            .happens(
                "identity",
                &UserUpdated {
                    user_id,
                    fields: vec![UserField::Password],
                },
            )
            .await;
        assert_eq!(world.only_mail().subject, "Your password was changed");

        world.catcher.clear();
        let session = |known_device| SessionCreated {
            session_id,
            user_id,
            amr: vec!["pwd".to_owned()],
            known_device,
            ip_hash: None,
        };
        world.happens("identity", &session(true)).await;
        assert_eq!(world.catcher.messages().len(), 0);
        world.happens("identity", &session(false)).await;
        assert_eq!(world.only_mail().subject, "New sign-in to your account");
        assert_eq!(
            world.only_mail().links(),
            ["https://shop.test/account/sessions", "https://shop.test"]
        );
    }
}

#[tokio::test]
async fn people_hear_of_their_second_factors() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        let (user_id, factor_id) = (world.ada(Some("Ada")), id("factor"));
        let kind = FactorKind::Totp;
        let added = FactorAdded {
            factor_id,
            user_id,
            kind,
        };
        world.happens("identity", &added).await;
        let subject = || world.only_mail().subject;
        assert_eq!(subject(), "A second factor was added to your account");
        for (was_last, is_said) in [(true, true), (false, false)] {
            world.catcher.clear();
            let removed = FactorRemoved {
                factor_id,
                user_id,
                kind,
                was_last,
            };
            world.happens("identity", &removed).await;
            assert_eq!(subject(), "A second factor was removed from your account");
            let mail = world.only_mail();
            let text = mail.text.expect("it has a text part");
            assert_eq!(text.contains("the password is enough"), is_said, "{text}");
            let html = mail.html.expect("it has an HTML part");
            assert_eq!(html.contains("the password is enough"), is_said, "{html}");
        }
        world.catcher.clear();
        world.happens("identity", &FactorGuessed { user_id }).await;
        assert_eq!(subject(), "Someone may know your password");
        world.catcher.clear();
        world
            .happens("identity", &RecoveryCodesRenewed { user_id })
            .await;
        assert_eq!(subject(), "You have new recovery codes");
        world.catcher.clear();
        world
            .happens("identity", &RecoveryCodeUsed { user_id, left: 9 })
            .await;
        assert_eq!(subject(), "Someone signed in with a recovery code");
        let text = world.only_mail().text.expect("it has a text part");
        assert!(text.contains("9 are left"), "{text}");
    }
}

#[tokio::test]
async fn people_hear_of_their_passkeys() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        let (user_id, factor_id) = (world.ada(Some("Ada")), id("factor"));
        let kind = FactorKind::Passkey;
        let subject = || world.only_mail().subject;
        let added = FactorAdded {
            factor_id,
            user_id,
            kind,
        };
        world.happens("identity", &added).await;
        assert_eq!(subject(), "A passkey was added to your account");
        let text = world.only_mail().text.expect("it has a text part");
        assert!(text.contains("A passkey was added"), "{text}");
        world.catcher.clear();
        let removed = FactorRemoved {
            factor_id,
            user_id,
            kind,
            was_last: false,
        };
        world.happens("identity", &removed).await;
        assert_eq!(subject(), "A passkey was removed from your account");
        world.catcher.clear();
        let suspected = PasskeySuspected { factor_id, user_id };
        world.happens("identity", &suspected).await;
        assert_eq!(subject(), "Someone may have a copy of your passkey");
    }
}

#[tokio::test]
async fn people_hear_of_keys() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        let (user_id, key_id) = (world.ada(Some("Ada")), id("key"));
        let name = "Tea <planner>".to_owned();
        let own = ApiKeyOwner::User { user_id };
        let of_program = ApiKeyOwner::ServiceAccount {
            service_account_id: id("service"),
        };
        for (owner, subject, said) in [
            (own, "An API key was made", "An API key of your"),
            (
                of_program,
                "An API key of a program was made",
                "a key of a program was",
            ),
        ] {
            let created = ApiKeyCreated {
                key_id,
                owner,
                name: name.clone(),
                scopes: vec!["api:read".to_owned()],
                networks: Vec::new(),
                expires_at: None,
                notice_to: user_id,
            };
            world.happens("identity", &created).await;
            let mail = world.only_mail();
            assert_eq!(mail.subject, subject);
            let text = mail.text.expect("it has a text part");
            assert!(text.contains(said), "{text}");
            assert!(text.contains("made just now: Tea <planner>."), "{text}");
            let html = mail.html.expect("it has an HTML part");
            assert!(html.contains("Tea &lt;planner&gt;"), "{html}");
            world.catcher.clear();
        }
        let rotated = ApiKeyRotated {
            key_id,
            owner: own,
            name: name.clone(),
            previous_until: world.app.kit().env().now(),
            notice_to: user_id,
        };
        world.happens("identity", &rotated).await;
        let subject = || world.only_mail().subject;
        assert_eq!(subject(), "An API key was given a new secret");
        world.catcher.clear();
        let revoked = |notice_to| ApiKeyRevoked {
            key_id,
            owner: own,
            name: Some(name.clone()),
            notice_to,
        };
        world.happens("identity", &revoked(Some(user_id))).await;
        assert_eq!(subject(), "An API key was deleted");
        world.catcher.clear();
        // With everything else that opened the account: they hear of that.
        world.happens("identity", &revoked(None)).await;
        assert_eq!(world.catcher.messages().len(), 0);
    }
}

#[tokio::test]
async fn people_hear_of_accounts_that_sign_them_in() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        let (user_id, identity_id) = (world.ada(Some("Ada")), id("identity"));
        let provider = "acme".to_owned();
        for (made_account, said) in [(false, "was linked to your"), (true, "was made just now")] {
            let linked = FederatedIdentityLinked {
                identity_id,
                user_id,
                provider: provider.clone(),
                made_account,
            };
            world.happens("identity", &linked).await;
            let mail = world.only_mail();
            assert_eq!(
                mail.subject,
                "A sign-in with another account was linked to your account"
            );
            let text = mail.text.expect("it has a text part");
            assert!(text.contains(said) && text.contains("acme"), "{text}");
            world.catcher.clear();
        }
        let removed = FederatedIdentityRemoved {
            identity_id,
            user_id,
            provider,
        };
        world.happens("identity", &removed).await;
        assert_eq!(
            world.only_mail().subject,
            "A sign-in with another account was removed from your account"
        );
    }
}
