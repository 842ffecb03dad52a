//! Builds the edges of a process from its settings and the declared uses.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use tenon_kernel::Env;

use crate::ends::{FaultEnd, ShadowEnd};
use crate::{AccessList, Dispatch, Edge, EdgeSettings, Method, Mode, Relay, SetupError, Surface};

/// Makes the far end of a module that runs elsewhere.
pub trait Peers: Send + Sync + 'static {
    /// Makes an end that reaches `module`; connects lazily, so a peer that is down does not stop the start.
    ///
    /// # Errors
    ///
    /// Settings that cannot work, by name.
    fn connect(
        &self,
        module: &'static str,
        surface: Surface,
        settings: &EdgeSettings,
    ) -> Result<Arc<dyn Dispatch>, SetupError>;
}

/// Builds the edges of a process from its settings and the declared uses.
#[derive(Clone)]
pub struct Seam {
    settings: BTreeMap<String, EdgeSettings>,
    access: AccessList,
    peers: Option<Arc<dyn Peers>>,
    env: Env,
}

/// The end of an edge.
#[doc(hidden)]
pub enum Binding<T: ?Sized> {
    /// The implementation.
    Local(Arc<T>),
    /// Bytes.
    Encoded(Arc<dyn Dispatch>),
}

impl Seam {
    /// Takes the settings of each module that is called.
    pub fn new(settings: BTreeMap<String, EdgeSettings>) -> Self {
        Self {
            settings,
            access: AccessList::new(),
            peers: None,
            env: Env::system(),
        }
    }

    /// Adds the modules that `caller` declares to use; calls along any other edge are refused.
    #[must_use]
    pub fn declare(mut self, caller: &str, uses: &[&str]) -> Self {
        self.access = self.access.declare(caller, uses);
        self
    }

    /// Sets who reaches modules that run elsewhere.
    #[must_use]
    pub fn with_peers(mut self, peers: Arc<dyn Peers>) -> Self {
        self.peers = Some(peers);
        self
    }

    /// Replaces the source of the chance in pauses and samples.
    #[must_use]
    pub fn with_env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// Whether a module is to run in this process; `false` if its settings name another one.
    pub fn is_here(&self, module: &str) -> bool {
        self.settings.get(module).is_none_or(EdgeSettings::is_here)
    }

    /// The declared uses: what the receiving side of a process checks again.
    pub fn access(&self) -> &AccessList {
        &self.access
    }

    /// Connects `caller` to a module by raw calls, through the same layers as calls of a contract.
    ///
    /// # Errors
    ///
    /// Settings that cannot work, by name.
    pub fn relay(
        &self,
        caller: &'static str,
        module: &'static str,
        surface: Surface,
        here: Option<Arc<dyn Dispatch>>,
    ) -> Result<Relay, SetupError> {
        let settings = self.settings_of(module, here.is_some())?;
        let edge = self.edge(caller, module, &[], &settings);
        let end = self.end(caller, module, surface, &settings, here)?;
        Ok(Relay::new(edge, surface, end))
    }

    /// Connects `caller` to a contract.
    #[doc(hidden)]
    pub fn bind<T: ?Sized>(
        &self,
        caller: &'static str,
        methods: &'static [Method],
        implementation: Option<Arc<T>>,
        server: impl FnOnce(Arc<T>) -> Arc<dyn Dispatch>,
    ) -> Result<(Edge, Binding<T>), SetupError> {
        let (module, version) = methods.first().map_or(("", 0), |m| (m.module, m.version));
        let settings = self.settings_of(module, implementation.is_some())?;
        let edge = self.edge(caller, module, methods, &settings);
        let binding = match (settings.mode, implementation) {
            (Mode::Local, Some(implementation)) => Binding::Local(implementation),
            (_, implementation) => {
                let surface = Surface::Contract { version };
                let here = implementation.map(server);
                Binding::Encoded(self.end(caller, module, surface, &settings, here)?)
            }
        };
        Ok((edge, binding))
    }

    #[expect(
        clippy::similar_names,
        reason = "caller and callee are the words of the field"
    )]
    fn edge(
        &self,
        caller: &'static str,
        callee: &'static str,
        methods: &[Method],
        settings: &EdgeSettings,
    ) -> Edge {
        let declared = self.access.may_call(caller, callee);
        Edge::new(
            caller,
            callee,
            declared,
            settings,
            methods,
            self.env.clone(),
        )
    }

    /// The settings of a module, if they agree with where it is.
    fn settings_of(&self, module: &str, has_here: bool) -> Result<EdgeSettings, SetupError> {
        let settings = self.settings.get(module).cloned().unwrap_or_default();
        settings.check(module)?;
        let mode = settings.mode.name();
        let setting = format!("modules.{module}.mode");
        match (settings.is_here(), has_here) {
            (true, false) => Err(SetupError::new(
                setting,
                format!(
                    "\"{mode}\" needs the module in this process, which does not have it; set \"remote\" and modules.{module}.url"
                ),
            )),
            (false, true) => Err(SetupError::new(
                setting,
                format!("\"{mode}\" says that the module runs elsewhere, but this process has it"),
            )),
            _ => Ok(settings),
        }
    }

    fn end(
        &self,
        caller: &'static str,
        module: &'static str,
        surface: Surface,
        settings: &EdgeSettings,
        here: Option<Arc<dyn Dispatch>>,
    ) -> Result<Arc<dyn Dispatch>, SetupError> {
        let far = || {
            let peers = self.peers.as_ref().ok_or_else(|| {
                let reason = "this process has no identity for calls to other processes: set the section [seam]";
                SetupError::new(format!("modules.{module}.mode"), reason)
            })?;
            peers.connect(module, surface, settings)
        };
        let near = |here: Option<Arc<dyn Dispatch>>| here.map_or_else(far, Ok);
        match (settings.mode, here) {
            (Mode::Shadow, Some(here)) => Ok(Arc::new(ShadowEnd::new(
                caller,
                here,
                far()?,
                settings.percent,
                self.env.clone(),
            ))),
            (Mode::Fault, here) => {
                let plan = settings.fault.clone().unwrap_or_default();
                Ok(Arc::new(FaultEnd::new(near(here)?, plan, self.env.clone())))
            }
            (_, here) => near(here),
        }
    }
}

impl Default for Seam {
    fn default() -> Self {
        Self::new(BTreeMap::new())
    }
}

impl fmt::Debug for Seam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seam")
            .field("settings", &self.settings)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
