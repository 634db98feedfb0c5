//! What lies beside the tables of a data set and says what they hold: a Frictionless data package, Croissant for machine learning,
//! and the codebook's ontology. All of it follows from `table`.

use std::io::Write;

use codebook::{Codebook, EventType};
use serde_json::{Map, Value, json};

use super::Open;
use super::shred::Written;
use super::table::{Column, Kind, Table, tables};
use crate::error::Error;

const TITLE: &str = "Who did what to whom: events coded by Whimbrel";
const DESCRIPTION: &str = "Events, claims and actors that Whimbrel coded from news stories, each with the words that it stands on, \
    and what was concluded over stories. What is planned, possible or denied stands beside what happened: see `status`. The texts of the \
    stories belong to those who published them.";
const MEDIA: &str = "application/vnd.apache.parquet";

pub(super) fn write(codebook: &Codebook, files: &[Written], open: &mut Open<'_>) -> Result<(), Error> {
    let whole = |value: Value| serde_json::to_string_pretty(&value).expect("keys are strings and numbers finite") + "\n";
    let described = [
        ("datapackage.json", frictionless(codebook, files)),
        ("croissant.json", croissant(codebook, files)),
        ("codebook.json", ontology(codebook)),
    ];
    for (name, value) in described {
        let mut out = open(name)?;
        out.write_all(whole(value).as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

/// Each file with its table.
fn written(files: &[Written]) -> impl Iterator<Item = (&'static Table, &Written)> {
    tables().iter().filter_map(|table| files.iter().find(|file| file.name == table.file()).map(|file| (table, file)))
}

fn frictionless(codebook: &Codebook, files: &[Written]) -> Value {
    let resources = written(files).map(|(table, file)| {
        let keys = table.columns.iter().filter_map(|column| {
            let (resource, field) = column.refers?.split_once('.')?;
            Some(json!({ "fields": [column.name], "reference": { "resource": resource, "fields": [field] } }))
        });
        json!({
            "name": table.name, "path": file.name, "description": table.description, "format": "parquet", "mediatype": MEDIA,
            "bytes": file.n_bytes, "hash": format!("sha256:{}", file.sha256), "rowCount": file.n_rows,
            "schema": {
                "fields": table.columns.iter().map(field).collect::<Value>(),
                "primaryKey": [table.columns[0].name],
                "foreignKeys": keys.collect::<Value>(),
            },
        })
    });
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "whimbrel-record", "title": TITLE, "description": DESCRIPTION,
        "whimbrel": env!("CARGO_PKG_VERSION"), "codebook": codebook.version(),
        "resources": resources.collect::<Value>(),
    })
}

/// A column as a field of a table schema; the columns of a record stand below it as `fields`.
fn field(column: &Column) -> Value {
    let word = match (column.is_list, column.kind) {
        (true, _) => "array",
        (_, Kind::Text) => "string",
        (_, Kind::Integer) => "integer",
        (_, Kind::Number) => "number",
        (_, Kind::Day) => "date",
        (_, Kind::Moment) => "datetime",
        (_, Kind::Record) => "object",
    };
    let mut field = Map::new();
    field.insert("name".into(), column.name.into());
    field.insert("type".into(), word.into());
    field.insert("description".into(), column.description.into());
    field.insert("constraints".into(), json!({ "required": !column.may_miss }));
    if !column.fields.is_empty() {
        field.insert("fields".into(), column.fields.iter().map(self::field).collect());
    }
    field.into()
}

fn croissant(codebook: &Codebook, files: &[Written]) -> Value {
    let objects = written(files).map(|(table, file)| {
        json!({
            "@type": "cr:FileObject", "@id": file.name, "name": file.name, "description": table.description, "contentUrl": file.name,
            "contentSize": format!("{} B", file.n_bytes), "encodingFormat": "application/x-parquet", "sha256": file.sha256,
        })
    });
    let records = written(files).map(|(table, file)| {
        let fields = table.columns.iter().map(|column| croissant_field(column, table.name, &file.name, column.name, &[]));
        json!({
            "@type": "cr:RecordSet", "@id": table.name, "name": table.name, "description": table.description,
            "key": { "@id": format!("{}/{}", table.name, table.columns[0].name) }, "field": fields.collect::<Value>(),
        })
    });
    json!({
        "@context": {
            "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
            "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
            "data": { "@id": "cr:data", "@type": "@json" }, "dataType": { "@id": "cr:dataType", "@type": "@vocab" },
            "dct": "http://purl.org/dc/terms/", "examples": { "@id": "cr:examples", "@type": "@json" }, "extract": "cr:extract",
            "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
            "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath",
            "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
            "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace", "sc": "https://schema.org/",
            "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
        },
        "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0", "name": "whimbrel-record",
        "description": DESCRIPTION, "alternateName": TITLE, "version": env!("CARGO_PKG_VERSION"),
        "keywords": [format!("codebook {}", codebook.version())],
        "distribution": objects.collect::<Value>(), "recordSet": records.collect::<Value>(),
    })
}

/// A column as a field of Croissant. What lies in a record is found in the column of the file by a path.
fn croissant_field(column: &Column, above: &str, file: &str, top: &str, path: &[&str]) -> Value {
    let id = format!("{above}/{}", column.name);
    let mut source = json!({ "fileObject": { "@id": file }, "extract": { "column": top } });
    if !path.is_empty() {
        source["transform"] = json!({ "jsonPath": format!("$.{}", path.join(".")) });
    }
    let mut field = Map::new();
    field.insert("@type".into(), "cr:Field".into());
    field.insert("@id".into(), id.as_str().into());
    field.insert("name".into(), id.as_str().into());
    field.insert("description".into(), column.description.into());
    if column.is_list {
        field.insert("repeated".into(), true.into());
    }
    let word = match column.kind {
        Kind::Text => Some("sc:Text"),
        Kind::Integer => Some("sc:Integer"),
        Kind::Number => Some("sc:Float"),
        Kind::Day => Some("sc:Date"),
        Kind::Moment => Some("sc:DateTime"),
        Kind::Record => None,
    };
    field.extend(word.map(|word| ("dataType".to_owned(), word.into())));
    if let Some((table, key)) = column.refers.and_then(|key| key.split_once('.')) {
        field.insert("references".into(), json!({ "field": { "@id": format!("{table}/{key}") } }));
    }
    let below = |field: &Column| {
        let path: Vec<&str> = path.iter().copied().chain([field.name]).collect();
        croissant_field(field, &id, file, top, &path)
    };
    if !column.fields.is_empty() {
        field.insert("subField".into(), column.fields.iter().map(below).collect());
    }
    field.insert("source".into(), source);
    field.into()
}

/// Types with their modes, contexts and sectors, as the codebook at hand defines them.
fn ontology(codebook: &Codebook) -> Value {
    let ontology = &codebook.ontology;
    let types = EventType::ALL.iter().map(|&event_type| {
        let info = ontology.event(event_type);
        let modes = info.modes.iter().map(|mode| {
            let score = codebook.score(event_type, Some(&mode.id));
            json!({ "id": mode.id, "label": mode.label, "definition": mode.definition, "score": score })
        });
        json!({
            "id": info.id, "label": info.label, "definition": info.definition, "quad": codebook.quad(event_type).word(),
            "score": info.score, "modes": modes.collect::<Value>(),
        })
    });
    let word = |id: &str, label: &str, definition: &str| json!({ "id": id, "label": label, "definition": definition });
    let contexts = ontology.contexts.iter().map(|context| word(&context.id, &context.label, &context.definition));
    let sectors = ontology.sectors.iter().map(|sector| word(&sector.id, &sector.label, &sector.definition));
    json!({
        "version": codebook.version(), "types": types.collect::<Value>(), "contexts": contexts.collect::<Value>(),
        "sectors": sectors.collect::<Value>(),
    })
}
