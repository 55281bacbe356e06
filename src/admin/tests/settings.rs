use super::house::House;
use serde_json::json;

#[tokio::test]
async fn an_environment_tells_of_its_key_and_who_shares_it() {
    let house = House::open();
    let (_, prod) = house.get("/api/v1/environments/prod").await;
    assert_eq!(
        prod["key"],
        json!({"status": "present", "version": "…abcd", "shared_with": ["staging"], "hint": null})
    );
    assert_eq!((&prod["weight"], &prod["queue_timeout"]), (&json!(4), &json!("2m")));
}

#[tokio::test]
async fn an_environment_without_a_key_says_how_to_give_it() {
    let house = House::open();
    let (_, all) = house.get("/api/v1/environments").await;
    let statuses: Vec<_> =
        all.as_array().unwrap().iter().map(|one| &one["key"]["status"]).collect();
    assert_eq!(statuses, ["missing", "present", "unneeded", "present"]);
    assert!(all[0]["key"]["hint"].as_str().unwrap().contains("IDEOGRAM_API_KEY_DEV"));
}

#[tokio::test]
async fn routes_and_accounts_are_shown_by_name() {
    let house = House::open();
    let (_, route) = house.get("/api/v1/routes/v3.generate").await;
    assert_eq!(route["scope"], "write:generate");
    let (_, routes) = house.get("/api/v1/routes").await;
    assert!(routes.as_array().unwrap().contains(&route));
    let (_, accounts) = house.get("/api/v1/accounts").await;
    assert_eq!(accounts[0]["timeout"], "3m");
    assert_eq!(accounts[1]["base_url"], json!(null));
    assert_eq!(house.get("/api/v1/routes/v9").await.1["code"], "route_unknown");
    assert_eq!(house.get("/api/v1/environments/No").await.1["code"], "environment_unknown");
}
