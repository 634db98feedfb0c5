//! Linear layers out of the weight file, ready for the kernel.

use crate::kernel::{Column, LANES, Packed};
use crate::weights::Weights;
use crate::{Architecture, Error, Labels};

/// Reads a linear layer: `NAME.weight`, `NAME.scale`, `NAME.bias`.
pub(crate) fn linear(
    weights: &Weights<'_>,
    name: &str,
    inputs: usize,
    outputs: usize,
) -> Result<Packed, Error> {
    let columns = Columns::read(weights, name, inputs, outputs)?;
    Ok(Packed::new(inputs, (0..outputs).map(|o| columns.column(o))))
}

/// A linear layer as the file has it.
struct Columns<'a> {
    weights: &'a [u8],
    scales: Vec<f32>,
    biases: Vec<f32>,
    inputs: usize,
}

impl<'a> Columns<'a> {
    fn read(weights: &Weights<'a>, name: &str, inputs: usize, outputs: usize) -> Result<Self, Error> {
        Ok(Self {
            weights: weights.int8(&format!("{name}.weight"), &[outputs, inputs])?,
            scales: weights.floats(&format!("{name}.scale"), &[outputs])?,
            biases: weights.floats(&format!("{name}.bias"), &[outputs])?,
            inputs,
        })
    }

    fn column(&self, at: usize) -> Column<'a> {
        let weights = &self.weights[at * self.inputs..][..self.inputs];
        Column { weights, scale: self.scales[at], bias: self.biases[at] }
    }
}

/// One head of the fused projection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Its name in `fused`.
    pub(crate) name: &'static str,
    /// Outputs that it has.
    pub(crate) size: usize,
}

/// The heads of the fused projection, in the order in which their outputs stand.
pub(crate) fn fused_parts(size: &Architecture, labels: &Labels) -> [Part; 17] {
    let roles = labels.role.len() * size.role_size;
    [
        ("upos", labels.upos.len()),
        ("xpos", labels.xpos.len()),
        ("lemma", labels.lemma.len()),
        ("entity", labels.entity.len()),
        ("trigger", labels.trigger.len()),
        ("party", labels.party.len()),
        ("sector", labels.sector.len()),
        ("cue", labels.cue.len()),
        ("attribution", labels.attribution.len()),
        ("mode", labels.mode.len()),
        ("status", labels.status.len()),
        ("role_anchor", roles),
        ("role_word", roles),
        ("arc_dep", size.arc_size),
        ("arc_head", size.arc_size),
        ("rel_dep", size.rel_size),
        ("rel_head", size.rel_size),
    ]
    .map(|(name, size)| Part { name, size })
}

/// Reads the fused head projection so that every part begins at a block.
pub(crate) fn fused_linear(weights: &Weights<'_>, inputs: usize, parts: &[Part]) -> Result<Packed, Error> {
    let file = Columns::read(weights, "heads", inputs, weights.fused_size())?;
    let mut columns = Vec::new();
    for part in parts {
        let range = weights.fused(part.name, part.size)?;
        columns.extend(range.map(|o| file.column(o)));
        columns.resize(columns.len().next_multiple_of(LANES), Column { weights: &[], scale: 0.0, bias: 0.0 });
    }
    Ok(Packed::new(inputs, columns.into_iter()))
}
