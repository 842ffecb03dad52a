//! A stage on which one thread plays all processes of an installation, in a time that it makes itself.
//!
//! Such a simulation is the same each time only if nothing in it depends on how fast the machine is. Work that other
//! threads do (SQLite, above all) is therefore waited for on the spot, as if it took no time; how long a disk takes is
//! up to the stage.

/// Waits for work of other threads without letting anything else run, if this thread is a stage; otherwise it changes
/// nothing.
///
/// The work must not wait for another task of this thread: that would never get its turn.
#[cfg(not(debug_assertions))]
#[inline]
pub fn steady<F: Future>(step: F) -> F {
    step
}

/// Whether this thread is a stage. In a release no thread ever is.
#[cfg(not(debug_assertions))]
#[inline]
pub fn is_simulated() -> bool {
    false
}

#[cfg(debug_assertions)]
pub(crate) use self::acting::{Announced, announce};
#[cfg(debug_assertions)]
pub use self::acting::{Entered, Hold, Side, Stage, enter, finish, is_simulated, steady};

#[cfg(debug_assertions)]
mod acting {
    use std::cell::RefCell;
    use std::fmt;
    use std::pin::{Pin, pin};
    use std::rc::Rc;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread::{self, Thread};

    thread_local! {
        static STAGE: RefCell<Option<Rc<dyn Stage>>> = const { RefCell::new(None) };
    }

    /// How often something may ask for another turn at once before it gets one. Far more often than another thread
    /// can do so meanwhile: what asks so often has used up its task's budget, and waits for the next one.
    const MOST_TURNS: u32 = 20_000;

    /// Before or after something that cannot be taken back.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Side {
        /// Just before it.
        Before,
        /// It is done, and whoever asked for it does not know yet.
        After,
    }

    /// Ends when the caller may go on.
    pub type Hold = Pin<Box<dyn Future<Output = ()> + Send>>;

    /// What a simulation is told by the code that it runs.
    pub trait Stage {
        /// Something that cannot be taken back begins or has ended: `commit orders/orders.place`.
        fn reached(&self, side: Side, point: &str);

        /// Holds a commit up there: for as long as a disk takes, or for ever, because the process ends now.
        fn hold(&self, side: Side, point: &str) -> Hold;
    }

    /// This thread is a stage for as long as it lives.
    #[must_use = "the thread is a stage only as long as this lives"]
    pub struct Entered {
        _not_send: std::marker::PhantomData<*const ()>,
    }

    /// A crossing that a stage knows of.
    #[derive(Debug)]
    pub(crate) struct Announced(Option<String>);

    /// Makes this thread a stage.
    pub fn enter(stage: Rc<dyn Stage>) -> Entered {
        STAGE.with_borrow_mut(|current| *current = Some(stage));
        Entered {
            _not_send: std::marker::PhantomData,
        }
    }

    impl Drop for Entered {
        fn drop(&mut self) {
            STAGE.with_borrow_mut(|current| *current = None);
        }
    }

    impl fmt::Debug for Entered {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Entered")
        }
    }

    /// Whether this thread is a stage.
    pub fn is_simulated() -> bool {
        STAGE.with_borrow(Option::is_some)
    }

    fn stage() -> Option<Rc<dyn Stage>> {
        STAGE.with_borrow(Clone::clone)
    }

    pub(crate) fn announce(point: fmt::Arguments<'_>) -> Announced {
        let announced = Announced(is_simulated().then(|| point.to_string()));
        announced.tell(Side::Before);
        announced
    }

    impl Announced {
        pub(crate) fn tell(&self, side: Side) {
            if let (Some(point), Some(stage)) = (&self.0, stage()) {
                stage.reached(side, point);
            }
        }

        pub(crate) fn hold(&self, side: Side) -> Option<Hold> {
            Some(stage()?.hold(side, self.0.as_deref()?))
        }
    }

    /// Waits for work of other threads without letting anything else run, if this thread is a stage; otherwise it
    /// changes nothing.
    ///
    /// The work must not wait for another task of this thread: that would never get its turn.
    pub async fn steady<F: Future>(step: F) -> F::Output {
        let mut step = pin!(step);
        std::future::poll_fn(|context| {
            if !is_simulated() {
                return step.as_mut().poll(context);
            }
            let mut turns = 0;
            let done = poll_until(step.as_mut(), || {
                turns += 1;
                turns < MOST_TURNS
            });
            if done.is_pending() {
                context.waker().wake_by_ref();
            }
            done
        })
        .await
    }

    /// Waits on the spot for what other threads do.
    pub fn finish<F: Future>(step: F) -> F::Output {
        match poll_until(pin!(step), || true) {
            Poll::Ready(output) => output,
            Poll::Pending => unreachable!("it is polled until it is ready"),
        }
    }

    /// Polls until it is ready, or until it asked for another turn at once and `again` says no.
    fn poll_until<F: Future>(
        mut step: Pin<&mut F>,
        mut again: impl FnMut() -> bool,
    ) -> Poll<F::Output> {
        let bell = Arc::new(Bell {
            thread: thread::current(),
            has_rung: AtomicBool::new(false),
        });
        let waker = Waker::from(Arc::clone(&bell));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = step.as_mut().poll(&mut context) {
                return Poll::Ready(output);
            }
            if bell.has_rung.swap(false, Ordering::AcqRel) {
                if !again() {
                    return Poll::Pending;
                }
                continue;
            }
            while !bell.has_rung.swap(false, Ordering::AcqRel) {
                thread::park();
            }
        }
    }

    struct Bell {
        thread: Thread,
        has_rung: AtomicBool,
    }

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.has_rung.store(true, Ordering::Release);
            self.thread.unpark();
        }
    }

    #[cfg(test)]
    mod tests {
        use std::sync::mpsc;

        use super::*;

        #[derive(Default)]
        struct Audience(RefCell<Vec<String>>);

        impl Stage for Audience {
            fn reached(&self, side: Side, point: &str) {
                self.0.borrow_mut().push(format!("{side:?} {point}"));
            }

            fn hold(&self, _: Side, _: &str) -> Hold {
                Box::pin(std::future::ready(()))
            }
        }

        /// Ready once another thread says so.
        fn of_another_thread() -> (mpsc::Sender<()>, impl Future<Output = u8>) {
            let (start, wait) = mpsc::channel();
            let (done, told) = (Arc::new(AtomicBool::new(false)), mpsc::channel::<Waker>());
            let there = Arc::clone(&done);
            thread::spawn(move || {
                let waker = told.1.recv().expect("it is polled");
                wait.recv().expect("it is started");
                there.store(true, Ordering::Release);
                waker.wake();
            });
            let mut sent = false;
            let step = std::future::poll_fn(move |context| {
                if !std::mem::replace(&mut sent, true) {
                    told.0.send(context.waker().clone()).expect("it waits");
                }
                if done.load(Ordering::Acquire) {
                    Poll::Ready(7)
                } else {
                    Poll::Pending
                }
            });
            (start, step)
        }

        #[test]
        fn on_a_stage_one_poll_waits_for_the_other_thread() {
            let stage = Rc::new(Audience::default());
            let entered = enter(Rc::clone(&stage) as Rc<dyn Stage>);
            let (start, step) = of_another_thread();
            start.send(()).expect("it waits");
            let mut step = pin!(steady(step));
            let polled = step.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(polled, Poll::Ready(7));
            drop(entered);
            assert!(!is_simulated());
        }

        #[test]
        fn elsewhere_it_is_polled_as_ever() {
            let (start, step) = of_another_thread();
            let mut step = pin!(steady(step));
            let mut context = Context::from_waker(Waker::noop());
            assert_eq!(step.as_mut().poll(&mut context), Poll::Pending);
            start.send(()).expect("it waits");
        }

        #[test]
        fn what_asks_for_a_turn_again_and_again_gets_it() {
            let stage = Rc::new(Audience::default());
            let _entered = enter(stage as Rc<dyn Stage>);
            let mut step = pin!(steady(std::future::poll_fn(|context| {
                context.waker().wake_by_ref();
                Poll::<()>::Pending
            })));
            let mut context = Context::from_waker(Waker::noop());
            assert_eq!(step.as_mut().poll(&mut context), Poll::Pending);
        }

        #[test]
        fn a_stage_is_told_of_crossings() {
            let stage = Rc::new(Audience::default());
            let entered = enter(Rc::clone(&stage) as Rc<dyn Stage>);
            crate::crossing(format_args!("commit orders/orders.place")).done();
            drop(entered);
            crate::crossing(format_args!("commit orders/orders.place")).done();
            let told = stage.0.borrow();
            let point = "commit orders/orders.place";
            assert_eq!(*told, [format!("Before {point}"), format!("After {point}")]);
        }
    }
}
