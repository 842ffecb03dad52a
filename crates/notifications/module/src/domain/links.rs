//! Links into the shop.

use identity_contract::ChallengeId;
use notifications_contract::Template;
use orders_contract::OrderId;

use crate::settings::NotificationsSettings;

/// Makes links into the shop.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    verify_email: String,
    reset_password: String,
    order: String,
    sessions: String,
    unsubscribe: String,
}

impl Links {
    pub(crate) fn new(settings: &NotificationsSettings) -> Self {
        let page = |path: &str| format!("{}{path}", settings.shop_url.trim_end_matches('/'));
        Self {
            verify_email: page(&settings.links.verify_email),
            reset_password: page(&settings.links.reset_password),
            order: page(&settings.links.order),
            sessions: page(&settings.links.sessions),
            unsubscribe: page("/v1/unsubscriptions/"),
        }
    }

    /// The page that answers a challenge. The token stands behind `#`: browsers send that to no server, so it gets
    /// into no log and no `Referer`.
    pub(crate) fn challenge(&self, template: Template, id: ChallengeId, token: &str) -> String {
        let page = if template == Template::VerifyEmail {
            &self.verify_email
        } else {
            &self.reset_password
        };
        format!("{page}#challenge={id}&token={token}")
    }

    /// The page of an order.
    pub(crate) fn order(&self, id: OrderId) -> String {
        self.order.replace("{id}", &id.to_string())
    }

    /// The operation of ours that stops mails about a topic.
    pub(crate) fn unsubscribe(&self, token: &str) -> String {
        format!("{}{token}", self.unsubscribe)
    }

    /// The page of a person's sessions.
    pub(crate) fn sessions(&self) -> &str {
        &self.sessions
    }
}

/// Returns a link that staff typed in if it leads to the web: `javascript:` and the like do not get into mails.
pub(crate) fn web_address(text: &str) -> Option<&str> {
    let is_web = ["https://", "http://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && text.len() > scheme.len()
    });
    (is_web && !text.contains(|c: char| c.is_whitespace() || c.is_control())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_into_the_shop() {
        let settings = NotificationsSettings {
            shop_url: "https://shop.test/en/".to_owned(),
            ..Default::default()
        };
        let links = Links::new(&settings);
        let id = ChallengeId::from_uuid(uuid::Uuid::from_u128(1));
        assert_eq!(
            links.challenge(Template::VerifyEmail, id, "abc"),
            "https://shop.test/en/verify-email#challenge=chl_00000000000000000000000001&token=abc"
        );
        assert_eq!(
            links.order(OrderId::from_uuid(uuid::Uuid::from_u128(1))),
            "https://shop.test/en/orders/ord_00000000000000000000000001"
        );
    }

    #[test]
    fn only_the_web_is_linked_to() {
        assert_eq!(
            web_address("https://carrier.test/1?x=2"),
            Some("https://carrier.test/1?x=2")
        );
        assert_eq!(
            web_address("HTTP://carrier.test"),
            Some("HTTP://carrier.test")
        );
        for wrong in [
            "",
            "https://",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://a b",
            "//carrier.test",
            "ä",
        ] {
            assert_eq!(web_address(wrong), None, "{wrong}");
        }
    }
}
