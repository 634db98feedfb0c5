//! Words a second of the whole reading and of each of its stages, over the stories of `examples/stories`, on one core.
//!
//!     cargo bench -p whimbrel

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;

use analysis::Analysis;
use codebook::Codebook;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use intake::{Limits, Story};
use model::{Labels, Model, Network, Prediction, Window};
use text::Document;
use whimbrel::Reader;

/// A network that answers from memory what it was asked before, so that the other stages can be timed without it.
struct Remembering {
    network: Network,
    known: Mutex<HashMap<String, Prediction>>,
}

impl Model for Remembering {
    fn labels(&self) -> &Labels {
        self.network.labels()
    }

    fn pack(&self, words: &[&str], sentences: &[Range<usize>]) -> Vec<Range<usize>> {
        self.network.pack(words, sentences)
    }

    fn windows(&self, words: &[&str], sentences: &[Range<usize>]) -> Vec<Vec<Range<usize>>> {
        self.network.windows(words, sentences)
    }

    fn predict(&self, windows: &[Window<'_>]) -> Vec<Prediction> {
        let mut known = self.known.lock().expect("no thread panicked");
        let answer = |window: &Window<'_>| {
            let key = format!("{:?}", (&window.words, &window.sentences));
            known
                .entry(key)
                .or_insert_with(|| self.network.predict(std::slice::from_ref(window)).remove(0))
                .clone()
        };
        windows.iter().map(answer).collect()
    }
}

fn stories() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/stories");
    let stories = intake::Stories::open(&[folder], Limits::default());
    stories.map(|story| story.expect("the examples can be read")).collect()
}

/// The windows of a document, as the analysis asks for them.
fn windows<'a>(model: &dyn Model, document: &'a Document) -> Vec<Window<'a>> {
    let words: Vec<&str> = (0..document.tokens.len()).map(|token| document.word(token)).collect();
    let sentences: Vec<Range<usize>> =
        document.sentences.iter().map(|sentence| sentence.tokens.clone()).collect();
    let window = |ranges: Vec<Range<usize>>| {
        let (first, last) = (ranges[0].start, ranges[ranges.len() - 1].end);
        let sentences = ranges.into_iter().map(|range| range.start - first..range.end - first).collect();
        Window { words: words[first..last].to_vec(), sentences }
    };
    model.windows(&words, &sentences).into_iter().map(window).collect()
}

fn read(criterion: &mut Criterion) {
    let stories = stories();
    let network = Network::bundled().expect("the bundled weights");
    let reader = Reader::bundled().expect("the bundled weights");
    let remembering = Remembering { network: network.clone(), known: Mutex::default() };
    let documents: Vec<Document> =
        stories.iter().map(|story| text::read(story.text.clone(), story.metadata.clone())).collect();
    let analyses: Vec<Analysis> =
        documents.iter().map(|document| analysis::analyze(&remembering, document)).collect();
    let codebook = Codebook::bundled();
    let mut group = criterion.benchmark_group("stories");
    group.sample_size(20);
    group.throughput(Throughput::Elements(
        documents.iter().map(|document| document.tokens.len() as u64).sum(),
    ));
    group.bench_function("read", |bencher| {
        bencher.iter(|| {
            let read =
                |story: &Story| reader.read(story.text.clone(), story.metadata.clone()).to_json().len();
            stories.iter().map(read).sum::<usize>()
        });
    });
    group.bench_function("text", |bencher| {
        bencher.iter(|| {
            let read = |story: &Story| text::read(story.text.clone(), story.metadata.clone()).tokens.len();
            stories.iter().map(read).sum::<usize>()
        });
    });
    group.bench_function("model", |bencher| {
        bencher.iter(|| {
            let predict = |document: &Document| network.predict(&windows(&network, document)).len();
            documents.iter().map(predict).sum::<usize>()
        });
    });
    group.bench_function("analysis", |bencher| {
        bencher.iter(|| {
            let analyze = |document: &Document| analysis::analyze(&remembering, document).mentions.len();
            documents.iter().map(analyze).sum::<usize>()
        });
    });
    group.bench_function("coder", |bencher| {
        bencher.iter(|| {
            let code = |(document, analysis): (&Document, &Analysis)| {
                coder::code(codebook, document, analysis, "bench").events.len()
            };
            documents.iter().zip(&analyses).map(code).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
