//! Which tables a statement names, and which tables a migration makes.

use std::collections::BTreeSet;

/// Words after which a table name stands.
const BEFORE_TABLE: [&str; 4] = ["FROM", "JOIN", "INTO", "UPDATE"];
/// Words that may follow those without being a table.
const NOT_A_TABLE: [&str; 14] = [
    "SELECT",
    "SET",
    "SKIP",
    "OF",
    "NOWAIT",
    "LATERAL",
    "VALUES",
    "ONLY",
    "NOTHING",
    "JSON_EACH",
    "UNNEST",
    "DISTINCT",
    "JSONB_ARRAY_ELEMENTS",
    "JSONB_ARRAY_ELEMENTS_TEXT",
];

/// Whether a string literal is an SQL statement.
pub(crate) fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some("SELECT" | "WITH"), Some(_))
        | (Some("INSERT"), Some("INTO" | "OR"))
        | (Some("DELETE"), Some("FROM")) => true,
        (Some("UPDATE"), Some(_)) => text.split_whitespace().any(|word| word == "SET"),
        _ => false,
    }
}

/// Names of the tables a statement reads or writes, without the names it defines itself with `WITH`.
pub(crate) fn tables(statement: &str) -> BTreeSet<String> {
    let words = words(statement);
    let mut own = BTreeSet::new();
    let mut named = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map(String::as_str);
        let follows_update = word.eq_ignore_ascii_case("UPDATE")
            && at
                .checked_sub(1)
                .and_then(|before| words.get(before))
                .is_some_and(|w| w == "DO" || w == "FOR");
        if BEFORE_TABLE.contains(&word.as_str()) && !follows_update {
            if let Some(name) = next
                && name != "("
                && !NOT_A_TABLE.contains(&name.to_ascii_uppercase().as_str())
            {
                named.insert(name.to_owned());
            }
        } else if next == Some("AS") && words.get(at + 2).is_some_and(|word| word == "(") {
            own.insert(word.clone());
        } else if word == ")" && next == Some("AS") {
            // `WITH name (columns) AS (`: the name stands before the matching parenthesis
            let open = words[..at].iter().rposition(|word| word == "(");
            if let Some(name) = open
                .and_then(|open| open.checked_sub(1))
                .and_then(|before| words.get(before))
            {
                own.insert(name.clone());
            }
        }
    }
    named.difference(&own).cloned().collect()
}

/// Names of the tables, views and virtual tables that migrations create.
pub(crate) fn created(migration: &str) -> BTreeSet<String> {
    let words = words(migration);
    let mut found = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        if word.eq_ignore_ascii_case("CREATE") {
            let mut rest = words[at + 1..]
                .iter()
                .map(String::as_str)
                .skip_while(|word| {
                    ["UNLOGGED", "VIRTUAL", "TEMP"].contains(&word.to_ascii_uppercase().as_str())
                });
            if rest
                .next()
                .is_some_and(|word| ["TABLE", "VIEW"].contains(&word.to_ascii_uppercase().as_str()))
            {
                let name = rest.find(|word| {
                    !["IF", "NOT", "EXISTS"].contains(&word.to_ascii_uppercase().as_str())
                });
                found.extend(name.map(str::to_owned));
            }
        }
    }
    found
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect();
    let mut word = String::new();
    for c in uncommented.join("\n").chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '"') {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if !c.is_whitespace() {
            words.push(c.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_found_in_every_position() {
        let sql = "WITH due AS (SELECT id FROM jobs WHERE x = $1 FOR UPDATE SKIP LOCKED)
                   UPDATE orders SET a = 1 FROM due JOIN carts ON carts.id = orders.cart
                   WHERE EXISTS (SELECT 1 FROM catalog.products)";
        let found: Vec<String> = tables(sql).into_iter().collect();
        assert_eq!(found, ["carts", "catalog.products", "jobs", "orders"]);
        let upsert = "INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET x = $1";
        assert_eq!(tables(upsert).into_iter().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn created_tables_are_found() {
        let sql = "-- CREATE TABLE no (x)\nCREATE TABLE IF NOT EXISTS carts (id BLOB) STRICT; CREATE VIEW live AS SELECT 1;";
        assert_eq!(
            created(sql).into_iter().collect::<Vec<_>>(),
            ["carts", "live"]
        );
    }

    #[test]
    fn prose_is_not_a_statement() {
        assert!(!is_statement("UPDATE and DELETE are blocked"));
        assert!(!is_statement("SELECT"));
        assert!(is_statement("\n  SELECT 1"));
    }
}
