//! Which mentions are one and the same?
//!
//! Takes mentions in text order and joins them in passes from sure to bold (the sieve of Lee et al. 2013): same name,
//! acronym, part of a name, misspelling, apposition and copula, same noun, pronoun. Each join keeps its reason. Two names
//! of different kinds are never joined.

mod names;
mod pronouns;

use text::Document;

use crate::mention::{Gender, honorific, collective, pronoun};
use crate::tree::Tree;
use crate::{Analysis, Chain, EntityKind, Form, Mention};

/// Mentions with what the passes need to know of each.
pub(crate) struct Chains<'a> {
    document: &'a Document,
    tree: &'a Tree<'a>,
    mentions: &'a [Mention],
    // Union-find over mentions: the earliest mention of a chain stands for it.
    parent: Vec<usize>,
    reasons: Vec<Vec<String>>,
    traits: Vec<Traits>,
}

/// What is known of a chain.
#[derive(Clone, Debug, Default)]
struct Traits {
    kind: Option<EntityKind>,
    gender: Option<Gender>,
    plural: bool,
    named: bool,
}

/// Joins the mentions of an analysis into chains.
pub(crate) fn join_mentions(document: &Document, tree: &Tree<'_>, analysis: &mut Analysis) {
    let mentions = std::mem::take(&mut analysis.mentions);
    let mut chains = Chains::new(document, tree, &mentions);
    names::same_names(&mut chains);
    names::acronyms(&mut chains);
    names::parts_of_names(&mut chains);
    names::appositions(&mut chains);
    names::same_nouns(&mut chains);
    pronouns::pronouns(&mut chains, &analysis.quotations);
    let (chain_of, list) = chains.finish();
    analysis.mentions = mentions;
    for (mention, chain) in analysis.mentions.iter_mut().zip(chain_of) {
        mention.chain = chain;
    }
    analysis.chains = list;
}

impl<'a> Chains<'a> {
    fn new(document: &'a Document, tree: &'a Tree<'a>, mentions: &'a [Mention]) -> Self {
        let traits = mentions.iter().map(|mention| traits_of(document, tree, mention)).collect();
        Self {
            document,
            tree,
            mentions,
            parent: (0..mentions.len()).collect(),
            reasons: vec![Vec::new(); mentions.len()],
            traits,
        }
    }

    /// The earliest mention of a mention's chain.
    fn root(&self, mut mention: usize) -> usize {
        while self.parent[mention] != mention {
            mention = self.parent[mention];
        }
        mention
    }

    /// Whether two mentions are already one.
    fn joined(&self, a: usize, b: usize) -> bool {
        self.root(a) == self.root(b)
    }

    /// What is known of a mention's chain.
    fn known(&self, mention: usize) -> &Traits {
        &self.traits[self.root(mention)]
    }

    /// Joins the chains of two mentions, unless their kinds or genders contradict each other.
    fn join(&mut self, a: usize, b: usize, reason: &str) -> bool {
        let (first, second) = (self.root(a).min(self.root(b)), self.root(a).max(self.root(b)));
        if first == second {
            return true;
        }
        let (x, y) = (&self.traits[first], &self.traits[second]);
        if kinds_clash(x.kind, y.kind) || genders_clash(x.gender, y.gender) {
            return false;
        }
        let merged = Traits {
            kind: x.kind.or(y.kind),
            gender: x.gender.or(y.gender),
            plural: x.plural || y.plural,
            named: x.named || y.named,
        };
        self.traits[first] = merged;
        self.parent[second] = first;
        let line = format!("{reason}: {} = {}", self.words(b), self.words(a));
        let moved = std::mem::take(&mut self.reasons[second]);
        self.reasons[first].extend(moved);
        if !self.reasons[first].contains(&line) {
            self.reasons[first].push(line);
        }
        true
    }

    /// The words of a mention.
    fn words(&self, mention: usize) -> &'a str {
        self.document.span(self.mentions[mention].tokens.clone()).of(&self.document.text)
    }

    /// The chain of every mention and the chains, in the order of their first mention.
    fn finish(mut self) -> (Vec<usize>, Vec<Chain>) {
        let mut chain_of = vec![0; self.mentions.len()];
        let mut list: Vec<Chain> = Vec::new();
        for mention in 0..self.mentions.len() {
            let root = self.root(mention);
            if root == mention {
                chain_of[mention] = list.len();
                let reasons = std::mem::take(&mut self.reasons[mention]);
                list.push(Chain { mentions: vec![mention], best: mention, reasons });
            } else {
                chain_of[mention] = chain_of[root];
                list[chain_of[root]].mentions.push(mention);
            }
        }
        for chain in &mut list {
            chain.best = *chain
                .mentions
                .iter()
                .max_by_key(|&&m| (rank(&self.mentions[m]), self.words(m).len(), std::cmp::Reverse(m)))
                .expect("a chain has a mention");
        }
        (chain_of, list)
    }
}

/// How well a mention names: names before descriptions before pronouns.
fn rank(mention: &Mention) -> u8 {
    match mention.form {
        Form::Name => 2,
        Form::Nominal => 1,
        Form::Pronoun => 0,
    }
}

fn traits_of(document: &Document, tree: &Tree<'_>, mention: &Mention) -> Traits {
    let head = document.word(mention.head);
    if let (Form::Pronoun, Some(pronoun)) = (mention.form, pronoun(head)) {
        return Traits {
            gender: Some(pronoun.gender).filter(|gender| matches!(gender, Gender::Male | Gender::Female)),
            plural: pronoun.plural,
            ..Traits::default()
        };
    }
    let before = mention.tokens.start.saturating_sub(2)..mention.tokens.end;
    let gender = before.filter_map(|token| honorific(document.word(token))).next_back();
    let plural = matches!(tree.word(mention.head).xpos.as_str(), "NNS" | "NNPS");
    let gender = gender.filter(|_| !plural);
    // A force or delegation is no "he", whatever its name may be of.
    let described = || (mention.form == Form::Nominal).then(|| collective(&tree.word(mention.head).lemma.to_lowercase())).flatten();
    let kind = mention.kind.or_else(described);
    Traits { kind, gender, plural, named: mention.form == Form::Name }
}

fn kinds_clash(a: Option<EntityKind>, b: Option<EntityKind>) -> bool {
    let class = |kind| match kind {
        EntityKind::Person => 0,
        EntityKind::Organization | EntityKind::Facility => 1,
        EntityKind::Group => 2,
        EntityKind::Place => 3,
        EntityKind::Other => 4,
    };
    matches!((a, b), (Some(a), Some(b)) if class(a) != class(b))
}

fn genders_clash(a: Option<Gender>, b: Option<Gender>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}
