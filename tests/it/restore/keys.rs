//! A key of Ideogram's that was retired does not come back into service.

use super::{Known, back_up, lose, refused, restored};
use crate::support::Home;

const OTHER: &str = "real/other+key=of.the.tests-Qw7Rt2Yu8IoPghij";

/// Exchanges the key that the gateway is started with.
fn exchange(home: &mut Home, key: &str) -> String {
    let (name, own) = &mut home.variables[0];
    assert_eq!(name, "IDEOGRAM_API_KEY");
    std::mem::replace(own, key.to_owned())
}

#[tokio::test]
async fn a_retired_key_is_known_again_with_its_tags_and_without() {
    for with_keys in [true, false] {
        let mut home = Home::new().await;
        let gateway = home.start().await;
        let backup = back_up(&home, with_keys).await;
        gateway.stop().await;
        let old = exchange(&mut home, OTHER);
        let gateway = home.start().await;
        let left = lose(&home, gateway, backup).await;
        exchange(&mut home, &old);
        let told = super::restore_with(&home, &left, Known::All).await;
        assert_eq!(told["covered"], true, "{told}");
        let why = refused(&home).await;
        assert!(why.contains("was retired"), "with keys: {with_keys}: {why}");
        exchange(&mut home, OTHER);
        home.start().await.stop().await;
        home.start().await.stop().await;
        home.verify().await;
        exchange(&mut home, &old);
        assert!(refused(&home).await.contains("was retired"), "nor later: {with_keys}");
    }
}

#[tokio::test]
async fn the_key_in_service_goes_on_although_no_tag_of_before_came_back() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let backup = back_up(&home, false).await;
    let left = lose(&home, gateway, backup).await;
    let (gateway, _) = restored(&home, &left, Known::All).await;
    gateway.stop().await;
    home.start().await.stop().await;
    home.start().await.stop().await;
}
