//! Rows of floats and rows of quantized bytes, in memory that is used again for every window.

use std::ops::Range;

use crate::kernel::{Block, LANES, Rows};

/// Rows of whole blocks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matrix {
    blocks: Vec<Block>,
    /// Blocks a row.
    width: usize,
}

impl Matrix {
    /// A matrix of rows of `width` blocks.
    pub(crate) fn new(width: usize) -> Self {
        Self { blocks: Vec::new(), width }
    }

    /// Sets the number of rows; what they hold is left over from before.
    pub(crate) fn set_rows(&mut self, n: usize) {
        self.blocks.resize(n * self.width, Block::default());
    }

    /// Sets the shape; what the rows hold is left over from before.
    pub(crate) fn set_shape(&mut self, n: usize, width: usize) {
        self.width = width;
        self.set_rows(n);
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.blocks.len().checked_div(self.width).unwrap_or(0)
    }

    /// Blocks a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// A row.
    #[inline]
    pub(crate) fn row(&self, at: usize) -> &[Block] {
        &self.blocks[at * self.width..][..self.width]
    }

    /// A row, to write.
    #[inline]
    pub(crate) fn row_mut(&mut self, at: usize) -> &mut [Block] {
        &mut self.blocks[at * self.width..][..self.width]
    }

    /// A row's floats.
    #[inline]
    pub(crate) fn floats(&self, at: usize) -> &[f32] {
        bytemuck::cast_slice(self.row(at))
    }

    /// A row's floats, to write.
    #[inline]
    pub(crate) fn floats_mut(&mut self, at: usize) -> &mut [f32] {
        bytemuck::cast_slice_mut(self.row_mut(at))
    }

    /// All rows.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// All rows, to write.
    pub(crate) fn blocks_mut(&mut self) -> &mut [Block] {
        &mut self.blocks
    }

    /// All floats.
    pub(crate) fn all_floats(&self) -> &[f32] {
        bytemuck::cast_slice(&self.blocks)
    }

    /// Floats from one row to the next.
    pub(crate) fn stride(&self) -> usize {
        self.width * LANES
    }
}

/// Rows of quantized bytes with a scale each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quantized {
    bytes: Vec<u8>,
    scales: Vec<f32>,
    /// Bytes a row.
    width: usize,
}

impl Quantized {
    /// Rows of `width` blocks of sixteen bytes.
    pub(crate) fn new(width: usize) -> Self {
        Self { bytes: Vec::new(), scales: Vec::new(), width: width * LANES }
    }

    /// Sets the number of rows.
    pub(crate) fn set_rows(&mut self, n: usize) {
        self.bytes.resize(n * self.width, 0);
        self.scales.resize(n, 0.0);
    }

    /// Sets the shape; what the rows hold is left over from before.
    pub(crate) fn set_shape(&mut self, n: usize, width: usize) {
        self.width = width * LANES;
        self.set_rows(n);
    }

    /// A row's bytes and scale, to write.
    #[inline]
    pub(crate) fn row_mut(&mut self, at: usize) -> (&mut [u8], &mut f32) {
        (&mut self.bytes[at * self.width..][..self.width], &mut self.scales[at])
    }

    /// The rows, to multiply.
    pub(crate) fn rows(&self) -> Rows<'_> {
        self.some_rows(0..self.scales.len())
    }

    /// Some of the rows, to multiply.
    pub(crate) fn some_rows(&self, range: Range<usize>) -> Rows<'_> {
        let bytes = range.start * self.width..range.end * self.width;
        Rows::new(&self.bytes[bytes], &self.scales[range], self.width)
    }
}
