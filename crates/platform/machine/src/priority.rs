//! Threads that yield to all others, and threads that do not wait.

/// How a background thread gets on while others want its core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// About a tenth of an ordinary thread's share: it gets on however busy the machine is. From Linux 6.12 on, who wakes up
    /// has the core at once, unless the thread has not had its share yet: then, as before 6.12, at the next tick of the clock.
    Low,
    /// Hardly at all: whoever wakes up has the core at once.
    Idle,
}

pub use system::{become_background, become_urgent, urgency_of_this_thread};

/// On Linux a priority is of the thread.
#[cfg(target_os = "linux")]
mod system {
    use std::io;

    use thread_priority::{
        NormalThreadSchedulePolicy, RealtimeThreadSchedulePolicy, ThreadPriority,
        ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
        thread_schedule_policy,
    };

    use super::Urgency;

    /// See nice(2).
    const LOW: i32 = 10;
    /// Nanoseconds that a low thread asks for at a time: as many as the system allows. Whoever asks for less, as all do
    /// that ask for nothing, need not wait until they are over; a thread with a slice like their own would be left
    /// to finish it. See sched(7) on EEVDF, and sched_setattr(2).
    const LONG_SLICE: u64 = 100_000_000;
    const IDLE: ThreadSchedulePolicy =
        ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);

    /// Makes this thread yield to those that serve requests.
    ///
    /// # Errors
    ///
    /// What the system says: it has no such priorities, or forbids them.
    pub fn become_background(urgency: Urgency) -> Result<(), String> {
        match urgency {
            Urgency::Low => ask_for_little().map_err(|error| error.to_string()),
            Urgency::Idle => {
                set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, IDLE)
                    .map_err(|error| format!("{error:?}"))
            }
        }
    }

    /// Makes this thread run before all ordinary ones; for those that measure how long others wait.
    ///
    /// # Errors
    ///
    /// What the system says: it allows that to few.
    pub fn become_urgent() -> Result<(), String> {
        let first = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
        let lowest =
            ThreadPriority::from_posix(thread_priority::ScheduleParams { sched_priority: 1 });
        set_thread_priority_and_policy(thread_native_id(), lowest, first)
            .map_err(|error| format!("{error:?}"))
    }

    #[expect(
        unsafe_code,
        reason = "no library sets the slice of an ordinary thread"
    )]
    fn ask_for_little() -> io::Result<()> {
        let asked = libc::sched_attr {
            size: u32::try_from(size_of::<libc::sched_attr>()).expect("it is small"),
            sched_policy: libc::SCHED_OTHER.cast_unsigned(),
            sched_flags: 0,
            sched_nice: LOW,
            sched_priority: 0,
            sched_runtime: LONG_SLICE,
            sched_deadline: 0,
            sched_period: 0,
        };
        let this_thread: libc::pid_t = 0;
        let no_flags: libc::c_uint = 0;
        // SAFETY: The system reads as many bytes as `size` says, which are there, and keeps no pointer to them.
        let refused = unsafe {
            libc::syscall(
                libc::SYS_sched_setattr,
                this_thread,
                &raw const asked,
                no_flags,
            )
        };
        if refused == 0 {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
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

    /// Does nothing here.
    ///
    /// # Errors
    ///
    /// None.
    pub fn become_urgent() -> Result<(), String> {
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

    /// Linux keeps the slice of an ordinary thread from 6.12 on.
    #[test]
    fn who_gets_on_asks_for_the_longest_slice() {
        let asked = std::thread::spawn(|| {
            become_background(Urgency::Low)?;
            thread_priority::get_thread_scheduling_attributes()
                .map_err(|error| format!("{error:?}"))
        });
        let asked = asked
            .join()
            .expect("no panic")
            .expect("anybody may ask for less");
        let asked = format!("{asked:?}"); // its members are private
        assert!(asked.contains("sched_nice: 10,"), "{asked}");
        let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").expect("Linux has it");
        let version: Vec<u32> = release
            .split('.')
            .map_while(|part| part.parse().ok())
            .collect();
        if version >= vec![6, 12] {
            assert!(asked.contains("sched_runtime: 100000000,"), "{asked}");
        }
    }
}
