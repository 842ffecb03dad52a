//! A gateway and six services on loopback: certificates, keys and settings as an operator would write them.

use std::fmt::Write as _;
use std::path::Path;

use tenon_remote::issue::{Authority, Issued};

use crate::process::{Process, free_port};

pub(crate) const MODULES: [&str; 6] = [
    "identity",
    "catalog",
    "payments",
    "orders",
    "notifications",
    "audit",
];
const GATEWAY: &str = "tenon";

/// A service of the fleet, before its settings are written.
struct Member {
    service: String,
    /// `None` for the gateway.
    module: Option<&'static str>,
    port: u16,
    issued: Issued,
}

/// Makes the processes, services first, gateway last; each finds its settings of the seam in a file.
pub(crate) fn fleet(folder: &Path) -> Vec<Process> {
    let authority = Authority::new().expect("an authority");
    let member = |module: Option<&'static str>| {
        let service =
            module.map_or_else(|| GATEWAY.to_owned(), |module| format!("{module}-service"));
        Member {
            issued: authority.issue(&service).expect("an identity"),
            service,
            module,
            port: free_port(),
        }
    };
    let members: Vec<Member> = MODULES
        .into_iter()
        .map(Some)
        .chain([None])
        .map(member)
        .collect();
    members
        .iter()
        .map(|own| {
            let data_dir = folder.join(own.module.unwrap_or("gateway"));
            let mut process = Process::new(&own.service, data_dir, free_port());
            let config = process.data_dir.join("tenon.toml");
            let text = config_of(own, &members, &authority, &process.data_dir);
            std::fs::write(&config, text).expect("written");
            process.config = Some(config);
            process
        })
        .collect()
}

/// The settings file of one process.
fn config_of(own: &Member, all: &[Member], authority: &Authority, data_dir: &Path) -> String {
    let file = |name: &str, pem: &str| {
        let path = data_dir.join(name);
        std::fs::write(&path, pem).expect("written");
        path.display().to_string()
    };
    let mut text = String::new();
    if let Some(module) = own.module {
        writeln!(text, "hosts = [\"{module}\"]").expect("text");
    }
    writeln!(text, "[seam]\nservice = \"{}\"", own.service).expect("text");
    if own.module.is_some() {
        writeln!(text, "listen = \"127.0.0.1:{}\"", own.port).expect("text");
    }
    for (key, name, pem) in [
        (
            "certificate",
            "certificate.pem",
            own.issued.certificate.as_str(),
        ),
        ("key", "key.pem", own.issued.key.as_str()),
        ("authority", "authority.pem", authority.certificate()),
        (
            "signing_key",
            "signing.pem",
            own.issued.signing_key.as_str(),
        ),
    ] {
        writeln!(text, "{key} = \"{}\"", file(name, pem)).expect("text");
    }
    text.push_str("[seam.trusted_keys]\n");
    for peer in all {
        let (service, key) = (&peer.service, &peer.issued.public_key);
        writeln!(text, "{service} = [\"{key}\"]").expect("text");
    }
    text.push_str("[seam.callers]\n");
    for peer in all {
        let speaks_for = peer.module.unwrap_or("app");
        writeln!(text, "{} = [\"{speaks_for}\"]", peer.service).expect("text");
    }
    for peer in all {
        if let Some(module) = peer.module.filter(|module| own.module != Some(module)) {
            let port = peer.port;
            writeln!(
                text,
                "[modules.{module}]\nmode = \"remote\"\nurl = \"https://127.0.0.1:{port}\""
            )
            .expect("text");
        }
    }
    text
}
