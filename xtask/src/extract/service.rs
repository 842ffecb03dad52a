//! The app of a service: a manifest and a `main.rs` that hosts one module.

use std::fmt::Write as _;

use super::facts::{Facts, Module, capitalised};

/// `apps/<module>-service/Cargo.toml`
pub(super) fn manifest(module: &Module) -> String {
    let name = &module.name;
    let mut own: Vec<String> = vec![
        "anyhow".to_owned(),
        "clap".to_owned(),
        format!("{name}-contract"),
        name.clone(),
        "rustls".to_owned(),
        "tenon-node".to_owned(),
        "tenon-settings".to_owned(),
        "tenon-telemetry".to_owned(),
        "tokio".to_owned(),
    ];
    own.extend(module.uses.iter().map(|used| format!("{used}-contract")));
    own.sort();
    let dependencies = own.iter().fold(String::new(), |mut text, name| {
        writeln!(text, "{name}.workspace = true").expect("a string takes all");
        text
    });
    format!(
        "[package]
name = \"{name}-service\"
description = \"The {name} module in a process of its own.\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[dependencies]
{dependencies}
[lints]
workspace = true
"
    )
}

/// `apps/<module>-service/src/main.rs`
pub(super) fn main(module: &Module) -> String {
    let (name, kind) = (&module.name, module.type_name());
    let mut imports = vec![format!("use {name}_contract::{kind}Server;")];
    imports.extend(
        module
            .uses
            .iter()
            .map(|used| format!("use {used}_contract::{}Client;", capitalised(used))),
    );
    imports.sort();
    let clients = module.uses.iter().fold(String::new(), |mut text, used| {
        let client = capitalised(used);
        writeln!(
            text,
            "    let {used} = {client}Client::connect(node.seam(), \"{name}\", None)?;"
        )
        .expect("a string takes all");
        text
    });
    let mut arguments = vec![format!("&settings.{name}"), "&parts".to_owned()];
    arguments.extend(module.uses.iter().cloned());
    let keyed = if module.is_keyed {
        format!("&[\"{name}\"]")
    } else {
        "&[]".to_owned()
    };
    include_str!("main.rs.template")
        .replace("@imports@", &imports.join("\n"))
        .replace("@clients@\n", &clients)
        .replace("@arguments@", &arguments.join(", "))
        .replace("@keyed@", &keyed)
        .replace("@module@", name)
        .replace("@Module@", &kind)
        .replace("@port@", &module.operations_port().to_string())
}

/// `apps/<module>-service/src/installation.rs`
pub(super) fn installation(facts: &Facts, module: &Module) -> String {
    let mut text = format!(
        "//! All modules of the installation and what they declare. Written by `cargo xtask extract {}`.

use tenon_node::{{Installation, ModuleEntry}};

/// Who calls and hears whom; the seam refuses everything else.
pub(crate) const INSTALLATION: Installation = Installation(&[
",
        module.name
    );
    for entry in &facts.modules {
        let (name, uses, listens) = (&entry.name, list(&entry.uses), list(&entry.listens));
        writeln!(
            text,
            "ModuleEntry {{ name: \"{name}\", uses: &{uses}, listens: &{listens} }},"
        )
        .expect("a string takes all");
    }
    text + "]);\n"
}

fn list(names: &std::collections::BTreeSet<String>) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("[{}]", quoted.join(", "))
}
