//! Which labels of text mean that its ASCII bytes are ASCII.
//!
//! Clients label a body with their language's default charset and mostly send ASCII under it. What is ASCII
//! is the same under each label that is known here, so that it can be inspected without being converted.

/// How the charset of a label reads bytes. All of these read an ASCII byte that stands alone as that
/// ASCII character; a label that may read it as something else has no place here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-8, under one of its names.
    Utf8,
    /// ASCII, or another charset in which each byte is one character: the structure of a text is the
    /// same as in UTF-8, and only characters beyond ASCII are not.
    OneByte,
    /// A charset in which an ASCII byte may be the second half of a character, but never in a text
    /// that has ASCII bytes alone.
    ManyBytes,
}

impl Charset {
    /// Returns the charset of a label, in any case and with or without the hyphens in it; `None` for
    /// those that are not known to leave ASCII alone, as UTF-16, UTF-7, ISO-2022, EBCDIC, `Shift_JIS`.
    ///
    /// A label longer than 32 bytes is not known. The names are those of IANA's registry of character sets,
    /// and what languages call the same.
    pub(super) fn named(label: &[u8]) -> Option<Self> {
        const LONGEST: usize = 32;
        if label.len() > LONGEST || !label.is_ascii() {
            return None;
        }
        // Languages write one name with and without these.
        let kept = |c: &char| !matches!(c, '-' | '_' | '.' | ':');
        let bare: String =
            label.iter().map(|b| char::from(b.to_ascii_lowercase())).filter(kept).collect();
        match &*bare {
            "utf8" | "csutf8" | "unicode11utf8" => Some(Self::Utf8),
            ascii if is_ascii(ascii) => Some(Self::OneByte),
            one if is_one_byte(one) => Some(Self::OneByte),
            many if is_many_bytes(many) => Some(Self::ManyBytes),
            _ => None,
        }
    }
}

/// Says whether a name, in lower case and without hyphens, is one of ASCII.
fn is_ascii(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "ascii",
        "usascii",
        "csascii",
        "ansix341968",
        "ansix341986",
        "iso646us",
        "iso646irv1991",
        "cp367",
        "ibm367",
    ];
    NAMES.contains(&name)
}

/// Says whether a name is one of a charset in which each byte is one character and ASCII stays itself.
fn is_one_byte(name: &str) -> bool {
    const NAMES: [&str; 10] = [
        "88591",
        "iso885911987",
        "isoir100",
        "csisolatin1",
        "cp819",
        "ibm819",
        "ansi1252",
        "koi8r",
        "koi8u",
        "tis620",
    ];
    let number = |prefixes: &[&str]| {
        let rest = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix));
        // A sign or a leading zero is in nobody's label.
        rest.filter(|rest| rest.starts_with(|c: char| matches!(c, '1'..='9')))
            .and_then(|rest| rest.parse::<u32>().ok())
    };
    NAMES.contains(&name)
        // There is no part 12: it was given up before it was a standard.
        || number(&["iso8859"]).is_some_and(|part| matches!(part, 1..=11 | 13..=16))
        || number(&["latin", "l"]).is_some_and(|part| matches!(part, 1..=10))
        || number(&["windows", "cp", "xcp"]).is_some_and(|page| matches!(page, 1250..=1258))
}

/// Says whether a name is one of a charset in which a byte below 128 may be a later byte of a character, but
/// never the first of several.
fn is_many_bytes(name: &str) -> bool {
    const NAMES: [&str; 13] = [
        "gbk",
        "xgbk",
        "gb2312",
        "gb18030",
        "euccn",
        "cp936",
        "ms936",
        "big5",
        "big5hkscs",
        "euckr",
        "ksc56011987",
        "eucjp",
        "euctw",
    ];
    NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::Charset::{self, ManyBytes, OneByte, Utf8};

    #[test]
    fn a_label_is_known_under_its_aliases() {
        for (labels, charset) in [
            ("utf-8 UTF-8 utf8 UTF8 Utf_8", Some(Utf8)),
            ("us-ascii US-ASCII ascii ANSI_X3.4-1968 ISO646-US", Some(OneByte)),
            ("iso-8859-1 ISO8859_1 ISO_8859-1:1987 latin1 Latin-1 l1 cp819", Some(OneByte)),
            ("iso-8859-15 iso-8859-2 latin9 windows-1252 Cp1252 cp1250 KOI8-R", Some(OneByte)),
            ("GBK gb2312 GB18030 Big5 EUC-KR euc-jp", Some(ManyBytes)),
            ("utf-16 UTF-16LE utf16 utf-32 ucs-2 utf-7 unicode-1-1-utf-7 utf-8-sig", None),
            ("ebcdic cp037 ibm037 cp1140 ibm500 iso-2022-jp iso-2022-kr hz-gb-2312 hz", None),
            ("shift_jis windows-31j ms932 cp864 viscii johab iso-ir-4 iso646-de us", None),
            (
                "iso-8859-0 iso-8859-12 iso-8859-17 iso-8859-01 iso-8859-+1 windows-1259 l latin",
                None,
            ),
            ("ut\\f-8 utf8x x-user-defined binary none", None),
        ] {
            for label in labels.split(' ') {
                assert_eq!(Charset::named(label.as_bytes()), charset, "{label}");
            }
        }
        for label in ["", " utf-8", "utf 8", "ü", &"-utf8".repeat(9), "utf-8\0"] {
            assert_eq!(Charset::named(label.as_bytes()), None, "{label:?}");
        }
    }
}
