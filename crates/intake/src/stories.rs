//! The stream: inputs one after the other, stories one after the other.
//!
//! Every input is told apart by its media type, its ending or its first bytes. What holds other inputs (an archive, a list)
//! stays open below them, so that the order is that of the archive and the memory that of one record.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec;

use crate::columns::Columns;
use crate::failure::{Failure, Remark, Stage};
use crate::feed::Entries;
use crate::fetch::Validators;
use crate::format::{Format, format_of, read_head};
use crate::input::{self, Input};
use crate::limits::{Limits, Meter, Options};
use crate::lines::Lines;
use crate::packed::{self, Packing};
use crate::rows::Rows;
use crate::source::{About, Bytes, Desk, Opened, Single, Source, Taken, broken_off};
use crate::story::Story;
use crate::values::Values;
use crate::{html, opml, page, warc};

/// A stream of stories in the order of the inputs, each taken in or not.
pub struct Stories {
    inputs: vec::IntoIter<Result<Input, Failure>>,
    // Sources that are being read, the innermost last.
    open: Vec<Box<dyn Source>>,
    desk: Desk,
    // Hashes of the ids so far; eight bytes a story, for any number of stories.
    ids: HashSet<u64>,
}

impl Stories {
    /// Stories of files and folders, in the given order; folders are walked in sorted order, and `-` is standard input.
    pub fn open(paths: &[PathBuf], limits: Limits) -> Self {
        Self::open_with(paths, Options { limits, ..Options::default() })
    }

    /// Stories of files, folders, patterns and addresses, in the given order; `-` is standard input.
    pub fn open_with(paths: &[PathBuf], options: Options) -> Self {
        let inputs = input::list(paths);
        let sizes = inputs.iter().filter_map(|input| input.as_ref().ok()).map(|input| match input {
            Input::File { path, .. } => path.metadata().ok().filter(|about| about.is_file()).map(|about| about.len()),
            Input::Stdin | Input::Address(_) => None,
        });
        let total = sizes.sum::<Option<u64>>().unwrap_or(0);
        let stories = Self::new(inputs, options);
        stories.desk.meter.set_total(total);
        stories
    }

    /// Stories of one reader, under a name for messages whose ending tells the format.
    pub fn from_reader(name: &str, reader: impl Read + Send + 'static, limits: Limits) -> Self {
        Self::from_reader_with(name, reader, Options { limits, ..Options::default() })
    }

    /// Stories of one reader, under a name for messages whose ending tells the format.
    pub fn from_reader_with(name: &str, reader: impl Read + Send + 'static, options: Options) -> Self {
        let mut stories = Self::new(Vec::new(), options);
        let stem = Path::new(packed::bare(name)).file_stem();
        let id = stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let bytes = stories.metered(reader);
        stories.push(Opened { name: name.to_owned(), id, bytes, about: About::default() });
        stories
    }

    /// How far the stream is.
    pub fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.desk.meter)
    }

    /// What there is to say about the inputs since the last call.
    pub fn take_remarks(&mut self) -> Vec<Remark> {
        std::mem::take(&mut self.desk.remarks)
    }

    fn new(inputs: Vec<Result<Input, Failure>>, options: Options) -> Self {
        Self { inputs: inputs.into_iter(), open: Vec::new(), desk: Desk::new(options), ids: HashSet::new() }
    }

    fn metered(&self, reader: impl Read + Send + 'static) -> Bytes {
        Box::new(BufReader::with_capacity(1 << 16, Metered { reader, meter: Arc::clone(&self.desk.meter) }))
    }

    /// Opens an input, whose records then come first.
    fn push(&mut self, opened: Opened) {
        self.desk.meter.set_item(&opened.name);
        let source = source(opened, &mut self.desk).unwrap_or_else(|failure| Box::new(Single::new(Taken::Failed(failure))));
        self.open.push(source);
    }

    fn open_input(&mut self, input: Input) -> Result<(), Failure> {
        let opened = match input {
            Input::Stdin => {
                let bytes = self.metered(io::stdin());
                Opened { name: "-".to_owned(), id: "stdin".to_owned(), bytes, about: About::default() }
            }
            Input::File { path, id } => {
                let file = File::open(&path).map_err(|error| input::unreadable(&path, &error))?;
                let bytes = self.metered(file);
                Opened { name: input::shown(&path), id, bytes, about: About { path: Some(path), ..About::default() } }
            }
            Input::Address(address) => {
                self.desk.meter.set_item(&address);
                self.fetch(address)?
            }
        };
        self.push(opened);
        Ok(())
    }

    fn fetch(&mut self, address: String) -> Result<Opened, Failure> {
        let answer = self.desk.fetcher.get(&address, &Validators::default()).map_err(|error| error.failure(&address))?;
        self.desk.meter.add_read(answer.bytes.len() as u64);
        let about = About { media: answer.media, charset: answer.charset, url: Some(answer.url.clone()), ..About::default() };
        Ok(Opened { name: address, id: answer.url, bytes: Box::new(io::Cursor::new(answer.bytes)), about })
    }

    /// Remarks on an id that came before, and hands the story on.
    fn checked(&mut self, story: Story) -> Story {
        let mut hasher = DefaultHasher::new();
        story.metadata.id.hash(&mut hasher);
        if !self.ids.insert(hasher.finish()) {
            let text = format!("the id `{}` came before; ids should be unique", story.metadata.id);
            self.desk.remark(&story.input, story.line, text);
        }
        story
    }
}

impl Iterator for Stories {
    type Item = Result<Story, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match self.open.last_mut() {
                Some(source) => match source.next(&mut self.desk) {
                    None => {
                        self.open.pop();
                        continue;
                    }
                    Some(Taken::Opened(opened)) => {
                        self.push(opened);
                        continue;
                    }
                    Some(Taken::Story(story)) => Ok(*story),
                    Some(Taken::Failed(failure)) => Err(failure),
                },
                None => match self.inputs.next() {
                    None => {
                        self.desk.meter.set_item("");
                        return None;
                    }
                    Some(input) => match input.and_then(|input| self.open_input(input)) {
                        Ok(()) => continue,
                        Err(failure) => Err(failure),
                    },
                },
            };
            let (input, number) = match &record {
                Ok(story) => (&story.input, story.record),
                Err(failure) => (&failure.input, failure.record),
            };
            if number == 0 || number > self.desk.done(input) {
                self.desk.meter.add_record();
                return Some(record.map(|story| self.checked(story)));
            }
        }
    }
}

/// Looks at the first bytes of an input and opens it as what it is.
fn source(opened: Opened, desk: &mut Desk) -> Result<Box<dyn Source>, Failure> {
    let Opened { name, id, mut bytes, about } = opened;
    let head = read_head(&mut *bytes).map_err(|error| broken_off(&name, 0, &error))?;
    let packing = Packing::of(&head);
    let format = if packing.is_none() { Some(format_of(&name, &about, &head)?) } else { None };
    let bytes: Bytes = Box::new(io::Cursor::new(head).chain(bytes));
    if let Some(packing) = packing {
        return packed::open(Opened { name, id, bytes, about }, packing, desk);
    }
    let format = format.expect("what is not packed has a format");
    // A page or a feed is one record or one answer; what is done already needs no reading.
    if matches!(format, Format::Page | Format::Html) && desk.done(&name) > 0 {
        return Ok(Box::new(Nothing));
    }
    Ok(match format {
        Format::Lines => Box::new(Lines::new(&name, bytes, desk)),
        Format::Values => Box::new(Values::new(&name, bytes, desk)),
        Format::Rows(delimiter) => Box::new(Rows::new(&name, bytes, delimiter, desk)),
        Format::Warc => Box::new(warc::Archive::new(&name, bytes, desk)),
        Format::Page => {
            let bytes = desk.read_whole(&name, bytes, "file")?;
            let mut unknown = Vec::new();
            let story = page::read(&name, &id, &bytes, &mut unknown);
            desk.remark_unknown(&name, 0, &unknown);
            Box::new(Single::new(story.map_err(|failure| failure.record(1))))
        }
        Format::Html => {
            let bytes = desk.read_whole(&name, bytes, "page")?;
            Box::new(Single::new(html::read(html::Place { input: &name, record: 1, id: Some(&id) }, &bytes, &about)))
        }
        Format::Feed => {
            let bytes = desk.read_whole(&name, bytes, "feed")?;
            Box::new(Entries::open(&name, &bytes, &about, desk)?)
        }
        Format::Opml => {
            let bytes = desk.read_whole(&name, bytes, "list")?;
            Box::new(Feeds { input: name.clone(), feeds: opml::feeds(&name, &bytes)?.into_iter() })
        }
        Format::Parquet => {
            Box::new(Columns::open(Opened { name, id, bytes, about }, desk)?)
        }
    })
}

/// An input that is done already.
struct Nothing;

impl Source for Nothing {
    fn next(&mut self, _: &mut Desk) -> Option<Taken> {
        None
    }
}

/// The feeds of a list, each fetched when its turn comes.
struct Feeds {
    input: String,
    feeds: vec::IntoIter<opml::FeedAddress>,
}

impl Source for Feeds {
    fn next(&mut self, desk: &mut Desk) -> Option<Taken> {
        let feed = self.feeds.next()?;
        if !desk.fetcher.network().follow_links {
            self.feeds = Vec::new().into_iter();
            let failure = Failure::new(&self.input, 0, Stage::Fetch, "the list names feeds, which are not fetched unasked");
            return Some(Taken::Failed(failure.valid("files with stories").hint("they are fetched with --fetch")));
        }
        Some(match desk.fetcher.get(&feed.url, &Validators::default()) {
            Err(error) => Taken::Failed(error.failure(&feed.url)),
            Ok(answer) => {
                let about = About { media: answer.media, charset: answer.charset, url: Some(answer.url), ..About::default() };
                Taken::Opened(Opened { name: feed.url.clone(), id: feed.url, bytes: Box::new(io::Cursor::new(answer.bytes)), about })
            }
        })
    }
}

/// Counts what passes.
struct Metered<R> {
    reader: R,
    meter: Arc<Meter>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.reader.read(buffer)?;
        self.meter.add_read(n_bytes as u64);
        Ok(n_bytes)
    }
}
