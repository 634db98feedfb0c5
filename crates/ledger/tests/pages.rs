//! The page on the ledger names every table and column, and ledgers of old open for ever.

use std::fs;
use std::path::{Path, PathBuf};

use whimbrel_ledger::Ledger;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_page_names_every_table_and_column() {
    let page = fs::read_to_string(root().join("docs/reference/ledger.md")).expect("the page is there");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let ledger = Ledger::create(&folder.path().join("new.whimbrel")).expect("a ledger can be made");
    let mut statement = ledger
        .connection()
        .prepare(
            "SELECT t.name, c.name FROM pragma_table_list t, pragma_table_info(t.name) c
             WHERE t.schema = 'main' AND t.type IN ('table', 'virtual') AND t.name NOT LIKE 'sqlite_%' ORDER BY 1, c.cid",
        )
        .expect("the schema can be read");
    let rows: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect)
        .expect("the schema can be read");
    let mut missing = Vec::new();
    for (table, column) in &rows {
        // A section, or a paragraph, begins with the table's name and names its columns.
        let from = page.find(&format!("### {table}")).or_else(|| page.find(&format!("`{table}`:")));
        let from = from.or_else(|| page.find(&format!("`{table}` ")));
        let about = from.map_or("", |from| {
            let end = page[from + 4..].find("\n### ").map_or(page.len(), |end| from + 4 + end);
            &page[from..end]
        });
        if !about.contains(&format!("`{column}`")) {
            missing.push(format!("{table}.{column}"));
        }
    }
    assert!(rows.len() > 150 && missing.is_empty(), "not on the page: {missing:?}");
}

#[test]
fn old_ledgers_open() {
    let mut n_opened = 0;
    for file in fs::read_dir(root().join("cases/ledger")).expect("old ledgers are there") {
        let file = file.expect("the folder can be read").path();
        if file.extension().is_none_or(|ending| ending != "whimbrel") {
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        let copy = folder.path().join("old.whimbrel");
        fs::copy(&file, &copy).expect("it can be copied");
        let ledger = Ledger::open(&copy).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(ledger.doctor().expect("it can be examined"), [], "{}", file.display());
        // Beside each lies what it holds, line by line.
        let lines = fs::read_to_string(file.with_extension("jsonl")).expect("its codings lie beside it");
        let keys = ledger.current_codings_after(0, usize::MAX).expect("keys can be read");
        assert_eq!(keys.len(), lines.lines().count());
        for (key, line) in keys.into_iter().zip(lines.lines()) {
            let stored = ledger.coding(key).expect("it can be read").expect("it is there");
            assert_eq!(stored.to_json(), line, "{}: coding {key}", file.display());
        }
        n_opened += 1;
    }
    assert!(n_opened > 0, "no old ledger was found");
}
