//! The commented sample file and the JSON Schema, both made from the settings' types.

use std::fmt::Write as _;

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

/// Returns the JSON Schema of the settings.
pub fn schema<T: JsonSchema>() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true);
    let schema = SchemaGenerator::new(settings).into_root_schema_for::<T>();
    serde_json::to_value(schema).unwrap_or_default()
}

/// Returns a TOML file with every key, its description and its default, all commented out.
pub fn sample<T: JsonSchema>() -> String {
    let mut text = String::from(
        "# Every setting with its default. Uncomment what you change.\n\
         # Environment: TENON__SECTION__KEY=value. Flags: --set section.key=value.\n",
    );
    write_section(&mut text, "", &schema::<T>());
    text
}

fn write_section(text: &mut String, path: &str, schema: &Value) {
    let Some(members) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    let is_section = |member: &Value| member.get("properties").is_some();
    for (name, member) in members.iter().filter(|(_, member)| !is_section(member)) {
        write_comment(text, member);
        let default = member
            .get("default")
            .map_or_else(|| "…".to_owned(), toml_value);
        writeln!(text, "# {name} = {default}").expect("writing to a string succeeds");
    }
    for (name, member) in members.iter().filter(|(_, member)| is_section(member)) {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        text.push('\n');
        write_comment(text, member);
        writeln!(text, "[{path}]").expect("writing to a string succeeds");
        write_section(text, &path, member);
    }
}

fn write_comment(text: &mut String, member: &Value) {
    for line in member
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .lines()
    {
        writeln!(text, "# {line}").expect("writing to a string succeeds");
    }
}

fn toml_value(value: &Value) -> String {
    match value {
        Value::Null => "(unset)".to_owned(),
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(toml_value).collect::<Vec<_>>().join(", ")
        ),
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(k, v)| format!("{k} = {}", toml_value(v)))
                .collect();
            if members.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {} }}", members.join(", "))
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
