//! Who says so.
//!
//! Takes the quotations of the analysis and gives claims: the source with its party and kind, the act of speaking from the
//! cue lexicon, and for every event the innermost claim whose content tells it.

use std::ops::Range;

use analysis::{EntityKind, Form, Quotation};
use codebook::{Act, SourceKind};

use crate::event::Draft;
use crate::party::Figures;
use crate::story::Story;
use crate::table;

/// A claim before it has an id.
#[derive(Clone, Debug)]
pub(crate) struct Saying {
    pub(crate) quotation: Quotation,
    /// The words that name the source, without its article and what is said about it.
    pub(crate) source: Option<Range<usize>>,
    /// The source's party, as index of figures.
    pub(crate) figure: Option<usize>,
    pub(crate) kind: SourceKind,
    pub(crate) act: Act,
    pub(crate) denies: bool,
    pub(crate) reason: String,
}

/// Probability from which a quotation is a claim.
const SPEECH: f32 = 0.4;

/// Claims of a story, in text order: what is said, not what is merely believed.
pub(crate) fn find_sayings(story: &Story<'_>, figures: &Figures) -> Vec<Saying> {
    let said = story.analysis.quotations.iter().filter(|quotation| quotation.speech >= SPEECH);
    said.map(|quotation| saying(story, figures, quotation)).collect()
}

fn saying(story: &Story<'_>, figures: &Figures, quotation: &Quotation) -> Saying {
    let mention = quotation.source.as_ref().and_then(|source| source_mention(story, source));
    let (kind, why) = kind_of(story, quotation.source.as_ref(), mention, figures);
    let (act, denies, cue) = act_of(story, quotation);
    Saying {
        source: quotation.source.as_ref().map(|source| named_part(story, source)),
        figure: mention.map(|mention| figures.of_mention(story, mention)),
        kind,
        act,
        denies,
        reason: format!("{}; kind: {why}; act: {cue}", quotation.reason),
        quotation: quotation.clone(),
    }
}

/// The name of the person in a source ("the US defence secretary, James Mattis"), else the source without its leading
/// determiner and without what follows its head after a comma or in a clause of its own.
fn named_part(story: &Story<'_>, source: &Range<usize>) -> Range<usize> {
    let head = story.tree.head_of(source).unwrap_or(source.start);
    let is_head = |token: usize| {
        let beside = ["appos", "flat", "compound"].iter().any(|relation| story.tree.has(token, relation));
        token == head || beside && story.tree.word(token).head == Some(head)
    };
    let person = source.clone().filter(|&token| is_head(token)).find_map(|token| {
        let mention = story.mention(story.mention_headed(token)?);
        (mention.form == Form::Name && mention.kind == Some(EntityKind::Person)).then(|| mention.tokens.clone())
    });
    if let Some(tokens) = person {
        return tokens;
    }
    let start = source.clone().find(|&token| story.tree.word(token).upos != "DET" || token == head).unwrap_or(source.start);
    let clause = |token: usize| {
        let hangs = ["acl", "advcl", "appos"].iter().any(|relation| story.tree.has(token, relation));
        (hangs && story.tree.word(token).upos == "VERB").then(|| story.tree.subtree(token).start)
    };
    let end = (head + 1..source.end)
        .filter_map(|token| if story.document.word(token) == "," { Some(token) } else { clause(token) })
        .filter(|&token| token > head)
        .min()
        .unwrap_or(source.end);
    start..end.max(start + 1)
}

/// The mention that a source's words are: the one that their head heads.
fn source_mention(story: &Story<'_>, source: &Range<usize>) -> Option<usize> {
    let head = story.tree.head_of(source)?;
    story.mention_headed(head).or_else(|| {
        source.clone().filter_map(|token| story.mention_headed(token)).next().or_else(|| story.mention_at(head))
    })
}

fn kind_of(
    story: &Story<'_>,
    source: Option<&Range<usize>>,
    mention: Option<usize>,
    figures: &Figures,
) -> (SourceKind, String) {
    let Some(source) = source else { return (SourceKind::Implicit, "no source in the text".to_owned()) };
    let head = story.tree.head_of(source).unwrap_or(source.start);
    let lemma = story.lemma(head).to_lowercase();
    let form = mention.map(|mention| story.mention(mention).form);
    if form == Some(Form::Name) {
        let press = mention.is_some_and(|m| figures.list[figures.of_mention(story, m)].sector.as_deref() == Some("JRN"));
        return if press { (SourceKind::Media, "name of a medium".to_owned()) } else { (SourceKind::Named, "name".to_owned()) };
    }
    if let Some(kind) = table::source_kind(&lemma) {
        return (kind, format!("noun {lemma}"));
    }
    // A pronoun is as named as what it stands for.
    let named = mention.is_some_and(|mention| {
        let chain = &story.analysis.chains[story.mention(mention).chain];
        chain.mentions.iter().any(|&other| story.mention(other).form == Form::Name)
    });
    if named {
        return (SourceKind::Named, "named elsewhere in the story".to_owned());
    }
    (SourceKind::Role, format!("description {lemma}"))
}

/// The act of a cue, whether it denies, and the rule that says so.
fn act_of(story: &Story<'_>, quotation: &Quotation) -> (Act, bool, String) {
    let Some(cue) = &quotation.cue else { return (Act::State, false, "no cue".to_owned()) };
    for token in cue.clone() {
        if let Some(found) = story.codebook.cue(&story.lemmas_from(token, 4), story.pos(token))
            && let Some(rule) = found.rules.first()
        {
            return (rule.act, rule.denies, rule.name.clone());
        }
    }
    (Act::State, false, "unlisted cue".to_owned())
}

/// For every event: the index of the innermost saying whose content covers its trigger.
pub(crate) fn claims_of(events: &[Draft], sayings: &[Saying]) -> Vec<Option<usize>> {
    events
        .iter()
        .map(|event| {
            let covering = sayings.iter().enumerate().flat_map(|(idx, saying)| {
                let parts = saying.quotation.content.iter();
                parts.filter(|part| part.contains(&event.tokens.start)).map(move |part| (part.len(), idx))
            });
            covering.min().map(|(_, idx)| idx)
        })
        .collect()
}
