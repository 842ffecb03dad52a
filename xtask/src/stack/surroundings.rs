//! The programs around the server: mail catcher and payment simulator.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::{Plan, Ports, loopback};
use crate::process::Service;

/// Shared by the simulator and the server of one machine; a real provider's secret comes from its dashboard.
pub(super) const DEVELOPMENT_WEBHOOK_SECRET: &str = "whsec_development_only";

pub(super) fn surroundings(
    programs: &Path,
    plan: &Plan,
    ports: Ports,
    clock_ahead_seconds: u64,
) -> Result<Vec<Service>> {
    let mut mail = Command::new(programs.join("mail-catcher"));
    mail.args([
        "--smtp",
        &loopback(ports.smtp).to_string(),
        "--http",
        &loopback(ports.mail_page).to_string(),
    ]);
    let mut payment = Command::new(programs.join("payment-simulator"));
    payment.args([
        "--listen",
        &loopback(ports.payment_page).to_string(),
        "--webhook-secret",
        DEVELOPMENT_WEBHOOK_SECRET,
        "--clock-ahead-seconds",
        &clock_ahead_seconds.to_string(),
    ]);
    payment.args([
        "--webhook-url",
        &format!(
            "http://127.0.0.1:{}/v1/provider-webhooks/simulator",
            ports.api
        ),
    ]);
    let mut mail = Service::start(
        "mail-catcher",
        &mut mail,
        Some(&plan.folder.join("mail-catcher.log")),
    )?;
    mail.wait_for(loopback(ports.mail_page), Duration::from_secs(10))?;
    let mut payment = Service::start(
        "payment-simulator",
        &mut payment,
        Some(&plan.folder.join("payment-simulator.log")),
    )?;
    payment.wait_for(loopback(ports.payment_page), Duration::from_secs(10))?;
    Ok(vec![mail, payment])
}
