//! Feeds: the entries of RSS, Atom and JSON Feed.
//!
//! An entry is a story of the words that it carries; with [`crate::Network::follow_links`] its link is fetched, and the page
//! behind it is the story.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::vec;

use feed_rs::model::Entry;
use jiff::Timestamp;
use text::Metadata;

use crate::failure::{Failure, Stage};
use crate::fetch::{Fetcher, Validators};
use crate::html::{self, text_of};
use crate::source::{About, Desk, Source, Taken};
use crate::story::Story;

/// What a feed says once for all entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Channel {
    title: Option<String>,
    language: Option<String>,
}

/// Reads a feed.
pub(crate) fn read(input: &str, bytes: &[u8], about: &About) -> Result<(Channel, Vec<Entry>), Failure> {
    let parser = feed_rs::parser::Builder::new().base_uri(about.url.as_deref()).build();
    let fail = |reason: String| Failure::new(input, 0, Stage::Parse, reason).valid("RSS, Atom or JSON Feed");
    // A fault in the reading of one feed must not stop the others.
    let feed = catch_unwind(AssertUnwindSafe(|| parser.parse(bytes))).map_err(|_| fail("the feed could not be taken apart".to_owned()))?;
    let feed = feed.map_err(|error| fail(format!("no feed: {error}")))?;
    let title = feed.title.map(|title| one_line(&title.content)).filter(|title| !title.is_empty());
    Ok((Channel { title, language: feed.language }, feed.entries))
}

fn one_line(text: &str) -> String {
    text_of(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address of an entry.
pub(crate) fn link(entry: &Entry) -> Option<&str> {
    let links = || entry.links.iter().filter(|link| crate::input::is_address(&link.href));
    let story = links().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    story.or_else(|| links().next()).map(|link| link.href.as_str())
}

/// An entry as a story; its link is fetched where there is a fetcher.
pub(crate) fn story(
    input: &str,
    record: u64,
    channel: &Channel,
    entry: &Entry,
    fetcher: Option<&mut Fetcher>,
) -> Result<Story, Failure> {
    let metadata = metadata(channel, entry);
    let fail = |failure: Failure| Failure { id: Some(metadata.id.clone()), ..failure.record(record) };
    if let (Some(fetcher), Some(link)) = (fetcher, link(entry)) {
        let answer = fetcher.get(link, &Validators::default()).map_err(|error| {
            let failure = error.failure(input);
            fail(Failure { reason: format!("{link}: {}", failure.reason), ..failure })
        })?;
        let about = About { charset: answer.charset, url: Some(answer.url), ..About::default() };
        let place = html::Place { input, record, id: Some(&metadata.id) };
        let page = html::read(place, &answer.bytes, &about)
            .map_err(|failure| fail(Failure { reason: format!("{link}: {}", failure.reason), ..failure }))?;
        return Ok(Story { metadata: joined(metadata, page.metadata.clone()), ..page });
    }
    let content = entry.content.as_ref().and_then(|content| content.body.as_deref());
    let summary = entry.summary.as_ref().map(|summary| summary.content.as_str());
    let text = [content, summary].into_iter().flatten().map(text_of).find(|text| !text.is_empty());
    let Some(text) = text else {
        let failure = Failure::new(input, 0, Stage::Parse, "the entry has no text").valid("an entry with content or a summary");
        return Err(fail(failure.hint("its page can be fetched with --fetch")));
    };
    Ok(Story { metadata, text, notes: Vec::new(), input: input.to_owned(), line: 0, record })
}

fn metadata(channel: &Channel, entry: &Entry) -> Metadata {
    let authors: Vec<String> = entry.authors.iter().filter_map(|it| it.name.as_deref()).map(one_line).filter(|name| !name.is_empty()).collect();
    let published = entry.published.or(entry.updated);
    Metadata {
        id: entry.id.clone(),
        title: entry.title.as_ref().map(|title| one_line(&title.content)).filter(|title| !title.is_empty()),
        published: published.and_then(|date| Timestamp::from_second(date.timestamp()).ok()).map(|date| date.to_string()),
        publisher: channel.title.clone(),
        agency: None,
        url: link(entry).map(str::to_owned),
        language: entry.language.clone().or_else(|| channel.language.clone()),
        byline: (!authors.is_empty()).then(|| authors.join(", ")),
    }
}

/// What the page says, and what the entry says where the page is silent; the id stays the entry's.
fn joined(entry: Metadata, page: Metadata) -> Metadata {
    Metadata {
        id: entry.id,
        title: page.title.or(entry.title),
        published: page.published.or(entry.published),
        publisher: page.publisher.or(entry.publisher),
        agency: page.agency.or(entry.agency),
        url: page.url.or(entry.url),
        language: page.language.or(entry.language),
        byline: page.byline.or(entry.byline),
    }
}

/// The entries of a feed.
pub(crate) struct Entries {
    input: String,
    channel: Channel,
    entries: vec::IntoIter<Entry>,
    record: u64,
    done: u64,
}

impl Entries {
    /// Reads a feed whose entries are asked for one by one.
    pub(crate) fn open(input: &str, bytes: &[u8], about: &About, desk: &Desk) -> Result<Self, Failure> {
        let (channel, entries) = read(input, bytes, about)?;
        if entries.is_empty() {
            return Err(Failure::new(input, 0, Stage::Parse, "the feed has no entries").valid("a feed with at least one entry"));
        }
        Ok(Self { input: input.to_owned(), channel, entries: entries.into_iter(), record: 0, done: desk.done(input) })
    }
}

impl Source for Entries {
    fn next(&mut self, desk: &mut Desk) -> Option<Taken> {
        loop {
            let entry = self.entries.next()?;
            self.record += 1;
            if self.record > self.done {
                let follow = desk.fetcher.network().follow_links;
                let fetcher = follow.then_some(&mut desk.fetcher);
                return Some(story(&self.input, self.record, &self.channel, &entry, fetcher).into());
            }
        }
    }
}
