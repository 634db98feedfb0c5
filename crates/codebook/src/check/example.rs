//! Runs the examples of lexicon rules.
//!
//! A drawn span, `[trigger bombed]`, must be found whole by the look-up and lead to the rule. A sentence that finds
//! nothing must not lead to the rule anywhere. The look-up wants lemmas; since this crate knows no grammar, a word stands
//! for every lemma that its ending allows.

use std::collections::BTreeMap;

use crate::files::Files;
use crate::lexicon::{Lexicon, Pos, Words};
use crate::ontology::Example;
use crate::table::rows;

const ANY: [Pos; 4] = [Pos::Verb, Pos::Noun, Pos::Adjective, Pos::Other];

/// The longest phrase that is tried in an example, in words.
const WINDOW: usize = 7;

/// Irregular forms with their lemmas.
pub(super) struct Irregular(BTreeMap<String, String>);

pub(super) const IRREGULAR: [&str; 3] = ["form", "lemma", "from"];

impl Irregular {
    pub(super) fn read(files: &Files) -> Self {
        let mut forms = BTreeMap::new();
        for (file, text) in files.under("lexicon/irregular.tsv") {
            for row in rows(file, text, IRREGULAR).unwrap_or_default() {
                forms.insert(row.cells[0].to_string(), row.cells[1].to_string());
            }
        }
        Self(forms)
    }

    // Every lemma that a word may be a form of.
    fn lemmas(&self, word: &str) -> Vec<String> {
        let word = word.to_lowercase();
        let mut lemmas = vec![word.clone()];
        let mut add = |lemma: String| {
            if lemma.len() > 1 && !lemmas.contains(&lemma) {
                lemmas.push(lemma);
            }
        };
        if let Some(lemma) = self.0.get(&word) {
            add(lemma.clone());
        }
        if let Some(stem) = word.strip_suffix("ies").or(word.strip_suffix("ied")) {
            add(format!("{stem}y"));
        }
        if let Some(stem) = word.strip_suffix("es") {
            add(stem.to_string());
        }
        if let Some(stem) = word.strip_suffix('s') {
            add(stem.to_string());
        }
        if let Some(stem) = word.strip_suffix("ed").or(word.strip_suffix("ing")) {
            add(stem.to_string());
            add(format!("{stem}e"));
            let mut letters = stem.chars().rev();
            if letters.next() == letters.next() {
                add(stem[..stem.len() - 1].to_string());
            }
        }
        lemmas
    }
}

/// A sentence without its marks, as words, and the ranges drawn for `mark`.
fn draw(text: &str, mark: &str) -> (Vec<String>, Vec<(usize, usize)>) {
    let mut words = Vec::new();
    let mut spans = Vec::new();
    let mut rest = text;
    let open = format!("[{mark} ");
    while let Some(at) = rest.find('[') {
        words.extend(split(&rest[..at]));
        let inner_start = at + rest[at..].find(' ').map_or(1, |space| space + 1);
        let close = rest[at..].find(']').map_or(rest.len(), |end| at + end);
        let start = words.len();
        words.extend(split(rest.get(inner_start..close).unwrap_or("")));
        if rest[at..].starts_with(&open) {
            spans.push((start, words.len()));
        }
        rest = rest.get(close + 1..).unwrap_or("");
    }
    words.extend(split(rest));
    (words, spans)
}

fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| letter.is_whitespace() || ",;:!?\"“”()".contains(letter))
        .map(|word| word.trim_end_matches('.'))
        .flat_map(|word| match word.strip_suffix("'s") {
            Some(stem) => vec![stem, "'s"],
            None => vec![word],
        })
        .filter(|word| !word.is_empty())
        .map(str::to_string)
}

/// All readings of a run of words as lemmas; words after the fourth are read as they stand.
fn readings(irregular: &Irregular, words: &[String]) -> Vec<Vec<String>> {
    let mut readings = vec![Vec::new()];
    for (idx, word) in words.iter().take(WINDOW).enumerate() {
        let lemmas = if idx < 4 { irregular.lemmas(word) } else { vec![word.to_lowercase()] };
        let mut longer = Vec::with_capacity(readings.len() * lemmas.len());
        for reading in &readings {
            for lemma in &lemmas {
                let mut next: Vec<String> = reading.clone();
                next.push(lemma.clone());
                longer.push(next);
            }
        }
        readings = longer;
    }
    readings
}

/// Runs one example; the fault in words, or none.
pub(super) fn run<T>(
    lexicon: &Lexicon<T>,
    rule: &Words,
    example: &Example,
    mark: &str,
    irregular: &Irregular,
    name_of: &impl Fn(&T) -> &str,
) -> Option<String> {
    let (words, spans) = draw(&example.text, mark);
    let finds_at = |at: usize| -> (usize, bool) {
        let (mut longest, mut is_rule) = (0, false);
        for reading in readings(irregular, &words[at..]) {
            let lemmas: Vec<&str> = reading.iter().map(String::as_str).collect();
            if let Some(len) = lexicon.excepted(&lemmas)
                && len > longest
            {
                (longest, is_rule) = (len, false);
            }
            let Some(found) = lexicon.lookup_any(&lemmas, &ANY) else { continue };
            let names_rule = found.rules.iter().any(|of| name_of(of) == rule.name);
            if found.len > longest {
                (longest, is_rule) = (found.len, names_rule);
            } else if found.len == longest {
                is_rule |= names_rule;
            }
        }
        (longest, is_rule)
    };
    if example.fires() {
        if spans.is_empty() {
            return Some(format!("the example `{}` draws no `[{mark} …]`", example.text));
        }
        for (start, end) in spans {
            if finds_at(start) != (end - start, true) {
                let drawn = words[start..end].join(" ");
                return Some(format!("rule `{}` does not find `{drawn}` in `{}`", rule.name, example.text));
            }
        }
        return None;
    }
    let mut at = 0;
    while at < words.len() {
        let (len, is_rule) = finds_at(at);
        if is_rule {
            let found = words[at..at + len].join(" ");
            return Some(format!("rule `{}` must not find `{found}` in `{}`", rule.name, example.text));
        }
        at += len.max(1);
    }
    None
}
