//! Walks over dependency trees.
//!
//! Takes the grammar of all tokens and answers: children, subtree, head of a run, noun phrase around a head. Trees of
//! different sentences never touch.

use std::ops::Range;

use crate::Word;

/// Dependency trees of a document, with children at hand.
#[derive(Clone, Debug)]
pub struct Tree<'a> {
    words: &'a [Word],
    // Children of token `t` are `children[first[t]..first[t + 1]]`, in text order.
    first: Vec<u32>,
    children: Vec<u32>,
}

impl<'a> Tree<'a> {
    /// Indexes the heads of `words`.
    pub fn new(words: &'a [Word]) -> Self {
        let mut first = vec![0u32; words.len() + 1];
        for head in words.iter().filter_map(|word| word.head).filter(|&head| head < words.len()) {
            first[head + 1] += 1;
        }
        for at in 0..words.len() {
            first[at + 1] += first[at];
        }
        let mut next = first.clone();
        let mut children = vec![0u32; first[words.len()] as usize];
        for (token, word) in words.iter().enumerate() {
            let Some(head) = word.head.filter(|&head| head < words.len()) else { continue };
            children[next[head] as usize] = u32::try_from(token).unwrap_or(u32::MAX);
            next[head] += 1;
        }
        Self { words, first, children }
    }

    /// The grammar that the trees are of.
    pub fn words(&self) -> &'a [Word] {
        self.words
    }

    /// One token's grammar.
    pub fn word(&self, token: usize) -> &'a Word {
        &self.words[token]
    }

    /// The tokens that hang on a token, in text order.
    pub fn children(&self, token: usize) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let range = self.first[token] as usize..self.first[token + 1] as usize;
        self.children[range].iter().map(|&child| child as usize)
    }

    /// The first child with this relation; `nsubj` also finds `nsubj:pass`.
    pub fn child(&self, token: usize, relation: &str) -> Option<usize> {
        self.children(token).find(|&child| self.has(child, relation))
    }

    /// Whether a token's relation is this one or a subtype of it.
    pub fn has(&self, token: usize, relation: &str) -> bool {
        let deprel = self.words[token].deprel.as_str();
        deprel == relation || deprel.strip_prefix(relation).is_some_and(|rest| rest.starts_with(':'))
    }

    /// The tokens from the leftmost to the rightmost descendant.
    pub fn subtree(&self, token: usize) -> Range<usize> {
        let (mut start, mut end) = (token, token + 1);
        let mut open = vec![token];
        let mut left = self.words.len();
        while let (Some(at), Some(less)) = (open.pop(), left.checked_sub(1)) {
            left = less;
            start = start.min(at);
            end = end.max(at + 1);
            open.extend(self.children(at));
        }
        start..end
    }

    /// The token of a run that governs the run: the one whose head lies outside.
    pub fn head_of(&self, tokens: &Range<usize>) -> Option<usize> {
        let outside = |&token: &usize| self.words[token].head.is_none_or(|head| !tokens.contains(&head));
        let content = |&token: &usize| !matches!(self.words[token].upos.as_str(), "PUNCT" | "DET" | "ADP" | "CCONJ" | "PART");
        tokens.clone().filter(outside).find(content).or_else(|| tokens.clone().find(outside))
    }

    /// The noun phrase around a head: its premodifiers (without determiners) and flat parts, but no clause, apposition or
    /// prepositional phrase.
    pub fn noun_phrase(&self, head: usize) -> Range<usize> {
        let (mut start, mut end) = (head, head + 1);
        for child in self.children(head) {
            let relation = self.words[child].deprel.split(':').next().unwrap_or("");
            match relation {
                "compound" | "amod" | "nummod" | "flat" | "goeswith" => {
                    let part = self.subtree(child);
                    if child < head {
                        start = start.min(part.start);
                    } else {
                        end = end.max(part.end);
                    }
                }
                "nmod" if child < head => start = start.min(self.subtree(child).start),
                _ => {}
            }
        }
        while start < head && matches!(self.words[start].upos.as_str(), "PUNCT" | "DET" | "PRON" | "CCONJ") {
            start += 1;
        }
        start..end
    }

    /// The token and all that govern it, upwards to its root.
    pub fn ancestors(&self, token: usize) -> impl Iterator<Item = usize> + '_ {
        let mut at = Some(token);
        let mut left = self.words.len();
        std::iter::from_fn(move || {
            let here = at?;
            // A malformed tree could loop; no path is longer than the document.
            left = left.checked_sub(1)?;
            at = self.words[here].head.filter(|&head| head < self.words.len());
            Some(here)
        })
    }

    /// The coordinated partners of a token: heads of `conj` above and below, the token itself first, in text order after.
    pub fn conjuncts(&self, token: usize) -> Vec<usize> {
        let mut out = vec![token];
        let mut at = 0;
        while at < out.len() && out.len() <= self.words.len() {
            let here = out[at];
            out.extend(self.children(here).filter(|&child| self.has(child, "conj")));
            at += 1;
        }
        out[1..].sort_unstable();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(head: Option<usize>, deprel: &str, upos: &str) -> Word {
        Word { head, deprel: deprel.to_owned(), upos: upos.to_owned(), ..Word::default() }
    }

    /// "the acting foreign minister of Kabul arrived"
    fn sample() -> Vec<Word> {
        vec![
            word(Some(3), "det", "DET"),
            word(Some(3), "amod", "ADJ"),
            word(Some(3), "amod", "ADJ"),
            word(Some(6), "nsubj", "NOUN"),
            word(Some(5), "case", "ADP"),
            word(Some(3), "nmod", "PROPN"),
            word(None, "root", "VERB"),
        ]
    }

    #[test]
    fn phrases_leave_out_determiners_and_prepositional_phrases() {
        let words = sample();
        let tree = Tree::new(&words);
        assert_eq!(tree.noun_phrase(3), 1..4);
        assert_eq!(tree.subtree(3), 0..6);
        assert_eq!(tree.head_of(&(0..6)), Some(3));
        assert_eq!(tree.child(6, "nsubj"), Some(3));
        assert_eq!(tree.ancestors(5).collect::<Vec<_>>(), [5, 3, 6]);
    }

    #[test]
    fn a_looping_tree_ends() {
        let words = vec![word(Some(1), "dep", "X"), word(Some(0), "dep", "X")];
        let tree = Tree::new(&words);
        assert!(tree.ancestors(0).count() <= 2);
    }
}
