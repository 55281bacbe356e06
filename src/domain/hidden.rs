//! Characters that people do not see, or that make them see something else.

/// What is told of a text that [`hides`] finds something in.
pub const HIDDEN_WORDS: &str = "has characters that do not show, or that turn the order of others";

/// Says whether a character does not show, steers what shows it, or turns the order of others
/// around: text with it is not what it looks like. Accents and the first sixteen variation
/// selectors are not meant: people and their emoji are written with them.
pub fn hides(character: char) -> bool {
    character.is_control() || is_format(character) || is_blank_letter(character)
}

/// The characters that Unicode calls format characters, and those that end lines and paragraphs.
fn is_format(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Letters and signs that look like nothing at all.
fn is_blank_letter(character: char) -> bool {
    matches!(
        character,
        '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{ffa0}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_or_hides_is_found_and_what_people_write_is_not() {
        for character in [
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{200b}',
            '\u{feff}',
            '\u{1b}',
            '\n',
            '\u{e0041}',
            '\u{3164}',
        ] {
            assert!(hides(character), "{character:?}");
        }
        for character in "Zoë Ångström 東京 مريم 🦊️ a-b_c.d (é)".chars() {
            assert!(!hides(character), "{character:?}");
        }
    }
}
