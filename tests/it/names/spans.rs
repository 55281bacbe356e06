//! Spans of time mean the same for every command.

use super::started;

const READERS: [&[&str]; 3] = [&["audit", "search"], &["audit", "export"], &["usage"]];

#[tokio::test]
async fn a_span_that_holds_no_time_is_refused() {
    let (home, gateway) = started().await;
    let spans: [(&[&str], &str); 4] = [
        (&["--since", "1h", "--until", "2h"], "the span is empty"),
        (&["--since", "2026-01-02", "--until", "2026-01-01"], "the span is empty"),
        (&["--since", "2126-01-01"], "is not in the past"),
        (&["--until", "tomorrow"], "'tomorrow' is neither like"),
    ];
    for command in READERS {
        for (span, words) in spans {
            let told = home.run(&[command, span].concat()).await;
            assert_eq!((told.code, told.out.as_str()), (64, ""), "{command:?} {span:?}: {told:?}");
            assert!(told.err.contains(words), "{command:?} {span:?}: {told:?}");
        }
    }
    for (arguments, words) in [
        (&["review", "--since", "2126-01-01"][..], "is not in the past"),
        (&["usage", "--on", "2126-01-01"], "has not begun yet"),
        (&["usage", "--on", "today", "--since", "1h"], "cannot be used with"),
    ] {
        let told = home.run(arguments).await;
        assert_eq!((told.code, told.out.as_str()), (64, ""), "{told:?}");
        assert!(told.err.contains(words), "{told:?}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_day_that_ends_a_span_is_in_it_and_an_exact_moment_is_not() {
    let (home, gateway) = started().await;
    let call = home.calls().await[0]["timestamp"].as_str().unwrap().to_owned();
    let day = &call[..10];
    let span = ["--since", day, "--until", day];
    let found = async |span: &[&str]| {
        let search = ["audit", "search", "--output", "json"];
        let entries = home.run(&[&search[..], span].concat()).await.good().lines();
        entries.iter().any(|entry| entry["timestamp"] == call.as_str())
    };
    assert!(found(&span).await);
    assert!(!found(&["--until", &call]).await, "an exact end is not in the span");
    assert!(found(&["--since", &call]).await);
    assert_eq!(home.json(&[&["usage"][..], &span].concat()).await[0]["calls"], 1);
    assert_eq!(home.json(&["usage", "--on", day]).await[0]["calls"], 1);
    assert!(home.run(&[&["audit", "export"][..], &span].concat()).await.good().out.contains(&call));
    for command in ["audit search", "audit export", "usage"] {
        let words: Vec<_> = command.split(' ').chain(["--help"]).collect();
        let help = home.run_bare(&words).await.good().out;
        assert!(help.contains("a UTC day to its end"), "{command}: {help}");
    }
    gateway.stop().await;
}
