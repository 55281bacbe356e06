use super::{Deed, all, find};

#[test]
fn every_operation_is_there_once() {
    let mut keys: Vec<_> = all().map(|operation| (operation.method, operation.path)).collect();
    let before = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!((keys.len(), before > 90), (before, true));
}

#[test]
fn a_segment_in_braces_stands_for_exactly_one() {
    assert_eq!(find("GET", "/models/abc").map(|o| o.deed), Some(Deed::Model));
    assert_eq!(find("GET", "/models").map(|o| o.deed), Some(Deed::Models));
    assert!(find("GET", "/models/").is_none());
    assert!(find("GET", "/models/a/b").is_none());
    assert!(find("POST", "/models/abc").is_none());
    assert!(find("POST", "//generate").is_none());
}
