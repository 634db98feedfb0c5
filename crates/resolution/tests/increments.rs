//! A ledger settled batch by batch holds, byte for byte, what a rebuild concludes: whatever came when, edited stories and
//! decisions by hand included.

// The ledger's examples know it under its full name.
extern crate ledger as whimbrel_ledger;

#[path = "../../ledger/examples/generate/story.rs"]
#[allow(dead_code, reason = "shared with the ledger's examples")]
mod story;

use std::collections::BTreeMap;

use ledger::{Batch, Decision, Entry, Layer, Ledger, Moment, Program, RunId, Verb, rusqlite};
use proptest::strategy::Strategy;
use whimbrel_resolution::{Settler, Thresholds, at_hand, facts_of_entry};

/// Derived tables; all that is concluded lies in them.
const TABLES: [&str; 12] = [
    "origins", "entities", "entity_names", "entity_roles", "entity_members", "happenings", "happening_reports", "lives",
    "life_steps", "claim_relations", "propositions", "resolution_shelves",
];

/// All rows of the derived tables as text.
fn dump(ledger: &Ledger) -> Vec<String> {
    let mut lines = Vec::new();
    for table in TABLES {
        // How far a ledger was settled is no conclusion.
        let but = if table == "resolution_shelves" { "WHERE shelf > 0" } else { "" };
        let mut statement = ledger.connection().prepare(&format!("SELECT * FROM {table} {but} ORDER BY 1, 2")).expect(table);
        let n = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..n).map(|idx| row.get::<_, rusqlite::types::Value>(idx)).collect::<Result<Vec<_>, _>>();
        let rows = statement.query_map([], row).expect(table);
        lines.extend(rows.map(|row| format!("{table} {:?}", row.expect("a row"))));
    }
    lines
}

/// The bundled stories, and such as a program makes.
fn entries() -> Vec<Entry> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases/resolution/examples.jsonl");
    let lines = std::fs::read_to_string(path).expect("the codings are committed");
    let mut entries: Vec<Entry> = lines
        .lines()
        .enumerate()
        .map(|(idx, line)| {
            let (metadata, text, coding) = codebook::json::read_line(line).expect("a coding reads back");
            let coding = codebook::Coding { model: story::MODEL.into(), codebook: story::CODEBOOK.into(), ..coding };
            let day = metadata.published.as_deref().and_then(|stamp| stamp.get(..10)?.parse().ok());
            let document = text::Document { metadata, text, date: day, ..text::Document::default() };
            Entry::new(document, coding, "examples".into(), idx as u64 + 1)
        })
        .collect();
    entries.extend((0..60).map(|number| story::entry(number, "generated")));
    entries
}

struct Desk {
    ledger: Ledger,
    run: RunId,
    settler: Settler,
    clock: i64,
}

impl Desk {
    fn new(folder: &tempfile::TempDir) -> Self {
        let mut ledger = Ledger::create(&folder.path().join("desk.whimbrel")).expect("a ledger can be made");
        let program = Program { model: story::MODEL, codebook: story::CODEBOOK, program: "test" };
        let run = ledger.begin_run(program, Moment(0)).expect("a run begins");
        Self { ledger, run, settler: Settler::new(Thresholds::bundled()), clock: 0 }
    }

    fn keep(&mut self, entries: Vec<Entry>, with_facts: bool) {
        self.clock += 1;
        let facts = entries.iter().map(facts_of_entry).collect();
        let batch = Batch { entries, ..Batch::default() };
        let receipt = self.ledger.append(self.run, Moment(self.clock), &batch).expect("a batch is kept");
        let facts = if with_facts { at_hand(&self.ledger, &receipt, facts).expect("keys are there") } else { BTreeMap::new() };
        self.settler.settle(&mut self.ledger, facts, |_| ()).expect("it settles");
    }

    fn is_as_rebuilt(&mut self) {
        let settled = dump(&self.ledger);
        Settler::new(Thresholds::bundled()).rebuild(&mut self.ledger, |_| ()).expect("it settles");
        let rebuilt = dump(&self.ledger);
        let differ = settled.iter().zip(&rebuilt).find(|(one, other)| one != other);
        assert!(settled == rebuilt, "{} rows settled, {} rebuilt; first difference: {differ:#?}", settled.len(), rebuilt.len());
        assert_eq!(self.ledger.doctor().expect("it can be examined"), []);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]

    #[test]
    fn any_batches_give_what_a_rebuild_gives(
        order in proptest::prelude::Just((0..76_usize).collect::<Vec<_>>()).prop_shuffle(),
        sizes in proptest::collection::vec(1..25_usize, 3..9),
        edited in proptest::collection::vec(0..76_usize, 0..4),
        with_facts in proptest::prelude::any::<bool>(),
    ) {
        let all = entries();
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut desk = Desk::new(&folder);
        let mut left = order.as_slice();
        for size in sizes {
            let (now, later) = left.split_at(size.min(left.len()));
            desk.keep(now.iter().map(|&idx| all[idx].clone()).collect(), with_facts);
            left = later;
        }
        // The same address with other words is a newer revision of the story.
        let edit = |&idx: &usize| {
            let mut entry = all[idx].clone();
            entry.text.push_str(" An editor added this.");
            entry.metadata.url.get_or_insert_with(|| format!("https://news.example/{idx}"));
            entry
        };
        desk.keep(edited.iter().map(edit).collect(), with_facts);
        desk.is_as_rebuilt();
    }
}

#[test]
fn decisions_hold_in_increments_and_rebuilds() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut desk = Desk::new(&folder);
    desk.keep(entries(), true);
    let plain = dump(&desk.ledger);
    let decide = |desk: &mut Desk, layer, verb, left: &str, right: &str| {
        let decision = Decision { by: "desk".into(), layer, verb, left: left.into(), right: right.into(), reason: "seen".into() };
        desk.ledger.decide(Moment(9), &decision).expect("it is logged")
    };
    let count = |desk: &Desk, sql: &str| -> i64 { desk.ledger.connection().query_row(sql, [], |row| row.get(0)).expect(sql) };
    let one_origin = "SELECT count(DISTINCT origin) FROM origins WHERE story_id IN (1, 40)";
    let one_event = "SELECT count(DISTINCT happening_id) FROM happening_reports WHERE event_id IN (1, 200)";
    let two = (count(&desk, one_origin), count(&desk, one_event));
    assert_eq!(two, (2, 2), "they have nothing to do with each other");
    let keys = [
        decide(&mut desk, Layer::Origin, Verb::Merge, "story:1", "story:40"),
        decide(&mut desk, Layer::Happening, Verb::Merge, "event:1", "event:200"),
        decide(&mut desk, Layer::Entity, Verb::Split, "actor:1", "actor:9"),
    ];
    desk.keep(Vec::new(), false);
    assert_eq!((count(&desk, one_origin), count(&desk, one_event)), (1, 1), "a person joined them");
    desk.is_as_rebuilt();
    assert_eq!((count(&desk, one_origin), count(&desk, one_event)), (1, 1), "a rebuild keeps what a person said");
    for key in keys {
        assert!(desk.ledger.undo(Moment(10), key).expect("it can be taken back"));
    }
    desk.keep(Vec::new(), false);
    assert!(dump(&desk.ledger) == plain, "taken back, they leave no trace");
}
