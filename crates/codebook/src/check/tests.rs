//! The bundled data holds all laws, and each law can fail.

use super::*;
use crate::error::DataError;

fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    let mut bundled = Files::bundled();
    for (name, text) in files {
        bundled.replace(name, text);
    }
    check_files(&bundled).iter().map(DataError::to_string).collect()
}

#[test]
fn the_bundled_data_holds_all_laws() {
    let faults = check_files(&Files::bundled());
    let report: Vec<String> = faults.iter().map(DataError::to_string).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), report.join("\n"));
}

#[test]
fn every_law_of_rules_can_fail() {
    let rule = |body: &str| format!("[[rule]]\nname = \"x-rule\"\nact = \"state\"\nfrom = \"test\"\n{body}");
    let fires = "[[rule.example]]\ntext = \"He [cue zlorped] it.\"\n";
    let bounds = "[[rule.example]]\ntext = \"He ate.\"\nfinds = \"nothing\"\n";
    let cases = [
        (rule(&format!("verb = [\"zlorp\"]\n{bounds}")), "has no example, so nothing can test it"),
        (rule(&format!("verb = [\"zlorp\"]\n{fires}")), "so nothing bounds it"),
        (rule(&format!("verb = [\"blurp\"]\n{fires}{bounds}")), "does not find `zlorped`"),
        (rule(&format!("verb = [\"zlorp\", \"eat\"]\n{fires}{bounds}")), "must not find `ate`"),
        (rule(&format!("verb = [\"Zlorp\"]\n{fires}{bounds}")), "must be a lemma in lower case"),
        (rule(&format!("colour = 1\nverb = [\"zlorp\"]\n{fires}{bounds}")), "unknown field `colour`"),
        (
            rule(&format!("verb = [\"zlorp\"]\n{fires}{bounds}")).replace("\"state\"", "\"sing\""),
            "no act `sing`; the acts are state",
        ),
        (
            rule(&format!("verb = [\"zlorp\"]\n{fires}{bounds}")).replace("x-rule", "say-state"),
            "the rule `say-state` is already at",
        ),
    ];
    for (text, wanted) in cases {
        // `eat` is irregular: its past is listed, as any form that an example uses must be.
        let irregular = "form\tlemma\tfrom\nate\teat\ttest\n";
        let faults = faults_of(&[("lexicon/cue/zz.toml", &text), ("lexicon/irregular-test.tsv", irregular)]);
        let with_ate = faults_of(&[("lexicon/cue/zz.toml", &text), ("lexicon/irregular.tsv", irregular)]);
        assert!(
            faults.iter().chain(&with_ate).any(|fault| fault.contains(wanted)),
            "wanted `{wanted}` in {faults:?}"
        );
    }
}

#[test]
fn every_law_of_tables_can_fail() {
    let header = "name\taliases\tcountry\tsector\tstart\tend\twikidata\tfrom\n";
    let cases = [
        ("B\t\tAFG\tGOV\t\t\t\tx\nA\t\tAFG\tGOV\t\t\t\tx\n", "rows must be sorted"),
        ("A\t\tAFG\tGOV\t\t\t\tx\nA\t\tAFG\tGOV\t\t\t\tx\n", "this row stands twice"),
        ("A\t\tZZZ\tGOV\t\t\t\tx\n", "no country `ZZZ`"),
        ("A\t\tAFG\tXXX\t\t\t\tx\n", "no sector `XXX`"),
        ("A\t\tAFG\tGOV\t2014\t2012\t\tx\n", "the end lies before the start"),
        ("A\t\tAFG\tGOV\tMay\t\t\tx\n", "`May` is no date"),
        ("A\t\tAFG\tGOV\t\t\t42\tx\n", "is no Wikidata id"),
        ("A\t\tAFG\tGOV\t\t\t\t\n", "`from` must not be empty"),
        ("A\t\tAFG\tGOV\t\t\tx\n", "7 cells, the header has 8"),
        ("A\t\tAFG\tGOV\t2010\t2016\t\tx\nA\t\tAFG\tREB\t2012\t2020\t\tx\n", "on the same days"),
    ];
    for (rows, wanted) in cases {
        let faults = faults_of(&[("actor/body/zz.tsv", &format!("{header}{rows}"))]);
        assert!(faults.iter().any(|fault| fault.contains(wanted)), "wanted `{wanted}` in {faults:?}");
    }
    let faults = faults_of(&[("actor/zz.tsv", "a\tb\n")]);
    assert!(faults.iter().any(|fault| fault.contains("nothing reads this file")), "{faults:?}");
}

#[test]
fn numbers_must_mean_something() {
    let rule = |kind: &str, body: &str| {
        let text = format!("[[rule]]\nname = \"x\"\nfrom = \"test\"\nnoun = [\"zlorp\"]\n{body}");
        faults_of(&[(&format!("lexicon/{kind}/zz.toml"), &text)])
    };
    for (faults, wanted) in [
        (rule("trigger", "type = \"AID\"\nprior = nan\n"), "the prior is NaN; it must be 0 to 1"),
        (rule("trigger", "type = \"AID\"\nprior = 1.5\n"), "the prior is 1.5; it must be 0 to 1"),
        (rule("context", "context = \"military\"\nweight = inf\n"), "the weight must be a finite number"),
    ] {
        assert!(faults.iter().any(|fault| fault.contains(wanted)), "wanted `{wanted}` in {faults:?}");
    }
    let aid = include_str!("../../../../data/ontology/event/aid.toml");
    let text = aid.replace("score      = 10.0", "score      = 10.5");
    let faults = faults_of(&[("ontology/event/aid.toml", &text)]);
    assert!(faults.iter().any(|fault| fault.contains("is not allowed; scores are -10 to 10")), "{faults:?}");
}

#[test]
fn texts_read_as_a_folder_does() {
    let texts: Vec<(String, String)> =
        Files::bundled().under("").map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let mut texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    texts.reverse();
    let codebook = crate::Codebook::from_texts(&texts).expect("the bundled data");
    assert_eq!(codebook.version(), crate::Codebook::bundled().version());
    assert!(!super::check_texts(&[]).is_empty(), "no texts are no codebook");
}

#[test]
fn faults_read_like_a_compilers() {
    let text = "[[rule]]\nname = \"a-rule\"\nact = \"state\"\nfrom = \"x\"\nverb = [\"zlorp\"]\n\n[[rule]]\nname = \"b-rule\"\nact = \"say\"\nfrom = \"x\"\n";
    let faults = faults_of(&[("lexicon/cue/zz.toml", text)]);
    let wanted = "data/lexicon/cue/zz.toml:8: no act `say`; the acts are state";
    assert!(faults.iter().any(|fault| fault.starts_with(wanted)), "{faults:?}");
}
