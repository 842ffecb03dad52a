//! What a process needs to prove who it is: certificate, signing key and the authority it trusts.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tenon_kernel::Env;
use tenon_seam::SetupError;

use crate::SeamSettings;
use crate::tls;
use crate::token::Signer;

/// This process among the others.
pub(crate) struct Identity {
    pub(crate) service: String,
    pub(crate) signer: Signer,
    pub(crate) env: Env,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    authority: Arc<RootCertStore>,
}

impl Identity {
    pub(crate) fn load(settings: &SeamSettings, env: Env) -> Result<Self, SetupError> {
        settings.require_identity()?;
        let chain = read("certificate", &settings.certificate, |pem| {
            CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()
        })?;
        let named = chain.first().and_then(tls::service_of);
        if named.as_deref() != Some(&settings.service) {
            let found = named.unwrap_or_else(|| "no service".to_owned());
            let reason = format!("names {found}, but seam.service is {}", settings.service);
            return Err(SetupError::new("seam.certificate", reason));
        }
        let key = read("key", &settings.key, PrivateKeyDer::from_pem_slice)?;
        let mut authority = RootCertStore::empty();
        let trusted = read("authority", &settings.authority, |pem| {
            CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()
        })?;
        for certificate in trusted {
            authority
                .add(certificate)
                .map_err(|error| SetupError::new("seam.authority", error.to_string()))?;
        }
        if authority.is_empty() {
            return Err(SetupError::new("seam.authority", "holds no certificate"));
        }
        let signing_key = read(
            "signing_key",
            &settings.signing_key,
            PrivateKeyDer::from_pem_slice,
        )?;
        let signer = Signer::new(signing_key.secret_der(), &settings.service)
            .ok_or_else(|| SetupError::new("seam.signing_key", "not an Ed25519 key in PKCS #8"))?;
        let identity = Self {
            service: settings.service.clone(),
            signer,
            env,
            chain,
            key,
            authority: Arc::new(authority),
        };
        identity.client("none")?;
        Ok(identity)
    }

    /// TLS towards the service of that name, and nobody else.
    pub(crate) fn client(&self, service: &str) -> Result<Arc<ClientConfig>, SetupError> {
        let roots = Arc::clone(&self.authority);
        tls::client(roots, service, self.chain.clone(), self.key.clone_key())
            .map(Arc::new)
            .map_err(|error| SetupError::new("seam.key", error.to_string()))
    }

    /// TLS for a listener that hears only holders of a certificate of the authority.
    pub(crate) fn server(&self) -> Result<Arc<ServerConfig>, SetupError> {
        let roots = Arc::clone(&self.authority);
        tls::server(roots, self.chain.clone(), self.key.clone_key())
            .map(Arc::new)
            .map_err(|reason| SetupError::new("seam.key", reason))
    }
}

/// Never shows keys.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("service", &self.service)
            .field("kid", &self.signer.kid())
            .finish_non_exhaustive()
    }
}

fn read<T, E: fmt::Display>(
    key: &str,
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<T, SetupError> {
    let wrong = |reason: String| {
        SetupError::new(
            format!("seam.{key}"),
            format!("{}: {reason}", path.display()),
        )
    };
    let pem = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    parse(&pem).map_err(|error| wrong(error.to_string()))
}
