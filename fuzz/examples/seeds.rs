//! Writes the seeds that are bytes: the smallest weight file and a small gazetteer.
//!
//!     cargo +nightly run --example seeds

use std::fs;
use std::path::Path;

use model::{Architecture, Labels, RandomWeights};

fn main() -> std::io::Result<()> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for (folder, name, bytes) in [
        ("weights", "smallest.weights", smallest_weights().file()),
        ("gazetteer", "small.bin", small_gazetteer()),
    ] {
        fs::create_dir_all(seeds.join(folder))?;
        fs::write(seeds.join(folder).join(name), bytes)?;
    }
    Ok(())
}

/// A network as small as the format allows.
fn smallest_weights() -> RandomWeights {
    let list = |names: &str| names.split(' ').map(str::to_owned).collect::<Vec<_>>();
    RandomWeights {
        architecture: Architecture {
            layers: 1,
            hidden: 32,
            heads: 1,
            ffn: 16,
            positions: 12,
            shapes: 12,
            window: 10,
            role_size: 16,
            arc_size: 16,
            rel_size: 16,
            distances: 33,
        },
        labels: Labels {
            upos: list("NOUN VERB"),
            xpos: list("NN"),
            lemma: list("= 1+"),
            deprel: list("root dep"),
            entity: list("O B-x I-x"),
            trigger: list("O B-T I"),
            mode: list("m"),
            status: list("s"),
            party: list("O B I"),
            sector: list("GOV"),
            cue: list("O B I"),
            attribution: list("O B I"),
            role: list("actor"),
        },
        pieces: list("[PAD] [UNK] [CLS] [SEP] ba de ##ba 1 ##7 . left"),
        seed: 1,
    }
}

/// Two countries, a division, three places, and names in two blocks; the grammar stands in `toponym/gazetteer.rs`.
fn small_gazetteer() -> Vec<u8> {
    let three = |number: u32| number.to_le_bytes()[..3].to_vec();
    let padded = |text: &str, size: usize| [text.as_bytes(), &vec![0; size - text.len()]].concat();
    let country =
        |alpha2: &str, alpha3: &str, entry| [alpha2.as_bytes(), alpha3.as_bytes(), &three(entry)].concat();
    let countries = [country("NG", "NGA", 0), country("IR", "IRN", 1)].concat();
    let division =
        |country: u8, code: &str, entry| [&[country][..], &padded(code, 4), &three(entry)].concat();
    let nowhere = 0xFF_FFFF;
    let divisions = [division(255, "", nowhere), division(0, "45", 2), division(1, "", nowhere)].concat();
    let classes = ["A.PCLI", "A.ADM1", "P.PPL"].map(|class| padded(class, 8)).concat();
    let (mut names, mut entries) = (Vec::new(), Vec::new());
    for (name, class, division, population) in [
        ("Nigeria", 0, 0, 228),
        ("Iran", 0, 2, 218),
        ("Abia", 1, 1, 170),
        ("Aba", 2, 1, 160),
        ("Abadan", 2, 2, 150),
    ] {
        let at = names.len() as u32;
        names.push(name.len() as u8);
        names.extend(name.as_bytes());
        entries.extend(
            [three(0x90_0000 + at), three(0xA0_0000 - at), vec![division, 0, population, class]].concat(),
        );
        entries.extend([three(2_000_000 + at), three(at)].concat());
    }
    let key = |shared: u8, rest: &str, postings: &[u32]| {
        let head = [&[shared, rest.len() as u8][..], rest.as_bytes(), &[postings.len() as u8]].concat();
        [head, postings.iter().flat_map(|posting| three(*posting)).collect()].concat()
    };
    let first = [key(0, "aba", &[3]), key(3, "dan", &[4]), key(2, "ia", &[2]), key(2, "ian", &[2 | 1 << 21])]
        .concat();
    let second = [key(0, "iran", &[1]), key(0, "nigeria", &[0, 3])].concat();
    let index = [0_u32.to_le_bytes(), (first.len() as u32).to_le_bytes()].concat();
    let sections = [countries, divisions, classes, entries, names, index, [first, second].concat()];
    let mut file = b"WHIMGAZ1".to_vec();
    let mut at = 8 + 4 * 8;
    for section in &sections {
        file.extend((at as u32).to_le_bytes());
        at += section.len();
    }
    file.extend((at as u32).to_le_bytes());
    [file, sections.concat()].concat()
}
