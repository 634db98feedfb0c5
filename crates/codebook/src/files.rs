//! The data files: those that travel in the binary, or those of a folder.
//!
//! Files are found by walking; their names are paths below `data/` with forward slashes, sorted.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use crate::error::DataError;

/// The files embedded at compile time, sorted by name.
static BUNDLED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Named texts, sorted by name.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// Name below `data/`, content.
    entries: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl Files {
    /// The data that travels in the binary.
    pub(crate) fn bundled() -> Self {
        Self { entries: BUNDLED.iter().map(|&(name, text)| (name.into(), text.into())).collect() }
    }

    /// Texts under their names below `data/`; of two texts of one name the first counts.
    pub(crate) fn of_texts(texts: &[(&str, &str)]) -> Self {
        let owned = |&(name, text): &(&str, &str)| (name.to_string().into(), text.to_string().into());
        let mut entries: Vec<(Cow<'static, str>, Cow<'static, str>)> = texts.iter().map(owned).collect();
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        entries.dedup_by(|(later, _), (earlier, _)| later == earlier);
        Self { entries }
    }

    /// The codebook's files below `dir`.
    pub(crate) fn read(dir: &Path) -> Result<Self, DataError> {
        let mut entries = Vec::new();
        for room in ["ontology", "lexicon", "actor", "glossary.toml"] {
            walk(&dir.join(room), room, &mut entries)?;
        }
        if entries.is_empty() {
            return Err(DataError::new(&dir.to_string_lossy(), 0, "no data files in this folder"));
        }
        entries.sort();
        Ok(Self { entries })
    }

    /// Files whose name starts with `prefix`, as (name, content).
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.entries
            .iter()
            .filter(move |(name, _)| name.starts_with(prefix))
            .map(|(name, text)| (name.as_ref(), text.as_ref()))
    }

    /// Puts a file in, for tests of what happens then.
    #[cfg(test)]
    pub(crate) fn replace(&mut self, name: &str, text: &str) {
        self.entries.retain(|(known, _)| known != name);
        self.entries.push((name.to_string().into(), text.to_string().into()));
        self.entries.sort();
    }

    /// FNV-1a over names and contents: the codebook's version.
    pub(crate) fn version(&self) -> String {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut eat = |bytes: &[u8]| {
            let mut chunks = bytes.chunks_exact(8);
            for chunk in &mut chunks {
                let word = u64::from_le_bytes(chunk.try_into().expect("chunks of eight"));
                hash = (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
            }
            for &byte in chunks.remainder() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        for (name, text) in &self.entries {
            eat(name.as_bytes());
            eat(&(text.len() as u64).to_le_bytes());
            eat(text.as_bytes());
        }
        format!("plover-{hash:016x}")
    }
}

fn walk(
    path: &Path,
    name: &str,
    entries: &mut Vec<(Cow<'static, str>, Cow<'static, str>)>,
) -> Result<(), DataError> {
    if path.is_dir() {
        let listing = fs::read_dir(path).map_err(|error| DataError::new(name, 0, &error.to_string()))?;
        for entry in listing.flatten() {
            let below = format!("{name}/{}", entry.file_name().to_string_lossy());
            walk(&entry.path(), &below, entries)?;
        }
    } else if path.is_file() && path.extension().is_some_and(|end| end == "toml" || end == "tsv") {
        let text = fs::read_to_string(path).map_err(|error| DataError::new(name, 0, &error.to_string()))?;
        entries.push((name.to_string().into(), text.into()));
    }
    Ok(())
}
