//! Dependency trees: scores of arcs, the best tree, the relation of each arc.

use std::ops::Range;

use crate::float::{Keep, quantize, softmax};
use crate::heads::{Place, best};
use crate::kernel::{Block, Column, Kernel, LANES, Lanes, Packed, Product, Work};
use crate::matrix::{Matrix, Quantized};
use crate::prediction::{Scored, WordPrediction};
use crate::weights::Weights;
use crate::{Error, ErrorKind, tree};

/// Words whose relations are scored at once.
const RELATION_ROWS: usize = 24;

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
    /// Dependent features to rows of head features by labels; the last head feature is 1.
    rel: Packed,
    n_labels: usize,
    root_label: usize,
}

/// Memory for trees.
#[derive(Debug, Default)]
pub(crate) struct SyntaxScratch {
    /// Dependents of a sentence after ReLU, then through the weights.
    dep: Matrix,
    mapped: Matrix,
    /// Heads of a sentence after ReLU, as columns.
    heads: Matrix,
    arcs: Matrix,
    rel_dep: Matrix,
    rel_head: Matrix,
    quantized: Quantized,
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
            rel: pack_relations(&weights.floats("rel.weight", &shape)?, rel_size),
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
        self.relate(kernel, rows, words, scratch);
        for (i, word) in words.iter_mut().enumerate().filter(|(_, word)| word.head.is_some()) {
            word.deprel = best(&scratch.labels.floats(i)[..self.n_labels]);
        }
        done("relations");
    }

    /// Probabilities of the relations of all words to their heads.
    fn relate(&self, kernel: Kernel, rows: &Matrix, words: &[WordPrediction], scratch: &mut SyntaxScratch) {
        kernel.run(RelationFeatures { syntax: self, rows, words, scratch });
        scratch.labels.set_shape(rows.len(), self.n_labels.div_ceil(LANES));
        // As many words at once as keep the mapped features in the second cache.
        for first in (0..rows.len()).step_by(RELATION_ROWS) {
            let range = first..(first + RELATION_ROWS).min(rows.len());
            scratch.mapped.set_shape(range.len(), self.rel.blocks());
            kernel.linear(&self.rel, scratch.quantized.some_rows(range), Keep, scratch.mapped.blocks_mut());
            kernel.run(Relations {
                syntax: self,
                first,
                mapped: &scratch.mapped,
                heads: &scratch.rel_head,
                labels: &mut scratch.labels,
            });
        }
    }
}

/// The relation weights `[labels][dependent features + 1][head features + 1]` as an int8 layer: its inputs are the
/// dependent features, its outputs are (head feature, label), labels padded to whole blocks. What the dependent's 1 adds is
/// the bias.
fn pack_relations(weights: &[f32], size: usize) -> Packed {
    let n_labels = weights.len() / (size + 1) / (size + 1);
    let (mut bytes, mut scales, mut biases) = (Vec::new(), Vec::new(), Vec::new());
    for head in 0..=size {
        for label in 0..n_labels.next_multiple_of(LANES) {
            let weight = |dep: usize| match label < n_labels {
                true => weights[(label * (size + 1) + dep) * (size + 1) + head],
                false => 0.0,
            };
            let most = (0..size).map(|dep| weight(dep).abs()).fold(0.0, f32::max);
            let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
            bytes.extend(
                (0..size).map(|dep| ((weight(dep) * inverse).round_ties_even() as i8).cast_unsigned()),
            );
            scales.push(most / 127.0);
            biases.push(weight(size));
        }
    }
    let column = |o: usize| Column { weights: &bytes[o * size..][..size], scale: scales[o], bias: biases[o] };
    Packed::new(size, (0..scales.len()).map(column))
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
        lanes.multiply(Product {
            a: scratch.dep.all_floats(),
            a_stride: width * LANES,
            b: &syntax.arc,
            out: scratch.mapped.blocks_mut(),
            depth: width * LANES,
            blocks: width,
            add: true,
        });
        let blocks = scratch.arcs.width();
        lanes.multiply(Product {
            a: scratch.mapped.all_floats(),
            a_stride: width * LANES,
            b: scratch.heads.blocks(),
            out: scratch.arcs.blocks_mut(),
            depth: width * LANES,
            blocks,
            add: false,
        });
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

/// Features of dependents and of the heads that the tree gave them.
struct RelationFeatures<'a> {
    syntax: &'a Syntax,
    rows: &'a Matrix,
    words: &'a [WordPrediction],
    scratch: &'a mut SyntaxScratch,
}

impl Work for RelationFeatures<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { syntax, rows, words, scratch } = self;
        let width = syntax.rel_dep.blocks().len();
        scratch.rel_dep.set_shape(rows.len(), width);
        // One block more than the features: it holds the 1.
        scratch.rel_head.set_shape(rows.len(), width + 1);
        scratch.quantized.set_shape(rows.len(), width);
        for (i, word) in words.iter().enumerate() {
            relu(lanes, &rows.row(i)[syntax.rel_dep.blocks()], scratch.rel_dep.row_mut(i));
            quantize(lanes, scratch.rel_dep.row(i), &mut scratch.quantized, i);
            // The root's label is known; any head serves.
            let head = word.head.map_or(i, |head| head as usize);
            let to = scratch.rel_head.row_mut(i);
            relu(lanes, &rows.row(head)[syntax.rel_head.blocks()], to);
            to[width] = Block::default();
            to[width].0[0] = 1.0;
        }
    }
}

/// Probabilities of the relations of some words to their heads.
struct Relations<'a> {
    syntax: &'a Syntax,
    /// The words, as many as `mapped` has rows.
    first: usize,
    mapped: &'a Matrix,
    heads: &'a Matrix,
    labels: &'a mut Matrix,
}

impl Work for Relations<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { syntax, first, mapped, heads, labels } = self;
        let blocks = labels.width();
        for i in 0..mapped.len() {
            let scores = labels.row_mut(first + i);
            lanes.multiply(Product {
                a: heads.floats(first + i),
                a_stride: heads.stride(),
                b: mapped.row(i),
                out: scores,
                depth: mapped.width() / blocks,
                blocks,
                add: false,
            });
            scores[syntax.root_label / LANES].0[syntax.root_label % LANES] = f32::NEG_INFINITY;
            softmax(lanes, scores, syntax.n_labels);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_in_int8_are_those_of_the_biaffine_form() {
        let (size, n_labels) = (16, 5);
        let weight = |i: usize| (i as f32 * 0.7).sin() * 0.2;
        let weights: Vec<f32> = (0..n_labels * (size + 1) * (size + 1)).map(weight).collect();
        let packed = pack_relations(&weights, size);
        let side =
            |shift: usize| -> Vec<f32> { (0..size).map(|i| ((i + shift) as f32).cos().max(0.0)).collect() };
        let (dep, mut head) = (side(0), side(3));
        let mut row = Matrix::new(1);
        row.set_rows(1);
        row.floats_mut(0).copy_from_slice(&dep);
        let mut quantized = Quantized::new(1);
        quantized.set_rows(1);
        let kernel = Kernel::best();
        kernel.run(crate::encoder::QuantizeRows { rows: &row, quantized: &mut quantized });
        let mut mapped = Matrix::new(packed.blocks());
        mapped.set_rows(1);
        kernel.linear(&packed, quantized.rows(), Keep, mapped.blocks_mut());
        head.push(1.0);
        for label in 0..n_labels {
            let found: f32 = (0..=size).map(|j| head[j] * mapped.floats(0)[j * LANES + label]).sum();
            let mut wanted = 0.0;
            for i in 0..=size {
                let left = if i < size { dep[i] } else { 1.0 };
                for j in 0..=size {
                    wanted += left * weights[(label * (size + 1) + i) * (size + 1) + j] * head[j];
                }
            }
            assert!((found - wanted).abs() < 0.02, "label {label}: {found}, not {wanted}");
        }
    }
}
