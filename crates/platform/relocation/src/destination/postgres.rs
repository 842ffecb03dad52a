//! Triggers of a PostgreSQL schema are disabled, foreign keys dropped: its owner may do both, without being superuser.

use super::set_aside;
use crate::error::{RelocationError, Result};
use crate::link::Link;
use crate::pair::Pair;
use crate::sql::quoted;

const FOREIGN_KEYS: &str = "
    SELECT json_build_array(c.relname, k.conname, pg_get_constraintdef(k.oid))::text
      FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
     WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f'
     ORDER BY c.relname, k.conname";

pub(super) async fn park(link: &mut Link, pairs: &[Pair]) -> Result<()> {
    let mut aside = Vec::new();
    for row in link.texts(FOREIGN_KEYS, &[]).await? {
        let (table, name, definition): (String, String, String) = serde_json::from_str(&row)
            .map_err(|error| RelocationError::Value {
                table: "pg_constraint".to_owned(),
                problem: error.to_string(),
            })?;
        let on = format!("ALTER TABLE {}", quoted(&table));
        aside.push((
            format!("{table}.{name}"),
            format!("{on} DROP CONSTRAINT {}", quoted(&name)),
            format!("{on} ADD CONSTRAINT {} {definition}", quoted(&name)),
        ));
    }
    set_aside(link, aside).await?;
    switch(link, pairs, "DISABLE").await
}

pub(super) async fn enable(link: &mut Link, pairs: &[Pair]) -> Result<()> {
    switch(link, pairs, "ENABLE").await
}

async fn switch(link: &mut Link, pairs: &[Pair], verb: &str) -> Result<()> {
    for pair in pairs {
        link.script(format!(
            "ALTER TABLE {} {verb} TRIGGER USER",
            quoted(&pair.name)
        ))
        .await?;
    }
    Ok(())
}
