//! R13: whatever carries events from one module to the others loses its state, again and again, while people buy.
//!
//! Between outbox and inbox there is nothing but how far each consumer has read each feed. That is what is lost here: every
//! consumer begins again with the first event. On PostgreSQL beside the running server; the files of SQLite belong to one
//! process, so the server is killed first.

use std::time::Duration;

use anyhow::Result;

use crate::chance::Chance;
use crate::load::Load;
use crate::oracle;
use crate::report::{Report, Setup};
use crate::shop::{Patience, Shop};
use crate::site::{Engine, Template};

/// How many buy at once.
const BUYERS: usize = 20;
/// Between two losses, in milliseconds.
const PAUSE: (u64, u64) = (300, 1_500);
/// Who takes events.
const CONSUMERS: [&str; 5] = [
    "orders",
    "payments",
    "notifications",
    "notifications.event_log",
    "audit",
];

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let engine = Engine::of(setup.postgres.as_deref());
    let template = Template::make(&setup.program, &setup.folder, engine).await?;
    let mut site = template.copy("shop").await?;
    site.start().await?;
    let shop = site.shop();
    let staff = shop.token("staff").await?;
    let variants = shop.variants().await?;
    let initial = oracle::count(&shop, &staff, &variants).await?;
    let load = Load::begin(&shop, &variants, BUYERS, &site.folder)?;
    let mut chance = Chance::new(setup.seed);
    let is_beside = site.database_name().is_some();
    let mut rewound = 0;
    for _ in 0..setup.count {
        let pause = Duration::from_millis(chance.between(PAUSE.0, PAUSE.1));
        tokio::time::sleep(pause).await; // the moment of the loss, in real time
        if !is_beside {
            site.server.kill().await?;
        }
        for consumer in CONSUMERS {
            let rewind = ["events", "rewind", "--consumer", consumer];
            let told = site.server.run(&rewind).await?;
            rewound += u32::from(!told.contains("reads 0 feeds"));
        }
        if !is_beside {
            site.start().await?;
        }
        report.trials += 1;
    }
    // Somebody takes events of somebody else: with nothing to forget nothing is shown.
    report.expect(rewound >= setup.count, || {
        format!("only {rewound} consumers had anything to read again")
    });
    let intents = load.intents();
    report.expect(intents > 0, || {
        "nothing was bought, so nothing was shown".to_owned()
    });
    let books = load.end(&shop, &site).await?;
    let judged = oracle::judge(&site, &books, &initial, &mut report).await?;
    // A mail that a killed server had handed over is sent again.
    report.expect(judged.sent_again == 0 || !is_beside, || {
        format!("{} mails came twice", judged.sent_again)
    });
    let admin = shop.token("admin").await?;
    for order in &judged.orders {
        let placed = times_recorded(&shop, &admin, order).await?;
        report.expect(placed == 1, || {
            format!("the audit log has the placing of {order} {placed} times")
        });
    }
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    report.notes.push(format!(
        "feeds were begun again by {rewound} consumers in {} losses",
        setup.count
    ));
    if !report.failures.is_empty() {
        site.keep();
        report.notes.push(format!("see {}", site.folder.display()));
    }
    site.clear().await?;
    report.end("feed-wipe", setup.out.as_deref())
}

/// How often the audit log has the placing of an order, once it has it.
async fn times_recorded(shop: &Shop, admin: &str, order: &str) -> Result<usize> {
    let mut patience = Patience::new("the audit log to have an order");
    loop {
        let entries = shop.audit(admin, order).await?;
        let placed = entries
            .iter()
            .filter(|entry| entry["action"] == "order.placed");
        match placed.count() {
            0 => patience.wait().await?,
            times => return Ok(times),
        }
    }
}
