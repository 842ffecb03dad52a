//! An account that is to be erased, and stays after all.

use anyhow::Result;

use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    const ERASURE: &str = "/v1/me/erasure";
    shop.bob = shop.sign_in(shop.bob.clone()).await?;
    shop.root = shop.sign_in(shop.root.clone()).await?;
    let of_root = Ask::delete("/v1/me").by(&shop.root);
    let of_bob = Ask::delete("/v1/me").by(&shop.bob);
    let (look, keep) = (Ask::get(ERASURE), Ask::delete(ERASURE));
    for (case, status, ask) in [
        ("get_my_erasure: none", 404, look.clone().by(&shop.bob)),
        ("cancel_my_erasure: none", 404, keep.clone().by(&shop.bob)),
        ("delete_me: the last administrator", 409, of_root),
        ("delete_me: asked for", 202, of_bob),
    ] {
        shop.recorder.ask(case, status, ask).await?;
    }
    // Every session has ended.
    shop.bob = shop.sign_in(shop.bob.clone()).await?;
    for (case, status, ask) in [
        ("get_my_erasure: to come", 200, look.by(&shop.bob)),
        ("cancel_my_erasure: taken back", 204, keep.by(&shop.bob)),
    ] {
        shop.recorder.ask(case, status, ask).await?;
    }
    Ok(())
}
