//! The program against the network as it was trained: `tests/reference.json` is written by `training/export.py` beside the
//! weights and holds what the f32 network gives.

use std::collections::BTreeMap;

use super::*;
use crate::prediction::WordPrediction;

#[derive(serde::Deserialize)]
struct Reference {
    words: Vec<String>,
    pieces: Vec<Vec<u32>>,
    shapes: Vec<u8>,
    /// The first eight numbers of each word's vector.
    vectors: Vec<Vec<f32>>,
    upos: Vec<String>,
    trigger: Vec<Vec<f32>>,
    /// Scores of heads by dependent, the root last; a word for itself is far below all.
    arcs: Vec<Vec<f32>>,
    roles_of_word_4: BTreeMap<String, Vec<f32>>,
}

/// All that the network computes of a reference's sentence, with the sentence.
fn compute(network: &Network, reference: &Reference) -> (Memory, Prediction, Vec<Vec<(u32, f32)>>) {
    let words: Vec<&str> = reference.words.iter().map(String::as_str).collect();
    let window = Window { sentences: std::iter::once(0..words.len()).collect(), words };
    let mut memory = network.memory();
    let prediction = network.predict_one(&window, &mut memory, &mut |_| ());
    let roles = network.parts.heads.roles_of(network.kernel, 4, &window, &mut memory.heads);
    (memory, prediction, roles)
}

/// Largest and mean difference of two lists.
fn differences<'a>(found: impl Iterator<Item = &'a [f32]>, wanted: &[Vec<f32>]) -> (f32, f32) {
    let (mut most, mut sum, mut n) = (0.0f32, 0.0, 0);
    for (found, wanted) in found.zip(wanted) {
        for (found, wanted) in found.iter().zip(wanted) {
            most = most.max((found - wanted).abs());
            sum += (found - wanted).abs();
            n += 1;
        }
    }
    (most, sum / n as f32)
}

#[test]
fn it_computes_what_was_trained() {
    let network = Network::bundled().unwrap();
    let references: Vec<Reference> =
        serde_json::from_str(include_str!("../../tests/reference.json")).unwrap();
    for reference in references {
        let n = reference.words.len();
        let (memory, prediction, roles) = compute(&network, &reference);
        let labels = network.labels();

        assert_eq!(memory.pieces[1..memory.pieces.len() - 1], reference.pieces.concat());
        let shapes: Vec<u8> = memory.firsts.iter().map(|first| memory.shapes[*first]).collect();
        assert_eq!(shapes, reference.shapes);

        // Int8 costs some accuracy; an error in the computation would cost far more.
        let vectors = memory.firsts.iter().map(|first| memory.encoder.x.floats(*first));
        let (most, mean) = differences(vectors, &reference.vectors);
        assert!(most < 0.3 && mean < 0.05, "vectors differ by {most}, {mean} on average");

        let triggers = prediction.words.iter().map(|word| word.trigger.as_slice());
        let (most, mean) = differences(triggers, &reference.trigger);
        assert!(most < 0.1 && mean < 0.005, "trigger probabilities differ by {most}, {mean} on average");

        // A word between two labels may fall to the other side.
        let label = |word: &WordPrediction| labels.upos[usize::from(word.upos.label)].clone();
        let upos: Vec<String> = prediction.words.iter().map(label).collect();
        let n_other = upos.iter().zip(&reference.upos).filter(|(found, wanted)| found != wanted).count();
        assert!(n_other <= 1, "{upos:?}, not {:?}", reference.upos);

        // The tree is the best or next to the best by the scores of the trained network.
        let heads: Vec<Option<usize>> =
            prediction.words.iter().map(|word| word.head.map(|head| head as usize)).collect();
        let total = |heads: &[Option<usize>]| -> f32 {
            heads.iter().zip(&reference.arcs).map(|(head, arcs)| arcs[head.unwrap_or(n)]).sum()
        };
        let best = total(&crate::tree::heads(n, |d, h| reference.arcs[d][h]));
        assert!(total(&heads) > best - 1.0, "a tree of {}, the best has {best}", total(&heads));

        // What lies below the floor is not handed out. In the middle of the logistic curve rounding shows most; what it
        // costs over whole data sets is in `scores/reading.md`.
        let floor = crate::prediction::Heads::ROLE_FLOOR;
        for (role, wanted) in &reference.roles_of_word_4 {
            let at = labels.role.iter().position(|label| label == role).unwrap();
            let mut found = vec![0.0; n];
            roles[at].iter().for_each(|(word, score)| found[*word as usize] = *score);
            let apart = |(found, wanted): (&f32, &f32)| if *found == 0.0 && *wanted < floor + 0.05 { 0.0 } else { (found - wanted).abs() };
            let apart: Vec<f32> = found.iter().zip(wanted).map(apart).collect();
            let (most, mean) = (apart.iter().copied().fold(0.0, f32::max), apart.iter().sum::<f32>() / n as f32);
            assert!(most < 0.2 && mean < 0.05, "{role}: probabilities differ by {most}, {mean} on average");
        }
    }
}
