//! Lanes and integer tiles for AVX-512 with VNNI.

use std::arch::x86_64::*;

use super::lanes::{Block, LANES, Lanes, Work};
use super::product::Product;
use super::{Finish, Packed, Rows, finish_block};

/// Proof that the machine has AVX-512 F, BW, VL, DQ and VNNI.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512(());

impl Avx512 {
    /// The token, where the machine has the instructions.
    pub(super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vnni")
            && is_x86_feature_detected!("fma"))
        .then_some(Self(()))
    }

    /// Runs work compiled for these instructions.
    pub(super) fn run<W: Work>(self, work: W) -> W::Output {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")]
        fn enabled<W: Work>(work: W, lanes: Avx512) -> W::Output {
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

/// # Safety
///
/// The machine must have the instructions. `rows` must have `packed.depth` groups of four bytes a row, and `out` must
/// hold `packed.blocks` blocks a row.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")]
unsafe fn linear<F: Finish>(packed: &Packed, rows: Rows<'_>, finish: F, out: &mut [Block], lanes: Avx512) {
    // Columns outside, rows inside: the weights of 64 columns stay in the nearest cache while the rows pass.
    let mut first = 0;
    while first < packed.blocks {
        let n_columns = (packed.blocks - first).min(4);
        // SAFETY: the column group and the rows are within the shapes that the caller has checked.
        unsafe {
            match n_columns {
                4 => columns::<F, 4>(packed, first, rows, finish, out, lanes),
                3 => columns::<F, 3>(packed, first, rows, finish, out, lanes),
                2 => columns::<F, 2>(packed, first, rows, finish, out, lanes),
                _ => columns::<F, 1>(packed, first, rows, finish, out, lanes),
            }
        }
        first += n_columns;
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")]
unsafe fn columns<F: Finish, const C: usize>(
    packed: &Packed,
    first: usize,
    rows: Rows<'_>,
    finish: F,
    out: &mut [Block],
    lanes: Avx512,
) {
    let mut row = 0;
    while row < rows.len() {
        let n_rows = (rows.len() - row).min(6);
        // SAFETY: passed on.
        unsafe {
            match n_rows {
                6 => tile::<F, C, 6>(packed, first, rows, row, finish, out, lanes),
                5 => tile::<F, C, 5>(packed, first, rows, row, finish, out, lanes),
                4 => tile::<F, C, 4>(packed, first, rows, row, finish, out, lanes),
                3 => tile::<F, C, 3>(packed, first, rows, row, finish, out, lanes),
                2 => tile::<F, C, 2>(packed, first, rows, row, finish, out, lanes),
                _ => tile::<F, C, 1>(packed, first, rows, row, finish, out, lanes),
            }
        }
        row += n_rows;
    }
}

/// R rows by C blocks of sixteen outputs, all sums in registers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")]
unsafe fn tile<F: Finish, const C: usize, const R: usize>(
    packed: &Packed,
    first: usize,
    rows: Rows<'_>,
    row: usize,
    finish: F,
    out: &mut [Block],
    lanes: Avx512,
) {
    let depth = packed.depth;
    let mut sums = [[_mm512_setzero_si512(); C]; R];
    // SAFETY: `first + C <= packed.blocks`, `row + R <= rows.len()`, and every row holds `depth` groups of four bytes;
    // the weights of the column group are `depth * C` lines from `first * depth` on (see `Packed`).
    unsafe {
        for c in 0..C {
            let start = _mm512_loadu_si512(packed.start.as_ptr().add((first + c) * LANES).cast());
            for sum in &mut sums {
                sum[c] = start;
            }
        }
        let mut weights = packed.lines.as_ptr().add(first * depth);
        let mut inputs = [std::ptr::null::<i32>(); R];
        for r in 0..R {
            inputs[r] = rows.bytes(row + r).as_ptr().cast();
        }
        for k in 0..depth {
            let mut line = [_mm512_setzero_si512(); C];
            for c in 0..C {
                line[c] = _mm512_load_si512(weights.add(c).cast());
            }
            for r in 0..R {
                let input = _mm512_set1_epi32(inputs[r].add(k).read_unaligned());
                for c in 0..C {
                    sums[r][c] = _mm512_dpbusd_epi32(sums[r][c], input, line[c]);
                }
            }
            weights = weights.add(C);
        }
    }
    for r in 0..R {
        let to = &mut out[(row + r) * packed.blocks + first..][..C];
        for c in 0..C {
            let sum = _mm512_cvtepi32_ps(sums[r][c]);
            finish_block(lanes, packed, first + c, rows.scale(row + r), sum, finish, &mut to[c]);
        }
    }
}

// SAFETY (all methods): the token proves that the machine has the instructions; loads and stores go through references.
impl Lanes for Avx512 {
    type Vector = __m512;

    const MANY_REGISTERS: bool = true;

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn load(self, block: &Block) -> __m512 {
        unsafe { _mm512_load_ps(block.0.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, vector: __m512, block: &mut Block) {
        unsafe { _mm512_store_ps(block.0.as_mut_ptr(), vector) }
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_sub_ps(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    fn div(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_div_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn max(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_max_ps(a, b) }
    }

    #[inline(always)]
    fn min(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_min_ps(a, b) }
    }

    #[inline(always)]
    fn abs(self, a: __m512) -> __m512 {
        unsafe { _mm512_abs_ps(a) }
    }

    #[inline(always)]
    fn add_to_exponent(self, a: __m512, power: __m512) -> __m512 {
        unsafe {
            let shifted = _mm512_slli_epi32::<23>(_mm512_castps_si512(power));
            _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), shifted))
        }
    }

    #[inline(always)]
    fn store_bytes(self, vector: __m512, bytes: &mut [u8; LANES]) {
        unsafe {
            let rounded =
                _mm512_cvt_roundps_epi32::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(vector);
            let shifted = _mm512_add_epi32(rounded, _mm512_set1_epi32(128));
            _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm512_cvtepi32_epi8(shifted));
        }
    }

    #[inline(always)]
    fn load_bytes(self, bytes: &[i8; LANES]) -> __m512 {
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(bytes.as_ptr().cast()))) }
    }

    #[inline(always)]
    fn sum(self, v: __m512) -> f32 {
        unsafe {
            let v = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps::<1>(v));
            let v = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
            let v = _mm_add_ps(v, _mm_movehl_ps(v, v));
            _mm_cvtss_f32(_mm_add_ss(v, _mm_shuffle_ps::<1>(v, v)))
        }
    }

    #[inline(always)]
    fn largest(self, v: __m512) -> f32 {
        unsafe {
            let v = _mm256_max_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps::<1>(v));
            let v = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
            let v = _mm_max_ps(v, _mm_movehl_ps(v, v));
            _mm_cvtss_f32(_mm_max_ss(v, _mm_shuffle_ps::<1>(v, v)))
        }
    }

    fn multiply(self, product: Product<'_>) {
        self.run(product);
    }
}
