//! What happens in a story, and who must say the same after each step of it.

use super::Step;
use crate::{
    support::{Client, TestApp, until},
    usage::{GENERATE, LATER, token},
};
use ideogate::{
    audit::{Entry, Sums, export::examine_export, fold},
    domain::{CallId, Timestamp, Usd},
    ledger::{BudgetSubject, Period},
    simulator::{Act, Script},
    store::{ChainLink, SealedRecord},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::{sleep, timeout};

/// How long two may differ while one of them follows the other.
const PATIENCE: Duration = Duration::from_secs(10);

const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// Amounts by key, those of nothing left out.
type Amounts = BTreeMap<String, (Usd, Usd)>;

pub(super) struct Story {
    app: TestApp,
    client: Client,
    user: Option<&'static str>,
    /// Calls whose end nobody saw.
    lost: Vec<CallId>,
    /// Paths of generations that go on.
    pending: Vec<String>,
    /// Whether somebody said of a call that was billed, perhaps, that it was not.
    is_forgiven: bool,
    calls: u32,
}

impl Story {
    pub(super) async fn tell(steps: Vec<Step>) {
        let app = TestApp::spawn().await;
        let budget = |amount: &str| Asked::Is(amount.to_owned());
        let limits = AskedLimits {
            daily_budget: budget("500.00"),
            monthly_budget: budget("5000.00"),
            ..AskedLimits::default()
        };
        let client = app.client_of(NewToken { limits, ..token() }).await;
        let (lost, pending) = (Vec::new(), Vec::new());
        let mut story =
            Self { app, client, user: None, lost, pending, is_forgiven: false, calls: 0 };
        for step in steps {
            let words = format!("{step:?}");
            story = story.take(step).await;
            story.agrees(&words).await;
        }
    }

    async fn take(mut self, step: Step) -> Self {
        match step {
            Step::Generate(images) => {
                let wish = self.wish(images);
                self.ends(wish, 200).await;
            }
            Step::Fail => {
                self.app.ideogram.script(Script::new(Act::status(422)).on(GENERATE));
                let wish = self.wish(1);
                self.ends(wish, 422).await;
            }
            Step::Reset => self.lose(Act::ResetUnanswered, 1).await,
            Step::Unreadable(images) => self.lose(Act::Truncate { bytes: 10 }, images).await,
            Step::Later { is_held } => self.later(is_held.then_some(Act::Hold)).await,
            Step::FailLater => self.later(Some(Act::Fail)).await,
            Step::Finish => self.finish().await,
            Step::Bill(quality) => {
                let wish = json!({"prompt": self.prompt(), "quality": quality});
                assert_eq!(self.post(LATER, &wish, None).await.0, 200);
            }
            Step::WriteOff(at) => self.write_off(at, "").await,
            Step::Undo(at) => self.write_off(at, "/undo").await,
            Step::WithKey(images) => {
                let (wish, key) = (self.wish(images), format!("key-number-{}", self.calls));
                for _ in 0..2 {
                    assert_eq!(self.post(GENERATE, &wish, Some(&key)).await.0, 200);
                }
            }
            Step::Quote => {
                let wish = json!({"prompt": self.prompt(), "quality": "low"});
                assert_eq!(self.post(&format!("{LATER}?dry_run=true"), &wish, None).await.0, 200);
            }
            Step::Read => assert_eq!(self.client.get("/models").await.status, 200),
            Step::Owner(owner) => {
                let path = format!("/api/v1/tokens/{}/update", self.client.id());
                let done = self.app.tell(&path, &json!({"owner": owner})).await;
                assert_eq!(done["owner"], json!(owner), "{done}");
            }
            Step::User(user) => self.user = user,
            Step::Forget(user) => {
                let body = json!({"user": user, "reason": "asked to"});
                self.app.tell("/api/v1/audit/persons/forget", &body).await;
            }
            Step::Pass(minutes) => self.app.clock.advance(Duration::from_mins(minutes)),
            Step::WaitOverMidnight => self.wait_over_midnight().await,
            Step::LeaveAndRetry => self.leave_and_retry().await,
            Step::Reload(weight) => {
                self.app.reload(&format!("[environments.app]\nweight = {weight}")).await;
            }
            Step::Archive => self.archive().await,
            Step::Charge => self.app.running.calls().charge_overdue().await.unwrap(),
            Step::Restart => return Self { app: self.app.restart().await, ..self }.here(),
            Step::Crash => return Self { app: self.app.crash().await, ..self }.here(),
        }
        self
    }

    fn here(self) -> Self {
        let client = self.client.at(self.app.url());
        Self { client, ..self }
    }

    fn prompt(&mut self) -> String {
        self.calls += 1;
        format!("the lighthouse number {}", self.calls)
    }

    fn wish(&mut self, images: u32) -> Value {
        json!({"prompt": self.prompt(), "num_images": images})
    }

    async fn post(&self, path: &str, wish: &Value, key: Option<&str>) -> (u16, Value) {
        let mut request = self.client.request("POST", path).json(wish);
        if let Some(user) = self.user {
            request = request.header("Ideogate-User", user);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let reply = self.client.send(request).await;
        (reply.status, reply.json())
    }

    async fn ends(&self, wish: Value, status: u16) {
        let (found, answer) = self.post(GENERATE, &wish, None).await;
        assert_eq!(found, status, "{answer}");
    }

    /// Makes a call whose end nobody sees, and gives its places back.
    async fn lose(&mut self, act: Act, images: u32) {
        // Not for the gateway's own polls of a generation that goes on.
        self.app.ideogram.script(Script::new(act).on(GENERATE));
        let wish = self.wish(images);
        assert_eq!(self.post(GENERATE, &wish, None).await.0, 502);
        let call = self.app.entries().await.pop().unwrap().metadata.call_id.unwrap();
        let release = format!("/api/v1/queue/release/{call}");
        assert_eq!(self.app.local_admin().post(&release, None).await.status, 200);
        self.lost.push(call);
    }

    async fn later(&mut self, act: Option<Act>) {
        // Whatever goes on takes places, and others need some.
        if self.pending.len() >= 3 {
            self.finish().await;
        }
        if let Some(act) = act {
            self.app.ideogram.script(Script::new(act).on(LATER));
        }
        let wish = json!({"prompt": self.prompt(), "quality": "medium", "async": true});
        let (status, answer) = self.post(LATER, &wish, None).await;
        assert_eq!(status, 200, "{answer}");
        let id = answer["generation_id"].as_str().unwrap();
        self.pending.push(format!("/v2/generations/{id}"));
    }

    /// Lets all that goes on come to an end, and sees it.
    async fn finish(&mut self) {
        self.app.ideogram.release();
        for path in std::mem::take(&mut self.pending) {
            until("it ends", async || {
                let state = self.client.get(&path).await.json()["status"].clone();
                (state != "pending").then_some(())
            })
            .await;
        }
        let reader = self.app.running.reader();
        until("all ends are on record", async || {
            reader.pending_generations().unwrap().is_empty().then_some(())
        })
        .await;
    }

    /// Makes a call, leaves before its answer, and gets that with the same key.
    async fn leave_and_retry(&mut self) {
        self.app.ideogram.script(Script::new(Act::Hold).on(GENERATE));
        let (wish, key) = (self.wish(1), format!("key-number-{}", self.calls));
        let arrived = self.app.arrived_for_clients();
        let is_sent = until("it is sent", async || {
            (self.app.arrived_for_clients() == arrived + 1).then_some(())
        });
        tokio::select! {
            (status, answer) = self.post(GENERATE, &wish, Some(&key)) => panic!("{status} {answer}"),
            () = is_sent => {}
        }
        self.app.ideogram.release();
        assert_eq!(self.post(GENERATE, &wish, Some(&key)).await.0, 200);
        assert_eq!(self.app.arrived_for_clients(), arrived + 1, "sent once");
    }

    /// Moves all days before this one into segments.
    async fn archive(&self) {
        let before = &self.app.now().to_string()[..10];
        let path = "/api/v1/audit/archive";
        let body = json!({"before": before, "dry_run": false});
        assert_eq!(self.app.local_admin().post(path, Some(&body)).await.status, 202);
        until("it is moved", async || {
            let view = self.app.ask(path).await;
            assert!(view.get("failed").is_none(), "{view}");
            (view["running"] == false).then_some(())
        })
        .await;
    }

    async fn write_off(&mut self, at: usize, what: &str) {
        let Some(call) = self.lost.get(at) else { return };
        self.is_forgiven = true;
        let path = format!("/api/v1/usage/write-off/{call}{what}");
        self.app.tell(&path, &json!({"reason": "the invoice says so"})).await;
    }

    /// Fills all places, lets a call wait for one, and gives it its turn on the next day.
    async fn wait_over_midnight(&mut self) {
        self.finish().await;
        for _ in 0..3 {
            self.app.ideogram.script(Script::new(Act::Hold).on(GENERATE));
        }
        let mut wishes = Vec::new();
        for images in [4, 4, 2, 1] {
            wishes.push(self.wish(images));
        }
        let queued = || {
            let status = self.app.running.admission().status();
            status.iter().map(|account| account.queued).sum::<usize>()
        };
        let arrived = self.app.arrived_for_clients();
        let waits = wishes.pop().unwrap();
        let held =
            futures_util::future::join_all(wishes.into_iter().map(|wish| self.ends(wish, 200)));
        let waiting = async {
            until("all places are taken", async || {
                (self.app.arrived_for_clients() == arrived + 3).then_some(())
            })
            .await;
            self.ends(waits, 200).await;
        };
        let midnight = async {
            until("it waits", async || (queued() == 1).then_some(())).await;
            let left = DAY - self.app.now().as_micros().rem_euclid(DAY);
            self.app.clock.advance(Duration::from_micros(left.unsigned_abs()));
            self.app.ideogram.release();
        };
        tokio::join!(held, waiting, midnight);
    }

    /// Asserts that all say the same, as soon as nothing is between two of them.
    async fn agrees(&self, step: &str) {
        let mut said = None;
        let agreed = timeout(PATIENCE, async {
            loop {
                said = self.disagreement().await;
                if said.is_none() {
                    break;
                }
                sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(agreed.await.is_ok(), "after {step}: {}", said.unwrap_or_default());
    }

    /// Returns in what two differ; a generation may be ending meanwhile.
    async fn disagreement(&self) -> Option<String> {
        let reader = self.app.running.reader();
        if !reader.open_calls().unwrap().is_empty() || !reader.booked_calls().unwrap().is_empty() {
            return Some("something is under way".to_owned());
        }
        let now = self.app.now();
        let day = Timestamp::from_micros(now.as_micros() - now.as_micros().rem_euclid(DAY));
        let month = format!("{}-01T00:00:00Z", &now.to_string()[..7]);
        let month = serde_json::from_value(json!(month)).unwrap();
        let entries = self.exported().await;
        let all = sums(&entries, "account", Timestamp::from_micros(0));
        let (charged, reserved) = whole(&all);
        let billed = self.app.ideogram.billed_usd_micros();
        let known = charged.plus(reserved).as_micros().cast_unsigned();
        if !self.is_forgiven && known < billed {
            return Some(format!("billed {billed}, of which {known} is known"));
        }
        let who = self.client.get("/_ideogate/whoami").await.json();
        for (period, since, budget) in [(Period::Day, day, 0), (Period::Month, month, 1)] {
            if since >= now {
                // Nothing can have happened on a day that has just begun.
                continue;
            }
            let mut said = Vec::new();
            for by in ["token", "environment", "account", "owner", "user"] {
                let (used, sums) = (self.used(by, since).await, sums(&entries, by, since));
                if used != sums {
                    return Some(format!("by {by} since {since}: usage {used:?}, export {sums:?}"));
                }
                said.push((by, whole(&used)));
            }
            for subject in self.subjects() {
                let tally = self.app.running.ledger().tally(&subject, period, now);
                said.push(("ledger", (tally.charged, tally.reserved)));
            }
            said.push(("whoami", amounts(&who["budgets"][budget], "charged_usd")));
            if said.iter().any(|(_, amounts)| *amounts != said[0].1) {
                return Some(format!("since {since}: {said:?}"));
            }
        }
        None
    }

    fn subjects(&self) -> [BudgetSubject; 3] {
        [
            BudgetSubject::Token(self.client.id().clone()),
            BudgetSubject::Environment("app".parse().unwrap()),
            BudgetSubject::Account("ideogram".parse().unwrap()),
        ]
    }

    async fn used(&self, by: &str, since: Timestamp) -> Amounts {
        let lines = self.app.ask(&format!("/api/v1/usage?by={by}&since={since}")).await;
        let lines = lines.as_array().unwrap_or_else(|| panic!("{lines}"));
        let line =
            |line: &Value| (line["key"].as_str().unwrap().to_owned(), amounts(line, "cost_usd"));
        lines.iter().map(line).filter(is_something).collect()
    }

    /// Returns the entries of an export that proves itself.
    async fn exported(&self) -> Vec<Entry> {
        let reply = self.app.local_admin().get("/api/v1/audit/export?archived=true").await;
        let report = examine_export(&reply.body[..], None, Vec::new(), &[], |_| {}).unwrap();
        assert!(report.is_good(), "{report:?}");
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        fold(lines[1..lines.len() - 1].iter().map(|line| sealed(line)).collect())
    }
}

/// The sum of all keys.
fn whole(amounts: &Amounts) -> (Usd, Usd) {
    let add = |sum: (Usd, Usd), one: &(Usd, Usd)| (sum.0.plus(one.0), sum.1.plus(one.1));
    amounts.values().fold((Usd::ZERO, Usd::ZERO), add)
}

fn sealed(line: &str) -> SealedRecord {
    let line: Value = serde_json::from_str(line).unwrap();
    let place = ChainLink {
        seq: line["seq"].as_u64().unwrap(),
        prev_hash: [0; 32],
        hash: [0; 32],
        bytes: Vec::new().into(),
    };
    SealedRecord::new(place, serde_json::from_value(line["record"].clone()).unwrap())
}

fn sums(entries: &[Entry], by: &str, since: Timestamp) -> Amounts {
    let none = || "none".to_owned();
    let key = |entry: &Entry| {
        let told = &entry.metadata;
        (entry.counts_at() >= since).then(|| match by {
            "token" => told.token_id.as_ref().unwrap().to_string(),
            "environment" => told.environment.as_ref().unwrap().to_string(),
            "owner" => told.more.owner.as_deref().map_or_else(none, str::to_owned),
            "user" => told.on_behalf_of.as_deref().map_or_else(none, str::to_owned),
            _ => "ideogram".to_owned(),
        })
    };
    let sums = Sums::by(entries, key).into_iter();
    sums.map(|(key, sum)| (key, (sum.charged, sum.reserved))).filter(is_something).collect()
}

fn amounts(line: &Value, charged: &str) -> (Usd, Usd) {
    let amount = |field: &str| line[field].as_str().unwrap_or_else(|| panic!("{line}")).parse();
    (amount(charged).unwrap(), amount("reserved_usd").unwrap())
}

fn is_something(amounts: &(String, (Usd, Usd))) -> bool {
    amounts.1 != (Usd::ZERO, Usd::ZERO)
}
