//! Random forms: what went in is what is found.

use super::fixture::{Request, field, file, flat, form_of, raw_part};
use proptest::prelude::*;

const BOUNDARY: &str = "xX-=-Xx";

#[derive(Debug, Clone)]
enum Part {
    Number(u8),
    Field(String, Vec<u8>),
    File(Vec<u8>),
}

impl Part {
    fn written(&self) -> Vec<u8> {
        match self {
            Self::Number(number) => field("num_images", number.to_string()),
            Self::Field(name, content) => {
                let header = format!("X-Y: z\r\ncontent-disposition: form-data;name=\"{name}\"");
                raw_part(&header, content)
            }
            Self::File(content) => file("image", content),
        }
    }
}

/// Pieces that look like the start of something.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let start = (0..BOUNDARY.len()).prop_map(|len| format!("\r\n--{}", &BOUNDARY[..len]));
    let piece = prop_oneof![
        start.prop_map(String::into_bytes),
        Just(b"\r\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"--".to_vec()),
        Just(format!("-{BOUNDARY}").into_bytes()),
        Just(format!("x--{BOUNDARY}--").into_bytes()),
        Just(format!("\r--{BOUNDARY}").into_bytes()),
        Just(b"Content-Disposition: form-data; name=\"num_images\"\r\n\r\n8".to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
        (0..3usize).prop_map(|times| vec![b'x'; 30_000 * times]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        1 => (1..=8u8).prop_map(Part::Number),
        3 => ("[a-z_]{1,12}", content()).prop_map(|(name, content)| {
            Part::Field(format!("x{name}"), content)
        }),
        3 => content().prop_map(Part::File),
    ]
}

/// Says whether a content holds what ends a part, or might to some readers.
fn is_divided(content: &[u8]) -> bool {
    holds_delimiter(content) && at_line_start(content)
}

fn holds_delimiter(content: &[u8]) -> bool {
    let delimiter = format!("--{BOUNDARY}");
    content.windows(delimiter.len()).any(|window| window == delimiter.as_bytes())
}

fn at_line_start(content: &[u8]) -> bool {
    let line = format!("\n--{BOUNDARY}");
    let content = [b"\n", content].concat();
    content.windows(line.len()).any(|window| window == line.as_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn inspection_finds_the_number_among_any_parts(
        parts in prop::collection::vec(part(), 0..8),
        before in prop_oneof![Just(Vec::new()), content()],
    ) {
        let preamble = if before.is_empty() { before } else { [before, b"\r\n".to_vec()].concat() };
        let written: Vec<_> = parts.iter().map(Part::written).collect();
        let body = [preamble.clone(), form_of(BOUNDARY, &written)].concat();
        let numbers: Vec<_> = parts
            .iter()
            .filter_map(|part| match part { Part::Number(number) => Some(*number), _ => None })
            .collect();
        let is_divided = holds_delimiter(&preamble) || parts.iter().any(|part| match part {
            Part::Field(_, content) | Part::File(content) => is_divided(content),
            Part::Number(_) => false,
        });
        let found = Request::form_of(flat(), BOUNDARY, body).verdict();
        if is_divided {
            // Whichever fault comes first is named, unless the content makes up a form of its own.
            prop_assert!(found.contains("_request"), "{}", found);
        } else {
            let expected = match numbers[..] {
                [] => "1".to_owned(),
                [number] => number.to_string(),
                _ => "ambiguous_request num_images".to_owned(),
            };
            prop_assert_eq!(found, expected);
        }
    }
}
