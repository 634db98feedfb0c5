//! An analysis as CoNLL-U, the form in which treebanks and parsers exchange sentences.
//!
//! Multiword tokens ("don't") come as ranges; spacing is told by `SpaceAfter=No`.

use std::fmt::Write;

use analysis::{Analysis, Word};
use text::Document;

/// A document in CoNLL-U. `sentence_ids` names the sentences where they have names; the others are numbered.
pub fn write_conllu(document: &Document, analysis: &Analysis, sentence_ids: &[String]) -> String {
    let mut out = String::new();
    let id = one_line(&document.metadata.id);
    out.push_str(&if id.is_empty() { "# newdoc\n".to_owned() } else { format!("# newdoc id = {id}\n") });
    let mut paragraph = None;
    for (idx, sentence) in document.sentences.iter().enumerate() {
        if paragraph != Some(sentence.paragraph) {
            out.push_str("# newpar\n");
            paragraph = Some(sentence.paragraph);
        }
        let sentence_id = match sentence_ids.get(idx).filter(|id| !id.is_empty()) {
            Some(id) => one_line(id),
            None if id.is_empty() => format!("{}", idx + 1),
            None => format!("{id}-{}", idx + 1),
        };
        let text = one_line(sentence.span.of(&document.text));
        out.push_str(&format!("# sent_id = {sentence_id}\n# text = {text}\n"));
        write_words(&mut out, document, analysis, sentence.tokens.clone());
        out.push('\n');
    }
    out
}

fn write_words(out: &mut String, document: &Document, analysis: &Analysis, tokens: std::ops::Range<usize>) {
    let is_joined = |token: usize| tokens.contains(&token) && document.tokens[token].joined;
    for token in tokens.clone() {
        let number = token - tokens.start + 1;
        let opens = !is_joined(token) && is_joined(token + 1);
        if opens {
            let last = (token + 1..tokens.end).take_while(|&next| is_joined(next)).last().unwrap_or(token);
            let span = document.tokens[token].span.cover(document.tokens[last].span);
            let form = field(span.of(&document.text));
            let range = format!("{number}-{}", last - tokens.start + 1);
            writeln!(out, "{range}\t{form}\t_\t_\t_\t_\t_\t_\t_\t{}", spacing(document, last)).unwrap_or_default();
        }
        // Inside a multiword token the range has told the spacing.
        let inside = opens || is_joined(token);
        let misc = if inside { "_" } else { spacing(document, token) };
        let word = &analysis.words[token];
        writeln!(out, "{number}\t{}\t{misc}", columns(document.word(token), word, tokens.start)).unwrap_or_default();
    }
}

fn columns(form: &str, word: &Word, first: usize) -> String {
    let head = word.head.map_or(0, |head| head + 1 - first);
    format!(
        "{}\t{}\t{}\t{}\t_\t{head}\t{}\t_",
        field(form),
        field(&word.lemma),
        field(&word.upos),
        field(&word.xpos),
        field(&word.deprel)
    )
}

fn spacing(document: &Document, token: usize) -> &'static str {
    match document.tokens.get(token + 1) {
        Some(next) if next.span.start() == document.tokens[token].span.end() => "SpaceAfter=No",
        _ => "_",
    }
}

/// A value that breaks no column; `_` stands for none.
fn field(value: &str) -> String {
    let value = one_line(value);
    if value.is_empty() { "_".to_owned() } else { value }
}

fn one_line(value: &str) -> String {
    value.split(|c: char| c.is_whitespace() || c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_ranges_and_spacing() {
        let document = text::read("Don't go. Now!".to_owned(), text::Metadata { id: "d".into(), ..Default::default() });
        let words = (0..document.tokens.len())
            .map(|token| {
                let sentence = &document.sentences[document.sentence_of(token)];
                let head = (token != sentence.tokens.start).then_some(sentence.tokens.start);
                Word { lemma: "x".into(), upos: "X".into(), xpos: String::new(), head, deprel: "dep".into() }
            })
            .collect();
        let analysis = Analysis { words, ..Analysis::default() };
        let written = write_conllu(&document, &analysis, &[String::new(), "mine".into()]);
        let expected = "# newdoc id = d\n# newpar\n# sent_id = d-1\n# text = Don't go.\n1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_\n\
            1\tDo\tx\tX\t_\t_\t0\tdep\t_\t_\n2\tn't\tx\tX\t_\t_\t1\tdep\t_\t_\n3\tgo\tx\tX\t_\t_\t1\tdep\t_\tSpaceAfter=No\n\
            4\t.\tx\tX\t_\t_\t1\tdep\t_\t_\n\n# sent_id = mine\n# text = Now!\n1\tNow\tx\tX\t_\t_\t0\tdep\t_\tSpaceAfter=No\n\
            2\t!\tx\tX\t_\t_\t1\tdep\t_\t_\n\n";
        assert_eq!(written, expected);
    }
}
