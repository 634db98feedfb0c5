//! The record as FollowTheMoney entities: whole, of known schemata, and referring only to what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;

use codebook::Codebook;
use ledger::rusqlite::Connection;
use serde_json::Value;
use whimbrel_query::{Export, Filter, Format, export};

use crate::{open, record};

/// The properties of FollowTheMoney 4 that each schema may have here, as its model lists them.
const MODEL: [(&str, &[&str]); 8] = [
    ("Person", &["name", "country", "wikidataId", "keywords"]),
    ("PublicBody", &["name", "country", "wikidataId", "keywords"]),
    ("Company", &["name", "country", "wikidataId", "keywords"]),
    ("Organization", &["name", "country", "wikidataId", "keywords"]),
    ("LegalEntity", &["name", "country", "wikidataId", "keywords"]),
    ("Position", &["name", "country"]),
    ("Occupancy", &["holder", "post", "date", "status", "description"]),
    (
        "Event",
        &["name", "summary", "involved", "organizer", "startDate", "endDate", "location", "country", "keywords", "publisher", "sourceUrl"],
    ),
];

#[test]
fn entities_of_the_money_refer_to_one_another() {
    let folder = record();
    let ledger = Connection::open(folder.path().join("desk.whimbrel")).expect("it opens");
    ledger
        .execute_batch(
            "UPDATE actors SET kind = 'person' WHERE name = 'Omar Haddad';
             -- The same office with other capitals.
             INSERT INTO actor_roles SELECT actor_id, 90, upper(title), \"of\", status, start, \"end\" FROM actor_roles
                WHERE actor_id IN (SELECT actor_id FROM actors WHERE name = 'Omar Haddad');",
        )
        .expect("it is kept");
    let out = folder.path().join("out");
    let wanted = Export { format: Format::Ftm, filter: Filter::default(), include: codebook::Status::ALL.to_vec() };
    let mut create = |_: &str| Ok(Box::new(File::create(&out)?) as Box<dyn Write + Send>);
    let exported = export(&open(&folder, None), Codebook::bundled(), &wanted, &mut create).expect("it is written");
    let text = fs::read_to_string(&out).expect("it was written");
    let entities: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let model: BTreeMap<&str, &[&str]> = MODEL.into();
    let ids: BTreeSet<&str> = entities.iter().map(|entity| entity["id"].as_str().expect("an id")).collect();
    let mut first: BTreeMap<&str, &Value> = BTreeMap::new();
    for entity in &entities {
        let id = entity["id"].as_str().expect("an id");
        assert_eq!(*first.entry(id).or_insert(entity), entity, "one id, one entity");
    }
    let mut n_events = 0;
    for entity in &entities {
        let schema = entity["schema"].as_str().expect("a schema");
        n_events += u64::from(schema == "Event");
        for (name, values) in entity["properties"].as_object().expect("properties") {
            assert!(model[schema].contains(&name.as_str()), "{schema} has no {name}");
            for value in values.as_array().expect("every property is a list") {
                let value = value.as_str().expect("every value is text");
                assert!(!value.is_empty() && !value.contains('\n'), "{name}: {value:?}");
                if ["holder", "post", "involved", "organizer"].contains(&name.as_str()) {
                    assert!(ids.contains(value), "{name} refers to nothing: {value}");
                }
            }
        }
    }
    assert_eq!(n_events, exported.n_written);
    assert!(n_events > 0 && entities.iter().any(|entity| entity["schema"] == "Occupancy"), "{text}");
}
