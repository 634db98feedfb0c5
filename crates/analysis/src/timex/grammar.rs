//! The rules of time: `data/time`, parsed, checked and ready to match.
//!
//! Takes the text of the files and gives a [`Grammar`]. A file holds classes of words, named patterns or rules; every
//! rule carries an example that fires and one that must not, and the tests run them all.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::lexicon::{ClassEntry, Label, Lexicon};
use super::pattern::Trie;
use super::reading::{Part, Reading, parse_template};
use text::TableError;

use crate::layers::TimexType;
use crate::tables::{Source, Tables};

/// The files of `data/time`, in the order in which rules win ties.
pub(crate) const FILES: [(&str, &str); 9] = [
    ("time/words.toml", include_str!("../../../../data/time/words.toml")),
    ("time/not-time.toml", include_str!("../../../../data/time/not-time.toml")),
    ("time/date.toml", include_str!("../../../../data/time/date.toml")),
    ("time/period.toml", include_str!("../../../../data/time/period.toml")),
    ("time/relative.toml", include_str!("../../../../data/time/relative.toml")),
    ("time/open.toml", include_str!("../../../../data/time/open.toml")),
    ("time/time.toml", include_str!("../../../../data/time/time.toml")),
    ("time/duration.toml", include_str!("../../../../data/time/duration.toml")),
    ("time/set.toml", include_str!("../../../../data/time/set.toml")),
];

/// Days that a window may lie from the story: a hundred years.
const WINDOW_DAYS_MAX: i64 = 36_525;

/// Why a file of rules cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrammarError {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 where the file as a whole is at fault.
    pub line: usize,
    /// The rule, where one is at fault.
    pub rule: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for GrammarError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.file)?;
        if self.line > 0 {
            write!(formatter, ":{}", self.line)?;
        }
        match &self.rule {
            Some(rule) => write!(formatter, ": rule `{rule}`: {}", self.message),
            None => write!(formatter, ": {}", self.message),
        }
    }
}

impl std::error::Error for GrammarError {}

/// One file of `data/time`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The story's date in the examples.
    #[cfg_attr(not(test), expect(dead_code, reason = "only the tests run the examples"))]
    pub(super) story: Option<String>,
    #[serde(default, rename = "class")]
    classes: Vec<ClassEntry>,
    /// Patterns that others use as `@name`.
    #[serde(default)]
    named: BTreeMap<String, String>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleEntry>,
}

/// A rule as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    /// Reads as "this is how the text says it".
    pub(super) name: String,
    /// Words, CLASSES, `[optional]`, `(one | other)`, `@named`; `<` and `>` mark the expression within its context.
    pattern: String,
    /// `DATE`, `TIME`, `DURATION`, `SET`; none for rules that read `nothing`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// What it means: see [`Reading`].
    value: String,
    /// What comes after the day: `T{PART}`.
    time: Option<String>,
    /// Days that the words leave open: `1..56` after the story, `past` or `future` for a length that ends or begins there.
    window: Option<String>,
    /// What must hold around the words: see [`Guard`].
    #[serde(default)]
    guard: Vec<String>,
    /// Texts with the expression in brackets, and texts where the rule must not fire.
    #[serde(rename = "example")]
    pub(super) examples: Vec<ExampleEntry>,
}

#[cfg(test)]
impl RuleEntry {
    /// The type that the file gives the rule.
    pub(super) fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }
}

/// A sentence that shows what a rule does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "only the tests run the examples"))]
pub(super) struct ExampleEntry {
    pub(super) text: String,
    /// The value of the expression in brackets.
    pub(super) value: Option<String>,
    /// First and last day, where the example shows them.
    pub(super) days: Option<(String, String)>,
    /// `nothing`: the rule must not fire.
    pub(super) finds: Option<String>,
    /// The story's date, where it is not the file's.
    pub(super) story: Option<String>,
}

/// What must hold around the words of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// Four digits that stand for a year of our times and count nothing.
    BareYear,
    /// Four digits that count nothing.
    NotCounted,
    /// The words are not a verb: "prices fall".
    NotVerb,
    /// An amount stands before: "$5 a year", "twice a week".
    AfterAmount,
    /// The digits are a count and no year: "the 2018 day".
    NotYear,
    /// A month, not the start of a name: "Jan Kavan".
    NotName,
    /// The words stand at the head of their phrase: "now", not "a now famous man".
    NotBeforeNoun,
    /// The expression is not followed by "-old" or other parts of a compound.
    NotCompound,
    /// "A year" of the story, not of an amount.
    NotAfterAmount,
}

/// Which days a rule leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OpenWindow {
    /// Days counted from the story's.
    Days(i64, i64),
    /// As long as the value says, up to the story's date.
    Past,
    /// As long as the value says, from the story's date on.
    Future,
}

/// A rule, ready to use.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) kind: TimexType,
    pub(super) reading: Reading,
    pub(super) time: Option<Vec<Part>>,
    pub(super) window: Option<OpenWindow>,
    pub(super) guards: Vec<Guard>,
}

/// Classes of words that show tense.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cues {
    /// "will".
    pub(super) ahead: Label,
    /// "scheduled".
    pub(super) plan: Label,
    /// "agreed", before "to".
    pub(super) plan_to: Label,
    /// "said".
    pub(super) past: Label,
    /// "to".
    pub(super) to: Label,
    /// "be".
    pub(super) be: Label,
    /// "is".
    pub(super) present: Label,
    /// "until".
    pub(super) deadline: Label,
}

/// Words, patterns and rules of time.
#[derive(Debug)]
pub struct Grammar {
    pub(super) lexicon: Lexicon,
    pub(super) trie: Trie,
    pub(super) rules: Vec<Rule>,
    pub(super) cues: Cues,
}

impl Grammar {
    /// The rules that travel with the program.
    pub fn embedded() -> &'static Self {
        &Tables::embedded().time
    }

    /// Reads the files of `data/time`, replaced or not.
    pub(crate) fn of_source(source: &Source<'_>) -> Result<Self, TableError> {
        let text = |(name, embedded): (&'static str, &'static str)| Ok((name, source.text(name, embedded)?));
        let texts: Vec<(&str, Cow<'static, str>)> = FILES.into_iter().map(text).collect::<Result<_, TableError>>()?;
        let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (bare(name), text.as_ref())).collect();
        Self::load(&files).map_err(|fault| {
            let rule = fault.rule.map_or_else(String::new, |rule| format!("rule `{rule}`: "));
            TableError::new(&format!("time/{}", fault.file), fault.line, format!("{rule}{}", fault.message))
        })
    }

    /// The names of the files of rules, in the order in which rules win ties.
    pub fn file_names() -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(name, _)| bare(name))
    }

    /// Reads the files of a folder such as `data/time`, given as names with their text; earlier files win ties.
    ///
    /// # Errors
    /// When a file does not parse, a rule names what does not exist, or a rule has no example for and none against.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, GrammarError> {
        let mut classes = Vec::new();
        let mut named = BTreeMap::new();
        let mut entries = Vec::new();
        for (name, text) in files {
            let file: File = toml::from_str(text).map_err(|error| GrammarError {
                file: (*name).to_owned(),
                line: line_at(text, error.span().map_or(0, |span| span.start)),
                rule: None,
                message: error.message().to_owned(),
            })?;
            classes.extend(file.classes);
            named.extend(file.named);
            entries.extend(file.rules.into_iter().map(|rule| (*name, *text, rule)));
        }
        let in_words = |message| GrammarError { file: "words.toml".to_owned(), line: 0, rule: None, message };
        let mut lexicon = Lexicon::new(classes).map_err(in_words)?;
        let class =
            |name: &str| lexicon.class(name).ok_or_else(|| in_words(format!("there is no class `{name}`")));
        let cues = Cues {
            ahead: class("AHEAD")?,
            plan: class("PLAN")?,
            plan_to: class("PLAN_TO")?,
            past: class("PAST")?,
            to: class("TO")?,
            be: class("BE")?,
            present: class("PRESENT")?,
            deadline: class("DEADLINE")?,
        };
        let (mut trie, mut rules, mut names) = (Trie::default(), Vec::new(), BTreeSet::new());
        for (file, text, entry) in entries {
            let fault = |message| GrammarError {
                file: file.to_owned(),
                line: line_of(text, &entry.name),
                rule: Some(entry.name.clone()),
                message,
            };
            if !names.insert(entry.name.clone()) {
                return Err(fault("another rule has this name".to_owned()));
            }
            trie.add(rules.len(), &entry.pattern, &named, &mut lexicon).map_err(fault)?;
            rules.push(Rule::new(&entry).map_err(fault)?);
        }
        trie.finish();
        Ok(Self { lexicon, trie, rules, cues })
    }
}

/// The name of a file within its folder.
fn bare(name: &'static str) -> &'static str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The line of a byte, from 1.
fn line_at(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count() + 1
}

/// The line on which a rule is named; 0 where the name is spelt in another way.
fn line_of(text: &str, rule: &str) -> usize {
    let names = |line: &str| {
        let name = line.trim_start().strip_prefix("name").map(|rest| rest.trim_start_matches([' ', '=']));
        name.is_some_and(|name| name.trim_matches(['"', '\'', ' ']) == rule)
    };
    text.lines().position(names).map_or(0, |idx| idx + 1)
}

impl Rule {
    fn new(entry: &RuleEntry) -> Result<Self, String> {
        let fires = entry.examples.iter().any(|example| example.finds.is_none());
        let holds_back = entry.examples.iter().any(|example| example.finds.is_some());
        if !(fires && holds_back) {
            return Err("it needs an example that fires and one that must not".to_owned());
        }
        let reading = Reading::parse(&entry.value)?;
        let kind = match entry.kind.as_deref() {
            Some("DATE") => TimexType::Date,
            Some("TIME") => TimexType::Time,
            Some("DURATION") => TimexType::Duration,
            Some("SET") => TimexType::Set,
            None if reading == Reading::Nothing => TimexType::Date,
            other => return Err(format!("there is no type {other:?}")),
        };
        Ok(Self {
            // A grammar is loaded once a run; its rules' names live as long as the program.
            name: Box::leak(entry.name.clone().into_boxed_str()),
            kind,
            reading,
            time: entry.time.as_deref().map(parse_template).transpose()?,
            window: entry.window.as_deref().map(OpenWindow::parse).transpose()?,
            guards: entry.guard.iter().map(|guard| Guard::parse(guard)).collect::<Result<_, _>>()?,
        })
    }
}

impl Guard {
    fn parse(name: &str) -> Result<Self, String> {
        Ok(match name {
            "bare-year" => Self::BareYear,
            "not-counted" => Self::NotCounted,
            "not-year" => Self::NotYear,
            "not-name" => Self::NotName,
            "not-verb" => Self::NotVerb,
            "after-amount" => Self::AfterAmount,
            "not-before-noun" => Self::NotBeforeNoun,
            "not-compound" => Self::NotCompound,
            "not-after-amount" => Self::NotAfterAmount,
            _ => return Err(format!("there is no guard `{name}`")),
        })
    }
}

impl OpenWindow {
    fn parse(window: &str) -> Result<Self, String> {
        match window {
            "past" => Ok(Self::Past),
            "future" => Ok(Self::Future),
            _ => {
                let days = window
                    .split_once("..")
                    .and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
                let (from, to) = days.ok_or_else(|| format!("`{window}` is no window"))?;
                if from > to {
                    return Err(format!("the window `{window}` ends before it begins"));
                }
                if from < -WINDOW_DAYS_MAX || to > WINDOW_DAYS_MAX {
                    return Err(format!("the window `{window}` is wider than a hundred years"));
                }
                Ok(Self::Days(from, to))
            }
        }
    }
}
