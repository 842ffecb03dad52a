//! Who is in which group.

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::engines;

use super::{buyer, text, unit};
use crate::shop::Shop;

#[tokio::test]
async fn somebody_comes_and_goes_and_the_audit_log_hears_of_it_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let group = shop.group(&["ada", "bob"]).await;
        let other = shop.group(&["ada"]).await;
        let member = format!("/v1/customer-groups/{group}/members/{}", buyer("ada"));
        shop.staff.put(&member).await.expect(204);

        let groups_of = async |name: &str| {
            let path = format!("/v1/customer-groups?user_id={}", buyer(name));
            let page = shop.staff.get(&path).await.expect(200);
            let data = page["data"].as_array().expect("a page").clone();
            data.iter().map(|it| text(&it["id"])).collect::<Vec<_>>()
        };
        assert_eq!(groups_of("ada").await, [other.clone(), group.clone()]);
        assert_eq!(groups_of("bob").await, std::slice::from_ref(&group));
        assert!(groups_of("eve").await.is_empty());

        let members = format!("/v1/customer-groups/{group}/members?limit=1");
        let page = shop.staff.get(&members).await.expect(200);
        let next = format!("{members}&cursor={}", text(&page["next_cursor"]));
        let rest = shop.staff.get(&next).await.expect(200);
        let mut seen = [&page, &rest].map(|page| text(&page["data"][0]["user_id"]));
        seen.sort();
        let mut expected = ["ada", "bob"].map(|name| buyer(name).to_string());
        expected.sort();
        assert_eq!(seen, expected);

        shop.staff.delete(&member).await.expect(204);
        shop.staff.delete(&member).await.expect(204);
        assert_eq!(groups_of("ada").await, [other]);
        let facts = shop.app.events("catalog", "audit.recorded").await;
        let of_group = facts.iter().filter(|it| {
            it.data["target"] == json!(group) && it.data["action"] != "customer_group.created"
        });
        let actions: Vec<&Value> = of_group.map(|it| &it.data["action"]).collect();
        let (added, removed) = (
            "customer_group.member_added",
            "customer_group.member_removed",
        );
        assert_eq!(actions, [added, added, removed]);
    }
}

#[tokio::test]
async fn a_group_that_is_none_is_told() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let none = "/v1/customer-groups/cgr_00000000000000000000000001/members";
        let ada = format!("{none}/{}", buyer("ada"));
        for reply in [
            shop.staff.get(none).await,
            shop.staff.put(&ada).await,
            shop.staff.delete(&ada).await,
        ] {
            reply.expect(404);
            assert_eq!(reply.code(), "catalog.customer_group_not_found");
        }
        let blank = json!({ "name": " " });
        let refused = shop.staff.post("/v1/customer-groups").json(&blank).await;
        assert_eq!(refused.expect(422)["errors"][0]["pointer"], "/name");
        let wrong = format!("{none}/prd_00000000000000000000000001");
        shop.staff.put(&wrong).await.expect(400);
    }
}

/// Whose groups count follows from who is signed in, and a list for a group is for nobody else.
#[tokio::test]
async fn the_prices_of_a_group_are_for_those_in_it() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let group = shop.group(&["ada"]).await;
        let said = json!({ "customer_group_ids": [group] });
        shop.priced(said, tea, &[(1, 400)]).await;
        let (ada, eve) = ["ada", "eve"]
            .map(|name| shop.app.user(name, &[Role::Customer]))
            .into();
        assert_eq!(unit(&ada, tea, 1).await, 400);
        assert_eq!(unit(&eve, tea, 1).await, 450);
        assert_eq!(unit(&shop.app.anonymous(), tea, 1).await, 450);

        let member = format!("/v1/customer-groups/{group}/members/{}", buyer("ada"));
        shop.staff.delete(&member).await.expect(204);
        assert_eq!(unit(&ada, tea, 1).await, 450);
    }
}
