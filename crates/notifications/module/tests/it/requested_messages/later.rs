//! Messages for later.

use super::*;

#[tokio::test]
async fn a_scheduled_message_waits_for_its_time_and_can_be_cancelled_until_then() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        let mut body = hello(&ada(), "email");
        body["send_at"] = in_minutes(&world, 60);
        let [kept, stopped] = [
            ask(&world, "a", &body).await.remove(0),
            ask(&world, "b", &body).await.remove(0),
        ];
        assert_eq!(
            (&kept["status"], &kept["send_at"]),
            (&json!("scheduled"), &body["send_at"])
        );
        world.app.kit().advance(Duration::from_mins(59));
        world.app.settle().await;
        assert_eq!(world.catcher.messages().len(), 0);
        assert_eq!(world.violations().await, Vec::<String>::new());

        for _again in 0..2 {
            let (status, cancelled) = cancel(&world, &stopped).await;
            let state = (&cancelled["status"], &cancelled["reason"]);
            assert_eq!(
                (status, state),
                (200, (&json!("dropped"), &json!("cancelled")))
            );
        }
        assert_eq!(count_contents(&world).await, 1);
        world.app.kit().advance(Duration::from_mins(1));
        world.app.settle().await;
        let mail = world.only_mail();
        let id = kept["id"].as_str().expect("an id");
        assert_eq!(mail.message_id, Some(format!("{id}@shop.test")));
        assert_eq!(get(&world, &kept).await["status"], "sent");
        assert_eq!(get(&world, &stopped).await["status"], "dropped");
        let (status, refusal) = cancel(&world, &kept).await;
        let code = &refusal["code"];
        assert_eq!(
            (status, code),
            (409, &json!("notifications.message_not_scheduled"))
        );
        // The time is past; the repeat of the request is answered all the same.
        assert_eq!(ask(&world, "a", &body).await[0]["status"], "sent");
        let nobody = json!({ "id": "msg_00000000000000000000000000" });
        assert_eq!(cancel(&world, &nobody).await.0, 404);
        let audited = world.app.events("notifications", "audit.recorded").await;
        let actions: Vec<_> = audited
            .iter()
            .map(|event| event.data["action"].clone())
            .collect();
        assert_eq!(
            actions,
            [
                "message.requested",
                "message.requested",
                "message.cancelled"
            ]
        );
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_switched_off_before_its_time_is_not_sent() {
    for engine in ONE_STORE {
        let world = world_of_ada(engine).await;
        let mut body = hello(&ada(), "email");
        body["send_at"] = in_minutes(&world, 60);
        let asked = ask(&world, "a", &body).await;
        let off = json!({ "choices": [{ "topic": "service", "channel": "email", "mode": "off" }] });
        prefer(&world.app.user("ada", CUSTOMER), 1, &off).await;
        world.hours_pass(1).await;
        assert_eq!(world.catcher.messages().len(), 0);
        let shown = get(&world, &asked[0]).await;
        assert_eq!(
            (&shown["status"], &shown["reason"]),
            (&json!("dropped"), &json!("preference"))
        );
        assert_eq!(count_contents(&world).await, 0);
    }
}
