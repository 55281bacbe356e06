use super::{Links, Recipe, links::Dead, png};
use crate::{
    domain::{SteeredClock, Timestamp},
    simulator::{
        form::{FormValue, FormValues},
        orders::Order,
        routes::{AnswerShape, Product, find},
    },
};
use std::{sync::Arc, time::Duration};

fn order(prompt: &str, seed: u32) -> Order {
    let operation = find("POST", "/v1/ideogram-v3/generate").expect("an operation");
    let mut form = FormValues::default();
    form.add("prompt", FormValue::Text(prompt.to_owned()));
    form.add("seed", FormValue::Text(seed.to_string()));
    form.add("resolution", FormValue::Text("1280x800".to_owned()));
    Order::read(operation, (Product::V3, AnswerShape::V3), &form, 0, 0.0)
}

fn links(clock: &SteeredClock) -> Links {
    Links::new("http://host/base/", Duration::from_mins(1), Arc::new(clock.clone()))
}

fn parts(link: &str) -> (&str, Option<&str>) {
    let rest = link.strip_prefix("http://host/base").expect("the base");
    let (path, query) = rest.split_once('?').expect("a query");
    (path, Some(query))
}

#[test]
fn a_name_is_read_back_as_its_recipe() {
    let recipe = Recipe::new(&order("a cat", 7), 2);
    assert_eq!(Recipe::from_name(&recipe.name()), Some(recipe));
    assert_eq!((recipe.seed, recipe.size), (9, (1280, 800)));
    assert_eq!(recipe.painted_size(), (512, 320));
}

#[test]
fn a_link_is_good_until_it_expires() {
    let clock = SteeredClock::at(Timestamp::from_micros(1_000_000_000));
    let links = links(&clock);
    let link = links.link(&order("a cat", 7), 0);
    let (path, query) = parts(&link);
    assert!(query.is_some_and(|q| q.starts_with("exp=1060&sig=") && q.len() == 13 + 64));
    clock.advance(Duration::from_secs(59));
    assert!(links.follow(path, query).is_ok());
    clock.advance(Duration::from_secs(1));
    assert_eq!(links.follow(path, query).err(), Some(Dead::Expired));
}

#[test]
fn a_link_cannot_be_made_up_or_stretched() {
    let clock = SteeredClock::at(Timestamp::from_micros(1_000_000_000));
    let ours = links(&clock);
    let link = ours.link(&order("a cat", 7), 0);
    let (path, query) = parts(&link);
    let longer = query.map(|query| query.replace("exp=1060", "exp=9060"));
    assert_eq!(ours.follow(path, longer.as_deref()).err(), Some(Dead::Forged));
    assert_eq!(ours.follow(path, None).err(), Some(Dead::Forged));
    assert_eq!(links(&clock).follow(path, query).err(), Some(Dead::Forged));
    assert_eq!(ours.follow("/images/../x.png", query).err(), Some(Dead::Unknown));
}

#[test]
fn pictures_differ_by_prompt_and_by_seed_and_are_otherwise_the_same() {
    let picture = |prompt, seed| png(&Recipe::new(&order(prompt, seed), 0)).expect("a picture");
    let first = picture("a cat", 7);
    assert!(first.starts_with(b"\x89PNG"));
    assert_eq!(first, picture("a cat", 7));
    assert_ne!(first, picture("a dog", 7));
    assert_ne!(first, picture("a cat", 8));
}
