//! Finds where sentences end.
//!
//! It reads the tokens of a paragraph and their roles. A full stop of its own ends a sentence, with the quotation marks
//! and brackets that close right after it; after abbreviations, questions and dots it depends on what follows.

use crate::token::{Role, Scanner};
use crate::{Sentence, Span};

/// A paragraph to be cut into sentences.
pub(crate) struct Paragraph {
    /// Its index in the document.
    pub(crate) idx: usize,
    /// Its place.
    pub(crate) span: Span,
    /// Its first token.
    pub(crate) first: usize,
    /// Where a dateline ends, which is a sentence of its own in the treebanks.
    pub(crate) dateline_end: Option<usize>,
}

/// Adds the sentences of a paragraph, whose tokens are the scanner's last.
pub(crate) fn cut(
    tables: &crate::Tables,
    text: &str,
    scanner: &Scanner<'_>,
    paragraph: &Paragraph,
    sentences: &mut Vec<Sentence>,
) {
    let end = scanner.tokens.len();
    let reader = Reader { scanner, text, tables, end, paragraph_end: paragraph.span.end() };
    let (mut start, mut at, mut quote_open) = (paragraph.first, paragraph.first, false);
    while at < end {
        quote_open ^= scanner.roles[at] == Role::Quote;
        let stop = if paragraph.dateline_end == Some(scanner.tokens[at].span.end()) {
            at + 1
        } else if at > start && reader.is_caption(at) {
            at
        } else {
            match reader.ends_at(at, &mut quote_open) {
                Ends::At(stop) => stop,
                Ends::Not(next) => {
                    at = next;
                    continue;
                }
            }
        };
        sentences.push(reader.sentence(start, stop, paragraph.idx));
        (start, at) = (stop, stop);
    }
    if start < end {
        sentences.push(reader.sentence(start, end, paragraph.idx));
    }
}

struct Reader<'a, 't> {
    scanner: &'a Scanner<'t>,
    text: &'t str,
    tables: &'t crate::Tables,
    // One past the paragraph's last token, and its last byte.
    end: usize,
    paragraph_end: usize,
}

/// Whether a sentence ends, and the first token to read on from.
enum Ends {
    At(usize),
    Not(usize),
}

impl Reader<'_, '_> {
    fn sentence(&self, start: usize, end: usize, paragraph: usize) -> Sentence {
        let tokens = &self.scanner.tokens[start..end];
        let span = tokens[0].span.cover(tokens[tokens.len() - 1].span);
        Sentence { span, tokens: start..end, paragraph }
    }

    fn role(&self, idx: usize) -> Option<Role> {
        (idx < self.end).then(|| self.scanner.roles[idx])
    }

    fn is_ascii(&self, idx: usize) -> bool {
        self.scanner.tokens[idx].span.of(self.text).is_ascii()
    }

    /// Whether a space stands before the token.
    fn spaced(&self, idx: usize) -> bool {
        let tokens = &self.scanner.tokens;
        tokens[idx - 1].span.end() < tokens[idx].span.start()
    }

    /// Whether the sentence ends at the token `at` or with the marks that close after it.
    fn ends_at(&self, at: usize, quote_open: &mut bool) -> Ends {
        let role = self.scanner.roles[at];
        let ends = matches!(
            role,
            Role::Stop | Role::Ask | Role::Ellipsis | Role::AbbreviationEnd | Role::AbbreviationStop
        );
        if !ends {
            return Ends::Not(at + 1);
        }
        let (stop, closes_quote) = self.closers(at + 1, quote_open);
        if stop == self.end {
            return Ends::At(stop);
        }
        let follow = self.scanner.follow(self.scanner.tokens[stop].span.start(), self.paragraph_end);
        let spaced = self.spaced(stop);
        let lower = follow.first.is_some_and(char::is_lowercase);
        let opens = matches!(self.role(stop), Some(Role::Open | Role::Quote));
        let ends = match role {
            _ if self.goes_on(stop) => false,
            Role::Ask if closes_quote && self.is_reported(stop) => false,
            Role::AbbreviationEnd => {
                spaced && follow.is_upper() && (follow.is_starter(self.tables) || opens && closes_quote)
            }
            Role::AbbreviationStop => spaced && follow.is_upper(),
            Role::Ellipsis if !spaced => follow.is_upper() && !opens,
            Role::Ellipsis => !lower && (!opens || follow.is_upper()),
            Role::Ask => {
                spaced && !(lower && (closes_quote || stop > at + 1))
                    || !spaced && follow.is_upper() && stop == at + 1
            }
            // A bracketed remark with its own stop, "(sic.) and", goes on; so does a quotation.
            // Scripts with a stop of their own set no space after it.
            _ => !(lower && stop > at + 1) && (spaced || follow.is_upper() || !self.is_ascii(at)),
        };
        if ends { Ends::At(stop) } else { Ends::Not(stop) }
    }

    /// The end of the marks that close a sentence, from `at`, and whether a quotation is closed.
    fn closers(&self, mut at: usize, quote_open: &mut bool) -> (usize, bool) {
        let mut closes_quote = false;
        loop {
            match self.role(at) {
                Some(Role::Close) if !self.spaced(at) => {
                    closes_quote |=
                        !self.text[self.scanner.tokens[at].span.start()..].starts_with([')', ']', '}']);
                }
                Some(Role::Quote) if *quote_open || !self.spaced(at) => {
                    closes_quote = true;
                    *quote_open = false;
                }
                Some(Role::Open) if self.is_reference(at) => at += 2,
                Some(Role::Ask | Role::Ellipsis) if !self.spaced(at) => {}
                _ => return (at, closes_quote),
            }
            at += 1;
        }
    }

    /// Whether "[12]" starts at the token.
    fn is_reference(&self, at: usize) -> bool {
        let word = |idx: usize| self.scanner.tokens.get(idx).map_or("", |token| token.span.of(self.text));
        at + 2 < self.end
            && word(at) == "["
            && word(at + 1).bytes().all(|byte| byte.is_ascii_digit())
            && word(at + 2) == "]"
    }

    /// Whether a question's quotation is handed on: "Why?" Doe asked.
    fn is_reported(&self, at: usize) -> bool {
        let tokens = &self.scanner.tokens[at..self.end.min(at + 4)];
        tokens.iter().skip(1).any(|token| self.tables.is_reporting(token.span.of(self.text)))
    }

    /// Whether a caption opens at the token: "Image: Jane Doe."
    fn is_caption(&self, at: usize) -> bool {
        let word = self.scanner.tokens[at].span;
        at + 1 < self.end
            && self.text[word.end()..].starts_with(": ")
            && self.text[word.start()..].starts_with(|first: char| first.is_uppercase())
            && self.tables.is_caption(word.of(self.text))
    }

    /// Whether the token at `at` cannot open a sentence: a comma, a closing bracket, a dash before lower case.
    fn goes_on(&self, at: usize) -> bool {
        match self.role(at) {
            Some(Role::Close | Role::Stop | Role::Ask) => true,
            Some(Role::Mark) => {
                self.text[self.scanner.tokens[at].span.start()..].starts_with([',', ';', ':', ')', '/'])
            }
            _ => false,
        }
    }
}
