//! The network as a whole: a weight file in, predictions out.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::encoder::{Encoder, Input, Scratch};
use crate::heads::{Heads, HeadsScratch};
use crate::kernel::{Instructions, Kernel};
use crate::pack::pack;
use crate::prediction::{Labels, Model, Prediction, Window};
use crate::shape::shapes;
use crate::weights::{Architecture, Weights};
use crate::wordpiece::WordPiece;
use crate::{Error, ErrorKind};

/// The weights that the program carries.
static BUNDLED: &[u8] = include_bytes!("../../../models/whimbrel.weights");

/// A network that is ready to read. Clones share the weights.
///
/// ```no_run
/// use whimbrel_model::{Model, Network, Window};
/// let network = Network::bundled()?;
/// let window = Window { words: vec!["Troops", "left", "."], sentences: vec![0..3] };
/// let prediction = &network.predict(&[window])[0];
/// assert_eq!(prediction.words.len(), 3);
/// # Ok::<(), whimbrel_model::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network {
    parts: Arc<Parts>,
    kernel: Kernel,
}

#[derive(Debug)]
struct Parts {
    name: String,
    version: String,
    architecture: Architecture,
    wordpiece: WordPiece,
    encoder: Encoder,
    heads: Heads,
    /// Memory of passes that are done, for those to come; one for each thread that was ever busy at once.
    idle: Mutex<Vec<Memory>>,
}

#[derive(Debug)]
struct Memory {
    encoder: Scratch,
    heads: HeadsScratch,
    pieces: Vec<u32>,
    shapes: Vec<u8>,
    firsts: Vec<usize>,
}

impl Network {
    /// The network that the program carries.
    pub fn bundled() -> Result<Self, Error> {
        Self::read(BUNDLED, Cow::Borrowed)
    }

    /// Reads a weight file; `models/FORMAT.md` describes it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(bytes, |words| Cow::Owned(words.to_vec()))
    }

    fn read<'a>(bytes: &'a [u8], keep: impl Fn(&'a [u8]) -> Cow<'static, [u8]>) -> Result<Self, Error> {
        let weights = Weights::read(bytes)?;
        let (wordpiece, n_pieces) = WordPiece::new(weights.text("vocab")?)?;
        let words = weights.int8("embed.word", &[n_pieces, weights.architecture.hidden])?;
        let parts = Parts {
            encoder: Encoder::read(&weights, n_pieces, keep(words))?,
            heads: Heads::read(&weights)?,
            wordpiece,
            name: weights.name,
            version: weights.version,
            architecture: weights.architecture,
            idle: Mutex::default(),
        };
        Ok(Self { parts: Arc::new(parts), kernel: Kernel::best() })
    }

    /// The same network on other instructions; the predictions are the same to the bit.
    pub fn with_instructions(self, instructions: Instructions) -> Result<Self, Error> {
        match Kernel::new(instructions) {
            Some(kernel) => Ok(Self { kernel, ..self }),
            None => Err(Error::at("instructions", ErrorKind::Instructions(instructions))),
        }
    }

    /// The instructions that it runs on.
    pub fn instructions(&self) -> Instructions {
        self.kernel.instructions()
    }

    /// Name and version, as records carry them: `whimbrel-en 2026.11.25`.
    pub fn id(&self) -> String {
        format!("{} {}", self.parts.name, self.parts.version)
    }

    /// The sizes of the network.
    pub fn architecture(&self) -> &Architecture {
        &self.parts.architecture
    }

    /// The encoder's vectors of a window's pieces, `[CLS]` first, `[SEP]` last; for comparison with the network as it was
    /// trained.
    ///
    /// # Panics
    ///
    /// Panics if the window is longer than `pack` makes them.
    pub fn vectors(&self, window: &Window<'_>) -> Vec<Vec<f32>> {
        let mut memory = self.memory();
        self.cut(window, &mut memory);
        self.encode(&mut memory, &mut |_| ());
        let x = &memory.encoder.x;
        let vectors = (0..x.len()).map(|i| x.floats(i).to_vec()).collect();
        self.keep(memory);
        vectors
    }

    /// Reads one window and tells `done` the name of each step when it is through, for a caller with a clock.
    pub fn predict_in_steps(&self, window: &Window<'_>, done: &mut dyn FnMut(&'static str)) -> Prediction {
        let mut memory = self.memory();
        let prediction = self.predict_one(window, &mut memory, done);
        self.keep(memory);
        prediction
    }

    fn memory(&self) -> Memory {
        let idle = self.parts.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Memory {
            encoder: self.parts.encoder.scratch(),
            heads: self.parts.heads.scratch(self.parts.architecture.hidden),
            pieces: Vec::new(),
            shapes: Vec::new(),
            firsts: Vec::new(),
        })
    }

    fn keep(&self, memory: Memory) {
        self.parts.idle.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }

    /// Cuts a window into pieces with their shape classes.
    fn cut(&self, window: &Window<'_>, memory: &mut Memory) {
        let Memory { pieces, shapes: classes, firsts, .. } = memory;
        let wordpiece = &self.parts.wordpiece;
        pieces.clear();
        classes.clear();
        firsts.clear();
        pieces.push(wordpiece.begin);
        classes.push(0);
        for (word, class) in window.words.iter().zip(shapes(&window.words, &window.sentences)) {
            firsts.push(pieces.len());
            wordpiece.cut(word, pieces);
            classes.resize(pieces.len(), class);
        }
        pieces.push(wordpiece.end);
        classes.push(0);
    }

    fn encode(&self, memory: &mut Memory, done: &mut dyn FnMut(&'static str)) {
        let input = Input { pieces: &memory.pieces, shapes: &memory.shapes };
        self.parts.encoder.encode(self.kernel, input, &mut memory.encoder, done);
    }

    fn predict_one(
        &self,
        window: &Window<'_>,
        memory: &mut Memory,
        done: &mut dyn FnMut(&'static str),
    ) -> Prediction {
        assert!(window.is_whole(), "the sentences of a window cover its words");
        if window.words.is_empty() {
            return Prediction::default();
        }
        self.cut(window, memory);
        done("pieces");
        if memory.pieces.len() > self.parts.architecture.positions {
            return self.predict_parts(window, memory, done);
        }
        self.encode(memory, done);
        let Memory { encoder, heads, firsts, .. } = memory;
        self.parts.heads.predict(self.kernel, window, &encoder.x, firsts, heads, done)
    }

    /// A window that is too long is read in the parts that `pack` makes of it.
    fn predict_parts(
        &self,
        window: &Window<'_>,
        memory: &mut Memory,
        done: &mut dyn FnMut(&'static str),
    ) -> Prediction {
        let mut whole = Prediction::default();
        for range in self.pack(&window.words, &window.sentences) {
            let part = self.predict_one(&window.part(range), memory, done);
            whole.append(part);
        }
        whole
    }
}

impl Model for Network {
    fn labels(&self) -> &Labels {
        self.parts.heads.labels()
    }

    fn pack(&self, words: &[&str], sentences: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut pieces = Vec::new();
        let size = |word: &&str| {
            pieces.clear();
            self.parts.wordpiece.cut(word, &mut pieces);
            pieces.len()
        };
        let sizes: Vec<usize> = words.iter().map(size).collect();
        pack(&sizes, sentences, self.parts.architecture.window - 2)
    }

    fn predict(&self, windows: &[Window<'_>]) -> Vec<Prediction> {
        let mut memory = self.memory();
        let predictions =
            windows.iter().map(|window| self.predict_one(window, &mut memory, &mut |_| ())).collect();
        self.keep(memory);
        predictions
    }
}

#[cfg(test)]
mod tests;
