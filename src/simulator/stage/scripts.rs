//! The scripts that are still to be played.

use super::script::{Act, Script};
use crate::simulator::webhooks::Twist;
use parking_lot::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;

/// The scripts that are still to be played, oldest first.
///
/// A call takes the oldest script that is for it, and no other.
#[derive(Debug)]
pub struct Scripts {
    /// The scripts.
    waiting: Mutex<Vec<Script>>,
    /// Counts the releases.
    released: watch::Sender<u64>,
}

/// How one call goes.
///
/// It is decided once the request was received, and does not change.
#[derive(Debug)]
pub struct Cue {
    /// What is done.
    pub act: Act,
    /// How much longer it takes.
    pub delay: Duration,
    /// What changes when held work may end.
    pub released: watch::Receiver<u64>,
    /// How its webhook goes, other than usual.
    pub webhook: Option<Twist>,
}

impl Default for Scripts {
    fn default() -> Self {
        Self { waiting: Mutex::default(), released: watch::Sender::new(0) }
    }
}

impl Scripts {
    /// Lends the scripts.
    fn lock(&self) -> MutexGuard<'_, Vec<Script>> {
        self.waiting.lock()
    }

    /// Adds a script after the others.
    pub(in crate::simulator) fn add(&self, script: Script) {
        self.lock().push(script);
    }

    /// Lets all work end that is held now.
    ///
    /// Work that is held later waits for the next release.
    pub(in crate::simulator) fn release(&self) {
        self.released.send_modify(|count| *count += 1);
    }

    /// Forgets all scripts, and releases what is held.
    pub(in crate::simulator) fn clear(&self) {
        self.lock().clear();
        self.release();
    }

    /// Returns how the next call goes; the oldest script for it decides.
    ///
    /// The script counts as played by that, even if the client goes away.
    pub(in crate::simulator) fn next(&self, method: &str, path: &str) -> Cue {
        // Subscribed before the script is taken, so that a release in between is not lost.
        let released = self.released.subscribe();
        let usual =
            |released| Cue { act: Act::Usual, delay: Duration::ZERO, released, webhook: None };
        let mut waiting = self.lock();
        let Some(at) = waiting.iter().position(|script| script.is_for(method, path)) else {
            return usual(released);
        };
        let script = &mut waiting[at];
        if script.skip > 0 {
            script.skip -= 1;
            return usual(released);
        }
        let (delay, webhook) = (Duration::from_millis(script.delay_ms), script.webhook);
        if script.times > 1 {
            // So many that they never run out.
            script.times -= u32::from(script.times < u32::MAX);
            return Cue { act: script.act.clone(), delay, released, webhook };
        }
        let script = waiting.remove(at);
        if script.times == 0 {
            return usual(released);
        }
        Cue { act: script.act, delay, released, webhook }
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, Script, Scripts};

    #[test]
    fn a_script_skips_then_plays_then_is_gone() {
        let scripts = Scripts::default();
        scripts.add(Script::new(Act::Gzip).on("POST /v1/*").skipping(1).times(2));
        let acts: Vec<_> = (0..4).map(|_| scripts.next("POST", "/v1/edit").act).collect();
        assert_eq!(acts, [Act::Usual, Act::Gzip, Act::Gzip, Act::Usual]);
    }

    #[test]
    fn a_script_is_for_its_method_and_path_alone() {
        let scripts = Scripts::default();
        scripts.add(Script::new(Act::Hang).on("GET /models"));
        assert_eq!(scripts.next("POST", "/models").act, Act::Usual);
        assert_eq!(scripts.next("GET", "/models/1").act, Act::Usual);
        assert_eq!(scripts.next("GET", "/models").act, Act::Hang);
    }

    #[test]
    fn a_script_is_read_from_json() {
        let text = r#"{"act":{"reset_after":{"bytes":3}},"path":"/generate"}"#;
        let script: Script = serde_json::from_str(text).expect("a script");
        assert_eq!(script, Script::new(Act::ResetAfter { bytes: 3 }).on("/generate"));
    }
}
