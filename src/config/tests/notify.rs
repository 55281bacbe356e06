//! `[notify]`, and what notifications are signed with.

use super::support::Given;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn given(url: &str) -> Given {
    Given::nothing().variable("IDEOGATE__NOTIFY__URL", url)
}

#[test]
fn plain_http_goes_to_loopback_only() {
    for good in [
        "https://hooks.example.com/a?b=c",
        "http://127.0.0.1:9000/x",
        "http://127.9.9.9/",
        "http://[::1]/x",
        "http://localhost:1/x",
    ] {
        let loaded = given(good).load().unwrap_or_else(|mistakes| panic!("{good}: {mistakes}"));
        assert_eq!(loaded.settings.notify.url.unwrap().as_uri().to_string(), good);
    }
    for (bad, told) in [
        ("http://hooks.example.com/secret", "loopback only"),
        ("http://localhost.example.com/secret", "loopback only"),
        ("ftp://hooks.example.com/secret", "must be https"),
        ("hooks.example.com/secret", "must be an address"),
        ("https://user:secret@hooks.example.com/", "user or a password"),
        ("https://hooks.example.com/#secret", "fragment"),
        ("https://hooks.example.com:0/secret", "port"),
    ] {
        let mistakes = given(bad).load().unwrap_err().to_string();
        assert!(mistakes.contains("notify.url") && mistakes.contains(told), "{bad}: {mistakes}");
        assert!(!mistakes.contains("secret"), "its path may be one: {mistakes}");
    }
}

#[test]
fn the_path_of_the_address_is_shown_nowhere() {
    let loaded = given("https://hooks.example.com/secret?key=secret").load().unwrap();
    let shown = loaded.settings.shown.to_string();
    assert!(shown.contains("notify.url = \"https://hooks.example.com/…\""), "{shown}");
    assert!(!shown.contains("secret") && !format!("{:?}", loaded.settings).contains("secret"));
}

#[test]
fn an_address_needs_a_secret_and_a_secret_is_read_from_a_variable_or_a_file() {
    let load = |given: Given| given.secrets();
    let url = || given("https://hooks.example.com/");
    let told = load(url()).unwrap_err().to_string();
    assert!(told.contains("notify.url") && told.contains("IDEOGATE_NOTIFY_SECRET"), "{told}");
    assert_eq!(load(url().variable("IDEOGATE_NOTIFY_SECRET", SECRET)).unwrap().notify().len(), 1);
    let two = format!("{SECRET},{SECRET}");
    assert_eq!(load(url().variable("IDEOGATE_NOTIFY_SECRET", &two)).unwrap().notify().len(), 2);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    let file = file.to_str().unwrap();
    let from_file = load(url().variable("IDEOGATE_NOTIFY_SECRET_FILE", file)).unwrap();
    assert_eq!(from_file.notify().len(), 1);
    for (wrong, why) in [
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_"),
        ("whsec_%%%%", "base64"),
        ("whsec_c2hvcnQ=", "24 bytes"),
    ] {
        let told = load(url().variable("IDEOGATE_NOTIFY_SECRET", wrong)).unwrap_err().to_string();
        assert!(told.contains(why), "{told}");
        assert!(!told.contains("MfKQ9r8G") && !told.contains("c2hvcnQ"), "{told}");
    }
}
