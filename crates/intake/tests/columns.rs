//! Parquet: rows as stories, from the disk and from memory; what is damaged or has no text is refused.

use std::fs;
use std::io::Cursor;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use whimbrel_intake::{Failure, Limits, Options, Stage, Stories, Story};

/// Rows of two groups: a text that may be missing, a title, a moment in nanoseconds, a number that nothing reads.
fn made(compression: Compression, text: &str) -> Vec<u8> {
    let schema = format!(
        "message news {{ optional binary {text} (UTF8); required binary headline (UTF8);
         required int64 published (TIMESTAMP(NANOS,true)); required int64 score; }}"
    );
    let schema = Arc::new(parse_message_type(&schema).expect("the schema is sound"));
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).expect("memory can be written");
    for group in 0..2i64 {
        let mut rows = writer.next_row_group().expect("a group can be begun");
        let strings = |what: &str| [format!("{what} {group}.0"), format!("{what} {group}.1")].map(|text| ByteArray::from(text.as_str()));
        let mut at = 0;
        while let Some(mut column) = rows.next_column().expect("a column can be begun") {
            let written = match at {
                0 => column.typed::<ByteArrayType>().write_batch(&strings("Police fired in Lagos")[..1], Some(&[1, 0]), None),
                1 => column.typed::<ByteArrayType>().write_batch(&strings("Title"), None, None),
                _ => column.typed::<Int64Type>().write_batch(&[1_793_606_400_000_000_000, 0], None, None),
            };
            assert!(written.is_ok_and(|n| n > 0));
            column.close().expect("a column can be closed");
            at += 1;
        }
        rows.close().expect("a group can be closed");
    }
    writer.close().expect("a file can be closed");
    bytes
}

fn taken(bytes: Vec<u8>) -> Vec<Result<Story, Failure>> {
    Stories::from_reader("news.parquet", Cursor::new(bytes), Limits::default()).collect()
}

#[test]
fn rows_are_stories_wherever_the_file_lies() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("news.parquet");
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(Default::default()), Compression::GZIP(Default::default())] {
        let bytes = made(compression, "body");
        fs::write(&path, &bytes).expect("the file can be written");
        let mut stories = Stories::open(&[path.clone()], Limits::default());
        let rows: Vec<_> = stories.by_ref().collect();
        let remarks: Vec<String> = stories.take_remarks().iter().map(ToString::to_string).collect();
        assert!(remarks.iter().any(|remark| remark.contains("text from `body`")), "{remarks:?}");
        assert!(remarks.iter().any(|remark| remark.contains("`score` is not read")), "{remarks:?}");
        let story = rows[2].as_ref().expect("the third row is sound");
        assert_eq!((story.text.as_str(), story.record), ("Police fired in Lagos 1.0", 3));
        assert_eq!(story.metadata.title.as_deref(), Some("Title 1.0"));
        assert_eq!(story.metadata.published.as_deref(), Some("2026-11-02T08:00:00Z"));
        let failure = rows[1].as_ref().expect_err("the second row has no text");
        assert_eq!((failure.stage, failure.record), (Stage::Parse, 2));
        let texts = |rows: Vec<Result<Story, Failure>>| rows.into_iter().flatten().map(|story| story.text).collect::<Vec<_>>();
        assert_eq!(texts(taken(bytes)), texts(rows), "from memory as from the disk");
    }
}

#[test]
fn a_run_goes_on_behind_the_rows_that_are_done() {
    let done = [("news.parquet".to_owned(), 2)].into();
    let options = Options { done, ..Options::default() };
    let stories = Stories::from_reader_with("news.parquet", Cursor::new(made(Compression::SNAPPY, "text")), options);
    assert_eq!(stories.flatten().map(|story| story.record).collect::<Vec<_>>(), [3]);
}

#[test]
fn what_has_no_text_or_is_damaged_is_refused() {
    let failure = taken(made(Compression::SNAPPY, "blob")).remove(0).expect_err("no column holds the text");
    assert!(failure.to_string().contains("the columns are `blob`, `headline`, `published`, `score`"), "{failure}");
    let mut cut = made(Compression::SNAPPY, "text");
    cut.truncate(cut.len() / 2);
    assert_eq!(taken(cut).remove(0).expect_err("the end is missing").stage, Stage::Unpack);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_bytes_end_in_failures(at in 4usize..400, byte: u8) {
        let mut bytes = made(Compression::UNCOMPRESSED, "text");
        let at = at % bytes.len();
        bytes[at] = byte;
        taken(bytes);
    }
}
