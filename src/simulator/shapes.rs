//! How successes look.
//!
//! Members and their types are those of Ideogram's description; values that depend on nothing are made up.

use super::orders::{Known, Order};
use super::{pictures::Links, routes::AnswerShape};
use serde_json::{Value as Json, json};

/// Returns the pictures of an order, each with a fresh link.
///
/// A withheld picture has no link and is marked as unsafe.
pub(super) fn data(order: &Order, links: &Links) -> Json {
    (0..order.images).map(|index| item(order, links, index)).collect()
}

/// Returns one picture.
fn item(order: &Order, links: &Links, index: u32) -> Json {
    let safe = !order.is_withheld();
    let url = safe.then(|| links.link(order, index));
    let mut item = json!({"url": url, "is_image_safe": safe});
    if order.shape == AnswerShape::Cutout {
        return item;
    }
    item["prompt"] = json!(order.prompt);
    item["resolution"] = json!(order.resolution());
    item["seed"] = json!(order.seed_of(index));
    if let Some(resolution) = order.upscaled_resolution() {
        item["upscaled_resolution"] = json!(resolution);
    }
    match order.shape {
        AnswerShape::Legacy | AnswerShape::V3 => {
            item["style_type"] = json!(order.style.as_deref().unwrap_or("GENERAL"));
        }
        AnswerShape::Layers | AnswerShape::Design => {
            item["text_containers"] = json!([]);
            item["text_html"] = json!(page(order));
            item["image_layers"] = json!([{"url": url}]);
        }
        _ => {}
    }
    item
}

/// Returns the JSON of a finished order.
///
/// It is the answer to a call that waited for the end.
pub(super) fn finished(order: &Order, links: &Links, id: &str, created: &str) -> Json {
    match order.shape {
        AnswerShape::Legacy | AnswerShape::V3 | AnswerShape::Cutout => {
            json!({"created": created, "data": data(order, links)})
        }
        AnswerShape::V4 => kind("url", created, order, links),
        AnswerShape::Layers => kind("layered", created, order, links),
        AnswerShape::Design => {
            let asked = order.response_type.as_deref().unwrap_or("layered");
            kind(asked, created, order, links)
        }
        AnswerShape::Words | AnswerShape::V2Words => {
            json!({"descriptions": [{"text": words(order)}]})
        }
        AnswerShape::Structure => json!({"json_prompt": structure(order)}),
        AnswerShape::Prompt => json!({
            "json_prompt": structure(order),
            "aspect_ratio": order.aspect_ratio.as_deref().unwrap_or("1x1"),
        }),
        AnswerShape::TextBlocks => json!({
            "base_image_url": links.link(order, 0),
            "original_image_url": links.link(order, 1),
            "text_blocks": [block()],
            "seed": order.seed,
        }),
        AnswerShape::V2 => json!({
            "generation_id": id,
            "generation_kind": "sampling",
            "seed": order.seed,
            "data": data(order, links),
        }),
    }
}

/// Returns an answer that names the kind of its data.
fn kind(response_type: &str, created: &str, order: &Order, links: &Links) -> Json {
    json!({"response_type": response_type, "created": created, "data": data(order, links)})
}

/// Returns the page of a design.
///
/// It shows the first 200 characters of the prompt, so escaped that they stay text.
pub(super) fn page(order: &Order) -> String {
    let mut text = String::new();
    for letter in order.prompt.chars().take(200) {
        match letter {
            '<' => text.push_str("&lt;"),
            '&' => text.push_str("&amp;"),
            other => text.push(other),
        }
    }
    format!("<!doctype html><title>Design</title><h1>{text}</h1>")
}

/// Returns a description.
fn words(order: &Order) -> String {
    format!("Soft shapes in calm colours, number {}.", order.seed)
}

/// Returns a prompt in the structure of version 4.
fn structure(order: &Order) -> Json {
    json!({
        "high_level_description": words(order),
        "style_description": {"aesthetics": "calm", "medium": "digital art"},
        "compositional_deconstruction": {"background": "a soft gradient", "elements": []},
        "tags": ["gradient", "waves"],
    })
}

/// Returns a block of text.
fn block() -> Json {
    json!({
        "x": 64, "y": 64, "width": 512, "height": 96, "text": "Hello", "alignment": "center",
        "angle": 0.0, "font_name": null, "font_size": 48, "color": "#202020",
        "formatting": [], "role": "heading",
    })
}

/// Returns the answer to `dry_run`.
///
/// `usd_micros` are millionths of a dollar; `credit_millis` is a tenth of that number.
pub(super) fn quote(order: &Order) -> Json {
    let price = order.price;
    let total = price.total();
    let mut quote = json!({
        "object": "price_quote",
        "billing_identifier": order.billing,
        "quantity": price.quantity,
        "usd_micros": total,
        "credit_millis": total / 10,
        "qualifier": if price.known == Known::Exactly { "exact" } else { "estimate" },
    });
    if let Known::UpTo(bound) = price.known {
        quote["upper_bound_usd_micros"] = json!(bound * u64::from(price.quantity));
    }
    quote
}
