//! Settings of services and of the monolith: who each is, whom it trusts, where the others are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::facts::{Facts, MONOLITH, MONOLITH_PORT, Module};
use super::identities::Identities;

/// `deploy/services/<module>/settings.toml`
pub(super) fn service(
    facts: &Facts,
    module: &Module,
    extracted: &BTreeSet<String>,
    identities: &Identities,
) -> String {
    let name = &module.name;
    let mut text = format!(
        "# The {name} service on this machine; compose and Kubernetes set paths and addresses through the environment.
# Written by `cargo xtask extract {name}`.
data_dir = \"var/{name}-service\"
public_url = \"http://127.0.0.1:8080\"
operations_listen = \"127.0.0.1:{}\"
",
        module.operations_port()
    );
    seam(&mut text, &module.service(), Some(module.seam_port()));
    trust(&mut text, &callers(facts, name, extracted), identities);
    let reached: BTreeSet<&str> = module.reaches().collect();
    for other in reached {
        edge(&mut text, facts, other, extracted);
    }
    text
}

/// `deploy/services/tenon.toml`
pub(super) fn monolith(
    facts: &Facts,
    extracted: &BTreeSet<String>,
    identities: &Identities,
) -> String {
    let mut text = "# What the monolith needs to know of the services. Add it to its settings; without it, it runs every module itself.
# Written by `cargo xtask extract`.
"
    .to_owned();
    let callers = callers_of_monolith(facts, extracted);
    let listens = (!callers.is_empty()).then_some(MONOLITH_PORT);
    seam(&mut text, MONOLITH, listens);
    trust(&mut text, &callers, identities);
    for name in extracted {
        edge(&mut text, facts, name, extracted);
    }
    text
}

/// Which modules each service may speak for when it reaches `name`.
pub(super) fn callers(
    facts: &Facts,
    name: &str,
    extracted: &BTreeSet<String>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut callers = BTreeMap::new();
    let app: &mut BTreeSet<String> = callers.entry(MONOLITH.to_owned()).or_default();
    // The app forwards requests of clients.
    app.insert("app".to_owned());
    for user in facts.users(name) {
        let service = if extracted.contains(&user.name) {
            user.service()
        } else {
            MONOLITH.to_owned()
        };
        callers
            .entry(service)
            .or_default()
            .insert(user.name.clone());
    }
    callers
}

/// The services that call or hear a module which is still in the monolith.
pub(super) fn callers_of_monolith(
    facts: &Facts,
    extracted: &BTreeSet<String>,
) -> BTreeMap<String, BTreeSet<String>> {
    let gone = facts
        .modules
        .iter()
        .filter(|module| extracted.contains(&module.name));
    gone.filter(|module| module.reaches().any(|reached| !extracted.contains(reached)))
        .map(|module| (module.service(), BTreeSet::from([module.name.clone()])))
        .collect()
}

fn seam(text: &mut String, service: &str, port: Option<u16>) {
    let folder = format!("var/identities/{service}");
    write!(
        text,
        "
[seam]
service = \"{service}\"
certificate = \"{folder}/certificate.pem\"
key = \"{folder}/key.pem\"
signing_key = \"{folder}/signing.pem\"
authority = \"var/identities/authority.pem\"
"
    )
    .expect("a string takes all");
    if let Some(port) = port {
        writeln!(text, "listen = \"127.0.0.1:{port}\"").expect("a string takes all");
    }
}

fn trust(text: &mut String, callers: &BTreeMap<String, BTreeSet<String>>, identities: &Identities) {
    if callers.is_empty() {
        return;
    }
    text.push_str("\n[seam.callers]\n");
    for (service, modules) in callers {
        let modules: Vec<String> = modules
            .iter()
            .map(|module| format!("\"{module}\""))
            .collect();
        writeln!(text, "{service} = [{}]", modules.join(", ")).expect("a string takes all");
    }
    text.push_str("\n[seam.trusted_keys]\n");
    for service in callers.keys() {
        writeln!(text, "{service} = [\"{}\"]", identities.public_key(service))
            .expect("a string takes all");
    }
}

/// Where a module is, as seen from a process that does not host it.
fn edge(text: &mut String, facts: &Facts, name: &str, extracted: &BTreeSet<String>) {
    let place = facts.find(name).filter(|_| extracted.contains(name));
    let (service, port) = place.map_or_else(
        || (MONOLITH.to_owned(), MONOLITH_PORT),
        |module| (module.service(), module.seam_port()),
    );
    write!(
        text,
        "
[modules.{name}]
mode = \"remote\"
url = \"https://127.0.0.1:{port}\"
service = \"{service}\"
"
    )
    .expect("a string takes all");
}
