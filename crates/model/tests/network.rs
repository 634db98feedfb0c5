//! The network on random weights: what must hold for any weights.

#![expect(clippy::unwrap_used, reason = "all of it is tests")]

use proptest::prelude::*;
use whimbrel_model::{ErrorKind, Instructions, Model, Network, Prediction, RandomWeights, Window};

fn tiny() -> Network {
    Network::from_bytes(&RandomWeights::tiny(1).file()).unwrap()
}

/// Words of the random vocabulary and some that are not in it.
fn words() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        4 => "(ba|de|fi|go|ku){1,3}",
        1 => "[A-Z][a-z]{0,9}",
        1 => "[0-9.,%]{1,4}",
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(word, 1..14)
}

/// A window of words in sentences that end at some of them.
fn window<'a>(words: &'a [String], ends: &[bool]) -> Window<'a> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for i in 0..words.len() {
        if i + 1 == words.len() || ends[i % ends.len()] {
            sentences.push(start..i + 1);
            start = i + 1;
        }
    }
    Window { words: words.iter().map(String::as_str).collect(), sentences }
}

/// Everything of a prediction, with floats by their bits.
fn exact(prediction: &Prediction) -> String {
    format!("{prediction:?}")
}

fn check_prediction(network: &Network, window: &Window<'_>, prediction: &Prediction) {
    let labels = network.labels();
    assert_eq!(prediction.words.len(), window.words.len());
    for sentence in &window.sentences {
        let words = &prediction.words[sentence.clone()];
        assert_eq!(words.iter().filter(|word| word.head.is_none()).count(), 1, "one root a sentence");
        for (i, word) in words.iter().enumerate() {
            let root = labels.deprel[usize::from(word.deprel.label)] == "root";
            assert_eq!(word.head.is_none(), root, "the root and nothing else is labelled so");
            // Walking up from any word ends at the root within the sentence.
            let (mut at, mut steps) = (sentence.start + i, 0);
            while let Some(head) = prediction.words[at].head {
                (at, steps) = (head as usize, steps + 1);
                assert!(sentence.contains(&at) && steps < sentence.len(), "a tree within the sentence");
            }
            let tag = &labels.entity[usize::from(word.entity.label)];
            if let Some(kind) = tag.strip_prefix("I") {
                let before =
                    &labels.entity[usize::from(words[i.checked_sub(1).expect("no I first")].entity.label)];
                assert!(before.ends_with(kind) && before != "O", "{tag} after {before}");
            }
            let total: f32 = word.trigger.iter().sum();
            assert!((total - 1.0).abs() < 1e-4, "trigger probabilities sum to {total}");
        }
    }
    for anchor in &prediction.anchors {
        assert!(anchor.is_trigger || anchor.is_cue);
        assert_eq!(anchor.roles.len(), labels.role.len());
        assert_eq!(anchor.mode.len(), if anchor.is_trigger { labels.mode.len() } else { 0 });
        assert!(!prediction.words[anchor.word as usize].sector.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn predictions_are_well_formed_and_the_same_on_all_instructions(
        words in words(), ends in prop::collection::vec(any::<bool>(), 1..9), seed in 0u64..4,
    ) {
        let network = Network::from_bytes(&RandomWeights::tiny(seed).file()).unwrap();
        let window = window(&words, &ends);
        let expected = network.predict(std::slice::from_ref(&window)).remove(0);
        check_prediction(&network, &window, &expected);
        for instructions in Instructions::available() {
            let other = network.clone().with_instructions(instructions).unwrap();
            prop_assert_eq!(other.instructions(), instructions);
            let found = other.predict(std::slice::from_ref(&window)).remove(0);
            prop_assert_eq!(exact(&found), exact(&expected), "{:?}", instructions);
        }
    }

    #[test]
    fn a_window_does_not_see_the_windows_beside_it(
        texts in prop::collection::vec(words(), 1..6), ends in prop::collection::vec(any::<bool>(), 1..9),
    ) {
        let network = tiny();
        let windows: Vec<Window<'_>> = texts.iter().map(|words| window(words, &ends)).collect();
        let together = network.predict(&windows);
        let backwards = network.predict(&windows.iter().rev().cloned().collect::<Vec<_>>());
        for (i, window) in windows.iter().enumerate() {
            let alone = exact(&tiny().predict(std::slice::from_ref(window))[0]);
            prop_assert_eq!(exact(&together[i]), alone.clone());
            prop_assert_eq!(exact(&backwards[windows.len() - 1 - i]), alone);
        }
    }

    #[test]
    fn damaged_files_give_errors(at in 0usize..4096, byte: u8, cut in 0usize..400_000) {
        let mut file = RandomWeights::tiny(1).file();
        let at = at % file.len();
        file[at] = byte;
        file.truncate(cut.max(1));
        // Damage may leave the file as good as it was, but it must not panic.
        let _ = Network::from_bytes(&file);
    }

    #[test]
    fn damaged_headers_give_errors(damage in prop::collection::vec((any::<prop::sample::Index>(), 0usize..10), 1..4)) {
        let file = RandomWeights::tiny(1).file();
        let len = u32::from_le_bytes(file[8..12].try_into().unwrap()) as usize;
        let mut header: serde_json::Value = serde_json::from_slice(&file[12..12 + len]).unwrap();
        for (which, how) in damage {
            damage_number(&mut header, which, how);
        }
        let _ = Network::from_bytes(&with_header(&header, &file[(12 + len).next_multiple_of(64)..]));
    }
}

/// Puts an unusual number in the place of one of the header's numbers.
fn damage_number(header: &mut serde_json::Value, which: prop::sample::Index, how: usize) {
    let mut paths = Vec::new();
    find_numbers(header, String::new(), &mut paths);
    let path = &paths[which.index(paths.len())];
    let number = header.pointer_mut(path).unwrap();
    let old = number.as_u64().unwrap_or(0);
    let new =
        [0, 1, old + 1, old.saturating_sub(1), old * 2, 16, 64, 1 << 32, u64::MAX, i64::MAX as u64][how];
    *number = new.into();
}

fn find_numbers(value: &serde_json::Value, path: String, out: &mut Vec<String>) {
    match value {
        serde_json::Value::Number(_) => out.push(path),
        serde_json::Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| find_numbers(item, format!("{path}/{i}"), out));
        }
        serde_json::Value::Object(items) => {
            items.iter().for_each(|(key, item)| find_numbers(item, format!("{path}/{key}"), out));
        }
        _ => {}
    }
}

fn with_header(header: &serde_json::Value, data: &[u8]) -> Vec<u8> {
    let header = header.to_string();
    let mut file = b"WHIMBREL".to_vec();
    file.extend_from_slice(&(header.len() as u32).to_le_bytes());
    file.extend_from_slice(header.as_bytes());
    file.resize(file.len().next_multiple_of(64), 0);
    file.extend_from_slice(data);
    file
}

/// The tiny network's file with a changed header.
fn changed(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let file = RandomWeights::tiny(1).file();
    let len = u32::from_le_bytes(file[8..12].try_into().unwrap()) as usize;
    let mut header: serde_json::Value = serde_json::from_slice(&file[12..12 + len]).unwrap();
    change(&mut header);
    let file = with_header(&header, &file[(12 + len).next_multiple_of(64)..]);
    Network::from_bytes(&file).unwrap_err().to_string()
}

fn tensor<'a>(header: &'a mut serde_json::Value, name: &str) -> &'a mut serde_json::Value {
    let tensors = header["tensors"].as_array_mut().unwrap();
    tensors.iter_mut().find(|tensor| tensor["name"] == name).unwrap()
}

/// A change to a header.
type Damage = fn(&mut serde_json::Value);

#[test]
fn errors_name_the_node() {
    let cases: [(&str, Damage); 16] = [
        ("format: format 2 is not known; this program reads format 1", |h| h["format"] = 2.into()),
        ("architecture.hidden: 65 is not allowed; 32 for every head", |h| {
            h["architecture"]["hidden"] = 65.into()
        }),
        ("architecture.layers: 1000000 is not allowed; 1 to 64", |h| {
            h["architecture"]["layers"] = 1_000_000.into()
        }),
        ("layer.1.up.bias: missing", |h| {
            h["tensors"].as_array_mut().unwrap().retain(|tensor| tensor["name"] != "layer.1.up.bias");
        }),
        ("arc.root: dtype is u8, must be f32", |h| {
            let root = tensor(h, "arc.root");
            root["dtype"] = "u8".into();
            root["shape"] = vec![128].into();
        }),
        ("layer.0.qkv.weight: shape is [64, 192], must be [192, 64]", |h| {
            tensor(h, "layer.0.qkv.weight")["shape"] = vec![64, 192].into();
        }),
        ("embed.shape: 3072 bytes do not hold shape [11, 64] of f32", |h| {
            tensor(h, "embed.shape")["shape"] = vec![11, 64].into();
        }),
        ("role.bias: offset 7 is not a multiple of 64", |h| tensor(h, "role.bias")["offset"] = 7.into()),
        ("fused.cue: missing", |h| h["fused"].as_array_mut().unwrap().retain(|part| part["name"] != "cue")),
        ("fused.party: shape is [3], must be [4]", |h| {
            h["labels"]["party"] = vec!["O", "B", "I", "J"].into()
        }),
        ("labels.deprel: no label `root`", |h| h["labels"]["deprel"][0] = "top".into()),
        ("role.cross: listed twice", |h| tensor(h, "role.bias")["name"] = "role.cross".into()),
        // Tensors, columns and tags that are used again and again would make a small file fill the memory.
        ("layer.1.up.weight: overlaps `layer.0.up.weight`", |h| {
            let offset = tensor(h, "layer.0.up.weight")["offset"].clone();
            tensor(h, "layer.1.up.weight")["offset"] = offset;
        }),
        ("fused.xpos: overlaps `upos`", |h| {
            let part = &mut h["fused"].as_array_mut().unwrap()[1];
            (part["start"], part["end"]) = (0.into(), 49.into());
        }),
        ("labels.entity.I-k0: listed twice", |h| h["labels"]["entity"][4] = "I-k0".into()),
        ("labels.entity: 70000 is not allowed; at most 4096 labels", |h| {
            h["labels"]["entity"] = vec!["I"; 70_000].into();
        }),
    ];
    for (expected, change) in cases {
        assert_eq!(changed(change), expected);
    }
}

#[test]
fn a_file_that_ends_early_says_where() {
    let file = RandomWeights::tiny(1).file();
    let error = Network::from_bytes(&file[..file.len() - 1]).unwrap_err();
    assert_eq!(error.node, "rel.weight");
    assert!(matches!(error.kind, ErrorKind::Truncated { .. }));
    assert_eq!(Network::from_bytes(&file[..11]).unwrap_err().node, "header");
    assert_eq!(Network::from_bytes(&file[..40]).unwrap_err().node, "header");
    assert!(matches!(Network::from_bytes(b"GIF89a").unwrap_err().kind, ErrorKind::Magic));
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let file = RandomWeights::tiny(1).file();
    let mut damaged = file.clone();
    let end = damaged.len();
    damaged[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    let error = Network::from_bytes(&damaged).unwrap_err();
    assert_eq!(error.node, "rel.weight");
    assert!(matches!(error.kind, ErrorKind::NotFinite(_)));
}

#[test]
fn windows_are_packed_by_pieces_and_long_ones_are_read_in_parts() {
    let network = tiny();
    let words = vec!["babe"; 100];
    let sentences = vec![0..3, 3..50, 50..60, 60..100];
    let ranges = network.pack(&words, &sentences);
    assert_eq!(ranges.first().map(|range| range.start), Some(0));
    assert_eq!(ranges.last().map(|range| range.end), Some(100));
    assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
    let whole = Window { words, sentences };
    let parts: Vec<Window<'_>> = ranges.iter().map(|range| whole.part(range.clone())).collect();
    let mut expected = Prediction::default();
    for part in network.predict(&parts) {
        expected.append(part);
    }
    assert_eq!(exact(&network.predict(&[whole])[0]), exact(&expected));
}

#[test]
fn no_words_give_no_predictions() {
    assert_eq!(tiny().predict(&[Window::default()]), [Prediction::default()]);
    assert_eq!(tiny().predict(&[]), []);
}

#[test]
fn threads_share_the_weights_and_agree() {
    let network = tiny();
    let window = Window { words: vec!["babe", "Godi", ".", "Ku"], sentences: vec![0..3, 3..4] };
    let expected = exact(&network.predict(std::slice::from_ref(&window))[0]);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(exact(&network.clone().predict(std::slice::from_ref(&window))[0]), expected);
                }
            });
        }
    });
}
