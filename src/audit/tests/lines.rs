//! Lines on stdout.

use super::entries::{chain, ended, steady_call};
use crate::{
    audit::AuditLine,
    domain::{Outcome, RecordBody},
    store::tests::fixtures::{intent, refusal},
};
use proptest::prelude::*;
use serde_json::Value;

#[test]
fn each_step_is_a_line_that_says_which_step_it_is() {
    let call = steady_call();
    let steps = chain(vec![intent(&call), ended(&call, Outcome::Success), refusal("expired")]);
    let lines: Vec<_> = steps.iter().map(|step| AuditLine::from_record(step).to_string()).collect();
    let read = |line: &String| -> Value {
        serde_json::from_str(line.strip_prefix("[AUDIT] ").unwrap()).unwrap()
    };
    let found: Vec<_> = lines.iter().map(read).collect();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let steps_and_results = found
        .iter()
        .map(|line| format!("{} {}", word(&line["metadata"]["kind"]), word(&line["result"])));
    let expected = ["intent pending", "outcome success", "refusal failure"];
    assert_eq!(steps_and_results.collect::<Vec<_>>(), expected);
    assert_eq!(found[1]["metadata"]["hash"], hex::encode(steps[1].hash));
    assert_eq!(found[0]["metadata"]["call_id"], found[1]["metadata"]["call_id"]);
}

proptest! {
    #[test]
    fn nothing_a_client_sends_can_end_a_line_or_forge_another(text in any::<String>()) {
        let hostile = format!("{text}\n[AUDIT] {{}}\r\u{2028}\u{85}\u{1b}[2J\u{7f}\u{202e}😀");
        let mut record = refusal(&hostile);
        if let RecordBody::Refusal(refusal) = &mut record.body {
            refusal.on_behalf_of = Some(hostile.clone().into());
        }
        let line = AuditLine::from_record(&chain(vec![record]).remove(0)).to_string();
        prop_assert!(line.chars().all(|character| matches!(character, ' '..='~')));
        let entry: Value = serde_json::from_str(&line["[AUDIT] ".len()..]).unwrap();
        prop_assert_eq!(entry["metadata"]["on_behalf_of"].as_str(), Some(hostile.as_str()));
    }
}
