//! Weight files of random numbers, for tests and benchmarks that must not need a trained network.
//!
//! The file has all that `models/FORMAT.md` asks for; what such a network predicts means nothing.

use crate::packing::{Part, fused_parts};
use crate::{Architecture, Labels};

/// A network with random weights.
#[derive(Clone, Debug)]
pub struct RandomWeights {
    /// Its sizes.
    pub architecture: Architecture,
    /// Its label sets.
    pub labels: Labels,
    /// Its vocabulary, one piece an entry.
    pub pieces: Vec<String>,
    /// Where the numbers start from.
    pub seed: u64,
}

/// Numbers that look random and are always the same (splitmix64).
#[derive(Debug)]
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Between −most and most.
    fn float(&mut self, most: f32) -> f32 {
        ((self.next() >> 40) as f32 / (1 << 23) as f32 - 1.0) * most
    }
}

/// The tensors as they are collected.
#[derive(Debug, Default)]
struct Data {
    tensors: Vec<serde_json::Value>,
    bytes: Vec<u8>,
}

impl Data {
    fn push(&mut self, name: &str, dtype: &str, shape: &[usize], bytes: &[u8]) {
        self.bytes.resize(self.bytes.len().next_multiple_of(64), 0);
        self.tensors.push(serde_json::json!({
            "name": name, "dtype": dtype, "shape": shape, "offset": self.bytes.len(), "bytes": bytes.len(),
        }));
        self.bytes.extend_from_slice(bytes);
    }

    fn floats(&mut self, name: &str, shape: &[usize], mut value: impl FnMut(usize) -> f32) {
        let n: usize = shape.iter().product();
        let bytes: Vec<u8> = (0..n).flat_map(|i| value(i).to_le_bytes()).collect();
        self.push(name, "f32", shape, &bytes);
    }

    fn int8(&mut self, name: &str, shape: &[usize], numbers: &mut Numbers) {
        let n: usize = shape.iter().product();
        let bytes: Vec<u8> = (0..n).map(|_| ((numbers.next() % 255) as u8).wrapping_sub(127)).collect();
        self.push(name, "i8", shape, &bytes);
    }

    fn linear(&mut self, name: &str, inputs: usize, outputs: usize, numbers: &mut Numbers) {
        self.int8(&format!("{name}.weight"), &[outputs, inputs], numbers);
        // Outputs about as large as the inputs.
        let scale = 1.7 / 127.0 / (inputs as f32).sqrt();
        self.floats(&format!("{name}.scale"), &[outputs], |_| scale * (1.0 + numbers.float(0.3)));
        self.floats(&format!("{name}.bias"), &[outputs], |_| numbers.float(0.1));
    }
}

impl RandomWeights {
    /// A network that is as small as the format allows.
    pub fn tiny(seed: u64) -> Self {
        let architecture = Architecture {
            layers: 2,
            hidden: 64,
            heads: 2,
            ffn: 112,
            positions: 48,
            shapes: 12,
            window: 32,
            role_size: 16,
            arc_size: 32,
            rel_size: 16,
            distances: 33,
        };
        Self { architecture, labels: labels(7), pieces: pieces(600), seed }
    }

    /// A network of the size of the trained one.
    pub fn full(seed: u64) -> Self {
        let architecture = Architecture {
            layers: 4,
            hidden: 384,
            heads: 12,
            ffn: 1536,
            positions: 192,
            shapes: 12,
            window: 128,
            role_size: 64,
            arc_size: 128,
            rel_size: 64,
            distances: 33,
        };
        Self { architecture, labels: labels(400), pieces: pieces(30_522), seed }
    }

    /// Words of the vocabulary's syllables; about four of five are one piece.
    pub fn words(seed: u64, n: usize) -> Vec<String> {
        let mut numbers = Numbers(seed);
        let syllables = syllables();
        let mut syllable = || syllables[(numbers.next() % syllables.len() as u64) as usize].clone();
        (0..n).map(|i| (0..if i % 5 == 4 { 4 } else { 1 + i % 2 }).map(|_| syllable()).collect()).collect()
    }

    /// The weight file.
    pub fn file(&self) -> Vec<u8> {
        let mut numbers = Numbers(self.seed);
        let mut data = Data::default();
        data.push("vocab", "u8", &[self.pieces.join("\n").len()], self.pieces.join("\n").as_bytes());
        self.write_encoder(&mut data, &mut numbers);
        let fused = self.write_heads(&mut data, &mut numbers);
        let header = serde_json::json!({
            "format": 1, "name": "random", "version": self.seed.to_string(), "architecture": self.architecture,
            "labels": self.labels, "fused": fused, "tensors": data.tensors,
        });
        let header = header.to_string();
        let mut file = b"WHIMBREL".to_vec();
        file.extend_from_slice(&(header.len() as u32).to_le_bytes());
        file.extend_from_slice(header.as_bytes());
        file.resize(file.len().next_multiple_of(64), 0);
        file.extend_from_slice(&data.bytes);
        file
    }

    fn write_encoder(&self, data: &mut Data, numbers: &mut Numbers) {
        let size = &self.architecture;
        let hidden = size.hidden;
        data.int8("embed.word", &[self.pieces.len(), hidden], numbers);
        data.floats("embed.word.scale", &[self.pieces.len()], |_| 0.001 + numbers.float(0.0005));
        data.floats("embed.position", &[size.positions, hidden], |_| numbers.float(0.05));
        data.floats("embed.shape", &[size.shapes, hidden], |_| numbers.float(0.05));
        let norm = |data: &mut Data, name: &str, numbers: &mut Numbers| {
            data.floats(&format!("{name}.gamma"), &[hidden], |_| 1.0 + numbers.float(0.2));
            data.floats(&format!("{name}.beta"), &[hidden], |_| numbers.float(0.1));
        };
        norm(data, "embed.norm", numbers);
        for n in 0..size.layers {
            data.linear(&format!("layer.{n}.qkv"), hidden, 3 * hidden, numbers);
            data.linear(&format!("layer.{n}.out"), hidden, hidden, numbers);
            norm(data, &format!("layer.{n}.norm1"), numbers);
            data.linear(&format!("layer.{n}.up"), hidden, size.ffn, numbers);
            data.linear(&format!("layer.{n}.down"), size.ffn, hidden, numbers);
            norm(data, &format!("layer.{n}.norm2"), numbers);
        }
    }

    fn write_heads(&self, data: &mut Data, numbers: &mut Numbers) -> Vec<serde_json::Value> {
        let (size, labels) = (&self.architecture, &self.labels);
        let n_roles = labels.role.len();
        let mut end = 0;
        let mut fused = Vec::new();
        let mut outside = Vec::new();
        for Part { name, size } in fused_parts(size, labels) {
            if matches!(name, "trigger" | "cue" | "attribution") {
                outside.push(end);
            }
            fused.push(serde_json::json!({ "name": name, "start": end, "end": end + size }));
            end += size;
        }
        let n = size.hidden;
        data.int8("heads.weight", &[end, n], numbers);
        data.floats("heads.scale", &[end], |_| 0.02 / (n as f32).sqrt() * (1.0 + numbers.float(0.3)));
        // Triggers and cues are rare, as they are in text.
        data.floats("heads.bias", &[end], |at| if outside.contains(&at) { 6.0 } else { numbers.float(0.1) });
        data.floats("role.distance", &[n_roles, size.distances], |_| numbers.float(1.0));
        data.floats("role.cross", &[n_roles], |_| numbers.float(1.0));
        data.floats("role.bias", &[n_roles], |_| numbers.float(1.0) - 1.0);
        data.floats("arc.weight", &[size.arc_size + 1, size.arc_size], |_| numbers.float(0.1));
        data.floats("arc.root", &[size.arc_size], |_| numbers.float(0.1));
        data.floats("arc.root_bias", &[1], |_| numbers.float(0.1));
        let shape = [labels.deprel.len(), size.rel_size + 1, size.rel_size + 1];
        data.floats("rel.weight", &shape, |_| numbers.float(0.1));
        fused
    }
}

/// Label sets with as many scripts as one likes.
fn labels(n_scripts: usize) -> Labels {
    let list = |names: &str| names.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let numbered = |stem: &str, n: usize| (0..n).map(|i| format!("{stem}{i}")).collect::<Vec<_>>();
    let spans = |kinds: usize| {
        let both = (0..kinds).flat_map(|kind| [format!("B-k{kind}"), format!("I-k{kind}")]);
        std::iter::once("O".to_owned()).chain(both).collect()
    };
    Labels {
        upos: list("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"),
        xpos: numbered("X", 49),
        lemma: numbered("@", n_scripts),
        deprel: ["root".to_owned()].into_iter().chain(numbered("rel", 47)).collect(),
        entity: spans(9),
        trigger: ["O".to_owned()].into_iter().chain(numbered("B-T", 16)).chain(["I".to_owned()]).collect(),
        mode: numbered("mode", 30),
        status: list("happened planned possible denied"),
        party: list("O B I"),
        sector: numbered("S", 23),
        cue: list("O B I"),
        attribution: list("O B I"),
        role: list("actor recipient place time source content"),
    }
}

/// A vocabulary of syllables: the marks, the letters, then words of one to three syllables.
fn pieces(n: usize) -> Vec<String> {
    let letters = || ('a'..='z').chain('0'..='9');
    let mut pieces: Vec<String> = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(str::to_owned).into();
    pieces.extend(letters().map(String::from).chain(letters().map(|c| format!("##{c}"))));
    pieces.extend("!\"'(),-.:;?$%&/".chars().map(String::from));
    let syllables = syllables();
    let m = syllables.len();
    let mut at = 0;
    while pieces.len() < n {
        let word = [at / (m * m), at / m % m, at % m].map(|i| syllables[i].as_str());
        let skip = if at < m { 2 } else { usize::from(at < m * m) };
        let mark = if at % 5 == 4 { "##" } else { "" };
        pieces.push(format!("{mark}{}", word[skip..].concat()));
        at += 1;
    }
    pieces.truncate(n);
    pieces
}

fn syllables() -> Vec<String> {
    "bdfgklmnprstvz".chars().flat_map(|c| "aeiou".chars().map(move |v| format!("{c}{v}"))).collect()
}
