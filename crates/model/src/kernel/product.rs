//! The float matrix product, for attention and the biaffine heads.
//!
//! Every output is one chain of fused multiply-adds in the order of the depth, so tiles of any shape give the same bits.

use super::lanes::{Block, Lanes};

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

/// Computes a product.
///
/// # Panics
///
/// Panics if the sides do not fit.
#[inline(always)]
pub(crate) fn multiply<L: Lanes>(lanes: L, mut product: Product<'_>) {
    if product.blocks == 0 || product.out.is_empty() {
        return;
    }
    let n_rows = product.out.len() / product.blocks;
    assert_eq!(product.out.len(), n_rows * product.blocks, "whole rows of output");
    assert_eq!(product.b.len(), product.depth * product.blocks, "right side");
    assert!(product.depth <= product.a_stride && product.a.len() + product.a_stride >= n_rows * product.a_stride + product.depth, "left side");
    let p = &mut product;
    // SAFETY: the assertions above are what `strip` asks for.
    unsafe {
        if L::MANY_REGISTERS {
            let mut first = 0;
            while first < p.blocks {
                match p.blocks - first {
                    1 => strip::<L, 6, 1>(lanes, p, n_rows, first),
                    2 => strip::<L, 6, 2>(lanes, p, n_rows, first),
                    3 => strip::<L, 6, 3>(lanes, p, n_rows, first),
                    _ => strip::<L, 6, 4>(lanes, p, n_rows, first),
                }
                first += 4;
            }
        } else {
            let mut first = 0;
            while first < p.blocks {
                match p.blocks - first {
                    1 => strip::<L, 3, 1>(lanes, p, n_rows, first),
                    _ => strip::<L, 3, 2>(lanes, p, n_rows, first),
                }
                first += 2;
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
unsafe fn strip<L: Lanes, const R: usize, const C: usize>(
    lanes: L,
    product: &mut Product<'_>,
    n_rows: usize,
    first: usize,
) {
    let mut row = 0;
    // SAFETY: passed on.
    unsafe {
        while row + R <= n_rows {
            tile::<L, R, C>(lanes, product, row, first);
            row += R;
        }
        while row < n_rows {
            tile::<L, 1, C>(lanes, product, row, first);
            row += 1;
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
