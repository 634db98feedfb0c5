//! `whimbrel explain`: every stage of a story, and why each code was chosen.

use std::fmt::Write as _;
use std::io::Write;

use analysis::Analysis;
use intake::{Limits, Stories};
use text::Document;
use whimbrel::{Reading, write_conllu};

use crate::args::{ExplainArgs, Stage};
use crate::output::{one_line, stdout};
use crate::read::{Failures, reader};
use crate::{Outcome, output};

/// Runs the verb.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let reader = reader(None, args.data.as_deref())?;
    let mut failures = Failures::open(None)?;
    let mut stories = Stories::open(std::slice::from_ref(&args.story), Limits::default());
    let mut out = stdout();
    let mut outcome = Outcome::Fine;
    while let Some(story) = stories.next() {
        stories.take_remarks().iter().for_each(|remark| output::message(&remark.to_string()));
        match story {
            Ok(story) => {
                let reading = reader.read_with_notes(story.text, story.metadata, story.notes);
                out.write_all(explained(&reading, args.stage).as_bytes())?;
            }
            Err(failure) => {
                outcome = Outcome::SomeFailed;
                failures.tell(&failure)?;
            }
        }
    }
    out.flush()?;
    Ok(outcome)
}

fn explained(reading: &Reading, stage: Stage) -> String {
    let mut page = format!("# {}\n", one_line(&reading.document.metadata.id));
    if matches!(stage, Stage::Text | Stage::All) {
        text_stage(&reading.document, &mut page);
    }
    if matches!(stage, Stage::Analysis | Stage::All) {
        analysis_stage(&reading.document, &reading.analysis, &mut page);
    }
    if matches!(stage, Stage::Coding | Stage::All) {
        coding_stage(reading, &mut page);
    }
    page
}

fn text_stage(document: &Document, page: &mut String) {
    let _ = writeln!(page, "\n## text\n");
    let text = &document.text;
    let date = document.date.map_or_else(|| "unknown".to_owned(), |date| date.to_string());
    let _ = writeln!(page, "date       {date}");
    if let Some(line) = &document.dateline {
        let _ = writeln!(page, "dateline   {}", one_line(line.span.of(text)));
    }
    if let Some(credit) = &document.credit {
        let _ = writeln!(page, "credit     {}", one_line(credit.span.of(text)));
    }
    if let Some(byline) = document.byline {
        let _ = writeln!(page, "byline     {}", one_line(byline.of(text)));
    }
    for (idx, sentence) in document.sentences.iter().enumerate() {
        let words: Vec<String> = sentence.tokens.clone().map(|token| one_line(document.word(token))).collect();
        let _ = writeln!(page, "{:>3}  {}", idx + 1, words.join(" | "));
    }
    for note in &document.notes {
        let _ = writeln!(page, "note       {}: {}", note.kind, one_line(&note.text));
    }
}

fn scored(list: &[(String, f32)]) -> String {
    list.iter().map(|(label, score)| format!("{label} {score:.2}")).collect::<Vec<_>>().join(", ")
}

fn analysis_stage(document: &Document, analysis: &Analysis, page: &mut String) {
    let words = |tokens: &std::ops::Range<usize>| {
        if tokens.is_empty() { String::new() } else { one_line(document.span(tokens.clone()).of(&document.text)) }
    };
    let _ = writeln!(page, "\n## analysis\n\n### grammar\n\n{}", write_conllu(document, analysis, &[]).trim_end());
    let _ = writeln!(page, "\n### chains\n");
    for (idx, chain) in analysis.chains.iter().enumerate() {
        let mentions: Vec<String> = chain.mentions.iter().map(|&m| words(&analysis.mentions[m].tokens)).collect();
        let reasons = if chain.reasons.is_empty() { String::new() } else { format!("  [{}]", chain.reasons.join("; ")) };
        let _ = writeln!(page, "{idx:>3}  {}{}", mentions.join(" = "), one_line(&reasons));
    }
    let _ = writeln!(page, "\n### quotations\n");
    for quotation in &analysis.quotations {
        let content: Vec<String> = quotation.content.iter().map(&words).collect();
        let source = quotation.source.as_ref().map(&words).unwrap_or_else(|| "—".to_owned());
        let _ = writeln!(
            page,
            "{:.2} (speech {:.2})  {source} | {} | {}",
            quotation.score,
            quotation.speech,
            quotation.reason,
            content.join(" … ")
        );
    }
    let _ = writeln!(page, "\n### times\n");
    for timex in &analysis.timexes {
        let window = match (timex.earliest, timex.latest) {
            (Some(first), Some(last)) => format!("{first} … {last}"),
            _ => "no window".to_owned(),
        };
        let _ = writeln!(page, "“{}”  {}  {window}  [{}]", one_line(timex.span.of(&document.text)), timex.value, timex.rule);
    }
    let _ = writeln!(page, "\n### places\n");
    for toponym in &analysis.toponyms {
        let country = toponym.country.as_deref().unwrap_or("—");
        let _ = writeln!(
            page,
            "“{}”  {}, {country} {}  [{}]",
            one_line(toponym.span.of(&document.text)),
            toponym.name,
            toponym.class,
            toponym.reason
        );
    }
    let _ = writeln!(page, "\n### candidates\n");
    for candidate in &analysis.candidates {
        let _ = writeln!(page, "“{}”  {}", words(&candidate.tokens), scored(&candidate.labels));
        let _ = writeln!(page, "     mode {}; status {}", scored(&candidate.modes), scored(&candidate.statuses));
        for role in candidate.roles.iter().filter(|role| !role.tokens.is_empty()) {
            let tokens: Vec<String> =
                role.tokens.iter().map(|(token, score)| format!("{} {score:.2}", one_line(document.word(*token)))).collect();
            let _ = writeln!(page, "     {}: {}", role.name, tokens.join(", "));
        }
    }
}

fn coding_stage(reading: &Reading, page: &mut String) {
    let (text, coding) = (&reading.document.text, &reading.coding);
    let _ = writeln!(page, "\n## coding\n\nmodel {}; codebook {}\n", coding.model, coding.codebook);
    for actor in &coding.actors {
        let _ = writeln!(
            page,
            "{:<4} {} {}.{} ({})\n     why: {}",
            actor.id,
            one_line(&actor.name),
            actor.country.as_deref().unwrap_or("—"),
            actor.sector.as_deref().unwrap_or("—"),
            actor.kind,
            one_line(&actor.reason)
        );
    }
    for event in &coding.events {
        let mode = event.mode.as_deref().map(|mode| format!("/{mode}")).unwrap_or_default();
        let _ = writeln!(
            page,
            "{:<4} “{}” {}{mode} {} {} → {} (confidence {:.2})",
            event.id,
            one_line(event.trigger.of(text)),
            event.event_type,
            event.status,
            event.actors.join(" "),
            event.recipients.join(" "),
            event.confidence,
        );
        for reason in event.reason.split("; ") {
            let _ = writeln!(page, "     why: {}", one_line(reason));
        }
    }
    for claim in &coding.claims {
        let source = claim.source.map_or_else(|| "—".to_owned(), |span| one_line(span.of(text)));
        let _ = writeln!(page, "{:<4} {source} ({})\n     why: {}", claim.id, claim.act, one_line(&claim.reason));
    }
    not_coded(reading, page);
}

/// Candidates that became no event, and quotations that became no claim, with their scores.
fn not_coded(reading: &Reading, page: &mut String) {
    let (document, coding) = (&reading.document, &reading.coding);
    let _ = writeln!(page, "\n### not coded\n");
    for candidate in reading.analysis.candidates.iter().filter(|candidate| !candidate.tokens.is_empty()) {
        let span = document.span(candidate.tokens.clone());
        let is_coded = |event: &codebook::Event| event.trigger == span || event.also.contains(&span);
        if !coding.events.iter().any(is_coded) {
            let _ = writeln!(page, "event “{}”  {}", one_line(span.of(&document.text)), scored(&candidate.labels));
        }
    }
    for quotation in &reading.analysis.quotations {
        let spans: Vec<text::Span> =
            quotation.content.iter().filter(|part| !part.is_empty()).map(|part| document.span(part.clone())).collect();
        let Some(first) = spans.first().filter(|_| coding.claims.iter().all(|claim| claim.content != spans)) else {
            continue;
        };
        let content = one_line(first.of(&document.text));
        let _ = writeln!(page, "claim “{content}”  speech {:.2}, attribution {:.2}", quotation.speech, quotation.score);
    }
}
