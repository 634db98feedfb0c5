//! A text file: one story, with front matter or without.

use text::{Note, Span};

use crate::failure::{Failure, Stage};
use crate::front_matter;
use crate::packed::bare;
use crate::story::{Story, metadata};

/// Reads the bytes of a page as a story; `unknown` gets the names of fields that nothing reads.
pub(crate) fn read(
    input: &str,
    id: &str,
    bytes: &[u8],
    unknown: &mut Vec<String>,
) -> Result<Story, Failure> {
    let (page, notes) = text::decode(bytes);
    let matter = front_matter::read(&page).map_err(|fault| {
        Failure::new(input, fault.line, Stage::Parse, fault.reason).valid(fault.valid)
    })?;
    unknown.extend(matter.unknown);
    let mut metadata = metadata(matter.fields);
    if metadata.id.is_empty() {
        id.clone_into(&mut metadata.id);
    }
    let mut start = matter.end;
    if is_markdown(input)
        && let Some((title, end)) = heading(&page[start..])
    {
        metadata.title.get_or_insert(title);
        start += end;
    }
    let text = page[start..].to_owned();
    if text.trim().is_empty() {
        let failure = Failure::new(input, matter.line, Stage::Parse, "the story has no text");
        return Err(Failure { id: Some(metadata.id), ..failure.valid("a text below the front matter") });
    }
    let notes = notes.into_iter().map(|note| moved(note, start)).collect();
    Ok(Story { metadata, text, notes, input: input.to_owned(), line: matter.line, record: 1 })
}

fn is_markdown(input: &str) -> bool {
    let ending = bare(input).rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown")
}

/// The heading that a Markdown page opens with, and the byte where the text behind it starts.
fn heading(page: &str) -> Option<(String, usize)> {
    let line = page.lines().next()?;
    let title = line.strip_prefix("# ")?.trim().trim_end_matches('#').trim_end();
    let rest = page[line.len()..].trim_start_matches(['\r', '\n']);
    (!title.is_empty()).then(|| (title.to_owned(), page.len() - rest.len()))
}

/// A note on the page as a note on its text.
fn moved(note: Note, start: usize) -> Note {
    let at = |byte: usize| byte.saturating_sub(start);
    Note { span: Span::new(at(note.span.start()), at(note.span.end())), ..note }
}
