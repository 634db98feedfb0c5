//! `/stories/ID`: a story's text with its marks, and beside it a card for each event and claim.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use codebook::{Claim, Event};
use ledger::StoredCoding;
use query::{About, Answer, Cell, Column, Filter, Named};

use crate::account::Visitor;
use crate::asked::Asked;
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::event::said_of;
use crate::screens::mark::{Kind, Mark, Segment, marks, paragraphs};
use crate::screens::sheet::{Links, Sheet, key, rendered};
use crate::screens::shown::{self, cut};

#[derive(Template)]
#[template(path = "reader.html")]
struct ReaderPage {
    visitor: Visitor,
    links: Links,
    desk: Desk,
    stored: StoredCoding,
    marks: Vec<Mark>,
    copies: Answer,
    stances: Answer,
    identities: Answer,
    revisions: Answer,
    corrections: Answer,
}

/// A card, in the order of the text.
enum Card<'s> {
    Event(usize, &'s Event),
    Claim(usize, &'s Claim),
}

impl ReaderPage {
    fn title(&self) -> &str {
        self.stored.metadata.title.as_deref().unwrap_or(&self.stored.metadata.id)
    }

    fn paragraphs(&self) -> Vec<Vec<Segment<'_>>> {
        paragraphs(&self.stored.text, &self.marks)
    }

    /// The classes of a segment.
    fn classes(&self, segment: &Segment<'_>) -> String {
        let mut words: Vec<&str> = segment.marks.iter().map(|mark| mark.kind.word()).collect();
        words.dedup();
        words.iter().map(|word| format!(" is-{word}")).collect()
    }

    /// Where a segment leads: to the card of its mark, or the page of its actor.
    fn address(&self, segment: &Segment<'_>) -> String {
        segment.marks.first().map_or_else(String::new, |mark| match mark.kind {
            Kind::Event | Kind::Place | Kind::Time => format!("#e{}", mark.idx + 1),
            Kind::Cue | Kind::Source | Kind::Claim => format!("#c{}", mark.idx + 1),
            Kind::Actor => format!("/actors/{}", self.stored.actor_ids[mark.idx]),
        })
    }

    /// The cards that a segment belongs to.
    fn cards_of(&self, segment: &Segment<'_>) -> String {
        let card = |mark: &&Mark| match mark.kind {
            Kind::Event | Kind::Place | Kind::Time => Some(format!("e{}", mark.idx + 1)),
            Kind::Cue | Kind::Source | Kind::Claim => Some(format!("c{}", mark.idx + 1)),
            Kind::Actor => None,
        };
        let mut cards: Vec<String> = segment.marks.iter().filter_map(card).collect();
        cards.dedup();
        cards.join(" ")
    }

    /// What a mark is called.
    fn label(&self, segment: &Segment<'_>) -> String {
        let Some(mark) = segment.marks.first() else { return String::new() };
        let coding = &self.stored.coding;
        match mark.kind {
            Kind::Event => format!("event {}: {}, {}", mark.idx + 1, self.what(&coding.events[mark.idx]), coding.events[mark.idx].status),
            Kind::Place => format!("place of event {}", mark.idx + 1),
            Kind::Time => format!("time of event {}", mark.idx + 1),
            Kind::Cue => format!("claim {}: {}", mark.idx + 1, coding.claims[mark.idx].act),
            Kind::Source => format!("source of claim {}", mark.idx + 1),
            Kind::Claim => format!("claim {}", mark.idx + 1),
            Kind::Actor => format!("actor: {}", coding.actors[mark.idx].name),
        }
    }

    /// The number that stands raised behind the first words of a mark.
    fn number(&self, segment: &Segment<'_>) -> Option<String> {
        let mark = segment.marks.first().filter(|_| segment.opens)?;
        match mark.kind {
            Kind::Event => Some(format!("{}", mark.idx + 1)),
            Kind::Cue => Some(format!("c{}", mark.idx + 1)),
            _ => None,
        }
    }

    fn cards(&self) -> Vec<Card<'_>> {
        let coding = &self.stored.coding;
        let events = coding.events.iter().enumerate().map(|(idx, event)| (event.trigger.start(), Card::Event(idx, event)));
        let first = |claim: &Claim| claim.content.first().or(claim.cue.as_ref()).map_or(0, |span| span.start());
        let claims = coding.claims.iter().enumerate().map(|(idx, claim)| (first(claim), Card::Claim(idx, claim)));
        let mut cards: Vec<(usize, Card<'_>)> = events.chain(claims).collect();
        cards.sort_by_key(|(at, _)| *at);
        cards.into_iter().map(|(_, card)| card).collect()
    }

    fn words(&self, span: &text::Span) -> &str {
        span.of(&self.stored.text)
    }

    fn what(&self, event: &Event) -> String {
        shown::what(self.desk.codebook(), event.event_type.word(), event.mode.as_deref().unwrap_or(""))
    }

    /// Parties of an event: key, name, code.
    fn parties(&self, ids: &[String]) -> Vec<(i64, &str, String)> {
        parties(&self.stored, ids)
    }

    fn window(&self, event: &Event) -> String {
        event.when.map_or_else(String::new, |(first, last)| shown::window(Some(first), Some(last)))
    }

    /// The card of the claim under which an event is told, with its source's words.
    fn told_by(&self, event: &Event) -> Option<(usize, String)> {
        let id = event.claim.as_deref()?;
        let idx = self.stored.coding.claims.iter().position(|claim| claim.id == id)?;
        Some((idx + 1, self.source(&self.stored.coding.claims[idx])))
    }

    fn source(&self, claim: &Claim) -> String {
        claim.source.map_or_else(|| "no one named".to_owned(), |span| cut(span.of(&self.stored.text), 80))
    }

    fn content(&self, claim: &Claim) -> String {
        claim.content.iter().map(|span| span.of(&self.stored.text)).collect::<Vec<_>>().join(" … ")
    }

    /// How a claim stands to others: relation, where that is, in words.
    fn stances_of(&self, idx: &usize) -> Vec<(String, String, String)> {
        let claim = self.stored.claim_ids[*idx];
        let stance = |row: Named<'_>| {
            let other = row.integer("other").unwrap_or(0);
            let own = self.stored.claim_ids.iter().position(|key| *key == other);
            let (address, name) = match own {
                Some(own) => (format!("#c{}", own + 1), format!("claim {}", own + 1)),
                None => (format!("/stories/{}", row.text("story")), format!("a claim in {}", row.text("publisher"))),
            };
            let relation = match (row.text("relation").as_str(), row.integer("is_later")) {
                ("denies", Some(0)) => "is denied by".to_owned(),
                ("disputes", Some(0)) => "is disputed by".to_owned(),
                ("confirms", Some(0)) => "is confirmed by".to_owned(),
                (relation, Some(0)) => format!("{relation} (reversed)"),
                (relation, _) => relation.to_owned(),
            };
            let source = row.text("other_source");
            (relation, address, if source.is_empty() { name } else { format!("{name}, {source}") })
        };
        self.stances.named().filter(|row| row.integer("claim") == Some(claim)).map(stance).collect()
    }

    /// What people said about a row: key, verb, note, who.
    fn said_of(&self, kind: &str, row: &i64) -> Vec<(i64, String, String, String)> {
        said_of(&self.corrections, kind, *row)
    }

    /// The text's changes from the revision before, oldest first: what went, what came.
    fn changes(&self) -> Vec<(String, Vec<(String, String)>)> {
        let texts: Vec<(String, String)> = self.revisions.named().map(|row| (row.text("known_on"), row.text("text"))).collect();
        let change = |pair: &[(String, String)]| {
            let (before, after) = (&pair[0].1, &pair[1].1);
            let part = |change: ledger::Change| (change.before.of(before).to_owned(), change.after.of(after).to_owned());
            (pair[1].0.clone(), ledger::diff(before, after).into_iter().map(part).collect())
        };
        texts.windows(2).map(change).collect()
    }

    /// The name that an actor has over all stories.
    fn known_as(&self, idx: &usize) -> String {
        let key = self.stored.actor_ids[*idx];
        self.identities.named().find(|row| row.integer("actor") == Some(key)).map(|row| row.text("name")).unwrap_or_default()
    }

    fn is_agency(&self) -> Option<&str> {
        self.stored.metadata.agency.as_deref().or(self.stored.credit.as_deref())
    }

    fn n_copies(&self) -> usize {
        self.copies.rows.len()
    }

    fn own_page(&self) -> &str {
        &self.links.page
    }
}

/// Parties of an event: key, name, code.
pub(crate) fn parties<'s>(stored: &'s StoredCoding, ids: &[String]) -> Vec<(i64, &'s str, String)> {
    let find = |id: &String| stored.coding.actors.iter().position(|actor| actor.id == *id);
    let party = |idx: usize| {
        let actor = &stored.coding.actors[idx];
        let code = [actor.country.as_deref().unwrap_or(""), actor.sector.as_deref().unwrap_or("")];
        (stored.actor_ids[idx], actor.name.as_str(), code.join(".").trim_matches('.').to_owned())
    };
    ids.iter().filter_map(find).map(party).collect()
}

/// Cards as rows.
fn rows(page: &ReaderPage) -> Answer {
    let names = ["card", "kind", "key", "what", "status", "actors", "recipients", "place", "earliest", "latest", "source", "words", "confidence", "reason"];
    let column = |name: &&'static str| Column { name: (*name).into(), kind: query::Kind::Plain, shown: true };
    let mut answer = Answer { columns: names.iter().map(column).collect(), ..Answer::default() };
    let text = |words: String| if words.is_empty() { Cell::Missing } else { Cell::Text(words) };
    let party = |ids: &[String]| text(page.parties(ids).iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join("; "));
    for card in page.cards() {
        answer.rows.push(match card {
            Card::Event(idx, event) => vec![
                Cell::Text(format!("e{}", idx + 1)),
                Cell::Text("event".to_owned()),
                Cell::Integer(page.stored.event_ids[idx]),
                text(page.what(event)),
                Cell::Text(event.status.word().to_owned()),
                party(&event.actors),
                party(&event.recipients),
                event.place_name.clone().map_or(Cell::Missing, Cell::Text),
                event.when.map_or(Cell::Missing, |when| Cell::Day(when.0)),
                event.when.map_or(Cell::Missing, |when| Cell::Day(when.1)),
                page.told_by(event).map_or(Cell::Missing, |(_, source)| Cell::Text(source)),
                text(page.words(&event.trigger).to_owned()),
                Cell::Real(event.confidence),
                text(event.reason.clone()),
            ],
            Card::Claim(idx, claim) => vec![
                Cell::Text(format!("c{}", idx + 1)),
                Cell::Text("claim".to_owned()),
                Cell::Integer(page.stored.claim_ids[idx]),
                Cell::Text(claim.act.word().to_owned()),
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                text(page.source(claim)),
                text(page.content(claim)),
                Cell::Real(claim.confidence),
                text(claim.reason.clone()),
            ],
        });
    }
    answer
}

pub(crate) async fn page(
    State(desk): State<Desk>,
    visitor: Visitor,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let asked = Asked::read(query.as_deref(), &[&["as_of"]])?;
    let id = key(&uri)?;
    let answers = desk.ask(asked.as_of()?, move |record| {
        let stored = query::reading(record, id)?;
        let about = About { story: Some(id), target: None, with_undone: false };
        Ok((
            query::copies(record, id)?,
            query::stances(record, id)?,
            query::identities(record, &stored.actor_ids)?,
            query::revisions(record, id)?,
            query::corrections(record, &Filter::default(), about)?,
            stored,
        ))
    });
    let (copies, stances, identities, revisions, corrections, stored) = answers.await?;
    let (links, marks) = (Links::of(&uri), marks(&stored.coding));
    let page = ReaderPage { visitor, links, desk, stored, marks, copies, stances, identities, revisions, corrections };
    let sheet = Sheet::default()
        .with("cards", &rows(&page))
        .with("stances", &page.stances)
        .with("copies", &page.copies)
        .with("corrections", &page.corrections);
    sheet.answer(&uri, || rendered(&page))
}

/// A share as a whole percentage.
pub(crate) fn percent(share: &f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// The fields of a card that people may say should read otherwise.
pub(crate) fn fields(kind: &str) -> &'static [&'static str] {
    ledger::Target::from_word(kind).map_or(&[], crate::api::fields)
}
