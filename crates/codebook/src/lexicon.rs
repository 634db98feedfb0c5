//! The lexicons: words that name events, hand over speech, carry an event noun, or bear on whether an event happened.
//!
//! Every lexicon is a folder of TOML files with `[[rule]]` entries, one sense of a family of words each. Words are given
//! as lemmas; a phrase of several lemmas is matched as a whole, the longest first.

use serde::Deserialize;

use crate::error::{DataError, line_of};
use crate::files::Files;
use crate::ontology::{Example, Ontology, parse};
use crate::phrase::{Phrases, Pieces};
use crate::table::{Row, rows};
use crate::{Act, EventType, Status};

/// Part of speech of a lexicon word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pos {
    /// Verbs, auxiliaries included.
    Verb,
    /// Nouns and names.
    Noun,
    /// Adjectives and participles used as such.
    Adjective,
    /// Adverbs, prepositions, fixed phrases of any kind.
    Other,
}

/// Who the subject of a verb is in its event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// The subject acts: "attack".
    #[default]
    Actor,
    /// The subject undergoes: "die", "receive".
    Recipient,
    /// Subject and object act together: "meet", "clash".
    Both,
}

/// Words that name an event of one type.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// The rule's name, for reasons: `assault-aerial`.
    pub name: String,
    /// The event's type.
    pub event_type: EventType,
    /// The event's mode.
    pub mode: Option<String>,
    /// How often these words name such an event in political news, 0 to 1.
    pub prior: f32,
    /// Who the subject of the verb is.
    pub subject: Subject,
    /// Status that the words themselves carry: a `plot` is possible.
    pub status: Option<Status>,
}

/// Words that hand over someone's speech or thought.
#[derive(Clone, Debug)]
pub struct Cue {
    /// The rule's name.
    pub name: String,
    /// What the source does.
    pub act: Act,
    /// Whether the source says that the content is not so.
    pub denies: bool,
    /// Whether the words present the content as true.
    pub factive: bool,
    /// Whether the words report a thought or feeling rather than speech.
    pub thought: bool,
}

/// Verbs that carry an event noun: "carry out" an attack.
#[derive(Clone, Debug)]
pub struct Light {
    /// The rule's name.
    pub name: String,
    /// Who the subject of the light verb is in the noun's event.
    pub subject: Subject,
    /// Status that the verb gives to the noun's event: "plan" an attack.
    pub status: Option<Status>,
}

/// What a status word bears on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The verb or noun that depends on it: "plans to attack", "threat of an attack".
    Complement,
    /// The word that it modifies: "alleged attack", "reportedly attacked", "not attack".
    Modified,
    /// Everything in its clause: "if", "unless".
    Clause,
    /// The event noun that is its subject or object: "the attack was foiled", "postponed the visit".
    Argument,
}

/// Words that bear on whether an event happened.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The rule's name.
    pub name: String,
    /// What becomes of the event.
    pub status: Status,
    /// Which event.
    pub scope: Scope,
}

/// Words that show an event's context.
#[derive(Clone, Debug)]
pub struct ContextWords {
    /// The rule's name.
    pub name: String,
    /// The context's code.
    pub context: String,
    /// How strongly: 1 for a word that settles it, less for a hint.
    pub weight: f32,
}

/// The words of a rule, as its file has them.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub file: String,
    pub line: usize,
    pub name: String,
    pub from: String,
    pub words: Vec<(Pos, String)>,
    pub except: Vec<String>,
    pub examples: Vec<Example>,
}

/// A look-up's result: how many words it took, and the rules that know them, in file order.
#[derive(Clone, Debug)]
pub struct Found<'a, T> {
    /// Words consumed.
    pub len: usize,
    /// The rules.
    pub rules: Vec<&'a T>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    // A word of rule `idx`.
    Word(Pos, u32),
    // A phrase that looks like the lexicon's words and is not.
    Except,
}

/// Rules of one kind and the phrases that lead to them.
#[derive(Clone, Debug)]
pub struct Lexicon<T> {
    rules: Vec<T>,
    pub(crate) words: Vec<Words>,
    phrases: Phrases<Sense>,
}

impl<T: Clone> Lexicon<T> {
    // Replaces a rule by a variant of it for one of its words.
    fn vary(&mut self, word: &str, is_meant: impl Fn(&T) -> bool, change: impl Fn(&mut T)) {
        let n_rules = self.words.len();
        let Self { rules, phrases, .. } = self;
        phrases.change(word, |sense| {
            if let Sense::Word(_, idx) = sense
                && (*idx as usize) < n_rules
                && is_meant(&rules[*idx as usize])
            {
                let mut variant = rules[*idx as usize].clone();
                change(&mut variant);
                *idx = u32::try_from(rules.len()).expect("fewer rules than 2^32");
                rules.push(variant);
            }
        });
    }
}

impl<T> Lexicon<T> {
    fn build(entries: Vec<(Words, T)>) -> Self {
        let mut lexicon =
            Self { rules: Vec::with_capacity(entries.len()), words: Vec::new(), phrases: Phrases::default() };
        for (words, rule) in entries {
            let idx = u32::try_from(lexicon.rules.len()).expect("fewer rules than 2^32");
            for (pos, word) in &words.words {
                lexicon.phrases.insert(word, Sense::Word(*pos, idx));
            }
            for phrase in &words.except {
                lexicon.phrases.insert(phrase, Sense::Except);
            }
            lexicon.words.push(words);
            lexicon.rules.push(rule);
        }
        lexicon
    }

    /// All rules, in file order.
    pub fn rules(&self) -> &[T] {
        &self.rules[..self.words.len()]
    }

    /// The rules for the longest phrase of this part of speech at the start of `lemmas`; `None` also where a longer
    /// phrase is known to mean something else ("heart attack").
    pub fn lookup(&self, lemmas: &[&str], pos: Pos) -> Option<Found<'_, T>> {
        self.lookup_any(lemmas, &[pos])
    }

    /// As [`Lexicon::lookup`], for any of several parts of speech.
    pub fn lookup_any(&self, lemmas: &[&str], pos: &[Pos]) -> Option<Found<'_, T>> {
        let pieces = Pieces::new(lemmas.iter().take(8).copied());
        self.lookup_pieces(&pieces, 0, pos)
    }

    /// As [`Lexicon::lookup_any`], at piece `from` of words that were folded once.
    pub fn lookup_pieces(&self, pieces: &Pieces, from: usize, pos: &[Pos]) -> Option<Found<'_, T>> {
        let admit = |sense: &Sense, _| match sense {
            Sense::Word(of, _) => pos.contains(of),
            Sense::Except => true,
        };
        let (end, senses) = self.phrases.longest_at(pieces, from, admit)?;
        // A phrase that one rule excepts may be another rule's own: "air strike" is no strike of workers.
        let mut rules = Vec::new();
        for sense in senses {
            if let Sense::Word(of, idx) = sense
                && pos.contains(of)
            {
                rules.push(&self.rules[*idx as usize]);
            }
        }
        if rules.is_empty() {
            return None;
        }
        Some(Found { len: pieces.word(end - 1) + 1 - pieces.word(from), rules })
    }

    /// The number of words taken at the start of `lemmas` by a phrase that is known to mean something else.
    pub fn excepted(&self, lemmas: &[&str]) -> Option<usize> {
        let pieces = Pieces::new(lemmas.iter().take(8).copied());
        let (end, senses) = self.phrases.longest_at(&pieces, 0, |sense, _| *sense == Sense::Except)?;
        if senses.iter().any(|sense| *sense != Sense::Except) {
            return None;
        }
        Some(pieces.word(end - 1) + 1)
    }
}

macro_rules! rule_schema {
    ($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident : $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            name: String,
            #[serde(default)]
            verb: Vec<String>,
            #[serde(default)]
            noun: Vec<String>,
            #[serde(default)]
            adjective: Vec<String>,
            #[serde(default)]
            other: Vec<String>,
            #[serde(default)]
            except: Vec<String>,
            from: String,
            #[serde(default, rename = "example")]
            examples: Vec<Example>,
            $($(#[$attr])* $field: $type),*
        }

        impl $name {
            // Moves the words out; the rest is the rule's own.
            fn words(&mut self, file: &str, text: &str) -> Words {
                let mut words = Vec::new();
                for (pos, list) in [
                    (Pos::Verb, &mut self.verb),
                    (Pos::Noun, &mut self.noun),
                    (Pos::Adjective, &mut self.adjective),
                    (Pos::Other, &mut self.other),
                ] {
                    words.extend(list.drain(..).map(|word| (pos, word)));
                }
                Words {
                    file: file.to_string(),
                    line: line_of(text, &format!("\"{}\"", self.name)),
                    name: self.name.clone(),
                    from: std::mem::take(&mut self.from),
                    words,
                    except: std::mem::take(&mut self.except),
                    examples: std::mem::take(&mut self.examples),
                }
            }
        }
    };
}

rule_schema! {
    /// An entry of `lexicon/trigger/`.
    TriggerRule {
        r#type: String,
        #[serde(default)] mode: Option<String>,
        prior: f32,
        #[serde(default)] subject: Subject,
        #[serde(default)] status: Option<String>,
    }
}
rule_schema! {
    /// An entry of `lexicon/cue/`.
    CueRule {
        act: String,
        #[serde(default)] denies: bool,
        #[serde(default)] factive: bool,
        #[serde(default)] thought: bool,
    }
}
rule_schema! {
    /// An entry of `lexicon/light/`.
    LightRule {
        #[serde(default)] subject: Subject,
        #[serde(default)] status: Option<String>,
    }
}
rule_schema! {
    /// An entry of `lexicon/status/`.
    OperatorRule { status: String, scope: Scope }
}
rule_schema! {
    /// An entry of `lexicon/context/`.
    ContextRule { context: String, weight: f32 }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile<R> {
    rule: Vec<R>,
}

fn status_of(words: &Words, status: Option<&str>) -> Result<Option<Status>, DataError> {
    status
        .map(|word| {
            Status::from_word(word).ok_or_else(|| {
                let message = format!("no status `{word}`; write happened, planned, possible or denied");
                DataError::new(&words.file, words.line, &message)
            })
        })
        .transpose()
}

fn read_rules<R: serde::de::DeserializeOwned, T>(
    files: &Files,
    folder: &str,
    mut rule: impl FnMut(R, &str, &str) -> Result<(Words, T), DataError>,
) -> Result<Lexicon<T>, DataError> {
    let mut entries = Vec::new();
    for (file, text) in files.under(folder) {
        for entry in parse::<RuleFile<R>>(file, text)?.rule {
            entries.push(rule(entry, file, text)?);
        }
    }
    Ok(Lexicon::build(entries))
}

/// The trigger lexicon, with the priors of counted lemmas.
pub(crate) fn triggers(files: &Files, ontology: &Ontology) -> Result<Lexicon<Trigger>, DataError> {
    read_rules(files, "lexicon/trigger/", |mut rule: TriggerRule, file, text| {
        let words = rule.words(file, text);
        let wrong = |message: String| DataError::new(&words.file, words.line, &message);
        let event_type = EventType::from_word(&rule.r#type)
            .ok_or_else(|| wrong(format!("no event type `{}` in data/ontology/event", rule.r#type)))?;
        if let Some(mode) = &rule.mode
            && ontology.mode(event_type, mode).is_none()
        {
            return Err(wrong(format!("no mode `{mode}` of {event_type} in data/ontology/event")));
        }
        if !(0.0..=1.0).contains(&rule.prior) {
            return Err(wrong(format!("the prior is {}; it must be 0 to 1", rule.prior)));
        }
        let status = status_of(&words, rule.status.as_deref())?;
        let (name, mode, prior, subject) = (rule.name, rule.mode, rule.prior, rule.subject);
        Ok((words, Trigger { name, event_type, mode, prior, subject, status }))
    })
}

/// How often a lemma was met in training stories, and how often it named an event of this type there.
pub(crate) const TRIGGER_COUNT: [&str; 5] = ["lemma", "type", "seen", "events", "from"];

/// Gives every counted lemma its own prior in place of its rule's.
pub(crate) fn count_triggers(files: &Files, triggers: &mut Lexicon<Trigger>) -> Result<(), DataError> {
    // The weight of the rule's prior, in sightings.
    const RULE_WEIGHT: f32 = 3.0;
    for (file, text) in files.under("lexicon/trigger-count.tsv") {
        for Row { line, cells: [lemma, event_type, seen, events, _] } in rows(file, text, TRIGGER_COUNT)? {
            let wrong = |message: &str| DataError::new(file, line, message);
            let event_type = EventType::from_word(event_type).ok_or_else(|| wrong("no such event type"))?;
            let number = |cell: &str| cell.parse::<u16>().map_err(|_| wrong("counts are whole numbers"));
            let (seen, events) = (f32::from(number(seen)?), f32::from(number(events)?));
            triggers.vary(
                lemma,
                |rule| rule.event_type == event_type,
                |rule| rule.prior = (events + RULE_WEIGHT * rule.prior) / (seen + RULE_WEIGHT),
            );
        }
    }
    Ok(())
}

pub(crate) fn cues(files: &Files) -> Result<Lexicon<Cue>, DataError> {
    read_rules(files, "lexicon/cue/", |mut rule: CueRule, file, text| {
        let words = rule.words(file, text);
        let act = Act::from_word(&rule.act).ok_or_else(|| {
            let choices: Vec<_> = Act::ALL.iter().map(|act| act.word()).collect();
            let message = format!("no act `{}`; the acts are {}", rule.act, choices.join(", "));
            DataError::new(&words.file, words.line, &message)
        })?;
        let CueRule { name, denies, factive, thought, .. } = rule;
        Ok((words, Cue { name, act, denies, factive, thought }))
    })
}

pub(crate) fn lights(files: &Files) -> Result<Lexicon<Light>, DataError> {
    read_rules(files, "lexicon/light/", |mut rule: LightRule, file, text| {
        let words = rule.words(file, text);
        let status = status_of(&words, rule.status.as_deref())?;
        Ok((words, Light { name: rule.name, subject: rule.subject, status }))
    })
}

pub(crate) fn operators(files: &Files) -> Result<Lexicon<Operator>, DataError> {
    read_rules(files, "lexicon/status/", |mut rule: OperatorRule, file, text| {
        let words = rule.words(file, text);
        let status = status_of(&words, Some(&rule.status))?.unwrap_or(Status::Possible);
        Ok((words, Operator { name: rule.name, status, scope: rule.scope }))
    })
}

pub(crate) fn contexts(files: &Files, ontology: &Ontology) -> Result<Lexicon<ContextWords>, DataError> {
    read_rules(files, "lexicon/context/", |mut rule: ContextRule, file, text| {
        let words = rule.words(file, text);
        if !ontology.has_context(&rule.context) {
            let message = format!("no context `{}` in data/ontology/context.toml", rule.context);
            return Err(DataError::new(&words.file, words.line, &message));
        }
        if !rule.weight.is_finite() {
            return Err(DataError::new(&words.file, words.line, "the weight must be a finite number"));
        }
        Ok((words, ContextWords { name: rule.name, context: rule.context, weight: rule.weight }))
    })
}
