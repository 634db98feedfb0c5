//! What must hold for any text and any bytes.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use whimbrel_text::{Document, Metadata, decode, looks_binary, read};

/// Text that meets the rules of the tokenizer more often than random characters do.
fn newslike() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[A-Za-z]{1,8}",
        "[0-9.,:/-]{1,8}",
        "\\PC{1,4}",
        prop::sample::select(vec![
            " ",
            " ",
            " ",
            "\n",
            "\n\n",
            ". ",
            "\"",
            "'",
            "’",
            "“",
            "”",
            "...",
            "…",
            "n't",
            "'s",
            "U.S.",
            "Mr. ",
            "(AP) —",
            "KABUL",
            "Jan 11",
            "By Jane Doe",
            "@",
            "http://",
            "www.",
            ".com",
            "&",
            "$",
            "US$",
            "-",
            "–",
            "â€™",
            "\u{200b}",
            "\u{301}",
            "😀",
            "é",
            "[1]",
            "/TASS/",
            "?!",
            "``",
            "''",
            "‘’",
            "Image: ",
            "\u{fffd}",
            "non-",
            "_",
            "#",
            "1.",
            "。",
            "\r\n",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let document = read(text.to_owned(), Metadata { agency: Some("AP".to_owned()), ..Metadata::default() });
    prop_assert_eq!(&document.text, text);
    gaps_hold_no_ink(&document)?;
    sentences_part_the_tokens(&document)?;
    let dateline = document.dateline.iter().flat_map(|dateline| {
        [Some(dateline.span), dateline.place, dateline.date, dateline.agency].into_iter().flatten()
    });
    let credit = document.credit.iter().flat_map(|credit| [credit.span, credit.agency]);
    for span in dateline.chain(credit).chain(document.byline) {
        prop_assert!(text.get(span.start()..span.end()).is_some_and(|words| !words.is_empty()), "{span:?}");
    }
    Ok(())
}

/// Tokens and the gaps between them rebuild the text, and the gaps are white.
fn gaps_hold_no_ink(document: &Document) -> Result<(), TestCaseError> {
    let text = &document.text;
    let mut end = 0;
    for (idx, token) in document.tokens.iter().enumerate() {
        prop_assert!(token.span.start() >= end && !token.span.is_empty(), "token {idx} overlaps or is empty");
        let gap = text.get(end..token.span.start());
        prop_assert!(gap.is_some_and(is_white), "{gap:?} stands before token {idx}");
        prop_assert!(
            text.get(token.span.start()..token.span.end()).is_some(),
            "token {idx} cuts a character"
        );
        prop_assert!(
            !token.joined || idx > 0 && token.span.start() == end,
            "token {idx} is joined to nothing"
        );
        end = token.span.end();
    }
    prop_assert!(is_white(&text[end..]), "{:?} is in no token", &text[end..]);
    Ok(())
}

fn is_white(gap: &str) -> bool {
    gap.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(
                c,
                '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            )
    })
}

fn sentences_part_the_tokens(document: &Document) -> Result<(), TestCaseError> {
    let mut next = 0;
    for sentence in &document.sentences {
        prop_assert_eq!(sentence.tokens.start, next);
        prop_assert!(sentence.tokens.end > next, "a sentence is empty");
        prop_assert_eq!(sentence.span, document.span(sentence.tokens.clone()));
        prop_assert!(
            document.paragraphs[sentence.paragraph].contains(sentence.span),
            "a sentence leaves its paragraph"
        );
        prop_assert!(!document.tokens[next].joined, "a sentence starts inside a word");
        next = sentence.tokens.end;
    }
    prop_assert_eq!(next, document.tokens.len());
    prop_assert!(document.paragraphs.windows(2).all(|pair| pair[0].end() <= pair[1].start()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_is_read(text in "\\PC{0,80}") {
        check(&text)?;
    }

    #[test]
    fn any_newslike_text_is_read(text in newslike()) {
        check(&text)?;
    }

    #[test]
    fn any_bytes_are_decoded(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = looks_binary(&bytes);
        let (text, notes) = decode(&bytes);
        for note in notes {
            prop_assert!(text.get(note.span.start()..note.span.end()).is_some());
        }
        check(&text)?;
    }

    #[test]
    fn utf8_is_decoded_as_it_is(text in "[^\u{feff}]{1}\\PC{0,40}") {
        prop_assert_eq!(decode(text.as_bytes()).0, text);
    }

    #[test]
    fn reading_twice_gives_the_same(text in newslike()) {
        prop_assert_eq!(read(text.clone(), Metadata::default()), read(text, Metadata::default()));
    }
}

/// Eight times the text may take about eight times as long, whatever it repeats; quadratic work takes sixty-four.
#[test]
fn hostile_text_is_read_in_linear_time() {
    let pieces = [
        "a",
        "\"",
        "'",
        ".",
        "a.",
        "A.",
        "a'",
        "a’s",
        "a-",
        "A&",
        "1-",
        "1/",
        "1.",
        "@a",
        "a@",
        "http://",
        "http://a’",
        "www.a(",
        "a.com/",
        "(",
        "[1]",
        ". \"",
        "a\n",
        "\n",
        " ",
        "é",
        "😀",
        "‘",
        "n't",
        "_",
        "a_",
        "$",
        "US$",
        "-",
        "By ",
        "(AP) ",
        "a*b",
        "w/o",
        "x.y",
        "`",
    ];
    let bound = |small: Duration| small.max(Duration::from_millis(2)) * 32;
    let began = Instant::now();
    for piece in pieces {
        let time = |n_bytes: usize| {
            let text = piece.repeat(n_bytes / piece.len());
            let start = processor_time(began);
            let document = read(text, Metadata::default());
            let taken = processor_time(began) - start;
            drop(document);
            taken
        };
        // Whatever else runs can only slow a round down, so the fastest ones count.
        let (mut small, mut large, mut n_rounds) = (Duration::MAX, Duration::MAX, 0);
        while n_rounds < 10 && (n_rounds == 0 || large >= bound(small)) {
            small = small.min(time(50_000));
            large = large.min(time(400_000));
            n_rounds += 1;
        }
        assert!(large < bound(small), "{piece:?}: {small:?} for 50 kB, {large:?} for 400 kB");
    }
}

/// The time that this thread has had a processor, where the system tells it (Linux does), so that a busy machine does not
/// count; elsewhere the time since `began`.
fn processor_time(began: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next().and_then(|first| first.parse().ok()));
    nanoseconds.map_or_else(|| began.elapsed(), Duration::from_nanos)
}
