//! What must hold of everything that the readers give, whatever bytes they were fed.

use text::{Document, Span};

/// Panics where a span of a document does not lie in its text, or sentences do not part the tokens.
pub fn check_document(document: &Document) {
    let text = &document.text;
    let lies_inside =
        |span: Span| assert!(text.get(span.start()..span.end()).is_some(), "{span:?} lies in the text");
    document.paragraphs.iter().for_each(|&span| lies_inside(span));
    document.notes.iter().for_each(|note| lies_inside(note.span));
    document.byline.into_iter().for_each(lies_inside);
    if let Some(dateline) = &document.dateline {
        [Some(dateline.span), dateline.place, dateline.date, dateline.agency]
            .into_iter()
            .flatten()
            .for_each(lies_inside);
    }
    if let Some(credit) = &document.credit {
        [credit.span, credit.agency].into_iter().for_each(lies_inside);
    }
    let mut end = 0;
    for token in &document.tokens {
        lies_inside(token.span);
        assert!(!token.span.is_empty() && token.span.start() >= end, "tokens follow one another");
        end = token.span.end();
    }
    let mut next = 0;
    for sentence in &document.sentences {
        lies_inside(sentence.span);
        assert!(sentence.tokens.start == next && !sentence.tokens.is_empty(), "sentences part the tokens");
        assert!(sentence.paragraph < document.paragraphs.len(), "a sentence lies in a paragraph");
        next = sentence.tokens.end;
    }
    assert_eq!(next, document.tokens.len(), "every token has its sentence");
}
