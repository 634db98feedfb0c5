//! A page of the web: one story, its article without menus, advertisements and scripts.
//!
//! The charset comes from a byte order mark, the HTTP header, the page's own <meta>, or the bytes, in this order. Nothing
//! that the page names is fetched or run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_query::Document;
use dom_smoothie::{Config, Readability, TextMode};
use encoding_rs::Encoding;
use text::Note;

use crate::failure::{Failure, Stage};
use crate::metadata;
use crate::source::About;
use crate::story::Story;

/// Elements within each other up to which a page is taken apart; pages of people stay far below.
const DEPTH_MAX: usize = 400;

/// Elements of a page.
const ELEMENTS_MAX: usize = 200_000;

/// Open tags up to which a piece is handed to the parser, whose time grows with their number at every tag; tags that scripts
/// write and that pages forget to close are among them.
const OPEN_MAX: usize = 10 * DEPTH_MAX;

/// Elements without an end tag, or whose end tag is often left out.
const UNCLOSED: [&str; 26] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p", "param", "rp", "rt",
    "source", "tbody", "td", "th", "thead", "tr", "track", "wbr",
];

/// Bytes of a page that may name its charset.
const META_BYTES: usize = 4096;

/// Where a page stands.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) input: &'a str,
    pub(crate) record: u64,
    /// The id that its story has; else its address, else its number.
    pub(crate) id: Option<&'a str>,
}

impl Place<'_> {
    fn fail(&self, reason: &str) -> Failure {
        Failure::new(self.input, 0, Stage::Parse, reason).record(self.record)
    }
}

/// Reads a page as a story.
pub(crate) fn read(place: Place, bytes: &[u8], about: &About) -> Result<Story, Failure> {
    let (page, notes) = decode(bytes, about.charset.as_deref());
    // A fault in the taking apart of one page must not stop the others.
    let taken = catch_unwind(AssertUnwindSafe(|| take_apart(place, &page, about)));
    let (mut metadata, text) = taken.unwrap_or_else(|_| Err(place.fail("the page could not be taken apart").valid("a page of HTML")))?;
    if metadata.id.is_empty() {
        metadata.id = match (place.id, &metadata.url) {
            (Some(id), _) => id.to_owned(),
            (None, Some(url)) => url.clone(),
            (None, None) => {
                let name = place.input.rsplit(['/', '\\']).next().unwrap_or(place.input);
                format!("{name}:{}", place.record)
            }
        };
    }
    // A charset was told of the page; its places are not those of the article.
    let notes = notes.into_iter().map(|note| Note { span: text::Span::new(0, 0), ..note }).collect();
    Ok(Story { metadata, text, notes, input: place.input.to_owned(), line: 0, record: place.record })
}

fn take_apart(place: Place, page: &str, about: &About) -> Result<(text::Metadata, String), Failure> {
    let too_many = || {
        let failure = place.fail("the page has too many elements, or too many within each other");
        failure.valid(format!("up to {ELEMENTS_MAX} elements, {DEPTH_MAX} deep"))
    };
    if !is_parsed_soon(page) {
        return Err(too_many());
    }
    let document = Document::from(page);
    if !is_shallow(&document) {
        return Err(too_many());
    }
    let found = metadata::of_page(&document, about.url.as_deref());
    metadata::take_out_beside(&document);
    let base = about.url.as_deref().filter(|url| url.starts_with("http"));
    let config = Config {
        disable_json_ld: true,
        max_elements_to_parse: ELEMENTS_MAX,
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let article = Readability::with_document(document, base, Some(config)).and_then(|mut page| page.parse());
    let text = article.map(|article| tidy(&article.text_content)).unwrap_or_default();
    let text = if text.is_empty() { found.body.as_deref().map(tidy).unwrap_or_default() } else { text };
    if text.is_empty() {
        return Err(place.fail("the page has no article").valid("a page with the words of a story"));
    }
    Ok((found.metadata, text))
}

/// Whether a page has few enough tags, and few enough open ones, for its parser.
fn is_parsed_soon(page: &str) -> bool {
    let (mut n_tags, mut n_open) = (0usize, 0usize);
    for piece in page.split('<').skip(1) {
        let (is_end, tag) = piece.strip_prefix('/').map_or((false, piece), |tag| (true, tag));
        let name = &tag[..tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len())];
        if name.is_empty() || UNCLOSED.iter().any(|unclosed| unclosed.eq_ignore_ascii_case(name)) {
            n_tags += usize::from(!name.is_empty() && !is_end);
        } else if is_end {
            n_open = n_open.saturating_sub(1);
        } else {
            n_tags += 1;
            n_open += usize::from(!tag.split('>').next().is_some_and(|tag| tag.ends_with('/')));
        }
        if n_open > OPEN_MAX || n_tags > 2 * ELEMENTS_MAX {
            return false;
        }
    }
    true
}

/// Whether a page can be taken apart without filling the stack.
fn is_shallow(document: &Document) -> bool {
    let mut open = vec![(document.root(), 0usize)];
    let mut n_nodes = 0usize;
    while let Some((node, depth)) = open.pop() {
        n_nodes += 1;
        if depth > DEPTH_MAX || n_nodes > 4 * ELEMENTS_MAX {
            return false;
        }
        open.extend(node.children_it(false).map(|child| (child, depth + 1)));
    }
    true
}

/// The text of a piece of HTML, such as an entry of a feed; plain text stays as it is.
pub(crate) fn text_of(piece: &str) -> String {
    if !piece.contains(['<', '&']) {
        return tidy(piece);
    }
    if !is_parsed_soon(piece) {
        return String::new();
    }
    let taken = catch_unwind(|| {
        let document = Document::fragment(piece);
        if !is_shallow(&document) {
            return String::new();
        }
        document.select("script, style, noscript, iframe, template").remove();
        tidy(&document.formatted_text())
    });
    taken.unwrap_or_default()
}

/// Text without space at the ends of its lines, and with at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut n_empty = 0;
    for line in text.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')) {
        if line.is_empty() {
            n_empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if n_empty > 0 { "\n\n" } else { "\n" });
        }
        out.push_str(line);
        n_empty = 0;
    }
    out
}

/// The characters of a page.
fn decode(bytes: &[u8], header: Option<&str>) -> (String, Vec<Note>) {
    if Encoding::for_bom(bytes).is_some() {
        return text::decode(bytes);
    }
    let named = header.map(str::to_owned).or_else(|| named_charset(bytes));
    let encoding = named.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    match encoding {
        // What is UTF-8 is UTF-8, whatever a header says.
        Some(encoding) if encoding != encoding_rs::UTF_8 && std::str::from_utf8(bytes).is_err() => {
            let (text, encoding, lost) = encoding.decode(bytes);
            let lost = if lost { ", with characters that could not be read" } else { "" };
            let span = text::Span::new(0, 0);
            let note = Note { span, kind: "charset", text: format!("read as {}{lost}", encoding.name()) };
            (text.into_owned(), vec![note])
        }
        _ => text::decode(bytes),
    }
}

/// The charset that a page names in `<meta charset>`, `<meta http-equiv>` or its XML declaration.
fn named_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(META_BYTES)]).to_lowercase();
    for (mark, within) in [("charset", "<meta"), ("encoding", "<?xml")] {
        let mut rest = head.as_str();
        while let Some(at) = rest.find(within) {
            let tag = rest[at..].split('>').next().unwrap_or("");
            if let Some((_, value)) = tag.split_once(mark) {
                let value = value.trim_start().strip_prefix('=').unwrap_or("").trim_start().trim_start_matches(['"', '\'']);
                let name: String = value.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_:.".contains(*c)).collect();
                if !name.is_empty() {
                    return Some(name);
                }
            }
            rest = &rest[at + within.len()..];
        }
    }
    None
}
