//! The shop as a buyer reaches it: asks again until an answer stays, whatever the network does.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use tenon_testkit::Dice;
use tokio::time::sleep;

use crate::books::Books;
use crate::client::{Answer, Ask};
use crate::template::{GATEWAY, PASSWORD};
use crate::trace::Trace;

/// Where the gateway listens.
const PORT: u16 = 8080;
/// How often a buyer asks for the same thing. They come to an end because every fault does.
const MOST_TRIES: u32 = 2_000;

/// One person's way into the shop.
pub(crate) struct Shop {
    pub(crate) who: String,
    pub(crate) books: Rc<Books>,
    dice: RefCell<Dice>,
    trace: Rc<Trace>,
    /// With an account: the access token, once signed in.
    token: RefCell<Option<String>>,
    keys: Cell<u32>,
}

impl Shop {
    pub(crate) fn new(who: String, dice: Dice, books: Rc<Books>, trace: Rc<Trace>) -> Self {
        Self {
            who,
            books,
            dice: RefCell::new(dice),
            trace,
            token: RefCell::default(),
            keys: Cell::new(0),
        }
    }

    /// A number from nothing to `sides`, without it.
    pub(crate) fn roll(&self, sides: usize) -> usize {
        self.dice.borrow_mut().roll(sides)
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&self, of: &[T]) -> T {
        self.dice.borrow_mut().pick(of)
    }

    /// A key that was not used before.
    pub(crate) fn new_key(&self) -> String {
        self.keys.set(self.keys.get() + 1);
        format!("{}-{}", self.who, self.keys.get())
    }

    /// Waits up to so long.
    pub(crate) async fn think(&self, most_millis: usize) {
        let millis = u64::try_from(self.roll(most_millis)).unwrap_or(0);
        sleep(Duration::from_millis(20 + millis)).await;
    }

    /// Signs in; later requests are this person's.
    pub(crate) async fn sign_in(&self) {
        let body = json!({ "email": self.who, "password": PASSWORD });
        let ask = Ask::post("/v1/auth/sessions").json(&body);
        let answer = self.persist(&ask).await;
        if answer.status >= 300 {
            self.complain(&ask, &answer);
            return;
        }
        let token = answer.text("access_token").to_owned();
        *self.token.borrow_mut() = Some(token);
    }

    /// Asks once; `None` if no whole answer came.
    pub(crate) async fn once(&self, ask: &Ask) -> Option<Answer> {
        let name = ask.name();
        let token = self.token.borrow().clone();
        let ask = match token {
            Some(token) => ask
                .clone()
                .header("authorization", format!("Bearer {token}")),
            None => ask.clone(),
        };
        let answer = ask.send(GATEWAY, PORT).await;
        let told = answer.as_ref().map(|answer| {
            let status = answer.text("status");
            format!("{} {status}", answer.status)
        });
        let told = told.as_deref().unwrap_or("silence");
        self.trace.note(format_args!("{} {name}: {told}", self.who));
        answer
    }

    /// Asks until an answer comes that stays.
    pub(crate) async fn persist(&self, ask: &Ask) -> Answer {
        for _ in 0..MOST_TRIES {
            match self.once(ask).await {
                Some(answer) if answer.status == 401 && self.token.borrow().is_some() => {
                    *self.token.borrow_mut() = None;
                    Box::pin(self.sign_in()).await;
                }
                Some(answer) if !answer.is_for_now() => return answer,
                _ => {}
            }
            self.think(900).await;
        }
        panic!(
            "{}: {} never got an answer that stays",
            self.who,
            ask.name()
        );
    }

    /// Notes an answer that should not have come.
    pub(crate) fn complain(&self, ask: &Ask, answer: &Answer) {
        let body = &answer.body;
        let what = format!("{}: {} got {} {body}", self.who, ask.name(), answer.status);
        self.books.complain(what);
    }
}
