//! What people have chosen.

use notifications_contract::UserRef;
use tenon_store::{Engine, Json, Queryable, StoreError, Tx};

use crate::domain::{Choice, Preferences, QuietHours};

#[derive(sqlx::FromRow)]
struct Row {
    choices: Json<Vec<Choice>>,
    time_zone: String,
    quiet_from: Option<i64>,
    quiet_until: Option<i64>,
    digest_hour: i64,
    version: i64,
}

/// Spells out the statement that finds what a person has chosen.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT choices, time_zone, quiet_from, quiet_until, digest_hour, version
               FROM notification_preferences
              WHERE user_id = $1",
            $rest
        )
    };
}

/// Finds what a person has chosen; `None` if they never did.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    user: UserRef,
) -> Result<Option<Preferences>, StoreError> {
    let row = db
        .query(select!(""))
        .bind(user)
        .fetch_optional::<Row>()
        .await?;
    row.map(Preferences::try_from).transpose()
}

/// As [`find`], and lets nobody change them until the unit of work ends.
pub(crate) async fn lock(
    tx: &mut Tx<'_>,
    user: UserRef,
) -> Result<Option<Preferences>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => select!(""),
        Engine::Postgres => select!(" FOR UPDATE"),
    };
    let row = tx.query(sql).bind(user).fetch_optional::<Row>().await?;
    row.map(Preferences::try_from).transpose()
}

/// Writes what a person has chosen over the version before it; `false` if there is another one by now. Who has chosen
/// nothing yet has the first version.
pub(crate) async fn put(
    tx: &mut Tx<'_>,
    user: UserRef,
    preferences: &Preferences,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let quiet = preferences.quiet_hours;
    let written = tx
        .query(
            "INSERT INTO notification_preferences (user_id, choices, time_zone, quiet_from, quiet_until, digest_hour,
                                                   version, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (user_id)
             DO UPDATE SET choices = excluded.choices, time_zone = excluded.time_zone,
                           quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
                           digest_hour = excluded.digest_hour,
                           version = excluded.version, updated_at = excluded.updated_at
              WHERE notification_preferences.version = excluded.version - 1",
        )
        .bind(user)
        .bind(Json(&preferences.choices))
        .bind(preferences.time_zone.as_str())
        .bind(quiet.map(|quiet| i64::from(quiet.from)))
        .bind(quiet.map(|quiet| i64::from(quiet.until)))
        .bind(i64::from(preferences.digest_hour))
        .bind(preferences.version)
        .bind(now)
        .execute()
        .await?;
    Ok(written == 1)
}

impl TryFrom<Row> for Preferences {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let hour = |hour: i64| {
            u8::try_from(hour).map_err(|error| {
                StoreError::inconsistent(format!("notification_preferences: an hour: {error}"))
            })
        };
        let quiet_hours = match (row.quiet_from, row.quiet_until) {
            (Some(from), Some(until)) => Some(QuietHours {
                from: hour(from)?,
                until: hour(until)?,
            }),
            _ => None,
        };
        Ok(Self {
            choices: row.choices.0,
            time_zone: row.time_zone,
            quiet_hours,
            digest_hour: hour(row.digest_hour)?,
            version: row.version,
        })
    }
}
