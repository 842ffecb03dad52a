//! Makes an authority, certificates and signing keys for development and tests.
//!
//! In production an authority of the operator does this; what counts is the name in the certificate.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ED25519, SanType,
};

use crate::tls::TRUST_DOMAIN;

/// Why something could not be made.
#[derive(Debug, thiserror::Error)]
#[error("a certificate or key could not be made")]
pub struct IssueError(#[from] rcgen::Error);

/// Signs the certificates of services.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

/// What one service needs; all in PEM but the public key.
#[derive(Clone)]
pub struct Issued {
    /// `seam.certificate`
    pub certificate: String,
    /// `seam.key`
    pub key: String,
    /// `seam.signing_key`
    pub signing_key: String,
    /// What others write into `seam.trusted_keys`.
    pub public_key: String,
}

impl Authority {
    /// Makes a new authority.
    pub fn new() -> Result<Self, IssueError> {
        Self::from_key(KeyPair::generate()?)
    }

    /// Takes an authority up again by its private key (PEM), to sign for a further service.
    ///
    /// Its certificate is made anew with the same name and key, so it accepts what the earlier one signed.
    pub fn from_key_pem(pem: &str) -> Result<Self, IssueError> {
        Self::from_key(KeyPair::from_pem(pem)?)
    }

    fn from_key(key: KeyPair) -> Result<Self, IssueError> {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Tenon development authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self {
            issuer: Issuer::new(params, key),
            certificate,
        })
    }

    /// `seam.authority`
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The private key (PEM): who has it can be any service.
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// Makes certificate and keys of a service: `catalog-service`.
    pub fn issue(&self, service: &str) -> Result<Issued, IssueError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, service);
        let name = format!("{TRUST_DOMAIN}{service}");
        params.subject_alt_names = vec![SanType::URI(name.try_into()?)];
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        let signing = KeyPair::generate_for(&PKCS_ED25519)?;
        Ok(Issued {
            certificate,
            key: key.serialize_pem(),
            signing_key: signing.serialize_pem(),
            public_key: URL_SAFE_NO_PAD.encode(signing.public_key_raw()),
        })
    }
}

/// Never shows private keys.
impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued")
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}
