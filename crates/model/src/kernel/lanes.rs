//! Sixteen floats at a time, on any machine, with the same bits.
//!
//! [`Lanes`] is the set of float operations that the network is written in. Every operation is exact IEEE arithmetic on
//! each lane, and sums over lanes have one fixed order, so the three implementations cannot differ. The wide ones are
//! tokens: they exist only where `kernel` has seen that the machine has the instructions.

use bytemuck::{Pod, Zeroable};

use super::product::Product;

/// Floats in one block.
pub(crate) const LANES: usize = 16;

/// Sixteen floats in one cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
#[repr(C, align(64))]
pub(crate) struct Block(pub(crate) [f32; LANES]);

/// Float operations on sixteen lanes.
pub(crate) trait Lanes: Copy {
    /// Sixteen floats in registers.
    type Vector: Copy;

    /// Whether there are registers for large tiles.
    const MANY_REGISTERS: bool;

    /// The same value in all lanes.
    fn splat(self, value: f32) -> Self::Vector;
    /// Reads a block.
    fn load(self, block: &Block) -> Self::Vector;
    /// Writes a block.
    fn store(self, vector: Self::Vector, block: &mut Block);
    /// a + b
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a − b
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a · b
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a ÷ b
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a · b + c with one rounding.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The larger; `b` where they do not compare.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The smaller; `b` where they do not compare.
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The value without its sign.
    fn abs(self, a: Self::Vector) -> Self::Vector;
    /// Adds the low nine bits of `power`, as an integer, to the exponent of `a`.
    fn add_to_exponent(self, a: Self::Vector, power: Self::Vector) -> Self::Vector;
    /// Rounds to the nearest integer, ties to even, adds 128 and writes bytes; the input is within ±127.
    fn store_bytes(self, vector: Self::Vector, bytes: &mut [u8; LANES]);
    /// Reads signed bytes as floats.
    fn load_bytes(self, bytes: &[i8; LANES]) -> Self::Vector;
    /// The sum of the lanes: halves are added until one is left.
    fn sum(self, vector: Self::Vector) -> f32;
    /// The largest of the lanes, in the order of [`Lanes::sum`].
    fn largest(self, vector: Self::Vector) -> f32;
    /// A matrix product; a function of its own, so that it is compiled once.
    fn multiply(self, product: Product<'_>);
}

/// A piece of float work, written once for all instruction sets.
///
/// `run` must be `#[inline(always)]`, as must be all that it calls with the lanes: only then is it compiled for them.
pub(crate) trait Work {
    /// What comes out.
    type Output;
    /// Does the work.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

/// Lanes without any special instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain;

#[inline(always)]
fn each(f: impl Fn(usize) -> f32) -> [f32; LANES] {
    std::array::from_fn(f)
}

#[inline(always)]
fn fold(mut values: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut n = LANES / 2;
    while n > 0 {
        for i in 0..n {
            values[i] = f(values[i], values[i + n]);
        }
        n /= 2;
    }
    values[0]
}

impl Lanes for Plain {
    type Vector = [f32; LANES];

    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        [value; LANES]
    }

    #[inline(always)]
    fn load(self, block: &Block) -> Self::Vector {
        block.0
    }

    #[inline(always)]
    fn store(self, vector: Self::Vector, block: &mut Block) {
        block.0 = vector;
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| a[i] + b[i])
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| a[i] - b[i])
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| a[i] * b[i])
    }

    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| a[i] / b[i])
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        each(|i| a[i].mul_add(b[i], c[i]))
    }

    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }

    #[inline(always)]
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }

    #[inline(always)]
    fn abs(self, a: Self::Vector) -> Self::Vector {
        each(|i| a[i].abs())
    }

    #[inline(always)]
    fn add_to_exponent(self, a: Self::Vector, power: Self::Vector) -> Self::Vector {
        each(|i| f32::from_bits(a[i].to_bits().wrapping_add(power[i].to_bits() << 23)))
    }

    #[inline(always)]
    fn store_bytes(self, vector: Self::Vector, bytes: &mut [u8; LANES]) {
        for (byte, value) in bytes.iter_mut().zip(vector) {
            *byte = (value.round_ties_even() as i32 + 128) as u8;
        }
    }

    #[inline(always)]
    fn load_bytes(self, bytes: &[i8; LANES]) -> Self::Vector {
        each(|i| f32::from(bytes[i]))
    }

    #[inline(always)]
    fn sum(self, vector: Self::Vector) -> f32 {
        fold(vector, |a, b| a + b)
    }

    #[inline(always)]
    fn largest(self, vector: Self::Vector) -> f32 {
        fold(vector, |a, b| if a > b { a } else { b })
    }

    fn multiply(self, product: Product<'_>) {
        product.run(self);
    }
}
