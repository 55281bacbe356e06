use super::support::Given;
use crate::config::Secrets;
use insta::assert_snapshot;
use secrecy::ExposeSecret;

fn key(secrets: &Secrets, environment: &str) -> Option<(String, String)> {
    let key = secrets.key(&environment.parse().unwrap())?;
    Some((key.secret().expose_secret().to_owned(), key.source().to_string()))
}

#[test]
fn one_key_serves_all_environments_that_need_one() {
    let secrets = Given::nothing().variable("IDEOGRAM_API_KEY", "abc").secrets().unwrap();
    for environment in ["dev", "staging", "prod"] {
        assert_eq!(
            key(&secrets, environment),
            Some(("abc".to_owned(), "IDEOGRAM_API_KEY".to_owned()))
        );
    }
    assert_eq!(key(&secrets, "sandbox"), None, "the simulator needs no key of the user");
    assert!(secrets.missing().is_empty());
    let groups = format!("{:?}", secrets.shared());
    assert!(groups.contains("dev") && groups.contains("staging") && groups.contains("prod"));
}

#[test]
fn an_environment_s_own_key_wins_and_files_lose_their_last_line_break() {
    let given = Given::nothing().file("prod.key", "p-1\r\n").file("shared.key", "s-1\n");
    let (prod, shared) = (given.path("prod.key"), given.path("shared.key"));
    let given = given
        .variable("IDEOGRAM_API_KEY_PROD_FILE", &prod)
        .variable("IDEOGRAM_API_KEY_FILE", &shared)
        .variable("IDEOGRAM_API_KEY_DEV", "d-1");
    let secrets = given.secrets().unwrap();
    let from_file = format!("IDEOGRAM_API_KEY_PROD_FILE ({prod})");
    assert_eq!(key(&secrets, "prod"), Some(("p-1".to_owned(), from_file)));
    assert_eq!(key(&secrets, "dev"), Some(("d-1".to_owned(), "IDEOGRAM_API_KEY_DEV".to_owned())));
    assert_eq!(key(&secrets, "staging").unwrap().0, "s-1");
    assert!(secrets.shared().is_empty());
}

#[test]
fn a_missing_key_is_no_mistake_and_says_how_to_give_it() {
    let given = Given::settings("[environments.staging]\nkey = \"TEAM_KEY\"\n");
    let secrets = given.variable("IDEOGRAM_API_KEY_PROD", "p").secrets().unwrap();
    let how: Vec<&str> = secrets.missing().iter().map(|missing| &*missing.how).collect();
    assert_snapshot!(how.join("\n"), @"
    environment 'dev' is disabled because it has no key: set IDEOGRAM_API_KEY_DEV or IDEOGRAM_API_KEY_DEV_FILE, or IDEOGRAM_API_KEY for all environments
    environment 'staging' is disabled because it has no key: set TEAM_KEY or TEAM_KEY_FILE
    ");
}

#[test]
fn an_environment_that_names_its_variable_never_falls_back_to_the_shared_key() {
    let given = Given::settings("[environments.prod]\nkey = \"TEAM_KEY\"\n");
    let secrets = given.variable("IDEOGRAM_API_KEY", "shared").secrets().unwrap();
    assert_eq!(key(&secrets, "prod"), None);
    assert_eq!(key(&secrets, "dev").unwrap().0, "shared");
}

#[test]
fn bad_keys_are_told_by_their_variable_and_never_repeated() {
    let given = Given::nothing().file("empty", "\n");
    let empty = given.path("empty");
    let given = given
        .variable("IDEOGRAM_API_KEY", " hunter2")
        .variable("IDEOGRAM_API_KEY_DEV", "\"hunter2\"")
        .variable("IDEOGRAM_API_KEY_STAGING", "hunter2")
        .variable("IDEOGRAM_API_KEY_STAGING_FILE", "/nowhere/hunter")
        .variable("IDEOGRAM_API_KEY_PROD_FILE", &empty);
    let told = given.secrets().unwrap_err().to_string();
    assert!(!told.contains("hunter2"), "{told}");
    assert_snapshot!(told.replace(&empty, "/key"), @"
    4 mistakes in the settings
      IDEOGRAM_API_KEY (environment variable IDEOGRAM_API_KEY): has white space at its beginning or end
      IDEOGRAM_API_KEY_DEV (environment variable IDEOGRAM_API_KEY_DEV): has quotes around it, which `docker run --env-file` and some others leave: take them away
      IDEOGRAM_API_KEY_PROD_FILE (environment variable IDEOGRAM_API_KEY_PROD_FILE): names a file that is empty: /key
      IDEOGRAM_API_KEY_STAGING_FILE (environment variable IDEOGRAM_API_KEY_STAGING_FILE): is given beside IDEOGRAM_API_KEY_STAGING: one is enough
    ");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let given = Given::nothing().variable("IDEOGRAM_API_KEY_FILE", "/nowhere/key");
    let told = given.secrets().unwrap_err().to_string();
    assert!(told.contains("names a file that cannot be read: /nowhere/key: "), "{told}");
}

#[test]
fn keys_are_read_from_dot_env_too() {
    let given = Given::nothing().file(".env", "IDEOGRAM_API_KEY=\"abc\"\n");
    assert_eq!(key(&given.secrets().unwrap(), "dev").unwrap().0, "abc");
}

#[test]
fn a_variable_for_an_environment_that_is_not_there_is_pointed_out() {
    let given = Given::nothing().variable("IDEOGRAM_API_KEY_PRD", "abc");
    assert_eq!(given.secrets().unwrap().unused(), ["IDEOGRAM_API_KEY_PRD".into()]);
}

#[test]
fn nothing_of_a_key_is_in_its_debug_text() {
    let loaded = Given::nothing().variable("IDEOGRAM_API_KEY", "hunter2").load().unwrap();
    let secrets = Secrets::load(&loaded.settings, &loaded.variables).unwrap();
    let prod = secrets.key(&"prod".parse().unwrap());
    let text = format!("{loaded:?} {secrets:?} {prod:?} {}", loaded.settings.shown);
    assert!(!text.contains("hunter2"));
}

#[test]
fn secrets_for_webhooks_are_several_between_commas_or_lines() {
    let read = |text: &str| {
        let given = Given::nothing().variable("IDEOGRAM_SECRET", text);
        given.secrets().map(|secrets| {
            let texts = secrets.webhooks().iter();
            texts.map(|one| one.read(|bytes| String::from_utf8_lossy(bytes).into_owned())).collect()
        })
    };
    let all: Vec<String> =
        read(" secret-number-one , secret-number-two\nsecret-number-three\r\n").unwrap();
    assert_eq!(all, ["secret-number-one", "secret-number-two", "secret-number-three"]);
    let many = ["a-secret-of-the-many"; 17].join(",");
    let gap = "secret-number-one,,secret-number-two";
    for bad in [" ", " , \n", "a secret with blanks", "too-short", gap, &many] {
        let mistakes = read(bad).map(|_: Vec<String>| ()).unwrap_err().to_string();
        assert!(mistakes.contains("IDEOGRAM_SECRET"), "{mistakes}");
        assert!(!mistakes.contains("with blanks"), "{mistakes}");
    }
    assert!(Given::nothing().secrets().unwrap().webhooks().is_empty());
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let given = Given::nothing()
        .file(".env", "IDEOGRAM_API_KEY=from-file\nIDEOGATE__LOG__FORMAT=\n")
        .variable("IDEOGRAM_API_KEY", "")
        .variable("IDEOGRAM_API_KEY_FILE", "")
        .variable("IDEOGRAM_API_KEY_PROD", "")
        .variable("IDEOGRAM_SECRET", "")
        .variable("IDEOGATE__QUEUE__CAPACITY", "");
    let secrets = given.secrets().unwrap();
    assert_eq!(key(&secrets, "prod").unwrap().0, "from-file");
    assert!(secrets.unused().is_empty() && secrets.webhooks().is_empty());
    assert_eq!(given.load().unwrap().settings.queue.capacity, 1000);
}

#[test]
fn an_environment_with_a_hyphen_has_a_variable_and_two_that_share_one_are_told() {
    let text = "[environments.my-env]\naccount = \"ideogram\"\nscopes = [\"read:*\"]\n";
    let given = Given::settings(text).variable("IDEOGRAM_API_KEY_MY_ENV", "m-1");
    assert_eq!(key(&given.secrets().unwrap(), "my-env").unwrap().0, "m-1");
    let twin = text.replace("my-env", "\"my.env\"");
    let given = Given::settings(&format!("{text}{twin}"));
    assert!(given.secrets().unwrap().shared().is_empty(), "nothing is given, nothing is told");
    let given = given.variable("IDEOGRAM_API_KEY_MY_ENV", "m-1");
    let told = given.secrets().unwrap_err().to_string();
    assert!(told.contains("may be the key of my-env and of my.env"), "{told}");
    assert!(!told.contains("m-1"));
}

#[test]
fn a_key_in_a_line_of_dot_env_that_cannot_be_understood_is_told_whatever_its_name() {
    let given = Given::settings("[environments.prod]\nkey = \"TEAM_KEY\"\n");
    let given = given.file(".env", "OTHER=a b\nTEAM_KEY=hunter2 b\n");
    let told = given.secrets().unwrap_err().to_string();
    assert!(told.contains("line 2 is not NAME=value") && !told.contains("hunter2"), "{told}");
}

#[test]
fn paths_that_only_a_shell_understands_are_refused_and_a_key_in_their_place_is_not_shown() {
    let given = Given::nothing()
        .variable("IDEOGRAM_API_KEY_FILE", "~/ideogram.key")
        .variable("IDEOGRAM_API_KEY_PROD_FILE", "$HOME/ideogram.key")
        .variable("IDEOGRAM_API_KEY_DEV_FILE", "hunter2hunter2hunter2hunter2")
        .variable("IDEOGRAM_SECRET_FILE", "${SECRETS}/webhooks");
    let told = given.secrets().unwrap_err().to_string();
    assert_eq!(told.matches("which only a shell understands").count(), 3, "{told}");
    assert!(told.contains("IDEOGRAM_API_KEY_DEV_FILE") && !told.contains("hunter2"), "{told}");
}
