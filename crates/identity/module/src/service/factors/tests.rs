//! A key leaves the ring, and factors go on.

use identity_contract::{FactorId, UserId};
use tenon_kernel::{CursorKey, Env, Role};
use tenon_testkit::{Kit, engines};

use crate::domain::factor::{Amr, OneTimeCode};
use crate::domain::totp::TotpSecret;
use crate::service::{NewUser, Service};
use crate::settings::{IdentitySettings, KeyRingEntry};
use crate::store::factors::{self, Beginning};
use crate::{Deps, MIGRATIONS, PasswordCost};

/// The installation with these keys.
async fn started(kit: &Kit, ring: &[&KeyRingEntry]) -> Service {
    let settings = IdentitySettings {
        key_ring: ring.iter().map(|entry| (*entry).clone()).collect(),
        ..IdentitySettings::default()
    };
    let deps = Deps {
        db: kit.db(MIGRATIONS).await,
        cursor_key: CursorKey::new(b"test"),
        password_cost: PasswordCost {
            memory_kib: 8,
            passes: 1,
        },
    };
    Service::new(settings, deps).expect("good settings")
}

/// Somebody with a confirmed factor, sealed with the first key of the ring.
async fn guarded(kit: &Kit, service: &Service, secret: &TotpSecret) -> UserId {
    let user = NewUser {
        email: "ada@example.org".to_owned(),
        password: "correct horse battery".to_owned(),
        display_name: None,
        roles: vec![Role::Customer],
    };
    let user = service.create_user(&kit.ctx(), user).await.expect("made");
    let id: FactorId = kit.env().new_id();
    let sealed = Beginning::App(service.seal_secret(id, secret));
    let mut ctx = kit.ctx();
    let mut tx = service.db.begin(&mut ctx, "test").await.expect("begun");
    let inserted = factors::insert(&mut tx, id, user, "Phone", &sealed).await;
    inserted.expect("inserted");
    assert!(factors::confirm(&mut tx, id, 0).await.expect("written"));
    tx.commit().await.expect("committed");
    user
}

/// Shows the code of now; says what came of it, or that the secret cannot be opened.
async fn show(kit: &Kit, service: &Service, user: UserId, secret: &TotpSecret) -> Result<bool, ()> {
    let step = kit.env().now().as_unix_seconds() / 30;
    let code = OneTimeCode::Totp(secret.code_at(step));
    let mut ctx = kit.ctx();
    let mut tx = service.db.begin(&mut ctx, "test").await.expect("begun");
    let amr = service.use_code(&mut tx, user, &code).await.map_err(drop)?;
    tx.commit().await.expect("committed");
    Ok(amr == Some(Amr::Code))
}

#[tokio::test]
async fn a_secret_is_sealed_with_the_newest_key_when_it_is_used() {
    for engine in engines() {
        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let [old, new] = ["old", "new"].map(|id| KeyRingEntry::generate(id, &Env::system()));
        let secret = TotpSecret::generate(&kit.env());
        let user = guarded(&kit, &started(&kit, &[&old]).await, &secret).await;

        let without = started(&kit, &[&new]).await;
        assert_eq!(show(&kit, &without, user, &secret).await, Err(()));
        let with_both = started(&kit, &[&new, &old]).await;
        assert_eq!(show(&kit, &with_both, user, &secret).await, Ok(true));
        assert_eq!(
            show(&kit, &with_both, user, &secret).await,
            Ok(false),
            "used"
        );
        kit.advance(std::time::Duration::from_secs(30));
        assert_eq!(show(&kit, &without, user, &secret).await, Ok(true));
    }
}
