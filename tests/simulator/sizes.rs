//! A picture has the size that its answer states, and that is the one that was asked for.

use crate::vendor::{Form, V2, V3, V4, Vendor, body, ok};
use serde_json::{Value as Json, json};

/// A picture that is nothing but its size.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels = vec![0; (width * height) as usize];
    encoder.write_header().expect("a head").write_image_data(&pixels).expect("pixels");
    bytes
}

fn sized(bytes: &[u8]) -> String {
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four"));
    format!("{}x{}", side(16), side(20))
}

/// Returns the size of the first picture, once its answer and the picture itself agree on it.
async fn made(vendor: &Vendor, answer: &Json) -> String {
    let item = &answer["data"][0];
    let url = item["url"].as_str().expect("a link");
    let bytes = ok(vendor.fetch(url).await).bytes().await.expect("bytes");
    let mut reader =
        png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().expect("a picture");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("it is whole");
    let told = item["upscaled_resolution"].as_str().or(item["resolution"].as_str());
    assert!(told.is_none_or(|told| told == sized(&bytes)), "{item} {}", sized(&bytes));
    sized(&bytes)
}

async fn json(vendor: &Vendor, path: &str, asked: Json) -> String {
    let answer = body(ok(vendor.json(path, &asked).await)).await;
    made(vendor, &answer).await
}

async fn edited(vendor: &Vendor, path: &str, form: Form) -> String {
    let answer = body(ok(vendor.form(path, form.text("prompt", "a cat")).await)).await;
    made(vendor, &answer).await
}

#[tokio::test]
async fn a_picture_has_the_size_that_was_asked_for() {
    let vendor = Vendor::start().await;
    let ask = async |path: &str, more: Json| {
        let mut asked = json!({"prompt": "a cat"});
        asked.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("one"));
        json(&vendor, path, asked).await
    };
    assert_eq!(ask(V2, json!({"size": "1440x2880"})).await, "1440x2880");
    assert_eq!(ask(V2, json!({"size": "auto"})).await, "2048x2048");
    assert_eq!(ask(V2, json!({"size": null})).await, "2048x2048");
    assert_eq!(
        ask("/v2/image/generate/ideogram-4", json!({"resolution": "896x1120"})).await,
        "896x1120"
    );
    assert_eq!(
        ask("/v2/image/generate/ideogram-3", json!({"aspect_ratio": "16x9"})).await,
        "1312x736"
    );
    let banana = "/v2/image/generate/nano-banana-2";
    let tier = json!({"resolution_tier": "1K", "aspect_ratio": "16:9"});
    assert_eq!(ask(banana, tier).await, "1365x768");
    assert_eq!(
        ask("/v2/image/generate/p-image-ideogram", json!({"resolution": "1k"})).await,
        "1024x1024"
    );
    assert_eq!(ask(V3, json!({"resolution": "1536x512"})).await, "1536x512");
    assert_eq!(json(&vendor, V4, json!({"text_prompt": "a cat"})).await, "2048x2048");
    let large = "/v1/ideogram-v3/generate-transparent";
    assert_eq!(
        ask(large, json!({"upscale_factor": "X2", "aspect_ratio": "1x1"})).await,
        "2048x2048"
    );
}

#[tokio::test]
async fn what_is_made_from_a_picture_is_as_large_as_that() {
    let vendor = Vendor::start().await;
    for path in ["/v1/ideogram-v3/edit", "/v2/image/inpaint/ideogram-3", "/v1/remove-object"] {
        let form =
            Form::default().upload("image", &picture(640, 480)).upload("mask", &picture(640, 480));
        assert_eq!(edited(&vendor, path, form).await, "640x480", "{path}");
    }
    for path in
        ["/v2/image/precise-edit/ideogram-4-5", "/v1/remove-background", "/v1/ideogram-v3/remix"]
    {
        let form = Form::default().upload("image", &picture(333, 777));
        assert_eq!(edited(&vendor, path, form).await, "333x777", "{path}");
    }
    let form = Form::default().upload("image", &picture(640, 480)).text("resolution", "1280x800");
    assert_eq!(edited(&vendor, "/v1/ideogram-v3/remix", form).await, "1280x800");
    let form = Form::default().upload("images", &picture(640, 480));
    assert_eq!(edited(&vendor, "/v1/edit", form).await, "640x480");
    let form = Form::default().upload("image", b"no picture");
    assert_eq!(edited(&vendor, "/v1/ideogram-v3/remix", form).await, "1024x1024");
}

#[tokio::test]
async fn version_four_and_a_half_derives_its_size_from_its_source() {
    let vendor = Vendor::start().await;
    let form = || Form::default().upload("images", &picture(640, 480));
    assert_eq!(edited(&vendor, V2, form()).await, "2304x1728");
    assert_eq!(edited(&vendor, V2, form().text("size", "source")).await, "640x480");
    assert_eq!(edited(&vendor, V2, form().text("size", "1024x1024")).await, "1024x1024");
    assert_eq!(edited(&vendor, V2, form().upload("mask", &picture(640, 480))).await, "640x480");
}

#[tokio::test]
async fn an_enlargement_is_so_many_times_as_large() {
    let vendor = Vendor::start().await;
    let request =
        Form::default().text("image_request", "{}").upload("image_file", &picture(200, 100));
    assert_eq!(edited(&vendor, "/upscale", request).await, "400x200");
    let auto = "/v2/image/upscale/auto";
    for (factor, expected) in [("x2", "400x200"), ("x8", "1600x800")] {
        let form =
            Form::default().upload("image", &picture(200, 100)).text("upscale_factor", factor);
        assert_eq!(edited(&vendor, auto, form).await, expected);
    }
    let form = Form::default().upload("image", &picture(3000, 3000)).text("upscale_factor", "x8");
    assert_eq!(edited(&vendor, auto, form).await, "4096x4096", "nothing larger is painted");
}
