//! Spans of time as operators write them: the one place where they are read.

use crate::{domain::Timestamp, tokens::RequestError};
use serde_json::from_value;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// A span of time: from a moment on, up to another that is not in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// Where it begins; `None` means where everything began.
    pub(super) since: Option<Timestamp>,
    /// Where it ends; `None` means now.
    pub(super) until: Option<Timestamp>,
}

/// A moment as it was written.
enum Moment {
    Exact(Timestamp),
    /// A UTC day, by its beginning.
    Day(Timestamp),
}

impl Span {
    /// Reads a span; notes what cannot be read, and a span that holds no time.
    ///
    /// A day as `since` is its beginning, as `until` its end: the day is in the span either way.
    pub(super) fn read(
        since: Option<&str>,
        until: Option<&str>,
        now: Timestamp,
        mistakes: &mut Vec<RequestError>,
    ) -> Self {
        let since = since.and_then(|text| moment("since", text, now, mistakes));
        let until = until.and_then(|text| moment("until", text, now, mistakes));
        let span = Self { since: since.map(Moment::beginning), until: until.map(Moment::end) };
        span.complain_if_empty(now, mistakes);
        span
    }

    /// Reads a UTC day as a span: `2026-11-01`, `today` or `yesterday`.
    pub(super) fn on(text: &str, now: Timestamp, mistakes: &mut Vec<RequestError>) -> Self {
        let day = match text {
            "today" => Some(now.utc_day()),
            "yesterday" => Some(now.utc_day().minus(DAY)),
            text => day(text),
        };
        let Some(day) = day else {
            let problem = format!("'{text}' is neither like 2026-01-31 nor today nor yesterday");
            mistakes.push(mistake("on", &problem));
            return Self::default();
        };
        if day > now {
            mistakes.push(mistake("on", &format!("'{text}' has not begun yet")));
        }
        Self { since: Some(day), until: Some(day.plus(DAY)) }
    }

    fn complain_if_empty(self, now: Timestamp, mistakes: &mut Vec<RequestError>) {
        match self {
            Self { since: Some(since), until: Some(until) } if until <= since => {
                let problem =
                    format!("the span is empty: it ends at {until} and begins at {since}");
                mistakes.push(mistake("until", &problem));
            }
            Self { since: Some(since), .. } if since >= now => {
                let problem = format!("{since} is not in the past, so nothing can be found");
                mistakes.push(mistake("since", &problem));
            }
            _ => {}
        }
    }
}

impl Moment {
    fn beginning(self) -> Timestamp {
        match self {
            Self::Exact(at) | Self::Day(at) => at,
        }
    }

    fn end(self) -> Timestamp {
        match self {
            Self::Exact(at) => at,
            Self::Day(at) => at.plus(DAY),
        }
    }
}

/// Reads a moment: RFC 3339, a UTC day, or how long ago; notes what it cannot read.
fn moment(
    field: &str,
    text: &str,
    now: Timestamp,
    mistakes: &mut Vec<RequestError>,
) -> Option<Moment> {
    let ago = || humantime::parse_duration(text).ok().map(|span| now.minus(span));
    let exact = || from_value(text.into()).ok();
    let moment = ago().or_else(exact).map(Moment::Exact).or_else(|| day(text).map(Moment::Day));
    if moment.is_none() {
        let problem =
            format!("'{text}' is neither like 2026-01-31T12:00:00Z or 2026-01-31 nor like 1h");
        mistakes.push(mistake(field, &problem));
    }
    moment
}

/// Reads a UTC day; `None` for any other text.
pub(super) fn day(text: &str) -> Option<Timestamp> {
    from_value(format!("{text}T00:00:00Z").into()).ok()
}

/// Returns a mistake about a field.
pub(super) fn mistake(field: &str, problem: &str) -> RequestError {
    RequestError { field: field.into(), problem: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2023-11-14T22:13:20Z.
    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    fn read(since: Option<&str>, until: Option<&str>) -> Result<(String, String), String> {
        let mut mistakes = Vec::new();
        let span = Span::read(since, until, NOW, &mut mistakes);
        let shown = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| at.to_string());
        match mistakes.first() {
            None => Ok((shown(span.since), shown(span.until))),
            Some(first) => Err(format!("{}: {}", first.field, first.problem)),
        }
    }

    #[test]
    fn days_are_in_the_span_and_exact_moments_are_kept() {
        let span = read(Some("2023-11-01"), Some("2023-11-01")).unwrap();
        assert_eq!(span.0, "2023-11-01T00:00:00.000000Z");
        assert_eq!(span.1, "2023-11-02T00:00:00.000000Z");
        let exact = read(Some("2023-11-01T00:00:00Z"), Some("2023-11-01T00:00:01Z")).unwrap();
        assert_eq!(exact.1, "2023-11-01T00:00:01.000000Z");
        assert_eq!(read(None, None).unwrap(), ("-".to_owned(), "-".to_owned()));
        assert_eq!(read(Some("1h"), None).unwrap().0, "2023-11-14T21:13:20.000000Z");
    }

    #[test]
    fn a_span_that_holds_no_time_is_refused() {
        let reversed = read(Some("1h"), Some("2h")).unwrap_err();
        assert!(reversed.starts_with("until: the span is empty"), "{reversed}");
        read(Some("2023-11-02"), Some("2023-11-01")).unwrap_err();
        read(Some("2023-11-01T00:00:00Z"), Some("2023-11-01T00:00:00Z")).unwrap_err();
        let future = read(Some("2023-11-15"), None).unwrap_err();
        assert!(future.starts_with("since: 2023-11-15T00"), "{future}");
        read(Some("0s"), None).unwrap_err();
        assert!(read(Some("soon"), None).unwrap_err().starts_with("since: 'soon'"));
    }

    #[test]
    fn one_day_is_a_span_of_its_own() {
        let on = |text| {
            let mut mistakes = Vec::new();
            let span = Span::on(text, NOW, &mut mistakes);
            mistakes.is_empty().then(|| span.since.unwrap().to_string())
        };
        assert_eq!(on("today").unwrap(), "2023-11-14T00:00:00.000000Z");
        assert_eq!(on("yesterday").unwrap(), "2023-11-13T00:00:00.000000Z");
        assert_eq!(on("2023-10-31").unwrap(), "2023-10-31T00:00:00.000000Z");
        assert_eq!((on("2023-11-15"), on("monday")), (None, None));
    }
}
