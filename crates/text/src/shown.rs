//! Text of a story as it may leave the program: nothing in it does anything to a terminal, a line or a parser.
//!
//! It takes words and gives words; what was unsafe becomes a visible stand-in, or in JSON its escaped form.

/// Text of a story as it may go to a terminal: control characters, and marks that turn the direction of writing or hide
/// words, become visible stand-ins, so that no story can move the cursor.
pub fn shown(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') || !is_unsafe(c) { c } else { '\u{fffd}' }).collect()
}

/// Whether a character does something to a terminal instead of standing in it.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
}

/// JSON with the characters that would do something to a terminal in their escaped form, which means the same.
pub fn safe_json(line: String) -> String {
    if line.is_ascii() && !line.contains('\x7f') || !line.chars().any(is_unsafe) {
        return line;
    }
    let mut out = String::with_capacity(line.len() + 16);
    for c in line.chars() {
        if is_unsafe(c) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// The same on one line, with single blanks.
pub fn one_line(text: &str) -> String {
    shown(&text.replace('\r', " ")).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_story_moves_the_cursor() {
        assert_eq!(shown("a\u{1b}[2Jb\u{202e}c\rd\n"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\n");
        assert_eq!(one_line("a\n\n b\tc"), "a b c");
    }

    #[test]
    fn escaped_json_means_the_same() {
        let text = "a\u{9b}31m\u{202e}b\u{7f} é \u{e0041}";
        let line = serde_json::to_string(text).expect("a string is JSON");
        let safe = safe_json(line);
        assert!(!safe.chars().any(is_unsafe), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).expect("it is JSON still"), text);
    }
}
