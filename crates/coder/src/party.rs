//! Who is meant, with which code.
//!
//! Takes the coreference chains and gives parties: one for each person, body, group or state of the story, with country,
//! sector, offices and the reason for each. What a phrase itself says comes first, then what the other mentions of its
//! chain say, then the network's opinion of the sector, then what the story says of countries (`homeland`).

use std::collections::BTreeMap;

use analysis::{Analysis, EntityKind, Form, Mention};
use codebook::{ActorKind, Codebook, Party, RoleTitle, Surroundings};
use text::{Document, Span};
use unicode_normalization::UnicodeNormalization as _;

use crate::homeland::{self, Answer, Clues};
use crate::outlet;
use crate::story::Story;
use crate::table;

/// A party of the story, before it has an id.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) kind: ActorKind,
    pub(crate) country: Option<String>,
    pub(crate) sector: Option<String>,
    pub(crate) roles: Vec<RoleTitle>,
    pub(crate) wikidata: Option<String>,
    /// Mentions, by index.
    pub(crate) mentions: Vec<usize>,
    pub(crate) reason: String,
}

/// The parties of a story, and which one each chain is.
pub(crate) struct Figures {
    pub(crate) list: Vec<Figure>,
    pub(crate) of_chain: Vec<usize>,
}

/// How sure the network must be of a sector to overrule a noun that says little.
const SECTOR_OVER_WEAK: f32 = 0.55;
/// How sure it must be where nothing else tells.
const SECTOR_ALONE: f32 = 0.3;

impl Figures {
    /// Resolves every chain and joins those that are one government.
    pub(crate) fn resolve(story: &Story<'_>) -> Self {
        let chains = &story.analysis.chains;
        let clues = clues(story);
        let mut list: Vec<Figure> = Vec::new();
        let mut of_chain = Vec::with_capacity(chains.len());
        let mut states: BTreeMap<(String, String), usize> = BTreeMap::new();
        for chain in 0..chains.len() {
            let (mut figure, is_stateless) = resolve_chain(story, chain, &clues);
            if is_stateless && let Some((country, reason)) = homeland::choose(&clues, story, &figure) {
                figure.country = Some(country);
                add_reason(&mut figure.reason, &reason);
            }
            leave_out_modifiers(story, &mut figure);
            let state = (figure.kind == ActorKind::Country).then(|| {
                (figure.country.clone().unwrap_or_default(), figure.sector.clone().unwrap_or_default())
            });
            let known = state.as_ref().and_then(|key| states.get(key)).copied();
            if let Some(idx) = known {
                list[idx].mentions.extend(figure.mentions);
                of_chain.push(idx);
                continue;
            }
            if let Some(key) = state {
                states.insert(key, list.len());
            }
            of_chain.push(list.len());
            list.push(figure);
        }
        for figure in &mut list {
            figure.mentions.sort_unstable();
        }
        Self { list, of_chain }
    }

    /// The party of a mention.
    pub(crate) fn of_mention(&self, story: &Story<'_>, mention: usize) -> usize {
        self.of_chain[story.mention(mention).chain]
    }
}

/// A state named only to tell whose party another is, "Turkish" of "Turkish soldiers", is not mentioned as a party there.
fn leave_out_modifiers(story: &Story<'_>, figure: &mut Figure) {
    if figure.kind != ActorKind::Country {
        return;
    }
    let modifies = |mention: usize| {
        let inner = story.mention(mention);
        story.analysis.mentions.iter().any(|outer| {
            outer.tokens.len() > inner.tokens.len()
                && outer.tokens.start <= inner.tokens.start
                && inner.tokens.end <= outer.tokens.end
                && outer.chain != inner.chain
        })
    };
    let kept: Vec<usize> = figure.mentions.iter().copied().filter(|&mention| !modifies(mention)).collect();
    if !kept.is_empty() {
        figure.mentions = kept;
    }
}

/// The words that code a mention: its phrase with what belongs to it ("president of Brazil") and, for a name, what stands
/// before it as its title ("BJP national president Jana Krishnamurthy").
fn phrase(story: &Story<'_>, mention: usize) -> std::ops::Range<usize> {
    let mention = story.mention(mention);
    let (start, mut end) = (mention.tokens.start, mention.tokens.end);
    if mention.form == Form::Name && mention.kind == Some(EntityKind::Person) {
        return title_start(story, mention)..end;
    }
    if mention.form == Form::Nominal {
        for child in story.tree.children(mention.head) {
            let belongs = story.tree.has(child, "nmod")
                && child >= end
                && story.tree.child(child, "case").is_some_and(|case| table::tells_belonging(story.lemma(case)));
            if belongs {
                let part = story.tree.noun_phrase(child);
                if part.end > end && part.end - end <= 8 {
                    end = part.end;
                }
            }
        }
    }
    start..end
}

/// Where the title before a name begins: its own premodifiers, or those of the noun just before that it is the name of.
fn title_start(story: &Story<'_>, name: &Mention) -> usize {
    let tree = &story.tree;
    let own = tree.noun_phrase(name.head).start.min(name.tokens.start);
    let above = tree.word(name.head).head.filter(|&above| {
        above + 1 == own && above < name.tokens.start && matches!(tree.word(above).upos.as_str(), "NOUN" | "PROPN")
    });
    let start = above.map_or(own, |above| tree.noun_phrase(above).start.min(own));
    // Another name inside belongs to another party.
    let other = (start..name.tokens.start).rev().find(|&token| {
        story.mention_at(token).is_some_and(|inside| {
            let inside = story.mention(inside);
            inside.form == Form::Name && inside.kind == Some(EntityKind::Person) && inside.tokens != name.tokens
        })
    });
    other.map_or(start, |token| token + 1)
}

fn party_of(story: &Story<'_>, mention: usize, countries: &[String]) -> Option<(Party, std::ops::Range<usize>)> {
    let range = phrase(story, mention);
    let around = Surroundings { date: story.document.date, is_caseless: !story.has_capitals, countries };
    let read = |range: &std::ops::Range<usize>| {
        let words: Vec<&str> = range.clone().map(|token| story.document.word(token)).collect();
        story.codebook.party_among(&words, &around)
    };
    let party = read(&range)?;
    if is_relative(story, mention, &party, range.start) {
        // The name tells nothing; the title before it may.
        let before = range.start..story.mention(mention).tokens.start;
        return read(&before).map(|party| (party, before));
    }
    Some((party, range))
}

/// Whether a person known by the surname alone is taken for another one who bears it: "Jeb Bush", "Mariela Castro", and "Mr Bush"
/// where the story has named Jeb.
fn is_relative(story: &Story<'_>, mention: usize, party: &Party, start: usize) -> bool {
    let name = story.mention(mention);
    let surname = start + party.words.start;
    let (Some(known), 1) = (&party.name, party.words.len()) else { return false };
    if name.form != Form::Name || party.kind != Some(ActorKind::Person) || !name.tokens.contains(&surname) {
        return false;
    }
    let word = story.document.word(surname);
    let chain = story.analysis.chains[name.chain].mentions.iter().map(|&other| story.mention(other));
    let mut named = chain.filter(|other| other.form == Form::Name).flat_map(|other| {
        (other.tokens.start + 1..other.tokens.end).filter(|&token| story.document.word(token) == word)
    });
    named.any(|token| is_given_name(story, token - 1) && !may_be_named(known, story.document.word(token - 1)))
}

/// Whether a token before a surname is a given name: neither a title nor an initial.
fn is_given_name(story: &Story<'_>, token: usize) -> bool {
    let word = story.document.word(token);
    let titled = analysis::is_honorific(word) || story.codebook.party(&[word], None).is_some();
    story.tree.word(token).upos == "PROPN" && word.trim_end_matches('.').chars().count() > 2 && !titled
}

/// Whether a given name may be one of a person's names in another spelling, by its consonants: "Volodomyr" of "Volodymyr
/// Zelensky", "Muhammad" of "Mohammed", not "Saadia" of "Shah Mahmood Qureshi".
fn may_be_named(name: &str, given: &str) -> bool {
    let skeleton = |word: &str| {
        let mut letters: Vec<char> = word.to_lowercase().nfd().filter(|letter| letter.is_alphabetic() && !"aeiouyhw".contains(*letter)).collect();
        letters.dedup();
        letters
    };
    let given = skeleton(given);
    name.split([' ', '-']).map(skeleton).any(|part| {
        let n_apart = part.iter().zip(&given).filter(|(a, b)| a != b).count();
        let n_more = part.len().abs_diff(given.len());
        let shortest = part.len().min(given.len());
        part == given || n_apart == 0 && shortest >= 2 || n_apart + n_more == 1 && shortest >= 3
    })
}

/// Whether the codes of a phrase may be meant: the name of a person is no common noun ("Ngo Xuan Lich").
fn fits(story: &Story<'_>, mention: usize, party: &Party) -> bool {
    let mention = story.mention(mention);
    let person = mention.form == Form::Name && mention.kind == Some(EntityKind::Person);
    !person || party.title.is_some() || party.kind == Some(ActorKind::Person) && party.name.is_some()
}

/// The party of a chain by its own words and the network, and whether its country is still to be found.
fn resolve_chain(story: &Story<'_>, chain: usize, clues: &Clues) -> (Figure, bool) {
    let mentions = story.analysis.chains[chain].mentions.clone();
    let best = story.analysis.chains[chain].best;
    let entity = mentions.iter().find_map(|&mention| story.mention(mention).kind);
    let mut found: Vec<(Party, std::ops::Range<usize>)> = Vec::new();
    for &mention in mentions.iter().filter(|&&mention| story.mention(mention).form != Form::Pronoun) {
        found.extend(party_of(story, mention, clues.countries()).filter(|(party, _)| fits(story, mention, party)));
    }
    let mut figure = Figure {
        name: story.text(&story.mention(best).tokens).to_owned(),
        kind: kind_of(entity, story, best),
        country: None,
        sector: None,
        roles: Vec::new(),
        wikidata: None,
        mentions,
        reason: String::new(),
    };
    let own: Vec<std::ops::Range<usize>> = figure.mentions.iter().map(|&m| story.mention(m).tokens.clone()).collect();
    let mut weak = true;
    for (party, range) in &mut found {
        if is_namesake(story, party) && party.country.as_deref().is_some_and(|country| clues.is_far(country, &own)) {
            *party = Party { country: None, name: None, wikidata: None, ..party.clone() };
        }
        let states = party.sector.is_none() && party.country.is_some() && party.words.len() == range.len();
        if states && matches!(entity, Some(EntityKind::Place | EntityKind::Group)) && is_state_name(story, range) {
            stand_for_state(party);
        }
        take_party(&mut figure, &mut weak, party, entity);
        take_body(story, &mut figure, party, range, entity);
        take_title(story, &mut figure, party, range);
    }
    take_network(story, &mut figure, weak);
    let is_stateless = lacks_homeland(&figure, &found);
    (figure, is_stateless)
}

/// Whether no gazetteer entry says that these words name something smaller than a state and other than its capital.
fn is_state_name(story: &Story<'_>, range: &std::ops::Range<usize>) -> bool {
    let span = story.span(range);
    let entry = story.analysis.toponyms.iter().find(|toponym| toponym.span.overlaps(span));
    entry.is_none_or(|toponym| toponym.class.starts_with("A.PCL") || toponym.class == "P.PPLC")
}

/// A country's name or adjective alone, as a party, is its government: "the Turkish restrictions".
fn stand_for_state(party: &mut Party) {
    party.sector = Some("GOV".to_owned());
    party.kind = Some(ActorKind::Country);
    party.reason.push_str("; the state acts through its government = GOV");
}

/// Whether a listed body is of a kind that has namesakes in many countries.
fn is_namesake(story: &Story<'_>, party: &Party) -> bool {
    let sector = party.sector.as_deref().and_then(|code| story.codebook.ontology.sector(code));
    party.kind == Some(ActorKind::Organization) && sector.is_some_and(|sector| sector.has_namesakes)
}

/// Codes that one phrase gives; a sure one replaces a weak one, never the other way round.
fn take_party(figure: &mut Figure, weak: &mut bool, party: &Party, entity: Option<EntityKind>) {
    let better = figure.sector.is_none() || (*weak && !party.weak);
    if party.sector.is_some() && better {
        figure.sector.clone_from(&party.sector);
        *weak = party.weak;
        if party.country.is_some() {
            figure.country.clone_from(&party.country);
        }
        add_reason(&mut figure.reason, &party.reason);
    }
    if figure.country.is_none() && party.country.is_some() {
        figure.country.clone_from(&party.country);
        add_reason(&mut figure.reason, &party.reason);
    }
    if figure.wikidata.is_none() {
        figure.wikidata.clone_from(&party.wikidata);
    }
    match party.kind {
        Some(ActorKind::Country) if entity.is_none_or(|e| matches!(e, EntityKind::Place | EntityKind::Group)) => {
            figure.kind = ActorKind::Country;
            if let Some(name) = &party.name {
                figure.name.clone_from(name);
            }
        }
        Some(kind) if entity.is_none() && figure.kind == ActorKind::Group && kind == ActorKind::Person => {}
        _ => {}
    }
}

/// The body that a phrase names: its kind and name are the party's where they are its head, not in "a member of the Party".
fn take_body(story: &Story<'_>, figure: &mut Figure, party: &Party, range: &std::ops::Range<usize>, entity: Option<EntityKind>) {
    if party.kind != Some(ActorKind::Organization) || entity == Some(EntityKind::Person) {
        return;
    }
    let words = range.start + party.words.start..range.start + party.words.end;
    let is_head = figure.mentions.iter().any(|&mention| words.contains(&story.mention(mention).head));
    match &party.name {
        None => figure.kind = ActorKind::Organization,
        Some(name) if is_head => {
            figure.kind = ActorKind::Organization;
            figure.name.clone_from(name);
        }
        Some(_) => {}
    }
}

fn add_reason(reason: &mut String, more: &str) {
    if more.is_empty() || reason.contains(more) {
        return;
    }
    if !reason.is_empty() {
        reason.push_str("; ");
    }
    reason.push_str(more);
}

/// The office that a phrase gives, as a role with its words.
fn take_title(story: &Story<'_>, figure: &mut Figure, party: &Party, range: &std::ops::Range<usize>) {
    let Some(title) = &party.title else { return };
    let tokens = range.start + title.words.start..(range.start + title.words.end).min(range.end);
    if tokens.is_empty() {
        return;
    }
    let role = RoleTitle {
        title: story.text(&tokens).to_owned(),
        of: title.of.clone().or_else(|| party.country.clone()),
        status: title.status,
        span: story.span(&tokens),
    };
    if !figure.roles.iter().any(|known| known.title.eq_ignore_ascii_case(&role.title)) {
        figure.roles.push(role);
    }
}

/// The network's opinion of the sector, averaged over mentions.
fn take_network(story: &Story<'_>, figure: &mut Figure, weak: bool) {
    let mut sum: BTreeMap<&str, f32> = BTreeMap::new();
    let mut n_seen = 0.0f32;
    for &mention in &figure.mentions {
        let sectors = &story.mention(mention).sectors;
        n_seen += if sectors.is_empty() { 0.0 } else { 1.0 };
        for (sector, score) in sectors {
            *sum.entry(sector).or_default() += score;
        }
    }
    let best = sum.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(a.0)));
    let Some((sector, total)) = best else { return };
    let mean = total / n_seen.max(1.0);
    let floor = if figure.sector.is_none() { SECTOR_ALONE } else { SECTOR_OVER_WEAK };
    let state = figure.kind == ActorKind::Country && figure.sector.is_some();
    if (figure.sector.is_none() || weak) && mean >= floor && !state && figure.sector.as_deref() != Some(sector) {
        figure.sector = Some(sector.to_owned());
        add_reason(&mut figure.reason, &format!("network: sector {sector} {mean:.2}"));
    }
}

/// Whether only the rest of the story can tell a party's country: a listed body without one has none.
fn lacks_homeland(figure: &Figure, found: &[(Party, std::ops::Range<usize>)]) -> bool {
    let listed = found.iter().any(|(party, _)| {
        party.country.is_none() && party.kind == Some(ActorKind::Organization) && party.name.is_some()
    });
    figure.country.is_none() && !listed && figure.kind != ActorKind::Place
}

/// What the mentions of a story tell about countries.
fn clues(story: &Story<'_>) -> Clues {
    let printed_in = outlet::country(story.codebook, &story.document.metadata);
    let collect = |countries: &[String]| {
        Clues::collect(story, printed_in.clone(), |mention| {
            let found = party_of(story, mention, countries).filter(|(party, _)| fits(story, mention, party));
            found.and_then(|(party, _)| party.country)
        })
    };
    // Which countries the story speaks of decides what an ambiguous name means, which may tell of another country.
    let first = collect(&[]);
    collect(first.countries())
}

/// The choices that the weights of `data/grammar/homeland.tsv` are fitted on: for every party whose own words give no
/// country, its mentions and all answers with their features.
pub fn homeland_choices(codebook: &Codebook, document: &Document, analysis: &Analysis) -> Vec<(Vec<Span>, Vec<Answer>)> {
    let story = Story::new(codebook, document, analysis);
    let clues = clues(&story);
    let choice = |chain: usize| {
        let (figure, is_stateless) = resolve_chain(&story, chain, &clues);
        let spans = figure.mentions.iter().map(|&mention| story.span(&story.mention(mention).tokens)).collect();
        is_stateless.then(|| (spans, clues.answers(&story, &figure)))
    };
    (0..analysis.chains.len()).filter_map(choice).collect()
}

fn kind_of(entity: Option<EntityKind>, story: &Story<'_>, best: usize) -> ActorKind {
    match entity {
        Some(EntityKind::Person) => ActorKind::Person,
        Some(EntityKind::Organization | EntityKind::Facility | EntityKind::Other) => ActorKind::Organization,
        Some(EntityKind::Group) => ActorKind::Group,
        Some(EntityKind::Place) => ActorKind::Place,
        None => {
            let mention = story.mention(best);
            let plural = matches!(story.tree.word(mention.head).xpos.as_str(), "NNS" | "NNPS");
            let single = if plural { ActorKind::Group } else { ActorKind::Person };
            match analysis::collective(&story.lemma(mention.head).to_lowercase()) {
                Some(EntityKind::Group) => ActorKind::Group,
                Some(_) => ActorKind::Organization,
                None => single,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_names_in_other_spellings() {
        assert!(may_be_named("Volodymyr Zelensky", "Volodomyr"));
        assert!(may_be_named("Mohammed bin Salman", "Muhammad"));
        assert!(may_be_named("Vladimir Putin", "Vlad"));
        assert!(may_be_named("Recep Tayyip Erdoğan", "Recep"));
        assert!(!may_be_named("Shah Mahmood Qureshi", "Saadia"));
        assert!(!may_be_named("George W. Bush", "Jeb"));
        assert!(!may_be_named("Fidel Castro", "Mariela"));
    }
}
