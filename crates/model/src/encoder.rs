//! The encoder: pieces and shapes to vectors, one window at a time.
//!
//! BERT's post-norm layers with int8 linears. Every row has its own activation scale and no row sees another window, so a
//! window's vectors depend on the window alone.

use std::borrow::Cow;

use crate::Error;
use crate::float::{Gelu, Keep, normalize, powers, quantize};
use crate::kernel::{Block, Kernel, LANES, Lanes, Packed, Product, Work};
use crate::matrix::{Matrix, Quantized};
use crate::packing::linear;
use crate::weights::{HEAD, Weights};

/// Blocks of an attention head's vectors.
const HEAD_BLOCKS: usize = HEAD / LANES;
/// Rows of attention scores that are held at once.
const ATTENTION_ROWS: usize = 24;

#[derive(Debug)]
struct Norm {
    gamma: Vec<Block>,
    beta: Vec<Block>,
}

impl Norm {
    fn read(weights: &Weights<'_>, name: &str, hidden: usize) -> Result<Self, Error> {
        Ok(Self {
            gamma: weights.blocks(&format!("{name}.gamma"), &[hidden])?,
            beta: weights.blocks(&format!("{name}.beta"), &[hidden])?,
        })
    }
}

#[derive(Debug)]
struct Layer {
    qkv: Packed,
    out: Packed,
    norm1: Norm,
    up: Packed,
    down: Packed,
    norm2: Norm,
}

/// The weights of the encoder.
#[derive(Debug)]
pub(crate) struct Encoder {
    /// Bytes of i8, a row for each piece.
    words: Cow<'static, [u8]>,
    word_scales: Vec<f32>,
    positions: Vec<Block>,
    shapes: Vec<Block>,
    norm: Norm,
    layers: Vec<Layer>,
    /// Blocks of a vector.
    width: usize,
    heads: usize,
    ffn: usize,
}

/// The memory of one forward pass.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The vectors, one row a piece: the encoder's output.
    pub(crate) x: Matrix,
    quantized: Quantized,
    inner: Quantized,
    wide: Matrix,
    narrow: Matrix,
    head: HeadScratch,
}

#[derive(Debug, Default)]
struct HeadScratch {
    queries: Matrix,
    keys: Matrix,
    values: Matrix,
    scores: Matrix,
    out: Matrix,
}

/// One window's input: a piece and a shape class for each row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    /// Piece ids, all within the vocabulary.
    pub(crate) pieces: &'a [u32],
    /// Shape classes, all below `SHAPES`.
    pub(crate) shapes: &'a [u8],
}

impl Encoder {
    /// Takes the encoder's tensors; `words` are the bytes of the word embeddings.
    pub(crate) fn read(
        weights: &Weights<'_>,
        n_pieces: usize,
        words: Cow<'static, [u8]>,
    ) -> Result<Self, Error> {
        let size = &weights.architecture;
        let hidden = size.hidden;
        let layer = |n: usize| {
            let name = |part: &str| format!("layer.{n}.{part}");
            Ok(Layer {
                qkv: linear(weights, &name("qkv"), hidden, 3 * hidden)?,
                out: linear(weights, &name("out"), hidden, hidden)?,
                norm1: Norm::read(weights, &name("norm1"), hidden)?,
                up: linear(weights, &name("up"), hidden, size.ffn)?,
                down: linear(weights, &name("down"), size.ffn, hidden)?,
                norm2: Norm::read(weights, &name("norm2"), hidden)?,
            })
        };
        Ok(Self {
            words,
            word_scales: weights.floats("embed.word.scale", &[n_pieces])?,
            positions: weights.blocks("embed.position", &[size.positions, hidden])?,
            shapes: weights.blocks("embed.shape", &[size.shapes, hidden])?,
            norm: Norm::read(weights, "embed.norm", hidden)?,
            layers: (0..size.layers).map(layer).collect::<Result<_, _>>()?,
            width: hidden / LANES,
            heads: size.heads,
            ffn: size.ffn / LANES,
        })
    }

    /// Memory for forward passes of this encoder.
    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            x: Matrix::new(self.width),
            quantized: Quantized::new(self.width),
            inner: Quantized::new(self.ffn),
            wide: Matrix::default(),
            narrow: Matrix::new(self.width),
            head: HeadScratch::default(),
        }
    }

    /// Computes the vectors of a window's pieces into `scratch.x`; tells `done` the name of each step behind it.
    pub(crate) fn encode(
        &self,
        kernel: Kernel,
        input: Input<'_>,
        scratch: &mut Scratch,
        done: &mut dyn FnMut(&'static str),
    ) {
        let n = input.pieces.len();
        assert!(n * self.width <= self.positions.len(), "a window within the positions");
        scratch.x.set_rows(n);
        scratch.narrow.set_rows(n);
        scratch.quantized.set_rows(n);
        scratch.inner.set_rows(n);
        kernel.run(Embed { encoder: self, input, x: &mut scratch.x, quantized: &mut scratch.quantized });
        done("embed");
        for layer in &self.layers {
            self.attend(kernel, layer, scratch, done);
            self.feed_forward(kernel, layer, scratch, done);
        }
    }

    fn attend(
        &self,
        kernel: Kernel,
        layer: &Layer,
        scratch: &mut Scratch,
        done: &mut dyn FnMut(&'static str),
    ) {
        let n = scratch.x.len();
        scratch.wide.set_shape(n, 3 * self.width);
        kernel.linear(&layer.qkv, scratch.quantized.rows(), Keep, scratch.wide.blocks_mut());
        done("qkv");
        kernel.run(Attention {
            qkv: &scratch.wide,
            heads: self.heads,
            scratch: &mut scratch.head,
            out: &mut scratch.narrow,
            quantized: &mut scratch.quantized,
        });
        done("attention");
        kernel.linear(&layer.out, scratch.quantized.rows(), Keep, scratch.narrow.blocks_mut());
        done("out");
        kernel.run(AddNorm {
            x: &mut scratch.x,
            addend: &scratch.narrow,
            norm: &layer.norm1,
            quantized: &mut scratch.quantized,
        });
        done("norm");
    }

    fn feed_forward(
        &self,
        kernel: Kernel,
        layer: &Layer,
        scratch: &mut Scratch,
        done: &mut dyn FnMut(&'static str),
    ) {
        scratch.wide.set_shape(scratch.x.len(), self.ffn);
        kernel.linear(&layer.up, scratch.quantized.rows(), Gelu, scratch.wide.blocks_mut());
        done("up, gelu");
        kernel.run(QuantizeRows { rows: &scratch.wide, quantized: &mut scratch.inner });
        done("quantize");
        kernel.linear(&layer.down, scratch.inner.rows(), Keep, scratch.narrow.blocks_mut());
        done("down");
        kernel.run(AddNorm {
            x: &mut scratch.x,
            addend: &scratch.narrow,
            norm: &layer.norm2,
            quantized: &mut scratch.quantized,
        });
        done("norm");
    }
}

/// Embeddings, their norm, and the first quantization.
struct Embed<'a> {
    encoder: &'a Encoder,
    input: Input<'a>,
    x: &'a mut Matrix,
    quantized: &'a mut Quantized,
}

impl Work for Embed<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { encoder, input, x, quantized } = self;
        let width = encoder.width;
        for (i, (piece, shape)) in input.pieces.iter().zip(input.shapes).enumerate() {
            let (piece, shape) = (*piece as usize, usize::from(*shape));
            let words: &[i8] = bytemuck::cast_slice(&encoder.words[piece * width * LANES..][..width * LANES]);
            let scale = lanes.splat(encoder.word_scales[piece]);
            let positions = &encoder.positions[i * width..][..width];
            let shapes = &encoder.shapes[shape * width..][..width];
            let row = x.row_mut(i);
            for (((block, word), position), shape) in
                row.iter_mut().zip(words.as_chunks::<LANES>().0).zip(positions).zip(shapes)
            {
                let place = lanes.add(lanes.load(position), lanes.load(shape));
                lanes.store(lanes.mul_add(lanes.load_bytes(word), scale, place), block);
            }
            normalize(lanes, row, &encoder.norm.gamma, &encoder.norm.beta);
            quantize(lanes, row, quantized, i);
        }
    }
}

/// x = norm(x + addend), and its quantization.
struct AddNorm<'a> {
    x: &'a mut Matrix,
    addend: &'a Matrix,
    norm: &'a Norm,
    quantized: &'a mut Quantized,
}

impl Work for AddNorm<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        for i in 0..self.x.len() {
            let row = self.x.row_mut(i);
            for (block, addend) in row.iter_mut().zip(self.addend.row(i)) {
                lanes.store(lanes.add(lanes.load(block), lanes.load(addend)), block);
            }
            normalize(lanes, row, &self.norm.gamma, &self.norm.beta);
            quantize(lanes, row, self.quantized, i);
        }
    }
}

/// Quantizes rows as they are.
pub(crate) struct QuantizeRows<'a> {
    /// The rows.
    pub(crate) rows: &'a Matrix,
    /// Where they go; it has as many rows.
    pub(crate) quantized: &'a mut Quantized,
}

impl Work for QuantizeRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        for i in 0..self.rows.len() {
            quantize(lanes, self.rows.row(i), self.quantized, i);
        }
    }
}

/// Attention of all heads over the whole window, and the quantization of its result.
struct Attention<'a> {
    qkv: &'a Matrix,
    heads: usize,
    scratch: &'a mut HeadScratch,
    out: &'a mut Matrix,
    quantized: &'a mut Quantized,
}

impl Work for Attention<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let n = self.qkv.len();
        let scratch = self.scratch;
        scratch.queries.set_shape(n, HEAD_BLOCKS);
        scratch.keys.set_shape(HEAD, n.div_ceil(LANES));
        scratch.values.set_shape(n, HEAD_BLOCKS);
        for head in 0..self.heads {
            split_head(lanes, self.qkv, self.heads, head, scratch);
            attend_head(lanes, n, head, scratch, self.out);
        }
        for i in 0..n {
            quantize(lanes, self.out.row(i), self.quantized, i);
        }
    }
}

/// Gathers one head's queries (scaled), keys (as columns) and values: their rows lie far apart in `qkv`.
#[inline(always)]
fn split_head<L: Lanes>(lanes: L, qkv: &Matrix, heads: usize, head: usize, scratch: &mut HeadScratch) {
    // Scores are powers of two, not of e.
    let scale = lanes.splat(std::f32::consts::LOG2_E / (HEAD as f32).sqrt());
    let stride = scratch.keys.stride();
    let keys: &mut [f32] = bytemuck::cast_slice_mut(scratch.keys.blocks_mut());
    for i in 0..qkv.len() {
        let row = qkv.row(i);
        let part = |n: usize| &row[(n * heads + head) * HEAD_BLOCKS..][..HEAD_BLOCKS];
        for (to, from) in scratch.queries.row_mut(i).iter_mut().zip(part(0)) {
            lanes.store(lanes.mul(lanes.load(from), scale), to);
        }
        let key: &[f32] = bytemuck::cast_slice(part(1));
        for (d, value) in key.iter().enumerate() {
            keys[d * stride + i] = *value;
        }
        scratch.values.row_mut(i).copy_from_slice(part(2));
    }
    // What is behind the last key takes no part, but it must be a number.
    for d in 0..HEAD {
        keys[d * stride + qkv.len()..(d + 1) * stride].fill(0.0);
    }
}

#[inline(always)]
fn attend_head<L: Lanes>(lanes: L, n: usize, head: usize, scratch: &mut HeadScratch, out: &mut Matrix) {
    let width = n.div_ceil(LANES);
    let mut first = 0;
    while first < n {
        let n_rows = (n - first).min(ATTENTION_ROWS);
        scratch.scores.set_shape(n_rows, width);
        scratch.out.set_shape(n_rows, HEAD_BLOCKS);
        lanes.multiply(Product {
            a: &scratch.queries.all_floats()[first * HEAD..],
            a_stride: HEAD,
            b: scratch.keys.blocks(),
            out: scratch.scores.blocks_mut(),
            depth: HEAD,
            blocks: width,
            add: false,
        });
        let mut sums = [0.0; ATTENTION_ROWS];
        for (r, sum) in sums.iter_mut().enumerate().take(n_rows) {
            *sum = powers(lanes, scratch.scores.row_mut(r), n);
        }
        lanes.multiply(Product {
            a: scratch.scores.all_floats(),
            a_stride: width * LANES,
            b: scratch.values.blocks(),
            out: scratch.out.blocks_mut(),
            depth: n,
            blocks: HEAD_BLOCKS,
            add: false,
        });
        for (r, sum) in sums.iter().enumerate().take(n_rows) {
            let scale = lanes.splat(1.0 / sum);
            let to = &mut out.row_mut(first + r)[head * HEAD_BLOCKS..][..HEAD_BLOCKS];
            for (to, from) in to.iter_mut().zip(scratch.out.row(r)) {
                lanes.store(lanes.mul(lanes.load(from), scale), to);
            }
        }
        first += n_rows;
    }
}
