//! Checkouts under everything that can happen to them in any order: in the end money, stock and orders agree.

use std::time::Duration;

use catalog_contract::{Catalog as _, GetReservations, VariantId};
use payments_contract::testing::Outcome;
use payments_contract::{Payment, PaymentStatus};
use serde_json::Value;
use tenon_seam::{Executed, SeamFault};
use tenon_testkit::{Dice, engines, rounds};

use crate::support::{Buyer, DECLINED, Shop};

const STEPS: usize = 25;
const PIECES: i64 = 2;
const METHODS: [Option<&str>; 6] = [
    Some("pm_success"),
    Some("pm_declined"),
    Some("pm_3ds"),
    Some("pm_timeout"),
    Some("pm_wrong_amount"),
    None,
];

/// A buyer with a cart of one piece, and the checkout that came of it.
struct Part {
    buyer: Buyer,
    checkout: Option<Value>,
}

/// What is played, and what was done so far, for whoever has to find out why it failed.
struct Play {
    shop: Shop,
    tea: VariantId,
    parts: Vec<Part>,
    dice: Dice,
    steps: Vec<String>,
}

impl Play {
    async fn step(&mut self) {
        let which = self.dice.roll(self.parts.len());
        let method = self.dice.pick(&METHODS);
        let what = self.dice.roll(12);
        self.steps
            .push(format!("{what} of buyer {which}, {method:?}"));
        match what {
            0..=2 => self.start(which, method).await,
            3 => self.confirm(which, method).await,
            4 => self.cancel_checkout(which).await,
            5 | 6 => self.decide(which).await,
            7 => self.tell_again(which).await,
            8 => self.cancel_order(which).await,
            9 => {
                let minutes = [1, 3, 16][self.dice.roll(3)];
                self.shop.wait(Duration::from_mins(minutes)).await;
            }
            10 => self.shop.app.settle().await,
            _ => {
                // The next call finds nobody, or its answer is lost.
                let executed = self.dice.pick(&[Executed::No, Executed::Unknown]);
                let fault = SeamFault::Unavailable { executed };
                if self.dice.roll(2) == 0 {
                    self.shop.catalog.fail_next(fault);
                } else {
                    self.shop.payments.fail_next(fault);
                }
            }
        }
    }

    /// Also again under the same key, which is the same checkout.
    async fn start(&mut self, which: usize, method: Option<&str>) {
        let part = &mut self.parts[which];
        let reply = part.buyer.checkout("k1", method).await;
        match reply.status().as_u16() {
            201 => part.checkout = Some(reply.json()),
            409 | 422 | 503 => {}
            _ => panic!("{reply:?}"),
        }
    }

    async fn confirm(&mut self, which: usize, method: Option<&str>) {
        let part = &self.parts[which];
        if let Some(checkout) = &part.checkout {
            let reply = part.buyer.confirm(checkout, method).await;
            assert!(
                matches!(reply.status().as_u16(), 200 | 409 | 503),
                "{reply:?}"
            );
        }
    }

    async fn cancel_checkout(&mut self, which: usize) {
        let part = &self.parts[which];
        if let Some(checkout) = &part.checkout {
            let reply = part.buyer.cancel_checkout(checkout).await;
            assert!(
                matches!(reply.status().as_u16(), 200 | 202 | 409 | 503),
                "{reply:?}"
            );
        }
    }

    async fn cancel_order(&mut self, which: usize) {
        let Some(id) = self.parts[which]
            .checkout
            .as_ref()
            .and_then(|it| it["order_id"].as_str())
        else {
            return;
        };
        let path = format!("/v1/orders/{id}/cancellations");
        let reply = self
            .shop
            .staff()
            .post(&path)
            .key(&format!("cancel-{which}"))
            .await;
        assert!(
            matches!(reply.status().as_u16(), 202 | 404 | 409 | 503),
            "{reply:?}"
        );
    }

    fn payment(&self, which: usize) -> Option<Payment> {
        let checkout = self.parts[which].checkout.as_ref()?;
        let id = checkout["payment"]["id"].as_str()?.parse().expect("an id");
        self.shop.payments.payment(id)
    }

    /// The buyer, the provider or the poller decides; a payment that was given up may still succeed.
    async fn decide(&mut self, which: usize) {
        let Some(payment) = self.payment(which) else {
            return;
        };
        let id = payment.payment_id.to_string();
        match payment.status {
            PaymentStatus::Pending | PaymentStatus::RequiresAction | PaymentStatus::Unknown => {
                let outcome = self
                    .dice
                    .pick(&[Outcome::Authorize, Outcome::Authorize, DECLINED]);
                self.shop.decide(&id, outcome).await;
            }
            // What was promised once and let go is not promised again; what never was may come late.
            PaymentStatus::Voided if !self.is_completed(which).await => {
                self.shop.decide(&id, Outcome::Authorize).await;
            }
            PaymentStatus::Authorized => drop(self.shop.payments.capture_all(payment.payment_id)),
            _ => {}
        }
    }

    async fn is_completed(&self, which: usize) -> bool {
        let part = &self.parts[which];
        match &part.checkout {
            Some(checkout) => part.buyer.look(checkout).await["status"] == "completed",
            None => false,
        }
    }

    /// A fact that came already comes once more, however old it is by now.
    async fn tell_again(&mut self, which: usize) {
        if let Some(payment) = self.payment(which)
            && payment.authorized.minor() > 0
        {
            self.shop.tell(&payment, Outcome::Authorize).await;
            self.shop.tell(&payment, Outcome::Authorize).await;
        }
    }

    /// The provider makes up its mind and enough time passes for every sweeper.
    async fn finish(&mut self) {
        for _ in 0..3 {
            for which in 0..self.parts.len() {
                let id = self.parts[which]
                    .checkout
                    .as_ref()
                    .map(|it| it["id"].clone());
                if let Some(id) = id {
                    let checkout = serde_json::json!({ "id": id });
                    self.parts[which].checkout =
                        Some(self.parts[which].buyer.look(&checkout).await);
                }
                let in_motion = self
                    .payment(which)
                    .filter(|payment| payment.status.is_in_motion());
                if let Some(payment) = in_motion {
                    let outcome = self.dice.pick(&[Outcome::Authorize, DECLINED]);
                    self.shop
                        .decide(&payment.payment_id.to_string(), outcome)
                        .await;
                }
            }
            for _ in 0..4 {
                self.shop.wait(Duration::from_mins(20)).await;
            }
        }
    }

    /// No saga is left, no money is held without an order that lives, none is missing, and stock is where it belongs.
    async fn check(&self) {
        let told = format!("seed {}: {:#?}", self.dice.seed(), self.steps);
        // Faults that nobody met would meet the rules.
        let nothing = || GetReservations {
            reservation_ids: Vec::new(),
        };
        let ctx = self.shop.app.kit().ctx();
        while self
            .shop
            .catalog
            .get_reservations(&ctx, nothing())
            .await
            .is_err()
        {}
        let mut sold = 0;
        for (which, part) in self.parts.iter().enumerate() {
            let Some(checkout) = &part.checkout else {
                continue;
            };
            let checkout = part.buyer.look(checkout).await;
            let status = checkout["status"].as_str().unwrap_or_default();
            assert!(
                ["completed", "cancelled", "expired", "failed"].contains(&status),
                "{checkout:#}\n{told}"
            );
            let order = match checkout["order_id"].as_str() {
                Some(_) => part.buyer.order(&checkout).await["status"].clone(),
                None => Value::Null,
            };
            let lives = order == "placed";
            assert!(
                !lives || status == "completed",
                "buyer {which}: {order} {status}\n{told}"
            );
            sold += i64::from(lives);
            let (held, total) = match self.payment(which) {
                Some(payment) => (held(&payment), payment.amount.minor()),
                None => (0, 1),
            };
            let due = if lives { total } else { 0 };
            assert_eq!(
                held, due,
                "buyer {which}: money held, order {order}, {status}\n{told}"
            );
        }
        assert_eq!(self.shop.catalog.reserved(self.tea), 0, "{told}");
        assert_eq!(self.shop.catalog.on_hand(self.tea), PIECES - sold, "{told}");
        self.shop.app.assert_invariants().await;
    }
}

/// Money of the buyer that is taken or promised.
fn held(payment: &Payment) -> i64 {
    let taken = payment.captured.minor() - payment.refunded.minor();
    if payment.captured.minor() > 0 {
        taken
    } else {
        payment.authorized.minor()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_money_stock_and_orders_agree_in_the_end() {
    for engine in engines() {
        for round in 0..rounds(2) {
            let shop = Shop::open(engine).await;
            let tea = shop.sell("TEA-1", 500, PIECES);
            let mut parts = Vec::new();
            for _ in 0..3 {
                let buyer = shop.guest(&[(tea, 1)]).await;
                parts.push(Part {
                    buyer,
                    checkout: None,
                });
            }
            let dice = Dice::of_round(round);
            let mut play = Play {
                shop,
                tea,
                parts,
                dice,
                steps: Vec::new(),
            };
            for _ in 0..STEPS {
                play.step().await;
            }
            play.finish().await;
            play.check().await;
        }
    }
}
