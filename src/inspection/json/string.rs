//! The strings of a JSON document.

use super::lexer::Lexer;
use crate::inspection::{InspectionError, kept::BoundedBuffer};
use std::io::BufRead;

/// A byte that stands for itself: printable ASCII but for the quote and the backslash.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

impl<R: BufRead> Lexer<'_, R> {
    /// Reads a string. What is kept is kept without its escapes, and must then be proper Unicode;
    /// a lone surrogate in a string that nobody asked for is the client's own affair.
    ///
    /// Control characters and bytes that are no UTF-8 are refused in every string, kept or not.
    pub(super) fn string(
        &mut self,
        mut kept: Option<&mut BoundedBuffer>,
    ) -> Result<(), InspectionError> {
        if self.next()? != b'"' {
            return Err(self.invalid());
        }
        self.is_beyond_ascii = false;
        loop {
            let window = self.window()?;
            let plain = window.iter().take_while(|byte| is_plain(**byte)).count();
            if let Some(kept) = &mut kept {
                kept.add(&window[..plain]);
            }
            let end = window.get(plain).copied();
            let is_over = window.is_empty();
            self.skip(plain);
            match end {
                Some(b'"') => {
                    self.skip(1);
                    return Ok(());
                }
                Some(b'\\') => self.escape(&mut kept)?,
                Some(byte) if byte < 0x80 => return Err(self.error("has a control character")),
                Some(_) => self.multibyte(&mut kept)?,
                None if is_over => return Err(self.error("is JSON that ends too early")),
                None => {}
            }
        }
    }

    /// Reads a character of two to four bytes.
    fn multibyte(&mut self, kept: &mut Option<&mut BoundedBuffer>) -> Result<(), InspectionError> {
        self.is_beyond_ascii = true;
        let mut bytes = [self.next()?, 0, 0, 0];
        let len = match bytes[0] {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return Err(self.error("is not UTF-8")),
        };
        for byte in &mut bytes[1..len] {
            *byte = self.next()?;
        }
        if std::str::from_utf8(&bytes[..len]).is_err() {
            return Err(self.error("is not UTF-8"));
        }
        if let Some(kept) = kept {
            kept.add(&bytes[..len]);
        }
        Ok(())
    }

    /// Reads what follows a backslash.
    fn escape(&mut self, kept: &mut Option<&mut BoundedBuffer>) -> Result<(), InspectionError> {
        self.skip(1);
        let character = match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => match kept {
                Some(_) => self.character()?,
                // What is not kept is not decoded, so that half a pair in it is let pass.
                None => return self.unit().map(drop),
            },
            _ => return Err(self.invalid()),
        };
        if let Some(kept) = kept {
            kept.add(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(())
    }

    /// Reads a character whose `\u` was read, and the second half of it that may follow.
    fn character(&mut self) -> Result<char, InspectionError> {
        let first = self.unit()?;
        let is_pair = matches!(first, 0xd800..=0xdbff);
        let second = match is_pair {
            true if self.next()? == b'\\' && self.next()? == b'u' => Some(self.unit()?),
            true => return Err(self.error("has half a surrogate pair")),
            false => None,
        };
        let mut decoded = char::decode_utf16([first].into_iter().chain(second));
        match (decoded.next(), decoded.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(self.error("has half a surrogate pair")),
        }
    }

    /// Reads the four hexadecimal digits of a `\u` escape.
    fn unit(&mut self) -> Result<u16, InspectionError> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = char::from(self.next()?).to_digit(16);
            let digit = digit.and_then(|digit| u16::try_from(digit).ok());
            unit = unit << 4 | digit.ok_or_else(|| self.invalid())?;
        }
        Ok(unit)
    }
}
