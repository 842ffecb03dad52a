//! One run: the installation is started, disturbed while people buy, healed, waited for, and looked at.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use payment_simulator::{Config, Simulator};
use serde::{Deserialize, Serialize};
use tenon_testkit::Dice;
use turmoil::{Builder, Sim};

use crate::books::Books;
use crate::courier::{PROVIDER, Webhooks};
use crate::faults::{self, Act, BUYERS, LATENCY};
use crate::process::{self, Failure, Site, WEBHOOK_SECRET};
use crate::shop::Shop;
use crate::stage::Theatre;
use crate::template::{self, GATEWAY, MODULES, Template};
use crate::time::{self, SimulatedClock};
use crate::trace::Trace;
use crate::{buyer, judge, panics, quiet};

/// How long things go wrong.
const DISTURBED: Duration = Duration::from_secs(30);
/// How long buyers begin something new.
const OPEN: Duration = Duration::from_secs(27);
/// Between two looks at whether anything is left to do.
const LOOK: Duration = Duration::from_secs(10);
/// After which something that is left to do will never be done.
const LONGEST: Duration = Duration::from_mins(20);
/// Simulated time goes on in steps: messages arrive between two of them.
const TICK: Duration = Duration::from_millis(4);
/// What came of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    /// Equal only for runs that are equal in everything that was noted.
    pub(crate) digest: String,
    pub(crate) simulated: Duration,
    /// What does not hold.
    pub(crate) failures: Vec<String>,
    /// Everything that was noted.
    pub(crate) lines: Vec<String>,
    pub(crate) purchases: usize,
    pub(crate) orders: usize,
}

/// Runs a seed: once in a process, which begins for each run as it began for every other (see [`crate::apart`]).
pub(crate) fn run(template: Arc<Template>, seed: u64, forgets_keys: bool) -> Outcome {
    panics::watch();
    Run::new(template, seed, forgets_keys).whole()
}

struct Run {
    seed: u64,
    site: Site,
    stores: tempfile::TempDir,
    clock: Arc<SimulatedClock>,
    trace: Rc<Trace>,
    theatre: Rc<Theatre>,
    books: Rc<Books>,
    dice: Dice,
    provider: Simulator,
    router: axum::Router,
    failures: Vec<String>,
}

impl Run {
    fn new(template: Arc<Template>, seed: u64, forgets_keys: bool) -> Self {
        let mut dice = Dice::with_seed(seed);
        let clock = Arc::new(SimulatedClock::default());
        let webhooks = Webhooks(Arc::new(Mutex::new(split(&mut dice))));
        let (provider, router) = Simulator::answering(Config {
            listen: ([0, 0, 0, 0], crate::courier::PROVIDER_PORT).into(),
            public_url: Some(format!(
                "http://{PROVIDER}:{}",
                crate::courier::PROVIDER_PORT
            )),
            webhook_secret: WEBHOOK_SECRET.to_owned(),
            webhook_sink: Some(Arc::new(webhooks)),
            slow: Duration::from_secs(1),
            silence: Duration::from_secs(5),
            env: time::env(&clock, seed, PROVIDER, 0),
            ..Config::default()
        })
        .expect("a provider without a file");
        let trace = Rc::new(Trace::default());
        let stores = template.copy();
        Self {
            seed,
            site: Site {
                template,
                stores: stores.path().to_owned(),
                forgets_keys,
            },
            stores,
            theatre: Rc::new(Theatre::new(Rc::clone(&trace), split(&mut dice))),
            clock,
            trace,
            books: Rc::default(),
            dice,
            provider,
            router,
            failures: Vec::new(),
        }
    }

    fn whole(mut self) -> Outcome {
        tenon_kernel::testing::simulate_elapsed(time::elapsed);
        let stage = tenon_chaos::enter(Rc::clone(&self.theatre) as Rc<dyn tenon_chaos::Stage>);
        let mut sim = self.build();
        let played = self.play(&mut sim);
        let simulated = sim.elapsed();
        for process in MODULES.into_iter().chain([GATEWAY, PROVIDER]) {
            sim.crash(process);
        }
        drop(sim);
        drop(stage);
        if let Err(broken) = played {
            self.failures.push(format!("a process broke: {broken}"));
        }
        self.failures.extend(panics::take());
        self.failures.extend(self.books.wrong());
        let orders = judge::judge(
            &self.site,
            time::env(&self.clock, self.seed, "judge", 0),
            &self.books,
            &self.provider.intents(),
            &self.trace,
            &mut self.failures,
        );
        drop(self.stores);
        Outcome {
            seed: self.seed,
            digest: self.trace.digest(),
            simulated,
            failures: self.failures,
            lines: self.trace.lines(),
            purchases: self.books.purchases().len(),
            orders,
        }
    }

    /// The network and everybody in it.
    fn build(&mut self) -> Sim<'static> {
        let mut sim = Builder::new()
            .rng_seed(self.seed)
            .tick_duration(TICK)
            .simulation_duration(LONGEST * 2)
            .min_message_latency(Duration::from_millis(1))
            .max_message_latency(LATENCY)
            .repair_rate(0.2)
            .tcp_capacity(4_096)
            .build();
        for process in MODULES.into_iter().chain([GATEWAY]) {
            let (site, clock) = (self.site.clone(), Arc::clone(&self.clock));
            let (seed, boots) = (self.seed, Cell::new(0));
            sim.host(process, move || {
                boots.set(boots.get() + 1);
                let env = time::env(&clock, seed, process, boots.get());
                let site = site.clone();
                async move {
                    // In a task of the runtime, so that what it holds is dropped inside of it.
                    whole(tokio::spawn(site.run(process, env)).await?)
                }
            });
        }
        let router = self.router.clone();
        sim.host(PROVIDER, move || {
            let serving = process::run_provider(router.clone());
            async move { whole(tokio::spawn(serving).await?) }
        });
        self.let_buyers_in(&mut sim);
        sim
    }

    fn let_buyers_in(&mut self, sim: &mut Sim<'_>) {
        let shop = |who: String, dice: &mut Dice| {
            let (books, trace) = (Rc::clone(&self.books), Rc::clone(&self.trace));
            Shop::new(who, split(dice), books, trace)
        };
        let staff = Rc::new(shop(template::STAFF.to_owned(), &mut self.dice));
        let buyers = 4 + self.dice.roll(template::BUYERS - 3);
        let visits: Vec<_> = (0..buyers)
            .map(|number| {
                let buyer = shop(template::buyer(number), &mut self.dice);
                let variants = self.site.template.variants.clone();
                buyer::visit(buyer, Rc::clone(&staff), variants, OPEN)
            })
            .collect();
        sim.client(BUYERS, async move {
            staff.think(2_000).await;
            staff.sign_in().await;
            futures_util::future::join_all(visits).await;
            Ok(())
        });
    }

    /// Disturbs, heals, and waits until nothing is left to do.
    fn play(&mut self, sim: &mut Sim<'_>) -> turmoil::Result {
        let mut plan = faults::plan(&mut self.dice, DISTURBED)
            .into_iter()
            .peekable();
        let mut starts: BTreeMap<Duration, &'static str> = BTreeMap::new();
        let mut are_done = false;
        while sim.elapsed() < DISTURBED {
            while let Some((_, act)) = plan.next_if(|(at, _)| *at <= sim.elapsed()) {
                self.act(sim, act);
            }
            while let Some(entry) = starts
                .first_entry()
                .filter(|entry| *entry.key() <= sim.elapsed())
            {
                self.act(sim, Act::Start(entry.remove()));
            }
            are_done = sim.step()?;
            if let Some(process) = self.theatre.take_fallen() {
                self.act(sim, Act::Kill(process));
                let rest = faults::millis(self.dice.roll(1_500) + 20);
                starts.insert(sim.elapsed() + rest, process);
            }
        }
        self.theatre.doom(None);
        faults::heal(sim);
        // Questions about a doubt become rare: each fault that still waited for one would cost a longer pause.
        self.provider.forget_faults();
        for process in MODULES.into_iter().chain([GATEWAY]) {
            if !sim.is_host_running(process) {
                self.act(sim, Act::Start(process));
            }
        }
        self.trace.note("network and provider are healed");
        let mut next_look = sim.elapsed();
        loop {
            are_done = sim.step()? || are_done;
            if !are_done && sim.elapsed() < LONGEST {
                continue;
            }
            if sim.elapsed() < next_look {
                continue;
            }
            next_look = sim.elapsed() + LOOK;
            let left = quiet::left(self.stores.path());
            self.trace.note(format_args!(
                "{:?} left to do: {}",
                sim.elapsed(),
                left.join(", ")
            ));
            if are_done && left.is_empty() {
                return Ok(());
            }
            if sim.elapsed() >= LONGEST {
                let buyers = if are_done { "" } else { "buyers; " };
                let what = format!("left to do for ever: {buyers}{}", left.join(", "));
                self.failures.push(what);
                return Ok(());
            }
        }
    }

    fn act(&self, sim: &mut Sim<'_>, act: Act) {
        self.trace.note(format_args!("{:?} {act}", sim.elapsed()));
        match act {
            Act::Doom(doom) => self.theatre.doom(Some(doom)),
            Act::Provider(operation, fault) => self.provider.inject(operation, fault),
            _ => faults::apply(act, sim),
        }
    }
}

/// A process's end in the words of the simulation.
fn whole(ended: Result<(), Failure>) -> turmoil::Result {
    ended.map_err(|failure| -> Box<dyn std::error::Error> { failure })
}

/// Dice of their own, so that rolls in one place change none in another.
fn split(dice: &mut Dice) -> Dice {
    let word = (0..4).fold(0_u64, |word, _| {
        (word << 16) | u64::try_from(dice.roll(1 << 16)).unwrap_or(0)
    });
    Dice::with_seed(word)
}
