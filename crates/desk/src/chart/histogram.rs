//! Events by day, week or month, as bars.

use askama::Template;
use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Unit};
use query::Answer;

/// The most bars: beyond that a bar covers more days.
const BARS: i32 = 80;
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 120.0;

/// What a bar covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Day,
    Week,
    Month,
}

impl Step {
    /// The first day of the bar that a day is in.
    fn first(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => day.saturating_sub(i64::from(day.weekday().since(Weekday::Monday)).days()),
            Self::Month => day.first_of_month(),
        }
    }

    fn next(self, day: Date) -> Date {
        match self {
            Self::Day => day.saturating_add(1.day()),
            Self::Week => day.saturating_add(1.week()),
            Self::Month => day.saturating_add(1.month()),
        }
    }
}

/// A bar in the drawing.
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    label: String,
    address: String,
}

/// The drawing.
#[derive(Template)]
#[template(path = "chart/histogram.html")]
pub(crate) struct Histogram {
    step: Step,
    bars: Vec<Bar>,
    counts: Vec<(Date, i64)>,
    most: i64,
    ticks: Vec<(f64, String)>,
}

impl Histogram {
    /// Draws the days of [`query::facets`]; `address` says where the bar of a day leads.
    pub(crate) fn new(facets: &Answer, address: impl Fn(Date) -> String) -> Self {
        let day = |row: query::Named<'_>| Some((row.text("value").parse::<Date>().ok()?, row.integer("events")?));
        let days: Vec<(Date, i64)> = facets.named().filter(|row| row.words("facet") == Some("day")).filter_map(day).collect();
        let (Some(first), Some(last)) = (days.iter().map(|(day, _)| *day).min(), days.iter().map(|(day, _)| *day).max()) else {
            return Self { step: Step::Day, bars: Vec::new(), counts: Vec::new(), most: 0, ticks: Vec::new() };
        };
        let span = first.until((Unit::Day, last)).map_or(0, |span| span.get_days());
        let step = if span < BARS { Step::Day } else if span < BARS * 7 { Step::Week } else { Step::Month };
        let mut counts: Vec<(Date, i64)> = Vec::new();
        let mut at = step.first(first);
        while at <= last && counts.len() < 4 * 366 {
            counts.push((at, 0));
            at = step.next(at);
        }
        for (day, n) in days {
            let first = step.first(day);
            if let Ok(idx) = counts.binary_search_by_key(&first, |(first, _)| *first) {
                counts[idx].1 += n;
            }
        }
        let most = counts.iter().map(|(_, n)| *n).max().unwrap_or(0);
        let width = WIDTH / counts.len() as f64;
        let bar = |(idx, (day, n)): (usize, &(Date, i64))| {
            let height = HEIGHT * *n as f64 / most.max(1) as f64;
            let label = format!("{}: {n}", day.strftime("%-d %b %Y"));
            Bar { x: idx as f64 * width, y: HEIGHT - height, width: (width - 1.0).max(1.0), height, label, address: address(*day) }
        };
        let bars = counts.iter().enumerate().filter(|(_, (_, n))| *n > 0).map(bar).collect();
        let every = counts.len().div_ceil(8);
        let tick = |idx: usize| (idx as f64 * width, counts[idx].0.strftime("%-d %b %y").to_string());
        let ticks = (0..counts.len()).step_by(every).filter(|idx| (*idx as f64) * width < WIDTH - 60.0).map(tick).collect();
        Self { step, bars, most, ticks, counts }
    }

    /// What a bar covers.
    pub(crate) fn unit(&self) -> &'static str {
        match self.step {
            Step::Day => "day",
            Step::Week => "week",
            Step::Month => "month",
        }
    }

    /// The same as rows: the first day of each bar that is not empty, and its count.
    pub(crate) fn rows(&self) -> Vec<(Date, i64)> {
        self.counts.iter().copied().filter(|(_, n)| *n > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use query::{Cell, Column, Kind};

    use super::*;

    fn facets(days: &[(&str, i64)]) -> Answer {
        let column = |name: &'static str| Column { name: name.into(), kind: Kind::Plain, shown: true };
        let row = |(day, n): &(&str, i64)| vec![Cell::Text("day".into()), Cell::Text((*day).into()), Cell::Integer(*n)];
        Answer { columns: ["facet", "value", "events"].map(column).to_vec(), rows: days.iter().map(row).collect(), ..Answer::default() }
    }

    #[test]
    fn long_times_are_told_by_week_or_month() {
        let days = |list: &[(&str, i64)]| {
            let drawn = Histogram::new(&facets(list), |_| String::new());
            (drawn.unit(), drawn.rows().iter().map(|(day, n)| format!("{day} {n}")).collect::<Vec<_>>().join(", "))
        };
        assert_eq!(days(&[("2026-11-01", 2), ("2026-11-03", 1)]), ("day", "2026-11-01 2, 2026-11-03 1".into()));
        assert_eq!(days(&[("2026-08-01", 2), ("2026-11-01", 1), ("2026-11-03", 1)]).1, "2026-07-27 2, 2026-10-26 1, 2026-11-02 1");
        assert_eq!(days(&[("2020-08-01", 2), ("2026-11-03", 1)]), ("month", "2020-08-01 2, 2026-11-01 1".into()));
        assert_eq!(days(&[]).1, "");
    }
}
