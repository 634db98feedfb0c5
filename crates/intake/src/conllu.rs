//! CoNLL-U: sentences and words that are given.
//!
//! Reads what a treebank says about the text (documents, paragraphs, sentences, words, spacing) and leaves its grammar
//! alone: the words are to be analyzed, not copied. Documents come one by one; a file without `# newdoc` is cut into
//! documents of [`SENTENCES_MAX`] sentences.

use std::io::{self, BufRead};

use text::{Document, Metadata, Sentence, Span, Token};

use crate::failure::{Failure, Stage};
use crate::line::{Line, read_line};

/// The most sentences of a document that nothing else ends.
pub const SENTENCES_MAX: usize = 50;

/// The longest line, in bytes; no treebank comes near.
const LINE_BYTES: usize = 1 << 20;

/// A document whose sentences and words are given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pretokenized {
    /// The document as the other floors see it; its text is made of the words and their spacing.
    pub document: Document,
    /// `sent_id` of every sentence; empty where there is none.
    pub sentence_ids: Vec<String>,
    /// Whether the file opened the document with `# newdoc`.
    pub is_marked: bool,
}

/// The documents of a CoNLL-U input.
pub struct Documents<R> {
    input: String,
    reader: R,
    buffer: Vec<u8>,
    line: usize,
    // The document that a `# newdoc` opened while the one before was being read.
    next_id: Option<String>,
    is_done: bool,
}

impl<R: BufRead> Documents<R> {
    /// Documents of a reader, under a name for messages.
    pub fn new(input: &str, reader: R) -> Self {
        Self { input: input.to_owned(), reader, buffer: Vec::new(), line: 0, next_id: None, is_done: false }
    }

    fn fail(&mut self, reason: impl Into<String>, valid: &str) -> Failure {
        self.is_done = true;
        Failure::new(&self.input, self.line, Stage::Parse, reason).valid(valid)
    }

    fn line(&mut self) -> Result<Option<String>, Failure> {
        let line = read_line(&mut self.reader, &mut self.buffer, LINE_BYTES);
        self.line += 1;
        match line {
            Ok(Line::End) => Ok(None),
            Ok(Line::TooLong(_)) => Err(self.fail("the line is too long", "lines of up to 1 MiB")),
            Ok(Line::Whole) => match std::str::from_utf8(&self.buffer) {
                Ok(line) => Ok(Some(line.to_owned())),
                Err(_) => Err(self.fail("broken UTF-8", "UTF-8 throughout")),
            },
            Err(error) => Err(self.broken_off(&error)),
        }
    }

    fn broken_off(&mut self, error: &io::Error) -> Failure {
        self.is_done = true;
        Failure::new(&self.input, self.line, Stage::Open, format!("reading broke off: {error}"))
    }

    /// Reads up to the end of a document; `None` when nothing is left.
    fn document(&mut self) -> Result<Option<Pretokenized>, Failure> {
        let mut building = Building::new(self.next_id.take());
        loop {
            let Some(line) = self.line()? else {
                self.is_done = true;
                building.end_sentence();
                return Ok(building.finish());
            };
            if line.trim().is_empty() {
                building.end_sentence();
                let n_sentences = building.out.document.sentences.len();
                if !building.out.is_marked && n_sentences >= SENTENCES_MAX {
                    return Ok(building.finish());
                }
            } else if let Some(comment) = line.strip_prefix('#') {
                let comment = comment.trim();
                if let Some(id) = marked(comment, "newdoc") {
                    // The blank line behind the last words may be missing.
                    building.end_sentence();
                    if building.out.document.sentences.is_empty() {
                        building = Building::new(Some(id));
                    } else {
                        self.next_id = Some(id);
                        return Ok(building.finish());
                    }
                } else if marked(comment, "newpar").is_some() {
                    building.opens_paragraph = true;
                } else if let Some(id) = comment.strip_prefix("sent_id").and_then(|rest| rest.trim().strip_prefix('=')) {
                    building.sentence_id = id.trim().to_owned();
                }
            } else {
                self.word(&mut building, &line)?;
            }
        }
    }

    fn word(&mut self, building: &mut Building, line: &str) -> Result<(), Failure> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, form, .., misc] = columns[..] else {
            return Err(self.fail("the line is no word", "ten columns with tabs between them"));
        };
        if columns.len() != 10 || form.is_empty() {
            let reason = format!("the word has {} columns", columns.len());
            return Err(self.fail(reason, "ten columns with tabs between them"));
        }
        let space = !misc.split('|').any(|part| part == "SpaceAfter=No");
        if let Some((first, last)) = id.split_once('-') {
            let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) else {
                return Err(self.fail(format!("`{id}` is no word number"), "numbers such as 3, 3-4 or 3.1"));
            };
            building.range = Some((first, last, space));
        } else if let Ok(number) = id.parse::<usize>() {
            building.word(number, form, space);
        } else if id.split_once('.').is_none() {
            return Err(self.fail(format!("`{id}` is no word number"), "numbers such as 3, 3-4 or 3.1"));
        }
        Ok(())
    }
}

impl<R: BufRead> Iterator for Documents<R> {
    type Item = Result<Pretokenized, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done && self.next_id.is_none() {
            return None;
        }
        self.document().transpose()
    }
}

/// The id of a comment such as `newdoc id = x`; empty without one, `None` for other comments.
fn marked(comment: &str, word: &str) -> Option<String> {
    let rest = comment.strip_prefix(word)?;
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    Some(rest.split_once('=').map_or_else(String::new, |(_, id)| id.trim().to_owned()))
}

/// A document in the making.
#[derive(Default)]
struct Building {
    out: Pretokenized,
    sentence_id: String,
    opens_paragraph: bool,
    first_token: usize,
    // First and last word of the multiword token that is open, and whether a space follows it.
    range: Option<(usize, usize, bool)>,
    space: bool,
}

impl Building {
    fn new(id: Option<String>) -> Self {
        let is_marked = id.is_some();
        let metadata = Metadata { id: id.unwrap_or_default(), ..Metadata::default() };
        let document = Document { metadata, ..Document::default() };
        Self { out: Pretokenized { document, is_marked, ..Pretokenized::default() }, ..Self::default() }
    }

    fn word(&mut self, number: usize, form: &str, space: bool) {
        let inside = self.range.filter(|&(first, last, _)| (first..=last).contains(&number));
        let joined = inside.is_some_and(|(first, ..)| number > first);
        let document = &mut self.out.document;
        let is_first = document.tokens.len() == self.first_token;
        if is_first && self.opens_paragraph && !document.text.is_empty() {
            document.text.push_str("\n\n");
        } else if self.space && !joined && !document.text.is_empty() {
            document.text.push(' ');
        }
        let start = document.text.len();
        document.text.push_str(form);
        document.tokens.push(Token { span: Span::new(start, document.text.len()), joined });
        self.space = match inside {
            Some((_, last, space)) => number == last && space,
            None => space,
        };
    }

    fn end_sentence(&mut self) {
        self.range = None;
        let document = &mut self.out.document;
        let tokens = self.first_token..document.tokens.len();
        if tokens.is_empty() {
            return;
        }
        let span = document.span(tokens.clone());
        if self.opens_paragraph || document.paragraphs.is_empty() {
            document.paragraphs.push(span);
        } else if let Some(paragraph) = document.paragraphs.last_mut() {
            *paragraph = paragraph.cover(span);
        }
        let paragraph = document.paragraphs.len() - 1;
        self.first_token = tokens.end;
        document.sentences.push(Sentence { span, tokens, paragraph });
        self.out.sentence_ids.push(std::mem::take(&mut self.sentence_id));
        self.opens_paragraph = false;
    }

    fn finish(self) -> Option<Pretokenized> {
        (!self.out.document.sentences.is_empty()).then_some(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANK: &str = "# newdoc id = d1\n# sent_id = d1-1\n# text = I can't.\n1\tI\t_\t_\t_\t_\t_\t_\t_\t_\n\
        2-3\tcan't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n2\tca\t_\t_\t_\t_\t_\t_\t_\t_\n3\tn't\t_\t_\t_\t_\t_\t_\t_\t_\n\
        3.1\tgo\t_\t_\t_\t_\t_\t_\t_\t_\n4\t.\t_\t_\t_\t_\t_\t_\t_\t_\n\n# newpar\n1\tNo\t_\t_\t_\t_\t_\t_\t_\t_\n\n\
        # newdoc\n1\tYes\t_\t_\t_\t_\t_\t_\t_\t_\n";

    #[test]
    fn given_words_make_a_text_with_their_spacing() {
        let documents: Vec<Pretokenized> =
            Documents::new("bank.conllu", BANK.as_bytes()).map(|it| it.expect("the bank is sound")).collect();
        let texts: Vec<&str> = documents.iter().map(|it| it.document.text.as_str()).collect();
        assert_eq!(texts, ["I can't.\n\nNo", "Yes"]);
        let first = &documents[0].document;
        let words: Vec<&str> = (0..first.tokens.len()).map(|token| first.word(token)).collect();
        assert_eq!(words, ["I", "ca", "n't", ".", "No"]);
        assert_eq!(first.tokens.iter().filter(|token| token.joined).count(), 1);
        assert_eq!((first.sentences.len(), first.paragraphs.len()), (2, 2));
        assert_eq!(documents[0].sentence_ids, ["d1-1", ""]);
        assert_eq!(first.metadata.id, "d1");
    }

    #[test]
    fn a_new_document_ends_a_sentence_that_no_blank_line_ended() {
        let bank = "1\tNo\t_\t_\t_\t_\t_\t_\t_\t_\n# newdoc id = d2\n1\tYes\t_\t_\t_\t_\t_\t_\t_\t_\n";
        let documents: Vec<Document> =
            Documents::new("bank", bank.as_bytes()).map(|it| it.expect("the bank is sound").document).collect();
        let shapes: Vec<_> = documents.iter().map(|it| (it.text.as_str(), it.sentences.len(), it.tokens.len())).collect();
        assert_eq!(shapes, [("No", 1, 1), ("Yes", 1, 1)]);
    }

    #[test]
    fn faults_name_their_line() {
        for (bank, line) in [("1\tI\t_\n", 1), ("# a\nx\tI\t_\t_\t_\t_\t_\t_\t_\t_\n", 2), ("words\n", 1)] {
            let failure = Documents::new("bank", bank.as_bytes()).next().and_then(Result::err).expect("a failure");
            assert_eq!(failure.line, line, "{bank:?}");
        }
    }
}
