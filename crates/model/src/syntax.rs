//! Dependency trees: scores of arcs, the best tree, the relation of each arc.

use std::ops::Range;

use crate::heads::{Place, best, softmax};
use crate::kernel::{Block, Kernel, LANES, Lanes, Product, Work, multiply};
use crate::matrix::Matrix;
use crate::prediction::{Scored, WordPrediction};
use crate::weights::Weights;
use crate::{Error, ErrorKind, tree};

/// The biaffine weights.
#[derive(Debug)]
pub(crate) struct Syntax {
    dep: Place,
    head: Place,
    rel_dep: Place,
    rel_head: Place,
    /// Rows of dependent features by head features.
    arc: Vec<Block>,
    /// What every dependent adds, without features.
    arc_bias: Vec<Block>,
    root: Vec<Block>,
    root_bias: f32,
    /// Rows of (dependent feature, head feature) by labels; the last feature of each side is 1.
    rel: Vec<Block>,
    n_labels: usize,
    root_label: usize,
}

/// Memory for trees.
#[derive(Debug, Default)]
pub(crate) struct SyntaxScratch {
    /// Dependents of a sentence after ReLU, then through the arc weights.
    dep: Matrix,
    mapped: Matrix,
    /// Heads of a sentence after ReLU, as columns.
    heads: Matrix,
    arcs: Matrix,
    rel_dep: Matrix,
    rel_head: Matrix,
    pairs: Matrix,
    labels: Matrix,
}

impl Syntax {
    /// Takes the tensors; `places` are those of the two arc and the two relation projections.
    pub(crate) fn read(weights: &Weights<'_>, places: [Place; 4]) -> Result<Self, Error> {
        let (arc_size, rel_size) = (weights.architecture.arc_size, weights.architecture.rel_size);
        let labels = &weights.labels.deprel;
        let root_label = labels.iter().position(|label| label == "root");
        let mut arc = weights.blocks("arc.weight", &[arc_size + 1, arc_size])?;
        let arc_bias = arc.split_off(arc_size * arc_size / LANES);
        let [dep, head, rel_dep, rel_head] = places;
        let shape = [labels.len(), rel_size + 1, rel_size + 1];
        Ok(Self {
            dep,
            head,
            rel_dep,
            rel_head,
            arc,
            arc_bias,
            root: weights.blocks("arc.root", &[arc_size])?,
            root_bias: weights.floats("arc.root_bias", &[1])?[0],
            rel: labels_last(&weights.floats("rel.weight", &shape)?, labels.len()),
            n_labels: labels.len(),
            root_label: root_label.ok_or_else(|| Error::at("labels.deprel", ErrorKind::NoLabel("root")))?,
        })
    }

    /// Fills in heads and relations.
    pub(crate) fn predict(
        &self,
        kernel: Kernel,
        sentences: &[Range<usize>],
        rows: &Matrix,
        scratch: &mut SyntaxScratch,
        words: &mut [WordPrediction],
        done: &mut dyn FnMut(&'static str),
    ) {
        for sentence in sentences {
            kernel.run(Arcs { syntax: self, rows, sentence: sentence.clone(), scratch });
            let n = sentence.len();
            let heads = tree::heads(n, |d, h| scratch.arcs.floats(d)[h]);
            for (d, head) in heads.into_iter().enumerate() {
                let word = &mut words[sentence.start + d];
                word.head = head.map(|head| (sentence.start + head) as u32);
                if head.is_none() {
                    let score = kernel.run(RootShare { arcs: scratch.arcs.row_mut(d), n });
                    word.deprel = Scored { label: self.root_label as u16, score };
                }
            }
        }
        done("trees");
        kernel.run(Relations { syntax: self, rows, words, scratch });
        for (i, word) in words.iter_mut().enumerate().filter(|(_, word)| word.head.is_some()) {
            word.deprel = best(&scratch.labels.floats(i)[..self.n_labels]);
        }
        done("relations");
    }
}

/// `[labels][pairs]` to rows of pairs by labels.
fn labels_last(weights: &[f32], n_labels: usize) -> Vec<Block> {
    let n_pairs = weights.len() / n_labels;
    let width = n_labels.div_ceil(LANES);
    let mut out = vec![Block::default(); n_pairs * width];
    for (label, pairs) in weights.chunks_exact(n_pairs).enumerate() {
        for (pair, weight) in pairs.iter().enumerate() {
            out[pair * width + label / LANES].0[label % LANES] = *weight;
        }
    }
    out
}

/// Scores of all arcs within a sentence: rows of dependents by heads, the root behind the last head.
struct Arcs<'a> {
    syntax: &'a Syntax,
    rows: &'a Matrix,
    sentence: Range<usize>,
    scratch: &'a mut SyntaxScratch,
}

impl Work for Arcs<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { syntax, rows, sentence, scratch } = self;
        let (n, width) = (sentence.len(), syntax.root.len());
        scratch.dep.set_shape(n, width);
        scratch.mapped.set_shape(n, width);
        scratch.heads.set_shape(width * LANES, (n + 1).div_ceil(LANES));
        scratch.arcs.set_shape(n, (n + 1).div_ceil(LANES));
        let stride = scratch.heads.stride();
        scratch.heads.blocks_mut().fill(Block::default());
        let heads: &mut [f32] = bytemuck::cast_slice_mut(scratch.heads.blocks_mut());
        for i in 0..n {
            let row = rows.row(sentence.start + i);
            relu(lanes, &row[syntax.dep.blocks()], scratch.dep.row_mut(i));
            scratch.mapped.row_mut(i).copy_from_slice(&syntax.arc_bias);
            let head: &[f32] = bytemuck::cast_slice(&row[syntax.head.blocks()]);
            for (feature, value) in head.iter().enumerate() {
                heads[feature * stride + i] = if *value > 0.0 { *value } else { 0.0 };
            }
        }
        multiply(
            lanes,
            Product {
                a: scratch.dep.all_floats(),
                a_stride: width * LANES,
                b: &syntax.arc,
                out: scratch.mapped.blocks_mut(),
                depth: width * LANES,
                blocks: width,
                add: true,
            },
        );
        let blocks = scratch.arcs.width();
        multiply(
            lanes,
            Product {
                a: scratch.mapped.all_floats(),
                a_stride: width * LANES,
                b: scratch.heads.blocks(),
                out: scratch.arcs.blocks_mut(),
                depth: width * LANES,
                blocks,
                add: false,
            },
        );
        for i in 0..n {
            let mut root = lanes.splat(0.0);
            for (feature, weight) in scratch.dep.row(i).iter().zip(&syntax.root) {
                root = lanes.mul_add(lanes.load(feature), lanes.load(weight), root);
            }
            let arcs = scratch.arcs.floats_mut(i);
            arcs[i] = f32::NEG_INFINITY;
            arcs[n] = lanes.sum(root) + syntax.root_bias;
        }
    }
}

#[inline(always)]
fn relu<L: Lanes>(lanes: L, from: &[Block], to: &mut [Block]) {
    for (to, from) in to.iter_mut().zip(from) {
        lanes.store(lanes.max(lanes.load(from), lanes.splat(0.0)), to);
    }
}

/// How sure it is that a word's head is the root.
struct RootShare<'a> {
    arcs: &'a mut [Block],
    n: usize,
}

impl Work for RootShare<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> f32 {
        softmax(lanes, self.arcs, self.n + 1);
        bytemuck::cast_slice::<Block, f32>(self.arcs)[self.n]
    }
}

/// Probabilities of the relations of all words to their heads.
struct Relations<'a> {
    syntax: &'a Syntax,
    rows: &'a Matrix,
    words: &'a [WordPrediction],
    scratch: &'a mut SyntaxScratch,
}

impl Work for Relations<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { syntax, rows, words, scratch } = self;
        let (n, width) = (rows.len(), syntax.rel_dep.blocks().len());
        let n_labels = syntax.n_labels.div_ceil(LANES);
        // One block more than the features: it holds the 1 of [rel_head; 1].
        scratch.rel_dep.set_shape(n, width);
        scratch.rel_head.set_shape(n, width + 1);
        scratch.pairs.set_shape(n, width + 1);
        scratch.labels.set_shape(n, n_labels);
        scratch.labels.blocks_mut().fill(Block::default());
        for (i, word) in words.iter().enumerate() {
            relu(lanes, &rows.row(i)[syntax.rel_dep.blocks()], scratch.rel_dep.row_mut(i));
            // The root's label is known; any head serves.
            let head = word.head.map_or(i, |head| head as usize);
            let to = scratch.rel_head.row_mut(i);
            relu(lanes, &rows.row(head)[syntax.rel_head.blocks()], to);
            to[width] = Block::default();
            to[width].0[0] = 1.0;
        }
        let n_features = width * LANES;
        // One dependent feature after the other: its weights stay in the nearest cache for all words.
        for feature in 0..=n_features {
            for i in 0..n {
                let value = if feature < n_features { scratch.rel_dep.floats(i)[feature] } else { 1.0 };
                let value = lanes.splat(value);
                for (to, from) in scratch.pairs.row_mut(i).iter_mut().zip(scratch.rel_head.row(i)) {
                    lanes.store(lanes.mul(lanes.load(from), value), to);
                }
            }
            let part = (n_features + 1) * n_labels;
            multiply(
                lanes,
                Product {
                    a: scratch.pairs.all_floats(),
                    a_stride: scratch.pairs.stride(),
                    b: &syntax.rel[feature * part..][..part],
                    out: scratch.labels.blocks_mut(),
                    depth: n_features + 1,
                    blocks: n_labels,
                    add: true,
                },
            );
        }
        for i in 0..n {
            scratch.labels.floats_mut(i)[syntax.root_label] = f32::NEG_INFINITY;
            softmax(lanes, scratch.labels.row_mut(i), syntax.n_labels);
        }
    }
}
