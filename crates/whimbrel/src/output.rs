//! Standard output and standard error: data on the one, messages on the other.

use std::io::{BufWriter, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::args::Color;

/// Standard output, buffered.
pub(crate) fn stdout() -> BufWriter<std::io::StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, std::io::stdout().lock())
}

/// Whether standard output is a terminal.
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether the last line of standard error is a progress line, which the next message takes the place of.
static HOLDS_PROGRESS: AtomicBool = AtomicBool::new(false);

/// Writes a message to standard error; what cannot be written there is lost.
pub(crate) fn message(text: &str) {
    let mut stderr = std::io::stderr().lock();
    if HOLDS_PROGRESS.swap(false, Ordering::Relaxed) {
        let _ = write!(stderr, "\r\x1b[K");
    }
    let _ = writeln!(stderr, "{}", shown(text));
}

/// Writes a line that the next one takes the place of, on a terminal.
pub(crate) fn progress_line(text: &str) {
    let mut stderr = std::io::stderr().lock();
    HOLDS_PROGRESS.store(true, Ordering::Relaxed);
    let _ = write!(stderr, "\r\x1b[K{text}").and_then(|()| stderr.flush());
}

/// Removes such a line.
pub(crate) fn end_progress_line() {
    if HOLDS_PROGRESS.swap(false, Ordering::Relaxed) {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
    }
}

/// Whether to colour standard output.
pub(crate) fn use_color(color: Color) -> bool {
    let wanted = || {
        std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
    };
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal() && wanted(),
    }
}

/// The width to wrap to.
pub(crate) fn width() -> usize {
    let columns = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    columns.clamp(40, 110)
}

/// Whether an error only says that nobody reads the output any more.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Text of a story as it may go to a terminal: control characters, and marks that turn the direction of writing or hide
/// words, become visible stand-ins, so that no story can move the cursor.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') || !is_unsafe(c) { c } else { '\u{fffd}' }).collect()
}

/// Whether a character does something to a terminal instead of standing in it.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
}

/// JSON with the characters that would do something to a terminal in their escaped form, which means the same.
pub(crate) fn safe_json(line: String) -> String {
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

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
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
