//! The weight file: `models/FORMAT.md` in code.
//!
//! Nothing in the file is trusted: every length is checked before it is used, and errors name the node.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::kernel::{Block, LANES};
use crate::{Error, ErrorKind, Labels};

const MAGIC: &[u8; 8] = b"WHIMBREL";

/// The most labels of a head: a window's probabilities stay within some megabytes.
const LABELS_MAX: usize = 4096;

/// The sizes of a network.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Encoder layers.
    pub layers: usize,
    /// Width of a piece's vector.
    pub hidden: usize,
    /// Attention heads.
    pub heads: usize,
    /// Width of the inner layer.
    pub ffn: usize,
    /// Most pieces that a window can have.
    pub positions: usize,
    /// Shape classes.
    pub shapes: usize,
    /// Pieces of a window as `pack` makes them.
    pub window: usize,
    /// Width of a role's projection.
    pub role_size: usize,
    /// Width of the arc projections.
    pub arc_size: usize,
    /// Width of the relation projections.
    pub rel_size: usize,
    /// Buckets of word distance.
    pub distances: usize,
}

/// Floats of one attention head.
pub(crate) const HEAD: usize = 32;

impl Architecture {
    fn check(&self) -> Result<(), Error> {
        let rules: [(&str, usize, bool, &'static str); 11] = [
            ("layers", self.layers, (1..=64).contains(&self.layers), "1 to 64"),
            ("heads", self.heads, (1..=128).contains(&self.heads), "1 to 128"),
            ("hidden", self.hidden, self.hidden == self.heads.saturating_mul(HEAD), "32 for every head"),
            ("ffn", self.ffn, blocks_up_to(self.ffn, 1 << 16), "a multiple of 16 up to 65536"),
            ("positions", self.positions, (8..=4096).contains(&self.positions), "8 to 4096"),
            ("shapes", self.shapes, self.shapes == crate::shape::SHAPES, "12"),
            ("window", self.window, (10..=self.positions).contains(&self.window), "10 to `positions`"),
            ("role_size", self.role_size, blocks_up_to(self.role_size, 1024), "a multiple of 16 up to 1024"),
            ("arc_size", self.arc_size, blocks_up_to(self.arc_size, 1024), "a multiple of 16 up to 1024"),
            ("rel_size", self.rel_size, blocks_up_to(self.rel_size, 1024), "a multiple of 16 up to 1024"),
            ("distances", self.distances, self.distances == crate::heads::DISTANCES, "33"),
        ];
        match rules.into_iter().find(|(_, _, fits, _)| !fits) {
            None => Ok(()),
            Some((name, value, _, allowed)) => Err(Error::at(
                format!("architecture.{name}"),
                ErrorKind::Value { value: value as u64, allowed },
            )),
        }
    }
}

fn blocks_up_to(value: usize, most: usize) -> bool {
    value > 0 && value.is_multiple_of(LANES) && value <= most
}

/// A range of columns of the fused head projection.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Fused {
    name: String,
    start: usize,
    end: usize,
}

#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Tensor {
    name: String,
    dtype: String,
    shape: Vec<u64>,
    offset: u64,
    bytes: u64,
}

#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    name: String,
    version: String,
    architecture: Architecture,
    labels: Labels,
    fused: Vec<Fused>,
    tensors: Vec<Tensor>,
}

/// A weight file whose header has been read and whose tensors are known to be in place.
#[derive(Debug)]
pub(crate) struct Weights<'a> {
    /// The network's name.
    pub(crate) name: String,
    /// The network's version.
    pub(crate) version: String,
    /// Its sizes.
    pub(crate) architecture: Architecture,
    /// Its label sets.
    pub(crate) labels: Labels,
    fused: BTreeMap<String, Range<usize>>,
    tensors: BTreeMap<String, (Tensor, &'a [u8])>,
}

impl<'a> Weights<'a> {
    /// Reads the header and finds the tensors.
    pub(crate) fn read(file: &'a [u8]) -> Result<Self, Error> {
        let truncated = |end: u64| ErrorKind::Truncated { start: 0, end, len: file.len() as u64 };
        if !file.starts_with(MAGIC) {
            return Err(Error::at("file", ErrorKind::Magic));
        }
        let Some((len, rest)) = file[MAGIC.len()..].split_first_chunk::<4>() else {
            return Err(Error::at("header", truncated(12)));
        };
        let len = u32::from_le_bytes(*len) as usize;
        let Some(header) = rest.get(..len) else {
            return Err(Error::at("header", truncated(12 + len as u64)));
        };
        let header: Header = serde_json::from_slice(header).map_err(|error| Error::at("header", error))?;
        if header.format != 1 {
            return Err(Error::at("format", ErrorKind::Format(header.format)));
        }
        header.architecture.check()?;
        check_labels(&header.labels)?;
        let data = (MAGIC.len() + 4 + len).next_multiple_of(64);
        Ok(Self {
            name: header.name,
            version: header.version,
            architecture: header.architecture,
            labels: header.labels,
            fused: find_ranges(header.fused)?,
            tensors: find_tensors(header.tensors, file, data as u64)?,
        })
    }

    fn tensor(&self, name: &str, dtype: &'static str, shape: &[usize]) -> Result<&'a [u8], Error> {
        let (tensor, bytes) = self.tensors.get(name).ok_or_else(|| Error::at(name, ErrorKind::Missing))?;
        if tensor.dtype != dtype {
            return Err(Error::at(name, ErrorKind::Dtype { found: tensor.dtype.clone(), wanted: dtype }));
        }
        let wanted: Vec<u64> = shape.iter().map(|n| *n as u64).collect();
        if tensor.shape != wanted {
            return Err(Error::at(name, ErrorKind::Shape { found: tensor.shape.clone(), wanted }));
        }
        Ok(bytes)
    }

    /// A tensor of bytes that are i8.
    pub(crate) fn int8(&self, name: &str, shape: &[usize]) -> Result<&'a [u8], Error> {
        self.tensor(name, "i8", shape)
    }

    /// A tensor of floats, all finite.
    pub(crate) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let bytes = self.tensor(name, "f32", shape)?;
        let floats: Vec<f32> =
            bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        match floats.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(Error::at(name, ErrorKind::NotFinite(at))),
            None => Ok(floats),
        }
    }

    /// A tensor of floats in rows of whole blocks; the last dimension is padded with zeros.
    pub(crate) fn blocks(&self, name: &str, shape: &[usize]) -> Result<Vec<Block>, Error> {
        let floats = self.floats(name, shape)?;
        let width = shape.last().copied().filter(|width| *width > 0).unwrap_or(1);
        let mut blocks = Vec::with_capacity(floats.len() / width * width.div_ceil(LANES));
        for row in floats.chunks(width) {
            for chunk in row.chunks(LANES) {
                let mut block = Block::default();
                block.0[..chunk.len()].copy_from_slice(chunk);
                blocks.push(block);
            }
        }
        Ok(blocks)
    }

    /// The vocabulary, a tensor of text of any length.
    pub(crate) fn text(&self, name: &str) -> Result<&'a str, Error> {
        let (tensor, _) = self.tensors.get(name).ok_or_else(|| Error::at(name, ErrorKind::Missing))?;
        let bytes = self.tensor(name, "u8", &[tensor.bytes as usize])?;
        std::str::from_utf8(bytes).map_err(|_| Error::at(name, ErrorKind::NotUtf8))
    }

    /// The rows of the fused head projection that a head owns.
    pub(crate) fn fused(&self, name: &str, size: usize) -> Result<Range<usize>, Error> {
        let node = || format!("fused.{name}");
        let range = self.fused.get(name).ok_or_else(|| Error::at(node(), ErrorKind::Missing))?;
        if range.len() == size {
            return Ok(range.clone());
        }
        let (found, wanted) = (vec![range.len() as u64], vec![size as u64]);
        Err(Error::at(node(), ErrorKind::Shape { found, wanted }))
    }

    /// Outputs of the fused head projection.
    pub(crate) fn fused_size(&self) -> usize {
        self.fused.values().map(|range| range.end).max().unwrap_or(0)
    }
}

/// Every list is of a size that can be meant, and names each label once: lists of tags that may follow one another grow
/// with the square of repeated tags.
fn check_labels(labels: &Labels) -> Result<(), Error> {
    for (list, labels) in labels.lists() {
        if labels.len() > LABELS_MAX {
            let kind = ErrorKind::Value { value: labels.len() as u64, allowed: "at most 4096 labels" };
            return Err(Error::at(format!("labels.{list}"), kind));
        }
        let mut known = BTreeSet::new();
        if let Some(label) = labels.iter().find(|label| !known.insert(label.as_str())) {
            return Err(Error::at(format!("labels.{list}.{label}"), ErrorKind::Twice));
        }
    }
    Ok(())
}

fn find_ranges(fused: Vec<Fused>) -> Result<BTreeMap<String, Range<usize>>, Error> {
    let mut ranges = BTreeMap::new();
    for Fused { name, start, end } in fused {
        let node = format!("fused.{name}");
        if start > end || end > 1 << 20 {
            let allowed = "start to end, at most 1048576";
            return Err(Error::at(node, ErrorKind::Value { value: end as u64, allowed }));
        }
        if ranges.insert(name, start..end).is_some() {
            return Err(Error::at(node, ErrorKind::Twice));
        }
    }
    let mut in_order: Vec<(usize, usize, &str)> =
        ranges.iter().map(|(name, range)| (range.start, range.end, name.as_str())).collect();
    in_order.sort_unstable();
    match first_overlap(&in_order) {
        Some((one, other)) => Err(Error::at(format!("fused.{other}"), ErrorKind::Overlap(one.to_owned()))),
        None => Ok(ranges),
    }
}

/// The first two of the ranges, sorted by their start, that share something.
fn first_overlap<'a, N: Copy + PartialOrd>(in_order: &[(N, N, &'a str)]) -> Option<(&'a str, &'a str)> {
    let mut reach = in_order.first()?;
    for range in &in_order[1..] {
        if range.0 < reach.1 && range.0 < range.1 {
            return Some((reach.2, range.2));
        }
        if range.1 > reach.1 {
            reach = range;
        }
    }
    None
}

/// Finds every tensor in the file. None shares bytes with another, so that what is made of them is bounded by the file.
fn find_tensors(
    list: Vec<Tensor>,
    file: &[u8],
    data: u64,
) -> Result<BTreeMap<String, (Tensor, &[u8])>, Error> {
    let mut tensors = BTreeMap::new();
    for tensor in list {
        let node = tensor.name.clone();
        let width = match tensor.dtype.as_str() {
            "i8" | "u8" => 1,
            "f32" => 4,
            found => {
                let kind = ErrorKind::Dtype { found: found.to_owned(), wanted: "i8, u8 or f32" };
                return Err(Error::at(node, kind));
            }
        };
        let size = tensor.shape.iter().try_fold(width, |size: u64, n| size.checked_mul(*n));
        if size != Some(tensor.bytes) {
            let Tensor { bytes, shape, dtype, .. } = tensor;
            return Err(Error::at(node, ErrorKind::Size { bytes, shape, dtype }));
        }
        if !tensor.offset.is_multiple_of(64) {
            return Err(Error::at(node, ErrorKind::Offset(tensor.offset)));
        }
        let start = data.saturating_add(tensor.offset);
        let end = start.saturating_add(tensor.bytes);
        // A tensor beyond the address space is beyond the file too.
        let range = usize::try_from(start).unwrap_or(usize::MAX)..usize::try_from(end).unwrap_or(usize::MAX);
        let Some(bytes) = file.get(range) else {
            return Err(Error::at(node, ErrorKind::Truncated { start, end, len: file.len() as u64 }));
        };
        if tensors.insert(node.clone(), (tensor, bytes)).is_some() {
            return Err(Error::at(node, ErrorKind::Twice));
        }
    }
    let mut in_order: Vec<(u64, u64, &str)> = tensors
        .iter()
        .map(|(name, (tensor, _))| (tensor.offset, tensor.offset.saturating_add(tensor.bytes), name.as_str()))
        .collect();
    in_order.sort_unstable();
    match first_overlap(&in_order) {
        Some((one, other)) => Err(Error::at(other, ErrorKind::Overlap(one.to_owned()))),
        None => Ok(tensors),
    }
}
