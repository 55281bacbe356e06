//! The gateway, if it runs.

use super::{finding::DoctorCheck, keys, machine, places};
use crate::{
    admin::StatusView,
    cli::{
        client::AdminClient, global::Global, locate, number::counted, pause, running::Difference,
        usage::low_balances,
    },
    domain::{Clock, SystemClock, Timestamp, size_for_calls},
};
use std::{path::Path, time::Duration};

/// What is said of the gateway as a whole.
pub(super) const WHAT: &str = "gateway";

/// How long tries must fail until it is a finding.
const FAILING: Duration = Duration::from_mins(5);

/// From when on a backup is old.
const OLD_BACKUP: Duration = Duration::from_hours(48);

/// From how full on the record deserves a look, in percent.
const NEARLY_FULL: u64 = 80;

/// Says that none runs, and that it is the caller's own file that was looked at.
///
/// It deserves a look and is not broken: nobody said that one should run.
pub(super) fn absent(global: &Global) -> DoctorCheck {
    let at = locate::place(global).map(|place| place.to_string()).unwrap_or_default();
    let own = locate::own_settings(global);
    DoctorCheck::doubtful(
        WHAT,
        format!("does not run: nobody answers at {at}; this is what {own} says"),
    )
}

/// Says where the caller's own settings are others than those in force.
///
/// `None` where they are the same.
pub(super) fn differing(global: &Global, all: &[Difference]) -> Option<DoctorCheck> {
    let keys: Vec<_> = all.iter().map(|one| one.key.as_str()).collect();
    let own = locate::own_settings(global);
    let words = format!(
        "{own} differs from the gateway that runs in {}; `ideogate config show` tells how, and `ideogate config \
         reload` puts it in force",
        keys.join(", ")
    );
    (!keys.is_empty()).then(|| DoctorCheck::doubtful("settings", words))
}

/// Looks at how a gateway that runs is; at its folder too, if it is on this machine.
///
/// It is an error if the gateway stops answering in between.
pub(super) async fn check(client: &AdminClient, is_here: bool) -> anyhow::Result<Vec<DoctorCheck>> {
    let status: StatusView = client.get("/api/v1/status").await?;
    let mut findings = keys::of_gateway(client).await?;
    // A socket may be shared with a container whose folders are not ours.
    let folder = Path::new(&status.data_dir);
    if is_here && folder.exists() {
        findings.push(machine::data_folder(folder));
        findings.extend(machine::record_clock(folder, SystemClock.now()));
    }
    findings.push(match status.disk_free {
        Some(free) => machine::disk(free, status.disk_least),
        None => DoctorCheck::broken("disk", "the gateway cannot measure it"),
    });
    findings.push(record(&status));
    findings.extend(archive(&status));
    findings.push(backup(&status, SystemClock.now()));
    findings.extend(machine::log(status.log_bytes, &status.data_dir));
    findings.extend(notifications(&status, SystemClock.now()));
    findings.extend(machine::warnings(status.warnings.clone()));
    findings.extend(places::check(client).await?);
    let low = low_balances(client).await?;
    findings.extend(low.into_iter().map(|words| DoctorCheck::doubtful("balance", words)));
    findings.extend(whole(client, &status));
    Ok(findings)
}

/// Returns what the gateway says of itself as a whole.
fn whole(client: &AdminClient, status: &StatusView) -> Vec<DoctorCheck> {
    let (at, version) = (client.at(), &status.version);
    let obstacles = status.obstacles.iter();
    let mut findings: Vec<_> =
        obstacles.map(|words| DoctorCheck::broken(WHAT, format!("at {at}: {words}"))).collect();
    findings.extend(status.pauses.iter().map(|one| {
        let (what, remedy) = (pause::sentence(one, SystemClock.now()), pause::remedy(one));
        let words = format!("at {at}: {what}; new calls of it are refused, `{remedy}` ends that");
        DoctorCheck::doubtful(WHAT, words)
    }));
    if findings.is_empty() {
        let words = format!("runs and serves calls: version {version} at {at}");
        findings.push(DoctorCheck::good(WHAT, words));
    }
    findings
}

/// Looks at the size of the record; without a bound nothing is full.
fn record(status: &StatusView) -> DoctorCheck {
    let Some(bytes) = status.record_bytes else {
        return DoctorCheck::broken("record", "the gateway cannot measure it");
    };
    let most = status.record_most;
    let (has, may) = (bytesize::ByteSize(bytes), bytesize::ByteSize(most));
    let Some(for_calls) = size_for_calls(most) else {
        return DoctorCheck::good("record", format!("{has}, no bound"));
    };
    let calls = bytesize::ByteSize(for_calls);
    let words =
        format!("{has} of the {may} that `data.max_size` allows, {calls} of them for calls");
    if bytes >= for_calls {
        let advice = "calls are refused: move older records into segments with `ideogate audit archive`, or \
                      raise it";
        DoctorCheck::broken("record", format!("{words}: it is full, {advice}"))
    } else if bytes.saturating_mul(100) / for_calls.max(1) >= NEARLY_FULL {
        DoctorCheck::doubtful("record", format!("{words}: calls are refused when it is full"))
    } else {
        DoctorCheck::good("record", words)
    }
}

/// Looks at what became of old records; where none left the database and nothing is wrong there is nothing to
/// find.
fn archive(status: &StatusView) -> Vec<DoctorCheck> {
    const ARCHIVE: &str = "archive";
    let mut found = Vec::new();
    if let Some(words) = &status.archive_failed {
        let words = format!("old records are not moved, they stay in the database: {words}");
        found.push(DoctorCheck::broken(ARCHIVE, words));
    }
    if let Some(words) = &status.archive_held_back {
        found.push(DoctorCheck::doubtful(ARCHIVE, format!("records are held back {words}")));
    }
    if status.keeps_size {
        let words = "the database is of an older version and too large to be rewritten at a start: what leaves \
                     it is room for what comes, but its file does not become smaller";
        found.push(DoctorCheck::doubtful(ARCHIVE, words));
    }
    if status.segments > 0 {
        let size = bytesize::ByteSize(status.segment_bytes);
        let count = counted(status.segments, "segment");
        let first = status.record_first;
        let words = format!("{count} of {size}; the database begins with record {first}");
        found.push(DoctorCheck::good(ARCHIVE, words));
    }
    found
}

/// Looks how old the last backup is. Without one it is not broken: the disk may be copied otherwise.
fn backup(status: &StatusView, now: Timestamp) -> DoctorCheck {
    let Some(made_at) = status.last_backup else {
        let words =
            "there is none yet: `ideogate backup --to FILE` makes one while the gateway serves";
        return DoctorCheck::doubtful("backup", words);
    };
    let words = format!("the last one that was kept is of {made_at}");
    if now.since(made_at) > OLD_BACKUP {
        DoctorCheck::doubtful("backup", format!("{words}: what came since is in none"))
    } else {
        DoctorCheck::good("backup", words)
    }
}

/// Looks whether those who are to be told are told. A receiver that is just being restarted is no finding.
fn notifications(status: &StatusView, now: Timestamp) -> Option<DoctorCheck> {
    let standing = status.notify.as_ref()?;
    let waiting = standing.waiting;
    let Some(since) = standing.failing_since.filter(|since| now.since(*since) > FAILING) else {
        return Some(DoctorCheck::good("notifications", format!("{waiting} wait to be delivered")));
    };
    let words =
        format!("no try succeeds since {since}, and {waiting} wait; see the log for the reason");
    Some(DoctorCheck::doubtful("notifications", words))
}

#[cfg(test)]
mod tests {
    use super::{super::finding::CheckMark, *};
    use crate::domain::GrowthLimit;

    fn mark(bytes: Option<u64>, most: u64) -> CheckMark {
        let status = StatusView {
            version: "1".to_owned(),
            obstacles: Vec::new(),
            warnings: Vec::new(),
            paused: false,
            pauses: Vec::new(),
            draining: false,
            price_version: String::new(),
            data_dir: "/data".to_owned(),
            disk_free: None,
            disk_least: 0,
            record_bytes: bytes,
            log_bytes: 0,
            record_most: most,
            record_first: 1,
            segments: 0,
            segment_bytes: 0,
            archive_failed: None,
            last_backup: None,
            archive_held_back: None,
            keeps_size: false,
            record_room: None,
            notify: None,
        };
        record(&status).mark
    }

    #[test]
    fn a_record_that_fills_up_is_found_before_it_is_full() {
        // A bound of which calls may use a hundred bytes.
        let most = GrowthLimit::Calls.kept_back() + 100;
        assert_eq!(mark(Some(79), most), CheckMark::Good);
        assert_eq!(mark(Some(80), most), CheckMark::Doubtful);
        assert_eq!(mark(Some(100), most), CheckMark::Broken);
        assert_eq!((mark(Some(1 << 40), 0), mark(None, 0)), (CheckMark::Good, CheckMark::Broken));
    }
}
