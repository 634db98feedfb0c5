//! Places on the map: the Equal Earth projection (Šavrič, Patterson and Jenny, 2018), as `map/make.py` drew the outlines.

const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];

/// Width of the drawing.
pub(crate) const WIDTH: f64 = 8_000.0;

fn project(lon: f64, lat: f64) -> (f64, f64) {
    let root = 3_f64.sqrt();
    let theta = (root / 2.0 * lat.to_radians().sin()).asin();
    let t2 = theta * theta;
    let t6 = t2 * t2 * t2;
    let x = 2.0 * root * lon.to_radians() * theta.cos()
        / (3.0 * (9.0 * A[3] * t6 * t2 + 7.0 * A[2] * t6 + 3.0 * A[1] * t2 + A[0]));
    (x, theta * (A[3] * t6 * t2 + A[2] * t6 + A[1] * t2 + A[0]))
}

/// Where a place is on the drawing, from its left upper corner; nothing for what is no place on Earth.
pub(crate) fn place(lon: f64, lat: f64) -> Option<(f64, f64)> {
    if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
        return None;
    }
    let (edge, top) = (project(180.0, 0.0).0, project(0.0, 90.0).1);
    let scale = WIDTH / (2.0 * edge);
    let (x, y) = project(lon, lat);
    Some(((x + edge) * scale, (top - y) * scale))
}

/// Height of the drawing.
pub(crate) fn height() -> f64 {
    WIDTH * project(0.0, 90.0).1 / project(180.0, 0.0).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_world_is_the_middle_of_the_drawing() {
        let (x, y) = place(0.0, 0.0).expect("a place");
        assert!((x - WIDTH / 2.0).abs() < 1e-6 && (y - height() / 2.0).abs() < 1e-6);
        assert_eq!(place(181.0, 0.0), None);
        assert_eq!(place(f64::NAN, 0.0), None);
    }

    #[test]
    fn kabul_lies_in_afghanistan() {
        // The middle of Afghanistan's box in the outlines that are drawn.
        let row = include_str!("../../assets/world.tsv").lines().find(|line| line.starts_with("AFG\t")).expect("it is there");
        let at: Vec<f64> = row.split('\t').skip(2).map(|n| n.parse().expect("a number")).collect();
        let (x, y) = place(69.2, 34.5).expect("a place");
        assert!((x - at[0]).abs() < 150.0 && (y - at[1]).abs() < 150.0, "{x} {y} {at:?}");
    }
}
