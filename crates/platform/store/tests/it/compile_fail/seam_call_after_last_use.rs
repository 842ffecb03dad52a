//! A seam call after the last use of a unit of work that is still open.

use tenon_kernel::CallCtx;
use tenon_store::{Db, StoreError};

async fn call_another_module(_ctx: &CallCtx) {}

async fn use_case(db: &Db, mut ctx: CallCtx) -> Result<(), StoreError> {
    let _tx = db.begin(&mut ctx, "orders.place").await?;
    call_another_module(&ctx).await;
    Ok(())
}

fn main() {
    let _ = use_case;
}
