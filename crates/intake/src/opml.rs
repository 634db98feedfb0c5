//! Lists of feeds: OPML.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::failure::{Failure, Stage};

/// Feeds of one list.
const FEEDS_MAX: usize = 100_000;

/// A feed of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedAddress {
    /// Its address.
    pub url: String,
    /// What the list calls it.
    pub title: Option<String>,
}

/// The feeds of an OPML list, each once, in its order; `input` is the name of the list for messages.
///
/// # Errors
/// XML that is broken, or a list without a feed.
pub fn feeds(input: &str, bytes: &[u8]) -> Result<Vec<FeedAddress>, Failure> {
    let (list, _) = text::decode(bytes);
    let mut reader = Reader::from_str(&list);
    let mut out: Vec<FeedAddress> = Vec::new();
    let line_of = |at: u64| list.as_bytes()[..(at as usize).min(list.len())].iter().filter(|&&byte| byte == b'\n').count() + 1;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                if let Some(feed) = feed(&element)
                    && out.iter().all(|it| it.url != feed.url)
                    && out.len() < FEEDS_MAX
                {
                    out.push(feed);
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let line = line_of(reader.error_position());
                return Err(Failure::new(input, line, Stage::Parse, format!("broken XML: {error}")).valid("an OPML list of feeds"));
            }
        }
    }
    if out.is_empty() {
        let failure = Failure::new(input, 0, Stage::Parse, "the list names no feed");
        return Err(failure.valid("elements such as <outline type=\"rss\" text=\"News\" xmlUrl=\"https://…\"/>"));
    }
    Ok(out)
}

fn feed(element: &BytesStart) -> Option<FeedAddress> {
    if !element.local_name().into_inner().eq_ignore_ascii_case("outline") {
        return None;
    }
    let get = |name: &str| {
        let mut attributes = element.attributes();
        let found = attributes.with_checks(false).flatten().find(|it| it.key.into_inner().eq_ignore_ascii_case(name))?;
        let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?.trim().to_owned();
        (!value.is_empty()).then_some(value)
    };
    let url = get("xmlUrl").filter(|url| crate::input::is_address(url))?;
    Some(FeedAddress { url, title: get("title").or_else(|| get("text")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_of_nested_outlines_come_once() {
        let list = r#"<?xml version="1.0"?><opml version="2.0"><body><outline text="World">
            <outline type="rss" text="A" xmlUrl="https://a.example/rss?x=1&amp;y=2"/>
            <outline type="rss" title="B" text="b" xmlUrl="https://b.example/"/><outline text="no feed"/></outline>
            <outline xmlUrl="https://b.example/"/><outline xmlUrl="file:///etc/passwd"/></body></opml>"#;
        let feeds = feeds("list.opml", list.as_bytes()).expect("the list is sound");
        let found: Vec<(&str, Option<&str>)> = feeds.iter().map(|it| (it.url.as_str(), it.title.as_deref())).collect();
        assert_eq!(found, [("https://a.example/rss?x=1&y=2", Some("A")), ("https://b.example/", Some("B"))]);
    }

    #[test]
    fn lists_without_feeds_are_failures() {
        for list in ["<opml><body/></opml>", "<opml><outline xmlUrl=\"https://a.example/\"></wrong></opml>"] {
            assert!(feeds("list.opml", list.as_bytes()).is_err(), "{list}");
        }
    }
}
