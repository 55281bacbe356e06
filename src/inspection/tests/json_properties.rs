//! Random JSON documents: what inspection finds is what another reader finds.

use super::fixture::{Request, flat, nested};
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::fmt::Write;

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("num_images".to_owned()),
        3 => Just("image_request".to_owned()),
        1 => Just("model".to_owned()),
        1 => Just("num_image".to_owned()),
        3 => any::<String>(),
    ]
}

fn number_of_images() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => (1..=8u32).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => (0..12i32).prop_map(Value::from),
        1 => (0..9i32).prop_map(|n| Value::from(f64::from(n))),
        1 => (0..9i32).prop_map(|n| Value::from(n.to_string())),
        1 => Just(Value::Null),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        number_of_images(),
        any::<bool>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            object(inner.boxed()).prop_map(Value::from),
        ]
    })
}

fn object(values: BoxedStrategy<Value>) -> impl Strategy<Value = Map<String, Value>> {
    let member = (name(), values, number_of_images());
    prop::collection::vec(member, 0..6).prop_map(|members| {
        let choose = |(name, value, number): (String, _, _)| {
            let value = if name == "num_images" { number } else { value };
            (name, value)
        };
        members.into_iter().map(choose).collect()
    })
}

/// Writes a document with blanks and escapes wherever `dice` says so.
struct Writer {
    text: String,
    dice: u64,
}

impl Writer {
    fn chance(&mut self) -> bool {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.dice >> 61 == 0
    }

    fn blank(&mut self) {
        if self.chance() {
            self.text.push_str(" \r\n\t");
        }
    }

    fn string(&mut self, string: &str) {
        self.text.push('"');
        for character in string.chars() {
            if self.chance() || character < ' ' || matches!(character, '"' | '\\') {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(self.text, "\\u{unit:04x}").unwrap();
                }
            } else {
                self.text.push(character);
            }
        }
        self.text.push('"');
    }

    fn list<T>(&mut self, items: impl Iterator<Item = T>, mut item: impl FnMut(&mut Self, T)) {
        for (at, each) in items.enumerate() {
            self.text.push_str(if at > 0 { "," } else { "" });
            self.blank();
            item(self, each);
            self.blank();
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(string) => self.string(string),
            Value::Array(array) => {
                self.text.push('[');
                self.list(array.iter(), Self::value);
                self.text.push(']');
            }
            Value::Object(object) => {
                self.text.push('{');
                self.list(object.iter(), |writer, (name, value)| {
                    writer.string(name);
                    writer.blank();
                    writer.text.push(':');
                    writer.blank();
                    writer.value(value);
                });
                self.text.push('}');
            }
            other => write!(self.text, "{other}").unwrap(),
        }
    }
}

fn written(document: &Map<String, Value>, dice: u64) -> String {
    let mut writer = Writer { text: String::new(), dice };
    writer.value(&Value::Object(document.clone()));
    writer.text
}

fn places(value: Option<&Value>) -> String {
    match value {
        None => "1".into(),
        Some(value) => match value.as_u64() {
            Some(number @ 1..=8) => number.to_string(),
            _ => "malformed_request num_images".into(),
        },
    }
}

fn expected_flat(document: &Map<String, Value>) -> String {
    let number = places(document.get("num_images"));
    let model = document.get("model");
    if !model.is_none_or(|model| model.is_string() || model.is_null()) {
        return "malformed_request model".into();
    }
    number
}

fn expected_nested(document: &Map<String, Value>) -> String {
    if document.contains_key("num_images") {
        return "malformed_request num_images".into();
    }
    match document.get("image_request") {
        None => "1".into(),
        Some(Value::Object(object)) => expected_flat(object),
        Some(_) => "malformed_request image_request".into(),
    }
}

/// Several fields may be at fault; which of them is named first is left open.
fn agree(found: &str, expected: &str) -> bool {
    found == expected || (found.starts_with("malformed") && expected.starts_with("malformed"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn inspection_finds_what_another_reader_finds(
        document in object(value().boxed()),
        dice in any::<u64>(),
    ) {
        let text = written(&document, dice);
        prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &Value::from(document.clone()));
        for (route, expected) in [
            (flat(), expected_flat(&document)),
            (nested(), expected_nested(&document)),
        ] {
            let found = Request::json(route, &text).verdict();
            // A null model is only refused beside a number that is refused anyway.
            prop_assert!(agree(&found, &expected) , "{found}, not {expected}: {text}");
        }
    }
}
