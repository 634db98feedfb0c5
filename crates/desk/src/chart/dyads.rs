//! Pairs of actor and recipient: actors on the left, recipients on the right, a band between them as wide as their events.

use askama::Template;
use query::Answer;

use crate::chart::ego::tone;
use crate::screens::cut;

const ROW: f64 = 24.0;
const LEFT: f64 = 300.0;
const RIGHT: f64 = 660.0;

struct Side {
    y: f64,
    label: String,
    address: String,
}

struct Band {
    path: String,
    width: f64,
    /// Lengths of dash and gap where a band is dashed, so that tones differ in more than colour.
    dash: Option<String>,
    class: &'static str,
    title: String,
}

/// The drawing.
#[derive(Template)]
#[template(path = "chart/dyads.html")]
pub(crate) struct Dyads {
    actors: Vec<Side>,
    recipients: Vec<Side>,
    bands: Vec<Band>,
    height: f64,
}

impl Dyads {
    /// Draws the rows of [`query::dyads`].
    pub(crate) fn new(pairs: &Answer) -> Self {
        let (mut left, mut right): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let (mut actors, mut recipients) = (Vec::new(), Vec::new());
        let most = pairs.named().filter_map(|row| row.integer("events")).max().unwrap_or(1).max(1) as f64;
        let mut bands = Vec::new();
        for row in pairs.named() {
            let from = place(&mut left, &mut actors, &row.text("actor"), &row.text("actor_name"));
            let to = place(&mut right, &mut recipients, &row.text("recipient"), &row.text("recipient_name"));
            let (n, conflict, cooperation) =
                (row.integer("events").unwrap_or(0), row.integer("conflict").unwrap_or(0), row.integer("cooperation").unwrap_or(0));
            let width = 1.0 + 9.0 * n as f64 / most;
            let middle = f64::midpoint(LEFT, RIGHT);
            bands.push(Band {
                path: format!("M{LEFT} {from}C{middle} {from} {middle} {to} {RIGHT} {to}"),
                width,
                dash: (tone(conflict, cooperation) == "cooperation").then(|| format!("{:.1} {:.1}", 8.0 + 4.0 * width, 2.0 + width / 2.0)),
                class: tone(conflict, cooperation),
                title: format!("{} → {}: {n} events, {conflict} of conflict, {cooperation} of cooperation", row.text("actor_name"), row.text("recipient_name")),
            });
        }
        let height = left.len().max(right.len()) as f64 * ROW + 8.0;
        Self { actors, recipients, bands, height }
    }
}

/// The height at which a party stands, which is the next free one when it is new.
fn place(keys: &mut Vec<String>, sides: &mut Vec<Side>, key: &str, name: &str) -> f64 {
    let idx = keys.iter().position(|other| other == key).unwrap_or_else(|| {
        let y = keys.len() as f64 * ROW + ROW / 2.0;
        sides.push(Side { y, label: cut(name, 38), address: format!("/actors/{key}") });
        keys.push(key.to_owned());
        keys.len() - 1
    });
    idx as f64 * ROW + ROW / 2.0
}
