//! Who a phrase means: the country and sector of a party, from its own words.
//!
//! Takes the words of a mention and gives a [`Party`] with the reason for each code. It looks at nothing outside the
//! phrase but what its caller tells of the story; the rest is the coder's business.

use std::ops::Range;

use jiff::civil::Date;

use crate::actor::{Force, Joint, Meaning, Name, NameKind};
use crate::phrase::{Case, Pieces};
use crate::{ActorKind, Codebook, RoleStatus};

/// Country and sector of a party, and where in the phrase they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// ISO 3166-1 alpha-3; `None` for international bodies and unknowns.
    pub country: Option<String>,
    /// Sector code.
    pub sector: Option<String>,
    /// Canonical name of a listed body, person or country.
    pub name: Option<String>,
    /// What it is, where the codebook can tell.
    pub kind: Option<ActorKind>,
    /// Wikidata id, where the codebook has one.
    pub wikidata: Option<String>,
    /// The office that the phrase gives.
    pub title: Option<Title>,
    /// Whether the sector is only a weak noun's guess ("officials").
    pub weak: bool,
    /// The words that decided, as a range of the phrase.
    pub words: Range<usize>,
    /// `agent: soldiers = MIL; adjective: Pakistani = PAK`.
    pub reason: String,
}

/// What a story tells about its phrases from outside of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// The story's day: offices and bodies change.
    pub date: Option<Date>,
    /// Whether the text is all in one case, so that capitals tell nothing: "the vhp".
    pub is_caseless: bool,
    /// Countries that the story names, as ISO 3166-1 alpha-3, most named first: which of several "Congress" is meant.
    pub countries: &'a [String],
}

/// An office in a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// The words of the office within the phrase, with "acting" or "former".
    pub words: Range<usize>,
    /// Whether it is held.
    pub status: Option<RoleStatus>,
    /// Its country, where the phrase says.
    pub of: Option<String>,
}

/// A part of the phrase that the tables know.
#[derive(Clone, Debug)]
struct Hit {
    // Pieces and words that it covers.
    pieces: Range<usize>,
    words: Range<usize>,
    meaning: Meaning,
}

/// The runs of a phrase: its head with what stands before it, and what follows each joint.
#[derive(Clone, Debug)]
struct Run {
    joint: Option<Joint>,
    hits: Vec<Hit>,
    // Words that it covers, the joint left out.
    words: Range<usize>,
}

impl Codebook {
    /// The party that a phrase means, by its own words: "Pakistani soldiers", "acting Afghan foreign minister",
    /// "the Kremlin", "former president of Brazil". `date` is the story's day: offices and bodies change.
    pub fn party(&self, words: &[&str], date: Option<Date>) -> Option<Party> {
        self.party_among(words, &Surroundings { date, ..Surroundings::default() })
    }

    /// The ISO 3166-1 alpha-3 code of an alpha-2 code in capitals.
    pub fn country_by_alpha2(&self, code: &str) -> Option<&str> {
        self.actors.countries.iter().find(|country| country.alpha2 == code).map(|country| country.code.as_str())
    }

    /// As [`Codebook::party`], with what the story tells beside the phrase.
    pub fn party_among(&self, words: &[&str], around: &Surroundings<'_>) -> Option<Party> {
        let mut pieces = Pieces::new(words.iter().copied());
        if around.is_caseless {
            pieces.ignore_case();
        }
        let runs = self.runs(words, &pieces, around);
        Reader { codebook: self, words, date: around.date, runs: &runs }.read()
    }

    // Walks the phrase once, longest match first, and cuts it at its joints.
    fn runs(&self, words: &[&str], pieces: &Pieces, around: &Surroundings<'_>) -> Vec<Run> {
        let mut runs = vec![Run { joint: None, hits: Vec::new(), words: 0..words.len() }];
        let (mut at, mut last_word) = (0, 0);
        while at < pieces.len() {
            // A comma or bracket between two pieces is a joint of its own.
            let word = pieces.word(at);
            if at > 0
                && let Some(pause) = (last_word + 1..word).find(|&idx| is_pause(words[idx]))
            {
                open_run(&mut runs, Joint::And, pause..pause + 1);
            }
            last_word = word;
            let Some((end, meaning)) = self.meaning_at(pieces, at, around) else {
                at += 1;
                continue;
            };
            let hit = Hit { pieces: at..end, words: word..pieces.word(end - 1) + 1, meaning };
            last_word = hit.words.end - 1;
            at = end;
            match meaning {
                Meaning::Joint(Joint::Attached) => {
                    // "US-backed": the name just before is not the party's own.
                    let last = runs.last_mut().expect("there is always a run");
                    last.hits.pop_if(|before| before.pieces.end == hit.pieces.start);
                }
                Meaning::Joint(Joint::Located) => {
                    let last = runs.last_mut().expect("there is always a run").hits.last_mut();
                    if let Some(Hit { meaning: Meaning::Country(_, kind), .. }) = last {
                        *kind = NameKind::Town;
                    }
                }
                Meaning::Joint(joint) => open_run(&mut runs, joint, hit.words),
                _ => runs.last_mut().expect("there is always a run").hits.push(hit),
            }
        }
        runs
    }

    // The best meaning of the longest known phrase at a piece.
    fn meaning_at(&self, pieces: &Pieces, at: usize, around: &Surroundings<'_>) -> Option<(usize, Meaning)> {
        let fits = |case: Case, end: usize| match case {
            Case::Upper => pieces.case(at) == Case::Upper,
            Case::Title => (at..end).any(|idx| pieces.case(idx) >= Case::Title),
            Case::Lower => true,
        };
        let (end, names) = self.actors.names.longest_at(pieces, at, |name, end| fits(name.case, end))?;
        // Of two that are equally good, what belongs to a country of the story is meant, then what began later.
        let order = |name: &&Name| {
            let rank = self.rank(name.meaning, around.date) + u8::from(name.case == Case::Upper);
            (rank, self.nearness(name.meaning, around.countries), self.begins(name.meaning))
        };
        let fitting = names.iter().filter(|name| fits(name.case, end));
        let best = fitting.reduce(|best, next| if order(&next) > order(&best) { next } else { best });
        best.map(|name| (end, name.meaning))
    }

    // How much the story speaks of the country of an office or body: 0 not at all.
    fn nearness(&self, meaning: Meaning, countries: &[String]) -> usize {
        let country = match meaning {
            Meaning::Office(idx) => &self.actors.offices[idx as usize].country,
            Meaning::Body(idx) => &self.actors.bodies[idx as usize].country,
            _ => return 0,
        };
        let place = country.as_ref().and_then(|code| countries.iter().position(|near| near == code));
        place.map_or(0, |place| countries.len() - place)
    }

    // When an office or body of this meaning begins.
    fn begins(&self, meaning: Meaning) -> Option<Date> {
        match meaning {
            Meaning::Office(idx) => self.actors.offices[idx as usize].start,
            Meaning::Body(idx) => self.actors.bodies[idx as usize].start,
            _ => None,
        }
    }

    // Which of several meanings of one name to prefer: the one that holds on the day, then the more specific.
    fn rank(&self, meaning: Meaning, date: Option<Date>) -> u8 {
        match meaning {
            Meaning::Joint(_) | Meaning::Status(_) => 20,
            Meaning::Country(_, NameKind::Name) => 19,
            Meaning::Country(_, NameKind::Adjective | NameKind::Demonym) => 18,
            Meaning::Country(_, NameKind::Seat) => 16,
            Meaning::Body(idx) => 10 + 4 * u8::from(self.actors.bodies[idx as usize].holds_on(date)),
            // An office that is over says more than one still to come.
            Meaning::Office(idx) => {
                let office = &self.actors.offices[idx as usize];
                let has_begun = date.is_none_or(|date| office.start.is_none_or(|start| start <= date));
                8 + 3 * u8::from(office.holds_on(date)) + u8::from(has_begun)
            }
            Meaning::Noun(_) => 6,
            Meaning::Country(_, NameKind::Town) => 4,
        }
    }
}

fn open_run(runs: &mut Vec<Run>, joint: Joint, at: Range<usize>) {
    let last = runs.last_mut().expect("there is always a run");
    let end = std::mem::replace(&mut last.words.end, at.start);
    runs.push(Run { joint: Some(joint), hits: Vec::new(), words: at.end..end });
}

fn is_pause(word: &str) -> bool {
    matches!(word, "," | "(" | ";" | ":" | "–" | "—")
}

/// Whether people of a sector, named after a body, are the body's own: "Boko Haram gunmen" are REB, "party lawmakers"
/// PTY, but "Hamas police" COP.
fn yields(of_body: &str, sector: &str) -> bool {
    match sector {
        "CVL" | "UAF" | "CRM" | "LAB" | "UNK" | "PTY" | "ELI" => true,
        "LEG" => of_body == "PTY" || of_body == "OPP",
        _ => false,
    }
}

/// Sectors that a person leaves with the office, to be ELI from then on.
const OFFICES: [&str; 8] = ["GOV", "LEG", "JUD", "MIL", "SPY", "COP", "PTY", "OPP"];

/// Reads the runs of one phrase.
struct Reader<'a> {
    codebook: &'a Codebook,
    words: &'a [&'a str],
    date: Option<Date>,
    runs: &'a [Run],
}

/// What decided the sector.
#[derive(Clone, Debug, Default)]
struct Verdict {
    sector: Option<String>,
    country: Option<String>,
    // Whether the party belongs to no country.
    is_international: bool,
    // Whether a listed body decided.
    is_body: bool,
    force: Option<Force>,
    run: usize,
    words: Range<usize>,
    name: Option<String>,
    kind: Option<ActorKind>,
    wikidata: Option<String>,
    title: Option<Title>,
    reason: String,
}

impl Reader<'_> {
    fn read(&self) -> Option<Party> {
        let verdict = self.sector();
        let country = match &verdict {
            Some(verdict) if verdict.is_international => None,
            Some(Verdict { country: Some(code), run, .. }) => {
                self.own_country(*run).or_else(|| Some((code.clone(), String::new())))
            }
            _ => self.country(verdict.as_ref().map_or(0, |verdict| verdict.run)),
        };
        let mut verdict = match verdict {
            Some(verdict) => verdict,
            None => Verdict { words: 0..self.words.len(), ..Verdict::default() },
        };
        if country.is_none() && verdict.sector.is_none() && verdict.name.is_none() {
            return None;
        }
        let (code, why) = country.unzip();
        if let Some(why) = why.filter(|why| !why.is_empty()) {
            if !verdict.reason.is_empty() {
                verdict.reason.push_str("; ");
            }
            verdict.reason.push_str(&why);
        }
        let title = verdict.title.map(|title| Title { of: code.clone(), ..title });
        Some(Party {
            country: code,
            sector: verdict.sector,
            name: verdict.name,
            kind: verdict.kind,
            wikidata: verdict.wikidata,
            title,
            weak: verdict.force == Some(Force::Weak),
            words: verdict.words,
            reason: verdict.reason,
        })
    }

    // The sector: of the head's run, or where its noun says little, of the run that belongs to it.
    fn sector(&self) -> Option<Verdict> {
        let mut best: Option<Verdict> = None;
        for (run_idx, run) in self.runs.iter().enumerate() {
            if run.joint == Some(Joint::Break) {
                break;
            }
            let Some(verdict) = self.sector_of_run(run_idx, run) else { continue };
            let says_more = |best: &Verdict| {
                let heads_it =
                    best.force == Some(Force::Headship) && verdict.is_body && run.joint == Some(Joint::Of);
                best.sector.is_none() || heads_it || best.force == Some(Force::Weak) && verdict.force > best.force
            };
            match &mut best {
                None => best = Some(verdict),
                Some(best) if says_more(best) => {
                    let title = best.title.take().or(verdict.title.clone());
                    let (country, run) = (best.country.take(), best.run);
                    *best = Verdict { title, run, country: verdict.country.clone().or(country), ..verdict };
                }
                Some(_) => {}
            }
            if best.as_ref().is_some_and(|best| best.sector.is_some() && best.force > Some(Force::Headship)) {
                break;
            }
        }
        best
    }

    fn sector_of_run(&self, run_idx: usize, run: &Run) -> Option<Verdict> {
        let mut best: Option<Verdict> = None;
        let mut status = None;
        for hit in &run.hits {
            if let Meaning::Status(found) = hit.meaning {
                status = Some((found, hit.words.start));
                continue;
            }
            let Some(mut verdict) = self.verdict(run, hit) else { continue };
            verdict.run = run_idx;
            if let Some((found, start)) = status {
                self.hold(&mut verdict, found, start);
            }
            let wins = |best: &Verdict| match (&best.sector, &verdict.sector) {
                (Some(_), None) => false,
                (None, Some(_)) => true,
                (Some(of_body), Some(sector)) if best.is_body && verdict.force <= Some(Force::Plain) => {
                    verdict.force >= best.force && !yields(of_body, sector)
                }
                _ => verdict.force >= best.force,
            };
            match &mut best {
                None => best = Some(verdict),
                Some(best) if wins(best) => {
                    let title = verdict.title.take().or(best.title.take());
                    let country = verdict.country.take().or(best.country.take());
                    *best = Verdict { title, country, ..verdict };
                }
                // A name beside a title names the party: "foreign minister Sergei Lavrov".
                Some(best) => {
                    best.title = best.title.take().or(verdict.title);
                    best.name = best.name.take().or(verdict.name);
                    best.country = best.country.take().or(verdict.country);
                }
            }
        }
        best
    }

    // Applies "former" or "acting" to an office.
    fn hold(&self, verdict: &mut Verdict, status: RoleStatus, start: usize) {
        if let Some(title) = &mut verdict.title {
            title.status = Some(status);
            title.words.start = start;
        }
        let is_office = verdict.title.is_some() || verdict.kind == Some(ActorKind::Person);
        if status == RoleStatus::Former
            && (is_office || verdict.force == Some(Force::Weak))
            && verdict.sector.as_deref().is_some_and(|sector| OFFICES.contains(&sector))
        {
            verdict.sector = Some("ELI".to_string());
            verdict.reason.push_str("; former = ELI");
        }
    }

    fn verdict(&self, run: &Run, hit: &Hit) -> Option<Verdict> {
        let actors = &self.codebook.actors;
        let words = hit.words.clone();
        match hit.meaning {
            Meaning::Noun(idx) => {
                let noun = &actors.nouns[idx as usize];
                let title = noun.is_title.then(|| Title { words: words.clone(), status: None, of: None });
                let sector = noun.sector.clone();
                let label = if noun.is_title { "title" } else { "agent" };
                let reason = match &sector {
                    Some(sector) => format!("{label}: {} = {sector}", noun.name),
                    None => String::new(),
                };
                let kind = if noun.is_title { Some(ActorKind::Person) } else { None };
                Some(Verdict {
                    sector,
                    force: Some(noun.force),
                    words,
                    kind,
                    title,
                    reason,
                    ..Verdict::default()
                })
            }
            Meaning::Body(idx) => Some(self.body(idx, words)),
            Meaning::Office(idx) => Some(self.office(idx, words)),
            Meaning::Country(idx, kind) => self.state(run, idx, kind, words),
            Meaning::Status(_) | Meaning::Joint(_) => None,
        }
    }

    fn body(&self, idx: u32, words: Range<usize>) -> Verdict {
        let body = &self.codebook.actors.bodies[idx as usize];
        Verdict {
            sector: Some(body.sector.clone()),
            country: body.country.clone(),
            is_international: body.dominant && body.country.is_none(),
            is_body: true,
            force: Some(if body.dominant { Force::Strong } else { Force::Plain }),
            words,
            name: Some(body.name.clone()),
            kind: Some(ActorKind::Organization),
            wikidata: body.wikidata.clone(),
            reason: format!("body: {} = {}", body.name, code(body.country.as_deref(), &body.sector)),
            ..Verdict::default()
        }
    }

    fn office(&self, idx: u32, words: Range<usize>) -> Verdict {
        let office = &self.codebook.actors.offices[idx as usize];
        let is_over = self.date.is_some_and(|date| office.end.is_some_and(|end| end < date));
        let sector = match (office.holds_on(self.date), is_over) {
            (true, _) => Some(office.sector.clone()),
            (false, true) if OFFICES.contains(&office.sector.as_str()) => Some("ELI".to_string()),
            (false, true) => Some(office.sector.clone()),
            (false, false) => None,
        };
        let held = code(office.country.as_deref(), sector.as_deref().unwrap_or("not yet"));
        Verdict {
            is_international: office.country.is_none() && sector.as_deref() == Some("IGO"),
            country: office.country.clone(),
            // That a listed office is over says little: the list may lack a later one.
            force: Some(if is_over { Force::Weak } else { Force::Plain }),
            words,
            name: Some(office.person.clone()),
            kind: Some(ActorKind::Person),
            wikidata: office.wikidata.clone(),
            reason: format!("person: {}, {} = {held}", office.person, office.title),
            sector,
            ..Verdict::default()
        }
    }

    // A country as the head of its run acts through its government; its people are people.
    fn state(&self, run: &Run, idx: u32, kind: NameKind, words: Range<usize>) -> Option<Verdict> {
        let country = &self.codebook.actors.countries[idx as usize];
        let is_head = (words.end..run.words.end).all(|word| self.words[word].starts_with(['\'', '’']));
        let is_first = run.joint.is_none();
        let (sector, actor_kind) = match kind {
            _ if !is_head || !is_first => return None,
            NameKind::Name | NameKind::Seat | NameKind::Adjective => ("GOV", ActorKind::Country),
            NameKind::Demonym => ("CVL", ActorKind::Group),
            NameKind::Town => return None,
        };
        let what = match kind {
            NameKind::Seat => "seat",
            NameKind::Demonym => "people",
            _ => "state",
        };
        Some(Verdict {
            sector: Some(sector.to_string()),
            country: Some(country.code.clone()),
            force: Some(Force::Weak),
            reason: format!("{what}: {} = {}.{sector}", self.words[words.clone()].join(" "), country.code),
            words,
            name: Some(country.name.clone()),
            kind: Some(actor_kind),
            ..Verdict::default()
        })
    }

    // The country of the phrase: in the deciding run, then in what belongs to it, then where it is.
    fn country(&self, run: usize) -> Option<(String, String)> {
        if let Some(found) = self.own_country(run) {
            return Some(found);
        }
        let joints = [Some(Joint::Of), Some(Joint::Place), Some(Joint::And), None];
        for wanted in joints {
            for (idx, found) in self.runs.iter().enumerate() {
                if self.runs[..=idx].iter().any(|run| run.joint == Some(Joint::Break)) {
                    break;
                }
                if found.joint == wanted
                    && let Some(country) =
                        self.country_in(found, true).or_else(|| self.country_of_body(found))
                {
                    return Some(country);
                }
            }
        }
        None
    }

    // An adjective or name of a country in this run.
    fn own_country(&self, run: usize) -> Option<(String, String)> {
        let run = &self.runs[run];
        self.country_in(run, false).or_else(|| self.country_in(run, true))
    }

    fn country_in(&self, run: &Run, with_towns: bool) -> Option<(String, String)> {
        run.hits.iter().find_map(|hit| match hit.meaning {
            Meaning::Country(_, NameKind::Town) if !with_towns => None,
            Meaning::Country(idx, kind) => {
                let country = &self.codebook.actors.countries[idx as usize];
                let label = match kind {
                    NameKind::Name => "name",
                    NameKind::Adjective => "adjective",
                    NameKind::Demonym => "people",
                    NameKind::Seat => "seat",
                    NameKind::Town => "town",
                };
                let words = self.words[hit.words.clone()].join(" ");
                Some((country.code.clone(), format!("{label}: {words} = {}", country.code)))
            }
            _ => None,
        })
    }

    fn country_of_body(&self, run: &Run) -> Option<(String, String)> {
        run.hits.iter().find_map(|hit| match hit.meaning {
            Meaning::Body(idx) => {
                let body = &self.codebook.actors.bodies[idx as usize];
                let country = body.country.clone()?;
                let reason = format!("body: {} = {country}", body.name);
                Some((country, reason))
            }
            _ => None,
        })
    }
}

fn code(country: Option<&str>, sector: &str) -> String {
    match country {
        Some(country) => format!("{country}.{sector}"),
        None => sector.to_string(),
    }
}

#[cfg(test)]
mod tests;
