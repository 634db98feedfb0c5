//! Lanes and integer tiles for AVX2 with FMA.

use std::arch::x86_64::*;

use super::lanes::{Block, LANES, Lanes, Work};
use super::product::Product;
use super::{Finish, Packed, Rows, finish_block};

/// Proof that the machine has AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

impl Avx2 {
    /// The token, where the machine has the instructions.
    pub(super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }

    /// Runs work compiled for these instructions.
    pub(super) fn run<W: Work>(self, work: W) -> W::Output {
        #[target_feature(enable = "avx2,fma")]
        fn enabled<W: Work>(work: W, lanes: Avx2) -> W::Output {
            work.run(lanes)
        }
        // SAFETY: the token proves that the machine has the instructions.
        unsafe { enabled(work, self) }
    }

    /// The int8 product; the caller has checked the shapes.
    pub(super) fn linear<F: Finish>(self, packed: &Packed, rows: Rows<'_>, finish: F, out: &mut [Block]) {
        // SAFETY: the token proves that the machine has the instructions; `Kernel::linear` has checked the shapes.
        unsafe { linear(packed, rows, finish, out, self) }
    }
}

/// Rows that are widened at once: their 16-bit forms stay in the second cache.
const WIDENED_ROWS: usize = 48;

/// # Safety
///
/// The machine must have the instructions. `rows` must have `packed.depth` groups of four bytes a row, and `out` must
/// hold `packed.blocks` blocks a row.
#[target_feature(enable = "avx2,fma")]
unsafe fn linear<F: Finish>(packed: &Packed, rows: Rows<'_>, finish: F, out: &mut [Block], lanes: Avx2) {
    let mut wide: Vec<[i16; 4]> = Vec::new();
    for first in (0..rows.len()).step_by(WIDENED_ROWS) {
        let n_rows = (rows.len() - first).min(WIDENED_ROWS);
        wide.clear();
        for row in first..first + n_rows {
            wide.extend(rows.bytes(row).as_chunks::<4>().0.iter().map(|four| four.map(i16::from)));
        }
        for block in 0..packed.blocks {
            for row in (0..n_rows).step_by(6) {
                let to = Tile { packed, block, wide: &wide[row * packed.depth..], rows, row: first + row };
                // SAFETY: `wide` has the rows from `row` on.
                unsafe {
                    match n_rows - row {
                        1 => to.compute::<F, 1>(finish, out, lanes),
                        2 => to.compute::<F, 2>(finish, out, lanes),
                        3 => to.compute::<F, 3>(finish, out, lanes),
                        4 => to.compute::<F, 4>(finish, out, lanes),
                        5 => to.compute::<F, 5>(finish, out, lanes),
                        _ => to.compute::<F, 6>(finish, out, lanes),
                    }
                }
            }
        }
    }
}

/// Some rows by one block of sixteen outputs.
struct Tile<'a> {
    packed: &'a Packed,
    block: usize,
    /// The rows' groups of four, widened, `packed.depth` a row.
    wide: &'a [[i16; 4]],
    rows: Rows<'a>,
    row: usize,
}

impl Tile<'_> {
    /// Computes R rows, eight outputs at a time.
    ///
    /// Bytes are widened to 16 bits before they are multiplied: `maddubs` would saturate, this is exact.
    ///
    /// # Safety
    ///
    /// `wide` must hold R rows.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn compute<F: Finish, const R: usize>(&self, finish: F, out: &mut [Block], lanes: Avx2) {
        let Self { packed, block, wide, rows, row } = *self;
        let mut halves = [[_mm256_setzero_si256(); 2]; R];
        for half in 0..2 {
            let mut sums = [[_mm256_setzero_si256(); 2]; R];
            let inputs = wide.as_ptr();
            let (mut line, step) = packed.lines_of(block);
            for k in 0..packed.depth {
                // SAFETY: a line has 64 bytes, a block has `depth` lines `step` apart, and `wide` holds R rows.
                unsafe {
                    let from = line.cast::<i8>().add(half * 32);
                    let low = _mm256_cvtepi8_epi16(_mm_load_si128(from.cast()));
                    let high = _mm256_cvtepi8_epi16(_mm_load_si128(from.add(16).cast()));
                    for r in 0..R {
                        let four = inputs.add(r * packed.depth + k).cast::<i64>().read_unaligned();
                        let input = _mm256_set1_epi64x(four);
                        sums[r][0] = _mm256_add_epi32(sums[r][0], _mm256_madd_epi16(input, low));
                        sums[r][1] = _mm256_add_epi32(sums[r][1], _mm256_madd_epi16(input, high));
                    }
                }
                line = line.wrapping_add(step);
            }
            // SAFETY: `start` holds sixteen numbers a block.
            let start =
                unsafe { _mm256_loadu_si256(packed.start.as_ptr().add(block * LANES + half * 8).cast()) };
            for r in 0..R {
                // Pairs of neighbours are the two halves of one output's sum; hadd leaves them as 0 1 4 5 2 3 6 7.
                let sum = _mm256_hadd_epi32(sums[r][0], sums[r][1]);
                halves[r][half] = _mm256_add_epi32(_mm256_permute4x64_epi64::<0b11_01_10_00>(sum), start);
            }
        }
        for r in 0..R {
            let sum = [_mm256_cvtepi32_ps(halves[r][0]), _mm256_cvtepi32_ps(halves[r][1])];
            let to = &mut out[(row + r) * packed.blocks + block];
            finish_block(lanes, packed, block, rows.scale(row + r), sum, finish, to);
        }
    }
}

/// One instruction on both halves; a closure would be compiled without the instructions.
macro_rules! both {
    ($instruction:ident, $a:expr, $b:expr) => {
        unsafe { [$instruction($a[0], $b[0]), $instruction($a[1], $b[1])] }
    };
}

// SAFETY (all methods): the token proves that the machine has the instructions; loads and stores go through references.
impl Lanes for Avx2 {
    type Vector = [__m256; 2];

    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        unsafe { [_mm256_set1_ps(value); 2] }
    }

    #[inline(always)]
    fn load(self, block: &Block) -> Self::Vector {
        unsafe { [_mm256_load_ps(block.0.as_ptr()), _mm256_load_ps(block.0.as_ptr().add(8))] }
    }

    #[inline(always)]
    fn store(self, vector: Self::Vector, block: &mut Block) {
        unsafe {
            _mm256_store_ps(block.0.as_mut_ptr(), vector[0]);
            _mm256_store_ps(block.0.as_mut_ptr().add(8), vector[1]);
        }
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        both!(_mm256_add_ps, a, b)
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        both!(_mm256_sub_ps, a, b)
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        both!(_mm256_mul_ps, a, b)
    }

    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        both!(_mm256_div_ps, a, b)
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        unsafe { [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])] }
    }

    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        both!(_mm256_max_ps, a, b)
    }

    #[inline(always)]
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        both!(_mm256_min_ps, a, b)
    }

    #[inline(always)]
    fn abs(self, a: Self::Vector) -> Self::Vector {
        let sign = self.splat(-0.0);
        both!(_mm256_andnot_ps, sign, a)
    }

    #[inline(always)]
    fn add_to_exponent(self, a: Self::Vector, power: Self::Vector) -> Self::Vector {
        #[inline(always)]
        unsafe fn one(a: __m256, power: __m256) -> __m256 {
            unsafe {
                let shifted = _mm256_slli_epi32::<23>(_mm256_castps_si256(power));
                _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), shifted))
            }
        }
        both!(one, a, power)
    }

    #[inline(always)]
    fn store_bytes(self, vector: Self::Vector, bytes: &mut [u8; LANES]) {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        unsafe {
            let low = _mm256_cvtps_epi32(_mm256_round_ps::<NEAREST>(vector[0]));
            let high = _mm256_cvtps_epi32(_mm256_round_ps::<NEAREST>(vector[1]));
            // Packing works within halves of 128 bits: the 64-bit quarters come out as 0 2 1 3.
            let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(low, high));
            let words = _mm256_add_epi16(words, _mm256_set1_epi16(128));
            let packed =
                _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
            _mm_storeu_si128(bytes.as_mut_ptr().cast(), packed);
        }
    }

    #[inline(always)]
    fn load_bytes(self, bytes: &[i8; LANES]) -> Self::Vector {
        unsafe {
            let bytes = _mm_loadu_si128(bytes.as_ptr().cast());
            let low = _mm256_cvtepi8_epi32(bytes);
            let high = _mm256_cvtepi8_epi32(_mm_srli_si128::<8>(bytes));
            [_mm256_cvtepi32_ps(low), _mm256_cvtepi32_ps(high)]
        }
    }

    #[inline(always)]
    fn sum(self, v: Self::Vector) -> f32 {
        unsafe {
            let v = _mm256_add_ps(v[0], v[1]);
            let v = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
            let v = _mm_add_ps(v, _mm_movehl_ps(v, v));
            _mm_cvtss_f32(_mm_add_ss(v, _mm_shuffle_ps::<1>(v, v)))
        }
    }

    #[inline(always)]
    fn largest(self, v: Self::Vector) -> f32 {
        unsafe {
            let v = _mm256_max_ps(v[0], v[1]);
            let v = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
            let v = _mm_max_ps(v, _mm_movehl_ps(v, v));
            _mm_cvtss_f32(_mm_max_ss(v, _mm_shuffle_ps::<1>(v, v)))
        }
    }

    fn multiply(self, product: Product<'_>) {
        self.run(product);
    }
}
