//! Puts a document together.

use crate::character::find_garbled;
use crate::sentence::Paragraph;
use crate::table::Tables;
use crate::token::Scanner;
use crate::{Document, Metadata, Note, Span, date, opening, paragraph, sentence, signature};

/// Reads a story by the tables that ship with the program. Never fails: what could not be read is in
/// [`Document::notes`].
///
/// ```
/// use whimbrel_text::{Metadata, read};
///
/// let document = read("KABUL (AP) — Officials didn't comment. No one did.".to_owned(), Metadata::default());
/// // The dateline is a sentence of its own.
/// assert_eq!(document.sentences.len(), 3);
/// assert_eq!(document.word(7), "n't");
/// let dateline = document.dateline.as_ref().expect("it opens with one");
/// assert_eq!(dateline.place.map(|place| place.of(&document.text)), Some("KABUL"));
/// ```
pub fn read(text: String, metadata: Metadata) -> Document {
    read_with(Tables::embedded(), text, metadata)
}

/// Reads a story by other tables.
pub fn read_with(tables: &Tables, mut text: String, metadata: Metadata) -> Document {
    let mut notes = Vec::new();
    bound(&mut text, &mut notes);
    if let Some((start, end, n)) = find_garbled(&text) {
        let text = format!("{n} characters went through a wrong charset or were lost; this is the first");
        notes.push(Note { span: Span::new(start, end), kind: "mojibake", text });
    }
    let paragraphs = paragraph::find_paragraphs(&text);
    let dateline = opening::find_dateline(tables, &text, &paragraphs);
    let mut scanner = Scanner::new(&text, tables);
    let mut sentences = Vec::with_capacity(text.len().min(1 << 24) / 120 + 1);
    for (idx, &span) in paragraphs.iter().enumerate() {
        let first = scanner.tokens.len();
        scanner.cut(span);
        let dateline_end =
            dateline.as_ref().map(|dateline| dateline.span).filter(|dateline| span.contains(*dateline));
        let paragraph = Paragraph { idx, span, first, dateline_end: dateline_end.map(Span::end) };
        sentence::cut(tables, &text, &scanner, &paragraph, &mut sentences);
    }
    let mut tokens = scanner.tokens;
    tokens.shrink_to_fit();
    let byline = signature::find_byline(tables, &text, &paragraphs);
    let credit =
        signature::find_credit(tables, &text, &paragraphs, dateline.as_ref(), metadata.agency.as_deref());
    let mut document = Document {
        metadata,
        text,
        date: None,
        dateline,
        credit,
        byline,
        paragraphs,
        sentences,
        tokens,
        notes,
    };
    document.date = find_date(tables, &mut document);
    document
}

/// Spans count in 32 bits; what lies beyond is cut off, and said to be.
fn bound(text: &mut String, notes: &mut Vec<Note>) {
    let limit = u32::MAX as usize;
    if text.len() > limit {
        let end = text.floor_char_boundary(limit);
        let message = format!("the text is {} bytes long; what lies beyond {end} was not read", text.len());
        text.truncate(end);
        notes.push(Note { span: Span::new(end, end), kind: "too-long", text: message });
    }
}

fn find_date(tables: &Tables, document: &mut Document) -> Option<jiff::civil::Date> {
    if let Some(published) =
        document.metadata.published.as_deref().filter(|published| !published.trim().is_empty())
    {
        let read = date::parse_published(tables, published);
        if read.is_some() {
            return read;
        }
        let text =
            format!("the publication time `{published}` is no date; write it as 2026-11-02 or in RFC 3339");
        document.notes.push(Note { span: Span::default(), kind: "date", text });
    }
    let span = document.dateline.as_ref()?.date?;
    date::parse_dated(tables, span.of(&document.text))
}
