//! A calendar (RFC 5545) of what is planned: one entry for each plan, whatever number of stories tell it.
//!
//! Its UID stays the same as reports come in and its SEQUENCE grows with them; STATUS is what was heard last. A window is whole
//! days, shown as free; one of several days is marked ≈.

use std::collections::BTreeSet;
use std::io::{self, Write};

use codebook::Status;
use jiff::civil::Date;
use ledger::Moment;

use super::telling::{Source, Telling};
use super::{Exported, Format, Job, timestamp};
use crate::error::Error;
use crate::filter::Filter;

/// The most octets of a line; longer ones go on in the next after a blank.
const OCTETS: usize = 75;

/// What was heard of a plan.
#[derive(Debug)]
struct Step {
    step: String,
    day: Option<String>,
    window: Option<(Date, Date)>,
    known_on: Option<Moment>,
}

/// A plan with all that was heard of it.
#[derive(Debug)]
struct Plan {
    uid: String,
    steps: Vec<Step>,
}

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    for (name, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Whimbrel//Agenda//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", "Whimbrel agenda"),
        ("X-WR-CALDESC", &escaped(&Format::Ics.losses().join("; "))),
    ] {
        line(out, name, value)?;
    }
    let filter = Filter { statuses: vec![Status::Planned], ..job.source.filter.clone() };
    let source = Source { filter: &filter, ..job.source };
    let mut written = BTreeSet::new();
    source.each(|telling| {
        if telling.review.is_rejected() {
            exported.leave_out("rejected by people");
            return Ok(());
        }
        let plan = match &telling.life {
            Some((life, _)) if !written.insert(*life) => return Ok(()),
            Some((life, _)) => plan(&source, *life)?,
            None => {
                let (window, known_on) = (telling.event.when, Some(telling.told.known_on));
                let day = telling.told.stored.day.map(|day| day.to_string());
                Plan { uid: telling.key(), steps: vec![Step { step: "planned".to_owned(), day, window, known_on }] }
            }
        };
        match plan.steps.iter().rev().find_map(|step| step.window) {
            Some(window) => {
                entry(job, out, telling, &plan, window)?;
                exported.wrote();
            }
            None => exported.leave_out("planned, without a window"),
        }
        Ok(())
    })?;
    Ok(line(out, "END", "VCALENDAR")?)
}

/// The steps of a life that the record shows, in their order.
fn plan(source: &Source<'_>, life: i64) -> Result<Plan, Error> {
    let mut statement = source.record.connection().prepare_cached(
        "SELECT p.step, p.day, p.earliest, p.latest, e.known_on,
                (SELECT lower(hex(r.hash)) FROM revisions r WHERE r.story_id = e.story_id ORDER BY r.revision_id LIMIT 1)
                || '-' || e.trigger_start
         FROM life_steps p LEFT JOIN current_events e ON e.event_id = p.event_id
         WHERE p.life_id = ?1 AND (p.event_id IS NULL OR e.event_id IS NOT NULL) ORDER BY p.position",
    )?;
    let mut rows = statement.query([life])?;
    let (mut uid, mut steps) = (None, Vec::new());
    while let Some(row) = rows.next()? {
        let day = |idx: usize| row.get::<_, Option<String>>(idx).map(|day| day.and_then(|day| day.parse::<Date>().ok()));
        let known_on = row.get::<_, Option<i64>>(4)?.map(Moment);
        steps.push(Step { step: row.get(0)?, day: row.get(1)?, window: day(2)?.zip(day(3)?), known_on });
        uid = uid.or(row.get::<_, Option<String>>(5)?);
    }
    Ok(Plan { uid: uid.unwrap_or_else(|| format!("life-{life}")), steps })
}

fn entry(job: &Job<'_>, out: &mut dyn Write, telling: &Telling<'_>, plan: &Plan, window: (Date, Date)) -> Result<(), Error> {
    let (event, meta) = (telling.event, &telling.told.stored.metadata);
    let standing = plan.steps.last().map_or("planned", |step| step.step.as_str());
    let status = match standing {
        "cancelled" => "CANCELLED",
        "confirmed" | "took place" => "CONFIRMED",
        _ => "TENTATIVE",
    };
    let stamp = plan.steps.iter().filter_map(|step| step.known_on).max().unwrap_or(telling.told.known_on);
    let stamp = timestamp(stamp).strftime("%Y%m%dT%H%M%SZ").to_string();
    let digits = |day: Date| day.strftime("%Y%m%d").to_string();
    let mark = if window.0 == window.1 { "" } else { "≈ " };
    let title = telling.headline(job.codebook).replace(" (planned)", "");
    let heard: Vec<String> =
        plan.steps.iter().map(|step| format!("{}: {}", step.day.as_deref().unwrap_or("undated"), step.step)).collect();
    let publisher = meta.publisher.as_deref().unwrap_or(&meta.id);
    let description = format!("“{}” ({publisher})\n{}", telling.quote(), heard.join("\n"));
    line(out, "BEGIN", "VEVENT")?;
    line(out, "UID", &format!("{}@whimbrel", plan.uid))?;
    line(out, "SEQUENCE", &(plan.steps.len().max(1) - 1).to_string())?;
    line(out, "DTSTAMP", &stamp)?;
    line(out, "LAST-MODIFIED", &stamp)?;
    line(out, "DTSTART;VALUE=DATE", &digits(window.0))?;
    // The end is the day after.
    line(out, "DTEND;VALUE=DATE", &digits(window.1.tomorrow().unwrap_or(window.1)))?;
    line(out, "STATUS", status)?;
    line(out, "TRANSP", "TRANSPARENT")?;
    line(out, "SUMMARY", &escaped(&format!("{mark}{title}")))?;
    line(out, "DESCRIPTION", &escaped(&description))?;
    line(out, "CATEGORIES", event.event_type.word())?;
    if let Some(place) = &event.place_name {
        line(out, "LOCATION", &escaped(place))?;
    }
    if let Some((lat, lon)) = event.lat.zip(event.lon) {
        line(out, "GEO", &format!("{lat};{lon}"))?;
    }
    if let Some(url) = super::link(meta) {
        line(out, "URL", &text::one_line(url))?;
    }
    line(out, "X-WHIMBREL-STANDING", standing)?;
    Ok(line(out, "END", "VEVENT")?)
}

/// Text as a value: what would end it is escaped, and nothing in it is a control character.
fn escaped(text: &str) -> String {
    text::shown(text).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n").replace('\t', " ")
}

/// A line, folded between characters.
fn line(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    let whole = format!("{name}:{value}");
    let mut used = 0;
    for c in whole.chars() {
        if used + c.len_utf8() > OCTETS {
            write!(out, "\r\n ")?;
            used = 1;
        }
        write!(out, "{c}")?;
        used += c.len_utf8();
    }
    write!(out, "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters_and_never_ended_by_a_story() {
        let mut out = Vec::new();
        line(&mut out, "SUMMARY", &escaped(&format!("a;b,c\\d\r\nEND:VCALENDAR{}", "é".repeat(60)))).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("SUMMARY:a\\;b\\,c\\\\d\u{fffd}\\nEND:VCALENDAR"), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= OCTETS), "{text}");
        assert_eq!(text.matches("\r\n").count(), text.matches("\r\n ").count() + 1);
    }
}
