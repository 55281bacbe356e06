//! The least role of each endpoint, as the types say it: told everywhere alike.

use crate::admin::{Endpoint, endpoints, openapi};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn described() -> BTreeMap<(String, String), Value> {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut found = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.insert((path.clone(), method.to_uppercase()), operation.clone());
        }
    }
    found
}

#[test]
fn what_is_served_is_described_with_its_role_and_nothing_else_is() {
    let mut described = described();
    for Endpoint { path, method, role } in endpoints() {
        let operation = described.remove(&(path.to_owned(), method.to_owned()));
        let operation = operation.unwrap_or_else(|| panic!("{method} {path} is not described"));
        match role {
            Some(role) => {
                assert_eq!(operation["x-role"], role.as_str(), "{method} {path}");
                assert_eq!(operation["security"], json!([{"operator": []}]));
                for status in ["401", "403", "429"] {
                    assert!(operation["responses"][status].is_object(), "{method} {path}");
                }
            }
            None => assert_eq!(operation["security"], json!([]), "{method} {path}"),
        }
    }
    assert!(described.is_empty(), "described and not served: {:?}", described.keys());
}

/// The page for users has the same table as the types.
#[test]
fn the_table_of_roles_in_the_docs_is_true() {
    let mut listed = endpoints();
    listed.sort();
    let lines: Vec<_> = listed
        .into_iter()
        .filter_map(|Endpoint { path, method, role }| {
            role.map(|role| format!("| `{method} {path}` | {role} |"))
        })
        .collect();
    let page = include_str!("../../../docs/operators.md");
    let of_docs: Vec<_> = page
        .lines()
        .filter(|line| line.contains("/api/"))
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert!(of_docs == lines, "the table in docs/operators.md should be:\n{}", lines.join("\n"));
}
