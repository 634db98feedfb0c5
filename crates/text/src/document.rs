//! A story's text as the reading wing sees it.

use std::ops::Range;

use jiff::civil::Date;

use crate::Span;

/// What came with a story besides its text. Everything is optional: missing is `None`, never a default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The story's id, unique in its input.
    pub id: String,
    /// Headline.
    pub title: Option<String>,
    /// Publication time as it was given, in RFC 3339 or as a date (`2026-11-02T08:10:00Z`, `2026-11-02`).
    pub published: Option<String>,
    /// The outlet that ran the story.
    pub publisher: Option<String>,
    /// The wire service that wrote it, when the metadata says so; a credit in the text is [`Document::credit`].
    pub agency: Option<String>,
    /// Address of the story.
    pub url: Option<String>,
    /// BCP 47 language tag.
    pub language: Option<String>,
    /// Who signed it.
    pub byline: Option<String>,
}

/// A story's text with its places: paragraphs, sentences, tokens.
///
/// Tokens are Universal Dependencies words, in text order; every sentence owns a contiguous range of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What came with the text.
    pub metadata: Metadata,
    /// The text, exactly as it came (after charset decoding).
    pub text: String,
    /// The day the story was published: from the metadata, else from the dateline with a year.
    pub date: Option<Date>,
    /// "ISLAMABAD, Jan 11 (Reuters) -", where the text opens with one.
    pub dateline: Option<Dateline>,
    /// The wire service credited in the text.
    pub credit: Option<Credit>,
    /// "By Jane Doe", where the text carries one.
    pub byline: Option<Span>,
    /// Paragraphs in text order.
    pub paragraphs: Vec<Span>,
    /// Sentences in text order.
    pub sentences: Vec<Sentence>,
    /// Tokens in text order.
    pub tokens: Vec<Token>,
    /// What could not be read, and why.
    pub notes: Vec<Note>,
}

/// A sentence: its place, its tokens, its paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// From the first token's first byte to the last token's last.
    pub span: Span,
    /// Indices into [`Document::tokens`].
    pub tokens: Range<usize>,
    /// Index into [`Document::paragraphs`].
    pub paragraph: usize,
}

/// A syntactic word by Universal Dependencies conventions: "don't" is two, "do" and "n't".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// Whether it belongs to the same multiword token as the token before it, as "n't" does in "don't".
    pub joined: bool,
}

/// The opening of a wire story: where and when it was filed, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dateline {
    /// All of it, the dash included.
    pub span: Span,
    /// "ISLAMABAD".
    pub place: Option<Span>,
    /// "Jan 11".
    pub date: Option<Span>,
    /// "Reuters".
    pub agency: Option<Span>,
}

/// A credit to a wire service: "(IANS)", "–IANS", "With inputs from AP".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The words of the credit.
    pub span: Span,
    /// The agency's name as written.
    pub agency: Span,
}

/// Something about a story that its reader should know: what was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where in the text.
    pub span: Span,
    /// A short kind, such as `mojibake` or `not-coded`.
    pub kind: &'static str,
    /// What there is to say.
    pub text: String,
}

impl Document {
    /// The words of a token.
    pub fn word(&self, token_idx: usize) -> &str {
        self.tokens[token_idx].span.of(&self.text)
    }

    /// The span that a non-empty range of tokens covers.
    pub fn span(&self, tokens: Range<usize>) -> Span {
        self.tokens[tokens.start].span.cover(self.tokens[tokens.end - 1].span)
    }

    /// The index of the sentence that holds a token.
    pub fn sentence_of(&self, token_idx: usize) -> usize {
        self.sentences.partition_point(|sentence| sentence.tokens.end <= token_idx)
    }

    /// The tokens that overlap a span, as a range.
    pub fn tokens_in(&self, span: Span) -> Range<usize> {
        let start = self.tokens.partition_point(|token| token.span.end() <= span.start());
        let end = self.tokens.partition_point(|token| token.span.start() < span.end());
        start..end.max(start)
    }
}
