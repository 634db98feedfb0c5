//! What is in dispute: claims that stand to each other, sorted into who asserts and who denies. No verdict.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use codebook::Act;
use jiff::civil::Date;
use ledger::rusqlite::types::Value;
use ledger::rusqlite::{Row, params_from_iter};

use crate::answer::{Answer, Cell, Column, Kind, ask};
use crate::claim::{CONTENT, teller};
use crate::cluster::RARE;
use crate::error::Error;
use crate::event::{EVIDENCE, EVIDENCE_SQL, words_sql};
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// Which claims open an issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Issues {
    /// Those that another stands against, or that stand against another.
    #[default]
    Disputed,
    /// Those of one act: accusations, admissions, pledges.
    Of(Act),
    /// All.
    All,
}

/// Where a page of issues ended: the day and key of the claim that opened the last one.
pub type AfterClaim = (Option<Date>, i64);

/// The most claims of one issue; `cut` of the answer says when there are more.
pub const CLAIMS_MAX: usize = 200;

/// How one claim stands to another.
#[derive(Clone, Debug)]
struct Edge {
    other: i64,
    is_against: bool,
    is_aside: bool,
}

/// Issues, the one with the newest claim first: one row a claim, in the order of their days within an issue. `issue` is the key of
/// the first assertion, `proposition` its words. `side` is `asserts`, `denies` or `other`: the side on which the relations between the
/// claims put it, seen from that first assertion; admissions, questions and what only updates are `other`. `origin` is the
/// independent story behind it, `via` who carries it. Heeds days (of the story), `actor` and `party` (both the source), the kind of
/// source, the publisher: all of the claim that opens an issue; the limit counts issues.
///
/// # Errors
/// When the ledger cannot be read.
pub fn board(record: &Record, filter: &Filter, which: Issues, after: Option<AfterClaim>) -> Result<Answer, Error> {
    let most = filter.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let (mut seen, mut issues, mut cut) = (BTreeSet::new(), Vec::new(), false);
    let mut seeds = Seeds::new(record, filter, which, after)?;
    while let Some((day, seed)) = seeds.next()? {
        if seen.contains(&seed) {
            continue;
        }
        let issue = Issue::around(record, seed)?;
        seen.extend(issue.members.iter().copied());
        // An issue stands where its newest claim does; older ones of it open no other.
        if issue.opens_earlier(record, filter, which, (day, seed), after)? {
            continue;
        }
        if issues.len() == most {
            cut = true;
            break;
        }
        issues.push(issue);
    }
    let mut answer = Answer { columns: columns(), rows: Vec::new(), cut, last: None };
    for issue in &issues {
        answer.rows.extend(issue.rows(record)?);
    }
    Ok(answer)
}

fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::plain("issue").shown(),
        Column::plain("proposition").shown(),
        Column::plain("side").shown(),
        Column::plain("claim"),
        Column::plain("source").shown(),
        Column::plain("source_name"),
        Column::plain("source_code").shown(),
        Column::plain("source_actor"),
        Column::plain("source_kind").shown(),
        Column::plain("act").shown(),
        Column::plain("cue").shown(),
        Column::plain("content").shown(),
        Column::plain("origin").shown(),
        Column::plain("copies").shown(),
        Column::plain("via").shown(),
        Column::plain("opens"),
    ];
    columns.extend(EVIDENCE);
    columns
}

/// Which claims may open an issue, as conditions on a claim `k` with its revision `r` and story `s`.
fn may_open(filter: &Filter, which: Issues) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.days("r.day", filter);
    teller(&mut conditions, filter);
    conditions.publisher(filter);
    match which {
        Issues::All => {}
        Issues::Of(act) => conditions.and("k.act = ?", [Value::Text(act.word().to_owned())]),
        Issues::Disputed => conditions.and(
            "(k.disputes IS NOT NULL OR EXISTS (SELECT 1 FROM current_claims d WHERE d.disputes = k.claim_id)
              OR EXISTS (SELECT 1 FROM claim_relations l WHERE l.claim_id = k.claim_id AND l.relation IN ('denies', 'disputes'))
              OR EXISTS (SELECT 1 FROM claim_relations l WHERE l.other_id = k.claim_id AND l.relation IN ('denies', 'disputes')))",
            [],
        ),
    }
    conditions
}

/// Claims that may open an issue, those of the newest stories first, fetched in portions; those without a day come last.
struct Seeds<'r> {
    record: &'r Record,
    condition: String,
    values: Vec<Value>,
    after: Option<AfterClaim>,
    portion: VecDeque<AfterClaim>,
    // So few that they are looked up and sorted, rather than waited for story by story.
    is_rare: bool,
    is_done: bool,
}

/// How many claims are fetched at a time.
const PORTION: u32 = 200;

impl<'r> Seeds<'r> {
    fn new(record: &'r Record, filter: &Filter, which: Issues, after: Option<AfterClaim>) -> Result<Self, Error> {
        let (condition, values) = may_open(filter, which).into_where();
        let is_rare = match which {
            Issues::Of(act) => {
                let sql = format!("SELECT count(*) FROM (SELECT 1 FROM claims WHERE act = ?1 LIMIT {RARE})");
                record.connection().query_row(&sql, [act.word()], |row| row.get::<_, i64>(0))? < RARE
            }
            Issues::Disputed | Issues::All => false,
        };
        Ok(Self { record, condition, values, after, portion: VecDeque::new(), is_rare, is_done: false })
    }

    fn next(&mut self) -> Result<Option<AfterClaim>, Error> {
        while self.portion.is_empty() && !self.is_done {
            self.fetch()?;
        }
        let next = self.portion.pop_front();
        self.after = next.or(self.after);
        Ok(next)
    }

    fn fetch(&mut self) -> Result<(), Error> {
        let (mut values, mut condition) = (self.values.clone(), self.condition.clone());
        condition += if condition.is_empty() { "WHERE " } else { " AND " };
        let is_undated = matches!(self.after, Some((None, _)));
        match self.after {
            None => condition += "r.day IS NOT NULL",
            Some((Some(day), claim)) => {
                condition += "r.day <= ? AND (r.day < ? OR k.claim_id < ?)";
                let day = Value::Text(day.to_string());
                values.extend([day.clone(), day, Value::Integer(claim)]);
            }
            Some((None, claim)) => {
                condition += "r.day IS NULL AND k.claim_id < ?";
                values.push(Value::Integer(claim));
            }
        }
        // Stories by their days come from an index, and only the claims of one day are sorted at a time.
        let (first, then) = if self.is_rare { ("current_claims k", "current_revisions r") } else { ("current_revisions r", "current_claims k") };
        let sql = format!(
            "SELECT r.day, k.claim_id FROM {first} CROSS JOIN {then} ON k.story_id = r.story_id
             JOIN stories s ON s.story_id = k.story_id {condition} ORDER BY r.day DESC, k.claim_id DESC"
        );
        let columns = vec![Column::new("day", Kind::Day), Column::plain("claim")];
        let portion = ask(self.record.connection(), columns, &sql, values, Some(PORTION))?;
        if !portion.cut {
            self.is_done = is_undated;
            if !is_undated {
                self.after = Some((None, i64::MAX));
            }
        }
        self.portion = portion.named().filter_map(|row| Some((row.day("day"), row.integer("claim")?))).collect();
        Ok(())
    }
}

/// Claims that stand to each other, directly or by others.
struct Issue {
    /// The claim that opened it.
    opens: i64,
    members: BTreeSet<i64>,
    edges: BTreeMap<i64, Vec<Edge>>,
}

impl Issue {
    fn around(record: &Record, seed: i64) -> Result<Self, Error> {
        let mut issue = Self { opens: seed, members: BTreeSet::from([seed]), edges: BTreeMap::new() };
        let mut open = VecDeque::from([seed]);
        while let Some(claim) = open.pop_front() {
            let edges = edges(record, claim)?;
            for edge in &edges {
                if issue.members.len() < CLAIMS_MAX && issue.members.insert(edge.other) {
                    open.push_back(edge.other);
                }
            }
            issue.edges.insert(claim, edges);
        }
        Ok(issue)
    }

    /// Whether a newer claim of the issue opened it on a page before.
    fn opens_earlier(
        &self,
        record: &Record,
        filter: &Filter,
        which: Issues,
        seed: AfterClaim,
        after: Option<AfterClaim>,
    ) -> Result<bool, Error> {
        if after.is_none() || self.members.len() == 1 {
            return Ok(false);
        }
        let mut conditions = may_open(filter, which);
        let marks = vec!["?"; self.members.len()].join(", ");
        conditions.and(format!("k.claim_id IN ({marks})"), self.members.iter().map(|key| Value::Integer(*key)));
        let day = seed.0.map_or_else(String::new, |day| day.to_string());
        conditions.and("(coalesce(r.day, ''), k.claim_id) > (?, ?)", [Value::Text(day), Value::Integer(seed.1)]);
        let (condition, values) = conditions.into_where();
        let sql = format!(
            "SELECT k.claim_id FROM current_claims k JOIN codings c ON c.coding_id = k.coding_id
             JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = k.story_id {condition}"
        );
        let newer = ask(record.connection(), vec![Column::plain("claim")], &sql, values, Some(1))?;
        Ok(!newer.rows.is_empty())
    }

    /// The side of each member, seen from `root`: by the number of relations against on the way.
    fn sides(&self, root: i64, acts: &BTreeMap<i64, String>) -> BTreeMap<i64, &'static str> {
        let aside = [Act::Admit, Act::Ask, Act::Request].map(Act::word);
        let mut sides = BTreeMap::from([(root, true)]);
        let mut other = BTreeSet::new();
        let mut open = VecDeque::from([root]);
        while let Some(claim) = open.pop_front() {
            let is_for = sides[&claim];
            for edge in self.edges.get(&claim).into_iter().flatten() {
                if self.members.contains(&edge.other) && !sides.contains_key(&edge.other) {
                    sides.insert(edge.other, is_for != edge.is_against);
                    if edge.is_aside {
                        other.insert(edge.other);
                    }
                    open.push_back(edge.other);
                }
            }
        }
        let side = |(claim, is_for): (i64, bool)| {
            let is_aside = other.contains(&claim) || acts.get(&claim).is_some_and(|act| aside.contains(&act.as_str()));
            (claim, if is_aside && claim != root { "other" } else if is_for { "asserts" } else { "denies" })
        };
        sides.into_iter().map(side).collect()
    }

    fn rows(&self, record: &Record) -> Result<Vec<Vec<Cell>>, Error> {
        let marks = vec!["?"; self.members.len()].join(", ");
        let sql = format!(
            "SELECT NULL, NULL, NULL, k.claim_id, {source}, a.name,
                    nullif(coalesce(a.country, '') || coalesce('.' || a.sector, ''), ''), k.source_actor, k.source_kind, k.act, {cue},
                    {CONTENT}, coalesce(o.origin, k.story_id),
                    coalesce((SELECT count(*) FROM origins p WHERE p.origin = o.origin), 1) - 1,
                    coalesce(r.agency, r.credit, s.publisher), NULL, {EVIDENCE_SQL}
             FROM current_claims k JOIN codings c ON c.coding_id = k.coding_id
             JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = k.story_id
             LEFT JOIN actors a ON a.actor_id = k.source_actor LEFT JOIN origins o ON o.story_id = k.story_id
             WHERE k.claim_id IN ({marks}) ORDER BY r.day IS NULL, r.day, k.claim_id",
            source = words_sql("k.source_start", "k.source_end"),
            cue = words_sql("k.cue_start", "k.cue_end"),
        );
        let values = self.members.iter().map(|key| Value::Integer(*key)).collect();
        let mut answer = ask(record.connection(), columns(), &sql, values, None)?;
        let acts: BTreeMap<i64, String> =
            answer.named().filter_map(|row| Some((row.integer("claim")?, row.text("act")))).collect();
        // The first that asserts something is what the others stand to.
        let order: Vec<i64> = answer.named().filter_map(|row| row.integer("claim")).collect();
        let asserts = |claim: &&i64| !matches!(acts[*claim].as_str(), "deny" | "ask" | "request");
        let Some(&root) = order.iter().find(asserts).or(order.first()) else { return Ok(Vec::new()) };
        let proposition = answer.named().find(|row| row.integer("claim") == Some(root)).map(|row| row.text("content"));
        let sides = self.sides(root, &acts);
        for (row, claim) in answer.rows.iter_mut().zip(&order) {
            row[0] = Cell::Integer(root);
            row[1] = proposition.clone().map_or(Cell::Missing, Cell::Text);
            row[2] = Cell::Text(sides.get(claim).copied().unwrap_or("other").to_owned());
            row[15] = Cell::Integer(self.opens);
        }
        Ok(answer.rows)
    }
}

fn edges(record: &Record, claim: i64) -> Result<Vec<Edge>, Error> {
    let sql = "SELECT other, relation FROM (
            SELECT disputes AS other, 'disputes' AS relation FROM current_claims WHERE claim_id = ?1 AND disputes IS NOT NULL
            UNION SELECT claim_id, 'disputes' FROM current_claims WHERE disputes = ?1
            UNION SELECT other_id, relation FROM claim_relations WHERE claim_id = ?1
            UNION SELECT claim_id, relation FROM claim_relations WHERE other_id = ?1)
        WHERE EXISTS (SELECT 1 FROM current_claims k WHERE k.claim_id = other) ORDER BY other, relation";
    let edge = |row: &Row<'_>| {
        let relation: String = row.get(1)?;
        let is_against = matches!(relation.as_str(), "denies" | "disputes");
        Ok(Edge { other: row.get(0)?, is_against, is_aside: matches!(relation.as_str(), "updates" | "retracts") })
    };
    let mut statement = record.connection().prepare_cached(sql)?;
    Ok(statement.query_map(params_from_iter([claim]), edge)?.collect::<Result<_, _>>()?)
}
