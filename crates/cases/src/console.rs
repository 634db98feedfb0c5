//! Commands of a page with what they print, run by a shell.
//!
//! A `console` block holds commands behind `$ `, each followed by its further lines behind `> ` and by its output, messages
//! included. A line `…` stands for any lines, `[…]` within a line for any words. A command that fails ends its output with `[exit code N]`. Ends of lines are
//! trimmed, and nothing else is touched.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What stands for any lines of an output.
const ANY: &str = "…";

/// What stands for any words within a line.
const WORDS: &str = "[…]";

/// A shell in a folder, in which a program is found by its name.
#[derive(Debug)]
pub struct Console {
    folder: PathBuf,
    path: std::ffi::OsString,
    // What pages call something that has another name when the test runs, with that name.
    names: Vec<(String, String)>,
}

impl Console {
    /// A shell that works in `folder` and finds `program` by its name.
    ///
    /// # Panics
    /// When the program lies in no folder.
    pub fn new(folder: &Path, program: &Path) -> Self {
        let mut path = program.parent().expect("a program lies in a folder").as_os_str().to_owned();
        if let Some(known) = std::env::var_os("PATH") {
            path.push(":");
            path.push(known);
        }
        Self { folder: folder.to_path_buf(), path, names: Vec::new() }
    }

    /// Runs commands with `real` where a page shows `shown`, and shows it in what they print.
    #[must_use]
    pub fn calling(mut self, shown: &str, real: &str) -> Self {
        self.names.push((shown.to_owned(), real.to_owned()));
        self
    }

    /// Runs the commands of a block; gives the block as it should be.
    ///
    /// # Panics
    /// When the block begins with something else than a command, or there is no shell.
    pub fn run(&self, block: &str) -> String {
        let mut found = String::with_capacity(block.len());
        let mut lines = block.lines().peekable();
        while let Some(line) = lines.next() {
            let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("`{line}` is no command; commands begin with `$ `"));
            let mut command = command.to_owned();
            let _ = writeln!(found, "{line}");
            while let Some(more) = lines.next_if(|line| line.starts_with("> ") || *line == ">") {
                let _ = writeln!(found, "{more}");
                command.push('\n');
                command.push_str(more.strip_prefix("> ").unwrap_or(""));
            }
            let mut expected = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                expected.push(line);
            }
            let printed = self.printed(&command);
            let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
            for line in settled(&expected, &printed) {
                let _ = writeln!(found, "{line}");
            }
        }
        found
    }

    fn printed(&self, command: &str) -> String {
        let command = self.names.iter().fold(command.to_owned(), |command, (shown, real)| command.replace(shown, real));
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("exec 2>&1\n{command}"))
            .current_dir(&self.folder)
            .env("PATH", &self.path)
            .envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC")])
            .env_remove("COLUMNS")
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .output()
            .expect("there is a shell");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut printed = self.names.iter().rev().fold(printed, |printed, (shown, real)| printed.replace(real, shown));
        if !output.status.success() {
            if !printed.is_empty() && !printed.ends_with('\n') {
                printed.push('\n');
            }
            let code = output.status.code().map_or_else(|| "none".to_owned(), |code| code.to_string());
            let _ = writeln!(printed, "[exit code {code}]");
        }
        printed
    }
}

/// The output as it should stand in the page: as it stands where that is right, shortened as it was where it is not.
fn settled<'a>(expected: &[&'a str], printed: &[&'a str]) -> Vec<&'a str> {
    if fits(expected, printed) {
        return expected.to_vec();
    }
    match expected.iter().position(|line| *line == ANY) {
        Some(n_shown) if n_shown + 1 == expected.len() && n_shown < printed.len() => {
            printed[..n_shown].iter().copied().chain([ANY]).collect()
        }
        // Lines with words left out stay as they are where they fit.
        _ => {
            let as_shown = |line: &&'a str| *expected.iter().find(|shown| shown.contains(WORDS) && is_same(shown, line)).unwrap_or(line);
            printed.iter().map(as_shown).collect()
        }
    }
}

/// Whether a printed line is what a page shows.
fn is_same(shown: &str, printed: &str) -> bool {
    match shown.split_once(WORDS) {
        None => shown == printed,
        Some((before, after)) => printed.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| is_same(after, &rest[at..]))
        }),
    }
}

fn fits(expected: &[&str], printed: &[&str]) -> bool {
    match expected {
        [] => printed.is_empty(),
        [first, rest @ ..] if *first == ANY => (0..=printed.len()).any(|n_skipped| fits(rest, &printed[n_skipped..])),
        [first, rest @ ..] => printed.first().is_some_and(|line| is_same(first, line)) && fits(rest, &printed[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_compared_line_by_line() {
        for (expected, printed, fitting) in [
            (&["a", "b"][..], &["a", "b"][..], true),
            (&["a"], &["a", "b"], false),
            (&["a", ANY], &["a"], true),
            (&["a", ANY, "d"], &["a", "b", "c", "d"], true),
            (&["a", ANY, "d"], &["a", "b", "c"], false),
            (&[], &["a"], false),
            (&["next in […] min"], &["next in 14 min"], true),
            (&["next in […] min"], &["next in 2 h"], false),
        ] {
            assert_eq!(fits(expected, printed), fitting, "{expected:?} {printed:?}");
        }
        assert_eq!(settled(&["old", ANY], &["new", "more", "and more"]), ["new", ANY]);
        assert_eq!(settled(&["in […] s", "old"], &["in 5 s", "new"]), ["in […] s", "new"]);
        assert_eq!(settled(&["old", ANY, "end"], &["new", "end"]), ["new", "end"]);
    }

    #[cfg(unix)]
    #[test]
    fn commands_run_in_their_folder() {
        let console = Console::new(&std::env::temp_dir(), Path::new("/bin/sh"));
        let block = "$ cat <<'END'\n> one\n>\n> two\n> END\nwrong\n$ echo no >&2; exit 3\n";
        assert_eq!(
            console.run(block),
            "$ cat <<'END'\n> one\n>\n> two\n> END\none\n\ntwo\n$ echo no >&2; exit 3\nno\n[exit code 3]\n"
        );
    }
}
