//! All settings of a server; each section belongs to the crate that reads it.

use tenon_node::HasNode as _;
use tenon_settings::SettingsError;
use tenon_web::WebSettings;

use crate::compose::INSTALLATION;

tenon_node::node_settings! {
    /// Settings of a server.
    pub struct ServerSettings {
        /// Makes this process a service that hosts these modules only: it has no public API, and reaches the others
        /// as `[modules]` says. Empty: all modules that `[modules]` does not put elsewhere, and the public API of all.
        pub hosts: Vec<String>,
        /// The REST surface.
        pub web: WebSettings,
        /// People, sessions, access tokens.
        pub identity: identity::IdentitySettings,
        /// Products, prices, stock.
        pub catalog: catalog::CatalogSettings,
        /// Carts, checkout, orders.
        pub orders: orders::OrdersSettings,
        /// Payments and their provider.
        pub payments: payments::PaymentsSettings,
        /// Mail and in-app messages.
        pub notifications: notifications::NotificationsSettings,
        /// The audit log.
        pub audit: audit::AuditSettings,
    }
}

impl ServerSettings {
    /// Checks what types cannot say; each module checks its own section.
    pub fn validate(&self) -> Result<(), SettingsError> {
        self.identity.validate().map_err(named)?;
        self.catalog.validate().map_err(named)?;
        self.payments.validate().map_err(named)?;
        self.orders.validate().map_err(named)?;
        self.notifications.validate().map_err(named)?;
        let names = INSTALLATION.names();
        if let Some(unknown) = self
            .hosts
            .iter()
            .find(|name| !names.contains(&name.as_str()))
        {
            let known = names.join(", ");
            return Err(SettingsError::new(
                "hosts",
                format!("there is no module {unknown}; there are: {known}"),
            ));
        }
        if !self.hosts.is_empty() && self.seam.listen.is_none() {
            return Err(SettingsError::new(
                "seam.listen",
                "a service that hosts modules is reached by other processes: say where it listens",
            ));
        }
        self.node().validate(&names)
    }
}

/// A module's own complaint, which begins with the key: `orders.checkout_ttl_seconds: expected …`.
fn named(error: impl std::fmt::Display) -> SettingsError {
    let text = error.to_string();
    let (key, problem) = text
        .split_once([':', ' '])
        .unwrap_or((text.as_str(), "cannot be"));
    SettingsError::new(key, problem.trim())
}
