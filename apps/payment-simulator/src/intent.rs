//! An intent: one amount that a merchant wants from a buyer.

use serde::{Deserialize, Serialize};
use tenon_kernel::{Money, Timestamp};

/// When authorised money is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// On command.
    #[default]
    Manual,
    /// Together with the authorisation.
    Automatic,
}

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The buyer must act on the hosted page.
    RequiresAction,
    /// The money is promised.
    Authorized,
    /// All or a part is taken.
    Captured,
    /// A part of what was taken is given back.
    PartiallyRefunded,
    /// All that was taken is given back.
    Refunded,
    /// Refused for good.
    Declined,
    /// Called off before anything was taken.
    Canceled,
}

/// One amount that a merchant wants from a buyer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Intent {
    /// The simulator's id.
    pub id: String,
    /// The merchant's name for it; unique.
    pub reference: String,
    /// How the buyer pays; chosen on the hosted page if absent.
    pub payment_method: Option<String>,
    /// Minor units, as the simulator reports them.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// Where the buyer goes afterwards.
    pub return_url: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Minor units taken.
    pub captured: i64,
    /// Minor units given back.
    pub refunded: i64,
    /// Why it was declined.
    pub decline_code: Option<String>,
    /// Grows with every change.
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// What happened, for people.
    pub history: Vec<HistoryLine>,
}

/// One line of an intent's history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HistoryLine {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

/// An intent as the merchant sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentView {
    /// The simulator's id.
    pub id: String,
    /// The merchant's name for it.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// Minor units taken.
    pub captured: i64,
    /// Minor units given back.
    pub refunded: i64,
    /// Grows with every change: a view with a smaller one is older.
    pub revision: i64,
    /// Why it was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// What the buyer must do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextActionView>,
}

/// What the buyer must do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextActionView {
    /// `redirect`
    #[serde(rename = "type")]
    pub kind: String,
    /// Where.
    pub url: String,
}

/// Why an operation is refused; the word stands in the API's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) &'static str);

impl Intent {
    /// Promises the money, and takes it if so wanted.
    pub(crate) fn authorize(&mut self, now: Timestamp) -> Result<&'static str, Refused> {
        self.open()?;
        self.status = Status::Authorized;
        self.change(now, "authorised".to_owned());
        if self.capture == CaptureMode::Automatic {
            return self.capture(self.amount, now);
        }
        Ok("intent.authorized")
    }

    /// Promises the money although it was called off or declined: the bank's answer was on its way for long.
    pub(crate) fn succeed_late(&mut self, now: Timestamp) -> Result<&'static str, Refused> {
        if matches!(self.status, Status::Declined | Status::Canceled) {
            self.note(now, "the bank has another answer");
            self.status = Status::RequiresAction;
            self.decline_code = None;
        }
        self.authorize(now)
    }

    /// Refuses for good.
    pub(crate) fn decline(&mut self, code: &str, now: Timestamp) -> Result<&'static str, Refused> {
        self.open()?;
        self.status = Status::Declined;
        self.decline_code = Some(code.to_owned());
        self.change(now, format!("declined: {code}"));
        Ok("intent.declined")
    }

    /// Takes authorised money.
    pub(crate) fn capture(&mut self, amount: i64, now: Timestamp) -> Result<&'static str, Refused> {
        match self.status {
            Status::Authorized | Status::Captured => {}
            Status::Canceled => return Err(Refused("already_canceled")),
            Status::PartiallyRefunded | Status::Refunded => {
                return Err(Refused("already_captured"));
            }
            Status::RequiresAction | Status::Declined => return Err(Refused("not_authorized")),
        }
        if self.captured >= self.amount {
            return Err(Refused("already_captured"));
        }
        if amount <= 0 || amount > self.amount - self.captured {
            return Err(Refused("amount_too_large"));
        }
        self.captured += amount;
        self.status = Status::Captured;
        self.change(now, format!("captured {}", self.money(amount)));
        Ok("intent.captured")
    }

    /// Calls it off.
    pub(crate) fn void(&mut self, now: Timestamp) -> Result<&'static str, Refused> {
        match self.status {
            Status::RequiresAction | Status::Authorized => {}
            Status::Canceled => return Err(Refused("already_canceled")),
            Status::Declined => return Err(Refused("already_declined")),
            Status::Captured | Status::PartiallyRefunded | Status::Refunded => {
                return Err(Refused("already_captured"));
            }
        }
        self.status = Status::Canceled;
        self.change(now, "cancelled".to_owned());
        Ok("intent.canceled")
    }

    /// Gives taken money back.
    pub(crate) fn refund(&mut self, amount: i64, now: Timestamp) -> Result<&'static str, Refused> {
        if self.captured == 0 {
            return Err(Refused("not_captured"));
        }
        if amount <= 0 || amount > self.captured - self.refunded {
            return Err(Refused("refund_too_large"));
        }
        self.refunded += amount;
        self.status = if self.refunded == self.captured {
            Status::Refunded
        } else {
            Status::PartiallyRefunded
        };
        self.change(now, format!("refunded {}", self.money(amount)));
        Ok("intent.refunded")
    }

    /// Writes a line of history without a change that the merchant sees.
    pub(crate) fn note(&mut self, now: Timestamp, what: impl Into<String>) {
        self.history.push(HistoryLine {
            at: now,
            what: what.into(),
        });
    }

    /// The amount for people.
    pub fn money(&self, minor: i64) -> String {
        self.currency
            .parse()
            .and_then(|currency| Money::new(minor, currency))
            .map_or_else(
                |_| format!("{minor} {}", self.currency),
                |money| money.to_string(),
            )
    }

    /// What the merchant sees.
    pub fn view(&self, public_url: &str) -> IntentView {
        let next_action = (self.status == Status::RequiresAction).then(|| NextActionView {
            kind: "redirect".to_owned(),
            url: format!("{public_url}/pay/{}", self.id),
        });
        IntentView {
            id: self.id.clone(),
            reference: self.reference.clone(),
            status: self.status,
            amount: self.amount,
            currency: self.currency.clone(),
            captured: self.captured,
            refunded: self.refunded,
            revision: self.revision,
            decline_code: self.decline_code.clone(),
            next_action,
        }
    }

    fn open(&self) -> Result<(), Refused> {
        if self.status == Status::RequiresAction {
            Ok(())
        } else {
            Err(Refused("not_open"))
        }
    }

    fn change(&mut self, now: Timestamp, what: String) {
        self.revision += 1;
        self.note(now, what);
    }
}
