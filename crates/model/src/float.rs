//! The network's float functions, on sixteen lanes.
//!
//! Written once over [`Lanes`]; exp is our own polynomial because the system's differs between machines.

use std::f32::consts::{LN_2, LOG2_E};

use crate::kernel::{Block, Finish, LANES, Lanes};
use crate::matrix::Quantized;

/// Two to the power of x, for x from −125 to 127. Relative error below 2e-7.
#[inline(always)]
pub(crate) fn exp2<L: Lanes>(lanes: L, x: L::Vector) -> L::Vector {
    // Adding 1.5·2²³ leaves the rounded integer in the low bits.
    let rounder = lanes.splat(12_582_912.0);
    let power = lanes.add(x, rounder);
    let rest = lanes.sub(x, lanes.sub(power, rounder));
    // The best fit of degree five within ±½ that has the right value and slope at zero.
    let mut p = lanes.splat(1.330_060_7e-3);
    for coefficient in [9.669_691e-3, 5.550_558_5e-2, 2.402_228_3e-1, LN_2, 1.0] {
        p = lanes.mul_add(p, rest, lanes.splat(coefficient));
    }
    lanes.add_to_exponent(p, power)
}

/// x, kept within what [`exp2`] takes.
#[inline(always)]
fn clamp<L: Lanes>(lanes: L, x: L::Vector) -> L::Vector {
    lanes.min(lanes.max(x, lanes.splat(-125.0)), lanes.splat(127.0))
}

/// 1 ÷ (1 + e⁻ˣ)
#[inline(always)]
pub(crate) fn sigmoid<L: Lanes>(lanes: L, x: L::Vector) -> L::Vector {
    let one = lanes.splat(1.0);
    let e = exp2(lanes, clamp(lanes, lanes.mul(x, lanes.splat(-LOG2_E))));
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
        // −2·√(2/π)·log₂e and that by 0.044715
        let inner = lanes.mul_add(lanes.mul(x, x), lanes.splat(-0.102_943_24), lanes.splat(-2.302_208_2));
        let e = exp2(lanes, clamp(lanes, lanes.mul(x, inner)));
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

/// Replaces scores by 2^(score − largest) and gives their sum. The first `n` scores count; the rest become next to nothing.
#[inline(always)]
pub(crate) fn powers<L: Lanes>(lanes: L, scores: &mut [Block], n: usize) -> f32 {
    bytemuck::cast_slice_mut::<Block, f32>(scores)[n..].fill(f32::NEG_INFINITY);
    let most = lanes.splat(largest(lanes, scores));
    let mut sum = lanes.splat(0.0);
    for block in scores.iter_mut() {
        let off = lanes.sub(lanes.load(block), most);
        let power = exp2(lanes, lanes.max(off, lanes.splat(-125.0)));
        sum = lanes.add(sum, power);
        lanes.store(power, block);
    }
    lanes.sum(sum)
}

/// Replaces the first `n` scores by their probabilities.
#[inline(always)]
pub(crate) fn softmax<L: Lanes>(lanes: L, scores: &mut [Block], n: usize) {
    for block in scores.iter_mut() {
        lanes.store(lanes.mul(lanes.load(block), lanes.splat(LOG2_E)), block);
    }
    let scale = lanes.splat(1.0 / powers(lanes, scores, n));
    for block in scores {
        lanes.store(lanes.mul(lanes.load(block), scale), block);
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
