//! What is new: finds of a search behind a key, in the order in which they were kept.

use ledger::rusqlite::types::Value;
use ledger::Moment;

use crate::answer::{Answer, Column, Kind, ask};
use crate::claim::teller;
use crate::error::Error;
use crate::event::{EVIDENCE, EVIDENCE_SQL, TOLD, names_sql, words_sql};
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// What is looked for in the news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Events, as [`crate::events`] filters them.
    Events,
    /// Claims, as [`crate::claims`] filters them.
    Claims,
}

/// Which rows count as new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those behind a key, of texts that are known since a moment: a new reading of an older text is no news.
    Behind(i64, Moment),
    /// Those with these keys.
    Keys(Vec<i64>),
    /// Those of texts that are known since a moment.
    Since(Moment),
}

const CLAIMS: &str = "current_claims k JOIN codings c ON c.coding_id = k.coding_id
    JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = k.story_id
    LEFT JOIN actors a ON a.actor_id = k.source_actor";

fn conditions(news: News, filter: &Filter, which: &Which) -> (String, Vec<Value>) {
    let mut conditions = Conditions::default();
    let (row, key) = match news {
        News::Events => ("e", "e.event_id"),
        News::Claims => ("k", "k.claim_id"),
    };
    let mut known_since = |moment: &Moment| conditions.and("r.known_on >= ?", [Value::Integer(moment.0)]);
    match which {
        Which::Behind(last, moment) => {
            known_since(moment);
            conditions.and(format!("{key} > ?"), [Value::Integer(*last)]);
        }
        Which::Since(moment) => {
            known_since(moment);
            // Keys rise with the moment, and an index finds the first of them.
            let first = "(SELECT min(coding_id) FROM codings WHERE known_on >= ?)";
            conditions.and(format!("{row}.coding_id >= {first}"), [Value::Integer(moment.0)]);
        }
        Which::Keys(keys) => {
            let marks = vec!["?"; keys.len()].join(", ");
            conditions.and(format!("{key} IN ({marks})"), keys.iter().map(|key| Value::Integer(*key)));
        }
    }
    match news {
        News::Events => {
            conditions.days("e.day", filter);
            conditions.event(filter);
        }
        News::Claims => {
            conditions.days("r.day", filter);
            teller(&mut conditions, filter);
        }
    }
    conditions.publisher(filter);
    conditions.into_where()
}

/// Finds of a search, oldest first: `key` (of `events` or `claims`), `day`, `what` (type, mode and status, or the act of speaking),
/// `who`, `whom`, `place`, `words`, `title`, the moment from which it is `known`, and whether it `settled`: what `resolution` has not
/// yet looked at may turn out to be told already. Heeds all that the question heeds.
///
/// # Errors
/// When the ledger cannot be read.
pub fn news(record: &Record, news: News, filter: &Filter, which: &Which) -> Result<Answer, Error> {
    let mut columns = vec![
        Column::plain("key").shown(),
        Column::new("day", Kind::Day).shown(),
        Column::plain("what").shown(),
        Column::plain("who").shown(),
        Column::plain("whom").shown(),
        Column::plain("place").shown(),
        Column::plain("words").shown(),
        Column::plain("title"),
        Column::plain("known"),
        Column::plain("settled"),
    ];
    columns.extend(EVIDENCE);
    let (condition, values) = conditions(news, filter, which);
    let sql = match news {
        News::Events => format!(
            "SELECT e.event_id, e.day, e.type || coalesce('/' || e.mode, '') || ' ' || e.status, {who}, {whom}, e.place_name, {words},
                    r.title, e.known_on, EXISTS (SELECT 1 FROM happening_reports h WHERE h.event_id = e.event_id), {EVIDENCE_SQL}
             FROM {TOLD} {condition} ORDER BY e.event_id",
            who = names_sql("event_actors"),
            whom = names_sql("event_recipients"),
            words = words_sql("e.trigger_start", "e.trigger_end"),
        ),
        News::Claims => format!(
            "SELECT k.claim_id, r.day, k.act, coalesce({who}, a.name), NULL, NULL,
                    (SELECT group_concat(substr(r.text, p.start + 1, p.\"end\" - p.start), ' … ' ORDER BY p.position)
                     FROM claim_contents p WHERE p.claim_id = k.claim_id),
                    r.title, k.known_on, EXISTS (SELECT 1 FROM origins o WHERE o.story_id = k.story_id), {EVIDENCE_SQL}
             FROM {CLAIMS} {condition} ORDER BY k.claim_id",
            who = words_sql("k.source_start", "k.source_end"),
        ),
    };
    ask(record.connection(), columns, &sql, values, filter.limit)
}

/// How often a search would have alerted: its finds, those that tell one event counted once, of claims those of one origin and act.
///
/// # Errors
/// When the ledger cannot be read.
pub fn count_news(record: &Record, news: News, filter: &Filter, which: &Which) -> Result<i64, Error> {
    let (condition, values) = conditions(news, filter, which);
    let sql = match news {
        News::Events => format!(
            "SELECT count(DISTINCT coalesce((SELECT -h.happening_id FROM happening_reports h WHERE h.event_id = e.event_id), e.event_id))
             FROM {TOLD} {condition}"
        ),
        News::Claims => format!(
            "SELECT count(DISTINCT coalesce((SELECT o.origin || k.act FROM origins o WHERE o.story_id = k.story_id
                    AND (SELECT count(*) FROM origins x WHERE x.origin = o.origin) > 1), k.claim_id))
             FROM {CLAIMS} {condition}"
        ),
    };
    let mut statement = record.connection().prepare(&sql)?;
    Ok(statement.query_row(ledger::rusqlite::params_from_iter(values), |row| row.get(0))?)
}
