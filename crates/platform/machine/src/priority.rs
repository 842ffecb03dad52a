//! Threads that yield to all others.

/// How a background thread gets on while others want its core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// About a tenth of an ordinary thread's share: it gets on however busy the machine is.
    Low,
    /// Hardly at all: whoever wakes up has the core at once.
    Idle,
}

pub use system::{become_background, urgency_of_this_thread};

/// On Linux a priority is of the thread.
#[cfg(target_os = "linux")]
mod system {
    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id, thread_schedule_policy,
    };

    use super::Urgency;

    /// See nice(2).
    const LOW: i32 = 10;
    const IDLE: ThreadSchedulePolicy =
        ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);

    /// Makes this thread yield to those that serve requests.
    ///
    /// # Errors
    ///
    /// What the system says: it has no such priorities, or forbids them.
    pub fn become_background(urgency: Urgency) -> Result<(), String> {
        match urgency {
            Urgency::Low => rustix::process::nice(LOW)
                .map(drop)
                .map_err(|error| error.to_string()),
            Urgency::Idle => {
                set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, IDLE)
                    .map_err(|error| format!("{error:?}"))
            }
        }
    }

    /// What this thread has become; `None` for an ordinary one.
    pub fn urgency_of_this_thread() -> Option<Urgency> {
        if thread_schedule_policy().is_ok_and(|policy| policy == IDLE) {
            return Some(Urgency::Idle);
        }
        let niceness = rustix::process::nice(0).unwrap_or_default();
        (niceness >= LOW).then_some(Urgency::Low)
    }
}

/// Elsewhere a priority would be of the process, so it is left alone.
#[cfg(not(target_os = "linux"))]
mod system {
    use super::Urgency;

    /// Does nothing here.
    ///
    /// # Errors
    ///
    /// None.
    pub fn become_background(_urgency: Urgency) -> Result<(), String> {
        Ok(())
    }

    /// All threads are ordinary here.
    pub fn urgency_of_this_thread() -> Option<Urgency> {
        None
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_becomes_background_and_the_others_do_not() {
        let of = |urgency| {
            std::thread::spawn(move || {
                become_background(urgency)?;
                Ok::<_, String>(urgency_of_this_thread())
            })
            .join()
            .expect("no panic")
        };
        assert_eq!(of(Urgency::Low), Ok(Some(Urgency::Low)));
        assert_eq!(of(Urgency::Idle), Ok(Some(Urgency::Idle)));
    }
}
