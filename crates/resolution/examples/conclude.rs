//! Prints what is concluded from codings: `conclude CODINGS.jsonl [DAY]`, the output of `whimbrel read --format jsonl`.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};

use codebook::json;
use whimbrel_resolution::{Resolution, Story, Thresholds};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("conclude CODINGS.jsonl [DAY]")?;
    let today = args.next().map(|day| day.parse()).transpose()?;
    let mut resolution = Resolution::new(Thresholds::bundled());
    let mut stories = Vec::new();
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let (metadata, text, coding) = json::read_line(&line?)?;
        stories.push(Story::of(&metadata, &text, &coding));
    }
    resolution.add(stories);
    let found = resolution.conclusions(today);
    let mut out = std::io::stdout().lock();
    for origin in found.origins.iter().filter(|origin| origin.stories.len() > 1) {
        writeln!(out, "{origin:#?}")?;
    }
    for entity in found.entities.iter().filter(|entity| entity.bearers.len() > 1) {
        writeln!(out, "{} ({:?}), {} stories, {} statements", entity.name, entity.country, entity.bearers.len(), entity.statements.len())?;
    }
    for affair in found.affairs.iter().filter(|affair| affair.reports.len() > 1 || !affair.life.is_empty()) {
        writeln!(out, "event {} {}", affair.id.story, affair.id.id)?;
        for link in &affair.reports {
            writeln!(out, "  {} {} {:.2} {}", link.member.story, link.member.id, link.score, link.reason)?;
        }
        for step in &affair.life {
            writeln!(out, "  * {} {:?}: {}", step.stage.word(), step.on, step.reason)?;
        }
    }
    for relation in &found.relations {
        writeln!(out, "{:?} {} {:?}: {}", relation.from, relation.stance.word(), relation.to, relation.reason)?;
    }
    Ok(())
}
