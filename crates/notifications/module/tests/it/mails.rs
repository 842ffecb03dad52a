//! Which events lead to which mails, and what stands in them: the same whatever stores them. That they are stored, sent and
//! found on either engine is what the log, the inbox and the bad days show.

mod accounts;

use std::time::Duration;

use identity_contract::{
    ChallengeCreated, ChallengeId, ChallengePurpose, GetChallengeMessage, Identity as _,
    SessionCompromised, User, UserId,
};
use orders_contract::{
    CancelReason, OrderCancelled, OrderDelivered, OrderPaymentReturned, OrderShipped, ShippedLine,
    Tracking,
};
use payments_contract::RefundSucceeded;
use tenon_kernel::Role;

use crate::world::{ONE_STORE, World, eur, id, order};

impl World {
    /// Opens a challenge in the fake and returns the event that tells of it.
    fn challenge(&self, name: &str, purpose: ChallengePurpose) -> ChallengeCreated {
        let challenge_id: ChallengeId = id(name);
        let expires_at = self.app.kit().env().now() + Duration::from_mins(30);
        self.identity
            .open_challenge(challenge_id, "ada@example.com", purpose, expires_at);
        ChallengeCreated {
            challenge_id,
            user_id: None,
            purpose,
            expires_at,
        }
    }

    pub(super) fn ada(&self, name: Option<&str>) -> UserId {
        let id: UserId = id("ada");
        self.identity.put_user(User {
            id,
            email: "ada@example.com".to_owned(),
            display_name: name.map(str::to_owned),
            email_verified: true,
            roles: vec![Role::Customer],
            locked: false,
        });
        id
    }
}

#[tokio::test]
async fn the_verification_mail_brings_the_token_that_identity_wants_back() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        let event = world.challenge("c", ChallengePurpose::VerifyEmail);
        world.happens("identity", &event).await;

        let mail = world.only_mail();
        assert_eq!(mail.to, ["ada@example.com"]);
        assert_eq!(mail.subject, "Confirm your e-mail address");
        let request = GetChallengeMessage {
            challenge_id: event.challenge_id,
        };
        let wanted = world
            .identity
            .get_challenge_message(&world.app.kit().ctx(), request)
            .await
            .expect("it is open")
            .token;
        let link = format!(
            "https://shop.test/verify-email#challenge={}&token={wanted}",
            event.challenge_id
        );
        assert_eq!(mail.links(), [link.as_str(), "https://shop.test"]);
        assert!(
            mail.text
                .as_deref()
                .is_some_and(|text| text.contains("within 30 minutes")),
            "{:?}",
            mail.text
        );
        assert!(
            mail.html
                .as_deref()
                .is_some_and(|html| html.contains(&wanted)),
            "{:?}",
            mail.html
        );
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    }
}

#[tokio::test]
async fn each_purpose_has_its_own_mail() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        for (purpose, subject, page) in [
            (
                ChallengePurpose::VerifyEmail,
                "Confirm your e-mail address",
                "https://shop.test/verify-email#",
            ),
            (
                ChallengePurpose::Recover,
                "Set a new password",
                "https://shop.test/reset-password#",
            ),
            (
                ChallengePurpose::AlreadyRegistered,
                "You already have an account",
                "https://shop.test/reset-password#",
            ),
            (
                ChallengePurpose::Invite,
                "You have an account",
                "https://shop.test/reset-password#",
            ),
        ] {
            world.catcher.clear();
            let event = world.challenge(subject, purpose);
            world.happens("identity", &event).await;
            let mail = world.only_mail();
            assert_eq!(mail.subject, subject);
            assert!(mail.links()[0].starts_with(page), "{:?}", mail.links());
        }
    }
}

#[tokio::test]
async fn a_challenge_that_is_over_sends_nothing() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        let answered = world.challenge("answered", ChallengePurpose::Recover);
        world.identity.close_challenge(answered.challenge_id);
        world.happens("identity", &answered).await;

        let mut expired = world.challenge("expired", ChallengePurpose::Recover);
        expired.expires_at = world.app.kit().env().now();
        world.happens("identity", &expired).await;

        assert_eq!(world.catcher.messages().len(), 0);
        assert!(
            world
                .log()
                .await
                .iter()
                .all(|message| message["status"] == "dropped")
        );
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn the_confirmation_tells_lines_and_totals() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["orders"]).await;
        world.happens("orders", &world.place("100001", None)).await;

        let mail = world.only_mail();
        assert_eq!(mail.subject, "Your order 100001");
        assert_eq!(mail.to, ["ada@example.com"]);
        let text = mail.text.clone().expect("it has a text part");
        for line in [
            "2 x Assam & <b>Darjeeling</b>: 9.00 EUR",
            "1 x Cup: 12.00 EUR",
            "Delivery: 4.90 EUR",
        ] {
            assert!(text.contains(line), "{line} is missing in {text}");
        }
        assert!(
            text.contains("Total: 25.90 EUR (including 4.14 EUR tax)"),
            "{text}"
        );
        let html = mail.html.clone().expect("it has an HTML part");
        assert!(
            html.contains("Assam &amp; &lt;b&gt;Darjeeling") && !html.contains("<b>Darjeeling"),
            "{html}"
        );
        let order_page = format!(
            "https://shop.test/orders/{}",
            order("100001", None).order_id
        );
        assert_eq!(mail.links()[0], order_page);

        let sent = world.app.events("notifications", "message.sent").await;
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].data["template"], "order_placed");
        assert!(!sent[0].data.to_string().contains('@'), "{}", sent[0].data);
    }
}

#[tokio::test]
async fn a_parcel_can_be_followed_to_the_web_only() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["orders"]).await;
        world.orders.put(order("1", None));
        let shipped = |url: &str| {
            let order = order("1", None);
            OrderShipped {
                order_id: order.order_id,
                number: order.number,
                customer: order.customer,
                fulfillment_id: id("parcel"),
                lines: vec![ShippedLine {
                    line_id: order.lines[0].line_id,
                    variant_id: order.lines[0].variant_id,
                    quantity: 2,
                }],
                tracking: Some(Tracking {
                    carrier: Some("DHL".to_owned()),
                    number: Some("JJD1".to_owned()),
                    url: Some(url.to_owned()),
                }),
                payment_id: order.payment_id,
                capture: order.capture,
                value: eur(9_00),
                complete: false,
            }
        };
        world
            .happens("orders", &shipped("https://carrier.test/JJD1"))
            .await;
        let mail = world.only_mail();
        let text = mail.text.clone().expect("it has a text part");
        assert!(
            text.contains("2 x Assam & <b>Darjeeling</b>") && !text.contains("Cup"),
            "{text}"
        );
        assert!(
            text.contains("Carrier: DHL\r\nTracking number: JJD1\r\n")
                || text.contains("Carrier: DHL\nTracking number: JJD1\n"),
            "{text}"
        );
        assert_eq!(mail.links()[0], "https://carrier.test/JJD1");

        world.catcher.clear();
        world
            .happens("orders", &shipped("javascript:alert(1)"))
            .await;
        let mail = world.only_mail();
        assert!(!mail.html.is_some_and(|html| html.contains("javascript")));
    }
}

#[tokio::test]
async fn a_cancelled_order_is_told_to_those_who_expect_it() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["orders"]).await;
        let order = order("7", None);
        world.orders.put(order.clone());
        let cancelled = |reason, was_placed, refund_due| OrderCancelled {
            order_id: order.order_id,
            number: order.number.clone(),
            customer: order.customer.clone(),
            reason,
            was_placed,
            refund_due: eur(refund_due),
            payment_id: order.payment_id,
        };
        world
            .happens("orders", &cancelled(CancelReason::Expired, false, 0))
            .await;
        assert_eq!(world.catcher.messages().len(), 0);

        world
            .happens(
                "orders",
                &cancelled(CancelReason::CustomerRequest, true, 25_90),
            )
            .await;
        let text = world.only_mail().text.expect("it has a text part");
        assert!(
            text.contains("As you asked, your order 7 was cancelled."),
            "{text}"
        );
        assert!(text.contains("25.90 EUR"), "{text}");

        world.catcher.clear();
        world
            .happens("orders", &cancelled(CancelReason::OutOfStock, true, 0))
            .await;
        let text = world.only_mail().text.expect("it has a text part");
        assert!(
            text.contains("no longer in stock") && !text.contains("EUR"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn returned_money_is_told_once() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["orders", "payments"]).await;
        let order = order("9", None);
        world.orders.put(order.clone());
        let refund = |name: &str, reason: &str| RefundSucceeded {
            refund_id: id(name),
            payment_id: id("9"),
            order_id: id("9"),
            amount: eur(5_00),
            refunded_total: eur(5_00),
            reason: reason.to_owned(),
        };
        world
            .happens("payments", &refund("one", "customer_request"))
            .await;
        assert_eq!(
            world.only_mail().subject,
            "You get 5.00 EUR back for order 9"
        );
        assert_eq!(world.only_mail().to, ["ada@example.com"]);

        world.catcher.clear();
        let returned = OrderPaymentReturned {
            order_id: order.order_id,
            number: order.number,
            customer: order.customer,
            amount: eur(25_90),
            payment_id: id("9"),
            reason: "late_success".to_owned(),
        };
        world.happens("orders", &returned).await;
        world
            .happens("payments", &refund("two", "late_success"))
            .await;
        assert_eq!(
            world.only_mail().subject,
            "We are returning your payment for order 9"
        );
    }
}

#[tokio::test]
async fn a_delivered_parcel_needs_no_mail() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["orders"]).await;
        let order = order("3", Some("ada"));
        let delivered = OrderDelivered {
            order_id: order.order_id,
            number: order.number,
            customer: order.customer,
            fulfillment_id: id("parcel"),
            lines: Vec::new(),
        };
        world.happens("orders", &delivered).await;
        assert_eq!(world.catcher.messages().len(), 0);
        let ada = world.app.user("ada", &[Role::Customer]);
        let inbox = ada.get("/v1/me/notifications").await.expect(200);
        assert_eq!(inbox["data"][0]["title"], "Order 3 delivered");
    }
}

/// A name is typed in by a person, an order's number could be: neither may add a header or a recipient.
#[tokio::test]
async fn line_breaks_in_names_and_numbers_become_no_headers() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity", "orders"]).await;
        let user_id = world.ada(Some("Ada\r\nBcc: eve@example.com\r\n\r\nOwned"));
        world
            .happens(
                "identity",
                &SessionCompromised {
                    session_id: id("session"),
                    user_id,
                    generations_behind: 1,
                },
            )
            .await;
        world
            .happens("orders", &world.place("1\r\nBcc: eve@example.com", None))
            .await;

        let mails = world.catcher.messages();
        assert_eq!(mails.len(), 2);
        for mail in mails {
            assert_eq!(mail.to, ["ada@example.com"]);
            assert_eq!(mail.header("Bcc"), None);
            assert!(!mail.subject.contains(['\r', '\n']), "{:?}", mail.subject);
        }
    }
}
