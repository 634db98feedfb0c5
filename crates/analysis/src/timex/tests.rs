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
fn fault(grammar: &Grammar, rule: &str, reads_nothing: bool, example: &ExampleEntry, story: &str) -> Option<String> {
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
    (days != (Some(first.clone()), Some(last.clone()))).then(|| format!("gives the days {days:?} in `{text}`"))
}

#[test]
fn every_example_of_every_rule_holds() {
    let grammar = Grammar::load(&FILES).expect("the files of data/time load");
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
