//! Answers written out: a table that fits the terminal, CSV, JSON with typed values.

use std::io::Write;

use query::{Answer, Cell, Kind};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::ask_args::AnswerFormat;
use crate::output::{self, one_line};

/// The least width that a column of a table is squeezed to.
const LEAST: usize = 4;

/// Writes an answer to standard output.
pub(crate) fn write(answer: &Answer, format: AnswerFormat) -> std::io::Result<()> {
    let mut out = output::stdout();
    match format {
        AnswerFormat::Table => out.write_all(tabular(answer, output::width()).as_bytes())?,
        AnswerFormat::Csv => out.write_all(answer.csv().as_bytes())?,
        AnswerFormat::Jsonl => {
            for row in answer.json_rows() {
                writeln!(out, "{row}")?;
            }
        }
        AnswerFormat::Json => writeln!(out, "[{}]", answer.json_rows().collect::<Vec<_>>().join(",\n "))?,
    }
    out.flush()
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => one_line(text),
        Cell::Integer(n) => n.to_string(),
        Cell::Real(x) => x.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Missing => String::new(),
    }
}

/// The columns for people, squeezed until a line fits; the widest give way first.
fn tabular(answer: &Answer, width: usize) -> String {
    let shown: Vec<usize> = (0..answer.columns.len()).filter(|&idx| answer.columns[idx].shown).collect();
    let mut lines = vec![shown.iter().map(|&idx| one_line(&answer.columns[idx].name)).collect::<Vec<_>>()];
    lines.extend(answer.rows.iter().map(|row| shown.iter().map(|&idx| plain(&row[idx])).collect()));
    let mut widths: Vec<usize> =
        (0..shown.len()).map(|idx| lines.iter().map(|line| line[idx].width()).max().unwrap_or(0)).collect();
    let room = width.saturating_sub(2 * shown.len().saturating_sub(1));
    // A day that is cut says nothing.
    let is_day = |idx: usize| answer.columns[shown[idx]].kind == Kind::Day;
    while widths.iter().sum::<usize>() > room {
        let words = widths.iter_mut().enumerate().filter(|(idx, _)| !is_day(*idx)).map(|(_, width)| width);
        match words.max() {
            Some(widest) if *widest > LEAST => *widest -= 1,
            _ => break,
        }
    }
    let mut out = String::new();
    for line in &lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(text, &width)| fitted(text, width)).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

/// Text in exactly so many columns, cut with … where it is longer.
fn fitted(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let is_cut = text.width() > width;
    for c in text.chars() {
        let more = c.width().unwrap_or(0);
        if used + more + usize::from(is_cut) > width {
            break;
        }
        out.push(c);
        used += more;
    }
    if is_cut {
        out.push('…');
        used += 1;
    }
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cut_to_their_width() {
        assert_eq!(fitted("abc", 5), "abc  ");
        assert_eq!(fitted("abcdef", 5), "abcd…");
        assert_eq!(fitted("大使館大使館", 6), "大使… ");
    }
}
