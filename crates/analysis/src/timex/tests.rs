//! The examples of `data/time`, and what must hold for any text.

use jiff::civil::Date;
use text::{Document, Span};

use super::grammar::{ExampleEntry, FILES, File};
use super::*;

/// A document of one sentence without grammar.
fn document(text: &str, date: Option<Date>) -> Document {
    let sentence = text::Sentence { span: Span::new(0, text.len()), tokens: 0..0, paragraph: 0 };
    Document { text: text.to_owned(), date, sentences: vec![sentence], ..Document::default() }
}

fn day(text: &str) -> Date {
    text.parse().expect("a date as YYYY-MM-DD")
}

/// What is wrong with an example of `rule`; `None` when it holds.
fn fault(
    grammar: &Grammar,
    rule: &str,
    reads_nothing: bool,
    example: &ExampleEntry,
    story: &str,
) -> Option<String> {
    let story = example.story.as_deref().unwrap_or(story);
    let text = example.text.replace(['[', ']'], "");
    let found = grammar.find(&document(&text, Some(day(story))), &[]);
    let fired: Vec<&Timex> = found.iter().filter(|timex| timex.rule == rule).collect();
    if example.finds.is_some() {
        let span = fired.first()?.span;
        return Some(format!("fires on `{}` of `{text}`", span.of(&text)));
    }
    let (start, rest) = (example.text.find('[')?, example.text.find(']')? - 1);
    let drawn = Span::new(start, rest);
    if reads_nothing {
        let inside = found.iter().find(|timex| timex.span.overlaps(drawn))?;
        return Some(format!("`{}` of `{text}` is read by {}", inside.span.of(&text), inside.rule));
    }
    let Some(timex) = fired.iter().find(|timex| timex.span == drawn) else {
        let others: Vec<_> = found.iter().map(|timex| (timex.span.of(&text), timex.rule)).collect();
        return Some(format!("does not fire on `{}` of `{text}`; found {others:?}", drawn.of(&text)));
    };
    if Some(&timex.value) != example.value.as_ref() {
        return Some(format!("gives {} and not {:?} in `{text}`", timex.value, example.value));
    }
    let (first, last) = example.days.as_ref()?;
    let days = (timex.earliest.map(|day| day.to_string()), timex.latest.map(|day| day.to_string()));
    (days != (Some(first.clone()), Some(last.clone())))
        .then(|| format!("gives the days {days:?} in `{text}`"))
}

#[test]
fn every_example_of_every_rule_holds() {
    let grammar = Grammar::embedded();
    let mut faults = Vec::new();
    for (name, text) in FILES {
        let file: File = toml::from_str(text).expect("it loaded before");
        let story = file.story.as_deref().unwrap_or("2013-03-22");
        for rule in &file.rules {
            let reads_nothing = rule.kind().is_none();
            for example in &rule.examples {
                let drawn = example.text.contains('[') && example.text.contains(']');
                if example.finds.is_none() && !drawn {
                    faults.push(format!("{name}: `{}`: nothing is drawn in `{}`", rule.name, example.text));
                } else if let Some(fault) = fault(&grammar, &rule.name, reads_nothing, example, story) {
                    faults.push(format!("{name}: `{}`: {fault}", rule.name));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} examples fail:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_files_of_data_time_are_all_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/time");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .expect("data/time is a folder")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    there.sort();
    let mut read: Vec<&str> = Grammar::file_names().collect();
    read.sort_unstable();
    assert_eq!(there, read, "a file that is not read is silently dead");
}

#[test]
fn faults_of_files_name_the_file_and_the_rule() {
    let words = ("words.toml", FILES[0].1);
    for (text, message) in [
        ("[[rule]]\nname = 'a'\npattern = 'GNOME'\ntype = 'DATE'\nvalue = 'X'\n", "missing field `example`"),
        (
            "[[rule]]\nname = 'a'\npattern = 'GNOME'\ntype = 'DATE'\nvalue = 'X'\nexample = []\n",
            "x.toml:2: rule `a`: there is no class `GNOME` in words.toml",
        ),
        (
            "[[rule]]\nname = 'a'\npattern = 'now'\ntype = 'DATE'\nvalue = 'X'\nexample = []\n",
            "x.toml:2: rule `a`: it needs an example that fires and one that must not",
        ),
        ("\n[[rulle]]\n", "x.toml:2: unknown field `rulle`"),
        ("[[class]]\nname = 'A'\nmeans = 'm'\nwords = { '' = 1 }\n", "words.toml: `` of class `A` has 0 words"),
        ("[named]\na = '@b @b'\nb = '@a'\n[[rule]]\nname = 'a'\npattern = '@a'\ntype = 'DATE'\nvalue = 'X'\nexample = []\n", "go round in a circle"),
    ] {
        let fault = Grammar::load(&[words, ("x.toml", text)]).expect_err("the file has a fault").to_string();
        assert!(fault.contains(message), "`{fault}` should say `{message}`");
    }
}

/// A document with one token for every word, and tags and heads as given: word, tag, head, relation, lemma.
fn parsed(words: &[(&str, &str, usize, &str, &str)], date: Date) -> (Document, Vec<Word>) {
    let mut document = Document { date: Some(date), ..Document::default() };
    let mut grammar = Vec::new();
    for (token_idx, (word, tag, head, relation, lemma)) in words.iter().enumerate() {
        if token_idx > 0 {
            document.text.push(' ');
        }
        let start = document.text.len();
        document.text.push_str(word);
        document.tokens.push(text::Token { span: Span::new(start, document.text.len()), joined: false });
        let upos = match *tag {
            "MD" => "AUX",
            tag if tag.starts_with('V') && relation.starts_with("aux") => "AUX",
            tag if tag.starts_with('V') => "VERB",
            _ => "X",
        };
        grammar.push(Word {
            lemma: (*lemma).to_owned(),
            upos: upos.to_owned(),
            xpos: (*tag).to_owned(),
            head: (*relation != "root").then_some(*head),
            deprel: (*relation).to_owned(),
        });
    }
    let span = Span::new(0, document.text.len());
    document.sentences = vec![text::Sentence { span, tokens: 0..words.len(), paragraph: 0 }];
    (document, grammar)
}

#[test]
fn the_tense_of_the_governing_verb_gives_the_direction() {
    let friday = jiff::civil::date(2013, 3, 22);
    let cases: [(&[(&str, &str, usize, &str, &str)], &str); 5] = [
        // The nearest verb form is past, the governing one is not.
        (
            &[
                ("Talks", "NNS", 3, "nsubj", "talk"),
                ("that", "WDT", 2, "nsubj", "that"),
                ("stalled", "VBD", 0, "acl:relcl", "stall"),
                ("resume", "VBP", 3, "root", "resume"),
                ("Monday", "NNP", 3, "obl:tmod", "Monday"),
            ],
            "2013-03-25",
        ),
        (
            &[
                ("He", "PRP", 1, "nsubj", "he"),
                ("met", "VBD", 1, "root", "meet"),
                ("those", "DT", 1, "obj", "those"),
                ("who", "WP", 5, "nsubj", "who"),
                ("will", "MD", 5, "aux", "will"),
                ("vote", "VB", 2, "acl:relcl", "vote"),
                ("Monday", "NNP", 1, "obl:tmod", "Monday"),
            ],
            "2013-03-18",
        ),
        (
            &[
                ("A", "DT", 1, "det", "a"),
                ("vote", "NN", 2, "nsubj:pass", "vote"),
                ("scheduled", "VBN", 2, "root", "schedule"),
                ("for", "IN", 4, "case", "for"),
                ("Monday", "NNP", 2, "obl", "Monday"),
            ],
            "2013-03-25",
        ),
        (
            &[
                ("They", "PRP", 1, "nsubj", "they"),
                ("plan", "VBP", 1, "root", "plan"),
                ("to", "TO", 3, "mark", "to"),
                ("meet", "VB", 1, "xcomp", "meet"),
                ("Monday", "NNP", 3, "obl:tmod", "Monday"),
            ],
            "2013-03-25",
        ),
        (
            &[
                ("Monday", "NNP", 2, "nmod:poss", "Monday"),
                ("'s", "POS", 0, "case", "'s"),
                ("talks", "NNS", 3, "nsubj", "talk"),
                ("failed", "VBD", 3, "root", "fail"),
            ],
            "2013-03-18",
        ),
    ];
    for (words, value) in cases {
        let (document, grammar) = parsed(words, friday);
        let found = find_timexes(&document, &grammar);
        assert_eq!(found.len(), 1, "in `{}`", document.text);
        assert_eq!(found[0].value, value, "in `{}`", document.text);
    }
}

mod any_text {
    use proptest::prelude::*;

    use super::*;

    const WORDS: &[&str] = &[
        "last",
        "next",
        "the",
        "a",
        "two",
        "hundred",
        "thousand",
        "years",
        "year",
        "week",
        "ago",
        "later",
        "before",
        "Friday",
        "May",
        "3",
        "31",
        "1990",
        "2000",
        "9999",
        "9998",
        "1000",
        "-",
        "91",
        "of",
        "in",
        "to",
        "'",
        "s",
        "90s",
        "first",
        "quarter",
        "second",
        "century",
        "99th",
        "decade",
        "early",
        "end",
        "Christmas",
        "Easter",
        "every",
        "9",
        ":",
        "30",
        "a.m.",
        "noon",
        "night",
        "this",
        "that",
        "same",
        "day",
        "and",
        "half",
        "million",
        ",",
        ".",
        "summer",
        "fall",
        "today",
        "tomorrow",
        "February",
        "30",
        "0",
        "000",
        "BC",
        "fiscal",
        "$",
        "1/2",
        "2021-02-29",
        "13/13/2013",
        "999999999999",
        "billion",
        "from",
        "now",
        "é",
        "\u{2019}",
        "weekend",
        "monthly",
    ];

    proptest! {
        #[test]
        fn reads_without_panic_and_keeps_its_order(
            picks in proptest::collection::vec((0..WORDS.len(), any::<bool>()), 0..24),
            year in prop_oneof![Just(1i16), Just(9999), Just(-9999), Just(0), Just(2013), Just(1600)],
            month in 1i8..=12,
            dated in any::<bool>(),
            heads in proptest::collection::vec(0usize..24, 24),
        ) {
            let mut text = String::new();
            for (pick, space) in picks {
                text.push_str(WORDS[pick]);
                if space {
                    text.push(' ');
                }
            }
            let date = Date::new(year, month, 28).expect("every month has a 28th");
            let mut document = document(&text, dated.then_some(date));
            let mut at = 0;
            for word in text.split_inclusive(' ') {
                document.tokens.push(text::Token { span: Span::new(at, at + word.trim_end().len()), joined: false });
                at += word.len();
            }
            let words: Vec<Word> = (0..document.tokens.len())
                .map(|token| Word {
                    upos: "VERB".to_owned(),
                    xpos: if token % 2 == 0 { "VB".to_owned() } else { "TO".to_owned() },
                    lemma: "plan".to_owned(),
                    head: Some(heads[token % 24]),
                    deprel: "xcomp".to_owned(),
                })
                .collect();
            for words in [&[][..], &words] {
                let found = find_timexes(&document, words);
                let mut end = 0;
                for timex in &found {
                    prop_assert!(timex.span.start() >= end, "timexes overlap in {text:?}");
                    prop_assert!(!timex.span.of(&text).is_empty(), "a timex off the text of {text:?}");
                    end = timex.span.end();
                    prop_assert_eq!(timex.earliest.is_some(), timex.latest.is_some());
                    prop_assert_eq!(timex.earliest.is_some(), timex.precision.is_some());
                    prop_assert!(timex.earliest <= timex.latest, "{} ends before it begins", timex.value);
                    prop_assert!(!timex.value.is_empty());
                }
                prop_assert_eq!(&found, &find_timexes(&document, words), "the same text reads the same twice");
            }
        }

        #[test]
        fn reads_any_characters(text in "\\PC{0,80}") {
            let mut whole = document(&text, Some(jiff::civil::date(2020, 2, 29)));
            find_timexes(&whole, &[]);
            whole.sentences.clear();
            find_timexes(&whole, &[]);
        }
    }
}
