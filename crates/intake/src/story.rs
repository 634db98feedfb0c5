//! What comes out: a story's text with its metadata.

use text::{Metadata, Note};

/// The fields that a story may carry, in JSON lines and in front matter (there without `text`). `date` is read as
/// `published` where that is missing.
pub const FIELDS: [&str; 10] =
    ["id", "title", "text", "published", "publisher", "agency", "url", "language", "byline", "date"];

/// One story, as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// What came with the text.
    pub metadata: Metadata,
    /// The text that every span of its coding points into.
    pub text: String,
    /// What there is to say about the text: a charset, lost characters.
    pub notes: Vec<Note>,
    /// Where it came from: a file, a file in an archive (`a.zip/b.txt`) or an address; `-` for standard input.
    pub input: String,
    /// The line of the file that it starts on, from 1; 0 where the format has no lines.
    pub line: usize,
    /// The number of the record in its input, from 1; what failed is counted too. With `input` it is a place that the same
    /// bytes have again.
    pub record: u64,
}

/// A place in the metadata, by the name of its field.
pub(crate) fn slot<'a>(metadata: &'a mut Metadata, field: &str) -> Option<&'a mut Option<String>> {
    match field {
        "title" => Some(&mut metadata.title),
        "published" => Some(&mut metadata.published),
        "publisher" => Some(&mut metadata.publisher),
        "agency" => Some(&mut metadata.agency),
        "url" => Some(&mut metadata.url),
        "language" => Some(&mut metadata.language),
        "byline" => Some(&mut metadata.byline),
        _ => None,
    }
}

/// Metadata from fields with their values; `id` stays empty where none is given, and empty values are missing.
pub(crate) fn metadata(fields: impl IntoIterator<Item = (String, String)>) -> Metadata {
    let mut metadata = Metadata::default();
    let mut date = None;
    for (field, value) in fields {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match field.as_str() {
            "id" => value.clone_into(&mut metadata.id),
            "date" => date = Some(value.to_owned()),
            _ => {
                if let Some(slot) = slot(&mut metadata, &field) {
                    *slot = Some(value.to_owned());
                }
            }
        }
    }
    metadata.published = metadata.published.or(date);
    metadata
}
