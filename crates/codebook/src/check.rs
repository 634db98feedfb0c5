//! The laws of the data, for people who edit it: every fault with its file and line.
//!
//! Loading refuses what cannot be read; this room also refuses what can be read and is wrong: an unknown code, a rule
//! without a proof, a table out of order, offices that overlap, an example that does not find what it draws.

mod example;
mod table;

use std::collections::BTreeMap;
use std::path::Path;

use crate::actor::Actors;
use crate::error::{DataError, line_of};
use crate::files::Files;
use crate::glossary::Glossary;
use crate::lexicon::{self, Lexicon, Words};
use crate::ontology::Ontology;
use crate::{Act, ActorKind, EventType, Manner, QuadClass, RoleStatus, SourceKind, Status};

/// Every fault of a folder laid out as `data/` is; empty when all laws hold.
pub fn check(dir: impl AsRef<Path>) -> Vec<DataError> {
    match Files::read(dir.as_ref()) {
        Ok(files) => check_files(&files),
        Err(error) => vec![error],
    }
}

/// Every fault of texts that lie in no folder, under their names below `data/`; see [`crate::Codebook::from_texts`].
pub fn check_texts(texts: &[(&str, &str)]) -> Vec<DataError> {
    check_files(&Files::of_texts(texts))
}

/// Every fault of these files.
pub(crate) fn check_files(files: &Files) -> Vec<DataError> {
    let mut faults = Vec::new();
    strangers(files, &mut faults);
    match Ontology::read(files) {
        Ok(ontology) => {
            check_ontology(files, &ontology, &mut faults);
            table::check_tables(files, &ontology, &mut faults);
            check_lexicons(files, &ontology, &mut faults);
        }
        Err(error) => faults.push(error),
    }
    faults.extend(Actors::read(files).err());
    match Glossary::read(files) {
        Ok(glossary) => check_glossary(&glossary, &mut faults),
        Err(error) => faults.push(error),
    }
    faults.sort();
    faults.dedup();
    faults
}

/// Places of `data/` that are read; a file elsewhere would be silently without effect.
const PLACES: &[&str] = &[
    "ontology/event/",
    "ontology/context.toml",
    "ontology/sector.toml",
    "lexicon/trigger/",
    "lexicon/cue/",
    "lexicon/light/",
    "lexicon/status/",
    "lexicon/context/",
    "glossary.toml",
];

fn strangers(files: &Files, faults: &mut Vec<DataError>) {
    for (file, _) in files.under("") {
        if !PLACES.iter().any(|place| file.starts_with(place)) && !table::is_table(file) {
            faults.push(DataError::new(file, 0, "nothing reads this file; see data/README.md for its place"));
        }
    }
}

fn check_ontology(files: &Files, ontology: &Ontology, faults: &mut Vec<DataError>) {
    for (file, text) in files.under("ontology/event/") {
        let Some(info) = EventType::ALL.iter().map(|&id| ontology.event(id)).find(|info| {
            file.strip_prefix("ontology/event/") == Some(&format!("{}.toml", info.id.to_lowercase()))
        }) else {
            faults.push(DataError::new(file, 1, "the file is not named for the type that it states"));
            continue;
        };
        let mut fault = |needle: &str, message: &str| {
            faults.push(DataError::new(file, line_of(text, needle), message));
        };
        if info.definition.is_empty() || info.include.is_empty() || info.exclude.is_empty() {
            fault("definition", "a type needs a definition, an include and an exclude");
        }
        let n_fire = info.examples.iter().filter(|example| example.fires()).count();
        if n_fire == 0 || n_fire == info.examples.len() {
            fault("[[example]]", "a type needs an example that is of it and one that is not");
        }
        for example in &info.examples {
            if let Some(mode) = &example.mode
                && info.modes.iter().all(|known| known.id != *mode)
            {
                fault(&example.text, &format!("no mode `{mode}` of {}", info.id));
            }
            if example.fires() && !example.text.contains("[trigger ") {
                fault(&example.text, "an example of the type must draw its trigger: `[trigger …]`");
            }
        }
        for mode in &info.modes {
            if info.modes.iter().filter(|other| other.id == mode.id).count() > 1 {
                fault(&mode.id, &format!("the mode `{}` is stated twice", mode.id));
            }
        }
    }
}

fn check_lexicons(files: &Files, ontology: &Ontology, faults: &mut Vec<DataError>) {
    let irregular = example::Irregular::read(files);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    match lexicon::triggers(files, ontology) {
        Ok(mut triggers) => {
            faults.extend(lexicon::count_triggers(files, &mut triggers).err());
            check_rules(&triggers, "trigger", &irregular, |rule| &rule.name, &mut names, faults);
        }
        Err(error) => faults.push(error),
    }
    match lexicon::cues(files) {
        Ok(cues) => check_rules(&cues, "cue", &irregular, |rule| &rule.name, &mut names, faults),
        Err(error) => faults.push(error),
    }
    match lexicon::lights(files) {
        Ok(lights) => check_rules(&lights, "light", &irregular, |rule| &rule.name, &mut names, faults),
        Err(error) => faults.push(error),
    }
    match lexicon::operators(files) {
        Ok(operators) => {
            check_rules(&operators, "operator", &irregular, |rule| &rule.name, &mut names, faults);
        }
        Err(error) => faults.push(error),
    }
    match lexicon::contexts(files, ontology) {
        Ok(contexts) => {
            check_rules(&contexts, "context", &irregular, |rule| &rule.name, &mut names, faults);
        }
        Err(error) => faults.push(error),
    }
}

fn check_rules<T>(
    lexicon: &Lexicon<T>,
    mark: &str,
    irregular: &example::Irregular,
    name_of: impl Fn(&T) -> &str,
    names: &mut BTreeMap<String, String>,
    faults: &mut Vec<DataError>,
) {
    for words in &lexicon.words {
        check_words(words, faults);
        let place = format!("data/{}:{}", words.file, words.line);
        if let Some(before) = names.insert(words.name.clone(), place) {
            faults.push(words.fault(&format!("the rule `{}` is already at {before}", words.name)));
        }
        for example in &words.examples {
            let fault = example::run(lexicon, words, example, mark, irregular, &name_of);
            faults.extend(fault.map(|message| words.fault(&message)));
        }
    }
}

fn check_words(words: &Words, faults: &mut Vec<DataError>) {
    let name = &words.name;
    let n_fire = words.examples.iter().filter(|example| example.fires()).count();
    if n_fire == 0 {
        faults.push(words.fault(&format!("rule `{name}` has no example, so nothing can test it")));
    }
    if n_fire == words.examples.len() {
        let message = format!("rule `{name}` has no example with finds = \"nothing\", so nothing bounds it");
        faults.push(words.fault(&message));
    }
    if words.words.is_empty() {
        faults.push(words.fault(&format!("rule `{name}` has no words")));
    }
    if words.from.is_empty() {
        faults.push(words.fault(&format!("rule `{name}` does not say where it comes from")));
    }
    for (_, word) in &words.words {
        if *word != word.to_lowercase() || word.trim() != word || word.is_empty() {
            faults.push(words.fault(&format!("`{word}` must be a lemma in lower case")));
        }
    }
}

fn check_glossary(glossary: &Glossary, faults: &mut Vec<DataError>) {
    let groups: [(&str, Vec<&'static str>); 7] = [
        ("status", Status::ALL.iter().map(|word| word.word()).collect()),
        ("quad", QuadClass::ALL.iter().map(|word| word.word()).collect()),
        ("actor_kind", ActorKind::ALL.iter().map(|word| word.word()).collect()),
        ("role_status", RoleStatus::ALL.iter().map(|word| word.word()).collect()),
        ("source_kind", SourceKind::ALL.iter().map(|word| word.word()).collect()),
        ("manner", Manner::ALL.iter().map(|word| word.word()).collect()),
        ("act", Act::ALL.iter().map(|word| word.word()).collect()),
    ];
    for (group, labels) in groups {
        for label in labels {
            if glossary.explain(group, label).is_none() {
                let message = format!("[{group}] does not explain `{label}`");
                faults.push(DataError::new("glossary.toml", 0, &message));
            }
        }
    }
}

impl Words {
    fn fault(&self, message: &str) -> DataError {
        DataError::new(&self.file, self.line, message)
    }
}

#[cfg(test)]
mod tests;
