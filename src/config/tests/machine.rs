use super::support::Given;
use std::{fs, os::unix::fs::PermissionsExt};

fn doubts(given: &Given) -> String {
    let checked = given.load().unwrap().check().unwrap_or_else(|told| panic!("{told}"));
    checked.doubts.now().join("\n")
}

#[test]
fn what_the_machine_refuses_is_told_together_with_wrong_keys() {
    let text = "[data]\ndir = \"DIR/file\"\n[audit]\ncheckpoint_file = \"DIR/none/checkpoints\"\n";
    let given = Given::nothing().file("file", "");
    let text = text.replace("DIR", given.path("").trim_end_matches('/'));
    let given = given.file("ideogate.toml", &text).named("ideogate.toml");
    let given = given.variable("IDEOGRAM_API_KEY", "'hunter2'");
    let told = given.load().unwrap().check().unwrap_err().to_string();
    assert!(told.starts_with("3 mistakes"), "{told}");
    for part in [
        "IDEOGRAM_API_KEY",
        "data.dir = ",
        "audit.checkpoint_file = ",
        "ideogate.toml:2",
        "make it first",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn keys_that_others_can_read_are_doubted_wherever_they_are() {
    let given = Given::nothing().file("key", "k-1").file("hooks", "a-secret-of-enough-letters");
    let given = given.file(".env", "IDEOGRAM_API_KEY_DEV=d-1\n");
    let (key, hooks) = (given.path("key"), given.path("hooks"));
    let given =
        given.variable("IDEOGRAM_API_KEY_FILE", &key).variable("IDEOGRAM_SECRET_FILE", &hooks);
    let files = [&key, &hooks, &given.path(".env")];
    let set =
        |path: &str, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&given.path(""), 0o755);
    for path in files {
        set(path, 0o600);
    }
    assert!(!doubts(&given).contains("other users"), "{}", doubts(&given));
    for path in files {
        set(path, 0o644);
    }
    let told = doubts(&given);
    for path in files {
        assert!(told.contains(&format!("{path} can be read by other users (mode 644)")), "{told}");
    }
    assert!(!told.contains("k-1") && !told.contains("d-1") && !told.contains("a-secret"));
}

#[test]
fn words_that_are_most_likely_slips_are_doubted_and_new_ones_are_not() {
    let text = "[environments.dev.policy]\nspeeds = [\"TRUBO\", \"TURBO\"]\nmodels = [\"model/of-our-own-23\"]\n";
    let given = Given::settings(text)
        .variable("IDEOGATE_CONFG", "x")
        .variable("IDEOGATE_QUEUE__CAPACITY", "5")
        .variable("IDEOGATE_SERVICE_HOST", "10.0.0.1")
        .variable("IDEOGATE_PORT_8080_TCP", "tcp://10.0.0.1:8080");
    let told = doubts(&given);
    for part in
        ["\"TRUBO\"", "did you mean \"TURBO\"?", "IDEOGATE_CONFIG?", "IDEOGATE__QUEUE__CAPACITY?"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    for part in ["of-our-own", "SERVICE_HOST", "PORT_8080"] {
        assert!(!told.contains(part), "{part}: {told}");
    }
}
