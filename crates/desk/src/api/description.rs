//! The description of the API in OpenAPI 3.1, made of the list of endpoints.

use std::sync::OnceLock;

use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AdditionalProperties, Array, ComponentsBuilder, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, KnownFormat, License, OneOfBuilder, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
};

use crate::api::endpoint::{ALL, ALSO, Endpoint, Gives};
use crate::asked::{Shape, of_name};

/// The description as JSON.
pub(crate) fn json() -> &'static str {
    static JSON: OnceLock<String> = OnceLock::new();
    JSON.get_or_init(|| {
        let info = InfoBuilder::new()
            .title("Whimbrel")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(
                "The record of a ledger: who did what to whom, when, where, according to whom. What stands here stays: within v1 nothing is \
                 taken away or changes its meaning; rows gain columns and objects gain fields.",
            ))
            .license(Some(License::new("Apache-2.0 OR MIT")))
            .build();
        let paths = ALL.iter().chain(ALSO).fold(PathsBuilder::new(), |paths, endpoint| {
            let method = if endpoint.takes.is_some() { HttpMethod::Post } else { HttpMethod::Get };
            paths.path(endpoint.path, PathItem::new(method, operation(endpoint)))
        });
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = schemas().into_iter().fold(ComponentsBuilder::new(), |components, (name, schema)| components.schema(name, schema));
        let api = OpenApiBuilder::new()
            .info(info)
            .paths(paths.build())
            .components(Some(components.security_scheme("token", bearer).build()))
            // Without accounts no token is needed.
            .security(Some([SecurityRequirement::new("token", Vec::<String>::new()), SecurityRequirement::default()]))
            .build();
        api.to_json().expect("keys are strings")
    })
}

/// A schema of one type, or of several.
fn typed(kind: impl Into<SchemaType>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind)
}

fn operation(endpoint: &Endpoint) -> OperationBuilder {
    let in_path = endpoint.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let in_query = endpoint.asks.iter().flat_map(|names| names.iter().copied());
    let mut operation = OperationBuilder::new().operation_id(Some(endpoint.id)).summary(Some(endpoint.summary));
    for name in in_path {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(path_schema(name)))
                .build(),
        );
    }
    for name in in_query {
        let parameter = of_name(name).expect("every name that is asked is in the table");
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(parameter.meaning))
                .schema(Some(shape(parameter.shape)))
                .build(),
        );
    }
    if let Some(takes) = endpoint.takes.filter(|takes| *takes != "Nothing") {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(takes))).build();
        let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build();
        operation = operation.request_body(Some(body));
    }
    let status = if matches!(endpoint.gives, Gives::Made(_)) { "201" } else { "200" };
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem = ResponseBuilder::new().description("why not").content("application/problem+json", problem).build();
    operation.response(status, answer(endpoint.gives)).response("default", problem)
}

fn answer(gives: Gives) -> utoipa::openapi::Response {
    let of = |name: &str| ContentBuilder::new().schema(Some(Ref::from_schema_name(name))).build();
    let bytes = || ContentBuilder::new().schema(Some(RefOr::T(text()))).build();
    match gives {
        Gives::Page => ResponseBuilder::new()
            .description("rows, and where the next page begins")
            .content("application/json", of("Rows"))
            .content("application/jsonl", bytes())
            .content("text/csv", bytes()),
        Gives::Rows => ResponseBuilder::new()
            .description("all rows")
            .content("application/json", of("Rows"))
            .content("application/jsonl", bytes())
            .content("text/csv", bytes()),
        Gives::Object(name) | Gives::Made(name) => ResponseBuilder::new().description("one object").content("application/json", of(name)),
        Gives::File => ResponseBuilder::new().description("a file").content("application/octet-stream", bytes()),
    }
    .build()
}

fn path_schema(name: &str) -> Schema {
    match name {
        "format" => {
            let words = query::Format::ALL.iter().map(|format| format.word());
            typed(Type::String).enum_values(Some(words)).into()
        }
        _ => text(),
    }
}

fn shape(shape: Shape) -> Schema {
    match shape {
        Shape::Words => text(),
        Shape::Day => typed(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))).into(),
        Shape::Number => typed(Type::Integer).minimum(Some(0)).into(),
        Shape::One(words) => typed(Type::String).enum_values(Some(words.iter().copied())).into(),
    }
}

/// An object with fields; those in `must` are always there, or must be given.
fn object(fields: &[(&str, Schema)], must: &[&str]) -> Schema {
    let object = fields.iter().fold(ObjectBuilder::new(), |object, (name, schema)| object.property(*name, schema.clone()));
    must.iter().fold(object, |object, name| object.required(*name)).into()
}

fn text() -> Schema {
    typed(Type::String).into()
}

fn number() -> Schema {
    typed(Type::Integer).into()
}

fn truth() -> Schema {
    typed(Type::Boolean).into()
}

fn text_or_nothing() -> Schema {
    typed(SchemaType::from_iter([Type::String, Type::Null])).into()
}

fn anything() -> Schema {
    ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true))).into()
}

fn list(items: Schema) -> Schema {
    Schema::Array(Array::new(items))
}

/// What is given, and what is taken.
fn schemas() -> Vec<(&'static str, Schema)> {
    given().into_iter().chain(taken()).collect()
}

fn given() -> Vec<(&'static str, Schema)> {
    let column = object(&[("name", text()), ("kind", shape(Shape::One(&["plain", "day", "quote"])))], &["name", "kind"]);
    let kept = [
        ("record", number()),
        ("outcome", shape(Shape::One(&["added", "revised", "known"]))),
        ("story", number()),
        ("revision", number()),
    ];
    let kept = object(&kept, &["record", "outcome", "story", "revision"]);
    let rows = [("columns", list(column)), ("rows", list(anything())), ("cut", truth()), ("next", text_or_nothing())];
    let problem = [("type", text()), ("title", text()), ("status", number()), ("detail", text())];
    vec![
        ("Rows", object(&rows, &["columns", "rows", "cut", "next"])),
        ("Problem", object(&problem, &["type", "title", "status", "detail"])),
        ("Health", object(&[("program", text()), ("model", text()), ("codebook", text())], &["program", "model", "codebook"])),
        ("Coding", anything()),
        ("Kept", object(&[("kept", list(kept)), ("failed", list(number()))], &["kept", "failed"])),
        ("Alerts", object(&[("alerts", list(anything())), ("next", text_or_nothing())], &["alerts", "next"])),
        ("Searches", object(&[("searches", list(anything()))], &["searches"])),
        (
            "Followed",
            object(&[("search", number()), ("feed", text()), ("webhook_key", text_or_nothing())], &["search", "feed", "webhook_key"]),
        ),
        ("Ended", object(&[("ended", truth())], &["ended"])),
        ("Corrected", object(&[("correction", number())], &["correction"])),
        ("Undone", object(&[("undone", truth())], &["undone"])),
    ]
}

fn taken() -> Vec<(&'static str, Schema)> {
    let optional = ["id", "title", "published", "publisher", "agency", "url", "language", "byline"];
    let story: Vec<(&str, Schema)> = std::iter::once("text").chain(optional).map(|name| (name, text())).collect();
    let story = object(&story, &["text"]);
    let search = [
        ("name", text()),
        ("question", shape(Shape::One(&["events", "claims"]))),
        ("filter", text()),
        ("mail", text()),
        ("webhook", text()),
    ];
    let correction = [
        ("target", text()),
        ("verb", shape(Shape::One(&["note", "accept", "fix", "reject"]))),
        ("field", text()),
        ("value", text()),
        ("note", text()),
    ];
    vec![
        ("Stories", OneOfBuilder::new().item(story.clone()).item(list(story.clone())).into()),
        ("Story", story),
        ("Sql", object(&[("sql", text()), ("format", shape(Shape::One(&["json", "jsonl", "csv"])))], &["sql"])),
        ("Search", object(&search, &["name", "filter"])),
        ("Correction", object(&correction, &["target", "verb"])),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_that_can_be_asked_is_described() {
        let api: serde_json::Value = serde_json::from_str(super::json()).expect("it is JSON");
        assert_eq!(api["openapi"], json!("3.1.0"));
        for endpoint in ALL.iter().chain(ALSO) {
            let method = if endpoint.takes.is_some() { "post" } else { "get" };
            let operation = &api["paths"][endpoint.path][method];
            assert_eq!(operation["operationId"], json!(endpoint.id), "{}", endpoint.path);
            let described = operation["parameters"].as_array().map_or(0, Vec::len);
            let asked: usize = endpoint.asks.iter().map(|names| names.len()).sum();
            assert_eq!(described, asked + endpoint.path.matches('{').count(), "{}", endpoint.path);
        }
        // Whatever is referred to is there.
        let text = super::json();
        for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(api["components"]["schemas"].get(reference).is_some(), "{reference}");
        }
    }
}
