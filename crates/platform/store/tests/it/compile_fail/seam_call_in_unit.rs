//! A seam call while a unit of work is open.

use tenon_kernel::CallCtx;
use tenon_store::{Db, StoreError};

async fn call_another_module(_ctx: &CallCtx) {}

async fn use_case(db: &Db, mut ctx: CallCtx) -> Result<(), StoreError> {
    let tx = db.begin(&mut ctx, "orders.place").await?;
    call_another_module(&ctx).await;
    tx.commit().await
}

fn main() {
    let _ = use_case;
}
