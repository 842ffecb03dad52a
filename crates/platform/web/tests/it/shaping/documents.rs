//! What documents say of the form of answers.

use super::*;

#[test]
fn documents_say_what_callers_may_ask_for() {
    let endpoints = endpoints(&Asked::default());
    let document = openapi_document(&API, &endpoints);
    let parameter = |path: &str, method: &str, name: &str| {
        let parameters = document["paths"][path][method]["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        parameters.find(|one| one["name"] == name).cloned()
    };
    for (path, method, is_sparse, prefers) in [
        ("/v1/pots", "get", true, None),
        ("/v1/pots/{id}", "get", true, Some("`wait=n`")),
        ("/v1/pots", "post", false, Some("`return=minimal`")),
        ("/v1/pots/{id}", "patch", false, Some("`return=minimal`")),
        ("/v1/pots/{id}/keys", "post", false, None),
        ("/elsewhere", "get", false, None),
    ] {
        let fields = parameter(path, method, "fields");
        assert_eq!(fields.is_some(), is_sparse, "{method} {path}");
        if let Some(fields) = fields {
            let description = fields["description"].as_str().expect("text");
            assert!(
                description.contains("`id`, `lids`, `maker`, `note`, `size`"),
                "{description}"
            );
        }
        let prefer = parameter(path, method, "Prefer");
        let said = prefer.map(|prefer| prefer["description"].as_str().expect("text").to_owned());
        match (prefers, said) {
            (Some(word), Some(said)) => assert!(said.contains(word), "{said}"),
            (None, None) => {}
            other => panic!("{method} {path}: {other:?}"),
        }
    }
    let answers = &document["paths"]["/v1/pots/{id}"]["patch"]["responses"];
    assert!(
        answers["204"].get("content").is_none() && answers["204"]["headers"]["ETag"].is_object()
    );
    let answers = &document["paths"]["/v1/pots"]["post"]["responses"];
    assert!(answers.get("204").is_none());
    assert!(answers["201"]["headers"]["Saw-Preference"].is_object());
    assert!(answers["201"]["headers"]["Preference-Applied"].is_object());
}

#[test]
fn the_table_of_conventions_has_a_row_for_each_operation() {
    let table = conventions_table(&endpoints(&Asked::default()));
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(rows.len(), 7);
    assert_eq!(
        rows[0],
        "| list_pots | `GET /v1/pots` | public | api:read |  |  |  | yes | yes |  |  | default |  |"
    );
    assert_eq!(
        rows[1],
        "| get_pot | `GET /v1/pots/{id}` | public | api:read |  |  | yes |  | yes | maker, shelf | wait | default |  |"
    );
    assert_eq!(
        rows[3],
        "| create_pot | `POST /v1/pots` | public | api:write | taken |  |  |  |  |  | return | default | 1 MiB |"
    );
    assert_eq!(
        rows[4],
        "| update_pot | `PATCH /v1/pots/{id}` | public | api:write |  | required | yes |  |  |  | return | default | 1 MiB |"
    );
}
