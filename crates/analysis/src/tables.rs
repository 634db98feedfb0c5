//! What the crate knows of English and of the map, as tables: `data/time`, `data/place`, `data/grammar`.
//!
//! They are embedded in the program; [`Tables::load`] takes others in the place of any of them. Words of pronouns and titles are
//! read where they are used.

use std::borrow::Cow;
use std::sync::LazyLock;

use text::TableError;

use crate::lemma::Lemmas;
use crate::timex::{self, Grammar};
use crate::toponym::{self, PlaceTables};

static EMBEDDED: LazyLock<Tables> =
    LazyLock::new(|| Tables::load(|_| None).expect("the embedded tables are checked by a test"));

/// Rules of time, places and word forms, ready to read with.
#[derive(Debug)]
pub struct Tables {
    /// The rules of time.
    pub time: Grammar,
    /// Places and how they are told apart.
    pub place: PlaceTables,
    /// Dictionary forms.
    pub(crate) lemmas: Lemmas,
}

impl Tables {
    /// The tables that ship with the program.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Builds tables from `replace(name)` where it gives bytes, else from those that ship with the program. Names are paths
    /// below `data/`, those of [`Tables::file_names`].
    ///
    /// # Errors
    /// At the first file that cannot be read; [`Tables::faults`] gives one for every room.
    pub fn load(replace: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Self, TableError> {
        let source = Source(&replace);
        Ok(Self {
            time: Grammar::of_source(&source)?,
            place: PlaceTables::of_source(&source)?,
            lemmas: Lemmas::of_source(&source)?,
        })
    }

    /// What is wrong with the tables that `replace` gives; empty when [`Tables::load`] would load them.
    pub fn faults(replace: impl Fn(&str) -> Option<Vec<u8>>) -> Vec<TableError> {
        let source = Source(&replace);
        let faults = [
            Grammar::of_source(&source).err(),
            PlaceTables::of_source(&source).err(),
            Lemmas::of_source(&source).err(),
        ];
        faults.into_iter().flatten().collect()
    }

    /// The files that can be replaced, as paths below `data/`.
    pub fn file_names() -> impl Iterator<Item = &'static str> {
        timex::FILES.iter().map(|(name, _)| *name).chain(toponym::FILES).chain(crate::lemma::FILES)
    }
}

/// Where tables come from: another's bytes, else those of the program.
pub(crate) struct Source<'a>(&'a dyn Fn(&str) -> Option<Vec<u8>>);

impl Source<'_> {
    /// Nothing is replaced.
    pub(crate) const EMBEDDED: Self = Source(&|_| None);

    /// The bytes of a file.
    pub(crate) fn bytes(&self, name: &str, embedded: &'static [u8]) -> Cow<'static, [u8]> {
        (self.0)(name).map_or(Cow::Borrowed(embedded), Cow::Owned)
    }

    /// The text of a file.
    pub(crate) fn text(&self, name: &str, embedded: &'static str) -> Result<Cow<'static, str>, TableError> {
        let Some(bytes) = (self.0)(name) else { return Ok(Cow::Borrowed(embedded)) };
        String::from_utf8(bytes).map(Cow::Owned).map_err(|error| {
            let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = sound.iter().filter(|byte| **byte == b'\n').count() + 1;
            TableError::new(name, line, "broken UTF-8; valid is UTF-8 throughout")
        })
    }
}

/// The rows of a table whose header must be `columns`, with their lines.
pub(crate) fn rows<'a, const N: usize>(
    file: &str,
    text: &'a str,
    columns: [&str; N],
) -> Result<Vec<(usize, [&'a str; N])>, TableError> {
    let mut lines = text.lines().enumerate();
    if lines.next().is_none_or(|(_, header)| header.split('\t').ne(columns)) {
        return Err(TableError::new(file, 1, format!("the header must read `{}`", columns.join("<TAB>"))));
    }
    let row = |(idx, line): (usize, &'a str)| {
        let cells: Vec<&str> = line.split('\t').collect();
        let n_cells = cells.len();
        let cells = cells.try_into().map_err(|_| {
            TableError::new(file, idx + 1, format!("the row has {n_cells} cells, the header {N}"))
        })?;
        Ok((idx + 1, cells))
    };
    lines.filter(|(_, line)| !line.is_empty()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(name: &str, content: &[u8]) -> String {
        let faults = Tables::faults(|file| (file == name).then(|| content.to_vec()));
        assert_eq!(faults.len(), 1, "{name}: {faults:?}");
        let loaded = Tables::load(|file| (file == name).then(|| content.to_vec()));
        assert_eq!(loaded.err().as_ref(), faults.first(), "loading stops where the check does");
        faults[0].to_string()
    }

    #[test]
    fn faults_name_file_and_line() {
        for (name, content, message) in [
            ("time/date.toml", &b"\n[[rulle]]\n"[..], "data/time/date.toml:2: unknown field `rulle`"),
            ("time/set.toml", b"# \n\xff", "data/time/set.toml:2: broken UTF-8"),
            (
                "place/weights.tsv",
                b"name\tvalue\tmeans\nnear\tx\ty\n",
                "data/place/weights.tsv:2: the weight of `near`",
            ),
            (
                "place/kinds.tsv",
                b"word\tstands\tclass\tmeans\narea\tbehind\t-\tx\n",
                "data/place/kinds.tsv:2: no side `behind`",
            ),
            (
                "place/spelling.tsv",
                b"short\tlong\nst\n",
                "data/place/spelling.tsv:2: the row has 1 cells, the header 2",
            ),
            (
                "place/countries.tsv",
                b"name\n",
                "data/place/countries.tsv:1: the header must read `name<TAB>aliases",
            ),
            ("place/gazetteer.bin", b"GIF89a", "data/place/gazetteer.bin: not a gazetteer"),
            (
                "grammar/lemma.tsv",
                b"form\tlemma\n",
                "data/grammar/lemma.tsv:1: the header must read `form<TAB>upos<TAB>lemma<TAB>from`",
            ),
            ("grammar/verb.tsv", b"lemma\tfrom\n\tx\n", "data/grammar/verb.tsv:2: the first cell is empty"),
        ] {
            let fault = fault(name, content);
            assert!(fault.starts_with(message), "`{fault}` should begin with `{message}`");
        }
    }

    #[test]
    fn replaced_tables_are_read_and_the_others_stay() {
        let verbs = "lemma\tfrom\nzlorp\ttest\n";
        let tables =
            Tables::load(|file| (file == "grammar/verb.tsv").then(|| verbs.into())).expect("sound tables");
        assert_eq!(tables.lemmas.lemma_of("zlorped", "VERB", String::new()), "zlorp");
        assert_eq!(
            tables.lemmas.lemma_of("said", "VERB", String::new()),
            "say",
            "the other table is the bundled one"
        );
        let words = "short\tlong\nzz\tsaint\n";
        let tables =
            Tables::load(|file| (file == "place/spelling.tsv").then(|| words.into())).expect("sound tables");
        let found = tables.place.gazetteer().lookup("Zz. Petersburg");
        assert!(found.iter().any(|found| found.place.country == Some("RUS")), "{found:?}");
    }

    #[test]
    fn every_file_can_be_replaced() {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        for name in Tables::file_names() {
            let bytes = std::fs::read(data.join(name)).expect("the files are named as they lie in data/");
            assert_eq!(Tables::faults(|file| (file == name).then(|| bytes.clone())), [], "{name}");
            // A file of rules may be empty; a table has its header at least.
            let n_faults = Tables::faults(|file| (file == name).then(Vec::new)).len();
            assert!(n_faults == 1 || name.starts_with("time/"), "{name}: an empty file is a fault");
        }
    }
}
