//! What became of requests that were sent under a key.

use anyhow::Result;

use super::purchase::Bought;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

pub(crate) async fn play(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let (ada, bob, sam) = (shop.ada.clone(), shop.bob.clone(), shop.sam.clone());
    let ask = |key: &str| Ask::get(format!("/v1/idempotency-keys/{key}"));
    let long = "k".repeat(256);
    let guest = ask("guest").with_cart(&bought.by_guest.cart_token);
    for (case, status, ask) in [
        ("never seen", 200, ask("a%2Fb").by(&ada)),
        ("of a checkout", 200, ask("on-page").by(&ada)),
        ("of somebody else's checkout", 200, ask("on-page").by(&bob)),
        ("of a refused checkout", 200, ask("empty").by(&bob)),
        ("of a request that never began", 200, ask("none").by(&bob)),
        ("of a guest", 200, guest),
        ("of an adjustment", 200, ask("delivery-1").by(&sam)),
        ("of a refused adjustment", 200, ask("lost-1").by(&sam)),
        (
            "head",
            200,
            Ask::head("/v1/idempotency-keys/on-page").by(&ada),
        ),
        ("of nobody", 401, ask("on-page")),
        ("that cannot be one", 400, ask("a%20b").by(&ada)),
        ("too long", 400, ask(&long).by(&ada)),
    ] {
        shop.recorder
            .ask(&format!("get_idempotency_key: {case}"), status, ask)
            .await?;
    }
    Ok(())
}
