//! Buyers as promotions count them: keyed hashes, which tell them apart without showing them.

use std::fmt;

use aws_lc_rs::hmac;
use orders_contract::UserRef;

use crate::domain::cart::Cart;
use crate::domain::quote::Quote;

/// Makes the hashes.
///
/// Keyed, because mail addresses can be guessed: without the key nobody can try them out.
#[derive(Clone)]
pub struct CustomerKey(hmac::Key);

impl CustomerKey {
    /// Derives the key from the installation's secret.
    pub fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&root, b"tenon/orders/customer");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// The buyer of a cart; `None` while nothing tells who that is.
    pub(crate) fn of_cart(&self, cart: &Cart) -> Option<Vec<u8>> {
        match (cart.owner, &cart.email) {
            (None, None) => None,
            (owner, email) => Some(self.hash(owner, email.as_deref().unwrap_or_default())),
        }
    }

    /// The buyer of a frozen cart.
    pub(crate) fn of_quote(&self, quote: &Quote) -> Vec<u8> {
        self.hash(quote.customer.user_id, &quote.customer.email)
    }

    /// A person counts by their account, whatever address they give; a guest by the address, the same for the same
    /// mailbox.
    fn hash(&self, user: Option<UserRef>, email: &str) -> Vec<u8> {
        let text = match user {
            Some(user) => format!("user/{}", user.uuid().simple()),
            None => format!("mail/{}", email.trim().to_lowercase()),
        };
        hmac::sign(&self.0, text.as_bytes()).as_ref().to_vec()
    }
}

impl fmt::Debug for CustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_kernel::Env;

    #[test]
    fn guests_are_told_apart_by_their_mailbox_and_people_by_their_account() {
        let key = CustomerKey::new(b"one");
        let user: UserRef = Env::system().new_id();
        let guest = key.hash(None, "ada@example.com");
        assert_eq!(guest, key.hash(None, " Ada@Example.com"));
        assert_eq!(guest.len(), 32);
        assert_ne!(guest, key.hash(None, "eve@example.com"));
        assert_ne!(
            guest,
            CustomerKey::new(b"two").hash(None, "ada@example.com")
        );
        let person = key.hash(Some(user), "ada@example.com");
        assert_eq!(person, key.hash(Some(user), "eve@example.com"));
        assert_ne!(person, guest);
    }
}
