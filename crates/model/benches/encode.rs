//! Pieces a second on one core, for windows of one sentence and of the packed size.
//!
//!     cargo bench -p whimbrel-model

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use whimbrel_model::{Instructions, Model, Network, RandomWeights, Window};

fn encode(criterion: &mut Criterion) {
    let network = Network::from_bytes(&RandomWeights::full(1).file()).expect("a file of the format");
    let words = RandomWeights::words(7, 1000);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let sentences: Vec<_> = (0..40).map(|i| i * 25..i * 25 + 25).collect();
    let whole = Window { words, sentences };
    let packed: Vec<Window<'_>> =
        network.pack(&whole.words, &whole.sentences).into_iter().map(|range| whole.part(range)).collect();
    let single: Vec<Window<'_>> = whole.sentences.iter().map(|range| whole.part(range.clone())).collect();
    let mut group = criterion.benchmark_group("predict");
    group.sample_size(20);
    for (name, windows) in [("packed", packed), ("single sentences", single)] {
        let n_pieces: usize = windows.iter().map(|window| network.vectors(window).len()).sum();
        group.throughput(Throughput::Elements(n_pieces as u64));
        for instructions in Instructions::available().into_iter().filter(|it| *it != Instructions::Plain) {
            let network = network.clone().with_instructions(instructions).expect("available instructions");
            let id = BenchmarkId::new(name, format!("{instructions:?}"));
            group
                .bench_with_input(id, &windows, |bencher, windows| bencher.iter(|| network.predict(windows)));
        }
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
