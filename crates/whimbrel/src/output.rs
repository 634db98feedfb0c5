//! Standard output and standard error: data on the one, messages on the other.

use std::io::{BufWriter, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::args::Color;

pub(crate) use text::{one_line, safe_json, shown};

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
