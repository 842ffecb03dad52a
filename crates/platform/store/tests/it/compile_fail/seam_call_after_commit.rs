//! After the commit the context is free again.

use tenon_kernel::CallCtx;
use tenon_store::{Db, StoreError};

async fn call_another_module(_ctx: &CallCtx) {}

async fn use_case(db: &Db, mut ctx: CallCtx) -> Result<(), StoreError> {
    let tx = db.begin(&mut ctx, "orders.place").await?;
    tx.commit().await?;
    call_another_module(&ctx).await;
    Ok(())
}

fn main() {
    let _ = use_case;
}
