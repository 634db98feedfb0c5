//! Windows of days as bars on one scale: planned events, offices.

use askama::Template;
use jiff::civil::Date;
use jiff::{ToSpan, Unit};

use crate::screens::{class, cut};

const WIDTH: f64 = 720.0;
const ROW: f64 = 26.0;
/// Room above the bars for the months.
const HEAD: f64 = 22.0;

/// First day, last day, words, where it leads, standing.
pub(crate) type Entry = (Date, Date, String, String, String);

struct Bar {
    x: f64,
    y: f64,
    width: f64,
    label: String,
    title: String,
    address: String,
    class: &'static str,
    label_x: f64,
    anchor: &'static str,
}

/// The drawing.
#[derive(Template)]
#[template(path = "chart/bars.html")]
pub(crate) struct Bars {
    bars: Vec<Bar>,
    months: Vec<(f64, String)>,
    on: Option<f64>,
    height: f64,
}

impl Bars {
    /// Draws windows; a line marks the day `on` where it lies among them.
    pub(crate) fn new(entries: impl Iterator<Item = Entry>, on: Date) -> Self {
        let entries: Vec<Entry> = entries.collect();
        let first = entries.iter().map(|entry| entry.0).min().unwrap_or(on).saturating_sub(3.days());
        let last = entries.iter().map(|entry| entry.1).max().unwrap_or(on).saturating_add(3.days());
        let days = |from: Date, to: Date| from.until((Unit::Day, to)).map_or(0, |span| span.get_days());
        let scale = WIDTH / f64::from(days(first, last).max(1));
        let x = |day: Date| f64::from(days(first, day)) * scale;
        let bar = |(idx, (start, end, label, address, standing)): (usize, Entry)| {
            let (left, right) = (x(start), x(end.saturating_add(1.day())));
            let words = cut(&label, 54);
            // Words go where there is room: behind the bar, else before it, else in it.
            let length = 6.6 * words.chars().count() as f64;
            let (label_x, anchor) = match () {
                () if right + length < WIDTH => (right + 6.0, "start"),
                () if left > length + 6.0 => (left - 6.0, "end"),
                () => (left.min(WIDTH - length).max(0.0) + 6.0, "start"),
            };
            let title = format!("{label}: {} ({standing})", crate::screens::window(Some(start), Some(end)));
            let y = HEAD + idx as f64 * ROW;
            Bar { x: left, y, width: (right - left).max(5.0), label: words, title, address, class: class(&standing), label_x, anchor }
        };
        let height = HEAD + entries.len() as f64 * ROW + 4.0;
        let mut months = Vec::new();
        let mut at = first.first_of_month().saturating_add(1.month());
        let every = (days(first, last) / 365 + 1) * if days(first, last) > 400 { 3 } else { 1 };
        while at <= last && months.len() < 60 {
            months.push((x(at), at.strftime("%b %y").to_string()));
            at = at.saturating_add(i64::from(every).months());
        }
        let on = (on >= first && on <= last).then(|| x(on));
        Self { bars: entries.into_iter().enumerate().map(bar).collect(), months, on, height }
    }
}
