//! The call context: who asks, on whose behalf, until when, under which trace and key.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{CallStats, Env, OpenUnit, elapsed};

/// Most modules a call may pass through before it is taken for a loop.
const MAX_HOPS: u8 = 8;

/// Everything a call carries besides its request.
///
/// Not `Clone`: a transaction borrows it mutably, so that calling another module while the
/// transaction is open does not compile. Concurrent calls use [`CallCtx::child`].
#[derive(Debug)]
pub struct CallCtx {
    /// W3C trace context.
    pub trace: TraceContext,
    /// When the caller stops waiting.
    pub deadline: Deadline,
    /// On whose behalf: authorization looks at this.
    pub principal: Principal,
    /// Which module (or the edge) makes this call: the access list looks at this.
    pub caller: Caller,
    /// How the request came in: audit records it.
    pub interface: Interface,
    /// Present when the caller may repeat the request and wants one effect.
    pub idempotency: Option<IdempotencyScope>,
    /// The event or request that everything here follows from.
    pub correlation_id: Option<String>,
    /// The event that directly caused this call.
    pub causation_id: Option<String>,
    /// How many modules this call has passed through.
    pub hops: u8,
    stats: Arc<CallStats>,
    /// Shared by the contexts of one idempotency scope.
    replayed: Arc<AtomicBool>,
}

/// Trace and span of the W3C `traceparent` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceContext {
    /// Names the whole trace; shown to clients as 32 hexadecimal digits.
    pub trace_id: [u8; 16],
    /// Names the calling span.
    pub span_id: [u8; 8],
    /// Whether the trace is recorded.
    pub sampled: bool,
}

/// When the caller stops waiting: measured on the monotonic clock, carried as remaining time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

/// On whose behalf a call is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Principal {
    /// Nobody is signed in.
    Anonymous,
    /// A signed-in person.
    User(UserPrincipal),
    /// A part of the system acting on its own: jobs, event handlers, the command line.
    Service {
        /// Which part, for example `orders`.
        name: Cow<'static, str>,
    },
}

/// A signed-in person as the access token describes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPrincipal {
    /// The raw form of the user's id.
    pub user: Uuid,
    /// The raw form of the session's id.
    pub session: Uuid,
    /// What the user may do.
    pub roles: Vec<Role>,
    /// They have to add a second factor first, and may do nothing else until then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_enrolling: bool,
}

/// A set of rights. Unknown roles of a newer peer give no right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Buys.
    Customer,
    /// Runs the shop: catalog, orders, refunds.
    Staff,
    /// Also manages people and reads the audit log.
    Admin,
    /// A role this version does not know.
    #[serde(other)]
    Unknown,
}

/// Which piece of software makes a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// The public REST surface, the command line or a scheduler of the module itself.
    Edge,
    /// Another module.
    Module(Cow<'static, str>),
}

/// How a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Interface {
    /// The REST API.
    Rest,
    /// An event was delivered.
    Event,
    /// A job or schedule ran.
    Job,
    /// The command line.
    Cli,
    /// A payment provider called.
    Webhook,
}

/// One effect for many requests: who repeats what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotencyScope {
    /// The caller's key, at most 255 characters.
    pub key: String,
    /// Whose key: a stable user, client or saga id, never a token.
    pub subject: String,
    /// SHA-256 of what was asked; another body under the same key is refused.
    pub fingerprint: [u8; 32],
}

impl CallCtx {
    /// Starts a context at the edge of the system.
    pub fn new(env: &Env, interface: Interface, principal: Principal) -> Self {
        Self::resume(TraceContext::start(env), principal, Caller::Edge, interface)
    }

    /// Starts a context for work that the system does on its own.
    pub fn service(env: &Env, interface: Interface, name: &'static str) -> Self {
        Self::new(
            env,
            interface,
            Principal::Service {
                name: Cow::Borrowed(name),
            },
        )
    }

    /// Rebuilds a context at the receiving end of a call; the caller fills in the rest.
    pub fn resume(
        trace: TraceContext,
        principal: Principal,
        caller: Caller,
        interface: Interface,
    ) -> Self {
        Self {
            trace,
            deadline: Deadline::NONE,
            principal,
            caller,
            interface,
            idempotency: None,
            correlation_id: None,
            causation_id: None,
            hops: 0,
            stats: Arc::new(CallStats::default()),
            replayed: Arc::default(),
        }
    }

    /// Makes a context for a call made within this one: same trace, principal, deadline and cost account.
    #[must_use]
    pub fn child(&self) -> Self {
        Self {
            trace: self.trace,
            deadline: self.deadline,
            principal: self.principal.clone(),
            caller: self.caller.clone(),
            interface: self.interface,
            idempotency: self.idempotency.clone(),
            correlation_id: self.correlation_id.clone(),
            causation_id: self.causation_id.clone(),
            hops: self.hops,
            stats: Arc::clone(&self.stats),
            replayed: Arc::clone(&self.replayed),
        }
    }

    /// Makes the context with which `module` calls another one; the idempotency scope does not carry over, and
    /// a stored answer to that call does not make this one a stored one.
    #[must_use]
    pub fn calling_from(&self, module: &'static str) -> Self {
        Self {
            caller: Caller::Module(Cow::Borrowed(module)),
            idempotency: None,
            replayed: Arc::default(),
            ..self.child()
        }
    }

    /// Adds an idempotency scope; use it on a child made for one command.
    #[must_use]
    pub fn with_idempotency(mut self, scope: IdempotencyScope) -> Self {
        self.idempotency = Some(scope);
        self.replayed = Arc::default();
        self
    }

    /// Shortens the deadline; it never grows.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.deadline = self.deadline.earliest(Deadline::after(timeout));
        self
    }

    /// Counts one more module; `false` once the call has passed through too many.
    pub fn enter_module(&mut self) -> bool {
        self.hops = self.hops.saturating_add(1);
        self.hops <= MAX_HOPS
    }

    /// Returns what the request cost so far.
    pub fn stats(&self) -> &CallStats {
        &self.stats
    }

    /// Remembers that the answer under this context's idempotency key is a stored one.
    pub fn mark_replayed(&self) {
        self.replayed.store(true, Ordering::Relaxed);
    }

    /// Says whether the answer under this context's idempotency key is a stored one.
    pub fn was_replayed(&self) -> bool {
        self.replayed.load(Ordering::Relaxed)
    }

    /// Opens a unit of work; closed when the guard is dropped.
    pub fn open_unit(&self) -> OpenUnit {
        OpenUnit::of(&self.stats)
    }
}

impl TraceContext {
    /// Starts a new, recorded trace.
    pub fn start(env: &Env) -> Self {
        Self {
            trace_id: env.random(),
            span_id: env.random(),
            sampled: true,
        }
    }

    /// Returns the 32 hexadecimal digits that clients see.
    pub fn trace_id_text(&self) -> String {
        hex(&self.trace_id)
    }

    /// Writes the W3C `traceparent` header.
    pub fn to_traceparent(&self) -> String {
        format!(
            "00-{}-{}-{:02x}",
            hex(&self.trace_id),
            hex(&self.span_id),
            u8::from(self.sampled)
        )
    }

    /// Reads the W3C `traceparent` header; `None` if it is not one.
    pub fn from_traceparent(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version.len() != 2 || version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let trace_id: [u8; 16] = unhex(trace)?;
        let span_id: [u8; 8] = unhex(span)?;
        let [flags]: [u8; 1] = unhex(flags)?;
        if trace_id == [0; 16] || span_id == [0; 8] {
            return None;
        }
        Some(Self {
            trace_id,
            span_id,
            sampled: flags & 1 == 1,
        })
    }
}

impl Deadline {
    /// No deadline: background work has timeouts of its own.
    pub const NONE: Self = Self(None);

    /// Starts counting now.
    pub fn after(timeout: Duration) -> Self {
        Self(elapsed::now().checked_add(timeout))
    }

    /// Returns the remaining time, zero if it has passed, `None` without a deadline.
    pub fn remaining(self) -> Option<Duration> {
        self.0
            .map(|at| at.saturating_duration_since(elapsed::now()))
    }

    /// Returns the sooner of two.
    #[must_use]
    pub fn earliest(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Self(Some(a.min(b))),
            (a, b) => Self(a.or(b)),
        }
    }
}

impl Principal {
    /// Returns the user, if a person is signed in.
    pub fn user(&self) -> Option<&UserPrincipal> {
        match self {
            Self::User(user) => Some(user),
            Self::Anonymous | Self::Service { .. } => None,
        }
    }

    /// Says whether the principal has a role; parts of the system have all.
    pub fn has_role(&self, role: Role) -> bool {
        match self {
            Self::User(user) => user.roles.contains(&role),
            Self::Service { .. } => true,
            Self::Anonymous => false,
        }
    }
}

/// A stable name for audit and idempotency: `user:<uuid>`, `service:orders`, `anonymous`.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::User(user) => write!(f, "user:{}", user.user),
            Self::Service { name } => write!(f, "service:{name}"),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string succeeds");
            text
        })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; N];
    for (position, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[position * 2..position * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traceparent_survives_the_way_out_and_back() {
        let trace = TraceContext::start(&Env::system());
        assert_eq!(
            TraceContext::from_traceparent(&trace.to_traceparent()),
            Some(trace)
        );
        assert_eq!(
            TraceContext::from_traceparent(
                "00-00000000000000000000000000000000-0000000000000001-01"
            ),
            None
        );
        assert_eq!(TraceContext::from_traceparent("hello"), None);
    }

    #[test]
    fn a_deadline_never_grows() {
        let ctx = CallCtx::service(&Env::system(), Interface::Cli, "test")
            .with_timeout(Duration::from_secs(1));
        let ctx = ctx.with_timeout(Duration::from_mins(1));
        assert!(
            ctx.deadline
                .remaining()
                .is_some_and(|left| left <= Duration::from_secs(1))
        );
    }

    #[test]
    fn calls_are_counted_by_callee_and_over_children() {
        let ctx = CallCtx::service(&Env::system(), Interface::Cli, "test");
        ctx.stats().record_seam_call("catalog");
        ctx.child().stats().record_seam_call("payments");
        ctx.child().stats().record_seam_call("catalog");
        let counted = |callee, count| crate::SeamCalls { callee, count };
        assert_eq!(
            ctx.stats().seam_calls(),
            [counted("catalog", 2), counted("payments", 1)]
        );
    }

    #[test]
    fn a_stored_answer_is_told_to_whose_key_it_was_and_to_nobody_above() {
        let scope = IdempotencyScope {
            key: "k".to_owned(),
            subject: "s".to_owned(),
            fingerprint: [0; 32],
        };
        let request = CallCtx::service(&Env::system(), Interface::Rest, "test");
        let step = request
            .calling_from("orders")
            .with_idempotency(scope.clone());
        step.child().mark_replayed();
        assert!(step.was_replayed());
        assert!(!request.was_replayed(), "the client repeated nothing");
        let next = step.child().with_idempotency(scope);
        assert!(!next.was_replayed(), "another key, another answer");
    }

    #[test]
    fn open_units_are_seen_by_children() {
        let ctx = CallCtx::service(&Env::system(), Interface::Cli, "test");
        let unit = ctx.open_unit();
        assert!(ctx.child().stats().has_open_unit());
        drop(unit);
        assert!(!ctx.child().stats().has_open_unit());
    }
}
