//! Times every question over a ledger: `questions FILE [ROUNDS]`. Each round asks with another name, place, type or day out of the
//! ledger itself; what is told is the time in the middle and the longest.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use codebook::EventType;
use ledger::rusqlite::Connection;
use whimbrel_query::{Filter, Party, Period, Place, Record, actor, agenda, claims, events, search, sql, stats, story, timeline};

type Asked = Result<whimbrel_query::Answer, whimbrel_query::Error>;

/// Texts out of the ledger, spread over it.
fn samples(connection: &Connection, sql: &str, n: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let mut statement = connection.prepare(sql)?;
    let all = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let step = (all.len() / n.max(1)).max(1);
    Ok(all.into_iter().step_by(step).take(n).collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = PathBuf::from(args.next().ok_or("questions FILE [ROUNDS]")?);
    let rounds: usize = args.next().map_or(Ok(21), |n| n.parse())?;
    let record = Record::open(&path, None)?;
    let connection = Connection::open(&path)?;
    let names = samples(&connection, "SELECT a.name FROM actors a WHERE a.actor_id % 997 = 0 LIMIT 400", rounds)?;
    let countries = samples(&connection, "SELECT DISTINCT country FROM event_actors WHERE country IS NOT NULL LIMIT 60", rounds)?;
    let days = samples(&connection, "SELECT DISTINCT day FROM events WHERE day IS NOT NULL ORDER BY 1", rounds)?;
    let places = samples(&connection, "SELECT DISTINCT place_name FROM events WHERE place_name IS NOT NULL LIMIT 400", rounds)?;
    let words = samples(&connection, "SELECT name FROM names WHERE name_id % 499 = 0 LIMIT 400", rounds)?;
    let ids = samples(&connection, "SELECT id FROM revisions WHERE revision_id % 101 = 0", rounds)?;
    let base = Filter { limit: Some(50), ..Filter::default() };
    let code = |idx: usize| Party::Code { country: Some(countries[idx % countries.len()].clone()), sector: None };
    let name = |idx: usize| Party::Name(names[idx % names.len()].clone());
    let day = |idx: usize| days[idx % days.len()].parse().ok();
    let on = days[days.len() / 2].parse()?;
    let questions: Vec<(&str, Box<dyn Fn(usize) -> Asked + '_>)> = vec![
        ("events", Box::new(|_| events(&record, &base))),
        ("events of a type", Box::new(|idx| events(&record, &Filter { types: vec![EventType::ALL[idx % EventType::ALL.len()]], ..base.clone() }))),
        ("events of a day", Box::new(|idx| events(&record, &Filter { since: day(idx), until: day(idx), ..base.clone() }))),
        ("events by a country", Box::new(|idx| events(&record, &Filter { actor: Some(code(idx)), ..base.clone() }))),
        ("events with a name", Box::new(|idx| events(&record, &Filter { party: Some(name(idx)), ..base.clone() }))),
        ("events at a place", Box::new(|idx| events(&record, &Filter { place: Some(Place::Name(places[idx % places.len()].clone())), ..base.clone() }))),
        ("timeline", Box::new(|idx| timeline(&record, &base, &code(idx), &code(idx + 1), Period::Month))),
        ("agenda", Box::new(|_| agenda(&record, &base, on))),
        ("agenda from a day", Box::new(|idx| agenda(&record, &Filter { since: day(idx), ..base.clone() }, on))),
        ("claims", Box::new(|_| claims(&record, &base))),
        ("claims of a name", Box::new(|idx| claims(&record, &Filter { actor: Some(name(idx)), ..base.clone() }))),
        ("actor", Box::new(|idx| actor(&record, &base, &name(idx)))),
        ("search", Box::new(|idx| search(&record, &base, &words[idx % words.len()]))),
        ("story", Box::new(|idx| story(&record, &ids[idx % ids.len()]))),
        ("stats", Box::new(|_| stats(&record, &base))),
        ("stats of days", Box::new(|idx| stats(&record, &Filter { since: day(idx), until: day(idx + 3).max(day(idx)), ..base.clone() }))),
        ("sql", Box::new(|_| sql(&record, "SELECT value, sum(n) FROM tallies WHERE what = 'type' GROUP BY 1", Some(50)))),
    ];
    let mut out = std::io::stdout().lock();
    for (what, ask) in &questions {
        let mut times = Vec::with_capacity(rounds);
        let mut n_rows = 0;
        for idx in 0..rounds {
            let begun = Instant::now();
            n_rows = ask(idx)?.rows.len();
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        writeln!(out, "{what}: {:.1} ms in the middle, {:.1} ms at most; {n_rows} rows", times[rounds / 2], times[rounds - 1])?;
    }
    Ok(())
}
