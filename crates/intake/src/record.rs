//! A story as a JSON object.
//!
//! Known fields must have the documented type; unknown ones are passed over and named once an input. Which field is which
//! is said by a [`Mapping`], or guessed from the first object.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::failure::{Failure, Stage};
use crate::mapping::Mapping;
use crate::source::Desk;
use crate::story::{Story, metadata};

/// Where a record stands.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) input: &'a str,
    pub(crate) line: usize,
    pub(crate) record: u64,
}

impl Place<'_> {
    fn fail(&self, stage: Stage, reason: impl Into<String>) -> Failure {
        Failure::new(self.input, self.line, stage, reason).record(self.record)
    }

    /// The id of a story that has none: its file and its line, or its number where there are no lines.
    pub(crate) fn id(&self) -> String {
        let name = self.input.rsplit(['/', '\\']).next().unwrap_or(self.input);
        let number = if self.line > 0 { self.line as u64 } else { self.record };
        format!("{}:{number}", if name == "-" { "stdin" } else { name })
    }
}

/// Reads the objects of one input.
pub(crate) struct Reader {
    mapping: Option<Mapping>,
    // Fields were named in a remark already.
    is_remarked: bool,
}

impl Reader {
    pub(crate) fn new(mapping: Option<Mapping>) -> Self {
        Self { mapping, is_remarked: false }
    }

    /// Reads an object as a story.
    pub(crate) fn read(&mut self, place: Place, bytes: &[u8], desk: &mut Desk) -> Result<Story, Failure> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let column = error.valid_up_to() + 1;
            place
                .fail(Stage::Decode, format!("broken UTF-8 at byte {column} of the line"))
                .valid("UTF-8 throughout")
                .hint("convert the file with iconv")
        })?;
        if self.mapping.is_none() {
            let names = names(text).map_err(|error| no_json(place, text, &error))?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.mapping = Some(desk.mapping_for(&names, place.input, place.line));
        }
        let mapping = self.mapping.as_ref().expect("it was made above");
        let record = parse(text, mapping).map_err(|error| no_json(place, text, &error))?;
        // One remark names what the first records have; a file with a new field in every line does not fill the memory.
        if !self.is_remarked && !record.unknown.is_empty() {
            self.is_remarked = true;
            let mut unknown = record.unknown.clone();
            unknown.sort();
            unknown.dedup();
            desk.remark_unknown(place.input, place.line, &unknown);
        }
        let id = record.known.iter().find_map(|it| match &it.value {
            Value::String(id) if it.field == "id" => Some(id.clone()),
            _ => None,
        });
        story(place, record).map_err(|failure| Failure { id, ..failure })
    }
}

/// A field of ours with its value.
#[derive(Debug)]
struct Field {
    field: &'static str,
    value: Value,
    // Whether a value of another type is an error; else it is passed over.
    must: bool,
}

/// The fields of an object, as they stand in it.
#[derive(Debug, Default)]
struct Record {
    known: Vec<Field>,
    unknown: Vec<String>,
    twice: Option<&'static str>,
}

fn parse(text: &str, mapping: &Mapping) -> Result<Record, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let record = RecordSeed { mapping }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(record)
}

/// The names of an object's fields whose values could be ours.
fn names(text: &str) -> Result<Vec<String>, serde_json::Error> {
    let object: serde_json::Map<String, Value> = serde_json::from_str(text)?;
    let plain = |value: &Value| matches!(value, Value::String(_) | Value::Null | Value::Number(_));
    Ok(object.into_iter().filter(|(_, value)| plain(value)).map(|(name, _)| name).collect())
}

fn no_json(place: Place, text: &str, error: &serde_json::Error) -> Failure {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or("").to_owned();
    let failure = place.fail(Stage::Parse, format!("invalid JSON at column {}: {message}", error.column()));
    let failure = failure.valid("one JSON object on each line, such as {\"id\": \"s1\", \"text\": \"…\"}");
    match text.trim_start().as_bytes().first() {
        Some(b'[') => failure.hint("name the file .json, so that its list is read, or cut it into lines with: jq -c '.[]' FILE"),
        Some(b'{') if error.is_eof() => failure.hint("name the file .json, so that objects over several lines are read, or put each on one with: jq -c . FILE"),
        _ => failure,
    }
}

/// A story of the values that our fields have, each with whether a value of another type is an error.
pub(crate) fn of_values(
    place: Place,
    values: impl IntoIterator<Item = (&'static str, Value, bool)>,
) -> Result<Story, Failure> {
    let known = values.into_iter().map(|(field, value, must)| Field { field, value, must }).collect();
    story(place, Record { known, ..Record::default() })
}

fn story(place: Place, record: Record) -> Result<Story, Failure> {
    let fail = |reason: String| place.fail(Stage::Parse, reason);
    if let Some(field) = record.twice {
        return Err(fail(format!("the field `{field}` stands twice")).valid("each field once"));
    }
    let mut text = None;
    let mut fields = Vec::new();
    for Field { field, value, must } in record.known {
        let value = match value {
            Value::Null => continue,
            Value::String(value) => value,
            Value::Number(number) if field == "id" && !number.is_f64() => number.to_string(),
            _ if !must => continue,
            other => {
                let valid = if field == "id" { "a string or a whole number" } else { "a string" };
                return Err(fail(format!("the field `{field}` is {}", kind_of(&other))).valid(valid));
            }
        };
        if field == "text" { text = Some(value) } else { fields.push((field.to_owned(), value)) }
    }
    of_fields(place, text, fields, Vec::new())
}

/// A story of its fields.
pub(crate) fn of_fields(
    place: Place,
    text: Option<String>,
    fields: Vec<(String, String)>,
    notes: Vec<text::Note>,
) -> Result<Story, Failure> {
    let mut metadata = metadata(fields);
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        let failure = place.fail(Stage::Parse, "the story has no text").valid("a field `text` with the story's words");
        let id = Some(metadata.id).filter(|id| !id.is_empty());
        return Err(Failure { id, ..failure.hint("name the field that holds it: --map text=FIELD") });
    };
    if metadata.id.is_empty() {
        metadata.id = place.id();
    }
    Ok(Story { metadata, text, notes, input: place.input.to_owned(), line: place.line, record: place.record })
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

struct RecordSeed<'a> {
    mapping: &'a Mapping,
}

impl<'de> DeserializeSeed<'de> for RecordSeed<'_> {
    type Value = Record;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Record, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed<'_> {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a story as a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut record = Record::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match self.mapping.field(&key) {
                Some((field, must)) => {
                    if record.known.iter().any(|known| known.field == field) {
                        record.twice = Some(field);
                    }
                    record.known.push(Field { field, value: map.next_value()?, must });
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                    record.unknown.push(key.into_owned());
                }
            }
        }
        Ok(record)
    }
}
