//! The network of who deals with whom as GEXF 1.3: a node for each party, an edge for each pair in each direction.

use std::io::Write;

use super::party::{Dyad, Party, count_left_out, happened};
use super::telling::Source;
use super::xml::Xml;
use super::{Exported, Format, Job};
use crate::error::Error;

const NODE: [(&str, &str); 4] = [("kind", "string"), ("country", "string"), ("sector", "string"), ("events", "long")];

const EDGE: [(&str, &str); 10] = [
    ("happenings", "long"),
    ("stories", "long"),
    ("origins", "long"),
    ("mean_score", "double"),
    ("verbal_cooperation", "long"),
    ("material_cooperation", "long"),
    ("verbal_conflict", "long"),
    ("material_conflict", "long"),
    ("first_day", "string"),
    ("last_day", "string"),
];

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    count_left_out(job, exported)?;
    let filter = happened(job);
    let source = Source { filter: &filter, ..job.source };
    let mut xml = Xml::new(out)?;
    xml.open("gexf", &[("xmlns", "http://gexf.net/1.3"), ("version", "1.3")])?;
    xml.open("meta", &[])?;
    xml.text("creator", &[], "Whimbrel")?;
    xml.text("description", &[], &Format::Gexf.losses().join("; "))?;
    xml.close("meta")?;
    xml.open("graph", &[("defaultedgetype", "directed"), ("mode", "static")])?;
    for (class, attributes) in [("node", &NODE[..]), ("edge", &EDGE)] {
        xml.open("attributes", &[("class", class)])?;
        for (title, kind) in attributes {
            xml.empty("attribute", &[("id", title), ("title", title), ("type", kind)])?;
        }
        xml.close("attributes")?;
    }
    xml.open("nodes", &[])?;
    source.each_party(|party| node(&mut xml, party))?;
    xml.close("nodes")?;
    xml.open("edges", &[])?;
    let mut number = 0_u64;
    source.each_dyad(|dyad| {
        edge(&mut xml, number, dyad)?;
        number += 1;
        Ok(())
    })?;
    xml.close("edges")?;
    xml.close("graph")?;
    xml.close("gexf")?;
    writeln!(out)?;
    count_written(&source, exported)
}

fn values(xml: &mut Xml<'_>, values: &[(&str, Option<&str>)]) -> Result<(), Error> {
    xml.open("attvalues", &[])?;
    for (name, value) in values {
        if let Some(value) = value {
            xml.empty("attvalue", &[("for", name), ("value", value)])?;
        }
    }
    xml.close("attvalues")
}

fn node(xml: &mut Xml<'_>, party: &Party) -> Result<(), Error> {
    let identity = &party.identity;
    xml.open("node", &[("id", &identity.id().to_string()), ("label", &identity.name)])?;
    let n_events = party.n_events.to_string();
    let cells = [Some(identity.kind.as_str()), identity.country.as_deref(), identity.sector.as_deref(), Some(&n_events)];
    values(xml, &NODE.iter().zip(cells).map(|((name, _), value)| (*name, value)).collect::<Vec<_>>())?;
    xml.close("node")
}

fn edge(xml: &mut Xml<'_>, number: u64, dyad: &Dyad) -> Result<(), Error> {
    let ends = [&dyad.actor, &dyad.recipient].map(|identity| identity.id().to_string());
    let [id, weight] = [number.to_string(), dyad.n_events.to_string()];
    xml.open("edge", &[("id", &id), ("source", &ends[0]), ("target", &ends[1]), ("weight", &weight)])?;
    let [vc, mc, vx, mx] = dyad.n_by_quad.map(|count| count.to_string());
    let counts = [dyad.n_happenings, dyad.n_stories, dyad.n_origins].map(|count| count.to_string());
    let mean = dyad.mean_score.to_string();
    let cells = [
        Some(counts[0].as_str()),
        Some(&counts[1]),
        Some(&counts[2]),
        Some(&mean),
        Some(&vc),
        Some(&mc),
        Some(&vx),
        Some(&mx),
        dyad.first.as_deref(),
        dyad.last.as_deref(),
    ];
    values(xml, &EDGE.iter().zip(cells).map(|((name, _), value)| (*name, value)).collect::<Vec<_>>())?;
    xml.close("edge")
}

/// Counts the events that make an edge, and those that lack a side.
fn count_written(source: &Source<'_>, exported: &mut Exported) -> Result<(), Error> {
    let (ids, values) = source.event_ids();
    let sql = format!(
        "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM event_actors x WHERE x.event_id = e.event_id)
                                       AND EXISTS (SELECT 1 FROM event_recipients y WHERE y.event_id = e.event_id)), 0)
         FROM events e WHERE e.event_id IN ({ids})"
    );
    let values = ledger::rusqlite::params_from_iter(values);
    let (all, written): (i64, i64) = source.record.connection().query_row(&sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    exported.n_written = written.unsigned_abs();
    if all > written {
        exported.left_out.insert("without an actor or a recipient", (all - written).unsigned_abs());
    }
    Ok(())
}
