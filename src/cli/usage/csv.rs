//! Sums as a table for spreadsheets.

use crate::{admin::UsageView, domain::hides};
use std::fmt::Write;

/// Returns a header and a line for each sum.
///
/// The columns stay as they are, and amounts are in dollars.
pub(super) fn render(lines: &[UsageView]) -> String {
    let mut text = "key,name,calls,images,cost_usd,reserved_usd,reads\n".to_owned();
    for UsageView { key, name, calls, images, cost_usd, reserved_usd, reads } in lines {
        let (key, name) = (quoted(key), quoted(name.as_deref().unwrap_or_default()));
        // Writing to a string cannot fail.
        writeln!(text, "{key},{name},{calls},{images},{cost_usd},{reserved_usd},{reads}").ok();
    }
    text
}

/// Models and users are named by clients: what a spreadsheet could take for a formula is kept a text.
///
/// Quotes are doubled (RFC 4180), and what does not show is left out.
fn quoted(key: &str) -> String {
    let key: String = key.chars().filter(|character| !hides(*character)).collect();
    // A quote alone does not stop a spreadsheet from counting: it takes the quotes away first.
    let sign = if key.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if sign.is_empty() && !key.contains([',', '"']) {
        return key;
    }
    format!("\"{sign}{}\"", key.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Usd;

    #[test]
    fn what_clients_named_cannot_break_the_table_or_run_in_it() {
        let keys = ["prod", "a,b", "say \"hi\"", "=HYPERLINK(1)", "two\nlines"];
        let line = |key: &str| UsageView {
            key: key.to_owned(),
            name: Some(key.to_owned()),
            calls: 2,
            images: 3,
            cost_usd: Usd::from_micros(1_800_000),
            reserved_usd: Usd::ZERO,
            reads: 4,
        };
        let lines: Vec<_> = keys.into_iter().map(line).collect();
        insta::assert_snapshot!(render(&lines), @r#"
        key,name,calls,images,cost_usd,reserved_usd,reads
        prod,prod,2,3,1.80,0.00,4
        "a,b","a,b",2,3,1.80,0.00,4
        "say ""hi""","say ""hi""",2,3,1.80,0.00,4
        "'=HYPERLINK(1)","'=HYPERLINK(1)",2,3,1.80,0.00,4
        twolines,twolines,2,3,1.80,0.00,4
        "#);
    }
}
