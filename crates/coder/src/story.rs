//! All that the coder looks at in one story.

use std::collections::BTreeMap;
use std::ops::Range;

use analysis::{Analysis, Mention, Tree};
use codebook::{Codebook, Pos};
use text::{Document, Span};

/// A story under coding: its text, its layers, the codebook.
pub(crate) struct Story<'a> {
    pub(crate) codebook: &'a Codebook,
    pub(crate) document: &'a Document,
    pub(crate) analysis: &'a Analysis,
    pub(crate) tree: Tree<'a>,
    /// Whether the text has capitals at all; some feeds come in lower case.
    pub(crate) has_capitals: bool,
    // The mention whose head a token is.
    by_head: BTreeMap<usize, usize>,
    // The innermost mention that covers a token.
    by_token: Vec<Option<usize>>,
}

impl<'a> Story<'a> {
    pub(crate) fn new(codebook: &'a Codebook, document: &'a Document, analysis: &'a Analysis) -> Self {
        let mut by_token: Vec<Option<usize>> = vec![None; document.tokens.len()];
        for (idx, mention) in analysis.mentions.iter().enumerate() {
            for token in mention.tokens.clone() {
                let smaller = |other: usize| mention.tokens.len() <= analysis.mentions[other].tokens.len();
                if by_token[token].is_none_or(smaller) {
                    by_token[token] = Some(idx);
                }
            }
        }
        let by_head = analysis.mentions.iter().enumerate().map(|(idx, mention)| (mention.head, idx)).collect();
        let has_capitals = document.text.chars().any(char::is_uppercase);
        Self { codebook, document, analysis, tree: Tree::new(&analysis.words), has_capitals, by_head, by_token }
    }

    /// The words of a range of tokens.
    pub(crate) fn text(&self, tokens: &Range<usize>) -> &'a str {
        if tokens.is_empty() { "" } else { self.document.span(tokens.clone()).of(&self.document.text) }
    }

    /// The place of a range of tokens in the text.
    pub(crate) fn span(&self, tokens: &Range<usize>) -> Span {
        self.document.span(tokens.clone())
    }

    /// The lemma of a token.
    pub(crate) fn lemma(&self, token: usize) -> &'a str {
        &self.analysis.words[token].lemma
    }

    /// The part of speech of a token as the lexicons name it.
    pub(crate) fn pos(&self, token: usize) -> Pos {
        match self.analysis.words[token].upos.as_str() {
            "VERB" | "AUX" => Pos::Verb,
            "NOUN" | "PROPN" => Pos::Noun,
            "ADJ" => Pos::Adjective,
            _ => Pos::Other,
        }
    }

    /// The lemmas from a token on, at most `most` and within its sentence.
    pub(crate) fn lemmas_from(&self, token: usize, most: usize) -> Vec<&'a str> {
        let end = self.sentence(token).end.min(token + most);
        (token..end).map(|token| self.lemma(token)).collect()
    }

    /// The tokens of the sentence that holds a token.
    pub(crate) fn sentence(&self, token: usize) -> Range<usize> {
        let idx = self.document.sentence_of(token);
        self.document.sentences.get(idx).map_or(token..token + 1, |sentence| sentence.tokens.clone())
    }

    /// One mention.
    pub(crate) fn mention(&self, mention: usize) -> &'a Mention {
        &self.analysis.mentions[mention]
    }

    /// The mention with this head, or the innermost one that covers the token.
    pub(crate) fn mention_at(&self, token: usize) -> Option<usize> {
        self.by_head.get(&token).copied().or(self.by_token[token])
    }

    /// The mention with this very head.
    pub(crate) fn mention_headed(&self, token: usize) -> Option<usize> {
        self.by_head.get(&token).copied()
    }

    /// The verb or noun that governs the clause of a token: the nearest verb above it, itself included.
    pub(crate) fn clause_head(&self, token: usize) -> usize {
        self.tree
            .ancestors(token)
            .find(|&above| {
                let word = self.tree.word(above);
                word.upos == "VERB" || word.head.is_none() || self.tree.child(above, "cop").is_some()
            })
            .unwrap_or(token)
    }

    /// Whether a token stands in the clause that `head` governs: no other clause lies between.
    pub(crate) fn in_clause(&self, token: usize, head: usize) -> bool {
        self.clause_head(token) == head
    }
}
