//! `/actors/ID`: what a person or body is called, by whom; its offices in time; what it did, had done to it, said and plans.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use codebook::{EventType, Status};
use query::{Answer, EVENTS_MAX, Filter, Named, Party};

use crate::account::Visitor;
use crate::asked::Asked;
use crate::chart::{Bars, Ego};
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::sheet::{Links, Sheet, key, rendered};
use crate::screens::shown::{self, number};

/// Rows of each part, and circles of the network.
const ROWS: u32 = 50;
const AROUND: u32 = 24;

#[derive(Template)]
#[template(path = "actor.html")]
struct ActorPage {
    links: Links,
    desk: Desk,
    id: i64,
    entity: Answer,
    names: Answer,
    roles: Answer,
    deeds: Answer,
    planned: Answer,
    around: Answer,
    bars: Bars,
    ego: Ego,
}

impl ActorPage {
    fn head(&self) -> Option<Named<'_>> {
        self.entity.named().next()
    }

    fn name(&self) -> String {
        self.head().map(|row| row.text("name")).unwrap_or_default()
    }

    fn code(&self) -> String {
        self.head().map(|row| [row.text("country"), row.text("sector")].join(".").trim_matches('.').to_owned()).unwrap_or_default()
    }

    fn parts(&self) -> Vec<(&'static str, &'static str, Vec<Named<'_>>)> {
        let titles = [("did", "Did"), ("had done", "Had done to it"), ("said", "Said")];
        let of = |part: &'static str| self.deeds.named().filter(|row| row.words("part") == Some(part)).collect();
        titles.iter().map(|(part, title)| (*part, *title, of(part))).collect()
    }

    /// `ASSAULT/aerial happened` in words, with its status.
    fn what(&self, row: &Named<'_>) -> (String, String) {
        let code = row.text("what");
        let (kind, status) = code.split_once(' ').unwrap_or((&code, ""));
        let (event_type, mode) = kind.split_once('/').unwrap_or((kind, ""));
        match EventType::from_word(event_type) {
            Some(_) => (shown::what(self.desk.codebook(), event_type, mode), status.to_owned()),
            None => (code, String::new()),
        }
    }

    fn cap(&self) -> String {
        let n = number(i64::from(EVENTS_MAX));
        let shown = if self.around.cut { format!("the {AROUND} that it deals with most") } else { "all that it deals with".to_owned() };
        format!("Drawn are {shown}, counted over its newest {n} events in each direction. Red: mostly conflict; blue-green: mostly cooperation. The table has the same.")
    }
}

pub(crate) async fn page(State(desk): State<Desk>, _: Visitor, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let asked = Asked::read(query.as_deref(), &[&["since", "until", "as_of"]])?;
    let id = key(&uri)?;
    let filter = Filter { limit: Some(ROWS), ..asked.filter(desk.codebook())? };
    let on = desk.today();
    let answers = desk.ask(asked.as_of()?, move |record| {
        let party = Party::Actor(id);
        let entity = query::entity(record, id)?;
        let deeds = match query::actor(record, &filter, &party) {
            // Named in a reading that was retired since, and nowhere else.
            Err(query::Error::NoActor(_)) => Answer::default(),
            other => other?,
        };
        let around = Filter { limit: Some(AROUND), ..filter.clone() };
        let of_plans = Filter { party: Some(party.clone()), statuses: vec![Status::Planned], ..filter.clone() };
        Ok((
            entity,
            query::names(record, id)?,
            query::roles(record, id)?,
            deeds,
            query::agenda(record, &of_plans, on)?,
            query::neighbours(record, &around, &party)?,
        ))
    });
    let (entity, names, roles, deeds, planned, around) = answers.await?;
    let sheet = Sheet::default()
        .with("actor", &entity)
        .with("names", &names)
        .with("roles", &roles)
        .with("record", &deeds)
        .with("planned", &planned)
        .with("around", &around);
    sheet.answer(&uri, || {
        let office = |row: Named<'_>| {
            let title = [row.text("title"), row.text("of")].join(" ");
            let address = format!("/stories/{}", row.text("story"));
            Some((row.day("first_day")?, row.day("last_day")?, title.trim().to_owned(), address, "running".to_owned()))
        };
        let bars = Bars::new(roles.named().filter_map(office), on);
        let name = entity.named().next().map(|row| row.text("name")).unwrap_or_default();
        let ego = Ego::new(&name, &around);
        rendered(&ActorPage { links: Links::of(&uri), desk: desk.clone(), id, entity, names, roles, deeds, planned, around, bars, ego })
    })
}
