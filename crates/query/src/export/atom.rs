//! An Atom feed (RFC 4287): one entry for each report of an event, its codes as categories.

use std::io::Write;

use super::party::id_of;
use super::telling::Telling;
use super::xml::Xml;
use super::{Exported, Format, Job, timestamp};
use crate::error::Error;

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    let (ids, values) = job.source.event_ids();
    let sql = format!("SELECT coalesce(max(known_on), 0) FROM events WHERE event_id IN ({ids})");
    let values = ledger::rusqlite::params_from_iter(values);
    let updated = ledger::Moment(job.source.record.connection().query_row(&sql, values, |row| row.get(0))?);
    let mut xml = Xml::new(out)?;
    xml.open("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "en")])?;
    xml.text("id", &[], &id_of("feed", &["events"]).urn().to_string())?;
    xml.text("title", &[], "Whimbrel: who did what to whom")?;
    xml.text("subtitle", &[], &format!("note: {}", Format::Atom.losses().join("; ")))?;
    xml.text("updated", &[], &moment(updated))?;
    xml.open("author", &[])?;
    xml.text("name", &[], "Whimbrel")?;
    xml.close("author")?;
    job.source.each(|telling| {
        entry(job, &mut xml, telling)?;
        exported.wrote();
        Ok(())
    })?;
    xml.close("feed")?;
    Ok(writeln!(out)?)
}

fn moment(moment: ledger::Moment) -> String {
    timestamp(moment).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn entry(job: &Job<'_>, xml: &mut Xml<'_>, telling: &Telling<'_>) -> Result<(), Error> {
    let (event, meta) = (telling.event, &telling.told.stored.metadata);
    xml.open("entry", &[])?;
    xml.text("id", &[], &id_of("event", &[&telling.key()]).urn().to_string())?;
    xml.text("title", &[], &telling.headline(job.codebook))?;
    xml.text("updated", &[], &moment(telling.told.known_on))?;
    if let Some(day) = telling.told.stored.day {
        xml.text("published", &[], &format!("{day}T00:00:00Z"))?;
    }
    xml.open("author", &[])?;
    xml.text("name", &[], meta.publisher.as_deref().unwrap_or("unknown publisher"))?;
    xml.close("author")?;
    if let Some(url) = super::link(meta) {
        xml.empty("link", &[("rel", "alternate"), ("href", url), ("title", meta.title.as_deref().unwrap_or(""))])?;
    }
    let codes = [
        ("type", Some(event.event_type.word())),
        ("mode", event.mode.as_deref()),
        ("status", Some(event.status.word())),
        ("country", event.place_country.as_deref()),
        ("review", telling.review.verb.as_deref()),
    ];
    for (scheme, code) in codes {
        if let Some(code) = code {
            xml.empty("category", &[("term", code), ("scheme", &format!("urn:whimbrel:{scheme}"))])?;
        }
    }
    xml.text("summary", &[("type", "text")], &telling.quote())?;
    xml.close("entry")
}
