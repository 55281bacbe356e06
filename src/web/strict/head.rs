//! Whether a complete head can be read in one way only.

use super::{
    ProtocolFault,
    target::{RequestLine, check_request_line, is_host, is_token},
};

/// How long the body after a head is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// That many bytes, maybe none.
    Sized(u64),
    /// As long as its chunks say.
    Chunked,
}

/// The fields that decide how a request is read.
#[derive(Debug, Default)]
struct Deciding<'head> {
    host: Option<&'head [u8]>,
    length: Option<u64>,
    is_chunked: bool,
}

/// Checks a head from its request line to its empty line, and returns how its body is framed.
///
/// Each line must end in CR LF; whoever found the end of the head saw to that.
pub(super) fn check_head(head: &[u8]) -> Result<Framing, ProtocolFault> {
    let mut lines = head.split(|byte| *byte == b'\n').map(without_return);
    let request_line = lines.next().unwrap_or_default();
    let line = check_request_line(whole(request_line)?)?;
    let mut deciding = Deciding::default();
    for field in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = check_field(whole(field)?)?;
        deciding.see(name, value)?;
    }
    deciding.settle(&line)
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn whole(line: &[u8]) -> Result<&[u8], ProtocolFault> {
    if memchr::memchr(b'\r', line).is_some() { Err(ProtocolFault::BareReturn) } else { Ok(line) }
}

fn check_field(line: &[u8]) -> Result<(&[u8], &[u8]), ProtocolFault> {
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return Err(ProtocolFault::Folded);
    }
    let colon = memchr::memchr(b':', line).ok_or(ProtocolFault::FieldName)?;
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
        return Err(ProtocolFault::FieldName);
    }
    // Looked at untrimmed: `trim_ascii` also takes away a form feed, which other readers keep.
    if !line[colon + 1..].iter().all(|byte| is_text(*byte)) {
        return Err(ProtocolFault::FieldValue);
    }
    Ok((name, value))
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

/// Some HTTP libraries offer HTTP/2 in clear with every request and are content without it; all
/// other protocols are asked for by somebody who will not be.
fn see_upgrade(value: &[u8]) -> Result<(), ProtocolFault> {
    if value.eq_ignore_ascii_case(b"h2c") { Ok(()) } else { Err(ProtocolFault::Upgrade) }
}

impl<'head> Deciding<'head> {
    fn see(&mut self, name: &[u8], value: &'head [u8]) -> Result<(), ProtocolFault> {
        // The length of the name rules out most fields before any comparison.
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => self.see_host(value),
            14 if name.eq_ignore_ascii_case(b"content-length") => self.see_length(value),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => self.see_encoding(value),
            7 if name.eq_ignore_ascii_case(b"upgrade") => see_upgrade(value),
            6 if name.eq_ignore_ascii_case(b"expect") => see_expectation(value),
            _ => Ok(()),
        }
    }

    fn see_host(&mut self, value: &'head [u8]) -> Result<(), ProtocolFault> {
        if self.host.replace(value).is_some() {
            return Err(ProtocolFault::HostRepeated);
        }
        if value.is_empty() || is_host(value) { Ok(()) } else { Err(ProtocolFault::HostMalformed) }
    }

    fn see_length(&mut self, value: &[u8]) -> Result<(), ProtocolFault> {
        // `parse` alone would take a `+` in front.
        let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let number = str::from_utf8(value).ok().filter(|_| is_number);
        // Above half the range hyper takes a length for a mark of its own.
        let number = number.and_then(|text| text.parse::<u64>().ok()).filter(|n| *n < 1 << 62);
        if self.length.replace(number.ok_or(ProtocolFault::LengthMalformed)?).is_some() {
            // Equal ones, too, though RFC 9110, 8.6, lets a recipient merge them: that some readers do and others
            // take one of the two is what smuggling lives on.
            return Err(ProtocolFault::LengthRepeated);
        }
        Ok(())
    }

    fn see_encoding(&mut self, value: &[u8]) -> Result<(), ProtocolFault> {
        // Hyper looks at the last coding only: of `gzip, chunked` it would pass compressed bytes as the body.
        if self.is_chunked || !value.eq_ignore_ascii_case(b"chunked") {
            return Err(ProtocolFault::Encoding);
        }
        self.is_chunked = true;
        Ok(())
    }

    /// Returns the host, which balancers leave out when they ask how the gateway is: with HTTP/1.0
    /// the field, with HTTP/1.1 its value. Both are lawful, and nothing else can come of them.
    fn named_host(&self, line: &RequestLine<'_>) -> Result<&'head [u8], ProtocolFault> {
        match self.host {
            None if line.is_probe && line.is_old => Ok(b""),
            None => Err(ProtocolFault::HostMissing),
            Some(b"") if !line.is_probe => Err(ProtocolFault::HostMalformed),
            Some(host) => Ok(host),
        }
    }

    fn settle(self, line: &RequestLine<'_>) -> Result<Framing, ProtocolFault> {
        let host = self.named_host(line)?;
        // RFC 9112, 3.2.2, would have `Host` ignored then. A proxy before us may have gone by it.
        if line.authority.is_some_and(|authority| !authority.eq_ignore_ascii_case(host)) {
            return Err(ProtocolFault::TargetElsewhere);
        }
        match (self.length, self.is_chunked) {
            // RFC 9112, 6.3, lets the encoding win, and hyper drops the length without a word. A reader before
            // us that goes by the length ends the request elsewhere.
            (Some(_), true) => Err(ProtocolFault::LengthAndEncoding),
            (None, true) if line.is_old => Err(ProtocolFault::Encoding),
            (None, true) => Ok(Framing::Chunked),
            (length, false) => Ok(Framing::Sized(length.unwrap_or(0))),
        }
    }
}

fn see_expectation(value: &[u8]) -> Result<(), ProtocolFault> {
    if value.eq_ignore_ascii_case(b"100-continue") {
        Ok(())
    } else {
        Err(ProtocolFault::Expectation)
    }
}
