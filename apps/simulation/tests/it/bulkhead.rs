//! A service that takes every call and answers none: it costs its callers their patience a few times, and nobody else
//! anything.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use tenon_kernel::{CallCtx, Env, Interface, Principal};
use tenon_node::Network as _;
use tenon_remote::{RemotePeers, SeamHost};
use tenon_seam::{AccessList, Dispatch, EdgeSettings, Seam, SeamError, SeamFault, SeamResult};
use tenon_testkit::Dice;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use turmoil::Builder;

use crate::booth::{
    BoothError, Desk, DeskClient, DeskServer, Question, Reply, Vault, VaultClient, VaultServer,
    question, reply,
};
use crate::network::SimulatedNetwork;
use crate::stage::Theatre;
use crate::template::{GATEWAY, Template};
use crate::time::{self, SimulatedClock};
use crate::trace::Trace;

/// As many failures as open the breaker of an edge.
const OPENS: u32 = 16;
/// How long it stays open.
const REST: Duration = Duration::from_millis(500);

/// Takes every call; answers once it is well.
#[derive(Default)]
struct Mute {
    calls: AtomicU32,
    is_well: AtomicBool,
}

/// Always answers.
struct Well;

#[async_trait]
impl Vault for Mute {
    async fn look(&self, _: &CallCtx, _: Question) -> SeamResult<Reply, BoothError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if !self.is_well.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(reply("well again"))
    }
}

#[async_trait]
impl Desk for Well {
    async fn ask(&self, _: &CallCtx, _: Question) -> SeamResult<Reply, BoothError> {
        Ok(reply("as ever"))
    }
}

#[test]
fn a_service_that_never_answers_is_left_alone_and_asked_by_one_until_it_is_well() {
    let template = Template::new();
    tenon_kernel::testing::simulate_elapsed(time::elapsed);
    let trace = Rc::new(Trace::default());
    let theatre = Rc::new(Theatre::new(Rc::clone(&trace), Dice::with_seed(1)));
    let _stage = tenon_chaos::enter(theatre as Rc<dyn tenon_chaos::Stage>);
    let clock = Arc::new(SimulatedClock::default());
    let mute = Arc::new(Mute::default());
    let mut sim = Builder::new()
        .rng_seed(1)
        // All messages take the same time, so that a call that takes longer was held up.
        .min_message_latency(Duration::from_millis(5))
        .max_message_latency(Duration::from_millis(5))
        .simulation_duration(Duration::from_mins(5))
        .build();
    let env = move |process: &str| time::env(&clock, 1, process, 1);
    for (name, contract) in [
        (
            "payments",
            Arc::new(VaultServer::new(Arc::clone(&mute) as _)) as Arc<dyn Dispatch>,
        ),
        ("orders", Arc::new(DeskServer::new(Arc::new(Well)))),
    ] {
        let (template, env) = (Arc::clone(&template), env(name));
        sim.host(name, move || {
            let serving = serve(
                Arc::clone(&template),
                env.clone(),
                name,
                Arc::clone(&contract),
            );
            async move { Ok(tokio::spawn(serving).await?) }
        });
    }
    let (caller, told) = (env(GATEWAY), Rc::new(std::cell::Cell::new(false)));
    let done = Rc::clone(&told);
    sim.client(GATEWAY, async move {
        tell(Caller::new(&template, caller), &mute).await;
        done.set(true);
        Ok(())
    });
    sim.run().expect("nothing breaks");
    assert!(told.get());
}

/// The whole story, in simulated time.
async fn tell(caller: Caller, mute: &Mute) {
    let calls = || mute.calls.load(Ordering::SeqCst);
    caller.ask().await.expect("the connection opens");
    let usual = caller.ask().await.expect("it answers");

    // Everybody who asks the mute one waits in vain; whoever asks another one does not notice.
    let waiting = join_all((0..OPENS).map(|_| caller.look()));
    let others = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..50 {
            slowest = slowest.max(caller.ask().await.expect("it answers"));
            sleep(Duration::from_millis(20)).await;
        }
        slowest
    };
    let (waited, slowest) = futures_util::future::join(waiting, others).await;
    assert!(waited.iter().all(is_late), "{waited:?}");
    assert!(
        slowest <= usual.mul_f64(1.1),
        "{slowest:?} instead of {usual:?}"
    );
    assert_eq!(calls(), OPENS, "it took every call");

    // Now it is left alone, and refusing costs no time.
    let began = Instant::now();
    let refused = join_all((0..20).map(|_| caller.look())).await;
    assert!(refused.iter().all(is_refused), "{refused:?}");
    assert_eq!((calls(), began.elapsed()), (OPENS, Duration::ZERO));

    // After a rest one asks, and the others are refused meanwhile.
    sleep(REST).await;
    let asked = join_all((0..10).map(|_| caller.look())).await;
    assert_eq!(calls(), OPENS + 1, "one probe");
    let late = asked.iter().filter(|told| is_late(told)).count();
    let refused = asked.iter().filter(|told| is_refused(told)).count();
    assert_eq!((late, refused), (1, 9), "{asked:?}");

    // It is well; whoever asks first finds out, and then everybody may.
    mute.is_well.store(true, Ordering::SeqCst);
    sleep(REST).await;
    let probed = caller.look().await;
    assert!(probed.is_ok(), "{probed:?}");
    let all = join_all((0..10).map(|_| caller.look())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(calls(), OPENS + 12);
}

struct Caller {
    env: Env,
    vault: Arc<dyn Vault>,
    desk: Arc<dyn Desk>,
}

impl Caller {
    fn new(template: &Template, env: Env) -> Self {
        let dial = SimulatedNetwork.dial();
        let settings = template.seam(GATEWAY);
        let peers = RemotePeers::dialing(&settings, env.clone(), dial).expect("the settings hold");
        let edge = |module: &str| {
            let edge = EdgeSettings {
                max_attempts: 1,
                ..EdgeSettings::remote(format!("https://{module}:7443"))
            };
            (module.to_owned(), edge)
        };
        let seam = Seam::new([edge("payments"), edge("orders")].into())
            .declare(tenon_web::GATEWAY, &["payments", "orders"])
            .with_peers(peers);
        Self {
            env,
            vault: VaultClient::connect(&seam, tenon_web::GATEWAY, None).expect("declared"),
            desk: DeskClient::connect(&seam, tenon_web::GATEWAY, None).expect("declared"),
        }
    }

    async fn look(&self) -> SeamResult<Reply, BoothError> {
        self.vault
            .look(&self.ctx(), question("anybody there?"))
            .await
    }

    /// How long the other one takes.
    async fn ask(&self) -> Result<Duration, SeamError<BoothError>> {
        let began = Instant::now();
        self.desk.ask(&self.ctx(), question("how are you?")).await?;
        Ok(began.elapsed())
    }

    fn ctx(&self) -> CallCtx {
        CallCtx::new(&self.env, Interface::Rest, Principal::Anonymous)
    }
}

async fn serve(
    template: Arc<Template>,
    env: Env,
    module: &'static str,
    contract: Arc<dyn Dispatch>,
) {
    let access = AccessList::new().declare(tenon_web::GATEWAY, &["payments", "orders"]);
    let mut host =
        SeamHost::new(&template.seam(module), env, Arc::new(access)).expect("the settings hold");
    host.dispatch(contract);
    let address = ([0, 0, 0, 0], 7443).into();
    let listener = SimulatedNetwork.bind(address).await.expect("binds");
    host.serve(listener, CancellationToken::new()).await;
}

fn is_late(told: &SeamResult<Reply, BoothError>) -> bool {
    matches!(
        told,
        Err(SeamError::Seam(SeamFault::DeadlineExceeded { .. }))
    )
}

fn is_refused(told: &SeamResult<Reply, BoothError>) -> bool {
    matches!(told, Err(SeamError::Seam(SeamFault::Unavailable { .. })))
}
