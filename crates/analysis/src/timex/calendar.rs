//! Days, weeks, months and their TIMEX3 values.
//!
//! Takes dates, units and counts and gives dates, values and the window of days that a value covers. All arithmetic is
//! checked: past the year 9999 there is no date, never a panic.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::layers::Precision;

/// The first and the last day that a value covers, with how exact it is.
pub(super) type Window = (Date, Date, Precision);

/// A length of time that English counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Weekend,
    Month,
    Quarter,
    Half,
    Year,
    Decade,
    Century,
    Millennium,
}

impl Unit {
    /// The unit that `data/time` writes as `code`.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "TS" => Self::Second,
            "TM" => Self::Minute,
            "TH" => Self::Hour,
            "D" => Self::Day,
            "W" => Self::Week,
            "WE" => Self::Weekend,
            "M" => Self::Month,
            "Q" => Self::Quarter,
            "H" => Self::Half,
            "Y" => Self::Year,
            "DE" => Self::Decade,
            "CE" => Self::Century,
            "ML" => Self::Millennium,
            _ => return None,
        })
    }

    /// The TIMEX3 value of `count` of these; `None` stands for a number that the text leaves open.
    pub(super) fn length(self, count: Option<f64>) -> String {
        let Some(count) = count else { return self.open_length() };
        match self {
            // TimeML counts decades and longer in years.
            Self::Decade => format!("P{}Y", number(count * 10.0)),
            Self::Century => format!("P{}Y", number(count * 100.0)),
            Self::Millennium => format!("P{}Y", number(count * 1000.0)),
            Self::Weekend => format!("P{}WE", number(count)),
            Self::Half => format!("P{}M", number(count * 6.0)),
            Self::Second => format!("PT{}S", number(count)),
            Self::Minute => format!("PT{}M", number(count)),
            // Half an hour is thirty minutes, half a year six months: TIMEX3 prefers whole numbers.
            Self::Hour if count.fract() != 0.0 && count > 1.0 => {
                format!("PT{}H{}M", number(count.trunc()), number((count.fract() * 60.0).round()))
            }
            Self::Hour if count.fract() != 0.0 => format!("PT{}M", number((count * 60.0).round())),
            Self::Hour => format!("PT{}H", number(count)),
            Self::Year if count.fract() != 0.0 => format!("P{}M", number((count * 12.0).round())),
            Self::Day => format!("P{}D", number(count)),
            Self::Week => format!("P{}W", number(count)),
            Self::Month => format!("P{}M", number(count)),
            Self::Quarter => format!("P{}Q", number(count)),
            Self::Year => format!("P{}Y", number(count)),
        }
    }

    fn open_length(self) -> String {
        match self {
            Self::Second => "PTXS",
            Self::Minute => "PTXM",
            Self::Hour => "PTXH",
            Self::Day => "PXD",
            Self::Week => "PXW",
            Self::Weekend => "PXWE",
            Self::Month | Self::Half => "PXM",
            Self::Quarter => "PXQ",
            Self::Year => "PXY",
            Self::Decade => "PXDE",
            Self::Century => "PXCE",
            Self::Millennium => "PXML",
        }
        .to_owned()
    }
}

/// Orders units by length.
pub(super) fn length_rank(unit: Unit) -> u8 {
    unit as u8
}

/// A count as TIMEX3 writes it: `2`, `2.5`.
fn number(count: f64) -> String {
    let rounded = (count * 100.0).round() / 100.0;
    format!("{rounded}")
}

/// The day that lies `count` units from `date`; `None` outside the calendar.
pub(super) fn shift(date: Date, count: i64, unit: Unit) -> Option<Date> {
    let span = jiff::Span::new();
    let span = match unit {
        Unit::Second | Unit::Minute | Unit::Hour => return Some(date),
        Unit::Day => span.try_days(count).ok()?,
        Unit::Week | Unit::Weekend => span.try_weeks(count).ok()?,
        Unit::Month => span.try_months(count).ok()?,
        Unit::Quarter => span.try_months(count.checked_mul(3)?).ok()?,
        Unit::Half => span.try_months(count.checked_mul(6)?).ok()?,
        Unit::Year => span.try_years(count).ok()?,
        Unit::Decade => span.try_years(count.checked_mul(10)?).ok()?,
        Unit::Century => span.try_years(count.checked_mul(100)?).ok()?,
        Unit::Millennium => span.try_years(count.checked_mul(1000)?).ok()?,
    };
    date.checked_add(span).ok()
}

/// The value of the day, week, month … that holds `date`.
pub(super) fn value_at(date: Date, unit: Unit) -> String {
    let year = date.year();
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Day => day_value(date),
        Unit::Week => week_value(date),
        Unit::Weekend => format!("{}-WE", week_value(date)),
        Unit::Month => format!("{}-{:02}", year_value(year), date.month()),
        Unit::Quarter => format!("{}-Q{}", year_value(year), quarter_of(date)),
        Unit::Half => format!("{}-H{}", year_value(year), if date.month() <= 6 { 1 } else { 2 }),
        Unit::Year => year_value(year),
        Unit::Decade => format!("{:03}", year.div_euclid(10)),
        Unit::Century => format!("{:02}", year.div_euclid(100)),
        Unit::Millennium => format!("{:01}", year.div_euclid(1000)),
    }
}

/// `2021-11-02`.
pub(super) fn day_value(date: Date) -> String {
    format!("{}-{:02}-{:02}", year_value(date.year()), date.month(), date.day())
}

/// `2021`; years before the first are `BC0044`.
pub(super) fn year_value(year: i16) -> String {
    if year < 0 { format!("BC{:04}", year.unsigned_abs()) } else { format!("{year:04}") }
}

fn week_value(date: Date) -> String {
    let week = date.iso_week_date();
    format!("{}-W{:02}", year_value(week.year()), week.week())
}

/// 1 to 4.
pub(super) fn quarter_of(date: Date) -> i8 {
    (date.month() + 2) / 3
}

/// Monday is 1.
pub(super) fn weekday_of(date: Date) -> i32 {
    i32::from(date.weekday().to_monday_one_offset())
}

/// The days that a TIMEX3 value covers; `None` for values that name no stretch of the calendar.
pub(super) fn window(value: &str) -> Option<Window> {
    if let Some((from, to)) = value.split_once('/') {
        let (first, last) = (window(from)?, window(to)?);
        return (first.0 <= last.1).then_some((first.0, last.1, first.2.max(last.2)));
    }
    let (calendar, is_time) = match value.split_once('T') {
        Some((calendar, _)) => (calendar, true),
        None => (value, false),
    };
    let mut parts = calendar.split('-');
    let year = parts.next()?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (year.len(), parts.next(), parts.next(), parts.next()) {
        (4, None, ..) => years(year.parse().ok()?, 1, Precision::Year),
        (3, None, ..) => years(year.parse::<i16>().ok()?.checked_mul(10)?, 10, Precision::Decade),
        (2, None, ..) => years(year.parse::<i16>().ok()?.checked_mul(100)?, 100, Precision::Decade),
        (4, Some(part), day, None) => {
            let year = year.parse().ok()?;
            match day {
                None => part_of_year(year, part),
                Some("WE") => weekend(year, part),
                Some(day) => {
                    let date = Date::new(year, part.parse().ok()?, day.parse().ok()?).ok()?;
                    Some((date, date, if is_time { Precision::Hour } else { Precision::Day }))
                }
            }
        }
        _ => None,
    }
}

fn years(first: i16, count: i16, precision: Precision) -> Option<Window> {
    let start = Date::new(first, 1, 1).ok()?;
    let end = Date::new(first.checked_add(count - 1)?, 12, 31).ok()?;
    Some((start, end, precision))
}

fn part_of_year(year: i16, part: &str) -> Option<Window> {
    let months = |first: i8, count: i64, precision| {
        let start = Date::new(year, first, 1).ok()?;
        let end = shift(start, count - 1, Unit::Month)?.last_of_month();
        Some((start, end, precision))
    };
    match part {
        // Seasons as weather services cut them: whole months, of the northern half of the earth.
        "SP" => months(3, 3, Precision::Season),
        "SU" => months(6, 3, Precision::Season),
        "FA" => months(9, 3, Precision::Season),
        "WI" => months(12, 3, Precision::Season),
        "H1" => months(1, 6, Precision::Season),
        "H2" => months(7, 6, Precision::Season),
        _ => {
            if let Some(week) = part.strip_prefix('W') {
                let monday = week_start(year, week)?;
                Some((monday, shift(monday, 6, Unit::Day)?, Precision::Week))
            } else if let Some(quarter) = part.strip_prefix('Q') {
                let quarter: i8 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
                months(quarter * 3 - 2, 3, Precision::Season)
            } else {
                months(part.parse().ok()?, 1, Precision::Month)
            }
        }
    }
}

fn weekend(year: i16, week: &str) -> Option<Window> {
    let monday = week_start(year, week.strip_prefix('W')?)?;
    Some((shift(monday, 5, Unit::Day)?, shift(monday, 6, Unit::Day)?, Precision::Week))
}

fn week_start(year: i16, week: &str) -> Option<Date> {
    Some(ISOWeekDate::new(year, week.parse().ok()?, Weekday::Monday).ok()?.date())
}

/// The part of a window that "early", "mid" or "late" leaves: thirds, cut at years, months or days.
pub(super) fn narrow(window: Window, phase: &str) -> Window {
    let (first, last, precision) = window;
    let (unit, n_units, finer) = match precision {
        Precision::Decade => (Unit::Year, i64::from(last.year() - first.year()) + 1, Precision::Year),
        Precision::Year => (Unit::Month, 12, Precision::Season),
        Precision::Season => (Unit::Month, 3, Precision::Month),
        // The last third of a month takes the days that are left over.
        Precision::Month => (Unit::Day, 30, Precision::Week),
        Precision::Week => (Unit::Day, i64::from(days_between(first, last)) + 1, Precision::Week),
        Precision::Day | Precision::Hour => return window,
    };
    let third = n_units / 3;
    let starts_at = |n_units: i64| shift(first, n_units, unit).unwrap_or(last).min(last);
    let ends_before =
        |n_units: i64| shift(starts_at(n_units), -1, Unit::Day).unwrap_or(first).clamp(first, last);
    match phase {
        "START" => (first, ends_before(third), finer),
        "MID" => (starts_at(third), ends_before(n_units - third), finer),
        _ => (starts_at(n_units - third), last, finer),
    }
}

/// The window around a year that is only roughly meant: "two decades ago".
pub(super) fn blur(window: Window) -> Window {
    let (first, last, _) = window;
    let first = shift(first, -2, Unit::Year).unwrap_or(first);
    (first, shift(last, 2, Unit::Year).unwrap_or(last), Precision::Decade)
}

/// How many days `later` lies after `earlier`.
pub(super) fn days_between(earlier: Date, later: Date) -> i32 {
    // Both lie within 9999 years of each other, so the count fits.
    earlier
        .duration_until(later)
        .as_hours()
        .checked_div(24)
        .and_then(|days| i32::try_from(days).ok())
        .unwrap_or(0)
}

/// The first or last `weekday` of a month, or the one that is `nth`; `-1` counts from the end.
pub(super) fn nth_weekday(year: i16, month: i8, nth: i8, weekday: i8) -> Option<Date> {
    let weekday = Weekday::from_monday_one_offset(weekday).ok()?;
    Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
}

/// Easter Sunday of the western churches, by the anonymous Gregorian reckoning.
pub(super) fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y.rem_euclid(19), y.div_euclid(100), y.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn windows_cover_what_their_values_name() {
        for (value, first, last) in [
            ("2021-11", date(2021, 11, 1), date(2021, 11, 30)),
            ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
            ("2021", date(2021, 1, 1), date(2021, 12, 31)),
            ("199", date(1990, 1, 1), date(1999, 12, 31)),
            ("19", date(1900, 1, 1), date(1999, 12, 31)),
            ("1998-W04", date(1998, 1, 19), date(1998, 1, 25)),
            ("1990-W32-WE", date(1990, 8, 11), date(1990, 8, 12)),
            ("1989-Q3", date(1989, 7, 1), date(1989, 9, 30)),
            ("1989-WI", date(1989, 12, 1), date(1990, 2, 28)),
            ("2013-03-19TNI", date(2013, 3, 19), date(2013, 3, 19)),
            ("1990/1991", date(1990, 1, 1), date(1991, 12, 31)),
        ] {
            let found = window(value).map(|(first, last, _)| (first, last));
            assert_eq!(found, Some((first, last)), "the window of {value}");
        }
        for value in ["P2Y", "PRESENT_REF", "XXXX-11", "2021-13", "2021-Q9", "1991/1990", "", "-", "9999-W77"]
        {
            assert_eq!(window(value), None, "{value} names no stretch of the calendar");
        }
    }

    #[test]
    fn easter_falls_where_the_churches_say() {
        assert_eq!(easter(2000), Some(date(2000, 4, 23)));
        assert_eq!(easter(2024), Some(date(2024, 3, 31)));
        assert_eq!(easter(2026), Some(date(2026, 4, 5)));
    }

    #[test]
    fn shifts_past_the_calendar_are_no_dates() {
        assert_eq!(shift(date(9999, 12, 31), 1, Unit::Day), None);
        assert_eq!(shift(date(2000, 1, 1), i64::MAX, Unit::Century), None);
        assert_eq!(shift(date(2000, 3, 31), -1, Unit::Month), Some(date(2000, 2, 29)));
    }

    #[test]
    fn early_and_late_leave_thirds() {
        let november = window("2021-11").expect("a month");
        assert_eq!(narrow(november, "START").1, date(2021, 11, 10));
        assert_eq!(narrow(november, "END").0, date(2021, 11, 21));
        let nineties = window("199").expect("a decade");
        assert_eq!(narrow(nineties, "END").0, date(1997, 1, 1));
    }
}
