//! Exports are streamed, as of one moment.

use super::house::{House, on_socket};
use crate::{
    admin::{EXPORT_NAME, EXPORT_UP_TO},
    audit::export::examine_export,
    domain::Bundle,
    store::tests::fixtures::refusal,
};
use http_body_util::BodyExt;

const MANY: usize = 1200;

async fn house() -> House {
    let house = House::open();
    for _ in 0..MANY {
        house.state.journal.append(refusal("expired"), None).unwrap();
    }
    house.state.journal.flush().await.unwrap();
    house
}

#[tokio::test]
async fn an_export_comes_in_pieces_and_ends_where_the_record_ended_when_it_began() {
    for format in ["jsonl", "csv"] {
        let house = house().await;
        let path = format!("/api/v1/audit/export?format={format}");
        let response = house.ask(on_socket("GET", &path, None)).await;
        assert_eq!(response.headers()[EXPORT_UP_TO], "1201");
        let name = response.headers()[EXPORT_NAME].to_str().unwrap().to_owned();
        let mut body = response.into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        house.state.journal.commit(Bundle::record(refusal("later"))).await.unwrap();
        let note = format!("/api/v1/audit/export/{name}");
        assert_eq!(house.get(&note).await.0, 404, "nothing is signed before the end");
        let rest = body.collect().await.unwrap().to_bytes();
        assert!(first.len() < rest.len(), "it came in one piece");
        let whole = [first, rest].concat();
        let (_, note) = house.get(&note).await;
        let key = house.state.notary.key().clone();
        let report = examine_export(&*whole, note.as_str(), vec![key], &[], |_| {}).unwrap();
        let manifest = report.integrity.unwrap().manifest;
        assert_eq!((manifest.lines, manifest.last, manifest.up_to), (1201, 1201, 1201));
    }
}

#[tokio::test]
async fn an_export_that_the_gateway_cannot_finish_is_broken_off_and_not_ended() {
    let house = house().await;
    let response = house.ask(on_socket("GET", "/api/v1/audit/export", None)).await;
    let mut body = response.into_body();
    body.frame().await.unwrap().unwrap();
    house.state.closing.cancel();
    let mut broke_off = false;
    while let Some(frame) = body.frame().await {
        broke_off |= frame.is_err();
    }
    assert!(broke_off, "a part was given for the whole");
}

#[tokio::test]
async fn what_is_asked_wrongly_leaves_no_export_on_record() {
    let house = House::open();
    for wrong in ["format=xml", "result=maybe", "since=yesterday", "limit=3"] {
        let (status, problem) = house.get(&format!("/api/v1/audit/export?{wrong}")).await;
        assert!([400, 422].contains(&status), "{wrong}: {problem}");
    }
    let exports = |one: &crate::store::SealedRecord| &*one.record.action == "audit.export";
    assert!(!house.records().iter().any(exports));
}
