//! A budget of time over three services: when it is over, everything that was begun under it ends.
//!
//! With the seam's own ends, over TCP and in real time: what must end is a statement of PostgreSQL.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};
use tenon_kernel::{CallCtx, Deadline, Env, Interface, Principal};
use tenon_remote::{RemotePeers, SeamHost};
use tenon_seam::{
    AccessList, Dispatch, EdgeSettings, Executed, Seam, SeamError, SeamFault, SeamResult,
};
use tenon_store::{Db, Migrations, Queryable as _, StoreConfig};
use tenon_testkit::{Kit, TestEngine, engines, rounds};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::booth::{
    BoothError, Desk, DeskClient, DeskServer, Question, Reply, Vault, VaultClient, VaultServer,
    question, reply,
};
use crate::template::{GATEWAY, Template, service};

/// What the client allows.
const BUDGET: Duration = Duration::from_secs(1);
/// What the machine may take beyond it.
const SLACK: Duration = Duration::from_millis(700);
/// Longer than everybody's patience.
const LONG: &str = "SELECT 1::BIGINT FROM pg_sleep(60)";
const STORE: Migrations = Migrations {
    module: "vault",
    sqlite: None,
    postgres: None,
};

/// What was asked of a service, and how much time it had.
type Arrivals = Arc<Mutex<Vec<(&'static str, Duration)>>>;

/// The first service: asks the vault for something quick, for something long, and then for something quick again,
/// whatever came of that.
struct Front {
    vault: Arc<dyn Vault>,
    arrivals: Arrivals,
    ends: mpsc::UnboundedSender<Vec<Result<Reply, SeamError<BoothError>>>>,
}

/// The second service: has a database.
struct Back {
    db: Db,
    arrivals: Arrivals,
}

#[async_trait]
impl Desk for Front {
    async fn ask(&self, ctx: &CallCtx, req: Question) -> SeamResult<Reply, BoothError> {
        arrive(&self.arrivals, "desk", ctx);
        let mut told = Vec::new();
        for what in ["quick", req.what.as_str(), "quick"] {
            told.push(self.vault.look(ctx, question(what)).await);
        }
        self.ends.send(told).expect("the test waits for it");
        Ok(reply("done"))
    }
}

#[async_trait]
impl Vault for Back {
    async fn look(&self, ctx: &CallCtx, req: Question) -> SeamResult<Reply, BoothError> {
        arrive(&self.arrivals, "vault", ctx);
        match req.what.as_str() {
            "a long read" => {
                let row = self.db.read(ctx).query(LONG).fetch_scalar::<i64>().await;
                row.map_err(SeamFault::from)?;
            }
            "a long unit" => {
                let mut ctx = ctx.child();
                let mut tx = self.db.begin(&mut ctx, "vault.look").await?;
                let row = tx.query(LONG).fetch_scalar::<i64>().await;
                row.map_err(SeamFault::from)?;
            }
            _ => {}
        }
        Ok(reply("here it is"))
    }
}

#[tokio::test]
async fn when_a_budget_of_a_second_over_three_services_is_over_nothing_goes_on() {
    if !engines().contains(&TestEngine::Postgres) {
        return;
    }
    for round in 0..rounds(2) {
        let what = ["a long read", "a long unit"][round % 2];
        let kit = Kit::new(TestEngine::Postgres).await;
        let mut world = World::start(&kit).await;
        let mut ctx = CallCtx::new(&kit.env(), Interface::Rest, Principal::Anonymous);
        ctx.deadline = Deadline::after(BUDGET);
        let began = Instant::now();
        let told = world.desk.ask(&ctx, question(what)).await;
        let took = began.elapsed();
        let Err(SeamError::Seam(SeamFault::DeadlineExceeded { .. })) = told else {
            panic!("{what}: {told:?}");
        };
        assert!(took < BUDGET + SLACK, "{what}: it took {took:?}");

        // Each had less time than its caller.
        let told = world.ends.recv().await.expect("the desk goes on by itself");
        let arrivals = world
            .arrivals
            .lock()
            .expect("nobody panics holding it")
            .clone();
        let had: Vec<Duration> = arrivals.iter().map(|(_, had)| *had).collect();
        let names: Vec<&str> = arrivals.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["desk", "vault", "vault"], "{what}: {told:?}");
        assert!(
            BUDGET > had[0] && had[0] > had[1] && had[1] > had[2],
            "{had:?}"
        );

        // The desk did not even send its last question.
        assert!(told[0].is_ok(), "{told:?}");
        let too_late = SeamFault::DeadlineExceeded {
            executed: Executed::No,
        };
        assert_eq!(told[2], Err(SeamError::Seam(too_late)), "{what}");

        // And the database has put the statement down.
        world.until_nothing_runs(began + BUDGET + SLACK).await;
        world.stop.cancel();
    }
}

struct World {
    desk: Arc<dyn Desk>,
    arrivals: Arrivals,
    ends: mpsc::UnboundedReceiver<Vec<Result<Reply, SeamError<BoothError>>>>,
    beside: PgConnection,
    stop: CancellationToken,
    /// Its files have to stay.
    _template: Arc<Template>,
}

impl World {
    async fn start(kit: &Kit) -> Self {
        let template = tokio::task::spawn_blocking(Template::new)
            .await
            .expect("makes");
        let (arrivals, stop) = (Arrivals::default(), CancellationToken::new());
        let (sender, ends) = mpsc::unbounded_channel();
        let env = kit.env();
        let back = Back {
            db: kit.db(STORE).await,
            arrivals: Arc::clone(&arrivals),
        };
        let back = Arc::new(VaultServer::new(Arc::new(back)));
        let vault = serve(&template, &env, "payments", back, &stop).await;
        let seam = seam(&template, &env, "orders", "payments", vault);
        let front = Front {
            vault: VaultClient::connect(&seam, "orders", None).expect("declared"),
            arrivals: Arc::clone(&arrivals),
            ends: sender,
        };
        let front = Arc::new(DeskServer::new(Arc::new(front)));
        let desk = serve(&template, &env, "orders", front, &stop).await;
        let seam = seam_of_edge(&template, &env, desk);
        let StoreConfig::Postgres { url, .. } = kit.config() else {
            panic!("on PostgreSQL")
        };
        let options: PgConnectOptions = url.parse().expect("a URL");
        Self {
            desk: DeskClient::connect(&seam, tenon_web::GATEWAY, None).expect("declared"),
            arrivals,
            ends,
            beside: options.connect().await.expect("connects"),
            stop,
            _template: template,
        }
    }

    /// Looks until the vault's role has no statement at work.
    async fn until_nothing_runs(&mut self, limit: Instant) {
        loop {
            let running: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(60)%'
                    AND pid <> pg_backend_pid()",
            )
            .fetch_one(&mut self.beside)
            .await
            .expect("reads");
            if running == 0 {
                return;
            }
            assert!(Instant::now() < limit, "the statement goes on");
        }
    }
}

async fn serve(
    template: &Template,
    env: &Env,
    module: &str,
    contract: Arc<dyn Dispatch>,
    stop: &CancellationToken,
) -> SocketAddr {
    let access = AccessList::new()
        .declare(tenon_web::GATEWAY, &["orders"])
        .declare("orders", &["payments"]);
    let mut host = SeamHost::new(&template.seam(module), env.clone(), Arc::new(access))
        .expect("the settings hold");
    host.dispatch(contract);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(host.serve(listener, stop.clone()));
    address
}

fn seam(
    template: &Template,
    env: &Env,
    from: &'static str,
    to: &'static str,
    at: SocketAddr,
) -> Seam {
    let peers = RemotePeers::new(&template.seam(from), env.clone()).expect("the settings hold");
    let edge = EdgeSettings {
        service: Some(service(to)),
        // The budget is to be what ends first.
        timeout_percent: 1_000,
        ..EdgeSettings::remote(format!("https://{at}"))
    };
    Seam::new([(to.to_owned(), edge)].into())
        .declare(from, &[to])
        .with_peers(peers)
}

fn seam_of_edge(template: &Template, env: &Env, at: SocketAddr) -> Seam {
    let peers = RemotePeers::new(&template.seam(GATEWAY), env.clone()).expect("the settings hold");
    let edge = EdgeSettings {
        service: Some(service("orders")),
        ..EdgeSettings::remote(format!("https://{at}"))
    };
    Seam::new([("orders".to_owned(), edge)].into())
        .declare(tenon_web::GATEWAY, &["orders"])
        .with_peers(peers)
}

fn arrive(arrivals: &Arrivals, name: &'static str, ctx: &CallCtx) {
    let left = ctx.deadline.remaining().expect("a deadline");
    let mut arrivals = arrivals.lock().expect("nobody panics holding it");
    arrivals.push((name, left));
}
