//! HTTP/2, passes and proofs by hand: what a peer could send that the crate itself never would.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use serde_json::{Value, json};
use tenon_remote::issue::Issued;
use tenon_seam::SeamFault;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::world::{HOST, World};

/// A call as `door` would send it on one connection.
#[derive(Clone)]
pub(crate) struct Forged {
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    /// Header and claims of the pass.
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) signing_key: String,
    /// The connection's key of proofs.
    pub(crate) key: hmac::Key,
    /// What makes it count once; queries come without.
    pub(crate) jti: Option<String>,
}

/// A connection that proved who it is.
pub(crate) struct Line {
    sender: SendRequest<Full<Bytes>>,
    /// Its name, as passes have to give it.
    pub(crate) name: String,
    /// Its key of proofs.
    pub(crate) key: hmac::Key,
}

impl Forged {
    /// A proper call of one method.
    pub(crate) fn of(world: &World, line: &Line, method: &str) -> Self {
        let head = json!({
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "remaining_ms": 5_000,
            "principal": { "kind": "anonymous" },
            "caller": { "module": "door" },
            "interface": "rest",
            "idempotency": { "key": "k", "subject": "s", "fingerprint": vec![0; 32] },
            "hops": 1
        });
        let now = world.env().now().as_unix_seconds();
        let signing_key = world.caller.signing_key.clone();
        let kid = kid_of(&pair(&signing_key));
        Self {
            path: format!("/_seam/greeter/v1/{method}"),
            body: frame(&head, br#"{"name":"ada"}"#),
            header: json!({ "alg": "EdDSA", "typ": "tenon-seam-pass+jwt", "kid": kid }),
            claims: json!({
                "iss": "tenon", "sub": "door", "aud": HOST, "iat": now, "exp": now + 30, "tls": line.name
            }),
            signing_key,
            key: line.key.clone(),
            jti: (method != "greet").then(|| world.env().new_uuid().to_string()),
        }
    }

    pub(crate) fn with_claim(mut self, name: &str, value: Value) -> Self {
        self.claims[name] = value;
        self
    }

    pub(crate) fn with_header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    pub(crate) fn with_id(self, jti: &str) -> Self {
        let jti = Some(jti.to_owned());
        Self { jti, ..self }
    }

    pub(crate) fn pass(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = pair(&self.signing_key).sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// Pass and proof.
    pub(crate) fn headers(&self) -> [(&'static str, String); 2] {
        let pass = self.pass();
        let jti = self.jti.as_deref().unwrap_or_default();
        let mut code = hmac::Context::with_key(&self.key);
        for part in [pass.as_str(), "\nPOST\n", &self.path, "\n", jti, "\n"] {
            code.update(part.as_bytes());
        }
        code.update(&self.body);
        let mut proof = format!("Tenon-Proof {}", URL_SAFE_NO_PAD.encode(code.sign()));
        if let Some(jti) = &self.jti {
            proof = format!("{proof}.{jti}");
        }
        [("tenon-pass", pass), ("authorization", proof)]
    }
}

impl Line {
    /// Connects with a certificate, or without one.
    pub(crate) async fn open(
        world: &World,
        certificate: Option<&Issued>,
        address: SocketAddr,
    ) -> Result<Self, String> {
        let config = client(world, certificate);
        let socket = TcpStream::connect(address).await.expect("reachable");
        let name = ServerName::try_from("localhost").expect("a name");
        let socket = TlsConnector::from(Arc::new(config))
            .connect(name, socket)
            .await
            .map_err(|error| error.to_string())?;
        let tls = socket.get_ref().1;
        let export = |label: &[u8]| {
            let exported = tls.export_keying_material([0; 32], label, Some(&[]));
            exported.expect("the handshake has ended")
        };
        let name = URL_SAFE_NO_PAD.encode(export(b"EXPORTER-Channel-Binding"));
        let key = hmac::Key::new(hmac::HMAC_SHA256, &export(b"EXPORTER-tenon-seam-proof"));
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(socket))
            .await
            .map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        Ok(Self { sender, name, key })
    }

    /// Sends a call with its pass and proof.
    pub(crate) async fn send(&self, forged: &Forged) -> Result<Bytes, SeamFault> {
        self.post(&forged.path, &forged.body, &forged.headers())
            .await
            .expect("answers")
    }

    /// Posts with any headers; returns the answer's body, or the fault in it.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &[u8],
        headers: &[(&str, String)],
    ) -> Result<Result<Bytes, SeamFault>, String> {
        let mut request = Request::post(format!("https://localhost{path}"));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let body = Full::new(Bytes::copy_from_slice(body));
        let request = request.body(body).expect("a request");
        let response = self.sender.clone().send_request(request).await;
        let response = response.map_err(|error| error.to_string())?;
        let body = response.into_body().collect().await;
        let bytes = body.map_err(|error| error.to_string())?.to_bytes();
        let tail = u32::from_be_bytes(bytes[1..5].try_into().expect("4 bytes")) as usize;
        let payload = bytes.slice(5 + tail..);
        Ok(match bytes[0] {
            0 => Ok(payload),
            2 => Err(serde_json::from_slice(&payload).expect("a fault")),
            kind => panic!("an answer of kind {kind}"),
        })
    }
}

pub(crate) fn frame(head: &Value, body: &[u8]) -> Vec<u8> {
    let head = head.to_string();
    let length = u32::try_from(head.len()).expect("short");
    [&length.to_be_bytes()[..], head.as_bytes(), body].concat()
}

fn pair(signing_key: &str) -> Ed25519KeyPair {
    let key = PrivateKeyDer::from_pem_slice(signing_key.as_bytes()).expect("a key");
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.secret_der()).expect("an Ed25519 key")
}

fn kid_of(pair: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, pair.public_key().as_ref()).as_ref()[..12])
}

fn chain(issued: &Issued) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let certificate = CertificateDer::from_pem_slice(issued.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes());
    (vec![certificate.expect("one")], key.expect("one"))
}

/// Trusts whatever answers: these tests are about the other side.
fn client(world: &World, certificate: Option<&Issued>) -> ClientConfig {
    #[derive(Debug)]
    struct Anyone(rustls::crypto::CryptoProvider);
    impl rustls::client::danger::ServerCertVerifier for Anyone {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: rustls_pki_types::UnixTime,
        ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
            Ok(rustls::client::danger::ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &rustls::DigitallySignedStruct,
        ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &rustls::DigitallySignedStruct,
        ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
            self.0.signature_verification_algorithms.supported_schemes()
        }
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    assert!(roots(world).len() == 1, "the world has one authority");
    let builder = ClientConfig::builder_with_provider(Arc::new(provider.clone()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone(provider)));
    let mut config = match certificate {
        Some(issued) => {
            let (chain, key) = chain(issued);
            builder.with_client_auth_cert(chain, key).expect("a pair")
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

fn roots(world: &World) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(world.authority.certificate().as_bytes());
    roots.add(authority.expect("one")).expect("an authority");
    roots
}

/// TLS of a listener that misbehaves later: it holds the right certificate and asks for none.
pub(crate) fn server(issued: &Issued) -> Arc<ServerConfig> {
    let (chain, key) = chain(issued);
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a pair");
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}
