//! The line that scripts wait for.

/// Where a gateway is, as its `ready` line tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ready {
    pub(crate) proxy: String,
    pub(crate) admin: String,
    pub(crate) socket: String,
}

impl Ready {
    /// Reads the line; nothing may be missing, and nothing be more.
    pub(crate) fn of(line: &str) -> Self {
        let words: Vec<_> = line.split(' ').collect();
        let [ready, proxy, admin, socket] = words[..] else { panic!("{line}") };
        assert_eq!(ready, "ready");
        let value = |word: &str, name: &str| {
            let value = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
            value.unwrap_or_else(|| panic!("{name}: {line}")).to_owned()
        };
        Self {
            proxy: value(proxy, "proxy"),
            admin: value(admin, "admin"),
            socket: value(socket, "socket"),
        }
    }
}
