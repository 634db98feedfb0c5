//! Where events took place, on outlines of the world's countries.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use query::{Answer, Named};

use crate::chart::ego::tone;
use crate::chart::projection::{self, WIDTH};
use crate::screens::cut;

/// Places that are drawn, and those of them that are named.
const PLACES: usize = 300;
const NAMED: usize = 24;
/// The least part of the world that is shown, in units of the drawing, and its shape.
const NEAREST: f64 = 900.0;
const SHAPE: f64 = 0.56;

/// The middle of each country by its code, from the outlines' table.
static MIDDLES: LazyLock<BTreeMap<&'static str, (f64, f64)>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let (code, _, x, y) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        Some((code, (x.parse().ok()?, y.parse().ok()?)))
    };
    include_str!("../../assets/world.tsv").lines().skip(1).filter_map(row).collect()
});

struct Circle {
    x: f64,
    y: f64,
    radius: f64,
    title: String,
    address: String,
    class: &'static str,
    is_country: bool,
    label: Option<String>,
    size: f64,
    label_x: f64,
}

/// The drawing.
#[derive(Template)]
#[template(path = "chart/map.html")]
pub(crate) struct Map {
    circles: Vec<Circle>,
    /// Left, top, width and height of what is shown.
    view: (f64, f64, f64, f64),
}

impl Map {
    /// Draws the rows of [`query::places`]; `address` says where a place leads.
    pub(crate) fn new(places: &Answer, address: impl Fn(&str) -> String) -> Self {
        let placed: Vec<(Named<'_>, f64, f64)> = places.named().filter_map(|row| at(row).map(|(x, y)| (row, x, y))).take(PLACES).collect();
        let view = view(&placed);
        // Sizes follow what is shown, so that circles look alike at every scale.
        let unit = view.2 / 1_000.0;
        let most = placed.iter().filter_map(|(row, ..)| row.integer("events")).max().unwrap_or(1).max(1) as f64;
        let circle = |(idx, (row, x, y)): (usize, &(Named<'_>, f64, f64))| {
            let n = row.integer("events").unwrap_or(0);
            let (conflict, cooperation) = (row.integer("conflict").unwrap_or(0), row.integer("cooperation").unwrap_or(0));
            let radius = unit * (6.0 + 20.0 * (n as f64 / most).sqrt());
            Circle {
                x: *x,
                y: *y,
                radius,
                title: format!("{}: {n} events, {conflict} of conflict, {cooperation} of cooperation", row.text("place")),
                address: address(&row.text("place")),
                class: tone(conflict, cooperation),
                is_country: row.text("precision") == "country",
                label: (idx < NAMED).then(|| format!("{} {n}", cut(&row.text("place"), 24))),
                size: unit * 14.0,
                label_x: x + radius + unit * 4.0,
            }
        };
        let mut circles: Vec<Circle> = placed.iter().enumerate().map(circle).collect();
        keep_labels_apart(&mut circles);
        // Small ones over large ones.
        circles.sort_by(|left, right| right.radius.total_cmp(&left.radius));
        Self { circles, view }
    }

    fn stroke(&self) -> f64 {
        self.view.2 / 1_000.0
    }
}

/// Takes away the names that would lie over another; those of the most frequent places stay.
fn keep_labels_apart(circles: &mut [Circle]) {
    let mut taken: Vec<(f64, f64, f64, f64)> = Vec::new();
    for circle in circles {
        let Some(label) = &circle.label else { continue };
        let width = label.chars().count() as f64 * circle.size * 0.62;
        let (left, top) = (circle.label_x, circle.y - circle.size * 0.6);
        let own = (left, top, left + width, top + circle.size * 1.2);
        if taken.iter().any(|other| own.0 < other.2 && other.0 < own.2 && own.1 < other.3 && other.1 < own.3) {
            circle.label = None;
        } else {
            taken.push(own);
        }
    }
}

/// Where a place is drawn: by its coordinates, a country in its middle.
fn at(row: Named<'_>) -> Option<(f64, f64)> {
    if row.text("precision") == "country" {
        if let Some(middle) = MIDDLES.get(row.text("country").as_str()) {
            return Some(*middle);
        }
    }
    projection::place(row.real("lon")?, row.real("lat")?)
}

/// The part of the world that holds all places, never nearer than [`NEAREST`].
fn view(placed: &[(Named<'_>, f64, f64)]) -> (f64, f64, f64, f64) {
    let height = projection::height();
    if placed.is_empty() {
        return (0.0, 0.0, WIDTH, height);
    }
    let bounds = |values: &dyn Fn(&(Named<'_>, f64, f64)) -> f64| {
        let all = placed.iter().map(values);
        (all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max))
    };
    let ((left, right), (top, bottom)) = (bounds(&|place| place.1), bounds(&|place| place.2));
    let width = ((right - left) * 1.35).max((bottom - top) * 1.35 / SHAPE).clamp(NEAREST, WIDTH);
    let x = (f64::midpoint(left, right) - width / 2.0).clamp(0.0, WIDTH - width);
    let y = (f64::midpoint(top, bottom) - width * SHAPE / 2.0).max(0.0);
    (x, y, width, width * SHAPE)
}
