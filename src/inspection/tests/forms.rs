//! Forms, rule by rule.

use super::fixture::{BOUNDARY, Request, field, file, flat, form, nested, raw_part};

const NUMBER: &str = "num_images";
const BODY: &str = "malformed_request body";

/// Inspects a body in memory and on disk, which must not differ.
fn verdict(body: impl AsRef<[u8]>) -> String {
    let request = Request::form(flat(), body);
    let verdict = request.verdict();
    assert_eq!(request.on_disk().verdict(), verdict);
    verdict
}

/// Inspects a form with one part of that header, whose content is 2.
fn verdict_of(header: &str) -> String {
    verdict(form(&[field("prompt", "x"), raw_part(header, "2")]))
}

fn disposition(parameters: &str) -> String {
    verdict_of(&format!("Content-Disposition: form-data; {parameters}"))
}

#[test]
fn the_number_of_images_is_found_wherever_it_stands() {
    assert_eq!(verdict(form(&[])), "1");
    assert_eq!(verdict(form(&[field(NUMBER, "8")])), "8");
    assert_eq!(verdict(form(&[file("image", vec![7; 200_000]), field(NUMBER, "4")])), "4");
    assert_eq!(verdict(form(&[field(NUMBER, "4"), file("image", "\r\n--\r\n")])), "4");
    assert_eq!(verdict(form(&[field("Num_Images", "8"), field("num_image", "8")])), "1");
    assert_eq!(
        verdict(form(&[field("x", form(&[field(NUMBER, "8")]).escape_ascii().to_string())])),
        "1"
    );
}

#[test]
fn only_one_digit_from_1_to_8_is_a_number_of_images() {
    for value in
        ["", "0", "9", "10", "-1", "+1", "1.0", "1e0", " 1", "1 ", "1\r\n", "01", "x", "１"]
    {
        assert_eq!(
            verdict(form(&[field(NUMBER, value)])),
            "malformed_request num_images",
            "{value}"
        );
    }
    let long = "1".repeat(70_000);
    assert_eq!(verdict(form(&[field(NUMBER, long)])), "malformed_request num_images");
    assert_eq!(verdict(form(&[field(NUMBER, b"\xef\xbb\xbf2")])), "malformed_request num_images");
    assert_eq!(verdict(form(&[field("model", b"\xff")])), "malformed_request model");
    assert_eq!(verdict(form(&[field("model", "x".repeat(65_537))])), "malformed_request model");
    for value in ["True", "1", "on", ""] {
        assert_eq!(verdict(form(&[field("async", value)])), "malformed_request async", "{value}");
    }
    assert_eq!(verdict(form(&[field("async", "false")])), "1");
}

#[test]
fn a_name_that_comes_twice_is_ambiguous() {
    for name in [NUMBER, "model", "rendering_speed", "webhook_url", "async", "upscale_factor"] {
        let value = if name == "async" { "true" } else { "1" };
        let body = form(&[field(name, value), file("image", "x"), field(name, value)]);
        assert_eq!(verdict(body), format!("ambiguous_request {name}"));
    }
    let mixed = form(&[file("upscale_factor", "x"), field("upscale_factor", "X2")]);
    assert_eq!(verdict(mixed), "ambiguous_request upscale_factor");
    let others =
        form(&[field("prompt", "a"), field("prompt", "b"), file("i", "1"), file("i", "2")]);
    assert_eq!(verdict(others), "1");
}

#[test]
fn a_nested_json_text_is_read_like_json() {
    for (text, expected) in [
        (r#"{"num_images":4}"#, "4"),
        (r#"{"num\u005fimages":4}"#, "4"),
        (r#"{"num_images":4,"num_images":4}"#, "ambiguous_request num_images"),
        (r#"{"num_images":"4"}"#, "malformed_request num_images"),
        (r#"{"num_images":9}"#, "malformed_request num_images"),
        (r#"{"num_images":4} x"#, "malformed_request image_request"),
        ("[]", "malformed_request image_request"),
        ("", "malformed_request image_request"),
        ("\u{feff}{}", "malformed_request image_request"),
    ] {
        let request = Request::form(nested(), form(&[field("image_request", text)]));
        assert_eq!(request.verdict(), expected, "{text}");
        assert_eq!(request.on_disk().verdict(), expected, "{text}");
    }
    for (parts, expected) in [
        (vec![field(NUMBER, "4")], "malformed_request num_images"),
        (
            vec![field("image_request", "{}"), field("image_request", "{}")],
            "ambiguous_request image_request",
        ),
        (vec![file("image_request", "{}")], "malformed_request image_request"),
        (
            vec![field("image_request", format!("{{\"a\":\"{}\"}}", "x".repeat(70_000)))],
            "malformed_request image_request",
        ),
        (
            vec![raw_part(
                "Content-Disposition: form-data; name=\"image_request\"\r\nContent-Type: application/json",
                r#"{"num_images":2}"#,
            )],
            "2",
        ),
    ] {
        assert_eq!(Request::form(nested(), form(&parts)).verdict(), expected);
    }
}

#[test]
fn a_disposition_is_read_strictly() {
    for (parameters, expected) in [
        ("name=\"num_images\"", "2"),
        ("name=num_images", "2"),
        ("NAME=\"num_images\"", "2"),
        ("name=\"num_images\";", "2"),
        ("name=\"num_images\"; x=y", "malformed_request content-disposition"),
        ("name*=\"num_images\"", "malformed_request content-disposition"),
        ("name*=utf-8''num%5Fimages", "malformed_request content-disposition"),
        ("name=\"a\"; name*=utf-8''num_images", "malformed_request content-disposition"),
        ("name*0=\"num_\"; name*1=\"images\"", "malformed_request content-disposition"),
        ("name=\"num_images\"; name=\"num_images\"", "ambiguous_request content-disposition"),
        ("name=\"a\"; Name=\"num_images\"", "ambiguous_request content-disposition"),
        ("filename=\"x\"", "malformed_request content-disposition"),
        ("name", "malformed_request content-disposition"),
        ("name=", "malformed_request content-disposition"),
        ("name = \"num_images\"", "malformed_request content-disposition"),
        ("name=\"num_images", "malformed_request content-disposition"),
        ("name=\"num_images\" x", "malformed_request content-disposition"),
        ("name=num images", "malformed_request content-disposition"),
        ("filename=\"\\\"; name=\"num_images\"; y=\"", "malformed_request content-disposition"),
        ("filename=\"\\\"; name=num_images; y=\"; name=\"a\"", "ambiguous_request a"),
        ("filename=\"\\\"; name*=num_images; y=\"; name=\"a\"", "ambiguous_request a"),
        ("filename=\"; name=num_images; y=\"; name=\"a\"", "ambiguous_request a"),
        ("filename=\"x name=num_images\"; name=\"a\"", "ambiguous_request a"),
        ("filename=\"name = num_images\"; name=\"a\"", "ambiguous_request a"),
        ("filename=\";NAME*=num_images\"; name=\"a\"", "ambiguous_request a"),
        ("name=\"a; name=num_images\"", "ambiguous_request a; name=num_images"),
        ("name=\"a\"; filename=\"x.php?name=y.png\"", "1"),
        ("name=\"a\"; filename=\"surname=y.png\"", "1"),
        ("name=\"num_images\"; filename=\"x\"", "malformed_request num_images"),
        ("name=\"num_images\"; filename*=utf-8''x", "malformed_request num_images"),
        ("name=\"num_images\"; filename=\"\"", "malformed_request num_images"),
        ("name=\"a\"; filename=\"x\"; filename=\"y\"", "ambiguous_request a"),
        ("name=\"a\"; filename=\"x\"; filename*=utf-8''y", "1"),
        ("name=\"a\"; filename=\"the \\\"name\\\" of it\"", "1"),
        ("name=\"a\"; filename=\"C:\\dir\\x.png\"", "1"),
    ] {
        assert_eq!(disposition(parameters), expected, "{parameters}");
    }
}

#[test]
fn a_name_that_some_readers_take_for_an_inspected_one_is_ambiguous() {
    for name in [
        "num%5Fimages",
        "%6eum_images",
        "num_images%00",
        "num_images%20",
        "%22num_images%22",
        "num%0D%0A_images",
        "num\\_images",
        "\\\"num_images\\\"",
        " num_images",
        "num_images ",
        "num_images\t",
        "num_images[]",
        "num_images[0]",
        "'num_images'",
        "=?utf-8?q?num=5Fimages?=",
        "=?anything?=",
    ] {
        let found = disposition(&format!("name=\"{name}\""));
        assert!(found.starts_with("ambiguous_request"), "{name}: {found}");
    }
    for name in ["num%images", "images[]", "a b", "a\\b", "it's", "num.images", "ä", "num_images.x"]
    {
        assert_eq!(disposition(&format!("name=\"{name}\"")), "1", "{name}");
    }
}

#[test]
fn part_headers_are_read_strictly() {
    let good = "Content-Disposition: form-data; name=\"num_images\"";
    for (header, expected) in [
        (good.to_owned(), "2"),
        (good.to_lowercase(), "2"),
        (format!("X-Other: ä\r\n{good}"), "2"),
        (format!("{good}\r\nContent-Type: text/plain; charset=UTF-8"), "2"),
        (format!("{good}\r\nContent-Type: text/plain;charset=\"utf-8\""), "2"),
        (format!("{good}\r\nContent-Transfer-Encoding: 8bit"), "2"),
        (format!("{good}\r\nContent-Length: 1"), "2"),
        (String::new(), BODY),
        ("Content-Type: text/plain".into(), "malformed_request content-disposition"),
        (
            "Content-Disposition: attachment; name=\"num_images\"".into(),
            "malformed_request content-disposition",
        ),
        (format!("{good}\r\n{good}"), "ambiguous_request content-disposition"),
        (
            format!("{good}\r\nContent-Type: text/plain\r\ncontent-type: text/plain"),
            "ambiguous_request content-type",
        ),
        ("Content-Disposition: form-data;\r\n name=\"num_images\"".into(), BODY),
        (format!("Content-Disposition : form-data; name=\"a\"\r\n{good}"), BODY),
        (format!("no colon\r\n{good}"), BODY),
        (format!(": nothing\r\n{good}"), BODY),
        (format!("{good}\nX: y"), BODY),
        (format!("X: y\n{good}"), BODY),
        (format!("X: \ry\r\n{good}"), BODY),
        (format!("X: \0\r\n{good}"), BODY),
        (format!("X: {}\r\n{good}", "y".repeat(8200)), BODY),
        (
            format!("{good}\r\nContent-Type: text/plain; charset=utf-16"),
            "malformed_request num_images",
        ),
        (
            format!("{good}\r\nContent-Type: text/plain; charset=iso-2022-jp"),
            "malformed_request num_images",
        ),
        (
            format!("{good}\r\nContent-Type: text/plain; charset=utf-8; charset=utf-7"),
            "malformed_request num_images",
        ),
        (
            format!("{good}\r\nContent-Type: text/plain; charset*=utf-7"),
            "malformed_request num_images",
        ),
        (format!("{good}\r\nContent-Type: text/plain; charset"), "malformed_request num_images"),
        (
            format!("{good}\r\nContent-Type: application/octet-stream"),
            "malformed_request num_images",
        ),
        (format!("{good}\r\nContent-Transfer-Encoding: base64"), "malformed_request num_images"),
        (
            format!("{good}\r\nContent-Transfer-Encoding: quoted-printable"),
            "malformed_request num_images",
        ),
    ] {
        assert_eq!(verdict_of(&header), expected, "{header}");
    }
}

#[test]
fn a_form_inside_the_form_is_refused() {
    let header = "Content-Disposition: form-data; name=\"files\"\r\nContent-Type: Multipart/Mixed; boundary=x";
    assert_eq!(verdict_of(header), "malformed_request files");
}

#[test]
fn a_charset_field_may_only_say_utf_8() {
    assert_eq!(verdict(form(&[field("_charset_", "UTF-8"), field("x", "y")])), "1");
    assert_eq!(verdict(form(&[field("_charset_", "utf8")])), "1");
    for other in ["utf-16", "iso-8859-1", "utf-7", ""] {
        let told = verdict(form(&[field("_charset_", other)]));
        assert_eq!(told, "malformed_request _charset_", "{other}");
    }
}

#[test]
fn lines_end_with_carriage_return_and_line_feed() {
    let good = String::from_utf8(form(&[field(NUMBER, "2"), field("x", "y")])).unwrap();
    assert_eq!(verdict(&good), "2");
    assert!(verdict(good.replace("\r\n", "\n")).starts_with("malformed_request"));
    assert!(verdict(good.replace("\r\n", "\r")).starts_with("ambiguous_request"));
    for (at, _) in good.match_indices("\r\n") {
        let mut body = good.clone();
        body.remove(at);
        if at + 2 == good.len() {
            continue;
        }
        assert!(verdict(&body).contains("_request"), "line feed alone at {at}");
    }
    let trailing = good.trim_end();
    assert_eq!(verdict(trailing), "2");
    assert_eq!(verdict(format!("{trailing}\n")), BODY);
}

#[test]
fn a_boundary_behind_a_bare_line_feed_is_refused() {
    let hidden =
        format!("x\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"num_images\"\r\n\r\n8");
    assert_eq!(verdict(form(&[field("prompt", &hidden)])), BODY);
    assert_eq!(verdict(form(&[file("image", &hidden)])), BODY);
    assert_eq!(verdict(form(&[field("prompt", &hidden[1..])])), BODY);
    assert_eq!(verdict(form(&[field("prompt", &hidden[2..])])), BODY);
    let preamble = [hidden.as_bytes(), b"\r\n", &form(&[])].concat();
    assert_eq!(verdict(preamble), BODY);
}

#[test]
fn a_form_must_be_whole() {
    let good = form(&[file("image", vec![b'x'; 1000]), field(NUMBER, "2")]);
    let end = good.len() - "--\r\n".len();
    for len in (0..end + 2).rev().step_by(7).chain(end - 60..end + 2) {
        assert!(verdict(&good[..len]).starts_with("malformed_request"), "cut at {len}");
    }
    assert_eq!(verdict(&good[..end + 2]), "2");
}

#[test]
fn text_before_and_behind_the_parts_is_passed_over() {
    let body = form(&[field(NUMBER, "2")]);
    let around = |before: &str, behind: &str| {
        verdict([before.as_bytes(), &body, behind.as_bytes()].concat())
    };
    assert_eq!(around("\r\n", ""), "2");
    assert_eq!(around("This is a form.\r\n", "And this is its end."), "2");
    assert_eq!(around(&format!("{}\r\n", "long ".repeat(50_000)), &"long ".repeat(50_000)), "2");
    assert_eq!(around("no line end", ""), BODY);
    let another = String::from_utf8(form(&[field(NUMBER, "8")])).unwrap();
    assert_eq!(around("", &another), "ambiguous_request body");
    assert_eq!(around("", &format!("x\r\n{another}")), "ambiguous_request body");
    assert_eq!(around("", &format!("{}\n{another}", "x".repeat(70_000))), "ambiguous_request body");
    assert_eq!(around("", &format!("x{another}")), "ambiguous_request body");
    assert_eq!(around(&another, ""), "ambiguous_request body");
}

#[test]
fn a_boundary_stands_alone_on_its_line() {
    let good = String::from_utf8(form(&[field(NUMBER, "2")])).unwrap();
    let first = format!("--{BOUNDARY}\r\n");
    for other in [format!("--{BOUNDARY} \r\n"), format!("--{BOUNDARY}x\r\n")] {
        assert_eq!(verdict(good.replacen(&first, &other, 1)), "ambiguous_request body");
    }
    let closing = format!("--{BOUNDARY}--\r\n");
    for other in [format!("--{BOUNDARY}-- \r\n"), format!("--{BOUNDARY}--x")] {
        assert_eq!(verdict(good.replacen(&closing, &other, 1)), BODY);
    }
    assert_eq!(
        verdict(good.replacen(&closing, &format!("--{BOUNDARY}-\r\n"), 1)),
        "ambiguous_request body"
    );
}

#[test]
fn a_boundary_right_behind_a_header_is_refused() {
    let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n");
    let body = [part.as_bytes(), &form(&[field(NUMBER, "8")])].concat();
    assert_eq!(verdict(body), BODY);
    let nothing = form(&[field("x", ""), field(NUMBER, "8")]);
    assert_eq!(verdict(nothing), "8");
}

#[test]
fn a_form_has_at_most_256_parts() {
    let parts: Vec<_> = (0..256).map(|_| field("files", "x")).collect();
    assert_eq!(verdict(form(&parts)), "1");
    assert_eq!(verdict(form(&[parts, vec![field("files", "x")]].concat())), BODY);
}

#[test]
fn what_is_no_form_is_malformed() {
    for body in ["", "{}", "\r\n\r\n", "--", "num_images=8"] {
        assert_eq!(verdict(body), BODY);
    }
}

#[test]
fn a_large_form_on_disk_is_read_in_pieces() {
    let picture: Vec<u8> = (0..9_000_000u32).map(|at| at.to_le_bytes()[1]).collect();
    let body = form(&[file("image", picture), field(NUMBER, "5")]);
    assert_eq!(verdict(body), "5");
}
