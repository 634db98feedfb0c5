//! Who is this: names, offices, what was done and said.

use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, Kind, ask, quote_sql};
use crate::error::Error;
use crate::event::{EVIDENCE, EVIDENCE_SQL, TOLD};
use crate::filter::{Conditions, Filter, Party, is_party, takes_part};
use crate::record::Record;

/// What is known of a party, one row a fact. `part` is `name`, `role`, `did`, `had done` or `said`, in this order; within a part
/// the newest come first. `what` is the name with its code, the office, the event's type and mode with its status, or the act of
/// speaking; `detail` the other side, or what is said. Heeds days (of the story), publisher and limit (of each part).
///
/// # Errors
/// When nobody in the record bears the name, or the ledger cannot be read.
pub fn actor(record: &Record, filter: &Filter, party: &Party) -> Result<Answer, Error> {
    let mut columns = vec![
        Column::plain("part").shown(),
        Column::new("day", Kind::Day).shown(),
        Column::plain("what").shown(),
        Column::plain("detail").shown(),
        Column::new("quote", Kind::Quote),
        Column::plain("key"),
    ];
    columns.extend(EVIDENCE);
    let mut answer = Answer { columns: columns.clone(), ..Answer::default() };
    let (is_party, of_party) = is_party(party);
    let of_actor = format!("a.actor_id IN (SELECT actor_id FROM actors WHERE {is_party})");
    let parts = [
        (name_sql(), of_actor.clone(), of_party.clone()),
        (role_sql(), of_actor.clone(), of_party.clone()),
        event_part("did", "event_actors", "event_recipients", party),
        event_part("had done", "event_recipients", "event_actors", party),
        (said_sql(), of_actor, of_party),
    ];
    for (sql, condition, values) in parts {
        let mut conditions = Conditions::default();
        conditions.and(condition, values);
        conditions.days("r.day", filter);
        conditions.publisher(filter);
        let (condition, values): (String, Vec<Value>) = conditions.into_where();
        let part = ask(record.connection(), columns.clone(), &sql.replace("{condition}", &condition), values, filter.limit)?;
        answer.rows.extend(part.rows);
        answer.cut |= part.cut;
    }
    if answer.rows.is_empty() {
        return Err(Error::NoActor(party.to_string()));
    }
    Ok(answer)
}

/// An actor `a` with its story and revision.
const IN_STORY: &str = "actors a JOIN current_codings c ON c.coding_id = a.coding_id
    JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = c.story_id";

fn name_sql() -> String {
    format!(
        "SELECT 'name', r.day, a.name, nullif(coalesce(a.country, '') || coalesce('.' || a.sector, ''), '') AS code,
                {quote}, a.actor_id, {EVIDENCE_SQL}
         FROM {IN_STORY} LEFT JOIN actor_mentions m ON m.actor_id = a.actor_id AND m.position = 0
         {{condition}} ORDER BY r.day DESC, a.actor_id",
        quote = quote_sql("r.text", "m.start", "m.\"end\""),
    )
}

fn role_sql() -> String {
    format!(
        "SELECT 'role', r.day, coalesce(m.status || ' ', '') || m.title, m.\"of\", {quote}, a.actor_id, {EVIDENCE_SQL}
         FROM {IN_STORY} JOIN actor_roles m ON m.actor_id = a.actor_id
         {{condition}} ORDER BY r.day DESC, a.actor_id, m.position",
        quote = quote_sql("r.text", "m.start", "m.\"end\""),
    )
}

fn said_sql() -> String {
    format!(
        "SELECT 'said', r.day, k.act,
                (SELECT group_concat(substr(r.text, p.start + 1, p.\"end\" - p.start), ' … ' ORDER BY p.position)
                 FROM claim_contents p WHERE p.claim_id = k.claim_id),
                {quote}, k.claim_id, {EVIDENCE_SQL}
         FROM current_claims k JOIN actors a ON a.actor_id = k.source_actor JOIN codings c ON c.coding_id = k.coding_id
         JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = k.story_id
         {{condition}} ORDER BY r.day DESC, k.claim_id",
        quote = quote_sql("r.text", "k.source_start", "k.source_end"),
    )
}

/// Events in which the party is on one side; the detail is the other side.
fn event_part(part: &str, side: &str, other: &str, party: &Party) -> (String, String, Vec<Value>) {
    let sql = format!(
        "SELECT '{part}', e.day, e.type || coalesce('/' || e.mode, '') || ' ' || e.status,
                (SELECT group_concat(a.name, '; ' ORDER BY x.position) FROM {other} x JOIN actors a USING (actor_id)
                 WHERE x.event_id = e.event_id),
                {quote}, e.event_id, {EVIDENCE_SQL}
         FROM {TOLD} {{condition}} ORDER BY e.day DESC, e.event_id",
        quote = quote_sql("r.text", "e.trigger_start", "e.trigger_end"),
    );
    let (condition, values) = takes_part(party, &[side]);
    (sql, condition, values)
}

