//! Patterns over atoms, and the trie that matches all of them at once.
//!
//! Takes patterns such as `[about] NUMBER UNITS ago` and gives, for a position, every rule that fits there. A pattern is
//! unrolled into plain sequences when it is loaded, so matching walks a trie and never looks back.

use std::collections::{BTreeMap, BTreeSet};

use super::lexicon::{Atom, Label, Lexicon, Meaning, split_words};

/// One step of a sequence, with whether it lies inside the time expression.
type Step = Label;

/// A sequence that a pattern unrolls to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Sequence {
    steps: Vec<Step>,
    /// Steps before the time expression.
    opens: Option<usize>,
    /// Steps up to its end.
    closes: Option<usize>,
}

/// Most sequences that one pattern may unroll to.
const SEQUENCES_MAX: usize = 20_000;

/// Most steps that these sequences may have together.
const STEPS_MAX: usize = 400_000;

/// Most words and marks of a pattern, with those of the patterns that it names.
const TOKENS_MAX: usize = 1024;

/// Most brackets that may be open at once.
const DEPTH_MAX: usize = 24;

/// A captured atom with the pieces it covers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capture {
    pub(super) label: Label,
    pub(super) meaning: Meaning,
}

/// A rule that fits at a position.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) rule: usize,
    /// First piece of the time expression.
    pub(super) first: usize,
    /// First piece after it.
    pub(super) end: usize,
    /// First piece of the whole pattern.
    pub(super) from: usize,
    /// First piece after the whole pattern.
    pub(super) to: usize,
    /// The atoms of the pattern, in order.
    pub(super) captures: Vec<Capture>,
}

#[derive(Debug, Default)]
struct Node {
    edges: BTreeMap<Label, usize>,
    ends: Vec<End>,
}

#[derive(Debug, PartialEq, Eq)]
struct End {
    rule: usize,
    opens: usize,
    closes: usize,
}

/// All patterns of a grammar.
#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// By label: whether a pattern begins with it.
    begins: Vec<bool>,
}

impl Default for Trie {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], begins: Vec::new() }
    }
}

impl Trie {
    /// Adds a rule's pattern; `named` holds the patterns that `@name` stands for.
    pub(super) fn add(
        &mut self,
        rule: usize,
        pattern: &str,
        named: &BTreeMap<String, String>,
        lexicon: &mut Lexicon,
    ) -> Result<(), String> {
        let tokens = tokens_of(pattern, named, 0)?;
        let mut at = 0;
        let sequences = alternatives(&tokens, &mut at, 0, lexicon)?;
        if at != tokens.len() {
            return Err(format!("`{}` closes nothing in `{pattern}`", tokens[at]));
        }
        for sequence in sequences {
            let n_steps = sequence.steps.len();
            let (opens, closes) = (sequence.opens.unwrap_or(0), sequence.closes.unwrap_or(n_steps));
            if opens >= closes {
                return Err(format!("`{pattern}` can match without a time expression"));
            }
            let mut node = 0;
            for label in sequence.steps {
                node = match self.nodes[node].edges.get(&label) {
                    Some(&next) => next,
                    None => {
                        self.nodes.push(Node::default());
                        let next = self.nodes.len() - 1;
                        self.nodes[node].edges.insert(label, next);
                        next
                    }
                };
            }
            let end = End { rule, opens, closes };
            if !self.nodes[node].ends.contains(&end) {
                self.nodes[node].ends.push(end);
            }
        }
        Ok(())
    }

    /// Prepares the quick reject, once all patterns are in.
    pub(super) fn finish(&mut self) {
        let n_labels = self.nodes[0].edges.keys().next_back().map_or(0, |label| usize::from(*label) + 1);
        self.begins = vec![false; n_labels];
        for label in self.nodes[0].edges.keys() {
            self.begins[usize::from(*label)] = true;
        }
    }

    /// Whether any pattern begins with one of these atoms.
    pub(super) fn can_begin(&self, atoms: &[Atom]) -> bool {
        atoms.iter().any(|atom| self.begins.get(usize::from(atom.label)).copied().unwrap_or(false))
    }

    /// Every match that begins at piece `start`. `atoms` gives the atoms of a piece.
    pub(super) fn matches<'a>(
        &self,
        start: usize,
        atoms: &mut dyn FnMut(usize) -> &'a [Atom],
        found: &mut Vec<Match>,
    ) {
        let mut path: Vec<(usize, Capture)> = Vec::with_capacity(8);
        self.walk(0, start, start, atoms, &mut path, found);
    }

    fn walk<'a>(
        &self,
        node: usize,
        start: usize,
        at: usize,
        atoms: &mut dyn FnMut(usize) -> &'a [Atom],
        path: &mut Vec<(usize, Capture)>,
        found: &mut Vec<Match>,
    ) {
        for end in &self.nodes[node].ends {
            found.push(Match {
                rule: end.rule,
                first: path[end.opens].0,
                end: path.get(end.closes).map_or(at, |(piece, _)| *piece),
                from: start,
                to: at,
                captures: path.iter().map(|(_, capture)| *capture).collect(),
            });
        }
        if self.nodes[node].edges.is_empty() {
            return;
        }
        for atom in atoms(at) {
            if let Some(&next) = self.nodes[node].edges.get(&atom.label) {
                path.push((at, Capture { label: atom.label, meaning: atom.meaning }));
                self.walk(next, start, at + usize::from(atom.n_pieces), atoms, path, found);
                path.pop();
            }
        }
    }
}

/// Cuts a pattern into words, classes and marks; replaces `@name`.
fn tokens_of(pattern: &str, named: &BTreeMap<String, String>, depth: usize) -> Result<Vec<String>, String> {
    if depth > 8 {
        return Err(format!("the named patterns of `{pattern}` go round in a circle"));
    }
    let mut tokens = Vec::new();
    let spaced: String = pattern
        .chars()
        .flat_map(|sign| {
            let is_mark = matches!(sign, '[' | ']' | '(' | ')' | '|' | '<' | '>');
            if is_mark { vec![' ', sign, ' '] } else { vec![sign] }
        })
        .collect();
    for token in spaced.split_whitespace() {
        if let Some(name) = token.strip_prefix('@') {
            let inner = named.get(name).ok_or_else(|| format!("there is no named pattern `{name}`"))?;
            tokens.push("(".to_owned());
            tokens.extend(tokens_of(inner, named, depth + 1)?);
            tokens.push(")".to_owned());
        } else {
            tokens.push(token.to_owned());
        }
        if tokens.len() > TOKENS_MAX {
            return Err(format!("the pattern has more than {TOKENS_MAX} words and marks"));
        }
    }
    Ok(tokens)
}

/// Sequences of `a b | c`, up to the end or a closing mark.
fn alternatives(
    tokens: &[String],
    at: &mut usize,
    depth: usize,
    lexicon: &mut Lexicon,
) -> Result<Vec<Sequence>, String> {
    if depth > DEPTH_MAX {
        return Err(format!("more than {DEPTH_MAX} brackets are open at once"));
    }
    let mut all: BTreeSet<Sequence> = BTreeSet::new();
    let mut current = vec![Sequence::default()];
    while *at < tokens.len() {
        let token = tokens[*at].as_str();
        match token {
            "]" | ")" => break,
            "|" => {
                all.extend(std::mem::replace(&mut current, vec![Sequence::default()]));
                bounded(&all)?;
                *at += 1;
            }
            "[" | "(" => {
                *at += 1;
                let mut inner = alternatives(tokens, at, depth + 1, lexicon)?;
                let closing = if token == "[" { "]" } else { ")" };
                if tokens.get(*at).map(String::as_str) != Some(closing) {
                    return Err(format!("`{token}` is not closed"));
                }
                *at += 1;
                if token == "[" {
                    inner.push(Sequence::default());
                }
                current = joined(&current, &inner)?;
            }
            "<" => {
                current.iter_mut().for_each(|sequence| sequence.opens = Some(sequence.steps.len()));
                *at += 1;
            }
            ">" => {
                current.iter_mut().for_each(|sequence| sequence.closes = Some(sequence.steps.len()));
                *at += 1;
            }
            word => {
                let labels = labels_of(word, lexicon)?;
                current.iter_mut().for_each(|sequence| sequence.steps.extend(&labels));
                *at += 1;
            }
        }
    }
    all.extend(current);
    bounded(&all)?;
    Ok(all.into_iter().collect())
}

/// Refuses patterns that would fill the memory.
fn bounded(all: &BTreeSet<Sequence>) -> Result<(), String> {
    if all.len() > SEQUENCES_MAX || all.iter().map(|sequence| sequence.steps.len()).sum::<usize>() > STEPS_MAX {
        return Err(format!("the pattern unrolls to more than {SEQUENCES_MAX} sequences or {STEPS_MAX} steps"));
    }
    Ok(())
}

fn joined(firsts: &[Sequence], seconds: &[Sequence]) -> Result<Vec<Sequence>, String> {
    let n_steps = |sequences: &[Sequence]| sequences.iter().map(|sequence| sequence.steps.len()).sum::<usize>();
    let n_joined = n_steps(firsts) * seconds.len() + n_steps(seconds) * firsts.len();
    if firsts.len() * seconds.len() > SEQUENCES_MAX || n_joined > STEPS_MAX {
        return Err(format!("the pattern unrolls to more than {SEQUENCES_MAX} sequences or {STEPS_MAX} steps"));
    }
    let mut all = BTreeSet::new();
    for first in firsts {
        for second in seconds {
            let n_steps = first.steps.len();
            let mut sequence = first.clone();
            sequence.steps.extend(&second.steps);
            sequence.opens = first.opens.or(second.opens.map(|opens| opens + n_steps));
            sequence.closes = second.closes.map(|closes| closes + n_steps).or(first.closes);
            all.insert(sequence);
        }
    }
    Ok(all.into_iter().collect())
}

fn labels_of(word: &str, lexicon: &mut Lexicon) -> Result<Vec<Label>, String> {
    if word.len() > 1 && word.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_') {
        let label = lexicon.class(word).ok_or_else(|| format!("there is no class `{word}` in words.toml"))?;
        return Ok(vec![label]);
    }
    split_words(&word.to_lowercase()).iter().map(|word| lexicon.literal(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequences(pattern: &str) -> usize {
        let mut lexicon = Lexicon::new(Vec::new()).expect("an empty lexicon");
        let tokens = tokens_of(pattern, &BTreeMap::new(), 0).expect("a pattern");
        let mut at = 0;
        alternatives(&tokens, &mut at, 0, &mut lexicon).expect("sequences").len()
    }

    #[test]
    fn patterns_unroll_to_all_their_readings() {
        assert_eq!(sequences("[the] last year"), 2);
        assert_eq!(sequences("(a | b c) [d [e]]"), 6);
        assert_eq!(sequences("[a] [a]"), 3, "equal readings count once");
    }

    #[test]
    fn faults_are_named() {
        let mut lexicon = Lexicon::new(Vec::new()).expect("an empty lexicon");
        for (pattern, message) in [
            ("[a", "`[` is not closed"),
            ("a ]", "`]` closes nothing in `a ]`"),
            ("GNOME", "there is no class `GNOME` in words.toml"),
            ("@gnome", "there is no named pattern `gnome`"),
            ("[a]", "`[a]` can match without a time expression"),
            ("[".repeat(100).as_str(), "more than 24 brackets are open at once"),
            ("a ".repeat(2000).as_str(), "the pattern has more than 1024 words and marks"),
            ("[a] [b] [c] [d]".repeat(5).as_str(), "the pattern unrolls to more than 20000 sequences or 400000 steps"),
        ] {
            let found = Trie::default().add(0, pattern, &BTreeMap::new(), &mut lexicon);
            assert_eq!(found, Err(message.to_owned()), "for `{pattern}`");
        }
    }
}
