//! A party with those that it deals with, in a ring around it.

use std::f64::consts::TAU;

use askama::Template;
use query::Answer;

use crate::screens::cut;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 460.0;

struct Node {
    x: f64,
    y: f64,
    radius: f64,
    label: String,
    label_x: f64,
    label_y: f64,
    anchor: &'static str,
    title: String,
    address: String,
    class: &'static str,
    stroke: f64,
    // Where the line from the middle ends, at the circle's edge.
    end_x: f64,
    end_y: f64,
}

/// The drawing.
#[derive(Template)]
#[template(path = "chart/ego.html")]
pub(crate) struct Ego {
    name: String,
    nodes: Vec<Node>,
    x: f64,
    y: f64,
}

/// What a circle or line is drawn as: more conflict than cooperation, or the other way, or neither.
pub(crate) fn tone(conflict: i64, cooperation: i64) -> &'static str {
    match conflict.cmp(&cooperation) {
        std::cmp::Ordering::Greater => "conflict",
        std::cmp::Ordering::Less => "cooperation",
        std::cmp::Ordering::Equal => "even",
    }
}

impl Ego {
    /// Draws the rows of [`query::neighbours`].
    pub(crate) fn new(name: &str, around: &Answer) -> Self {
        let (x, y) = (WIDTH / 2.0, HEIGHT / 2.0);
        let n = around.rows.len();
        let most = around.named().map(|row| total(row)).max().unwrap_or(1).max(1) as f64;
        let node = |(idx, row): (usize, query::Named<'_>)| {
            // Two rings where there are many, so that names keep apart.
            let ring = if n > 12 && idx % 2 == 1 { 0.68 } else { 1.0 };
            let turn = TAU * (idx as f64 / n as f64) - TAU / 4.0;
            let (cos, sin) = (turn.cos(), turn.sin());
            let share = total(row) as f64 / most;
            let radius = 5.0 + 9.0 * share.sqrt();
            let (at_x, at_y) = (x + cos * 190.0 * ring, y + sin * 185.0 * ring);
            let (conflict, cooperation) = (row.integer("conflict").unwrap_or(0), row.integer("cooperation").unwrap_or(0));
            let anchor = if cos > 0.2 { "start" } else if cos < -0.2 { "end" } else { "middle" };
            let shift = if anchor == "middle" { 0.0 } else { (radius + 5.0) * cos.signum() };
            let title = format!(
                "{}: it did {}, had done {}; {conflict} of conflict, {cooperation} of cooperation",
                row.text("name"),
                row.text("did"),
                row.text("had_done")
            );
            Node {
                x: at_x,
                y: at_y,
                radius,
                label: cut(&row.text("name"), 24),
                label_x: at_x + shift,
                label_y: at_y + if anchor == "middle" { (radius + 13.0) * sin.signum() } else { 4.0 },
                anchor,
                title,
                address: format!("/actors/{}", row.text("actor")),
                class: tone(conflict, cooperation),
                stroke: 1.0 + 5.0 * share,
                end_x: at_x - cos * radius,
                end_y: at_y - sin * radius,
            }
        };
        Self { name: cut(name, 28), nodes: around.named().enumerate().map(node).collect(), x, y }
    }
}

fn total(row: query::Named<'_>) -> i64 {
    row.integer("did").unwrap_or(0) + row.integer("had_done").unwrap_or(0)
}
