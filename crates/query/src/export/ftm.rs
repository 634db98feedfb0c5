//! FollowTheMoney entities, one a line: parties, the offices that stories say they hold, and events that involve them.
//!
//! The model has no status, type or claim of an event, and no side of it: who acts is the organizer, all are involved, and the rest
//! stands in the summary and the keywords. A post comes again with each of its holders, as the same entity. Ids are those of every export, so that merging two exports joins what is the same.

use std::io::Write;

use codebook::{ActorKind, Codebook, RoleStatus};
use serde_json::{Map, Value, json};

use super::crosswalk::Crosswalk;
use super::party::{Identity, Office, Party, count_left_out, happened, id_of, kind_words};
use super::telling::{Source, Telling};
use super::{Exported, Job, link};
use crate::error::Error;

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    count_left_out(job, exported)?;
    let filter = happened(job);
    let source = Source { filter: &filter, ..job.source };
    source.each_party(|party| {
        line(out, &entity(job.codebook, party))?;
        if party.identity.kind == ActorKind::Person.word() {
            for office in source.offices(&party.identity)? {
                for entity in occupancy(job.codebook, &party.identity, &office) {
                    line(out, &entity)?;
                }
            }
        }
        Ok(())
    })?;
    source.each(|telling| {
        line(out, &event(job.codebook, telling))?;
        exported.wrote();
        Ok(())
    })
}

fn line(out: &mut dyn Write, entity: &Value) -> Result<(), Error> {
    Ok(writeln!(out, "{}", super::json(entity))?)
}

/// An entity with the properties of which something is known; each is a list.
fn made(id: String, schema: &str, properties: &[(&str, Vec<String>)]) -> Value {
    let known = properties.iter().filter(|(_, values)| !values.is_empty());
    let properties: Map<String, Value> = known.map(|(name, values)| ((*name).to_owned(), json!(values))).collect();
    json!({"id": id, "schema": schema, "properties": properties})
}

fn one(value: Option<impl Into<String>>) -> Vec<String> {
    value.map(Into::into).into_iter().collect()
}

/// A country as FollowTheMoney writes it: the alpha-2 code in small letters.
fn country(codebook: &Codebook, code: Option<&str>) -> Vec<String> {
    one(code.and_then(|code| codebook.actors.country(code)).map(|country| country.alpha2.to_lowercase()))
}

fn entity(codebook: &Codebook, party: &Party) -> Value {
    let identity = &party.identity;
    let schema = match ActorKind::from_word(&identity.kind) {
        Some(ActorKind::Person) => "Person",
        Some(ActorKind::Country) => "PublicBody",
        Some(ActorKind::Organization) => Crosswalk::embedded().schema(identity.sector.as_deref()).unwrap_or("Organization"),
        _ => "LegalEntity",
    };
    made(identity.id().to_string(), schema, &[
        ("name", vec![text::one_line(&identity.name)]),
        ("country", country(codebook, identity.country.as_deref())),
        ("wikidataId", one(party.wikidata.clone())),
        ("keywords", one(identity.code())),
    ])
}

/// An office and who is said to hold it, on the days on which stories say so.
fn occupancy(codebook: &Codebook, holder: &Identity, office: &Office) -> [Value; 2] {
    // One post however it is written: stories differ in their capitals.
    let title = text::one_line(&office.title).to_lowercase();
    let of = office.of.as_deref().unwrap_or("");
    let post = id_of("post", &[&title, of]).to_string();
    let held = id_of("occupancy", &[&holder.id().to_string(), &post, office.status.as_deref().unwrap_or("")]).to_string();
    let days = [&office.days.0, &office.days.1].into_iter().flatten().cloned();
    let mut days: Vec<String> = days.collect();
    days.dedup();
    // An office without a word about it is held when the story tells of it.
    let status = match office.status.as_deref().and_then(RoleStatus::from_word) {
        None | Some(RoleStatus::Acting) => "current",
        Some(RoleStatus::Former) => "ended",
        Some(RoleStatus::Designate) => "unknown",
    };
    [
        made(post.clone(), "Position", &[("name", vec![title]), ("country", country(codebook, office.of.as_deref()))]),
        made(held, "Occupancy", &[
            ("holder", vec![holder.id().to_string()]),
            ("post", vec![post]),
            ("date", days),
            ("status", vec![status.to_owned()]),
            ("description", one(office.status.clone())),
        ]),
    ]
}

fn event(codebook: &Codebook, telling: &Telling<'_>) -> Value {
    let (event, stored) = (telling.event, &telling.told.stored);
    let ids = |sides: Vec<super::telling::Side<'_>>| sides.iter().map(|side| side.identity().id().to_string()).collect::<Vec<_>>();
    let organizers = ids(telling.actors());
    let mut involved = organizers.clone();
    involved.extend(ids(telling.recipients()));
    let mut seen = std::collections::BTreeSet::new();
    involved.retain(|id| seen.insert(id.clone()));
    let mode = event.mode.as_ref().map(|mode| format!("mode:{mode}"));
    let keywords = [Some(format!("type:{}", event.event_type)), mode, Some(format!("status:{}", event.status))];
    let line = |text: &str| text::one_line(text);
    made(id_of("event", &[&telling.key()]).to_string(), "Event", &[
        ("name", vec![kind_words(codebook, event.event_type, event.mode.as_deref())]),
        ("summary", vec![line(&telling.quote())]),
        ("involved", involved),
        ("organizer", organizers),
        ("startDate", one(event.when.map(|when| when.0.to_string()))),
        ("endDate", one(event.when.map(|when| when.1.to_string()))),
        ("location", one(event.place_name.as_deref().map(line))),
        ("country", country(codebook, event.place_country.as_deref())),
        ("keywords", keywords.into_iter().flatten().collect()),
        ("publisher", one(stored.metadata.publisher.as_deref().map(line))),
        ("sourceUrl", one(link(&stored.metadata).map(|url| url.to_owned()))),
    ])
}
