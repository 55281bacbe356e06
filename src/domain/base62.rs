//! Numbers written with 62 digits.

use zeroize::Zeroizing;

/// The digits, by value.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Digits that 256 bits take. The largest number of 256 bits has no fewer.
pub(super) const SECRET_DIGITS: usize = 43;

/// Digits that 32 bits take. The largest number of 32 bits has no fewer.
pub(super) const CHECKSUM_DIGITS: usize = 6;

/// Says whether every character of `text` is a digit.
pub(super) fn is_base62(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Writes 256 bits, most significant digit first, leading zeros included. Its own copies are wiped;
/// `text` should have room for all digits, since one that grows leaves copies behind.
pub(super) fn write_secret(bits: &[u8; 32], text: &mut String) {
    let mut number = Zeroizing::new(*bits);
    let mut digits = Zeroizing::new([0_u8; SECRET_DIGITS]);
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::from(divide(&mut number))];
    }
    text.extend(digits.iter().map(|digit| char::from(*digit)));
}

/// Divides a big-endian number by 62 in place and returns the remainder.
fn divide(number: &mut [u8; 32]) -> u8 {
    let mut rest = 0_u16;
    for byte in number {
        let part = (rest << 8) | u16::from(*byte);
        *byte = low_byte(part / 62);
        rest = part % 62;
    }
    low_byte(rest)
}

fn low_byte(number: u16) -> u8 {
    number.to_be_bytes()[1]
}

/// Writes 32 bits, most significant digit first, leading zeros included.
pub(super) fn checksum(mut number: u32) -> [u8; CHECKSUM_DIGITS] {
    let mut digits = [b'0'; CHECKSUM_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bits: [u8; 32]) -> String {
        let mut text = String::new();
        write_secret(&bits, &mut text);
        text
    }

    #[test]
    fn every_number_takes_all_its_digits() {
        assert_eq!(written([0; 32]), "0".repeat(SECRET_DIGITS));
        let mut one = [0; 32];
        one[31] = 62;
        assert_eq!(written(one), format!("{}10", "0".repeat(SECRET_DIGITS - 2)));
        let largest = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";
        assert_eq!(written([0xff; 32]), largest);
    }

    #[test]
    fn a_checksum_is_written_with_six_digits() {
        assert_eq!(&checksum(0), b"000000");
        assert_eq!(&checksum(61), b"00000z");
        assert_eq!(&checksum(62), b"000010");
        assert_eq!(&checksum(u32::MAX), b"4gfFC3");
    }
}
