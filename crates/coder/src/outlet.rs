//! From which country an outlet writes: its papers leave out what their readers know, "the prime minister".
//!
//! Takes the publisher's name, which the codebook may list, or the last label of its host's name; `data/grammar/domain.tsv` has the
//! labels that are no country's code, and those that are sold to everybody.

use codebook::{ActorKind, Codebook};
use text::Metadata;

use crate::table;

/// The outlet's country, ISO 3166-1 alpha-3.
pub(crate) fn country(codebook: &Codebook, story: &Metadata) -> Option<String> {
    let listed = story.publisher.as_deref().and_then(|name| {
        let words: Vec<&str> = name.split_whitespace().collect();
        let party = codebook.party(&words, None)?;
        (party.kind == Some(ActorKind::Organization) && party.words == (0..words.len())).then_some(party.country)?
    });
    let host = || [&story.publisher, &story.url].into_iter().flatten().find_map(|address| host(address));
    listed.or_else(|| of_host(codebook, host()?))
}

/// The host's name of an address or of a publisher that is named by it: `www.cbc.ca`.
fn host(address: &str) -> Option<&str> {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = after_scheme.split(['/', ':', '?', '#']).next()?;
    (host.contains('.') && !host.contains(char::is_whitespace)).then_some(host)
}

fn of_host(codebook: &Codebook, host: &str) -> Option<String> {
    let label = host.trim_end_matches('.').rsplit('.').next()?.to_ascii_lowercase();
    match table::domain(&label) {
        Some("-") => None,
        Some(country) => Some(country.to_owned()),
        None => codebook.country_by_alpha2(&label.to_ascii_uppercase()).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn from(publisher: &str, url: &str, expected: Option<&str>) {
        let given = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        let story = Metadata { publisher: given(publisher), url: given(url), ..Metadata::default() };
        assert_eq!(country(Codebook::bundled(), &story).as_deref(), expected, "{publisher} {url}");
    }

    #[test]
    fn outlets_have_countries() {
        from("www.cbc.ca", "", Some("CAN"));
        from("The Guardian", "", Some("GBR"));
        from("", "https://www.bbc.co.uk/news/1?from=x.pk", Some("GBR"));
        from("Dawn", "https://www.dawn.com/news/1", Some("PAK"));
        // Neither a listed name nor a host that tells: a label that is sold to everybody, a file, words with a stop.
        from("example.tv", "", None);
        from("example.com", "", None);
        from("The St. Something Post", "", None);
        from("", "", None);
    }
}
