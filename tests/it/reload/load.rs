//! Twenty reloads while calls come in.

use super::GENERATE;
use crate::support::{Client, Home, Reply};
use ideogate::simulator::SimulatorOptions;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, interval},
};

const RELOADS: u32 = 20;
const CALLS: u32 = 250;
const SETTINGS: &str = "[log]\nfilter = \"info\"\n[queue]\ntimeout = \"10m\"\n";

/// Returns other weights, budgets, policies, caps and routes each time.
fn settings(number: u32) -> String {
    let routes = if number.is_multiple_of(2) { "" } else { "\"legacy.describe\"" };
    let (weight, cap, budget) = (1 + number % 9, 4 + number * 3 % 7, 500 + number);
    let images = 1 + number % 8;
    format!(
        "[environments.app]\nweight = {weight}\ndaily_budget = \"{budget}.00\"\n\
         [environments.app.policy]\nmax_places = {cap}\nmax_images = {images}\n\
         [accounts.ideogram]\nmax_in_flight = {cap}\n[routes]\ndisable = [{routes}]\n"
    )
}

/// Sends fifty calls a second.
async fn calls(client: Client) -> Vec<Reply> {
    let (mut ticks, mut calls) = (interval(Duration::from_millis(20)), JoinSet::new());
    for number in 0..CALLS {
        ticks.tick().await;
        let (client, body) = (client.clone(), json!({"prompt": format!("call {number}")}));
        calls.spawn(async move { client.post(GENERATE, &body).await });
    }
    calls.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_reloads_under_fifty_calls_a_second_lose_no_call() {
    let options = SimulatorOptions { pace: 0.01, ..SimulatorOptions::default() };
    let home = Home::with(SETTINGS, options).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let sending = tokio::spawn(calls(client));
    let began = Instant::now();
    for number in 0..RELOADS {
        home.change(&settings(number));
        let told = home.run(&["config", "reload"]).await;
        assert_eq!(told.code, 0, "{told:?}");
    }
    let replies = sending.await.unwrap();
    assert!(began.elapsed() < Duration::from_mins(5));
    assert_eq!(replies.len(), CALLS as usize);
    for reply in &replies {
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let seen = home.ideogram.seen();
    assert_eq!(seen.calls.len(), CALLS as usize, "each was sent once");
    assert!(seen.calls.iter().all(|call| call.status == Some(200)), "no 429 from Ideogram");
    assert!(seen.most_places_in_flight <= 10, "{}", seen.most_places_in_flight);
    let charged: f64 = replies
        .iter()
        .map(|one| one.header("ideogate-cost-usd").unwrap().parse::<f64>().unwrap())
        .sum();
    let usage = home.json(&["usage", "--by", "environment", "--since", "24h"]).await;
    let told: f64 = usage[0]["cost_usd"].as_str().unwrap().parse().unwrap();
    assert!((told - charged).abs() < 0.000_001, "{usage} {charged}");
    assert_eq!((&usage[0]["calls"], &usage[0]["reserved_usd"]), (&json!(CALLS), &json!("0.00")));
    let entries = home.calls().await;
    let ids: BTreeSet<_> =
        entries.iter().map(|one| one["metadata"]["call_id"].to_string()).collect();
    assert_eq!((entries.len(), ids.len()), (CALLS as usize, CALLS as usize), "each once on record");
    home.verify().await;
    gateway.stop().await;
}
