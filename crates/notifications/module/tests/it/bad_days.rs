//! What happens when things go wrong: every message is sent once if that can be known, and at least once if not.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use mail_catcher::Fault;
use notifications::{Mail, MailError, Mailer};
use tenon_events::{Envelope, Feed, FeedPage};
use tenon_seam::SeamFault;
use tenon_testkit::{AppOptions, engines};

use crate::world::{World, order, placed};

/// Answers as told, then takes everything; remembers what it took.
#[derive(Default)]
struct RecordingMailer {
    answers: Mutex<VecDeque<MailError>>,
    taken: Mutex<Vec<Mail>>,
}

#[async_trait]
impl Mailer for RecordingMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        if let Some(error) = self
            .answers
            .lock()
            .expect("no test panics here")
            .pop_front()
        {
            return Err(error);
        }
        self.taken
            .lock()
            .expect("no test panics here")
            .push(mail.clone());
        Ok(())
    }
}

/// A feed that says everything twice, as a link may.
struct StutteringFeed(Vec<Envelope>);

impl StutteringFeed {
    fn of(events: &[Envelope]) -> Self {
        let stuttered = (1..).zip([events, events].concat());
        Self(
            stuttered
                .map(|(feedposition, event)| Envelope {
                    feedposition,
                    ..event
                })
                .collect(),
        )
    }
}

#[async_trait]
impl Feed for StutteringFeed {
    fn source(&self) -> &'static str {
        "orders"
    }

    async fn read(&self, after: i64, _: u32) -> Result<FeedPage, SeamFault> {
        let head = self.0.last().map_or(0, |event| event.feedposition);
        let events = self
            .0
            .iter()
            .filter(|event| event.feedposition > after)
            .cloned()
            .collect();
        Ok(FeedPage {
            events,
            position: head,
            head,
        })
    }

    async fn wait(&self, _: Duration) {}
}

fn envelope(number: &str) -> Envelope {
    let event = placed(&order(number, Some("ada")));
    Envelope {
        specversion: "1.0".to_owned(),
        id: crate::world::id(number),
        source: "/orders".to_owned(),
        event_type: "order.placed".to_owned(),
        subject: event.order_id.to_string(),
        time: tenon_kernel::Timestamp::EPOCH,
        dataschema: "/schemas/order.placed/1".to_owned(),
        sequence: 1,
        feedposition: 1,
        actor: "anonymous".to_owned(),
        interface: tenon_kernel::Interface::Rest,
        correlationid: None,
        causationid: None,
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
        data: serde_json::to_value(event).expect("plain data"),
    }
}

#[tokio::test]
async fn an_event_that_is_delivered_twice_sends_one_mail() {
    for engine in engines() {
        let mailer = Arc::new(RecordingMailer::default());
        let feed = StutteringFeed::of(&[envelope("1"), envelope("2")]);
        let options = AppOptions {
            feeds: vec![Arc::new(feed)],
            ..AppOptions::default()
        };
        let world = World::with(engine, &[], |_| Arc::clone(&mailer) as _, options).await;
        world.orders.put(order("1", Some("ada")));
        world.orders.put(order("2", Some("ada")));
        world.app.settle().await;
        assert_eq!(mailer.taken.lock().expect("free").len(), 2);

        // The inbox is gone and everything comes again: the messages themselves know.
        world.execute("DELETE FROM inbox").await;
        world.execute("UPDATE event_cursors SET position = 0").await;
        world.app.settle().await;
        assert_eq!(mailer.taken.lock().expect("free").len(), 2);
        assert_eq!(world.log().await.len(), 2);
        let ada = world.app.user("ada", &[tenon_kernel::Role::Customer]);
        assert_eq!(
            ada.get("/v1/me/notifications").await.expect(200)["unread_count"],
            2
        );
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_mail_server_that_is_down_delays_mail_and_nothing_else() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.catcher.fail_next(3, Fault::TempFail);
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        assert_eq!(world.catcher.messages().len(), 0);
        let message = &world.log().await[0];
        assert_eq!(
            (&message["status"], &message["last_error"]),
            (&"queued".into(), &"deferred 451".into())
        );
        // The rest of the reaction to the event has happened.
        let ada = world.app.user("ada", &[tenon_kernel::Role::Customer]);
        assert_eq!(
            ada.get("/v1/me/notifications").await.expect(200)["unread_count"],
            1
        );
        world.app.assert_invariants().await;

        world.hours_pass(3).await;
        assert_eq!(world.only_mail().subject, "Your order 1");
        let message = &world.log().await[0];
        assert_eq!(
            (&message["status"], &message["attempts"]),
            (&"sent".into(), &4.into())
        );
        assert_eq!(message["uncertain"], 0);
        assert_eq!(
            world
                .app
                .events("notifications", "message.sent")
                .await
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn a_refused_mail_is_not_tried_again() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.catcher.fail_next(1, Fault::Refuse);
        world.happens("orders", &world.place("1", None)).await;
        world.hours_pass(2).await;
        assert_eq!(world.catcher.messages().len(), 0);
        let message = &world.log().await[0];
        assert_eq!(
            (&message["status"], &message["last_error"]),
            (&"bounced".into(), &"refused 550".into())
        );
        let bounced = world.app.events("notifications", "message.bounced").await;
        assert_eq!(bounced.len(), 1);
        assert_eq!(bounced[0].data["reason"], "refused");
        world.app.assert_invariants().await;
    }
}

/// The crash window that SMTP leaves open: the reader may get the mail twice, with one `Message-ID`, and we say so.
#[tokio::test]
async fn a_lost_answer_is_counted_and_the_mail_sent_again_under_its_id() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.catcher.fail_next(1, Fault::LoseReply);
        world.happens("orders", &world.place("1", None)).await;
        world.hours_pass(1).await;

        let mails = world.catcher.messages();
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0].message_id, mails[1].message_id);
        assert_eq!(mails[0].header("Date"), mails[1].header("Date"));
        let message = &world.log().await[0];
        assert_eq!(
            mails[0].message_id,
            Some(format!(
                "{}@shop.test",
                message["id"].as_str().expect("an id")
            ))
        );
        assert_eq!(
            (&message["status"], &message["uncertain"]),
            (&"sent".into(), &1.into())
        );
        assert_eq!(
            world
                .app
                .events("notifications", "message.sent")
                .await
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn a_server_that_never_answers_does_not_hold_us() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.catcher.fail_next(1, Fault::Hang);
        world.happens("orders", &world.place("1", None)).await;
        assert_eq!(world.log().await[0]["last_error"], "unknown");
        world.hours_pass(1).await;
        assert_eq!(world.only_mail().subject, "Your order 1");
    }
}

/// The process died between the server's answer and our writing it down.
#[tokio::test]
async fn an_attempt_that_was_cut_off_is_counted_as_uncertain() {
    for engine in engines() {
        let mailer = Arc::new(RecordingMailer::default());
        mailer
            .answers
            .lock()
            .expect("free")
            .push_back(MailError::Unavailable);
        let world = World::with_mailer(engine, &["orders"], Arc::clone(&mailer) as _).await;
        world.happens("orders", &world.place("1", None)).await;
        world
            .execute("UPDATE messages SET status = 'sending'")
            .await;
        world.app.assert_invariants().await;

        world.hours_pass(1).await;
        assert_eq!(mailer.taken.lock().expect("free").len(), 1);
        let message = &world.log().await[0];
        assert_eq!(
            (&message["attempts"], &message["uncertain"]),
            (&2.into(), &1.into())
        );
    }
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_for_a_day_is_given_up_and_can_be_taken_up_again() {
    for engine in engines() {
        let mailer = Arc::new(RecordingMailer::default());
        mailer
            .answers
            .lock()
            .expect("free")
            .extend([MailError::Unavailable; 4]);
        let world = World::with_mailer(engine, &["orders"], Arc::clone(&mailer) as _).await;
        world.happens("orders", &world.place("1", None)).await;
        world.hours_pass(1).await;
        // Most of the day as if it were over: each hour of it would be like the one before.
        for counted in [
            "UPDATE messages SET attempts = 58",
            "UPDATE jobs SET attempts = 58 WHERE kind = 'notifications.send_message'",
        ] {
            assert_eq!(world.execute(counted).await, 1);
        }
        world.hours_pass(1).await;
        assert_eq!(world.log().await[0]["status"], "queued");
        world.hours_pass(1).await;
        let message = &world.log().await[0];
        assert_eq!(
            (&message["status"], &message["attempts"]),
            (&"failed".into(), &60.into())
        );
        let bounced = world.app.events("notifications", "message.bounced").await;
        assert_eq!(bounced.len(), 1);
        assert_eq!(bounced[0].data["reason"], "gave_up");
        world.app.assert_invariants().await;

        let mut ctx = world.app.kit().ctx();
        assert_eq!(
            tenon_jobs::retry_dead(&world.db, &mut ctx, None)
                .await
                .expect("the store is there"),
            1
        );
        world.app.settle().await;
        assert_eq!(mailer.taken.lock().expect("free").len(), 1);
        assert_eq!(world.log().await[0]["status"], "sent");
    }
}

#[tokio::test]
async fn an_address_that_is_none_bounces() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        let mut order = order("1", None);
        order.customer.email = "ada@example.com\r\nRCPT TO:<eve@example.com>".to_owned();
        world.orders.put(order.clone());
        world.happens("orders", &placed(&order)).await;
        assert_eq!(world.catcher.messages().len(), 0);
        let message = &world.log().await[0];
        assert_eq!(
            (&message["status"], &message["last_error"]),
            (&"bounced".into(), &"unsendable".into())
        );
    }
}

#[tokio::test]
async fn a_message_without_a_job_is_found() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.catcher.fail_next(1, Fault::TempFail);
        world.happens("orders", &world.place("1", None)).await;
        assert_eq!(world.violations().await, Vec::<String>::new());
        world.execute("DELETE FROM jobs").await;
        let id = world.log().await[0]["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        assert_eq!(
            world.violations().await,
            [format!("notifications.no_message_stuck: {id}")]
        );
    }
}
