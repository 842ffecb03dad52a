//! Triggers of a SQLite file step aside by being dropped. Foreign keys do by the connection's own setting.

use super::set_aside;
use crate::error::{RelocationError, Result};
use crate::link::Link;
use crate::sql::quoted;

pub(super) async fn park(link: &mut Link) -> Result<()> {
    let triggers = link
        .texts(
            "SELECT json_array(name, sql) FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
            &[],
        )
        .await?;
    let mut aside = Vec::new();
    for trigger in triggers {
        let (name, sql): (String, String) =
            serde_json::from_str(&trigger).map_err(|error| RelocationError::Value {
                table: "sqlite_master".to_owned(),
                problem: error.to_string(),
            })?;
        let removal = format!("DROP TRIGGER {}", quoted(&name));
        aside.push((name, removal, sql));
    }
    set_aside(link, aside).await
}

pub(super) async fn check_foreign_keys(link: &mut Link) -> Result<()> {
    let broken = link
        .text(
            "SELECT json_array(\"table\", parent) FROM pragma_foreign_key_check LIMIT 1",
            &[],
        )
        .await?;
    match broken.and_then(|row| serde_json::from_str::<(String, String)>(&row).ok()) {
        Some((table, parent)) => Err(RelocationError::ForeignKey { table, parent }),
        None => Ok(()),
    }
}
