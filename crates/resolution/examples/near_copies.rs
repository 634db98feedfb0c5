//! Measures origins: `near_copies STORIES.jsonl PAIRS.tsv` scores pairs with a known containment (columns id_a, id_b and
//! containment_5w), `near_copies N` times N stories made by a program.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::time::Instant;

use whimbrel_resolution::{Resolution, Sketch, Story, Thresholds};

fn story(id: &str, day: Option<&str>, title: Option<&str>, sketch: Sketch) -> Story {
    Story {
        id: id.to_owned(),
        published: day.and_then(|day| day.parse().ok()),
        title: title.map(str::to_owned),
        sketch,
        ..Story::default()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.as_slice() {
        [n] => time(n.parse()?),
        [stories, pairs] => score(stories, pairs),
        _ => Err("near_copies STORIES.jsonl PAIRS.tsv, or near_copies N".into()),
    }
}

fn score(stories: &str, pairs: &str) -> Result<(), Box<dyn Error>> {
    let mut resolution = Resolution::new(Thresholds::bundled());
    let mut all = Vec::new();
    for line in BufReader::new(std::fs::File::open(stories)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let text = |name: &str| line[name].as_str();
        all.push(story(text("id").ok_or("no id")?, text("dct"), text("title"), Sketch::of(text("text").unwrap_or(""))));
    }
    resolution.add(all);
    let mut origin_of = BTreeMap::new();
    for origin in resolution.conclusions(None).origins {
        for link in origin.stories {
            origin_of.insert(link.member.story, origin.id.clone());
        }
    }
    let (mut right, mut extra, mut missed) = (0, 0, 0);
    for line in std::fs::read_to_string(pairs)?.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let truth = cells[4].parse::<f32>()? >= 0.5;
        let found = origin_of.get(cells[1]).is_some_and(|origin| origin_of.get(cells[2]) == Some(origin));
        right += usize::from(truth && found);
        extra += usize::from(!truth && found);
        missed += usize::from(truth && !found);
    }
    let share = |part: usize, rest: usize| part as f64 / (part + rest).max(1) as f64;
    writeln!(std::io::stdout(), "precision {:.3}, recall {:.3}; {right} right, {extra} extra, {missed} missed", share(right, extra), share(right, missed))?;
    Ok(())
}

/// Stories of 400 words over days, one in four a copy with an edited tail.
fn time(n: usize) -> Result<(), Box<dyn Error>> {
    let mut resolution = Resolution::new(Thresholds::bundled());
    let mut state = 1_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let (mut last, mut began) = (Vec::new(), Instant::now());
    let first = jiff::civil::date(2020, 1, 1);
    for start in (0..n).step_by(500) {
        let batch: Vec<Story> = (start..n.min(start + 500))
            .map(|idx| {
                let mut shingles: Vec<u32> = if idx % 4 == 3 { last.iter().copied().take(300).collect() } else { Vec::new() };
                while shingles.len() < 400 {
                    shingles.push(random() as u32);
                }
                last = shingles.clone();
                let day = first.saturating_add(jiff::Span::new().days((idx / 1000) as i64)).to_string();
                story(&format!("s{idx}"), Some(&day), None, Sketch::of_shingles(shingles))
            })
            .collect();
        resolution.add(batch);
        if (start + 500) % (n / 10).max(500) == 0 {
            writeln!(std::io::stdout(), "{} stories, {:.3} ms a story", start + 500, began.elapsed().as_secs_f64() * 1000.0 / (n / 10).max(500) as f64)?;
            began = Instant::now();
        }
    }
    Ok(())
}
