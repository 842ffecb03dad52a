//! Buyers at work while the server comes and goes, and the books they keep: each intent is on disk before it is sent,
//! each acknowledgement once it has come.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tenon_kernel::{Env, Timestamp};
use tokio::task::JoinSet;

use crate::shop::{Cart, Shop};
use crate::site::Site;

/// After silence: the server is being started again.
const PATIENCE: Duration = Duration::from_millis(60);
/// As long as a driver that vanished is waited for.
const STEP_SECONDS: u32 = 16;
/// The longest wait that an answer can ask for.
const LONGEST: Duration = Duration::from_millis(500);

/// What the buyers wrote down.
#[derive(Debug)]
pub(crate) struct Books {
    intents: Mutex<File>,
    acknowledgements: Mutex<File>,
    folder: PathBuf,
    carts: Mutex<BTreeMap<String, Cart>>,
    stopped: AtomicBool,
    /// What was said to requests that failed for a reason that is not the client's.
    failed: Mutex<Vec<String>>,
}

/// What one buyer was told, and when.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) cart: String,
    /// An order, or `refused`.
    pub(crate) outcome: String,
    pub(crate) at: Timestamp,
}

/// Buyers that are at work.
#[derive(Debug)]
pub(crate) struct Load {
    books: Arc<Books>,
    buyers: JoinSet<()>,
}

impl Load {
    /// Lets buyers begin, spread over the variants so that stock lasts.
    pub(crate) fn begin(
        shop: &Shop,
        variants: &[String],
        buyers: usize,
        folder: &Path,
    ) -> Result<Self> {
        let books = Arc::new(Books::open(folder)?);
        let mut tasks = JoinSet::new();
        for number in 0..buyers {
            let (shop, books) = (shop.clone(), Arc::clone(&books));
            let variants = variants.to_vec();
            tasks.spawn(async move {
                for turn in 0.. {
                    if books.stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let variant = &variants[(turn * buyers + number) % variants.len()];
                    let email = format!("buyer-{number}-{turn}@example.org");
                    let cart = match shop.fill_cart(variant, &email).await {
                        Ok(cart) => cart,
                        Err(error) => {
                            books.fail(format!("{error:#}"));
                            tokio::time::sleep(PATIENCE).await;
                            continue;
                        }
                    };
                    books.intend(&cart);
                    // One chance while the server comes and goes; whoever hears nothing asks again in the end.
                    let _told = books.ask(&shop, &cart).await;
                }
            });
        }
        Ok(Self {
            books,
            buyers: tasks,
        })
    }

    /// How many intents there are so far.
    pub(crate) fn intents(&self) -> usize {
        self.books.carts().len()
    }

    /// The requests that failed so far for a reason that is not the client's, and what was said to them.
    pub(crate) fn failed(&self) -> Vec<String> {
        self.books
            .failed
            .lock()
            .expect("nobody panics holding it")
            .clone()
    }

    /// Stops the buyers where they are; nobody asks again.
    pub(crate) async fn halt(mut self) -> Result<Arc<Books>> {
        self.books.stopped.store(true, Ordering::SeqCst);
        while let Some(ended) = self.buyers.join_next().await {
            ended?;
        }
        Ok(self.books)
    }

    /// Stops the buyers and lets each of them ask until it has an answer that stays. Clocks of the site are set
    /// forward, so that nobody waits for a driver that vanished.
    pub(crate) async fn end(mut self, shop: &Shop, site: &Site) -> Result<Arc<Books>> {
        self.books.stopped.store(true, Ordering::SeqCst);
        while let Some(ended) = self.buyers.join_next().await {
            ended?;
        }
        let told = self.books.acknowledged()?;
        let carts: Vec<Cart> = self.books.carts().values().cloned().collect();
        for cart in carts.iter().filter(|cart| !told.contains_key(&cart.id)) {
            let mut left = 400;
            while !self.books.ask(shop, cart).await {
                if left == 0 {
                    bail!("no answer that stays for cart {}", cart.id);
                }
                left -= 1;
                if left % 10 == 0 {
                    site.advance(STEP_SECONDS).await?;
                }
                tokio::time::sleep(PATIENCE).await;
            }
        }
        Ok(self.books)
    }
}

impl Books {
    fn open(folder: &Path) -> Result<Self> {
        let open = |name: &str| {
            let path = folder.join(name);
            let file = File::options().create(true).append(true).open(&path);
            file.with_context(|| path.display().to_string())
        };
        Ok(Self {
            intents: Mutex::new(open("intents")?),
            acknowledgements: Mutex::new(open("acknowledgements")?),
            folder: folder.to_owned(),
            carts: Mutex::default(),
            stopped: AtomicBool::new(false),
            failed: Mutex::default(),
        })
    }

    fn fail(&self, what: String) {
        let mut failed = self.failed.lock().expect("nobody panics holding it");
        failed.push(what);
    }

    fn intend(&self, cart: &Cart) {
        write(&self.intents, &format!("{} {}\n", cart.id, now()));
        self.carts().insert(cart.id.clone(), cart.clone());
    }

    /// Asks once; whether that was the end of it.
    async fn ask(&self, shop: &Shop, cart: &Cart) -> bool {
        let Some(answer) = shop.send(shop.check_out(cart)).await else {
            self.fail("a checkout: no answer came".to_owned());
            return false;
        };
        if let Some(pause) = answer.retry_after() {
            tokio::time::sleep(pause.min(LONGEST)).await;
            return false;
        }
        let outcome = match (answer.status, answer.body["status"].as_str()) {
            (201, Some("completed")) => answer.body["order_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            (201, Some("failed" | "expired" | "cancelled")) | (400..=499, _) => {
                "refused".to_owned()
            }
            (500.., _) => {
                self.fail(format!("a checkout: {answer:?}"));
                return false;
            }
            _ => return false, // on its way
        };
        let line = format!("{} {outcome} {}\n", cart.id, now());
        write(&self.acknowledgements, &line);
        true
    }

    /// When each checkout was about to be asked for, by cart.
    pub(crate) fn begun(&self) -> Result<BTreeMap<String, Timestamp>> {
        let text = std::fs::read_to_string(self.folder.join("intents"))?;
        let lines = text.lines().map(|line| {
            let (cart, at) = line.split_once(' ').context("a cart and a time")?;
            Ok((cart.to_owned(), at.parse()?))
        });
        lines.collect()
    }

    /// What was told, in order.
    pub(crate) fn told(&self) -> Result<Vec<Told>> {
        let text = std::fs::read_to_string(self.folder.join("acknowledgements"))?;
        let lines = text.lines().map(|line| {
            let mut words = line.split(' ').map(str::to_owned);
            let mut word = || words.next().context("a cart, an outcome and a time");
            Ok(Told {
                cart: word()?,
                outcome: word()?,
                at: word()?.parse()?,
            })
        });
        lines.collect()
    }

    /// What was told for each cart: an order, or `refused`.
    pub(crate) fn acknowledged(&self) -> Result<BTreeMap<String, Vec<String>>> {
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in self.told()? {
            told.entry(line.cart).or_default().push(line.outcome);
        }
        Ok(told)
    }

    /// Carts of all intents, by id.
    pub(crate) fn carts(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Cart>> {
        self.carts.lock().expect("nobody panics holding it")
    }
}

/// By the clock of the machine, which servers go by too as long as nobody moves theirs.
fn now() -> Timestamp {
    Env::system().now()
}

/// On return the line survives a power cut.
fn write(file: &Mutex<File>, line: &str) {
    let mut file = file.lock().expect("nobody panics holding it");
    file.write_all(line.as_bytes())
        .and_then(|()| file.sync_data())
        .expect("the books take a line");
}
