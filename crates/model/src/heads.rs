//! The heads: word vectors to tags, trees and roles, as `models/FORMAT.md` says.

use std::ops::Range;

use crate::float::{Keep, sigmoid, softmax};
use crate::kernel::{Block, Kernel, LANES, Lanes, Packed, Work};
use crate::matrix::{Matrix, Quantized};
use crate::packing::{fused_linear, fused_parts};
use crate::prediction::{Anchor, Heads as Floors, Labels, Prediction, Scored, Window, WordPrediction};
use crate::syntax::{Syntax, SyntaxScratch};
use crate::viterbi::Tags;
use crate::weights::Weights;
use crate::{Error, ErrorKind};

/// Buckets of word distance.
pub(crate) const DISTANCES: usize = 33;
/// Where the buckets begin that hold more than one distance, from bucket 8 on.
const DISTANCE_STEPS: [usize; 9] = [8, 9, 11, 14, 18, 24, 32, 48, 72];

/// A head's place in the fused projection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// First block.
    block: usize,
    /// Outputs.
    size: usize,
}

impl Place {
    /// Its blocks in a row.
    pub(crate) fn blocks(self) -> Range<usize> {
        self.block..self.block + self.size.div_ceil(LANES)
    }

    /// Its floats in a row.
    fn floats(self) -> Range<usize> {
        self.block * LANES..self.block * LANES + self.size
    }
}

/// Where each head stands.
#[derive(Debug)]
struct Places {
    upos: Place,
    xpos: Place,
    lemma: Place,
    entity: Place,
    trigger: Place,
    party: Place,
    sector: Place,
    cue: Place,
    attribution: Place,
    mode: Place,
    status: Place,
    role_anchor: Place,
    role_word: Place,
}

/// The weights of the heads.
#[derive(Debug)]
pub(crate) struct Heads {
    labels: Labels,
    linear: Packed,
    places: Places,
    syntax: Syntax,
    entity: Tags,
    party: Tags,
    cue: Tags,
    attribution: Tags,
    /// Trigger tags that open an event.
    openings: Vec<usize>,
    /// Cue tags that open a cue.
    cue_openings: Vec<usize>,
    /// The same in the wide sense.
    attribution_openings: Vec<usize>,
    roles: Roles,
}

#[derive(Debug)]
struct Roles {
    /// Blocks of a role's projection.
    width: usize,
    distance: Vec<f32>,
    cross: Vec<f32>,
    bias: Vec<f32>,
}

impl Roles {
    fn read(weights: &Weights<'_>) -> Result<Self, Error> {
        let n_roles = weights.labels.role.len();
        Ok(Self {
            width: weights.architecture.role_size / LANES,
            distance: weights.floats("role.distance", &[n_roles, DISTANCES])?,
            cross: weights.floats("role.cross", &[n_roles])?,
            bias: weights.floats("role.bias", &[n_roles])?,
        })
    }
}

/// The memory of the heads.
#[derive(Debug)]
pub(crate) struct HeadsScratch {
    quantized: Quantized,
    /// The fused projection of every word.
    rows: Matrix,
    syntax: SyntaxScratch,
    roles: Matrix,
}

impl Heads {
    /// Takes the tensors of the heads.
    pub(crate) fn read(weights: &Weights<'_>) -> Result<Self, Error> {
        let (size, labels) = (&weights.architecture, weights.labels.clone());
        let parts = fused_parts(size, &labels);
        if let Some(part) = parts.iter().find(|part| !(1..=1 << 16).contains(&part.size)) {
            return Err(Error::at(format!("labels.{}", part.name), ErrorKind::NoLabel("anything")));
        }
        let linear = fused_linear(weights, size.hidden, &parts)?;
        let mut block = 0;
        let places = parts.map(|part| {
            let place = Place { block, size: part.size };
            block += part.size.div_ceil(LANES);
            place
        });
        let [upos, xpos, lemma, entity, trigger, party, sector, cue, attribution, mode, status, ..] = places;
        let [.., role_anchor, role_word, arc_dep, arc_head, rel_dep, rel_head] = places;
        let arcs = [arc_dep, arc_head, rel_dep, rel_head];
        Ok(Self {
            linear,
            places: Places {
                upos,
                xpos,
                lemma,
                entity,
                trigger,
                party,
                sector,
                cue,
                attribution,
                mode,
                status,
                role_anchor,
                role_word,
            },
            syntax: Syntax::read(weights, arcs)?,
            entity: Tags::new("labels.entity", &labels.entity)?,
            party: Tags::new("labels.party", &labels.party)?,
            cue: Tags::new("labels.cue", &labels.cue)?,
            attribution: Tags::new("labels.attribution", &labels.attribution)?,
            openings: openings(&labels.trigger),
            cue_openings: openings(&labels.cue),
            attribution_openings: openings(&labels.attribution),
            roles: Roles::read(weights)?,
            labels,
        })
    }

    /// The label sets.
    pub(crate) fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Memory for predictions.
    pub(crate) fn scratch(&self, hidden: usize) -> HeadsScratch {
        HeadsScratch {
            quantized: Quantized::new(hidden / LANES),
            rows: Matrix::new(self.linear.blocks()),
            syntax: SyntaxScratch::default(),
            roles: Matrix::default(),
        }
    }

    /// Reads the heads of a window; `vectors` are the encoder's rows and `firsts` those of the words' first pieces.
    pub(crate) fn predict(
        &self,
        kernel: Kernel,
        window: &Window<'_>,
        vectors: &Matrix,
        firsts: &[usize],
        scratch: &mut HeadsScratch,
        done: &mut dyn FnMut(&'static str),
    ) -> Prediction {
        let n = firsts.len();
        scratch.quantized.set_rows(n);
        scratch.rows.set_rows(n);
        kernel.run(Gather { vectors, firsts, quantized: &mut scratch.quantized });
        kernel.linear(&self.linear, scratch.quantized.rows(), Keep, scratch.rows.blocks_mut());
        done("heads");
        let mut words = vec![WordPrediction::default(); n];
        self.decode_spans(window, &scratch.rows, &mut words);
        kernel.run(Tagging { heads: self, rows: &mut scratch.rows });
        for (i, word) in words.iter_mut().enumerate() {
            self.read_tags(scratch.rows.floats(i), word);
        }
        done("tags");
        self.syntax.predict(kernel, &window.sentences, &scratch.rows, &mut scratch.syntax, &mut words, done);
        let anchors = self.find_anchors(kernel, window, &mut scratch.rows, &mut scratch.roles, &words);
        for (i, word) in words.iter_mut().enumerate() {
            let anchored = anchors.binary_search_by_key(&(i as u32), |anchor| anchor.word).is_ok();
            if anchored || usize::from(word.party.label) != self.party.outside {
                word.sector = scratch.rows.floats(i)[self.places.sector.floats()].to_vec();
            }
        }
        done("roles");
        Prediction { words, anchors }
    }

    /// The labels of the tag heads that form spans, from the scores as they are.
    fn decode_spans(&self, window: &Window<'_>, rows: &Matrix, words: &mut [WordPrediction]) {
        for sentence in &window.sentences {
            let decode = |tags: &Tags, place: Place| {
                tags.decode(sentence.clone(), |word| &rows.floats(word)[place.floats()])
            };
            let entity = decode(&self.entity, self.places.entity);
            let party = decode(&self.party, self.places.party);
            let cue = decode(&self.cue, self.places.cue);
            let attribution = decode(&self.attribution, self.places.attribution);
            for (i, word) in words[sentence.clone()].iter_mut().enumerate() {
                word.entity.label = entity[i] as u16;
                word.party.label = party[i] as u16;
                word.cue.label = cue[i] as u16;
                word.attribution.label = attribution[i] as u16;
            }
        }
    }

    /// The tags of a word from its probabilities.
    fn read_tags(&self, row: &[f32], word: &mut WordPrediction) {
        let places = &self.places;
        word.upos = best(&row[places.upos.floats()]);
        word.xpos = best(&row[places.xpos.floats()]);
        word.lemma = best(&row[places.lemma.floats()]);
        word.entity.score = row[places.entity.floats()][usize::from(word.entity.label)];
        word.party.score = row[places.party.floats()][usize::from(word.party.label)];
        word.cue.score = 1.0 - row[places.cue.floats()][self.cue.outside];
        word.attribution.score = 1.0 - row[places.attribution.floats()][self.attribution.outside];
        word.trigger = row[places.trigger.floats()].to_vec();
    }

    fn find_anchors(
        &self,
        kernel: Kernel,
        window: &Window<'_>,
        rows: &mut Matrix,
        scratch: &mut Matrix,
        words: &[WordPrediction],
    ) -> Vec<Anchor> {
        let mut anchors = Vec::new();
        for (i, word) in words.iter().enumerate() {
            let trigger: f32 = self.openings.iter().map(|tag| word.trigger[*tag]).sum();
            let is_trigger = trigger >= Floors::TRIGGER_FLOOR;
            let row = rows.floats(i);
            let opens = |openings: &[usize], place: Place| {
                openings.iter().any(|tag| row[place.floats()][*tag] >= Floors::CUE_FLOOR)
            };
            let is_cue = opens(&self.cue_openings, self.places.cue)
                || opens(&self.attribution_openings, self.places.attribution);
            if !is_trigger && !is_cue {
                continue;
            }
            let mut anchor = Anchor { word: i as u32, is_trigger, is_cue, ..Anchor::default() };
            if is_trigger {
                kernel.run(AnchorTagging { heads: self, row: rows.row_mut(i) });
                anchor.mode = rows.floats(i)[self.places.mode.floats()].to_vec();
                anchor.status = rows.floats(i)[self.places.status.floats()].to_vec();
            }
            anchor.roles = self.find_roles(kernel, i, window, rows, scratch);
            anchors.push(anchor);
        }
        anchors
    }

    /// The roles of any word of the window that was last predicted with this memory.
    #[cfg(test)]
    pub(crate) fn roles_of(
        &self,
        kernel: Kernel,
        word: usize,
        window: &Window<'_>,
        scratch: &mut HeadsScratch,
    ) -> Vec<Vec<(u32, f32)>> {
        self.find_roles(kernel, word, window, &scratch.rows, &mut scratch.roles)
    }

    fn find_roles(
        &self,
        kernel: Kernel,
        anchor: usize,
        window: &Window<'_>,
        rows: &Matrix,
        scratch: &mut Matrix,
    ) -> Vec<Vec<(u32, f32)>> {
        let own =
            window.sentences.iter().find(|sentence| sentence.contains(&anchor)).cloned().unwrap_or_default();
        let n_roles = self.labels.role.len();
        scratch.set_shape(n_roles, rows.len().div_ceil(LANES));
        kernel.run(RoleScores { heads: self, anchor, own, rows, out: scratch });
        let fill = |role: usize| {
            let scores = scratch.floats(role)[..rows.len()].iter().enumerate();
            scores
                .filter(|(_, score)| **score > Floors::ROLE_FLOOR)
                .map(|(i, score)| (i as u32, *score))
                .collect()
        };
        (0..n_roles).map(fill).collect()
    }
}

/// The tags that open a span.
fn openings(labels: &[String]) -> Vec<usize> {
    let opens = |label: &String| label.starts_with('B');
    labels.iter().enumerate().filter(|(_, label)| opens(label)).map(|(at, _)| at).collect()
}

/// The first of the most probable labels.
pub(crate) fn best(probabilities: &[f32]) -> Scored {
    let mut best = Scored { label: 0, score: probabilities[0] };
    for (label, score) in probabilities.iter().enumerate() {
        if *score > best.score {
            best = Scored { label: label as u16, score: *score };
        }
    }
    best
}

/// The bucket of a word's distance from its anchor.
fn distance_bucket(anchor: usize, word: usize) -> usize {
    let distance = word.abs_diff(anchor);
    let step = match DISTANCE_STEPS.iter().rposition(|start| distance >= *start) {
        Some(at) => 8 + at,
        None => distance,
    };
    if word < anchor { 16 - step } else { 16 + step }
}

/// Quantizes the encoder's rows of the words.
struct Gather<'a> {
    vectors: &'a Matrix,
    firsts: &'a [usize],
    quantized: &'a mut Quantized,
}

impl Work for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        for (i, first) in self.firsts.iter().enumerate() {
            crate::float::quantize(lanes, self.vectors.row(*first), self.quantized, i);
        }
    }
}

/// Probabilities of the tags of all words.
struct Tagging<'a> {
    heads: &'a Heads,
    rows: &'a mut Matrix,
}

impl Work for Tagging<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let p = &self.heads.places;
        let places = [p.upos, p.xpos, p.lemma, p.entity, p.trigger, p.party, p.sector, p.cue, p.attribution];
        for i in 0..self.rows.len() {
            let row = self.rows.row_mut(i);
            for place in places {
                softmax(lanes, &mut row[place.blocks()], place.size);
            }
        }
    }
}

/// Probabilities of an anchor's mode and status.
struct AnchorTagging<'a> {
    heads: &'a Heads,
    row: &'a mut [Block],
}

impl Work for AnchorTagging<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        for place in [self.heads.places.mode, self.heads.places.status] {
            softmax(lanes, &mut self.row[place.blocks()], place.size);
        }
    }
}

/// Probabilities of every word in every role of one anchor.
struct RoleScores<'a> {
    heads: &'a Heads,
    anchor: usize,
    /// The anchor's sentence.
    own: Range<usize>,
    rows: &'a Matrix,
    /// One row a role.
    out: &'a mut Matrix,
}

impl Work for RoleScores<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { heads: Heads { roles, places, .. }, anchor, own, rows, out } = self;
        let scale = 1.0 / ((roles.width * LANES) as f32).sqrt();
        for role in 0..out.len() {
            let part = role * roles.width..(role + 1) * roles.width;
            let left = &rows.row(anchor)[places.role_anchor.blocks()][part.clone()];
            let scores = out.floats_mut(role);
            for (i, score) in scores.iter_mut().enumerate().take(rows.len()) {
                let mut sum = lanes.splat(0.0);
                for (a, b) in left.iter().zip(&rows.row(i)[places.role_word.blocks()][part.clone()]) {
                    sum = lanes.mul_add(lanes.load(a), lanes.load(b), sum);
                }
                let cross = if own.contains(&i) { 0.0 } else { roles.cross[role] };
                let distance = roles.distance[role * DISTANCES + distance_bucket(anchor, i)];
                *score = lanes.sum(sum).mul_add(scale, distance) + cross + roles.bias[role];
            }
            scores[rows.len()..].fill(0.0);
            for block in out.row_mut(role) {
                lanes.store(sigmoid(lanes, lanes.load(block)), block);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_fall_into_the_buckets_of_the_format() {
        let far =
            [(0, 16), (1, 17), (8, 24), (9, 25), (10, 25), (11, 26), (13, 26), (14, 27), (17, 27), (18, 28)];
        let farther =
            [(23, 28), (24, 29), (31, 29), (32, 30), (47, 30), (48, 31), (71, 31), (72, 32), (999, 32)];
        for (distance, bucket) in far.into_iter().chain(farther) {
            assert_eq!(distance_bucket(1000, 1000 + distance), bucket, "{distance}");
            assert_eq!(distance_bucket(1000, 1000 - distance), 32 - bucket, "-{distance}");
        }
    }
}
