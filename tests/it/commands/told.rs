//! What can be seen to be wrong is told by `config check` and at the start, in the same words, before
//! anything is made.

use super::picture;
use crate::support::{Home, KEY, Told};

/// Returns what both say; nothing may have been made by either.
async fn refused(home: &Home) -> Told {
    let checked = home.run(&["config", "check"]).await;
    let served = home.run(&["serve"]).await;
    for told in [&checked, &served] {
        assert_eq!((told.code, &*told.out), (64, ""), "{told:?}");
        assert!(!told.err.contains(KEY), "{told:?}");
    }
    let words = |told: &Told| told.err.split_once("error: ").unwrap().1.to_owned();
    assert_eq!(words(&checked), words(&served));
    assert!(!home.data().exists(), "the data folder was touched");
    checked
}

#[tokio::test]
async fn a_filter_that_would_silence_the_log_is_told_with_the_level_that_was_meant() {
    let home = Home::new().await;
    home.change("[log]\nfilter = \"info,ideogate=warning\"\n");
    let told = refused(&home).await;
    assert!(
        told.err.contains("log.filter") && told.err.contains("did you mean \"warn\"?"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_path_for_a_shell_is_told_and_no_folder_of_that_name_is_made() {
    let mut home = Home::new().await;
    home.change("[audit]\ncheckpoint_file = \"$HOME/checkpoints\"\n");
    home.give("IDEOGATE__DATA__DIR", "~/ideogate");
    let told = refused(&home).await;
    assert_eq!(told.err.matches("only a shell understands").count(), 2, "{told:?}");
    let names: Vec<_> =
        std::fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["ideogate.toml"]);
    for arguments in [
        ["config", "check", "--config=~/ideogate.toml"],
        ["env", "list", "--admin-ca=$HOME/ca.pem"],
        ["queue", "status", "--admin=~/admin.sock"],
        ["audit", "verify", "--data=~/data"],
        ["audit", "verify", "--export=~/record.jsonl"],
        ["audit", "verify", "--checkpoint=$HOME/checkpoints"],
        ["audit", "verify", "--key=~/ideogate.key"],
        ["audit", "verify", "--key=$HOME/ideogate.key"],
        ["audit", "export", "--to=~/record.jsonl"],
        ["audit", "export", "--note=$HOME/record.note"],
        ["scan", "--no-ignore", "~/project"],
        ["scan", "--no-ignore", "$HOME/project"],
        ["whoami", "--url=http://127.0.0.1:1", "--token-file=~/token"],
        ["demo", "--once", "--save=~/picture.png"],
    ] {
        let told = home.run_bare(&arguments).await;
        assert_eq!(told.code, 64, "{told:?}");
        assert!(told.err.contains("only a shell understands"), "{told:?}");
    }
}

#[tokio::test]
async fn a_file_whose_name_looks_like_a_variable_is_scanned_when_it_is_there() {
    let home = Home::new().await;
    std::fs::write(home.path().join("posts.$id.tsx"), "export {}\n").unwrap();
    home.run_bare(&["scan", "posts.$id.tsx"]).await.good();
    let told = home.run_bare(&["scan", "posts.$name.tsx"]).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert!(told.err.contains("only a shell understands"), "{told:?}");
}

#[tokio::test]
async fn a_checkpoint_file_that_cannot_be_written_is_told_with_everything_else() {
    let mut home = Home::new().await;
    let none = home.path().join("none/checkpoints");
    home.change(&format!("[audit]\ncheckpoint_file = {none:?}\n"));
    home.variables.clear();
    home.give("IDEOGRAM_API_KEY", &format!("\"{KEY}\""));
    let told = refused(&home).await;
    assert!(told.err.contains("2 mistakes"), "{told:?}");
    assert!(
        told.err.contains("audit.checkpoint_file") && told.err.contains("make it first"),
        "{told:?}"
    );
    assert!(told.err.contains("IDEOGRAM_API_KEY") && told.err.contains("quotes"), "{told:?}");
    home.change(&format!("[audit]\ncheckpoint_file = {:?}\n", home.path()));
    assert!(refused(&home).await.err.contains("is a folder"));
}

#[tokio::test]
async fn a_key_as_some_programs_leave_it_is_told_and_never_repeated() {
    for (given, said) in [
        (format!("'{KEY}'"), "quotes"),
        (format!("IDEOGRAM_API_KEY={KEY}"), "NAME="),
        (format!("Bearer {KEY}"), "header"),
        ("your-api-key".to_owned(), "placeholder"),
        (format!("{KEY}\n{KEY}"), "more than one line"),
    ] {
        let mut home = Home::new().await;
        home.variables.clear();
        home.give("IDEOGRAM_API_KEY", &given);
        assert!(refused(&home).await.err.contains(said), "{said}");
        home.variables.clear();
        std::fs::write(home.path().join("key"), given).unwrap();
        home.give("IDEOGRAM_API_KEY_FILE", "key");
        assert!(refused(&home).await.err.contains(said), "{said}");
    }
}

#[tokio::test]
async fn lines_of_others_in_dot_env_are_none_of_our_business() {
    let mut home = Home::new().await;
    home.variables.clear();
    let foreign = "GREETING=hello big world\nDB_PASSWORD=\"pa$$w0rd\"\nDEFAULTS={\"a\": \"b c\"}\nDIR=\"C:\\temp\\x\"\n";
    let dot_env = home.path().join(".env");
    std::fs::write(&dot_env, format!("{foreign}IDEOGRAM_API_KEY={KEY} {KEY}\n")).unwrap();
    let told = refused(&home).await;
    assert!(told.err.contains(".env: line 5 is not NAME=value"), "{told:?}");
    assert!(told.err.contains("1 mistake"), "{told:?}");
    std::fs::write(&dot_env, format!("\u{feff}IDEOGRAM_API_KEY={KEY}\r\n{foreign}")).unwrap();
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    assert_eq!(picture(&client, "by .env").await.status, 200);
}

#[tokio::test]
async fn empty_variables_count_as_not_set_and_an_empty_argument_does_not() {
    let mut home = Home::new().await;
    for name in
        ["ADMIN", "ADMIN_CA", "CONFIG", "OPERATOR_TOKEN", "OPERATOR_TOKEN_FILE", "_QUEUE__CAPACITY"]
    {
        home.give(&format!("IDEOGATE_{name}"), "");
    }
    home.give("IDEOGRAM_API_KEY_FILE", "");
    let gateway = home.start().await;
    home.run(&["queue", "status"]).await.good();
    let over_tcp = home.run(&["queue", "status", "--admin", &gateway.ready.admin]).await;
    assert!(over_tcp.err.contains("operators"), "{over_tcp:?}");
    for empty in ["--admin=", "--admin-ca=", "--config="] {
        assert_eq!(home.run_bare(&["queue", "status", empty]).await.code, 64, "{empty}");
    }
    let checked = home.run_bare(&["config", "check"]).await;
    assert!(checked.err.contains("ideogate.toml is here and was not read"), "{checked:?}");
    let bad_port = home.run(&["queue", "status", "--admin", "http://127.0.0.1:99999"]).await;
    assert_eq!(bad_port.code, 64, "{bad_port:?}");
}

#[tokio::test]
async fn names_that_are_not_what_they_look_like_are_refused() {
    let home = Home::new().await;
    let _gateway = home.start().await;
    let asked = ["token", "create", "--environment", "app", "--scope", "read:*"];
    for (more, field) in [
        (vec!["--name", "nimda\u{202e}x"], "name"),
        (vec!["--name", "a", "--owner", "te\u{200b}am"], "owner"),
    ] {
        let told = home.run(&[&asked[..], &more].concat()).await;
        assert_eq!(told.code, 64, "{told:?}");
        assert!(told.err.contains(field) && told.err.contains("do not show"), "{told:?}");
    }
    assert!(
        home.run(&["operator", "create", "--name", "an\u{202e}na", "--role", "viewer"]).await.code
            != 0
    );
    let reason = ["audit", "accept-restore", "--reason", "disk\u{202e}"];
    assert_eq!(home.run(&reason).await.code, 64);
    assert_eq!(home.json(&["token", "list"]).await.as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn an_environment_with_a_hyphen_is_set_and_has_its_key_by_variables() {
    let mut home = Home::new().await;
    home.variables.clear();
    home.change("[environments.my-env]\naccount = \"ideogram\"\nscopes = [\"read:*\"]\n");
    home.give("IDEOGATE__ENVIRONMENTS__MY_ENV__SCOPES", "write:generate");
    home.give("IDEOGRAM_API_KEY_MY_ENV", KEY);
    let gateway = home.start().await;
    let asked =
        ["token", "create", "--environment", "my-env", "--name", "a", "--scope", "write:generate"];
    let token = home.json(&asked).await["token"].as_str().unwrap().to_owned();
    let client = crate::support::Client::new(gateway.ready.proxy.clone(), &token);
    assert_eq!(picture(&client, "a fox").await.status, 200);
}
