//! Whatever happens to calls, users, owners and the gateway, everybody who knows of money says the same.

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use story::Story;

mod story;

/// Stories that are told, and the most that happens in one.
const STORIES: u32 = 6;
const LONGEST: usize = 16;

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    Generate(u32),
    Fail,
    Reset,
    Unreadable(u32),
    Later { is_held: bool },
    FailLater,
    Finish,
    Bill(&'static str),
    WriteOff(usize),
    Undo(usize),
    WithKey(u32),
    Quote,
    Read,
    Owner(Option<&'static str>),
    User(Option<&'static str>),
    Forget(&'static str),
    Pass(u64),
    WaitOverMidnight,
    Charge,
    LeaveAndRetry,
    Reload(u32),
    Archive,
    Restart,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    let users = prop::sample::select(vec!["ann@example.com", "bob@example.com"]);
    let owners = prop::option::of(prop::sample::select(vec!["marketing", "sales", "none"]));
    let quality = prop::sample::select(vec!["low", "medium", "high"]);
    prop_oneof![
        4 => (1_u32..=4).prop_map(Step::Generate),
        1 => Just(Step::Fail),
        3 => Just(Step::Reset),
        1 => (1_u32..=4).prop_map(Step::Unreadable),
        2 => any::<bool>().prop_map(|is_held| Step::Later { is_held }),
        1 => Just(Step::FailLater),
        2 => Just(Step::Finish),
        2 => quality.prop_map(Step::Bill),
        3 => (0_usize..4).prop_map(Step::WriteOff),
        2 => (0_usize..4).prop_map(Step::Undo),
        1 => (1_u32..=3).prop_map(Step::WithKey),
        1 => Just(Step::Quote),
        1 => Just(Step::Read),
        2 => owners.prop_map(Step::Owner),
        2 => prop::option::of(users.clone()).prop_map(Step::User),
        1 => users.prop_map(Step::Forget),
        2 => (1_u64..=25 * 60).prop_map(Step::Pass),
        1 => Just(Step::WaitOverMidnight),
        1 => Just(Step::Charge),
        1 => Just(Step::LeaveAndRetry),
        1 => (1_u32..=9).prop_map(Step::Reload),
        1 => Just(Step::Archive),
        1 => Just(Step::Restart),
        1 => Just(Step::Crash),
    ]
}

#[test]
fn usage_is_the_ledger_is_the_export_to_the_micro_dollar() {
    let config = Config {
        cases: STORIES,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let told = TestRunner::new(config).run(&vec(step(), 5..=LONGEST), |steps| {
        runtime.block_on(Story::tell(steps));
        Ok(())
    });
    told.unwrap();
}

/// Known stories, so that what the others are there for happens in any case.
#[tokio::test]
async fn a_call_that_waited_over_midnight_counts_on_the_day_on_which_it_was_opened() {
    let steps = vec![
        Step::User(Some("ann@example.com")),
        Step::WaitOverMidnight,
        Step::Reset,
        Step::WriteOff(0),
        Step::Owner(Some("sales")),
        Step::Generate(1),
        Step::Undo(0),
        Step::Forget("ann@example.com"),
        Step::Generate(1),
        Step::Restart,
        Step::Pass(25 * 60),
        Step::Charge,
    ];
    Story::tell(steps).await;
}

#[tokio::test]
async fn what_never_ended_was_left_or_moved_into_a_segment_counts_as_before() {
    let steps = vec![
        Step::Later { is_held: true },
        Step::LeaveAndRetry,
        Step::Reload(3),
        Step::Pass(25 * 60),
        Step::Charge,
        Step::Archive,
        Step::Generate(2),
        Step::Crash,
        Step::Archive,
        Step::Finish,
    ];
    Story::tell(steps).await;
}
