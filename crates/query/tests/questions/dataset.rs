//! The record as a data set: what is written as Parquet is read back, and its description agrees with it.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use codebook::{Codebook, Status};
use jiff::civil::date;
use ledger::rusqlite::Connection;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Value, json};
use tempfile::TempDir;
use whimbrel_query::{Export, Exported, Filter, Format, Record, export};

use crate::{HOSTILE, open, record};

fn written(record: &Record, filter: Filter, folder: &Path) -> Exported {
    let wanted = Export { format: Format::Parquet, filter, include: Vec::new() };
    let mut open = |name: &str| Ok(Box::new(File::create(folder.join(name))?) as Box<dyn Write + Send>);
    export(record, Codebook::bundled(), &wanted, &mut open).expect("it is written")
}

fn reader(folder: &Path, table: &str) -> SerializedFileReader<File> {
    let file = File::open(folder.join(format!("{table}.parquet"))).expect("the table is there");
    SerializedFileReader::new(file).expect("it is Parquet")
}

/// The rows of a table as the crate's own reader gives them. Days are numbers there, counted from 1970-01-01.
fn rows(folder: &Path, table: &str) -> Vec<Value> {
    reader(folder, table).into_iter().map(|row| object(&row.expect("the row can be read"))).collect()
}

fn object(row: &Row) -> Value {
    Value::Object(row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect())
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Date(days) => json!(days),
        Field::Long(n) | Field::TimestampMillis(n) => json!(n),
        Field::Double(x) => json!(x),
        Field::Str(text) => json!(text),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        other => panic!("no column has {other:?}"),
    }
}

fn described(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).expect("it is there")).expect("it is JSON")
}

/// What resolution may conclude of the record, put there by hand.
fn concluded() -> TempDir {
    let folder = record();
    let ledger = Connection::open(folder.path().join("desk.whimbrel")).expect("it opens");
    ledger
        .execute_batch(
            "INSERT INTO entities (entity_id, name, kind, country, n_stories) VALUES (7, 'Vale Ministry', 'organization', 'PAK', 1);
             INSERT INTO entity_names VALUES (7, 'Ministry of the Vale', 1), (7, 'the ministry', 2);
             INSERT INTO entity_members SELECT actor_id, 7, 'name', 0.9 FROM actors WHERE name = 'Ministry of the Vale';
             INSERT INTO happenings (happening_id, type, status, n_reports, n_stories, n_origins) VALUES (3, 'CONSULT', 'planned', 1, 1, 1);
             INSERT INTO happening_reports SELECT min(event_id), 3, 'same', 1.0 FROM events WHERE status = 'planned';
             INSERT INTO lives VALUES (5, 'planned', '2026-12-01', NULL);
             INSERT INTO life_steps SELECT 5, 0, 'planned', min(event_id), '2026-11-05', NULL, NULL, 'told', 0.25 FROM events
                WHERE status = 'planned';
             INSERT INTO life_steps VALUES (5, 1, 'overdue', NULL, NULL, NULL, NULL, 'nothing was heard', 1.0)",
        )
        .expect("it is kept");
    folder
}

#[test]
fn rows_come_back_with_what_is_nested_and_what_is_missing() {
    let (folder, out) = (concluded(), tempfile::tempdir().expect("a folder can be made"));
    let exported = written(&open(&folder, None), Filter::default(), out.path());
    let events = rows(out.path(), "events");
    assert_eq!((exported.n_written, events.len()), (6, 6));
    let event = |words: &str, status: &str| {
        let is_it = |row: &&Value| row["trigger"]["words"] == words && row["status"] == status;
        events.iter().find(is_it).unwrap_or_else(|| panic!("no {status} {words}"))
    };
    let fired = event("fired", "happened");
    assert_eq!((&fired["type"], &fired["score"], &fired["mode"]), (&json!("ASSAULT"), &json!(-9.0), &Value::Null));
    // Behind an umlaut and quotation marks: code points, not bytes.
    assert_eq!(fired["trigger"], json!({ "start": 22, "end": 27, "words": "fired" }));
    assert_eq!((&fired["place"], &fired["also"], &fired["contexts"]), (&Value::Null, &json!([]), &json!([])));
    assert_eq!((&fired["actors"][0]["name"], &fired["actors"][0]["entity_id"]), (&json!("Free Hills Front"), &Value::Null));
    let visit = event("visit", "planned");
    assert_eq!((&visit["actors"][0]["name"], &visit["actors"][0]["entity_id"]), (&json!("Vale Ministry"), &json!(7)));
    assert_eq!((&visit["happening_id"], &visit["life_id"]), (&json!(3), &json!(5)));
    assert_eq!((&event("Talks", "planned")["earliest"], &event("Talks", "planned")["day"]), (&Value::Null, &Value::Null));
    let denied = event("fired", "denied");
    assert_eq!((&denied["actors"][0]["name"], &denied["recipients"]), (&json!(HOSTILE), &json!([])), "text stays as it is");
    let claims = rows(out.path(), "claims");
    assert_eq!(claims.len(), 2, "the older reading is not in it");
    assert_eq!((&claims[0]["disputes"], &claims[1]["disputes"]), (&Value::Null, &claims[0]["claim_id"]));
    assert_eq!((&claims[0]["content"][0]["words"], &claims[0]["cue"]), (&json!("blamed rebels"), &Value::Null));
    let actors = rows(out.path(), "actors");
    let haddad = actors.iter().find(|row| row["name"] == "Omar Haddad").expect("he is an actor");
    assert_eq!((&haddad["roles"][0]["title"], &haddad["roles"][0]["status"]), (&json!("General"), &Value::Null));
    assert_eq!(claims[0]["source_actor_id"], haddad["actor_id"]);
    assert_eq!(rows(out.path(), "stories").len(), 3);
    let names = json!([{ "name": "the ministry", "n_stories": 2 }, { "name": "Ministry of the Vale", "n_stories": 1 }]);
    assert_eq!(rows(out.path(), "entities")[0]["names"], names);
    assert_eq!(rows(out.path(), "happenings")[0]["reports"], json!([visit["event_id"]]));
    let steps = &rows(out.path(), "lives")[0]["steps"];
    assert_eq!((&steps[0]["score"], &steps[0]["event_id"]), (&json!(0.25), &visit["event_id"]));
    assert_eq!((&steps[1]["step"], &steps[1]["event_id"], &steps[1]["day"]), (&json!("overdue"), &Value::Null, &Value::Null));
}

#[test]
fn columns_have_the_types_that_their_description_says() {
    let (folder, out) = (record(), tempfile::tempdir().expect("a folder can be made"));
    written(&open(&folder, None), Filter::default(), out.path());
    let package = described(out.path(), "datapackage.json");
    for resource in package["resources"].as_array().expect("resources are a list") {
        let table = resource["name"].as_str().expect("a resource has a name");
        let reader = reader(out.path(), table);
        let meta = reader.metadata().file_metadata();
        assert_eq!(resource["rowCount"], json!(meta.num_rows()), "{table}");
        let size = fs::metadata(out.path().join(resource["path"].as_str().expect("a path"))).expect("the file is there").len();
        assert_eq!(resource["bytes"], json!(size), "{table}");
        let fields = resource["schema"]["fields"].as_array().expect("fields are a list");
        assert_eq!(fields.len(), meta.schema().get_fields().len(), "{table}");
        for (field, column) in fields.iter().zip(meta.schema().get_fields()) {
            assert_eq!(field["name"], column.name(), "{table}");
            assert_eq!(field["constraints"]["required"], json!(!column.is_optional()), "{table}.{}", column.name());
        }
    }
    let schema = |table: &str, column: &str| {
        let reader = reader(out.path(), table);
        let schema = reader.metadata().file_metadata().schema_descr();
        let found = schema.columns().iter().find(|found| found.path().string() == column);
        let found = found.unwrap_or_else(|| panic!("no {column}"));
        (format!("{:?}", found.logical_type_ref()), found.max_def_level(), found.max_rep_level())
    };
    assert_eq!(schema("events", "day"), ("Some(Date)".into(), 1, 0));
    assert_eq!(schema("events", "actors.list.element.country"), ("Some(String)".into(), 2, 1));
    assert_eq!(schema("actors", "roles.list.element.span.words"), ("Some(String)".into(), 1, 1));
    assert!(schema("events", "known_on").0.contains("Timestamp"));
    let croissant = described(out.path(), "croissant.json");
    assert_eq!(croissant["recordSet"].as_array().map(Vec::len), Some(7));
    assert_eq!(croissant["distribution"].as_array().map(Vec::len), Some(7));
    let codebook = described(out.path(), "codebook.json");
    assert_eq!((&codebook["version"], codebook["types"].as_array().map(Vec::len)), (&json!(Codebook::bundled().version()), Some(16)));
}

#[test]
fn a_filter_chooses_events_and_their_stories() {
    let (folder, out) = (concluded(), tempfile::tempdir().expect("a folder can be made"));
    let filter = Filter { statuses: vec![Status::Denied], ..Filter::default() };
    written(&open(&folder, None), filter, out.path());
    let counts = ["events", "stories", "actors", "claims", "entities", "happenings", "lives"].map(|table| rows(out.path(), table).len());
    assert_eq!(counts, [1, 1, 1, 0, 0, 0, 0]);
    assert_eq!(rows(out.path(), "events")[0]["known_on"], rows(out.path(), "stories")[0]["known_on"]);
    let until = Filter { until: Some(date(2026, 11, 1)), ..Filter::default() };
    written(&open(&folder, Some(19)), until, out.path());
    let stories = rows(out.path(), "stories");
    assert_eq!((stories.len(), &stories[0]["model"]), (1, &json!("m 1")), "as it was known");
}

#[test]
fn the_same_ledger_gives_the_same_bytes() {
    let folder = concluded();
    let bytes = || {
        let out = tempfile::tempdir().expect("a folder can be made");
        written(&open(&folder, None), Filter::default(), out.path());
        let mut files: Vec<_> = fs::read_dir(out.path()).expect("it is a folder").map(|file| file.expect("it is a file").path()).collect();
        files.sort();
        files.iter().map(|file| fs::read(file).expect("it can be read")).collect::<Vec<_>>()
    };
    let (one, other) = (bytes(), bytes());
    assert_eq!(one.len(), 10);
    assert!(one == other);
}
