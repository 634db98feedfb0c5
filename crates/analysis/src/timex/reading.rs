//! What the rules' `value` lines can say, and how they are worked out.
//!
//! Takes a rule's reading, the atoms it captured and the dates that the story gives, and gives a TIMEX3 value with the
//! day it stands for. The readings are few and general; which words lead to which is in `data/time`.

use jiff::civil::Date;

use super::calendar::{self, Unit};
use super::direction::Direction;
use super::lexicon::{Label, Lexicon, Meaning, shape};
use super::pattern::Capture;

/// What a `value` line says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    /// The words are no time expression: `nothing`.
    Nothing,
    /// Text with slots: `{YEAR}-{MONTH}`.
    Template(Vec<Part>),
    /// The nearest one in the direction of the clause's tense: `near weekday`.
    Near(Item),
    /// The last such day up to the story's own, whatever the tense: `recent weekday`.
    RecentWeekday,
    /// One of the kind, counted from the story's: `last unit`, `this month`, `next weekday`.
    Relative(i64, Item),
    /// Captured count and unit from the story's date: `ago`, `ahead`.
    FromStory(i64),
    /// Captured count and unit from the day the narrative has reached: `before`, `after`.
    FromNarrative(i64),
    /// The captured unit that the narrative has reached: `same unit`.
    Same,
    /// A length: `length`.
    Length,
    /// The quarter that the story reports on: `quarter`, and the one a year before: `quarter last year`.
    Quarter(i16),
    /// The quarter or year with which the story compares: `period last year`.
    PeriodLastYear,
    /// The same, in a captured year: `period of year`.
    PeriodOfYear,
    /// The week of a day: `week of near month-day`.
    WeekOf(Box<Reading>),
    /// Days before or after a day: `day before near weekday`.
    DaysFrom(i64, Box<Reading>),
}

/// What a `near` or `last` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Unit,
    Weekday,
    Month,
    MonthDay,
    Season,
    Quarter,
    Half,
    Holiday,
    /// A month and the first of two days: "3 to 7 May".
    FirstMonthDay,
    /// A weekday, a month with a day or a holiday, whichever the words have.
    Day,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Text(String),
    Slot(String),
}

/// What the story gives to count from.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    /// The story's date.
    pub(super) story: Option<Date>,
    /// The day that the narrative has reached, with how exactly it is known.
    pub(super) narrative: Option<(Date, Unit)>,
    /// A year that the sentence has gone back to, well before the story: "in 1831 … in October".
    pub(super) told_year: Option<i16>,
    /// Year and number of the quarter that the story reports on.
    pub(super) quarter: Option<(i16, i8)>,
    /// Whether the figures at hand are those of a quarter, not those of nine months or a year.
    pub(super) compares_quarters: bool,
}

/// A value with the day that later words can count from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resolved {
    pub(super) value: String,
    pub(super) day: Option<(Date, Unit)>,
}

impl Reading {
    /// Reads a `value` line.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        // "day before day after …" means nothing, and a long one would exhaust the stack.
        if line.len() > 256 {
            return Err("the value is longer than 256 bytes".to_owned());
        }
        for (prefix, wrap) in [
            ("week of ", Self::WeekOf as fn(Box<Self>) -> Self),
            ("day before ", |inner| Self::DaysFrom(-1, inner)),
            ("day after ", |inner| Self::DaysFrom(1, inner)),
        ] {
            if let Some(rest) = line.strip_prefix(prefix) {
                return Ok(wrap(Box::new(Self::parse(rest)?)));
            }
        }
        Ok(match line {
            "nothing" => Self::Nothing,
            "ago" => Self::FromStory(-1),
            "ahead" => Self::FromStory(1),
            "before" => Self::FromNarrative(-1),
            "after" => Self::FromNarrative(1),
            "same unit" => Self::Same,
            "length" => Self::Length,
            "quarter" => Self::Quarter(0),
            "quarter last year" => Self::Quarter(-1),
            "period last year" => Self::PeriodLastYear,
            "period of year" => Self::PeriodOfYear,
            _ => match line.split_once(' ') {
                Some(("near", item)) => Self::Near(Item::parse(item)?),
                Some(("recent", "weekday")) => Self::RecentWeekday,
                Some(("last", item)) => Self::Relative(-1, Item::parse(item)?),
                Some(("this", item)) => Self::Relative(0, Item::parse(item)?),
                Some(("next", item)) => Self::Relative(1, Item::parse(item)?),
                Some(_) => return Err(format!("`{line}` is no reading")),
                None => Self::Template(parse_template(line)?),
            },
        })
    }
}

impl Item {
    fn parse(word: &str) -> Result<Self, String> {
        Ok(match word {
            "unit" => Self::Unit,
            "weekday" => Self::Weekday,
            "month" => Self::Month,
            "month-day" => Self::MonthDay,
            "season" => Self::Season,
            "quarter" => Self::Quarter,
            "half" => Self::Half,
            "holiday" => Self::Holiday,
            "first-month-day" => Self::FirstMonthDay,
            "day" => Self::Day,
            _ => return Err(format!("there is no `{word}` to look for")),
        })
    }
}

/// Cuts a template into text and slots.
pub(super) fn parse_template(template: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            parts.push(Part::Text(rest[..open].to_owned()));
        }
        let close = rest.find('}').filter(|close| *close > open);
        let close = close.ok_or_else(|| format!("a slot of `{template}` is not closed"))?;
        parts.push(Part::Slot(rest[open + 1..close].to_owned()));
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// Works out readings over the atoms of one match.
pub(super) struct Resolver<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) captures: &'a [Capture],
    pub(super) context: &'a Context,
    pub(super) direction: Direction,
}

impl Resolver<'_> {
    /// The value; `None` when the words make no date, as in "February 30".
    pub(super) fn resolve(&self, reading: &Reading) -> Option<Resolved> {
        match reading {
            Reading::Nothing => None,
            Reading::Template(parts) => self.template(parts).map(Resolved::of_value),
            Reading::Near(item) => self.near(*item),
            Reading::RecentWeekday => Resolver { direction: Direction::Past, ..*self }.near(Item::Weekday),
            Reading::Relative(by, item) => self.relative(*by, *item),
            Reading::FromStory(sign) => self.counted(*sign, self.context.story.map(|date| (date, Unit::Day))),
            Reading::FromNarrative(sign) => {
                let base = self.context.narrative.or(self.context.story.map(|date| (date, Unit::Day)));
                self.counted(*sign, base)
            }
            Reading::Same => {
                let unit = self.captured_unit()?;
                let Some((day, _)) =
                    self.context.narrative.or(self.context.story.map(|date| (date, Unit::Day)))
                else {
                    return Some(Resolved::open("PAST_REF"));
                };
                Some(Resolved::at(day, unit))
            }
            Reading::Length => Some(Resolved::open(&self.captured_unit()?.length(self.captured_count()))),
            Reading::Quarter(years) => Some(self.reported_quarter(*years)),
            Reading::PeriodLastYear => self.period_last_year(),
            Reading::PeriodOfYear => {
                let year = i16::try_from(self.int("YEAR")?).ok()?;
                Some(self.period_of(year))
            }
            Reading::WeekOf(inner) => {
                let (day, _) = self.resolve(inner)?.day?;
                Some(Resolved::at(day, Unit::Week))
            }
            Reading::DaysFrom(days, inner) => {
                let (day, _) = self.resolve(inner)?.day?;
                Some(Resolved::at(calendar::shift(day, *days, Unit::Day)?, Unit::Day))
            }
        }
    }

    /// Fills a template; `None` when a slot has nothing to fill it.
    pub(super) fn template(&self, parts: &[Part]) -> Option<String> {
        let mut value = String::new();
        for part in parts {
            match part {
                Part::Text(text) => value.push_str(text),
                Part::Slot(slot) => value.push_str(&self.slot(slot)?),
            }
        }
        Some(value)
    }

    fn slot(&self, slot: &str) -> Option<String> {
        let day = |days: i64| match self.context.story {
            Some(date) => calendar::shift(date, days, Unit::Day).map(calendar::day_value),
            None => Some("XXXX-XX-XX".to_owned()),
        };
        let year = |years: i64| match self.context.story {
            Some(date) => {
                calendar::shift(date, years, Unit::Year).map(|date| calendar::year_value(date.year()))
            }
            None => Some("XXXX".to_owned()),
        };
        match slot {
            "today" => day(0),
            "tomorrow" => day(1),
            "yesterday" => day(-1),
            "this-year" => year(0),
            "last-year" => year(-1),
            "next-year" => year(1),
            "narrative-day" => match self.context.narrative {
                Some((day, Unit::Day)) => Some(calendar::day_value(day)),
                _ => day(0),
            },
            "narrative-year" => match self.context.narrative {
                Some((day, _)) => Some(calendar::year_value(day.year())),
                None => year(0),
            },
            "YEAR" => Some(format!("{:04}", self.year()?)),
            "YEAR:2" => Some(format!("{:04}", self.int_at("YEAR", 1)?)),
            "YY" => self.short_year().map(|year| format!("{year:04}")),
            "MONTH" => Some(format!("{:02}", self.int("MONTH")?)),
            "MONTH:2" => Some(format!("{:02}", self.int_at("MONTH", 1)?)),
            "DAY" => Some(format!("{:02}", self.captured_day()?)),
            "DAY:2" => Some(format!("{:02}", self.int_at("DAY", 1).or_else(|| self.int_at("NTH", 1))?)),
            "NTH" => Some(self.int("NTH")?.to_string()),
            "CENTURY" => {
                self.int("NTH").filter(|nth| (1..=30).contains(nth)).map(|nth| format!("{:02}", nth - 1))
            }
            "DECADE" => self.decade(),
            "NUMBER" => self.number_at(0),
            "NUMBER:2" => self.number_at(1),
            "COUNT" => Some(format!("{:04}", self.captured_count()? as i64)),
            "UNIT" => Some(self.captured_unit()?.length(self.captured_count().or(Some(1.0)))),
            "WEEKDAY" => Some(self.int("WEEKDAY")?.to_string()),
            "DATE" => match self.meaning("ISODATE").or_else(|| self.meaning("NUMDATE"))? {
                Meaning::Date(year, month, day) => Some(format!("{year:04}-{month:02}-{day:02}")),
                _ => None,
            },
            "CLOCK" => self.clock(),
            class => match self.meaning(class)? {
                Meaning::Code(code) => Some(code.to_owned()),
                Meaning::Int(value) => Some(value.to_string()),
                _ => None,
            },
        }
    }

    fn meaning_at(&self, class: &str, nth: usize) -> Option<Meaning> {
        let label: Label = self.lexicon.class(class)?;
        self.captures.iter().filter(|capture| capture.label == label).nth(nth).map(|capture| capture.meaning)
    }

    /// The first captured member of a class, be it captured as such or as a word that the pattern spells out.
    pub(super) fn meaning(&self, class: &str) -> Option<Meaning> {
        self.meaning_at(class, 0).or_else(|| {
            let class = self.lexicon.class(class)?;
            self.captures.iter().find_map(|capture| self.lexicon.meaning_of_literal(capture.label, class))
        })
    }

    fn int_at(&self, class: &str, nth: usize) -> Option<i32> {
        match self.meaning_at(class, nth)? {
            Meaning::Int(value) => Some(value),
            _ => None,
        }
    }

    fn int(&self, class: &str) -> Option<i32> {
        self.int_at(class, 0)
    }

    fn code(&self, class: &str) -> Option<&'static str> {
        match self.meaning(class)? {
            Meaning::Code(code) => Some(code),
            _ => None,
        }
    }

    /// Whether the words name a year.
    pub(super) fn names_year(&self) -> bool {
        self.int("YEAR").is_some()
    }

    /// Whether the words count in decades or longer, and so mean a time only roughly.
    pub(super) fn is_rough(&self) -> bool {
        matches!(self.captured_unit(), Some(Unit::Decade | Unit::Century | Unit::Millennium))
    }

    /// The code of early, mid or late, where the words have one.
    pub(super) fn phase(&self) -> Option<&'static str> {
        self.code("PHASE")
    }

    fn number_at(&self, nth: usize) -> Option<String> {
        match self.meaning_at("NUMBER", nth)? {
            Meaning::Count(Some(count)) => Some(format!("{count}")),
            _ => None,
        }
    }

    fn year(&self) -> Option<i32> {
        self.int("YEAR").or_else(|| self.short_year())
    }

    /// A year of two digits, in the century of the year before it or nearest to the story.
    fn short_year(&self) -> Option<i32> {
        let short = self.int("YY").or_else(|| self.int("DIGITS"))?;
        if let Some(year) = self.int("YEAR") {
            return Some(year - year.rem_euclid(100) + short);
        }
        let story = self.context.story.map_or(2000, |date| i32::from(date.year()));
        let year = story - story.rem_euclid(100) + short;
        // The past is longer than the future in news: "'96" of 2005 is 1996, "'10" is 2010.
        Some(if year > story + 20 { year - 100 } else { year })
    }

    fn decade(&self) -> Option<String> {
        let decade = self.int("DECADE")?;
        if decade >= 100 {
            return Some(format!("{decade:03}"));
        }
        let story = self.context.story.map_or(2000, |date| i32::from(date.year())).div_euclid(10);
        let near = story - story.rem_euclid(10) + decade;
        Some(format!("{:03}", if near > story { near - 10 } else { near }))
    }

    pub(super) fn captured_day(&self) -> Option<i32> {
        self.int("DAY").or_else(|| self.int("NTH")).filter(|day| (1..=31).contains(day))
    }

    /// The last of the captured days: "May 3 to 7".
    pub(super) fn captured_last_day(&self) -> Option<i32> {
        self.int_at("DAY", 1).or_else(|| self.captured_day())
    }

    pub(super) fn captured_unit(&self) -> Option<Unit> {
        self.code("UNITS").or_else(|| self.code("UNIT")).and_then(Unit::from_code)
    }

    /// The captured count; one where the words have none.
    pub(super) fn captured_count(&self) -> Option<f64> {
        let n_counts = self.captures.iter().filter(|capture| capture.label == shape::NUMBER).count();
        match self.meaning_at("NUMBER", n_counts.saturating_sub(1)) {
            // "Two to three weeks" leaves the count open.
            Some(_) if n_counts > 1 => None,
            Some(Meaning::Count(count)) => count,
            _ if self.meaning("VAGUE").is_some() => None,
            _ if self.code("UNITS").is_some()
                && self.meaning("NUMBER").is_none()
                && self.int("A").is_none() =>
            {
                None
            }
            _ => Some(1.0),
        }
    }

    /// `HH:MM`, with the half of the day from "a.m." or "in the evening".
    fn clock(&self) -> Option<String> {
        let (mut hour, minute, second) = match self.meaning("CLOCK") {
            Some(Meaning::Clock(hour, minute, second)) => (hour, minute, second),
            _ => (self.int("HOUR")?, 0, None),
        };
        match self.code("HALFDAY").or_else(|| self.code("PART")) {
            Some("AM" | "MO") if hour == 12 => hour = 0,
            Some("PM" | "AF" | "EV" | "NI") if hour < 12 => hour += 12,
            _ => {}
        }
        if hour > 24 {
            return None;
        }
        Some(match second {
            Some(second) => format!("{hour:02}:{minute:02}:{second:02}"),
            None => format!("{hour:02}:{minute:02}"),
        })
    }
}

impl Resolved {
    /// A value of the calendar, with its first day to count from.
    pub(super) fn of_value(value: String) -> Self {
        use crate::layers::Precision;
        let day = calendar::window(&value).map(|(first, _, precision)| {
            let unit = match precision {
                Precision::Hour | Precision::Day => Unit::Day,
                Precision::Week => Unit::Week,
                Precision::Month => Unit::Month,
                Precision::Season => Unit::Quarter,
                Precision::Year => Unit::Year,
                Precision::Decade => Unit::Decade,
            };
            (first, unit)
        });
        Self { value, day }
    }

    pub(super) fn at(day: Date, unit: Unit) -> Self {
        Self { value: calendar::value_at(day, unit), day: Some((day, unit)) }
    }

    pub(super) fn open(value: &str) -> Self {
        Self { value: value.to_owned(), day: None }
    }
}
