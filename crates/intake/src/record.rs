//! A line of JSON: one story.
//!
//! Known fields must have the documented type; unknown ones are passed over and named once a file.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::failure::{Failure, Stage};
use crate::story::{FIELDS, Story, metadata};

/// The fields of a line, as they stand in it.
#[derive(Debug, Default)]
struct Record {
    known: Vec<(&'static str, Value)>,
    unknown: Vec<String>,
    twice: Option<&'static str>,
}

/// Reads a line as a story; `unknown` gets the names of fields that nothing reads.
pub(crate) fn read(
    input: &str,
    line: usize,
    bytes: &[u8],
    unknown: &mut Vec<String>,
) -> Result<Story, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let column = error.valid_up_to() + 1;
        Failure::new(input, line, Stage::Decode, format!("broken UTF-8 at byte {column} of the line"))
            .valid("UTF-8 throughout")
            .hint("convert the file with iconv")
    })?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let record = RecordSeed.deserialize(&mut reader).and_then(|record| {
        reader.end()?;
        Ok(record)
    });
    let record = record.map_err(|error| no_json(input, line, text, &error))?;
    unknown.extend(record.unknown.iter().cloned());
    let id = record.known.iter().find_map(|(field, value)| match value {
        Value::String(id) if *field == "id" => Some(id.clone()),
        _ => None,
    });
    story(input, line, record).map_err(|failure| Failure { id, ..failure })
}

fn no_json(input: &str, line: usize, text: &str, error: &serde_json::Error) -> Failure {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or("").to_owned();
    let reason = format!("invalid JSON at column {}: {message}", error.column());
    let failure = Failure::new(input, line, Stage::Parse, reason);
    let failure = failure.valid("one JSON object on each line, such as {\"id\": \"s1\", \"text\": \"…\"}");
    match text.trim_start().as_bytes().first() {
        Some(b'[') => failure.hint("an array can be cut into lines with: jq -c '.[]' FILE"),
        Some(b'{') if error.is_eof() => failure.hint("an object over several lines can be put on one with: jq -c . FILE"),
        _ => failure,
    }
}

fn story(input: &str, line: usize, record: Record) -> Result<Story, Failure> {
    let fail = |reason: String| Failure::new(input, line, Stage::Parse, reason);
    if let Some(field) = record.twice {
        return Err(fail(format!("the field `{field}` stands twice")).valid("each field once"));
    }
    let mut text = None;
    let mut fields = Vec::new();
    for (field, value) in record.known {
        let value = match value {
            Value::Null => continue,
            Value::String(value) => value,
            Value::Number(number) if field == "id" && !number.is_f64() => number.to_string(),
            other => {
                let valid = if field == "id" { "a string or a whole number" } else { "a string" };
                return Err(fail(format!("the field `{field}` is {}", kind_of(&other))).valid(valid));
            }
        };
        if field == "text" { text = Some(value) } else { fields.push((field.to_owned(), value)) }
    }
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Err(fail("the story has no text".to_owned()).valid("a field `text` with the story's words"));
    };
    let mut metadata = metadata(fields);
    if metadata.id.is_empty() {
        let name = input.rsplit(['/', '\\']).next().unwrap_or(input);
        metadata.id = format!("{}:{line}", if name == "-" { "stdin" } else { name });
    }
    Ok(Story { metadata, text, notes: Vec::new(), input: input.to_owned(), line })
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

struct RecordSeed;

impl<'de> DeserializeSeed<'de> for RecordSeed {
    type Value = Record;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Record, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a story as a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut record = Record::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match FIELDS.into_iter().find(|field| *field == key) {
                Some(field) => {
                    if record.known.iter().any(|(known, _)| *known == field) {
                        record.twice = Some(field);
                    }
                    record.known.push((field, map.next_value()?));
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
