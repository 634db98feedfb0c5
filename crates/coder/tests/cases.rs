//! Runs the pages of `cases/coding`: stories with what a network would say of them, and the coding that must come out.
//!
//! The format of the pages is told in `cases/README.md`.

use cases::Block;
use codebook::{Codebook, Coding};
use model::{FakeModel, Network};
use text::{Document, read};

#[test]
fn codings_hold() {
    let mut case = Case::default();
    cases::hold("coding", 90, |block| case.answer(block));
}

/// The case under a heading: its story, and its coding once the model is known.
#[derive(Default)]
struct Case {
    document: Document,
    coding: Option<Coding>,
}

impl Case {
    fn answer(&mut self, block: &Block<'_>) -> Option<String> {
        match block.kind {
            "story" => {
                *self = Self { document: read(block.body.trim_end().to_owned(), block.metadata()), coding: None };
                return None;
            }
            "model" => {
                let drafted = block.body.is_empty().then(|| {
                    let network = Network::bundled().expect("the bundled weights are of the program's format");
                    cases::draft_table(&network, &self.document)
                });
                let model = FakeModel::from_table(drafted.as_ref().unwrap_or(&block.body));
                let analysis = analysis::analyze(&model, &self.document);
                self.coding = Some(whimbrel_coder::code(Codebook::bundled(), &self.document, &analysis, "table"));
                return drafted;
            }
            _ => {}
        }
        let text = &self.document.text;
        let coding = self.coding.as_ref().expect("a story and its model stand first");
        Some(match block.kind {
            "events" => cases::events(text, coding),
            "contexts" => cases::contexts(coding),
            "claims" => cases::claims(text, coding),
            "actors" => cases::actors(text, coding),
            kind => panic!("a block `{kind}` is unknown; story, model, events, contexts, claims or actors"),
        })
    }
}
