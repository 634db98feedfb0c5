//! The arithmetic, for whatever instructions the machine has: the only room with unsafe code.
//!
//! [`Kernel`] is chosen once and is the proof that the machine can do what it chose. It offers two things: the int8
//! product of a linear layer, and [`Kernel::run`], which compiles float work for the chosen instructions. All choices
//! give the same bits: integer sums are exact, floats go through [`lanes::Lanes`] in one order.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod lanes;
mod packed;
mod product;

pub(crate) use lanes::{Block, LANES, Lanes, Work};
pub(crate) use packed::{Column, Packed, Rows};
pub(crate) use product::Product;

use lanes::Plain;

/// The instructions that the encoder runs on. The result is the same with all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instructions {
    /// No special instructions; slow, for any machine.
    Plain,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 with VNNI.
    Avx512Vnni,
}

impl Instructions {
    /// All that this machine has, the fastest last.
    pub fn available() -> Vec<Self> {
        [Self::Plain, Self::Avx2, Self::Avx512Vnni]
            .into_iter()
            .filter(|it| Kernel::new(*it).is_some())
            .collect()
    }
}

#[derive(Clone, Copy, Debug)]
enum Choice {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
}

/// The chosen instructions, known to be there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kernel(Choice);

impl Kernel {
    /// The kernel for some instructions; `None` where the machine lacks them.
    pub(crate) fn new(instructions: Instructions) -> Option<Self> {
        let choice = match instructions {
            Instructions::Plain => Some(Choice::Plain),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => avx2::Avx2::detect().map(Choice::Avx2),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512Vnni => avx512::Avx512::detect().map(Choice::Avx512),
            #[cfg(not(target_arch = "x86_64"))]
            _ => None,
        };
        choice.map(Self)
    }

    /// The fastest kernel of this machine.
    pub(crate) fn best() -> Self {
        let best = Instructions::available().into_iter().next_back().and_then(Self::new);
        best.unwrap_or(Self(Choice::Plain))
    }

    /// What it runs on.
    pub(crate) fn instructions(self) -> Instructions {
        match self.0 {
            Choice::Plain => Instructions::Plain,
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2(_) => Instructions::Avx2,
            #[cfg(target_arch = "x86_64")]
            Choice::Avx512(_) => Instructions::Avx512Vnni,
        }
    }

    /// Runs float work, compiled for the instructions.
    pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
        match self.0 {
            Choice::Plain => work.run(Plain),
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2(lanes) => lanes.run(work),
            #[cfg(target_arch = "x86_64")]
            Choice::Avx512(lanes) => lanes.run(work),
        }
    }

    /// A linear layer on quantized rows: `out` gets `packed.blocks()` blocks a row.
    ///
    /// # Panics
    ///
    /// Panics if the shapes do not fit.
    pub(crate) fn linear<F: Finish>(self, packed: &Packed, rows: Rows<'_>, finish: F, out: &mut [Block]) {
        assert_eq!(rows.depth(), packed.depth, "row width and weight depth");
        assert_eq!(out.len(), rows.len() * packed.blocks, "output size");
        match self.0 {
            Choice::Plain => plain_linear(packed, rows, finish, out),
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2(lanes) => lanes.linear(packed, rows, finish, out),
            #[cfg(target_arch = "x86_64")]
            Choice::Avx512(lanes) => lanes.linear(packed, rows, finish, out),
        }
    }
}

/// What is done to the outputs of a linear layer while they are in registers.
pub(crate) trait Finish: Copy {
    /// Applies it to sixteen values.
    fn apply<L: Lanes>(self, lanes: L, vector: L::Vector) -> L::Vector;
}

/// Integer sums to floats: sum · row scale · column scale + bias, then the finish.
#[inline(always)]
fn finish_block<L: Lanes, F: Finish>(
    lanes: L,
    packed: &Packed,
    block: usize,
    row_scale: f32,
    sum: L::Vector,
    finish: F,
    out: &mut Block,
) {
    let scaled = lanes.mul(sum, lanes.splat(row_scale));
    let value = lanes.mul_add(scaled, lanes.load(&packed.scale[block]), lanes.load(&packed.bias[block]));
    lanes.store(finish.apply(lanes, value), out);
}

fn plain_linear<F: Finish>(packed: &Packed, rows: Rows<'_>, finish: F, out: &mut [Block]) {
    for row in 0..rows.len() {
        for block in 0..packed.blocks {
            let mut sums: [i32; LANES] =
                packed.start[block * LANES..][..LANES].try_into().expect("a slice of LANES");
            for (k, four) in rows.bytes(row).chunks_exact(4).enumerate() {
                let line = packed.line(block, k);
                for (sum, weights) in sums.iter_mut().zip(line.0.chunks_exact(4)) {
                    for (input, weight) in four.iter().zip(weights) {
                        *sum += i32::from(*input) * i32::from(*weight);
                    }
                }
            }
            let out = &mut out[row * packed.blocks + block];
            finish_block(Plain, packed, block, rows.scale(row), sums.map(|sum| sum as f32), finish, out);
        }
    }
}

#[cfg(test)]
mod tests;
