//! What a token may do is told in words.

use super::*;

async fn words(house: &House, settings: &Settings, environment: &str, scopes: &[&str]) -> String {
    let scopes = scopes.iter().map(ToString::to_string).collect();
    let name = format!("bot-{}", house.tokens.list().len());
    let new = NewToken { environment: environment.into(), name, scopes, ..asked() };
    let (_, token) = house.tokens.create(new, &BY).await.unwrap();
    least_privilege_words(&token, settings).join("\n")
}

#[tokio::test]
async fn where_nothing_limits_spending_the_words_say_so() {
    let house = house();
    let told = words(&house, &settings(&[]), "prod", &["write:generate"]).await;
    assert!(told.contains("NOTHING limits what it may spend."), "{told}");
    for budget in ["ENVIRONMENTS__PROD__MONTHLY_BUDGET", "ACCOUNTS__IDEOGRAM__DAILY_BUDGET"] {
        let told = words(&house, &settings(&[(budget, "9.00")]), "prod", &["write:edit"]).await;
        assert!(!told.contains(NO_LIMIT) && told.contains("may spend up to $9.00 a "), "{told}");
    }
    let told = words(&house, &settings(&[]), "prod", &["read:generations"]).await;
    assert!(!told.contains(NO_LIMIT), "{told}");
}

#[tokio::test]
async fn the_limited_set_is_told_by_its_routes_images_and_budget() {
    let house = house();
    let set = settings(&[
        ("ENVIRONMENTS__STAGING__LIMITED__ROUTES", r#"["v3.generate", "v3.remix"]"#),
        ("ENVIRONMENTS__STAGING__LIMITED__MAX_IMAGES", "1"),
        ("ENVIRONMENTS__STAGING__LIMITED__DAILY_BUDGET", "2.50"),
    ]);
    let told = words(&house, &set, "staging", &["write:limited"]).await;
    let (may, may_not) = told.split_once("may not").unwrap();
    assert!(may.contains("generate images, remix images and poll"), "{told}");
    assert!(may.contains("the routes v3.generate and v3.remix only"), "{told}");
    assert!(may.contains("1 image a call"), "{told}");
    assert!(may.contains("may spend up to $2.50 a day with write:limited."), "{told}");
    assert!(may_not.contains("generate videos"), "{told}");
}

#[tokio::test]
async fn the_least_privilege_is_put_into_words() {
    let house = house();
    let settings = settings(&[]);
    let new = NewToken {
        scopes: vec!["write:generate".into()],
        limits: AskedLimits {
            max_images: Asked::Is(4),
            rate: Asked::Is("2/s".into()),
            daily_budget: Asked::Is("5.00".into()),
            models: Asked::Is(vec!["V_3".into()]),
            cidrs: Asked::Is(vec!["10.1.2.3/8".into(), "::1".into()]),
            ..AskedLimits::default()
        },
        ..asked()
    };
    let (_, token) = house.tokens.create(new, &BY).await.unwrap();
    insta::assert_snapshot!(least_privilege_words(&token, &settings).join("\n"), @"
    may generate images and poll the generations that it makes, with the models V_3, up to 4 images a call, up to 120 requests a minute.
    may spend up to $5.00 a day.
    works only from 10.0.0.0/8 and ::1/128.
    works in environment prod and expires on 2024-02-12.
    may not list the organization's custom models, list the organization's datasets, ask what a call would cost, edit images, remix images, reframe images, upscale images, describe images, replace and remove backgrounds, split images into layers, generate designs, generate videos, run the vendor's tools, create datasets and train custom models, read the organization's account or have results delivered to a webhook.
    ");
    let new = NewToken {
        environment: "staging".into(),
        scopes: vec!["read:*".into(), "write:limited".into()],
        ..asked()
    };
    let (_, token) = house.tokens.create(new, &BY).await.unwrap();
    insta::assert_snapshot!(least_privilege_words(&token, &settings).join("\n"), @"
    may poll its own generations, list the organization's custom models, list the organization's datasets, ask what a call would cost, generate images, edit images, remix images and describe images.
    has write:limited, which in environment staging means the routes legacy.generate, legacy.describe, v3.generate, v3.edit, v3.inpaint, v3.remix, v4.generate, v4.describe, v2.generate.ideogram-4 and v2.generate.ideogram-4-5 only, at the speeds FLASH, TURBO, DEFAULT, turbo, default, very_low, low and medium, up to 2 images a call, up to $5.00 a day for each token.
    may spend up to $5.00 a day with write:limited.
    works from any address.
    works in environment staging and expires on 2024-02-12.
    may not reframe images, upscale images, replace and remove backgrounds, split images into layers, generate designs, generate videos, run the vendor's tools, create datasets and train custom models, read the organization's account or have results delivered to a webhook.
    ");
    let new = NewToken { environment: "dev".into(), scopes: vec!["read:models".into()], ..asked() };
    let (_, token) = house.tokens.create(new, &BY).await.unwrap();
    assert!(least_privilege_words(&token, &settings).contains(&"may not spend a cent.".to_owned()));
}
