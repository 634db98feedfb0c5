//! Who is quoted, and for what.
//!
//! Takes the network's cues with their sources and contents and the quotation marks of the text, and gives
//! [`Quotation`]s: direct speech that no cue claims is joined to the speaker before it or stands alone. It never decides
//! whether the content is true.

use std::ops::Range;

use text::Document;

use crate::reading::{CUE_SURE, Cue, spans_of};
use crate::tree::Tree;
use crate::{Manner, Quotation};

/// Probability from which a word belongs to a source or content.
const ROLE_SURE: f32 = 0.5;
/// Fewest words of a bare direct quote that counts as speech and not as a scare quote.
const BARE_QUOTE_WORDS: usize = 5;

/// Finds the quotations of a document, in text order.
pub(crate) fn find_quotations(document: &Document, tree: &Tree<'_>, cues: &[Cue]) -> Vec<Quotation> {
    let quoted = quoted_runs(document);
    let mut out: Vec<Quotation> =
        cues.iter().filter(|cue| cue.score.max(cue.speech) >= CUE_SURE).filter_map(|cue| from_cue(document, tree, cue, &quoted)).collect();
    add_bare_quotes(document, &quoted, &mut out);
    out.sort_by_key(|q| (first_token(q), q.cue.as_ref().map_or(usize::MAX, |cue| cue.start)));
    out
}

/// The earliest token of a quotation, its place in the order of the text.
fn first_token(quotation: &Quotation) -> usize {
    let parts = quotation.content.iter().chain(&quotation.cue).chain(&quotation.source);
    parts.map(|range| range.start).min().unwrap_or(usize::MAX)
}

fn from_cue(document: &Document, tree: &Tree<'_>, cue: &Cue, quoted: &[Range<usize>]) -> Option<Quotation> {
    let mut content: Vec<Range<usize>> = Vec::new();
    for (range, _) in spans_of(&cue.content, ROLE_SURE, 1) {
        content.extend(without(&range, &cue.tokens).into_iter().filter_map(|part| trimmed(document, tree, part)));
    }
    if content.is_empty() {
        return None;
    }
    extend_into_quotes(&mut content, quoted, &cue.tokens);
    let source = source_of(document, tree, cue);
    let manner = manner_of(document, &content, quoted);
    let sure = cue.content.iter().map(|(_, score)| *score).fold(0.0f32, f32::max);
    Some(Quotation {
        reason: format!("cue: {}", document.span(cue.tokens.clone()).of(&document.text)),
        cue: Some(cue.tokens.clone()),
        score: cue.score * sure,
        speech: cue.speech * sure,
        source,
        content,
        manner,
    })
}

/// The best run of source tokens, cut down from the right so that it does not run into the cue.
fn source_of(document: &Document, tree: &Tree<'_>, cue: &Cue) -> Option<Range<usize>> {
    let weight = |(range, mean): &(Range<usize>, f32)| *mean * (range.len() as f32).sqrt();
    let (range, _) = spans_of(&cue.source, ROLE_SURE, 1)
        .into_iter()
        .filter(|(range, _)| range.end <= cue.tokens.start || range.start >= cue.tokens.end)
        .max_by(|a, b| weight(a).total_cmp(&weight(b)))?;
    let punct = |token: usize| tree.word(token).upos == "PUNCT";
    let start = range.clone().find(|&token| !punct(token))?;
    let mut end = range.clone().rev().find(|&token| !punct(token))? + 1;
    // A bracket that is opened inside is closed inside: "the Committee (NSC)".
    let count = |word: &str| (start..end).filter(|&token| document.word(token) == word).count();
    if end < document.tokens.len() && document.word(end) == ")" && count("(") > count(")") {
        end += 1;
    }
    Some(start..end)
}

/// A range without the part that another covers.
fn without(range: &Range<usize>, other: &Range<usize>) -> Vec<Range<usize>> {
    if other.end <= range.start || other.start >= range.end {
        return vec![range.clone()];
    }
    [range.start..other.start.max(range.start), other.end.min(range.end)..range.end]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect()
}

/// A content run without punctuation, "that" and "but" at its edges; `None` when nothing is left.
fn trimmed(document: &Document, tree: &Tree<'_>, range: Range<usize>) -> Option<Range<usize>> {
    let edge = |token: usize| tree.word(token).upos == "PUNCT" && !is_bracket(document.word(token));
    let start = range.clone().find(|&token| !edge(token) && tree.word(token).deprel != "mark")?;
    let end = range.clone().rev().find(|&token| !edge(token))? + 1;
    let words = (start..end.max(start)).filter(|&token| tree.word(token).upos != "PUNCT").count();
    (words > 0).then_some(start..end)
}

fn is_bracket(word: &str) -> bool {
    matches!(word, "(" | ")" | "[" | "]")
}

/// Where content reaches into quotation marks, it takes all of them up to the marks, unless the cue stands inside.
fn extend_into_quotes(content: &mut Vec<Range<usize>>, quoted: &[Range<usize>], cue: &Range<usize>) {
    for range in content.iter_mut() {
        for quote in quoted {
            let shared = range.end.min(quote.end).saturating_sub(range.start.max(quote.start));
            let holds_cue = quote.start <= cue.start && cue.end <= quote.end;
            if shared * 2 > quote.len() && !holds_cue {
                range.start = range.start.min(quote.start);
                range.end = range.end.max(quote.end);
            }
        }
    }
    content.sort_by_key(|range| range.start);
    content.dedup_by(|later, earlier| {
        let joins = later.start <= earlier.end;
        if joins {
            earlier.end = earlier.end.max(later.end);
        }
        joins
    });
}

fn manner_of(document: &Document, content: &[Range<usize>], quoted: &[Range<usize>]) -> Manner {
    let word = |token: &usize| document.word(*token).chars().any(char::is_alphanumeric);
    let (mut inside, mut all) = (0usize, 0usize);
    for range in content {
        for token in range.clone().filter(word) {
            all += 1;
            inside += usize::from(quoted.iter().any(|quote| quote.contains(&token)));
        }
    }
    match inside {
        0 => Manner::Indirect,
        n if n * 10 >= all * 9 => Manner::Direct,
        _ => Manner::Mixed,
    }
}

/// Runs of tokens between double quotation marks, the marks left out. An opening mark that no mark closes ends with its
/// paragraph, as a quotation that runs over paragraphs does.
pub(crate) fn quoted_runs(document: &Document) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut open: Option<usize> = None;
    let mut paragraph = 0;
    for sentence in &document.sentences {
        if sentence.paragraph != paragraph {
            if let Some(start) = open.take() {
                push_run(&mut out, start..sentence.tokens.start);
            }
            paragraph = sentence.paragraph;
        }
        for token in sentence.tokens.clone() {
            match (document.word(token), open) {
                ("“" | "„" | "«" | "``", _) => open = Some(token + 1),
                ("”" | "»" | "''", Some(start)) => {
                    push_run(&mut out, start..token);
                    open = None;
                }
                ("\"", Some(start)) => {
                    push_run(&mut out, start..token);
                    open = None;
                }
                ("\"", None) => open = Some(token + 1),
                _ => {}
            }
        }
    }
    if let Some(start) = open {
        push_run(&mut out, start..document.tokens.len());
    }
    out
}

fn push_run(out: &mut Vec<Range<usize>>, run: Range<usize>) {
    if !run.is_empty() {
        out.push(run);
    }
}

/// Direct speech that no cue claims: it goes to the direct quotation just before it in the same or the preceding
/// paragraph, else it stands without a source.
fn add_bare_quotes(document: &Document, quoted: &[Range<usize>], out: &mut Vec<Quotation>) {
    for quote in quoted {
        let words = quote.clone().filter(|&t| document.word(t).chars().any(char::is_alphanumeric)).count();
        let covered = out.iter().any(|q| {
            q.content.iter().any(|part| part.start < quote.end && quote.start < part.end)
                || q.cue.iter().any(|cue| quote.contains(&cue.start))
        });
        if covered || words < BARE_QUOTE_WORDS {
            continue;
        }
        let sentence = document.sentence_of(quote.start);
        let paragraph = document.sentences.get(sentence).map_or(0, |s| s.paragraph);
        let opens_sentence = document.sentences.get(sentence).is_some_and(|s| s.tokens.start + 1 >= quote.start);
        let before = out
            .iter_mut()
            .filter(|q| q.manner != Manner::Indirect && q.source.is_some())
            .filter(|q| q.content.iter().all(|part| part.end <= quote.start))
            .max_by_key(|q| q.content.iter().map(|part| part.end).max());
        let near = before.filter(|q| {
            let last = q.content.iter().map(|part| part.end - 1).max().unwrap_or(0);
            let at = document.sentence_of(last);
            opens_sentence
                && sentence.saturating_sub(at) <= 2
                && paragraph.saturating_sub(document.sentences.get(at).map_or(0, |s| s.paragraph)) <= 1
        });
        match near {
            Some(quotation) => {
                quotation.content.push(quote.clone());
                quotation.reason.push_str("; quote goes on");
            }
            None => out.push(Quotation {
                source: None,
                cue: None,
                content: vec![quote.clone()],
                manner: Manner::Direct,
                score: 0.5,
                speech: 0.5,
                reason: "bare quote".to_owned(),
            }),
        }
    }
}
