//! The float matrix product, for attention and the biaffine heads.
//!
//! Every output is one chain of fused multiply-adds in the order of the depth, so tiles of any shape give the same bits.

use super::lanes::{Block, Lanes, Work};

/// out = a · b, or out += a · b. `b` and `out` are rows of blocks, `a` is rows of floats.
#[derive(Debug)]
pub(crate) struct Product<'a> {
    /// Left side: row i starts at i · `a_stride`, of which `depth` floats are used.
    pub(crate) a: &'a [f32],
    /// Floats from one row of `a` to the next.
    pub(crate) a_stride: usize,
    /// Right side: `depth` rows of `blocks` blocks.
    pub(crate) b: &'a [Block],
    /// Result: rows of `blocks` blocks; there are as many rows of `a`.
    pub(crate) out: &'a mut [Block],
    /// Floats that are summed over.
    pub(crate) depth: usize,
    /// Blocks a row of `b` and `out`.
    pub(crate) blocks: usize,
    /// Whether the chain starts from what `out` holds.
    pub(crate) add: bool,
}

impl Work for Product<'_> {
    type Output = ();

    /// Computes it.
    ///
    /// # Panics
    ///
    /// Panics if the sides do not fit.
    #[inline(always)]
    fn run<L: Lanes>(mut self, lanes: L) {
        let Self { depth, blocks, a_stride, .. } = self;
        if blocks == 0 || self.out.is_empty() {
            return;
        }
        let n_rows = self.out.len() / blocks;
        assert_eq!(self.out.len(), n_rows * blocks, "whole rows of output");
        assert_eq!(self.b.len(), depth * blocks, "right side");
        assert!(depth <= a_stride && self.a.len() >= (n_rows - 1) * a_stride + depth, "left side");
        let widest = if L::MANY_REGISTERS { 4 } else { 2 };
        for first in (0..blocks).step_by(widest) {
            // SAFETY: the assertions above are what `strip` asks for.
            unsafe {
                match (blocks - first).min(widest) {
                    4 => strip::<L, 4>(lanes, &mut self, n_rows, first),
                    3 => strip::<L, 3>(lanes, &mut self, n_rows, first),
                    2 => strip::<L, 2>(lanes, &mut self, n_rows, first),
                    _ => strip::<L, 1>(lanes, &mut self, n_rows, first),
                }
            }
        }
    }
}

/// All rows of C blocks from `first` on.
///
/// # Safety
///
/// `first + C <= blocks`, and the sides hold what [`Product`] says for `n_rows` rows.
#[inline(always)]
unsafe fn strip<L: Lanes, const C: usize>(lanes: L, product: &mut Product<'_>, n_rows: usize, first: usize) {
    let tallest = if L::MANY_REGISTERS { 6 } else { 3 };
    for row in (0..n_rows).step_by(tallest) {
        // SAFETY: passed on.
        unsafe {
            match (n_rows - row).min(tallest) {
                6 => tile::<L, 6, C>(lanes, product, row, first),
                5 => tile::<L, 5, C>(lanes, product, row, first),
                4 => tile::<L, 4, C>(lanes, product, row, first),
                3 => tile::<L, 3, C>(lanes, product, row, first),
                2 => tile::<L, 2, C>(lanes, product, row, first),
                _ => tile::<L, 1, C>(lanes, product, row, first),
            }
        }
    }
}

/// R rows by C blocks.
///
/// # Safety
///
/// `row + R` rows and `first + C` blocks exist.
#[inline(always)]
unsafe fn tile<L: Lanes, const R: usize, const C: usize>(
    lanes: L,
    product: &mut Product<'_>,
    row: usize,
    first: usize,
) {
    let mut sums = [[lanes.splat(0.0); C]; R];
    // SAFETY: all offsets are within the rows and blocks that the caller vouches for.
    unsafe {
        let out = product.out.as_mut_ptr().add(row * product.blocks + first);
        if product.add {
            for r in 0..R {
                for c in 0..C {
                    sums[r][c] = lanes.load(&*out.add(r * product.blocks + c));
                }
            }
        }
        let a = product.a.as_ptr().add(row * product.a_stride);
        let mut b = product.b.as_ptr().add(first);
        for k in 0..product.depth {
            let mut right = [lanes.splat(0.0); C];
            for c in 0..C {
                right[c] = lanes.load(&*b.add(c));
            }
            for r in 0..R {
                let left = lanes.splat(*a.add(r * product.a_stride + k));
                for c in 0..C {
                    sums[r][c] = lanes.mul_add(left, right[c], sums[r][c]);
                }
            }
            b = b.wrapping_add(product.blocks);
        }
        for r in 0..R {
            for c in 0..C {
                lanes.store(sums[r][c], &mut *out.add(r * product.blocks + c));
            }
        }
    }
}
