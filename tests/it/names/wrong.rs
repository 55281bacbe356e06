//! Every command that reads, with every kind of name that names nothing.

use super::started;

/// What is typed, the exit code, and what is told of what was probably meant.
type Case = (&'static [&'static str], i32, &'static str);

const NEAR_ENVIRONMENT: &str = "there is no environment 'ap'; did you mean 'app'?";
const NEAR_TOKEN: &str = "there is no token 'poster-bto'; did you mean 'poster-bot'?";

const ENVIRONMENTS: [Case; 9] = [
    (&["audit", "search", "--environment", "ap"], 64, NEAR_ENVIRONMENT),
    (&["audit", "export", "--environment", "ap"], 64, NEAR_ENVIRONMENT),
    (
        &["audit", "export", "--format", "csv", "--note", "n", "--environment", "ap"],
        64,
        NEAR_ENVIRONMENT,
    ),
    (&["usage", "--environment", "ap"], 64, NEAR_ENVIRONMENT),
    (&["usage", "--by", "day", "--environment", "ap"], 64, NEAR_ENVIRONMENT),
    (&["token", "list", "--environment", "ap"], 64, NEAR_ENVIRONMENT),
    (&["review", "--environment", "ap"], 64, NEAR_ENVIRONMENT),
    (&["env", "show", "ap"], 64, NEAR_ENVIRONMENT),
    (&["key", "rotate", "--environment", "ap"], 1, NEAR_ENVIRONMENT),
];

const TOKENS: [Case; 13] = [
    (&["audit", "search", "--token", "poster-bto"], 1, NEAR_TOKEN),
    (&["audit", "export", "--token", "poster-bto"], 1, NEAR_TOKEN),
    (&["usage", "--token", "poster-bto"], 1, NEAR_TOKEN),
    (&["review", "--token", "poster-bto"], 1, NEAR_TOKEN),
    (&["token", "show", "poster-bto"], 1, NEAR_TOKEN),
    (&["token", "disable", "poster-bto"], 1, NEAR_TOKEN),
    (&["token", "rotate", "poster-bto"], 1, NEAR_TOKEN),
    (&["token", "reduce", "poster-bto", "--max-images", "1"], 1, NEAR_TOKEN),
    (&["token", "update", "poster-bto", "--max-images", "1"], 1, NEAR_TOKEN),
    (&["audit", "search", "--token", "tok_none"], 1, "there is no token 'tok_none'"),
    (&["usage", "--token", "tok_none"], 1, "there is no token 'tok_none'"),
    (&["audit", "export", "--token", "tok_none"], 1, "there is no token 'tok_none'"),
    (
        &["usage", "--environment", "dev", "--token", "poster-bot"],
        64,
        "(poster-bot) belongs to environment 'app'",
    ),
];

const OTHERS: [Case; 11] = [
    (&["route", "show", "v3.generat"], 64, "did you mean 'v3.generate'?"),
    (&["operator", "show", "ann"], 1, "there is no operator 'ann'; did you mean 'anna'?"),
    (&["operator", "disable", "ann"], 1, "did you mean 'anna'?"),
    (&["usage", "balance", "--account", "ideogran"], 64, "did you mean 'ideogram'?"),
    (&["usage", "balance", "--account", "ideogran", "1.00"], 1, "did you mean 'ideogram'?"),
    (&["audit", "search", "--request-id", "req_none"], 1, "no request 'req_none' is on record"),
    (&["audit", "search", "--call", "call_none"], 1, "no call 'call_none' is on record"),
    (&["audit", "search", "--call", "req_none"], 1, "the id of a call starts with call_"),
    (&["audit", "show", "poster-bot"], 64, "is not the id of a call or request"),
    (&["queue", "release", "call_none"], 1, "no call 'call_none' is on record"),
    (&["usage", "write-off", "call_none"], 1, "no call 'call_none' is on record"),
];

#[tokio::test]
async fn a_name_that_names_nothing_is_an_error_that_says_what_was_probably_meant() {
    let (home, gateway) = started().await;
    home.run(&["operator", "create", "--name", "anna", "--role", "viewer"]).await.good();
    for (arguments, code, words) in ENVIRONMENTS.iter().chain(&TOKENS).chain(&OTHERS) {
        let told = home.run(arguments).await;
        assert_eq!((told.code, told.out.as_str()), (*code, ""), "{arguments:?}: {told:?}");
        assert!(told.err.contains(words), "{arguments:?}: {told:?}");
    }
    let record = home.run(&["audit", "search", "--output", "json"]).await.good().out;
    assert!(!record.contains("audit.export"), "an export of nothing was made");
    assert!(!record.contains("token.disable") && !record.contains("operator.disable"), "{record}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_token_given_for_its_name_goes_nowhere_and_is_not_repeated() {
    let (home, gateway) = started().await;
    let secret = "idg_app_notreallyatoken";
    for command in [
        &["audit", "search", "--token"][..],
        &["audit", "export", "--token"],
        &["audit", "show"],
        &["usage", "--token"],
        &["review", "--token"],
        &["token", "show"],
        &["token", "revoke"],
        &["operator", "show"],
    ] {
        let told = home.run(&[command, &[secret]].concat()).await;
        assert_eq!((told.code, told.out.as_str()), (64, ""), "{command:?}: {told:?}");
        assert!(told.err.contains("a token itself") && !told.err.contains("notreally"), "{told:?}");
    }
    gateway.stop().await;
}
