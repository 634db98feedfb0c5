//! An analysis as a line of JSON: mentions with their chains, quotations, timexes, toponyms.
//!
//! Spans are `[start, end]` in Unicode code points; missing is `null`; the same analysis gives the same bytes.

use std::ops::Range;

use analysis::{Analysis, EntityKind, Form, Manner, TimexType};
use serde_json::{Map, Value, json};
use text::{CodePoints, Document, Span};

/// A document's analysis as one line of JSON without a line end.
pub fn write_layers(document: &Document, analysis: &Analysis, model: &str) -> String {
    let layers = Layers { document, analysis, points: CodePoints::new(&document.text) };
    let meta = &document.metadata;
    let parts = [
        ("id", json!(meta.id)),
        ("title", json!(meta.title)),
        ("text", json!(document.text)),
        ("published", json!(meta.published)),
        ("date", json!(document.date.map(|date| date.to_string()))),
        ("model", json!(model)),
        ("sentences", document.sentences.iter().map(|sentence| layers.pair(sentence.span)).collect()),
        ("mentions", layers.mentions()),
        ("chains", layers.chains()),
        ("quotations", layers.quotations()),
        ("timexes", layers.timexes()),
        ("toponyms", layers.toponyms()),
        ("candidates", layers.candidates()),
    ];
    // Written key by key, because a JSON map would sort them.
    let fields: Vec<String> = parts.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

/// The word for what a mention names.
pub(crate) fn kind_word(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Person => "person",
        EntityKind::Organization => "organization",
        EntityKind::Group => "group",
        EntityKind::Place => "place",
        EntityKind::Facility => "facility",
        EntityKind::Other => "other",
    }
}

struct Layers<'a> {
    document: &'a Document,
    analysis: &'a Analysis,
    points: CodePoints,
}

impl Layers<'_> {
    fn pair(&self, span: Span) -> Value {
        json!(self.points.pair(&self.document.text, span))
    }

    fn tokens(&self, tokens: &Range<usize>) -> Value {
        if tokens.is_empty() { Value::Null } else { self.pair(self.document.span(tokens.clone())) }
    }

    fn mentions(&self) -> Value {
        let mention = |mention: &analysis::Mention| {
            let form = match mention.form {
                Form::Name => "name",
                Form::Nominal => "nominal",
                Form::Pronoun => "pronoun",
            };
            json!({
                "span": self.tokens(&mention.tokens),
                "tokens": [mention.tokens.start, mention.tokens.end],
                "head": self.pair(self.document.tokens[mention.head].span),
                "type": mention.kind.map(kind_word),
                "form": form,
                "chain": mention.chain,
                "sectors": mention.sectors.iter().map(|(sector, score)| json!([sector, score_of(*score)])).collect::<Value>(),
            })
        };
        self.analysis.mentions.iter().map(mention).collect()
    }

    fn chains(&self) -> Value {
        let chain = |chain: &analysis::Chain| {
            let best = self.analysis.mentions.get(chain.best);
            let mut map = Map::new();
            map.insert("mentions".into(), json!(chain.mentions));
            map.insert("best".into(), best.map_or(Value::Null, |mention| self.tokens(&mention.tokens)));
            map.insert("reasons".into(), json!(chain.reasons));
            Value::Object(map)
        };
        self.analysis.chains.iter().map(chain).collect()
    }

    fn quotations(&self) -> Value {
        let quotation = |quotation: &analysis::Quotation| {
            let manner = match quotation.manner {
                Manner::Direct => "direct",
                Manner::Indirect => "indirect",
                Manner::Mixed => "mixed",
            };
            json!({
                "source": quotation.source.as_ref().map(|source| self.tokens(source)),
                "cue": quotation.cue.as_ref().map(|cue| self.tokens(cue)),
                "content": quotation.content.iter().map(|part| self.tokens(part)).collect::<Value>(),
                "manner": manner,
                "score": score_of(quotation.score),
                "speech": score_of(quotation.speech),
                "reason": quotation.reason,
            })
        };
        self.analysis.quotations.iter().map(quotation).collect()
    }

    fn timexes(&self) -> Value {
        let timex = |timex: &analysis::Timex| {
            let kind = match timex.kind {
                TimexType::Date => "DATE",
                TimexType::Time => "TIME",
                TimexType::Duration => "DURATION",
                TimexType::Set => "SET",
            };
            json!({
                "span": self.pair(timex.span),
                "type": kind,
                "value": timex.value,
                "earliest": timex.earliest.map(|date| date.to_string()),
                "latest": timex.latest.map(|date| date.to_string()),
                "rule": timex.rule,
            })
        };
        self.analysis.timexes.iter().map(timex).collect()
    }

    fn candidates(&self) -> Value {
        let ranked = |list: &[(String, f32)]| -> Value {
            list.iter().map(|(label, score)| json!([label, score_of(*score)])).collect()
        };
        let candidate = |candidate: &analysis::Candidate| {
            let mut roles = Map::new();
            for role in &candidate.roles {
                let tokens = role.tokens.iter().map(|&(token, score)| {
                    let [start, end] = self.points.pair(&self.document.text, self.document.tokens[token].span);
                    json!([start, end, score_of(score)])
                });
                roles.insert(role.name.clone(), tokens.collect());
            }
            json!({
                "span": self.tokens(&candidate.tokens),
                "labels": ranked(&candidate.labels),
                "modes": ranked(&candidate.modes),
                "statuses": ranked(&candidate.statuses),
                "roles": roles,
            })
        };
        self.analysis.candidates.iter().map(candidate).collect()
    }

    fn toponyms(&self) -> Value {
        let toponym = |toponym: &analysis::Toponym| {
            json!({
                "span": self.pair(toponym.span),
                "name": toponym.name,
                "geonames": toponym.geonames,
                "country": toponym.country,
                "admin1": toponym.admin1,
                "lat": toponym.latitude,
                "lon": toponym.longitude,
                "class": toponym.class,
                "reason": toponym.reason,
            })
        };
        self.analysis.toponyms.iter().map(toponym).collect()
    }
}

/// A probability to three decimals.
fn score_of(score: f32) -> f64 {
    (f64::from(score) * 1000.0).round() / 1000.0
}
