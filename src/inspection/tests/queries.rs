//! Queries, rule by rule.

use super::fixture::{Request, bodiless, flat, nested};

fn verdict(query: &str) -> String {
    match Request::json(flat(), "{}").query(query).inspect() {
        Ok(inspected) => inspected.query.unwrap_or_default(),
        Err(error) => format!("{} {}", error.code(), error.field().unwrap()),
    }
}

#[test]
fn allowed_parameters_are_rebuilt_in_one_encoding() {
    for (query, expected) in [
        ("", ""),
        ("scope=a", "scope=a"),
        ("status=b&scope=a", "status=b&scope=a"),
        ("scope=", "scope="),
        ("sc%6fpe=%61", "scope=a"),
        ("scope=a+b%20c%2Bd", "scope=a%20b%20c%2Bd"),
        ("scope=a=b;c", "scope=a%3Db%3Bc"),
        ("scope=%C3%A4€", "scope=%C3%A4%E2%82%AC"),
        ("scope=%26status%3Dx", "scope=%26status%3Dx"),
        ("scope=-._~", "scope=-._~"),
    ] {
        assert_eq!(verdict(query), expected, "{query}");
    }
}

#[test]
fn what_is_not_allowed_is_refused_by_name() {
    for (query, expected) in [
        ("other=1", "malformed_request other"),
        ("Scope=1", "malformed_request Scope"),
        ("scope", "malformed_request scope"),
        ("=1", "malformed_request "),
        ("scope=a&", "malformed_request "),
        ("scope=a&&status=b", "malformed_request "),
        ("scope=%zz", "malformed_request scope"),
        ("scope=%4", "malformed_request scope"),
        ("scope=%", "malformed_request scope"),
        ("scope=%+1", "malformed_request scope"),
        ("scope=%ff", "malformed_request scope"),
        ("scope=%00", "malformed_request scope"),
        ("scope=a%0d%0ab", "malformed_request scope"),
        ("scope=a&scope=a", "ambiguous_request scope"),
        ("scope=a&sc%6Fpe=b", "ambiguous_request scope"),
        ("num_images=2", "malformed_request num_images"),
        ("webhook_url=https://a", "malformed_request webhook_url"),
        ("model=V_2", "malformed_request model"),
    ] {
        assert_eq!(verdict(query), expected, "{query}");
    }
}

#[test]
fn a_parameter_that_belongs_in_the_body_is_told_so() {
    let error = Request::json(flat(), "{}").query("num_images=2").inspect().unwrap_err();
    assert_eq!(error.to_string(), "num_images belongs in the body, not in the query");
    let error = Request::json(flat(), "{}").query("x=2").inspect().unwrap_err();
    let expected = "x is not a query parameter of this route; it takes scope, status";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_quote_has_one_spelling() {
    let quote = Request::json(flat(), "{}").query("dry_run=true").inspect().unwrap();
    assert!(quote.demand.is_quote);
    assert_eq!(quote.query.as_deref(), Some("dry_run=true"));
    assert_eq!(verdict("scope=a&dry_run=true"), "scope=a&dry_run=true");
    for query in [
        "dry_run",
        "dry_run=",
        "dry_run=True",
        "dry_run=TRUE",
        "dry_run=1",
        "dry_run=false",
        "dry_run=yes",
        "dry_run=true%20",
        "dry_run=tru%65",
        "dry%5Frun=true",
        "dry_run=+true",
    ] {
        assert_eq!(verdict(query), "malformed_request dry_run", "{query}");
    }
    for query in
        ["dry_run=true&dry_run=true", "dry_run=true&dry_run=false", "dry_run=true&dry_run=x"]
    {
        assert_eq!(verdict(query), "ambiguous_request dry_run", "{query}");
    }
    for query in ["DRY_RUN=true", "dry-run=true", "dryRun=true", "dry_run[]=true"] {
        assert!(verdict(query).starts_with("malformed_request "), "{query}");
    }
    assert!(!Request::json(flat(), "{}").demand().is_quote);
}

#[test]
fn a_route_without_quotes_refuses_to_be_asked_for_one() {
    for query in ["dry_run=true", "dry_run=false", "dry_run="] {
        let request = Request::json(nested(), "{}").query(query);
        assert_eq!(request.verdict(), "malformed_request dry_run");
    }
}

#[test]
fn a_request_without_a_body_may_have_a_query() {
    let inspected = Request::bare(bodiless()).query("scope=mine").inspect().unwrap();
    assert_eq!(inspected.query.as_deref(), Some("scope=mine"));
    assert_eq!(inspected.demand.places, 0);
}

#[test]
fn a_long_or_unprintable_name_is_shown_calmly() {
    let query = format!("{}=1", "x".repeat(1000));
    let error = Request::json(flat(), "{}").query(&query).inspect().unwrap_err();
    assert_eq!(error.field().unwrap().chars().count(), 65);
    let error = Request::json(flat(), "{}").query("a\tb=1").inspect().unwrap_err();
    assert!(!error.to_string().chars().any(char::is_control));
}
