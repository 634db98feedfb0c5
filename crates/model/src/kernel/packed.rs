//! Weights in the order in which the integer tiles read them, and rows of quantized activations.

use super::lanes::{Block, LANES};

/// Sixteen outputs by four inputs of a weight matrix, one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Line(pub(super) [i8; 64]);

/// The zero of an activation byte: activations are stored as q + 128 because the instructions want unsigned bytes.
pub(crate) const ZERO: u8 = 128;

/// A linear layer's int8 weights, packed.
///
/// Outputs are padded to blocks of sixteen, inputs to groups of four, with zeros. Lines are ordered by column group (up
/// to four blocks), then input group, then block: one tile reads one stream.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    // Invariant: `lines` has `blocks * depth` lines, `start` has `blocks * LANES` numbers, `scale` and `bias` have
    // `blocks` blocks.
    pub(super) lines: Vec<Line>,
    /// What the sums start from: −128 · Σw takes the offset of the activation bytes out again.
    pub(super) start: Vec<i32>,
    pub(super) scale: Vec<Block>,
    pub(super) bias: Vec<Block>,
    /// Blocks of sixteen outputs.
    pub(super) blocks: usize,
    /// Groups of four inputs.
    pub(super) depth: usize,
}

/// One output of a linear layer: its weights, scale and bias. A pad has no weights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'a> {
    /// One weight an input, or none.
    pub(crate) weights: &'a [u8],
    /// Scale of the weights.
    pub(crate) scale: f32,
    /// What is added.
    pub(crate) bias: f32,
}

impl Packed {
    /// Packs a layer of `inputs` inputs; weights are the bytes of i8.
    pub(crate) fn new<'a>(inputs: usize, columns: impl ExactSizeIterator<Item = Column<'a>>) -> Self {
        let (blocks, depth) = (columns.len().div_ceil(LANES), inputs.div_ceil(4));
        let mut packed = Self {
            lines: vec![Line([0; 64]); blocks * depth],
            start: vec![0; blocks * LANES],
            scale: vec![Block::default(); blocks],
            bias: vec![Block::default(); blocks],
            blocks,
            depth,
        };
        for (o, column) in columns.enumerate() {
            let (block, lane) = (o / LANES, o % LANES);
            packed.scale[block].0[lane] = column.scale;
            packed.bias[block].0[lane] = column.bias;
            let mut sum = 0;
            for (k, four) in column.weights.chunks(4).enumerate() {
                let at = packed.line_idx(block, k);
                for (to, byte) in packed.lines[at].0[lane * 4..].iter_mut().zip(four) {
                    *to = byte.cast_signed();
                    sum += i32::from(*to);
                }
            }
            packed.start[o] = -i32::from(ZERO) * sum;
        }
        packed
    }

    fn line_idx(&self, block: usize, k: usize) -> usize {
        let first = block / 4 * 4;
        let n_columns = (self.blocks - first).min(4);
        first * self.depth + k * n_columns + (block - first)
    }

    /// The weights of a block of outputs for a group of inputs.
    pub(super) fn line(&self, block: usize, k: usize) -> &Line {
        &self.lines[self.line_idx(block, k)]
    }

    /// The first line of a block, and how far the next ones are apart.
    pub(super) fn lines_of(&self, block: usize) -> (*const Line, usize) {
        let step = (self.blocks - block / 4 * 4).min(4);
        (self.lines.as_ptr().wrapping_add(self.line_idx(block, 0)), step)
    }

    /// Blocks of sixteen outputs.
    pub(crate) fn blocks(&self) -> usize {
        self.blocks
    }
}

/// Rows of quantized activations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    bytes: &'a [u8],
    scales: &'a [f32],
    /// Bytes a row, a multiple of four.
    stride: usize,
}

impl<'a> Rows<'a> {
    /// Rows of `stride` bytes, one for every scale.
    ///
    /// # Panics
    ///
    /// Panics if the sizes do not fit.
    pub(crate) fn new(bytes: &'a [u8], scales: &'a [f32], stride: usize) -> Self {
        assert!(stride.is_multiple_of(4) && bytes.len() == stride * scales.len(), "rows of whole groups");
        Self { bytes, scales, stride }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.scales.len()
    }

    /// Groups of four bytes a row.
    pub(crate) fn depth(&self) -> usize {
        self.stride / 4
    }

    pub(super) fn bytes(&self, row: usize) -> &'a [u8] {
        &self.bytes[row * self.stride..][..self.stride]
    }

    pub(super) fn scale(&self, row: usize) -> f32 {
        self.scales[row]
    }
}
