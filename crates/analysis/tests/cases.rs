//! Runs the pages of `cases/analysis`: stories with what a network would say of them, and the mentions, chains and
//! quotations that must come out.
//!
//! The format of the pages is told in `cases/README.md`.

use std::fmt::Write;
use std::ops::Range;

use cases::{Block, one_line};
use model::{FakeModel, Network};
use text::{Document, read};
use whimbrel_analysis::{Analysis, analyze};

#[test]
fn analyses_hold() {
    let mut case = Case::default();
    cases::hold("analysis", 25, |block| case.answer(block));
}

/// The case under a heading: its story, and its analysis once the model is known.
#[derive(Default)]
struct Case {
    document: Document,
    analysis: Option<Analysis>,
}

impl Case {
    fn answer(&mut self, block: &Block<'_>) -> Option<String> {
        match block.kind {
            "story" => {
                *self = Self { document: read(block.body.trim_end().to_owned(), block.metadata()), analysis: None };
                return None;
            }
            "model" => {
                let drafted = block.body.is_empty().then(|| {
                    let network = Network::bundled().expect("the bundled weights are of the program's format");
                    cases::draft_table(&network, &self.document)
                });
                let model = FakeModel::from_table(drafted.as_ref().unwrap_or(&block.body));
                self.analysis = Some(analyze(&model, &self.document));
                return drafted;
            }
            _ => {}
        }
        let analysis = self.analysis.as_ref().expect("a story and its model stand first");
        Some(match block.kind {
            "mentions" => mentions(&self.document, analysis),
            "chains" => chains(&self.document, analysis),
            "quotations" => quotations(&self.document, analysis),
            kind => panic!("a block `{kind}` is unknown; story, model, mentions, chains or quotations"),
        })
    }
}

fn words(document: &Document, tokens: &Range<usize>) -> String {
    one_line(document.span(tokens.clone()).of(&document.text))
}

/// Form, kind and words of every mention.
fn mentions(document: &Document, analysis: &Analysis) -> String {
    let line = |mention: &whimbrel_analysis::Mention| {
        let kind = mention.kind.map(|kind| format!(" {kind:?}")).unwrap_or_default();
        format!("{:?}{kind}", mention.form).to_lowercase() + &format!(" “{}”\n", words(document, &mention.tokens))
    };
    analysis.mentions.iter().map(line).collect()
}

/// The mentions of every chain, with the passes that joined them; the one that names it best stands in brackets.
fn chains(document: &Document, analysis: &Analysis) -> String {
    let mut out = String::new();
    for chain in &analysis.chains {
        let shown = chain.mentions.iter().map(|&mention| {
            let words = words(document, &analysis.mentions[mention].tokens);
            if mention == chain.best && chain.mentions.len() > 1 { format!("[{words}]") } else { words }
        });
        out.push_str(&shown.collect::<Vec<_>>().join(" = "));
        let mut passes: Vec<&str> = Vec::new();
        for pass in chain.reasons.iter().filter_map(|reason| reason.split(':').next()) {
            if !passes.contains(&pass) {
                passes.push(pass);
            }
        }
        let _ = writeln!(out, "{}", if passes.is_empty() { String::new() } else { format!(" ({})", passes.join(", ")) });
    }
    out
}

/// Source, manner and cue, and content of every quotation.
fn quotations(document: &Document, analysis: &Analysis) -> String {
    let mut out = String::new();
    for quotation in &analysis.quotations {
        let source = quotation.source.as_ref().map_or_else(|| "–".to_owned(), |source| words(document, source));
        let cue = quotation.cue.as_ref().map(|cue| format!(" “{}”", words(document, cue))).unwrap_or_default();
        let manner = format!("{:?}", quotation.manner).to_lowercase();
        let content: Vec<String> = quotation.content.iter().map(|part| words(document, part)).collect();
        let _ = writeln!(out, "{source} | {manner}{cue} | {}", content.join(" … "));
    }
    out
}
