//! TSV tables: a header row, then one fact per line. Every crate whose knowledge lies in such tables may read them here.

use jiff::civil::Date;

use crate::error::DataError;

/// A line of a table with its number.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, const N: usize> {
    /// Line in the file, from 1.
    pub line: usize,
    /// The cells, trimmed by the format: no cell holds a tab.
    pub cells: [&'a str; N],
}

/// Reads a table whose header must be exactly `columns`; `file` is its path below `data/`, for what is said of faults.
///
/// # Errors
/// At the first line that has not as many cells as there are columns.
pub fn rows<'a, const N: usize>(
    file: &str,
    text: &'a str,
    columns: [&str; N],
) -> Result<Vec<Row<'a, N>>, DataError> {
    let mut lines = text.lines().enumerate();
    let header = lines.next().map_or("", |(_, line)| line);
    if header.split('\t').ne(columns.iter().copied()) {
        let wanted = columns.join("<TAB>");
        return Err(DataError::new(file, 1, &format!("the header must read `{wanted}`")));
    }
    let mut rows = Vec::with_capacity(text.len() / 40);
    for (idx, line) in lines {
        let mut cells = [""; N];
        let mut n_cells = 0;
        for cell in line.split('\t') {
            if let Some(place) = cells.get_mut(n_cells) {
                *place = cell;
            }
            n_cells += 1;
        }
        if n_cells != N {
            return Err(DataError::new(file, idx + 1, &format!("{n_cells} cells, the header has {N}")));
        }
        rows.push(Row { line: idx + 1, cells });
    }
    Ok(rows)
}

/// The parts of a cell that lists several things, separated by `|`.
pub fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|part| !part.is_empty())
}

/// `None` for an empty cell.
pub fn optional(cell: &str) -> Option<&str> {
    (!cell.is_empty()).then_some(cell)
}

/// The first day of `2014`, `2014-05` or `2014-05-22`; empty is none.
///
/// # Errors
/// When it is none of these; says what would be valid.
pub fn first_day(cell: &str) -> Result<Option<Date>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let wrong = || format!("`{cell}` is no date; write 2014, 2014-05 or 2014-05-22");
    let mut parts = cell.split('-');
    let mut part = |default: i16| parts.next().map_or(Ok(default), str::parse::<i16>);
    let (year, month, day) = match (part(0), part(1), part(1)) {
        (Ok(year), Ok(month), Ok(day)) => (year, month, day),
        _ => return Err(wrong()),
    };
    let narrow = |n: i16| i8::try_from(n).map_err(|_| wrong());
    Date::new(year, narrow(month)?, narrow(day)?).map(Some).map_err(|_| wrong())
}

/// The last day of `2014`, `2014-05` or `2014-05-22`; empty is none.
///
/// # Errors
/// When it is none of these; says what would be valid.
pub fn last_day(cell: &str) -> Result<Option<Date>, String> {
    let day = first_day(cell)?;
    Ok(day.map(|day| match cell.len() {
        4 => day.last_of_year(),
        5..=7 => day.last_of_month(),
        _ => day,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_cover_what_they_name() {
        let day = |y, m, d| Some(jiff::civil::date(y, m, d));
        assert_eq!(first_day("2014"), Ok(day(2014, 1, 1)));
        assert_eq!(last_day("2014"), Ok(day(2014, 12, 31)));
        assert_eq!(last_day("2024-02"), Ok(day(2024, 2, 29)));
        assert_eq!(first_day("2014-05-22"), last_day("2014-05-22"));
        assert_eq!(first_day(""), Ok(None));
        assert!(first_day("May 2014").is_err());
        assert!(first_day("2014-13").is_err());
    }

    #[test]
    fn a_table_with_other_columns_is_refused() {
        assert!(rows("x.tsv", "a\tb\n1\t2\n", ["a", "b"]).is_ok());
        let error = rows("x.tsv", "a\tc\n", ["a", "b"]).unwrap_err();
        assert_eq!(error.to_string(), "data/x.tsv:1: the header must read `a<TAB>b`");
        assert_eq!(rows("x.tsv", "a\tb\n1\n", ["a", "b"]).unwrap_err().line, 2);
    }
}
