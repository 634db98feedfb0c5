//! The register of signatures: what all who bear one have in common, and who they are.
//!
//! A signature that half of all stories use has one row here; its bearers are counted, and read only when all of them are
//! told something new.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::actor::Signature;
use crate::blocking::Node;
use crate::facts::Party;
use crate::keeping;
use crate::shelf::{Damaged, Shelf, Shelves};

/// A signature with what its bearers have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Signed {
    pub(crate) signature: Signature,
    /// The least number of a bearer.
    pub(crate) first: i64,
    /// How many bear it.
    pub(crate) n: u32,
    /// How many bear it in each spelling.
    pub(crate) names: BTreeMap<String, u32>,
    /// How many of each sector bear it.
    pub(crate) sectors: BTreeMap<String, u32>,
    /// How many have each Wikidata id.
    pub(crate) wikidata: BTreeMap<String, u32>,
    /// The entity that its bearers were told to be, why and how surely.
    pub(crate) told: Option<(i64, String, f32)>,
}

/// All signatures; rows are read once a settling and written back at its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Register {
    rows: BTreeMap<u64, Option<Signed>>,
    changed: BTreeSet<u64>,
    /// Signatures with bearers that came or went.
    pub(crate) stirred: BTreeSet<u64>,
    /// Who came, by signature.
    pub(crate) fresh: BTreeMap<u64, BTreeSet<Node>>,
}

const BEARER: usize = 26;

fn bearer(signature: u64, number: i64, node: Node) -> [u8; BEARER] {
    let mut bytes = [0; BEARER];
    bytes[..8].copy_from_slice(&signature.to_be_bytes());
    // Numbers may be negative; the order of their bytes must be theirs.
    bytes[8..16].copy_from_slice(&((number as u64) ^ (1 << 63)).to_be_bytes());
    bytes[16..].copy_from_slice(&crate::blocking::node_bytes(node));
    bytes
}

fn parsed(bytes: &[u8]) -> Result<(i64, Node), Damaged> {
    let number = bytes.get(8..16).and_then(|bytes| bytes.try_into().ok()).ok_or(Damaged("a bearer"))?;
    let node = crate::blocking::node(bytes.get(16..).ok_or(Damaged("a bearer"))?)?;
    Ok(((u64::from_be_bytes(number) ^ (1 << 63)) as i64, node))
}

impl Register {
    fn row<S: Shelves>(&mut self, shelves: &S, key: u64) -> Result<&mut Option<Signed>, S::Error> {
        use std::collections::btree_map::Entry;
        match self.rows.entry(key) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let row = match shelves.get(Shelf::Signatures, &key.to_be_bytes())? {
                    Some(bytes) => Some(keeping::value(&bytes).ok_or(Damaged("a signature"))?),
                    None => None,
                };
                Ok(entry.insert(row))
            }
        }
    }

    /// The row of a signature.
    pub(crate) fn get<S: Shelves>(&mut self, shelves: &S, key: u64) -> Result<Option<&Signed>, S::Error> {
        Ok(self.row(shelves, key)?.as_ref())
    }

    /// The row of a signature that pairs or groups name.
    pub(crate) fn signed<S: Shelves>(&mut self, shelves: &S, key: u64) -> Result<&Signed, S::Error> {
        self.row(shelves, key)?.as_ref().ok_or_else(|| Damaged("a signature that pairs name").into())
    }

    /// Enters a bearer; gives whether the signature is new.
    pub(crate) fn enter<S: Shelves>(
        &mut self,
        shelves: &mut S,
        key: u64,
        signature: Signature,
        (node, number, party): (Node, i64, &Party),
    ) -> Result<bool, S::Error> {
        shelves.put(Shelf::Bearers, &bearer(key, number, node), Vec::new())?;
        let row = self.row(shelves, key)?;
        let is_new = row.is_none();
        let signed = row.get_or_insert_with(|| Signed {
            signature,
            first: number,
            n: 0,
            names: BTreeMap::new(),
            sectors: BTreeMap::new(),
            wikidata: BTreeMap::new(),
            told: None,
        });
        signed.first = signed.first.min(number);
        signed.n += 1;
        *signed.names.entry(party.name.clone()).or_default() += 1;
        if let Some(sector) = &party.sector {
            *signed.sectors.entry(sector.clone()).or_default() += 1;
        }
        if let Some(id) = &party.wikidata {
            *signed.wikidata.entry(id.clone()).or_default() += 1;
        }
        self.changed.insert(key);
        self.stirred.insert(key);
        self.fresh.entry(key).or_default().insert(node);
        Ok(is_new)
    }

    /// Strikes a bearer out; gives the signature when it was the last one.
    pub(crate) fn strike<S: Shelves>(
        &mut self,
        shelves: &mut S,
        key: u64,
        (node, number, party): (Node, i64, &Party),
    ) -> Result<Option<Signature>, S::Error> {
        shelves.remove(Shelf::Bearers, &bearer(key, number, node))?;
        let next = self.bearers(shelves, key, 1)?.first().map(|next| next.0);
        let row = self.row(shelves, key)?;
        let signed = row.as_mut().ok_or(Damaged("a signature that is borne"))?;
        signed.n -= 1;
        let count = |counts: &mut BTreeMap<String, u32>, word: &str| {
            if let Some(n) = counts.get_mut(word) {
                *n -= 1;
            }
            counts.retain(|_, n| *n > 0);
        };
        count(&mut signed.names, &party.name);
        if let Some(sector) = &party.sector {
            count(&mut signed.sectors, sector);
        }
        if let Some(id) = &party.wikidata {
            count(&mut signed.wikidata, id);
        }
        let last = match next {
            Some(first) => {
                signed.first = first;
                None
            }
            None => row.take().map(|signed| signed.signature),
        };
        self.changed.insert(key);
        self.stirred.insert(key);
        if let Some(fresh) = self.fresh.get_mut(&key) {
            fresh.remove(&node);
        }
        Ok(last)
    }

    /// Who bears a signature, with their numbers, the least first; `limit` of them at most.
    pub(crate) fn bearers<S: Shelves>(&self, shelves: &S, key: u64, limit: usize) -> Result<Vec<(i64, Node)>, S::Error> {
        let to = [bearer(key, i64::MAX, (u64::MAX, u16::MAX)).as_slice(), &[0]].concat();
        let found = shelves.keys(Shelf::Bearers, &key.to_be_bytes(), &to, false, limit)?;
        found.iter().map(|bytes| Ok(parsed(bytes)?)).collect()
    }

    /// Notes what the bearers of a signature are told to be; gives whether it is something new.
    pub(crate) fn tell<S: Shelves>(&mut self, shelves: &S, key: u64, told: (i64, String, f32)) -> Result<bool, S::Error> {
        let Some(signed) = self.row(shelves, key)? else { return Ok(false) };
        if signed.told.as_ref() == Some(&told) {
            return Ok(false);
        }
        signed.told = Some(told);
        self.changed.insert(key);
        Ok(true)
    }

    /// Writes what has changed and forgets what was read.
    pub(crate) fn put_away<S: Shelves>(&mut self, shelves: &mut S) -> Result<(), S::Error> {
        for key in std::mem::take(&mut self.changed) {
            match self.rows.get(&key) {
                Some(Some(signed)) => shelves.put(Shelf::Signatures, &key.to_be_bytes(), keeping::bytes(signed))?,
                _ => shelves.remove(Shelf::Signatures, &key.to_be_bytes())?,
            }
        }
        self.rows.clear();
        self.stirred.clear();
        self.fresh.clear();
        Ok(())
    }
}
