//! Names of files in the archive folder.

/// What the name of a segment ends with.
const ENDING: &str = ".jsonl.zst";

/// What the name of an unfinished segment ends with.
const PART: &str = ".part";

/// The numbers of the first and last record, as the name of a file says them; `None` for other files.
pub(super) fn numbers(name: &str) -> Option<(u64, u64)> {
    let (first, last) = name.strip_suffix(ENDING)?.split_once('-')?;
    let number = |text: &str| {
        let is_number = text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten()
    };
    Some((number(first)?, number(last)?))
}

/// Returns the name of a segment of a log while it is written. The end of the log's name is in it, so that
/// two gateways that share a folder by mistake do not take each other's away.
pub(super) fn part(name: &str, log: &str) -> String {
    format!("{name}.{}{PART}", short(log))
}

/// Says whether a file is what a crash left of a segment of this log.
pub(super) fn is_part(name: &str, log: &str) -> bool {
    let stem = name.strip_suffix(PART).and_then(|stem| stem.strip_suffix(short(log)));
    stem.and_then(|stem| stem.strip_suffix('.')).and_then(numbers).is_some()
}

fn short(log: &str) -> &str {
    let name = log.rsplit('/').next().unwrap_or(log);
    name.get(..8).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::segment_name;

    #[test]
    fn a_name_says_its_numbers_and_whose_part_it_is() {
        assert_eq!(segment_name(1, 52_341), "000000000001-000000052341.jsonl.zst");
        assert_eq!(numbers("000000000001-000000052341.jsonl.zst"), Some((1, 52_341)));
        for other in ["1-2.jsonl.zst", "000000000001-000000000002.jsonl", "ideogate.archive", "-"] {
            assert_eq!(numbers(other), None, "{other}");
        }
        let name = segment_name(1, 2);
        let own = part(&name, "ideogate.audit/0123456789abcdef");
        assert_eq!(own, "000000000001-000000000002.jsonl.zst.01234567.part");
        assert!(is_part(&own, "ideogate.audit/0123456789abcdef"));
        assert!(!is_part(&own, "ideogate.audit/ffff456789abcdef"), "another gateway's");
        assert!(!is_part(&name, "ideogate.audit/0123456789abcdef"));
    }
}
