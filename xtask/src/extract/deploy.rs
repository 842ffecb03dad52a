//! How a service is packed and run: container image, compose, Kubernetes, and the plan for moving its data.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::FOLDER;
use super::facts::{Facts, MONOLITH, Module};

/// Where calls of other processes are heard in a container.
const SEAM_PORT: u16 = 7440;
/// Where health is told in a container.
const OPERATIONS_PORT: u16 = 8081;

/// `deploy/services/<module>/Dockerfile`
pub(super) fn dockerfile(module: &Module) -> String {
    include_str!("Dockerfile.template")
        .replace("@module@", &module.name)
        .replace("@folder@", FOLDER)
}

/// `deploy/services/compose.yaml`
pub(super) fn compose(facts: &Facts, extracted: &BTreeSet<String>) -> String {
    let mut text = format!(
        "# The services beside the monolith. Start with:
# docker compose -f deploy/compose.yaml -f {FOLDER}/compose.yaml up --build
# Written by `cargo xtask extract`; certificates and keys come from var/identities.
services:
  {MONOLITH}:
    command: [\"serve\", \"--config\", \"/etc/tenon/tenon.toml\"]
    environment:
      TENON__SEAM__LISTEN: 0.0.0.0:{SEAM_PORT}
{identity}{edges}    volumes:
      - ./{FOLDER}/tenon.toml:/etc/tenon/tenon.toml:ro
      - ./var/identities:/etc/tenon/identities:ro
",
        identity = identity(MONOLITH, 6),
        edges = edges(facts, extracted.iter().map(String::as_str), extracted, 6),
    );
    for module in facts
        .modules
        .iter()
        .filter(|module| extracted.contains(&module.name))
    {
        let (name, service) = (&module.name, module.service());
        write!(
            text,
            "
  {service}:
    build:
      context: ..
      dockerfile: {FOLDER}/{name}/Dockerfile
    depends_on:
      postgres:
        condition: service_healthy
    environment:
      TENON__DATA_DIR: /var/lib/tenon
      TENON__PUBLIC_URL: ${{PUBLIC_URL:-http://127.0.0.1:8080}}
      TENON__STORE__URL: postgres://tenon:${{POSTGRES_PASSWORD}}@postgres/tenon
      TENON__SECRETS__APPLICATION: ${{TENON_APPLICATION_SECRET:?set it in deploy/.env}}
      TENON__SECRETS__DATABASE_ROLES: ${{TENON_ROLE_SECRET:?set it in deploy/.env}}
      TENON__OPERATIONS_LISTEN: 0.0.0.0:{OPERATIONS_PORT}
      TENON__SEAM__LISTEN: 0.0.0.0:{SEAM_PORT}
{identity}{edges}    volumes:
      - ./{FOLDER}/{name}/settings.toml:/etc/tenon/settings.toml:ro
      - ./var/identities:/etc/tenon/identities:ro
      - {service}:/var/lib/tenon
    read_only: true
    cap_drop: [\"ALL\"]
    security_opt: [\"no-new-privileges:true\"]
    stop_grace_period: 45s
",
            identity = identity(&service, 6),
            edges = edges(facts, module.reaches(), extracted, 6),
        )
        .expect("a string takes all");
    }
    text.push_str("\nvolumes:\n");
    for module in facts
        .modules
        .iter()
        .filter(|module| extracted.contains(&module.name))
    {
        writeln!(text, "  {}:", module.service()).expect("a string takes all");
    }
    // Compose reads relative paths from the folder of the first file, which is deploy/.
    text.replace("./deploy/", "./").replace("./var/", "../var/")
}

/// `deploy/services/<module>/kubernetes.yaml`
pub(super) fn kubernetes(facts: &Facts, module: &Module, extracted: &BTreeSet<String>) -> String {
    let mut edges = String::new();
    for reached in module.reaches() {
        let (place, port) = host(facts, reached, extracted);
        let key = reached.to_uppercase();
        write!(edges, "            - name: TENON__MODULES__{key}__URL\n              value: https://{place}:{port}\n")
            .expect("a string takes all");
    }
    let mut callers = BTreeSet::from([MONOLITH.to_owned()]);
    callers.extend(
        facts
            .users(&module.name)
            .filter(|user| extracted.contains(&user.name))
            .map(Module::service),
    );
    let peers = callers.iter().fold(String::new(), |mut text, caller| {
        write!(
            text,
            "        - podSelector:\n            matchLabels:\n              app: {caller}\n"
        )
        .expect("a string takes all");
        text
    });
    include_str!("kubernetes.yaml.template")
        .replace("@edges@\n", &edges)
        .replace("@peers@\n", &peers)
        .replace("@service@", &module.service())
        .replace("@module@", &module.name)
        .replace("@folder@", FOLDER)
        .replace("@seam@", &SEAM_PORT.to_string())
        .replace("@operations@", &OPERATIONS_PORT.to_string())
}

/// `deploy/services/<module>/MOVE.md`
pub(super) fn move_plan(facts: &Facts, module: &Module) -> String {
    let users: Vec<&str> = facts
        .users(&module.name)
        .map(|user| user.name.as_str())
        .collect();
    let reached: Vec<&str> = module.reaches().collect();
    let names = |list: Vec<&str>| {
        if list.is_empty() {
            "nobody".to_owned()
        } else {
            list.join(", ")
        }
    };
    include_str!("move.md.template")
        .replace("@module@", &module.name)
        .replace("@folder@", FOLDER)
        .replace("@users@", &names(users))
        .replace("@reached@", &names(reached))
        .replace("@port@", &module.operations_port().to_string())
}

/// Where a service finds its certificate and keys in a container.
fn identity(service: &str, indent: usize) -> String {
    let files = [
        ("CERTIFICATE", format!("{service}/certificate.pem")),
        ("KEY", format!("{service}/key.pem")),
        ("SIGNING_KEY", format!("{service}/signing.pem")),
        ("AUTHORITY", "authority.pem".to_owned()),
    ];
    files.iter().fold(String::new(), |mut text, (key, file)| {
        writeln!(
            text,
            "{:indent$}TENON__SEAM__{key}: /etc/tenon/identities/{file}",
            ""
        )
        .expect("a string takes all");
        text
    })
}

/// Where other modules are, by the names of compose services.
fn edges<'m>(
    facts: &Facts,
    modules: impl Iterator<Item = &'m str>,
    extracted: &BTreeSet<String>,
    indent: usize,
) -> String {
    modules.fold(String::new(), |mut text, name| {
        let (place, port) = host(facts, name, extracted);
        let key = name.to_uppercase();
        writeln!(
            text,
            "{:indent$}TENON__MODULES__{key}__URL: https://{place}:{port}",
            ""
        )
        .expect("a string takes all");
        text
    })
}

fn host(facts: &Facts, module: &str, extracted: &BTreeSet<String>) -> (String, u16) {
    let service = facts.find(module).filter(|_| extracted.contains(module));
    (
        service.map_or_else(|| MONOLITH.to_owned(), Module::service),
        SEAM_PORT,
    )
}
