//! Lives of planned events: what later reports made of a plan.
//!
//! A life is a history of reports: planned → confirmed → took place | postponed | cancelled; overdue is no report but follows
//! from a day that the caller passes in.

use codebook::Status;
use jiff::civil::Date;

use crate::facts::{Report, Story};
use crate::{ReportId, hash, words};

/// What a report makes of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// First told.
    Planned,
    /// Told again with a day, or as confirmed.
    Confirmed,
    /// Put off.
    Postponed,
    /// Called off.
    Cancelled,
    /// Done.
    TookPlace,
    /// Its last day passed and nothing was heard.
    Overdue,
}

impl Stage {
    /// The word that stands for it in every record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Confirmed => "confirmed",
            Self::Postponed => "postponed",
            Self::Cancelled => "cancelled",
            Self::TookPlace => "took place",
            Self::Overdue => "overdue",
        }
    }
}

/// One step of a life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What became of the plan.
    pub stage: Stage,
    /// The report that says so; `None` for overdue.
    pub report: Option<ReportId>,
    /// The number that the report is kept under.
    pub number: Option<i64>,
    /// The days that the report states.
    pub window: Option<(Date, Date)>,
    /// The day of the report, or the first day on which the event was overdue.
    pub on: Option<Date>,
    /// Why.
    pub reason: String,
}

fn family(report: &Report, family: &str) -> bool {
    let family = hash::of_parts(&["kin", family]);
    report.beside.iter().any(|stem| words::families(stem).contains(&family))
}

/// The life of an event from its reports, sorted by day; `None` when it was never planned. `today` closes what is overdue.
pub(crate) fn life(reports: &[(&Story, &Report)], today: Option<Date>) -> Option<Vec<Step>> {
    reports.iter().find(|(_, report)| report.status == Some(Status::Planned))?;
    let mut steps: Vec<Step> = Vec::new();
    let mut window: Option<(Date, Date)> = None;
    for (story, report) in reports {
        let last = steps.last().map(|step| step.stage);
        let narrower = matches!((report.when, window), (Some(new), Some(old)) if days(new) < days(old)) || report.when.is_some() && window.is_none();
        let (stage, reason) = match report.status {
            Some(Status::Happened) => (Stage::TookPlace, "reported as happened"),
            Some(Status::Planned) if family(report, "cancel") => (Stage::Cancelled, "a word of calling off beside it"),
            Some(Status::Planned) if family(report, "postpone") => (Stage::Postponed, "a word of putting off beside it"),
            Some(Status::Planned) if last.is_none() => (Stage::Planned, "reported as planned"),
            Some(Status::Planned) if family(report, "confirm") => (Stage::Confirmed, "a word of confirming beside it"),
            Some(Status::Planned) if narrower => (Stage::Confirmed, "reported again with a narrower window"),
            _ => continue,
        };
        // Reports of a past event that was never planned before begin no life.
        if last.is_none() && stage == Stage::TookPlace || last == Some(Stage::TookPlace) {
            continue;
        }
        if stage == Stage::Planned || stage == Stage::Confirmed {
            window = report.when.or(window);
        }
        if last != Some(stage) {
            let number = story.reports.iter().position(|other| other.id == report.id).map(|idx| story.numbers.report + idx as i64);
            let id = ReportId { story: story.id.clone(), id: report.id.clone() };
            let (on, reason) = (story.published, reason.to_owned());
            steps.push(Step { stage, report: Some(id), number, window: report.when, on, reason });
        }
    }
    let open = matches!(steps.last()?.stage, Stage::Planned | Stage::Confirmed);
    if let (true, Some(today), Some((_, due))) = (open, today, window)
        && today > due
    {
        let reason = format!("last day {due}, nothing heard by {today}");
        let on = due.tomorrow().ok();
        steps.push(Step { stage: Stage::Overdue, report: None, number: None, window: None, on, reason });
    }
    Some(steps)
}

fn days(window: (Date, Date)) -> i32 {
    (window.1 - window.0).get_days()
}
