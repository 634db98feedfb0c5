//! Readings that count from the story's date or from the narrative.
//!
//! Takes the items that a rule names and the direction of the clause and gives values: "Friday" is the last one before
//! the story in the past tense, the next one in the future. Without a story date the value says only what the words say.

use jiff::civil::Date;

use super::calendar::{self, Unit};
use super::direction::Direction;
use super::lexicon::Meaning;
use super::reading::{Item, Resolved, Resolver};

impl Resolver<'_> {
    /// The nearest one in the direction of the clause.
    pub(super) fn near(&self, item: Item) -> Option<Resolved> {
        let Some(story) = self.context.story else { return self.undated(item) };
        match item {
            Item::Weekday => self.near_weekday(story),
            Item::Month => self.near_month(story),
            Item::MonthDay => self.near_month_day(story, self.captured_last_day()?),
            Item::FirstMonthDay => self.near_month_day(story, self.captured_day()?),
            Item::Day if self.captured("WEEKDAY").is_some() => self.near_weekday(story),
            Item::Day if self.captured("MONTH").is_some() => self.near_month_day(story, self.captured_day()?),
            Item::Day => self.near(Item::Holiday),
            Item::Season => self.near_season(story),
            Item::Quarter => self.near_quarter(story),
            Item::Half => {
                let half = self.captured("NTH")?;
                Some(Resolved::of_value(format!("{}-H{half}", calendar::year_value(story.year()))))
            }
            Item::Holiday => {
                if let Some(year) = self.captured("YEAR") {
                    return self.holiday(i16::try_from(year).ok()?).map(|day| Resolved::at(day, Unit::Day));
                }
                let candidates = (-1..=1).filter_map(|by| self.holiday(story.year().checked_add(by)?));
                self.pick(story, candidates.collect()).map(|day| Resolved::at(day, Unit::Day))
            }
            Item::Unit => self.near_unit(story),
        }
    }

    /// Counted from the story's own: -1 last, 0 this, 1 next.
    pub(super) fn relative(&self, by: i64, item: Item) -> Option<Resolved> {
        let Some(story) = self.context.story else {
            return Some(Resolved::open(match by {
                ..0 => "PAST_REF",
                0 => "PRESENT_REF",
                _ => "FUTURE_REF",
            }));
        };
        match item {
            Item::Unit => {
                let unit = self.captured_unit()?;
                // Early in a week "this weekend" of the past tense is the one before.
                let early = calendar::weekday_of(story) <= 2 && self.direction == Direction::Past;
                let by = if unit == Unit::Weekend && by == 0 && early { -1 } else { by };
                Some(Resolved::at(calendar::shift(story, by, unit)?, unit))
            }
            Item::Weekday => {
                let ahead = i64::from(self.captured("WEEKDAY")? - calendar::weekday_of(story)).rem_euclid(7);
                let days = match by {
                    ..0 => ahead - 7,
                    // "This Sunday" is the coming one, unless the clause is past.
                    0 if self.direction == Direction::Past => return self.near_weekday(story),
                    0 => ahead,
                    _ if ahead == 0 => 7,
                    _ => ahead,
                };
                Some(Resolved::at(calendar::shift(story, days, Unit::Day)?, Unit::Day))
            }
            Item::Month => {
                let month = i8::try_from(self.captured("MONTH")?).ok()?;
                let years = match by {
                    i64::MIN..=-1 if month >= story.month() => -1,
                    1.. if month <= story.month() => 1,
                    _ => 0,
                };
                let year = story.year().checked_add(years)?;
                Some(Resolved::at(Date::new(year, month, 1).ok()?, Unit::Month))
            }
            Item::Season => self.season_from(story, by),
            Item::Quarter => {
                let quarter = i8::try_from(self.captured("NTH")?).ok()?;
                let year = i16::try_from(i64::from(story.year()) + by).ok()?;
                quarter_at(year, quarter)
            }
            Item::Holiday => {
                let days: Vec<Date> =
                    (-1..=1).filter_map(|years| self.holiday(story.year().checked_add(years)?)).collect();
                let day = match by {
                    ..0 => days.into_iter().rfind(|day| *day < story),
                    0 => days.into_iter().find(|day| day.year() == story.year()),
                    _ => days.into_iter().find(|day| *day > story),
                };
                Some(Resolved::at(day?, Unit::Day))
            }
            Item::Half | Item::MonthDay | Item::FirstMonthDay | Item::Day => None,
        }
    }

    /// Captured count and unit from a day; `sign` says which way.
    pub(super) fn counted(&self, sign: i64, base: Option<(Date, Unit)>) -> Option<Resolved> {
        let unit = self.captured_unit()?;
        let open = Resolved::open(if sign < 0 { "PAST_REF" } else { "FUTURE_REF" });
        let (Some((base, known)), Some(count)) = (base, self.captured_count()) else { return Some(open) };
        if count.abs() > 1e6 {
            return Some(open);
        }
        let (count, step) = match unit {
            Unit::Year if count.fract() != 0.0 => (count * 12.0, Unit::Month),
            Unit::Hour => (count / 24.0, Unit::Day),
            _ => (count, unit),
        };
        let day = calendar::shift(base, sign * count.round() as i64, step)?;
        // Three decades ago is a year, if not an exact one.
        let unit =
            if matches!(unit, Unit::Decade | Unit::Century | Unit::Millennium) { Unit::Year } else { unit };
        // Two days after some day of May 2010 is still only known as May 2010.
        let coarser = calendar::length_rank(known) > calendar::length_rank(unit);
        Some(Resolved::at(day, if coarser { known } else { unit }))
    }

    /// The quarter that the story reports on, by default the one before the story, `years` later.
    pub(super) fn reported_quarter(&self, years: i16) -> Resolved {
        let default = || {
            let day = calendar::shift(self.context.story?, -1, Unit::Quarter)?;
            Some((day.year(), calendar::quarter_of(day)))
        };
        let quarter = self.context.quarter.or_else(default);
        let resolved = quarter.and_then(|(year, quarter)| quarter_at(year.saturating_add(years), quarter));
        resolved.unwrap_or_else(|| Resolved::open("PAST_REF"))
    }

    /// "A year ago": the same quarter of the year before where quarters are compared.
    pub(super) fn period_last_year(&self) -> Option<Resolved> {
        if self.context.compares_quarters && self.context.quarter.is_some() {
            return Some(self.reported_quarter(-1));
        }
        let Some(story) = self.context.story else { return Some(Resolved::open("PAST_REF")) };
        Some(Resolved::at(calendar::shift(story, -1, Unit::Year)?, Unit::Year))
    }

    /// "The 1988 period": its quarter where quarters are compared.
    pub(super) fn period_of(&self, year: i16) -> Resolved {
        let quarter = self.context.quarter.filter(|_| self.context.compares_quarters);
        let resolved = quarter.and_then(|(_, quarter)| quarter_at(year, quarter));
        resolved.unwrap_or_else(|| Resolved::of_value(calendar::year_value(year)))
    }

    /// What the words say without a date to count from.
    fn undated(&self, item: Item) -> Option<Resolved> {
        let value = match item {
            Item::Weekday => format!("XXXX-WXX-{}", self.captured("WEEKDAY")?),
            Item::Month => format!("XXXX-{:02}", self.captured("MONTH")?),
            Item::MonthDay => format!("XXXX-{:02}-{:02}", self.captured("MONTH")?, self.captured_day()?),
            Item::Season => format!("XXXX-{}", self.captured_code("SEASON")?),
            Item::Quarter => format!("XXXX-Q{}", self.captured("NTH")?),
            Item::Half => format!("XXXX-H{}", self.captured("NTH")?),
            Item::FirstMonthDay => format!("XXXX-{:02}-{:02}", self.captured("MONTH")?, self.captured_day()?),
            Item::Holiday | Item::Day => "XXXX-XX-XX".to_owned(),
            Item::Unit => "PRESENT_REF".to_owned(),
        };
        Some(Resolved::open(&value))
    }

    fn near_weekday(&self, story: Date) -> Option<Resolved> {
        let ahead = i64::from(self.captured("WEEKDAY")? - calendar::weekday_of(story)).rem_euclid(7);
        let days = match self.direction {
            Direction::Future | Direction::Present => ahead,
            _ if ahead == 0 => 0,
            _ => ahead - 7,
        };
        Some(Resolved::at(calendar::shift(story, days, Unit::Day)?, Unit::Day))
    }

    fn near_month(&self, story: Date) -> Option<Resolved> {
        let month = i8::try_from(self.captured("MONTH")?).ok()?;
        // Months ahead within the year of the story, -11 to 11.
        let ahead = month - story.month();
        if let Some(year) = self.context.told_year {
            return Some(Resolved::at(Date::new(year, month, 1).ok()?, Unit::Month));
        }
        let years = match self.direction {
            Direction::Past if ahead > 0 => -1,
            Direction::Future if ahead < 0 => 1,
            // Without a tense, a month is of the past unless the coming quarter has it.
            Direction::Unknown | Direction::Present if ahead > 3 => -1,
            Direction::Unknown | Direction::Present if ahead < -9 => 1,
            _ => 0,
        };
        let year = story.year().checked_add(years)?;
        Some(Resolved::at(Date::new(year, month, 1).ok()?, Unit::Month))
    }

    fn near_month_day(&self, story: Date, day: i32) -> Option<Resolved> {
        let month = i8::try_from(self.captured("MONTH")?).ok()?;
        let day = i8::try_from(day).ok()?;
        if let Some(year) = self.context.told_year {
            return Date::new(year, month, day).ok().map(|day| Resolved::at(day, Unit::Day));
        }
        let candidates = (-1..=1).filter_map(|by| Date::new(story.year().checked_add(by)?, month, day).ok());
        let mut candidates: Vec<Date> = candidates.collect();
        // "Tuesday, Jan. 14" names the year in which the 14th is a Tuesday.
        if let Some(weekday) = self.captured("WEEKDAY")
            && candidates.iter().any(|day| calendar::weekday_of(*day) == weekday)
        {
            candidates.retain(|day| calendar::weekday_of(*day) == weekday);
        }
        self.pick(story, candidates).map(|day| Resolved::at(day, Unit::Day))
    }

    /// The nearest of some days; one against the tense must be clearly nearer to win.
    fn pick(&self, story: Date, candidates: Vec<Date>) -> Option<Date> {
        let cost = |day: &Date| {
            let ahead = calendar::days_between(story, *day);
            let against = match self.direction {
                Direction::Past => ahead > 0,
                Direction::Future => ahead < 0,
                Direction::Unknown | Direction::Present => false,
            };
            (ahead.abs() + if against { 200 } else { 0 }, *day)
        };
        candidates.into_iter().min_by_key(cost)
    }

    fn near_season(&self, story: Date) -> Option<Resolved> {
        let season = self.captured_code("SEASON")?;
        let first_month = season_start(season)?;
        let year = match self.direction {
            // A winter of January began in the year before.
            _ if season == "WI" && story.month() <= 2 => story.year().checked_sub(1)?,
            Direction::Future if first_month + 2 < story.month() => story.year().checked_add(1)?,
            Direction::Past if first_month > story.month() => story.year().checked_sub(1)?,
            _ => story.year(),
        };
        Some(Resolved::of_value(format!("{}-{season}", calendar::year_value(year))))
    }

    fn season_from(&self, story: Date, by: i64) -> Option<Resolved> {
        let season = self.captured_code("SEASON")?;
        let first_month = season_start(season)?;
        let is_running_winter = season == "WI" && story.month() <= 2;
        let year = match by {
            ..0 if is_running_winter => story.year().checked_sub(2)?,
            ..0 if first_month + 2 >= story.month() => story.year().checked_sub(1)?,
            0 if is_running_winter => story.year().checked_sub(1)?,
            1.. if first_month <= story.month() && !is_running_winter => story.year().checked_add(1)?,
            _ => story.year(),
        };
        Some(Resolved::of_value(format!("{}-{season}", calendar::year_value(year))))
    }

    fn near_quarter(&self, story: Date) -> Option<Resolved> {
        let quarter = i8::try_from(self.captured("NTH")?).ok().filter(|quarter| (1..=4).contains(quarter))?;
        let current = calendar::quarter_of(story);
        let years = match self.direction {
            // The figures of the quarter just ended are still to come.
            Direction::Future if quarter + 1 < current => 1,
            Direction::Future => 0,
            // Results of the fourth quarter come out in January.
            _ if quarter > current + 1 || (quarter > current && self.direction == Direction::Past) => -1,
            _ => 0,
        };
        let year = story.year().checked_add(years)?;
        quarter_at(year, quarter)
    }

    /// "The weekend", "the month": the narrative's own, or the story's.
    fn near_unit(&self, story: Date) -> Option<Resolved> {
        let unit = self.captured_unit()?;
        let by = match (unit, self.direction) {
            (Unit::Weekend, Direction::Future) => 0,
            // On Saturdays and Sundays the weekend is the running one.
            (Unit::Weekend, _) if calendar::weekday_of(story) < 6 => -1,
            _ => 0,
        };
        Some(Resolved::at(calendar::shift(story, by, unit)?, unit))
    }

    /// The captured holiday in a year. Codes: `12-25`; `easter-2`; `11-4th-4`, the fourth Thursday of November.
    fn holiday(&self, year: i16) -> Option<Date> {
        let code = self.captured_code("HOLIDAY")?;
        if let Some(offset) = code.strip_prefix("easter") {
            let days = if offset.is_empty() { 0 } else { offset.parse().ok()? };
            return calendar::shift(calendar::easter(year)?, days, Unit::Day);
        }
        let mut parts = code.split('-');
        let month: i8 = parts.next()?.parse().ok()?;
        let day = parts.next()?;
        match day.strip_suffix("th") {
            Some("last") => calendar::nth_weekday(year, month, -1, parts.next()?.parse().ok()?),
            Some(nth) => calendar::nth_weekday(year, month, nth.parse().ok()?, parts.next()?.parse().ok()?),
            None => Date::new(year, month, day.parse().ok()?).ok(),
        }
    }

    fn captured(&self, class: &str) -> Option<i32> {
        match self.meaning(class)? {
            Meaning::Int(value) => Some(value),
            _ => None,
        }
    }

    fn captured_code(&self, class: &str) -> Option<&'static str> {
        match self.meaning(class)? {
            Meaning::Code(code) => Some(code),
            _ => None,
        }
    }
}

fn quarter_at(year: i16, quarter: i8) -> Option<Resolved> {
    (1..=4)
        .contains(&quarter)
        .then(|| Resolved::of_value(format!("{}-Q{quarter}", calendar::year_value(year))))
}

fn season_start(season: &str) -> Option<i8> {
    Some(match season {
        "SP" => 3,
        "SU" => 6,
        "FA" => 9,
        "WI" => 12,
        _ => return None,
    })
}
