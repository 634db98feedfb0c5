//! Stories with codings by program: the same number gives the same story. Words are as usual as those of the language,
//! names are made of syllables, so that they are nobody's; lengths and counts are about those of wire news.

use std::sync::OnceLock;

use codebook::{
    Act, Actor, ActorKind, Claim, Coding, Event, EventType, Manner, Note, QuadClass, RoleStatus, RoleTitle, SourceKind,
    Status, TimexRecord, ToponymRecord,
};
use jiff::{ToSpan, civil::Date};
use whimbrel_ledger::Entry;
use text::{Document, Metadata, Span};

/// Name of the model that generated codings claim.
pub(crate) const MODEL: &str = "generated 1";
/// Name of the codebook that generated codings claim.
pub(crate) const CODEBOOK: &str = "generated 1";

/// Stories in a day.
const PER_DAY: u64 = 1_370;
const N_PERSONS: u64 = 200_000;
const N_PLACES: u64 = 800;
const N_COUNTRIES: u64 = 60;
const N_WORDS: u64 = 40_000;
const N_SENTENCES: usize = 18;
const SYLLABLES: [&str; 24] = [
    "ka", "lo", "mi", "ran", "tes", "vu", "bel", "dor", "fi", "gan", "hé", "jo", "kul", "lem", "nor", "pa", "qui", "ras",
    "sor", "tal", "u", "wen", "yas", "zi",
];

/// SplitMix64: small, seeded, the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for a number; streams of neighbours share no stretch.
    pub(crate) fn new(seed: u64) -> Self {
        let mixed = (seed ^ 0x5851_f42d_4c95_7f2d).wrapping_mul(0xd134_2543_de82_ef95);
        Self(mixed ^ (mixed >> 29))
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }

    /// A number below `n`, small ones far more often, as with words and with people in the news.
    fn skewed(&mut self, n: u64) -> u64 {
        let part = self.below(1 << 20) as f64 / f64::from(1 << 20);
        ((n as f64).powf(part) as u64 - 1).min(n - 1)
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// Stems of the language with the number of stories in ten thousand that have each, the most usual first.
fn usual() -> &'static [&'static str] {
    static USUAL: OnceLock<Vec<&'static str>> = OnceLock::new();
    USUAL.get_or_init(|| {
        let rows = include_str!("../../../../data/resolution/word.tsv").lines().skip(1);
        let cells = rows.filter_map(|line| line.split_once('\t'));
        let mut stems: Vec<(f64, &str)> = cells.filter_map(|(stem, share)| Some((share.parse().ok()?, stem))).collect();
        stems.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        stems.into_iter().map(|stem| stem.1).collect()
    })
}

/// The word of a rank: of the language, as usual as the rank says, or made up where the language has no more.
fn ranked(rank: u64) -> String {
    usual().get(rank as usize).map_or_else(|| word(rank), |stem| (*stem).to_owned())
}

/// A made-up word for a number.
fn word(number: u64) -> String {
    let mut random = Random::new(number ^ 0x5eed);
    (0..2 + random.below(2)).map(|_| random.of(&SYLLABLES)).collect()
}

fn name(number: u64) -> String {
    let capital = |word: String| word[..1].to_uppercase() + &word[1..];
    let pair = |n: u64| capital(word(n));
    format!("{} {}", pair(number + 1_000_000), pair(number + 2_000_000))
}

/// Three capitals that stand for a country.
fn country(number: u64) -> String {
    let n = number % N_COUNTRIES;
    let letter = |n: u64| char::from(b'A' + (n % 26) as u8);
    [letter(n * 7), letter(n / 4), letter(n * 3 + 1)].iter().collect()
}

fn place_name(number: u64) -> String {
    let word = word(number + 3_000_000);
    word[..1].to_uppercase() + &word[1..] + "abad"
}

struct Writer {
    random: Random,
    text: String,
    coding: Coding,
    published: Date,
}

/// The story of a number, out of `input`. Every tenth is another publisher's copy of one shortly before it.
pub(crate) fn entry(number: u64, input: &str) -> Entry {
    let original = if number % 10 == 9 { number - 1 - number % 5 } else { number };
    let random = Random::new(original);
    // As news comes: in the order of days, and now and then a story that is up to a month late.
    let late = if original % 50 == 7 { original % 31 } else { 0 };
    let published = Date::constant(2024, 1, 1).saturating_add(((original / PER_DAY) as i64 - late as i64).days());
    let coding = Coding { model: MODEL.into(), codebook: CODEBOOK.into(), ..Coding::default() };
    let mut writer = Writer { random, text: String::with_capacity(3_000), coding, published };
    writer.write();
    let title = writer.text.split('.').next().unwrap_or("").to_owned();
    let metadata = Metadata {
        id: format!("g{number}"),
        title: Some(title),
        published: Some(format!("{published}T06:00:00Z")),
        publisher: Some(format!("{} Times", place_name(number % 97))),
        url: Some(format!("https://news.example/{number}")),
        language: Some("en".into()),
        ..Metadata::default()
    };
    let document =
        Document { metadata, text: writer.text, date: Some(published), ..Document::default() };
    Entry::new(document, writer.coding, input.to_owned(), number + 1)
}

impl Writer {
    fn write(&mut self) {
        self.actors();
        for sentence in 0..N_SENTENCES {
            if sentence % 3 == 0 {
                self.event();
            } else {
                self.filler(14);
                self.text.push('.');
            }
            self.text.push(if sentence % 4 == 3 { '\n' } else { ' ' });
        }
        // Wire copies are told apart by nothing but these words, so that no two stories have the same text.
        self.filler(6);
        self.text.push('.');
        if self.random.below(4) == 0 {
            let span = Span::new(0, 0);
            self.coding.notes.push(Note { span, kind: "not-coded".into(), text: "no party of a strike".into() });
        }
        for (idx, event) in self.coding.events.iter_mut().enumerate() {
            event.id = format!("e{}", idx + 1);
        }
    }

    fn push(&mut self, words: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(words);
        Span::new(start, self.text.len())
    }

    fn filler(&mut self, n_words: u64) {
        for idx in 0..n_words {
            let number = self.random.skewed(N_WORDS);
            if idx > 0 {
                self.text.push(' ');
            }
            self.text.push_str(&ranked(number));
        }
    }

    fn actors(&mut self) {
        for idx in 0..5 {
            // Half of them are in the news again and again, half are there once.
            let regular = self.random.below(2) == 0;
            let number = if regular { self.random.skewed(N_PERSONS) } else { self.random.below(N_PERSONS) } + idx * N_PERSONS;
            let kind = self.random.of(&[ActorKind::Person, ActorKind::Organization, ActorKind::Country, ActorKind::Group]);
            let sector = self.random.of(&["GOV", "MIL", "REB", "CVL", "OPP", "COP"]);
            let name = name(number);
            let span = self.push(&name);
            self.text.push_str(" and ");
            let title = self.push("acting minister");
            self.text.push(' ');
            let role = RoleTitle {
                title: "acting minister".into(),
                of: Some(country(number)),
                status: Some(RoleStatus::Acting),
                span: title,
            };
            self.coding.actors.push(Actor {
                id: format!("a{}", idx + 1),
                name,
                kind,
                country: (number % 11 != 0).then(|| country(number)),
                sector: Some(sector.into()),
                roles: if kind == ActorKind::Person { vec![role] } else { Vec::new() },
                wikidata: (number % 5 == 0).then(|| format!("Q{number}")),
                mentions: vec![span],
                reason: format!("agent: minister = {sector}; country of the office"),
            });
        }
        self.text.push_str(". ");
    }

    /// "X accused Y in Z on 3 May, W said."
    fn event(&mut self) {
        let (first, second, source) = (self.party(), self.party(), self.party());
        let start = self.text.len();
        self.mention(first);
        self.text.push(' ');
        let event_type = self.random.of(EventType::ALL);
        let trigger = word(4_000_000 + event_type as u64 * 32 + self.random.skewed(24));
        let trigger = self.push(&trigger);
        self.text.push(' ');
        self.mention(second);
        self.text.push(' ');
        self.filler(6);
        self.text.push_str(" in ");
        let place = self.place();
        self.text.push_str(" on ");
        let status = self.random.of(&[
            Status::Happened, Status::Happened, Status::Happened, Status::Happened, Status::Planned, Status::Possible,
            Status::Denied,
        ]);
        let shift = self.random.below(30) as i64;
        let day = self.published.saturating_add(if status == Status::Planned { shift.days() } else { (-shift % 4).days() });
        let time = self.push(&day.to_string());
        self.coding.timexes.push(TimexRecord {
            span: time,
            kind: "DATE".into(),
            value: day.to_string(),
            earliest: Some(day),
            latest: Some(day),
        });
        let content = Span::new(start, self.text.len());
        self.text.push_str(", ");
        let source_span = self.mention(source);
        self.text.push(' ');
        let cue = self.push("said");
        self.text.push('.');
        let claim = self.claim(source, source_span, cue, content);
        let toponym = self.coding.toponyms.last().cloned().expect("a place was written");
        let verbal = (event_type as usize) < 4;
        self.coding.events.push(Event {
            id: String::new(),
            trigger,
            also: vec![cue],
            event_type,
            mode: (shift % 3 == 0).then(|| "visit".into()),
            contexts: vec!["diplomatic".into()],
            quad: if verbal { QuadClass::VerbalCooperation } else { QuadClass::MaterialConflict },
            score: if verbal { 2.5 } else { -7.25 },
            actors: vec![format!("a{}", first + 1)],
            recipients: vec![format!("a{}", second + 1)],
            place: Some(place),
            place_name: Some(toponym.name),
            place_country: toponym.country,
            geonames: toponym.geonames,
            lat: Some(toponym.lat),
            lon: Some(toponym.lon),
            place_precision: Some("city".into()),
            time: Some(time),
            when: Some((day, day)),
            time_precision: Some("day".into()),
            killed: (shift == 7).then_some(12),
            injured: None,
            status,
            claim: Some(claim),
            confidence: 0.5 + shift as f64 / 61.0,
            reason: "trigger of the lexicon; head: actor 0.93, recipient 0.88; place of the clause; day of the clause".into(),
        });
    }

    fn party(&mut self) -> usize {
        self.random.below(self.coding.actors.len() as u64) as usize
    }

    fn mention(&mut self, actor_idx: usize) -> Span {
        let name = self.coding.actors[actor_idx].name.clone();
        let span = self.push(&name);
        self.coding.actors[actor_idx].mentions.push(span);
        span
    }

    fn place(&mut self) -> Span {
        let number = self.random.skewed(N_PLACES);
        let span = self.push(&place_name(number));
        self.coding.toponyms.push(ToponymRecord {
            span,
            name: place_name(number),
            geonames: Some(1_000_000 + number as u32),
            country: Some(country(number)),
            lat: number as f64 / 10.0,
            lon: number as f64 / 5.0 - 80.0,
            class: "P.PPL".into(),
        });
        span
    }

    fn claim(&mut self, source: usize, source_span: Span, cue: Span, content: Span) -> String {
        let id = format!("c{}", self.coding.claims.len() + 1);
        let disputes = self.coding.claims.last().filter(|_| source == 0).map(|claim| claim.id.clone());
        self.coding.claims.push(Claim {
            id: id.clone(),
            source: Some(source_span),
            source_actor: Some(format!("a{}", source + 1)),
            source_kind: SourceKind::Named,
            cue: Some(cue),
            content: vec![content],
            manner: Manner::Indirect,
            act: if disputes.is_some() { Act::Deny } else { Act::State },
            disputes,
            confidence: 0.875,
            reason: "cue of the lexicon; source by the subject of the cue".into(),
        });
        id
    }
}
