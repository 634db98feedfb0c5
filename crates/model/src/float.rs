//! The network's float functions, on sixteen lanes.
//!
//! Written once over [`Lanes`]; exp is our own polynomial because the system's differs between machines.

use crate::kernel::{Block, Finish, LANES, Lanes};
use crate::matrix::Quantized;

/// e to the power of x, for x up to 88; below −87 it stays at e⁻⁸⁷. Relative error below 2e-7.
#[inline(always)]
pub(crate) fn exp<L: Lanes>(lanes: L, x: L::Vector) -> L::Vector {
    // Adding 1.5·2²³ leaves the rounded integer in the low bits.
    let rounder = lanes.splat(12_582_912.0);
    let x = lanes.min(lanes.max(x, lanes.splat(-87.0)), lanes.splat(88.0));
    let power = lanes.mul_add(x, lanes.splat(std::f32::consts::LOG2_E), rounder);
    let n = lanes.sub(power, rounder);
    // ln 2 in two parts, the first with zeros at its end.
    let r = lanes.mul_add(n, lanes.splat(-0.693_359_4), x);
    let r = lanes.mul_add(n, lanes.splat(2.121_944_4e-4), r);
    let mut p = lanes.splat(1.388_889e-3);
    for coefficient in [8.333_333e-3, 4.166_666_6e-2, 1.666_666_7e-1, 0.5, 1.0, 1.0] {
        p = lanes.mul_add(p, r, lanes.splat(coefficient));
    }
    lanes.add_to_exponent(p, power)
}

/// 1 ÷ (1 + e⁻ˣ)
#[inline(always)]
pub(crate) fn sigmoid<L: Lanes>(lanes: L, x: L::Vector) -> L::Vector {
    let one = lanes.splat(1.0);
    let e = exp(lanes, lanes.sub(lanes.splat(0.0), x));
    lanes.div(one, lanes.add(one, e))
}

/// Outputs as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keep;

impl Finish for Keep {
    #[inline(always)]
    fn apply<L: Lanes>(self, _: L, vector: L::Vector) -> L::Vector {
        vector
    }
}

/// The tanh form of GELU: 0.5·x·(1 + tanh u) is x ÷ (1 + e⁻²ᵘ).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gelu;

impl Finish for Gelu {
    #[inline(always)]
    fn apply<L: Lanes>(self, lanes: L, x: L::Vector) -> L::Vector {
        // −2·√(2/π) and −2·√(2/π)·0.044715
        let inner = lanes.mul_add(lanes.mul(x, x), lanes.splat(-0.071_354_814), lanes.splat(-1.595_769_1));
        let e = exp(lanes, lanes.mul(x, inner));
        lanes.div(x, lanes.add(lanes.splat(1.0), e))
    }
}

/// The largest of some blocks.
#[inline(always)]
pub(crate) fn largest<L: Lanes>(lanes: L, blocks: &[Block]) -> f32 {
    let mut most = lanes.splat(f32::NEG_INFINITY);
    for block in blocks {
        most = lanes.max(lanes.load(block), most);
    }
    lanes.largest(most)
}

/// Replaces scores by e^(score − largest) and gives their sum. The first `n` scores count; the rest become zero.
#[inline(always)]
pub(crate) fn exponents<L: Lanes>(lanes: L, scores: &mut [Block], n: usize) -> f32 {
    for score in scores.as_flattened_mut_from(n) {
        *score = f32::NEG_INFINITY;
    }
    let most = lanes.splat(largest(lanes, scores));
    let mut sum = lanes.splat(0.0);
    for block in scores.iter_mut() {
        let e = exp(lanes, lanes.sub(lanes.load(block), most));
        lanes.store(e, block);
    }
    for value in scores.as_flattened_mut_from(n) {
        *value = 0.0;
    }
    for block in scores.iter() {
        sum = lanes.add(sum, lanes.load(block));
    }
    lanes.sum(sum)
}

/// The floats of blocks from one on.
pub(crate) trait AsFlattened {
    /// The floats from `n` on.
    fn as_flattened_mut_from(&mut self, n: usize) -> &mut [f32];
}

impl AsFlattened for [Block] {
    #[inline(always)]
    fn as_flattened_mut_from(&mut self, n: usize) -> &mut [f32] {
        &mut bytemuck::cast_slice_mut(self)[n..]
    }
}

/// Layer normalization of a row, in place.
#[inline(always)]
pub(crate) fn normalize<L: Lanes>(lanes: L, row: &mut [Block], gamma: &[Block], beta: &[Block]) {
    let n = (row.len() * LANES) as f32;
    let mut sum = lanes.splat(0.0);
    for block in row.iter() {
        sum = lanes.add(sum, lanes.load(block));
    }
    let mean = lanes.splat(lanes.sum(sum) / n);
    let mut squares = lanes.splat(0.0);
    for block in row.iter() {
        let off = lanes.sub(lanes.load(block), mean);
        squares = lanes.mul_add(off, off, squares);
    }
    let scale = lanes.splat(1.0 / (lanes.sum(squares) / n + 1e-12).sqrt());
    for ((block, gamma), beta) in row.iter_mut().zip(gamma).zip(beta) {
        let off = lanes.mul(lanes.sub(lanes.load(block), mean), scale);
        lanes.store(lanes.mul_add(off, lanes.load(gamma), lanes.load(beta)), block);
    }
}

/// Quantizes a row of floats to bytes and its scale.
#[inline(always)]
pub(crate) fn quantize<L: Lanes>(lanes: L, row: &[Block], to: &mut Quantized, at: usize) {
    let mut most = lanes.splat(0.0);
    for block in row {
        most = lanes.max(lanes.abs(lanes.load(block)), most);
    }
    let most = lanes.largest(most);
    let (bytes, scale) = to.row_mut(at);
    *scale = most / 127.0;
    let inverse = lanes.splat(if most > 0.0 { 127.0 / most } else { 0.0 });
    let (low, high) = (lanes.splat(-127.0), lanes.splat(127.0));
    for (block, bytes) in row.iter().zip(bytes.as_chunks_mut::<LANES>().0) {
        let value = lanes.mul(lanes.load(block), inverse);
        lanes.store_bytes(lanes.min(lanes.max(value, low), high), bytes);
    }
}
