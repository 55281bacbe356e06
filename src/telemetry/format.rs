//! The formats that metrics come in, and which one a scraper wants.

use std::cmp::Reverse;

/// A format of metrics. Both tell the same series and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricsFormat {
    /// The text format of Prometheus, 0.0.4, which everything that scrapes can read.
    Text,
    /// `OpenMetrics` 1.0.0.
    OpenMetrics,
}

/// How much a format is wanted: the greatest of two wishes is the stronger one.
type Wish = (u16, u8, Reverse<usize>);

impl MetricsFormat {
    /// Returns the format that an `Accept` prefers; the text format when it prefers none. The rules
    /// are those of RFC 9110, section 12.5.1: a range that names more exactly counts, and a quality
    /// of 0 means never. A version that is not spoken here does not match. Nothing fails: what
    /// cannot be read is no wish.
    pub fn preferred(accept: &str) -> Self {
        let [open, text] = [Self::OpenMetrics, Self::Text].map(|format| format.wish(accept));
        // Where both are wanted alike, as by `*/*`, what everything can read is safer.
        if open.is_some_and(|(quality, ..)| quality > 0) && open > text {
            Self::OpenMetrics
        } else {
            Self::Text
        }
    }

    /// Returns the content type. It is what the formats' own specifications ask for.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// Returns `open_metrics` in this format. It must be what the registry wrote, whole.
    pub(super) fn write(self, open_metrics: String) -> String {
        match self {
            Self::Text => plain(&open_metrics),
            Self::OpenMetrics => open_metrics,
        }
    }

    /// Returns what the range that names this format most exactly says of it.
    fn wish(self, accept: &str) -> Option<Wish> {
        let ranges = accept.split(',').enumerate();
        let told = ranges.filter_map(|(at, range)| {
            let (exactness, quality) = self.preference(range)?;
            Some((exactness, quality, at))
        });
        let (exactness, quality, at) =
            told.max_by_key(|(exactness, quality, _)| (*exactness, *quality))?;
        Some((quality, exactness, Reverse(at)))
    }

    /// Returns how exactly a range names this format, and its quality in thousandths. `None` where
    /// the range is about something else, or is no range.
    fn preference(self, range: &str) -> Option<(u8, u16)> {
        let (kind, subkind, version) = match self {
            Self::Text => ("text/plain", "text/*", "0.0.4"),
            Self::OpenMetrics => ("application/openmetrics-text", "application/*", "1.0.0"),
        };
        let mut parts = range.split(';').map(str::trim);
        let exactness = match parts.next()? {
            range if range.eq_ignore_ascii_case(kind) => 3,
            range if range.eq_ignore_ascii_case(subkind) => 2,
            "*/*" => 1,
            _ => return None,
        };
        let mut quality = 1000;
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match name.trim() {
                name if name.eq_ignore_ascii_case("q") => quality = thousandths(value)?,
                // Not a lesser wish: who asks for another version may not be able to read this one.
                name if name.eq_ignore_ascii_case("version") && value != version => return None,
                _ => {}
            }
        }
        Some((exactness, quality))
    }
}

/// Reads a quality as it is written: at most three digits, from 0 to 1. That is a weight as RFC
/// 9110 has it in section 12.4.2; `None` for anything else.
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, digits) = quality.split_once('.').unwrap_or((quality, ""));
    if !matches!(whole, "0" | "1")
        || digits.len() > 3
        || !digits.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    format!("{whole}{digits:0<3}").parse().ok().filter(|quality| *quality <= 1000)
}

/// Returns `OpenMetrics` as the text format of Prometheus: a counter goes by the name of its series,
/// and units and the end are not told. Whatever else begins with a `#` is left out, the end among
/// it.
fn plain(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len());
    let mut help = None;
    for line in open_metrics.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            // Told only with the type that follows, since that decides the name.
            (Some("#"), Some("HELP"), Some(name), about) => help = Some((name, about)),
            (Some("#"), Some("TYPE"), Some(name), Some(kind)) => {
                let total = if kind == "counter" { "_total" } else { "" };
                if let Some((_, about)) = help.take().filter(|(of, _)| *of == name) {
                    let about = about.unwrap_or_default();
                    text.extend(["# HELP ", name, total, " ", about, "\n"]);
                }
                text.extend(["# TYPE ", name, total, " ", kind, "\n"]);
            }
            (Some("#"), ..) => {}
            _ => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::MetricsFormat::{self, OpenMetrics, Text};

    #[test]
    fn the_format_is_the_one_that_is_asked_for() {
        const OPEN: &str = "application/openmetrics-text";
        let prometheus = format!(
            "{OPEN};version=1.0.0;escaping=allow-utf-8;q=0.6,{OPEN};version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        );
        for (accept, expected) in [
            (prometheus.as_str(), OpenMetrics),
            (OPEN, OpenMetrics),
            ("Application/OpenMetrics-Text; Version=\"1.0.0\"", OpenMetrics),
            ("application/*", OpenMetrics),
            ("text/plain;q=0.5, application/openmetrics-text", OpenMetrics),
            ("text/plain;q=0.5, application/openmetrics-text;q=0.501", OpenMetrics),
            ("application/openmetrics-text, text/plain", OpenMetrics),
            ("application/openmetrics-text, */*", OpenMetrics),
            ("text/plain;q=0, */*", OpenMetrics),
            ("text/plain;version=1.0.0, application/openmetrics-text;q=0.1", OpenMetrics),
            ("", Text),
            ("*/*", Text),
            ("text/*, application/*", Text),
            ("text/plain", Text),
            ("text/plain, application/openmetrics-text", Text),
            ("text/plain;version=0.0.4;q=1,*/*;q=0.1", Text),
            ("application/openmetrics-text;q=0.4, text/plain;q=0.5", Text),
            ("application/openmetrics-text;q=0", Text),
            ("application/openmetrics-text;q=0, */*", Text),
            ("application/openmetrics-text;version=0.0.1", Text),
            ("application/openmetrics-text;q=2", Text),
            ("application/openmetrics-text;q=0.5x, text/plain;q=0.1", Text),
            ("application/json", Text),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Text),
        ] {
            assert_eq!(MetricsFormat::preferred(accept), expected, "{accept}");
        }
    }
}
