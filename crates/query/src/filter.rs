//! What is asked for: days, parties, types, places, publishers; and how that becomes conditions with bound values.

use codebook::{Codebook, EventType, SourceKind, Status};
use jiff::civil::Date;
use ledger::rusqlite::types::Value;

use crate::answer::{Cell, Last};
use crate::error::Error;

/// Who is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// A code: `PAK`, `PAK.GOV`, `REB`. What is `None` may be anything.
    Code {
        /// ISO 3166-1 alpha-3.
        country: Option<String>,
        /// Sector code.
        sector: Option<String>,
    },
    /// A name, or a part of one in whole words; case does not count.
    Name(String),
    /// A row of `actors`, with all rows that are concluded to be the same person or body.
    Actor(i64),
}

/// What comes before the key of a row of `actors`, as in decisions.
const ACTOR: &str = "actor:";

impl Party {
    /// Reads a code that the codebook knows, a row as `actor:12`, or a name.
    ///
    /// # Errors
    /// When it has the form of a code and the country or the sector is unknown.
    pub fn read(codebook: &Codebook, words: &str) -> Result<Self, Error> {
        let words = words.trim();
        if let Some(key) = words.strip_prefix(ACTOR).and_then(|key| key.parse().ok()) {
            return Ok(Self::Actor(key));
        }
        let capitals = |part: &str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_uppercase());
        let country = |code: &str| codebook.actors.country(code).is_some();
        let sector = |code: &str| codebook.ontology.has_sector(code);
        match words.split_once('.') {
            Some((left, right)) if (left.is_empty() || capitals(left)) && capitals(right) => {
                if !left.is_empty() && !country(left) {
                    let valid = "codes of ISO 3166-1 alpha-3, such as PAK".to_owned();
                    return Err(Error::Unknown { what: "country", word: left.to_owned(), valid });
                }
                if !sector(right) {
                    let valid = codebook.ontology.sectors.iter().map(|info| info.id.as_str()).collect::<Vec<_>>().join(", ");
                    return Err(Error::Unknown { what: "sector", word: right.to_owned(), valid });
                }
                let left = Some(left.to_owned()).filter(|left| !left.is_empty());
                Ok(Self::Code { country: left, sector: Some(right.to_owned()) })
            }
            None if country(words) => Ok(Self::Code { country: Some(words.to_owned()), sector: None }),
            None if sector(words) => Ok(Self::Code { country: None, sector: Some(words.to_owned()) }),
            _ => Ok(Self::Name(words.to_owned())),
        }
    }
}

impl std::fmt::Display for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code { country: Some(country), sector: Some(sector) } => write!(f, "{country}.{sector}"),
            Self::Code { country, sector } => f.write_str(country.as_deref().or(sector.as_deref()).unwrap_or("")),
            Self::Name(name) => f.write_str(name),
            Self::Actor(key) => write!(f, "{ACTOR}{key}"),
        }
    }
}

/// Where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Anywhere in a country, by its code.
    Country(String),
    /// At a place, by its name in the gazetteer; case does not count.
    Name(String),
}

impl Place {
    /// Reads a country's code, or the name of a place.
    pub fn read(codebook: &Codebook, words: &str) -> Self {
        let words = words.trim();
        match codebook.actors.country(words) {
            Some(country) => Self::Country(country.code.clone()),
            None => Self::Name(words.to_owned()),
        }
    }
}

/// Reads an event type; case does not count.
///
/// # Errors
/// Names the valid ones.
pub fn event_type(word: &str) -> Result<EventType, Error> {
    EventType::from_word(&word.to_uppercase()).ok_or_else(|| {
        let valid = EventType::ALL.iter().map(|event_type| event_type.word()).collect::<Vec<_>>().join(", ");
        Error::Unknown { what: "event type", word: word.to_owned(), valid }
    })
}

/// Reads a mode of any event type.
///
/// # Errors
/// Names the valid ones.
pub fn mode(codebook: &Codebook, word: &str) -> Result<String, Error> {
    let modes = || EventType::ALL.iter().flat_map(|event_type| &codebook.ontology.event(*event_type).modes);
    if modes().any(|info| info.id == word) {
        return Ok(word.to_owned());
    }
    let mut valid: Vec<&str> = modes().map(|info| info.id.as_str()).collect();
    valid.sort_unstable();
    valid.dedup();
    Err(Error::Unknown { what: "mode", word: word.to_owned(), valid: valid.join(", ") })
}

/// What is asked for; what is `None` or empty may be anything. Each question says which of these it heeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The first day that counts.
    pub since: Option<Date>,
    /// The last day that counts.
    pub until: Option<Date>,
    /// Who did it, or says it.
    pub actor: Option<Party>,
    /// To whom.
    pub recipient: Option<Party>,
    /// Who is in it, on either side.
    pub party: Option<Party>,
    /// Event types, any of them.
    pub types: Vec<EventType>,
    /// Mode of the event.
    pub mode: Option<String>,
    /// Where.
    pub place: Option<Place>,
    /// Whether it happened, any of them.
    pub statuses: Vec<Status>,
    /// The outlet; case does not count.
    pub publisher: Option<String>,
    /// How the source is named.
    pub source_kind: Option<SourceKind>,
    /// The most rows; `None` for all.
    pub limit: Option<u32>,
    /// The row after which a page begins, as [`crate::Answer::last`] of the page before gave it.
    pub after: Option<Last>,
}

/// Conditions joined by AND, with the values bound to their question marks.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

/// Keys of actors that bear a name: as a story has it, or as entities over stories have it.
pub(crate) const NAMED: &str = "SELECT a.actor_id FROM names_words w JOIN names n ON n.name_id = w.rowid
    JOIN actors a ON a.name = n.name COLLATE NOCASE WHERE names_words MATCH ?
    UNION SELECT actor_id FROM entity_names JOIN entity_members USING (entity_id) WHERE entity_names.name = ? COLLATE NOCASE";

/// Keys of actors that are the same as one, itself among them.
pub(crate) const SAME: &str = "SELECT o.actor_id FROM entity_members m JOIN entity_members o ON o.entity_id = m.entity_id
    WHERE m.actor_id = ? UNION SELECT actor_id FROM actors WHERE actor_id = ?";

/// The values that [`NAMED`] is asked with: the words of the name in their order, and the name.
pub(crate) fn named(name: &str) -> [Value; 2] {
    // A full-text query ends at a zero byte, wherever that stands.
    let words = name.replace('"', "\"\"").replace('\0', " ");
    [Value::Text(format!("\"{words}\"")), Value::Text(name.to_owned())]
}

impl Conditions {
    /// Adds a condition with its values.
    pub(crate) fn and(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.into());
        self.values.extend(values);
    }

    fn text(&mut self, sql: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.and(sql, [Value::Text(value.to_owned())]);
        }
    }

    /// Days from `since` to `until` in a column of days.
    pub(crate) fn days(&mut self, column: &str, filter: &Filter) {
        self.text(&format!("{column} >= ?"), filter.since.map(|day| day.to_string()).as_deref());
        self.text(&format!("{column} <= ?"), filter.until.map(|day| day.to_string()).as_deref());
    }

    /// Rows behind the last one of the page before: by a place that rises (`<` falls) with unknown ones at the end, then by key.
    pub(crate) fn after(&mut self, place: &str, beyond: &str, key: &str, filter: &Filter) {
        let Some(Last { place: at, key: last }) = &filter.after else { return };
        let last = Value::Integer(*last);
        let at = match at {
            Cell::Missing => return self.and(format!("{place} IS NULL AND {key} > ?"), [last]),
            Cell::Integer(n) => Value::Integer(*n),
            Cell::Real(x) => Value::Real(*x),
            Cell::Day(day) => Value::Text(day.to_string()),
            Cell::Text(text) => Value::Text(text.clone()),
        };
        let sql = format!("({place} {beyond}= ? AND ({place} {beyond} ? OR {key} > ?) OR {place} IS NULL)");
        self.and(sql, [at.clone(), at, last]);
    }

    /// The outlet of the story `s`.
    pub(crate) fn publisher(&mut self, filter: &Filter) {
        self.text("s.publisher = ? COLLATE NOCASE", filter.publisher.as_deref());
    }

    /// What holds for the event `e` itself: type, mode, place, status, parties.
    pub(crate) fn event(&mut self, filter: &Filter) {
        self.any("e.type", filter.types.iter().map(|event_type| event_type.word()));
        self.text("e.mode = ?", filter.mode.as_deref());
        self.any("e.status", filter.statuses.iter().map(|status| status.word()));
        match &filter.place {
            Some(Place::Country(code)) => self.text("e.place_country = ?", Some(code)),
            Some(Place::Name(name)) => self.text("e.place_name = ? COLLATE NOCASE", Some(name)),
            None => {}
        }
        for (party, tables) in [
            (&filter.actor, &["event_actors"][..]),
            (&filter.recipient, &["event_recipients"]),
            (&filter.party, &["event_actors", "event_recipients"]),
        ] {
            if let Some(party) = party {
                let (sql, values) = takes_part(party, tables);
                self.and(sql, values);
            }
        }
    }

    fn any<'w>(&mut self, column: &str, words: impl Iterator<Item = &'w str>) {
        let values: Vec<Value> = words.map(|word| Value::Text(word.to_owned())).collect();
        if !values.is_empty() {
            let marks = vec!["?"; values.len()].join(", ");
            self.and(format!("{column} IN ({marks})"), values);
        }
    }

    /// ` AND …`, or nothing, with the values.
    pub(crate) fn into_and(self) -> (String, Vec<Value>) {
        (self.sql.iter().map(|sql| format!(" AND {sql}")).collect(), self.values)
    }

    /// `WHERE …`, or nothing, with the values.
    pub(crate) fn into_where(self) -> (String, Vec<Value>) {
        let sql = if self.sql.is_empty() { String::new() } else { format!("WHERE {}", self.sql.join(" AND ")) };
        (sql, self.values)
    }
}

/// That a party is in one of these tables of an event `e`.
pub(crate) fn takes_part(party: &Party, tables: &[&str]) -> (String, Vec<Value>) {
    let (mut choices, mut values) = (Vec::new(), Vec::new());
    for table in tables {
        let (condition, of_party) = is_party(party);
        choices.push(format!("e.event_id IN (SELECT event_id FROM {table} WHERE {condition})"));
        values.extend(of_party);
    }
    (format!("({})", choices.join(" OR ")), values)
}

/// That a row with `country`, `sector` and `actor_id` is a party.
pub(crate) fn is_party(party: &Party) -> (String, Vec<Value>) {
    match party {
        Party::Code { country, sector } => {
            let parts = [("country = ?", country), ("sector = ?", sector)];
            let given = || parts.iter().filter(|(_, code)| code.is_some());
            let sql = given().map(|(sql, _)| *sql).collect::<Vec<_>>().join(" AND ");
            (sql, given().filter_map(|(_, code)| Some(Value::Text((*code).clone()?))).collect())
        }
        Party::Name(name) => (format!("actor_id IN ({NAMED})"), named(name).into()),
        Party::Actor(key) => (format!("actor_id IN ({SAME})"), vec![Value::Integer(*key); 2]),
    }
}
