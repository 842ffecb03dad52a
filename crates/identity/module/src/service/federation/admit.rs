//! Whose account a provider's account opens.
//!
//! The link decides, which its owner made, or which was made with the account. An address never does: whoever runs a provider could
//! write any address into a token, and addresses change hands.

use identity_contract::{
    Channel, FederatedIdentityId, FederatedIdentityLinked, IdentityError, UserId, UserRegistered,
    UserVerified,
};
use tenon_events::Emit as _;
use tenon_kernel::Role;
use tenon_seam::SeamResult;
use tenon_store::{Queryable, Tx};

use crate::domain::email::EmailAddress;
use crate::domain::federation::Proof;
use crate::domain::user::Account;
use crate::service::{Service, refuse};
use crate::store::{challenges, federated_identities, roles, users};

/// Whom a provider's account is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whom {
    /// Somebody who linked it.
    Linked(FederatedIdentityId, UserId),
    /// Somebody who registered, and has never proved the address.
    Unproved(UserId),
    /// Nobody so far.
    Nobody(UserId),
}

impl Whom {
    pub(super) fn user(self) -> UserId {
        match self {
            Self::Linked(_, user) | Self::Unproved(user) | Self::Nobody(user) => user,
        }
    }
}

impl Service {
    /// Looks who that is.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ProviderEmailUnverified`], [`IdentityError::IdentityNotLinked`].
    pub(super) async fn whose(
        &self,
        db: &mut dyn Queryable,
        proof: &Proof,
    ) -> SeamResult<Whom, IdentityError> {
        let owner = federated_identities::find_owner(db, &proof.issuer, &proof.subject).await?;
        if let Some((identity, user)) = owner {
            return Ok(Whom::Linked(identity, user));
        }
        let email = vouched_for(proof)?;
        match users::find_by_email(db, email).await? {
            // Rights are given to whoever answers the mail, not to whom a provider takes for its reader.
            Some(account) if account.is_verified() || account.roles.has_rights() => {
                refuse(IdentityError::IdentityNotLinked)
            }
            Some(account) => Ok(Whom::Unproved(account.id)),
            None => Ok(Whom::Nobody(self.db.env().new_id())),
        }
    }

    /// Returns the account, which is there from now on, and the link; nobody else changes it until commit.
    ///
    /// # Errors
    ///
    /// [`IdentityError::InvalidCredentials`] for somebody who is locked; [`IdentityError::FederationFailed`] if things changed since
    /// the look.
    pub(super) async fn admit(
        &self,
        tx: &mut Tx<'_>,
        proof: &Proof,
        whom: Whom,
    ) -> SeamResult<(Account, FederatedIdentityId), IdentityError> {
        let identity = match whom {
            Whom::Linked(identity, _) => identity,
            Whom::Unproved(user) => self.take_in(tx, proof, user).await?,
            Whom::Nobody(user) => {
                if !users::insert(tx, user, vouched_for(proof)?).await? {
                    return refuse(IdentityError::FederationFailed);
                }
                roles::insert(tx, user, Role::Customer).await?;
                let channel = Channel::Provider;
                tx.emit(&UserRegistered {
                    user_id: user,
                    channel,
                })
                .await?;
                self.take_in(tx, proof, user).await?
            }
        };
        let Some(account) = users::lock(tx, whom.user()).await? else {
            return refuse(IdentityError::FederationFailed);
        };
        if !users::note_sign_in(tx, account.id).await? {
            tracing::info!(user.id = %account.id, "a federated sign-in was refused");
            return refuse(IdentityError::InvalidCredentials);
        }
        if !federated_identities::mark_used(tx, identity, proof).await? {
            return refuse(IdentityError::FederationFailed);
        }
        Ok((account, identity))
    }

    /// Gives an account that nobody has proved to be theirs to whom the provider vouches for. Passwords that wait for the answer to
    /// a mail were chosen by whoever registered: they go.
    async fn take_in(
        &self,
        tx: &mut Tx<'_>,
        proof: &Proof,
        user: UserId,
    ) -> SeamResult<FederatedIdentityId, IdentityError> {
        if !users::vouch_email(tx, user, proof.name.as_deref()).await? {
            return refuse(IdentityError::InvalidCredentials); // locked, or proved meanwhile
        }
        challenges::close_open(tx, user).await?;
        let identity: FederatedIdentityId = tx.env().new_id();
        if !federated_identities::insert(tx, identity, user, proof).await? {
            return refuse(IdentityError::FederationFailed);
        }
        tx.emit(&UserVerified {
            user_id: user,
            channel: Channel::Provider,
        })
        .await?;
        tx.emit(&FederatedIdentityLinked {
            identity_id: identity,
            user_id: user,
            provider: self.name_of_issuer(&proof.issuer).to_owned(),
            made_account: true,
        })
        .await?;
        Ok(identity)
    }
}

fn vouched_for(proof: &Proof) -> SeamResult<&EmailAddress, IdentityError> {
    match &proof.email {
        Some(email) if proof.email_verified => Ok(email),
        _ => refuse(IdentityError::ProviderEmailUnverified),
    }
}
