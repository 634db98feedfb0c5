//! Stories in inline markup: `[[E1 ASSAULT/aerial happened|bombed]]`.
//!
//! Takes the text of a file and gives its stories with their tags, and every fault with its line. The grammar is that of
//! `training/corpus/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{EventType, SourceKind, Status, codebook::Codebook};

/// One annotated story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkedStory {
    /// The story's id.
    pub id: String,
    /// Its text, without the tags.
    pub text: String,
    /// Tags in the order in which they close.
    pub tags: Vec<Tag>,
    /// Number of events.
    pub n_events: usize,
    /// Number of claims.
    pub n_claims: usize,
}

/// A tag and the bytes of the text that it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// `E`, `A`, `R`, `P`, `T`, `S`, `Q` or `C`.
    pub kind: char,
    /// Number of the event or claim.
    pub number: u32,
    /// First byte.
    pub start: usize,
    /// First byte after.
    pub end: usize,
    /// Type, mode and status, for the tag that opens an event.
    pub event: Option<(EventType, Option<String>, Status)>,
}

/// What is wrong, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkupFault {
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong, and what would be valid.
    pub message: String,
}

/// Reads a file of annotated stories: all that can be read, and every fault.
pub fn read(text: &str) -> (Vec<MarkedStory>, Vec<MarkupFault>) {
    let mut stories = Vec::new();
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    let mut head: Option<(usize, String)> = None;
    let mut body = String::new();
    for (idx, line) in text.lines().enumerate() {
        let Some(rest) = line.strip_prefix("=== ") else {
            if head.is_none() && !line.trim().is_empty() {
                faults.push(fault(idx + 1, "text before the first line `=== id | date | publisher`"));
            }
            body.push_str(line);
            body.push('\n');
            continue;
        };
        if let Some((at, id)) = head.take() {
            stories.push(story(at, id, &body, &mut faults));
        }
        body.clear();
        let parts: Vec<&str> = rest.split(" | ").map(str::trim).collect();
        if parts.len() != 3 || parts.iter().any(|part| part.is_empty()) {
            faults.push(fault(idx + 1, "a story opens with `=== id | date or - | publisher or -`"));
        }
        let id = parts.first().copied().unwrap_or("").to_owned();
        if !ids.insert(id.clone()) {
            faults.push(fault(idx + 1, &format!("the id `{id}` is taken")));
        }
        head = Some((idx + 1, id));
    }
    if let Some((at, id)) = head {
        stories.push(story(at, id, &body, &mut faults));
    }
    (stories, faults)
}

fn fault(line: usize, message: &str) -> MarkupFault {
    MarkupFault { line, message: message.to_owned() }
}

/// Reads one story; `first` is the line of its head.
fn story(first: usize, id: String, raw: &str, faults: &mut Vec<MarkupFault>) -> MarkedStory {
    let mut story = MarkedStory { id, ..MarkedStory::default() };
    let mut open: Vec<(usize, &str, usize)> = Vec::new();
    let mut at = 0;
    let line_at = |at: usize| first + 1 + raw[..at].matches('\n').count();
    let mut bodies: Vec<(usize, &str, usize, usize)> = Vec::new();
    while at < raw.len() {
        if raw[at..].starts_with("[[") {
            let Some(bar) = raw[at..].find('|') else {
                faults.push(fault(line_at(at), "a tag opens with `[[TAGS|`, and no `|` follows"));
                break;
            };
            open.push((at, &raw[at + 2..at + bar], story.text.len()));
            at += bar + 1;
        } else if raw[at..].starts_with("]]")
            && let Some((from, body, start)) = open.pop()
        {
            bodies.push((line_at(from), body, start, story.text.len()));
            at += 2;
        } else {
            let c = raw[at..].chars().next().expect("at lies inside raw");
            story.text.push(c);
            at += c.len_utf8();
        }
    }
    for (from, body, _) in open {
        faults.push(fault(line_at(from), &format!("the tag `{body}` is not closed")));
    }
    for (line, body, start, end) in bodies {
        for tag in body.split(',').map(str::trim) {
            match read_tag(tag, start, end) {
                Ok(tag) => story.tags.push(tag),
                Err(message) => faults.push(fault(line, &message)),
            }
        }
    }
    check_whole(first, &mut story, faults);
    story
}

/// Reads one tag: `A1=TUR.MIL`, `S1~anonymous`, `E1 ASSAULT/aerial happened`.
fn read_tag(tag: &str, start: usize, end: usize) -> Result<Tag, String> {
    let (name, event) = tag.split_once(' ').map_or((tag, None), |(name, event)| (name, Some(event)));
    let (name, source_kind) = name.split_once('~').map_or((name, None), |(name, kind)| (name, Some(kind)));
    let (name, code) = name.split_once('=').map_or((name, None), |(name, code)| (name, Some(code)));
    let kind = name.chars().next().filter(|kind| "EARPTSQC".contains(*kind));
    let number = name.get(1..).and_then(|number| number.parse().ok());
    let (Some(kind), Some(number)) = (kind, number) else {
        return Err(format!("`{tag}` is no tag; tags are E A R P T S Q C with a number, such as `A1`"));
    };
    if let Some(code) = code {
        check_code(tag, code)?;
    }
    if let Some(word) = source_kind
        && SourceKind::from_word(word).is_none()
    {
        return Err(format!("`{tag}`: no kind of source `{word}`; {}", choices(SourceKind::ALL.iter().map(|k| k.word()))));
    }
    let event = event.map(|event| read_event(tag, event)).transpose()?;
    if event.is_some() && kind != 'E' {
        return Err(format!("`{tag}`: only E tags carry a type"));
    }
    Ok(Tag { kind, number, start, end, event })
}

fn choices<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("valid are {}", words.collect::<Vec<_>>().join(" "))
}

fn check_code(tag: &str, code: &str) -> Result<(), String> {
    let Some((country, sector)) = code.split_once('.') else {
        return Err(format!("`{tag}`: a code is COUNTRY.SECTOR, such as TUR.MIL"));
    };
    if country != "-" && !(country.len() == 3 && country.bytes().all(|byte| byte.is_ascii_uppercase())) {
        return Err(format!("`{tag}`: `{country}` is no country; valid are three capitals, INT and -"));
    }
    let ontology = &Codebook::bundled().ontology;
    if sector != "-" && sector != "UNK" && !ontology.has_sector(sector) {
        return Err(format!("`{tag}`: no sector `{sector}` in data/ontology/sector.toml"));
    }
    Ok(())
}

fn read_event(tag: &str, event: &str) -> Result<(EventType, Option<String>, Status), String> {
    let Some((kind, status)) = event.split_once(' ') else {
        return Err(format!("`{tag}`: an event is `TYPE/mode status`"));
    };
    let (word, mode) = kind.split_once('/').map_or((kind, None), |(word, mode)| (word, Some(mode)));
    let Some(event_type) = EventType::from_word(word) else {
        return Err(format!("`{tag}`: no event type `{word}`; {}", choices(EventType::ALL.iter().map(|t| t.word()))));
    };
    let ontology = &Codebook::bundled().ontology;
    if let Some(mode) = mode
        && ontology.mode(event_type, mode).is_none()
    {
        let modes = ontology.event(event_type).modes.iter().map(|mode| mode.id.as_str());
        return Err(format!("`{tag}`: {word} has no mode `{mode}`; {}", choices(modes)));
    }
    let Some(status) = Status::from_word(status) else {
        return Err(format!("`{tag}`: no status `{status}`; {}", choices(Status::ALL.iter().map(|s| s.word()))));
    };
    Ok((event_type, mode.map(str::to_owned), status))
}

/// Every event has one trigger, every claim has content.
fn check_whole(line: usize, story: &mut MarkedStory, faults: &mut Vec<MarkupFault>) {
    let mut triggers: BTreeMap<u32, usize> = BTreeMap::new();
    let mut contents: BTreeMap<u32, usize> = BTreeMap::new();
    for tag in &story.tags {
        if "EARPT".contains(tag.kind) {
            *triggers.entry(tag.number).or_default() += usize::from(tag.event.is_some());
        } else {
            *contents.entry(tag.number).or_default() += usize::from(tag.kind == 'C');
        }
    }
    for (number, n) in &triggers {
        if *n != 1 {
            faults.push(fault(line, &format!("{}: event {number} has {n} triggers with a type, not one", story.id)));
        }
    }
    for (number, n) in &contents {
        if *n == 0 {
            faults.push(fault(line, &format!("{}: claim {number} has no content", story.id)));
        }
    }
    (story.n_events, story.n_claims) = (triggers.len(), contents.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_nest_and_share_codes() {
        let file = "=== x-1 | 2026-01-02 | -\n[[A1=TUR.MIL,S1|Jets]] [[Q1|said]] [[C1|they [[E1 ASSAULT/aerial happened|bombed]] it]].\n";
        let (stories, faults) = read(file);
        assert_eq!(faults, []);
        assert_eq!(stories[0].text.trim(), "Jets said they bombed it.");
        assert_eq!((stories[0].n_events, stories[0].n_claims, stories[0].tags.len()), (1, 1, 5));
    }

    #[test]
    fn faults_name_line_and_choices() {
        let file = "=== x-1 | - | -\nfine\n[[E1 ATTACK happened|hit]]\n[[A2=XX.MIL|a]] [[C1|open\n=== x-1 | - | -\n[[S1~friend|he]]";
        let (_, faults) = read(file);
        let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
        assert!(faults.iter().any(|fault| fault.line == 3 && fault.message.contains("valid are AGREE")));
        assert!(faults.iter().any(|fault| fault.line == 4 && fault.message.contains("XX")));
        assert!(faults.iter().any(|fault| fault.line == 4 && fault.message.contains("not closed")));
        assert!(faults.iter().any(|fault| fault.line == 5 && fault.message.contains("taken")), "{lines:?}");
    }

    #[test]
    fn any_text_is_read() {
        for text in ["[[", "]]", "=== a | b | c\n[[|", "=== ", "=== a | - | -\n[[E1|é]]]]", "=== a | - | -\n[[E99999999999|x]]"] {
            let _ = read(text);
        }
    }
}
