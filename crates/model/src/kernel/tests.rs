//! Every kernel against the plain one, over random shapes.

use proptest::prelude::*;

use super::packed::Column;
use super::*;
use crate::float::{Gelu, Keep, exp2, normalize, powers, quantize, sigmoid};
use crate::matrix::{Matrix, Quantized};

/// Miri interprets; it is after the accesses, and few shapes show them.
const CASES: u32 = if cfg!(miri) { 3 } else { 64 };

fn kernels() -> Vec<Kernel> {
    Instructions::available().into_iter().filter_map(Kernel::new).collect()
}

fn bits(blocks: &[Block]) -> Vec<u32> {
    bytemuck::cast_slice::<Block, u32>(blocks).to_vec()
}

fn matrix(n: usize, width: usize, mut value: impl FnMut(usize) -> f32) -> Matrix {
    let mut matrix = Matrix::new(width);
    matrix.set_rows(n);
    for i in 0..n {
        for (at, to) in matrix.floats_mut(i).iter_mut().enumerate() {
            *to = value(i * width * LANES + at);
        }
    }
    matrix
}

/// Numbers that look random, in −1..1.
fn noise(seed: u32, at: usize) -> f32 {
    let mut x = (at as u32).wrapping_mul(0x9E37_79B9) ^ seed.wrapping_mul(0x85EB_CA6B);
    for shift in [16, 13, 16] {
        x = (x ^ (x >> shift)).wrapping_mul(0xC2B2_AE35);
    }
    (x >> 8) as f32 / (1 << 23) as f32 - 1.0
}

#[test]
fn the_plain_instructions_are_always_there_and_best_is_available() {
    assert_eq!(Instructions::available()[0], Instructions::Plain);
    assert_eq!(Instructions::available().last(), Some(&Kernel::best().instructions()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn int8_products_are_exact_and_alike(
        n_rows in 0usize..15, inputs in 1usize..70, outputs in 1usize..150, seed: u32, extreme: bool,
    ) {
        let width = inputs.div_ceil(LANES) * LANES;
        let byte = |at: usize| if extreme { [0x80, 0x7F][at % 2] } else { (noise(seed, at) * 128.0) as i8 as u8 };
        let weights: Vec<u8> = (0..inputs * outputs).map(byte).collect();
        let input: Vec<u8> = (0..n_rows * width)
            .map(|at| if extreme { [1, 255][at % 2] } else { (noise(!seed, at) * 127.0 + 128.0) as u8 })
            .collect();
        let scales: Vec<f32> = (0..n_rows).map(|at| noise(seed, at + 7).abs()).collect();
        let columns = (0..outputs).map(|o| Column {
            weights: &weights[o * inputs..][..inputs],
            scale: noise(seed, o),
            bias: noise(!seed, o),
        });
        let mut packed = Packed::new(inputs, columns);
        // Rows are padded to whole blocks; weights for the padding are zero.
        if packed.depth < width / 4 {
            let padded: Vec<Vec<u8>> = (0..outputs)
                .map(|o| weights[o * inputs..][..inputs].iter().copied().chain(std::iter::repeat_n(0, width - inputs)).collect())
                .collect();
            let columns = padded.iter().enumerate().map(|(o, weights)| Column {
                weights, scale: noise(seed, o), bias: noise(!seed, o),
            });
            packed = Packed::new(width, columns);
        }
        let rows = Rows::new(&input, &scales, width);
        for kernel in kernels() {
            let mut out = matrix(n_rows, packed.blocks, |_| f32::NAN);
            kernel.linear(&packed, rows, Keep, out.blocks_mut());
            for i in 0..n_rows {
                for o in 0..outputs {
                    let sum: i64 = (0..inputs)
                        .map(|k| (i64::from(input[i * width + k]) - 128) * i64::from(weights[o * inputs + k] as i8))
                        .sum();
                    let expected = (sum as f32 * scales[i]).mul_add(noise(seed, o), noise(!seed, o));
                    prop_assert_eq!(out.floats(i)[o].to_bits(), expected.to_bits(), "{:?} {} {}", kernel, i, o);
                }
            }
        }
    }

    #[test]
    fn a_finish_is_alike(n_rows in 1usize..9, outputs in 1usize..40, seed: u32) {
        let weights: Vec<u8> = (0..16 * outputs).map(|at| (noise(seed, at) * 127.0) as i8 as u8).collect();
        let column = |o: usize| Column { weights: &weights[o * 16..][..16], scale: 0.01, bias: noise(seed, o) };
        let packed = Packed::new(16, (0..outputs).map(column));
        let input: Vec<u8> = (0..n_rows * 16).map(|at| (noise(!seed, at) * 127.0 + 128.0) as u8).collect();
        let scales = vec![0.02; n_rows];
        let mut expected = None;
        for kernel in kernels() {
            let mut out = matrix(n_rows, packed.blocks, |_| 0.0);
            kernel.linear(&packed, Rows::new(&input, &scales, 16), Gelu, out.blocks_mut());
            let expected = expected.get_or_insert_with(|| bits(out.blocks()));
            prop_assert_eq!(&*expected, &bits(out.blocks()));
        }
    }

    #[test]
    fn float_products_are_chains_of_fused_additions(
        n_rows in 0usize..15, depth in 0usize..40, blocks in 1usize..10, seed: u32, add: bool,
    ) {
        let a: Vec<f32> = (0..n_rows * (depth + 3)).map(|at| noise(seed, at)).collect();
        let b = matrix(depth, blocks, |at| noise(!seed, at));
        for kernel in kernels() {
            let mut out = matrix(n_rows, blocks, |at| noise(seed ^ 5, at));
            kernel.run(Product {
                a: &a, a_stride: depth + 3, b: b.blocks(), out: out.blocks_mut(), depth, blocks, add,
            });
            for i in 0..n_rows {
                for o in 0..blocks * LANES {
                    let mut sum = if add { noise(seed ^ 5, i * blocks * LANES + o) } else { 0.0 };
                    for k in 0..depth {
                        sum = a[i * (depth + 3) + k].mul_add(b.floats(k)[o], sum);
                    }
                    prop_assert_eq!(out.floats(i)[o].to_bits(), sum.to_bits());
                }
            }
        }
    }

    #[test]
    fn row_functions_are_alike(
        width in 1usize..9, n in 1usize..17, seed: u32, size in prop::sample::select(vec![0.0f32, 1e-30, 1.0, 50.0, 1e20]),
    ) {
        struct All<'a> { row: &'a [Block], n: usize }
        impl Work for All<'_> {
            type Output = Vec<u32>;
            #[inline(always)]
            fn run<L: Lanes>(self, lanes: L) -> Vec<u32> {
                let mut out = Vec::new();
                let mut normal = self.row.to_vec();
                normalize(lanes, &mut normal, self.row, self.row);
                out.extend(bits(&normal));
                let mut scores = self.row.to_vec();
                let n = self.row.len() * LANES - LANES + self.n.min(LANES);
                out.push(powers(lanes, &mut scores, n).to_bits());
                out.extend(bits(&scores));
                let mut quantized = Quantized::new(self.row.len());
                quantized.set_rows(1);
                quantize(lanes, self.row, &mut quantized, 0);
                let (bytes, scale) = quantized.row_mut(0);
                out.push(scale.to_bits());
                out.extend(bytes.iter().map(|byte| u32::from(*byte)));
                for block in self.row {
                    let mut to = Block::default();
                    lanes.store(sigmoid(lanes, lanes.load(block)), &mut to);
                    out.extend(bits(&[to]));
                    lanes.store(lanes.load_bytes(&block.0.map(|value| value as i8)), &mut to);
                    out.extend(bits(&[to]));
                }
                out
            }
        }
        let row = matrix(1, width, |at| noise(seed, at) * size);
        let mut expected = None;
        for kernel in kernels() {
            let found = kernel.run(All { row: row.blocks(), n });
            let expected = expected.get_or_insert_with(|| found.clone());
            prop_assert_eq!(&*expected, &found, "{:?}", kernel);
        }
    }

    #[test]
    fn values_that_are_no_numbers_are_alike(seed: u32) {
        struct Edges<'a>(&'a [Block]);
        impl Work for Edges<'_> {
            type Output = (Vec<u8>, Vec<u32>);
            #[inline(always)]
            fn run<L: Lanes>(self, lanes: L) -> Self::Output {
                let mut quantized = Quantized::new(self.0.len());
                quantized.set_rows(1);
                quantize(lanes, self.0, &mut quantized, 0);
                let mut out = self.0.to_vec();
                for block in &mut out {
                    let [a, b] = [exp2(lanes, lanes.load(block)), sigmoid(lanes, lanes.load(block))];
                    lanes.store(lanes.max(a, b), block);
                }
                (quantized.row_mut(0).0.to_vec(), bits(&out))
            }
        }
        let edges = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, f32::MAX, f32::MIN_POSITIVE, 1.0];
        let row = matrix(1, 2, |at| edges[(noise(seed, at).abs() * 7.99) as usize]);
        let mut expected = None;
        for kernel in kernels() {
            let found = kernel.run(Edges(row.blocks()));
            let expected = expected.get_or_insert_with(|| found.clone());
            prop_assert_eq!(&*expected, &found, "{:?}", kernel);
        }
    }
}

/// Runs a function of one block on the best kernel.
fn on_values(values: &[f32], gelu: bool) -> Vec<f32> {
    struct One<'a>(&'a [f32], bool);
    impl Work for One<'_> {
        type Output = Vec<f32>;
        #[inline(always)]
        fn run<L: Lanes>(self, lanes: L) -> Vec<f32> {
            let mut out = Vec::new();
            for value in self.0 {
                let mut block = Block::default();
                let value = lanes.splat(*value);
                let result = if self.1 { Gelu.apply(lanes, value) } else { exp2(lanes, value) };
                lanes.store(result, &mut block);
                out.push(block.0[0]);
            }
            out
        }
    }
    Kernel::best().run(One(values, gelu))
}

#[test]
#[cfg_attr(miri, ignore = "many values and no memory")]
fn powers_of_two_are_within_a_few_units_of_the_true_value() {
    let values: Vec<f32> = (-125_000..=127_000).step_by(7).map(|i| i as f32 / 1000.0).collect();
    for (value, found) in values.iter().zip(on_values(&values, false)) {
        let expected = f64::from(*value).exp2();
        assert!(
            (f64::from(found) - expected).abs() <= 2e-7 * expected,
            "2^{value} = {found}, not {expected}"
        );
    }
}

#[test]
#[cfg_attr(miri, ignore = "many values and no memory")]
fn gelu_is_the_tanh_form() {
    let values: Vec<f32> = (-20_000..=20_000).step_by(3).map(|i| i as f32 / 1000.0).collect();
    for (value, found) in values.iter().zip(on_values(&values, true)) {
        let x = f64::from(*value);
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
        let expected = 0.5 * x * (1.0 + inner.tanh());
        assert!(
            (f64::from(found) - expected).abs() <= 1e-6 * x.abs().max(1.0),
            "gelu({x}) = {found}, not {expected}"
        );
    }
}
