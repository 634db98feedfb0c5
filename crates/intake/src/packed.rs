//! Packed inputs: .gz and .zst, unpacked as they are read, and .zip, file by file.
//!
//! No file is ever written, so the names in an archive can lead nowhere; they are names for messages. An input that unpacks
//! to far more than text does is refused where it passes the limit.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::CrcReader;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use ruzstd::decoding::StreamingDecoder;
use zip::{CompressionMethod, ZipArchive};

use crate::failure::{Failure, Stage};
use crate::limits::{Limits, Meter, size};
use crate::source::{About, Bytes, Desk, Opened, Single, Source, Taken, broken_off, empty};

/// Packings within packings that are opened; `.warc.gz` in a .zip is two.
const DEPTH_MAX: u32 = 3;

/// The largest window of a .zst, which is held in memory.
const ZSTD_WINDOW: u64 = 128 << 20;

/// How an input is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// gzip, of one member or many.
    Gzip,
    /// Zstandard, of one frame or many.
    Zstd,
    /// A zip archive.
    Zip,
}

impl Packing {
    /// The packing that the first bytes of an input show.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Packing::Zip),
            _ => None,
        }
    }

}

/// A name without the endings of packings: what the input is called inside.
pub(crate) fn bare(name: &str) -> &str {
    let mut bare = name;
    while let Some(shorter) = [".gz", ".gzip", ".zst", ".zstd"].iter().find_map(|ending| bare.strip_suffix(ending)) {
        bare = shorter;
    }
    bare
}

/// Opens a packed input.
pub(crate) fn open(opened: Opened, packing: Packing, desk: &mut Desk) -> Result<Box<dyn Source>, Failure> {
    let Opened { name, id, bytes, about } = opened;
    if about.depth >= DEPTH_MAX {
        return Err(Failure::new(&name, 0, Stage::Unpack, "archives lie in archives too deep")
            .valid(format!("at most {DEPTH_MAX} packings within each other")));
    }
    let about = About { depth: about.depth + 1, media: None, ..about };
    let packed = Arc::new(AtomicU64::new(0));
    let counted = Counted { reader: bytes, count: Arc::clone(&packed), meter: None };
    let buffered = BufReader::with_capacity(1 << 16, counted);
    let bytes: Box<dyn Read + Send> = match packing {
        Packing::Gzip => Box::new(MultiGzDecoder::new(buffered)),
        Packing::Zstd => Box::new(Frames { source: Some(buffered), decoder: None }),
        Packing::Zip => {
            let place = match about.path.clone() {
                Some(path) => Place::File(path),
                None => Place::Memory(desk.read_whole(&name, buffered, "archive that comes through a pipe")?.into()),
            };
            return Ok(Box::new(Archive::open(&name, place, about, desk)?));
        }
    };
    let guarded = Guard { reader: bytes, packed, unpacked: 0, limits: desk.limits };
    let bytes = Box::new(BufReader::with_capacity(1 << 16, guarded));
    let about = About { path: None, ..about };
    Ok(Box::new(Single::new(Taken::Opened(Opened { name, id, bytes, about }))))
}

/// Counts the packed bytes that were read, here and on the meter of the stream where nothing below counts them.
struct Counted<R> {
    reader: R,
    count: Arc<AtomicU64>,
    meter: Option<Arc<Meter>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.reader.read(buffer)?;
        self.count.fetch_add(n_bytes as u64, Ordering::Relaxed);
        if let Some(meter) = &self.meter {
            meter.add_read(n_bytes as u64);
        }
        Ok(n_bytes)
    }
}

/// Stops what unpacks to too much.
struct Guard<R> {
    reader: R,
    packed: Arc<AtomicU64>,
    unpacked: u64,
    limits: Limits,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.reader.read(buffer)?;
        self.unpacked += n_bytes as u64;
        let packed = self.packed.load(Ordering::Relaxed);
        check(packed, self.unpacked, &self.limits)?;
        Ok(n_bytes)
    }
}

fn check(packed: u64, unpacked: u64, limits: &Limits) -> io::Result<()> {
    let refuse = |reason: String| Err(io::Error::new(io::ErrorKind::QuotaExceeded, reason));
    if unpacked > limits.unpacked_bytes {
        return refuse(format!("the archive unpacks to more than {}", size(limits.unpacked_bytes)));
    }
    if unpacked > Limits::FREE_BYTES && unpacked / limits.unpacked_ratio.max(1) > packed {
        return refuse(format!("the archive unpacks to more than {} times its size", limits.unpacked_ratio));
    }
    Ok(())
}

/// The frames of a .zst, one after the other.
struct Frames<R: Read> {
    source: Option<BufReader<R>>,
    decoder: Option<StreamingDecoder<BufReader<R>, ruzstd::decoding::FrameDecoder>>,
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(decoder) = &mut self.decoder {
                let n_bytes = decoder.read(buffer)?;
                if n_bytes > 0 {
                    return Ok(n_bytes);
                }
                self.source = self.decoder.take().map(StreamingDecoder::into_inner);
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            if io::BufRead::fill_buf(&mut source)?.is_empty() {
                return Ok(0);
            }
            let decoder = StreamingDecoder::new_with_max_window_size(source, ZSTD_WINDOW);
            self.decoder = Some(decoder.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?);
        }
    }
}

/// Where an archive lies.
#[derive(Clone)]
enum Place {
    File(PathBuf),
    Memory(Arc<[u8]>),
}

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

impl Place {
    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(match self {
            Place::File(path) => Box::new(File::open(path)?),
            Place::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }
}

/// The files of a zip archive, in the order of its directory.
struct Archive {
    name: String,
    place: Place,
    about: About,
    directory: ZipArchive<Box<dyn ReadSeek>>,
    next: usize,
    n_opened: usize,
}

impl Archive {
    fn open(name: &str, place: Place, about: About, desk: &Desk) -> Result<Self, Failure> {
        let broken = |reason: String| Failure::new(name, 0, Stage::Unpack, reason).valid("a whole .zip archive");
        let reader = place.open().map_err(|error| broken_off(name, 0, &error))?;
        let directory = ZipArchive::new(reader).map_err(|error| broken(format!("the archive has no directory: {error}")))?;
        if directory.len() > desk.limits.archive_files {
            let valid = format!("up to {} files", desk.limits.archive_files);
            return Err(broken(format!("the archive holds {} files", directory.len())).valid(valid));
        }
        Ok(Self { name: name.to_owned(), place, about: About { path: None, ..about }, directory, next: 0, n_opened: 0 })
    }

    /// Opens a file of the archive; `None` for folders and hidden files.
    fn file(&mut self, index: usize, desk: &Desk) -> Result<Option<Opened>, Failure> {
        let archive = self.name.clone();
        let fail = |name: &str, reason: String| Failure::new(name, 0, Stage::Unpack, reason);
        let entry = self.directory.by_index_raw(index);
        let entry = entry.map_err(|error| fail(&archive, format!("file {} of the archive: {error}", index + 1)).valid("a whole archive"))?;
        // The name is only shown: nothing is written, so `../` in it leads nowhere.
        let inside = entry.name().map_or_else(|_| format!("file-{}", index + 1), |name| name.replace('\\', "/"));
        let hidden = inside.split('/').any(|part| part.starts_with('.') && part != "." && part != "..");
        if entry.is_dir() || inside.ends_with('/') || hidden || inside.starts_with("__MACOSX/") {
            return Ok(None);
        }
        let name = format!("{archive}/{inside}");
        if entry.encrypted() {
            return Err(fail(&name, "the file is encrypted".to_owned()).valid("an archive without a password"));
        }
        let (packed, unpacked, method, crc) = (entry.compressed_size(), entry.size(), entry.compression(), entry.crc32());
        let start = entry.data_start().ok_or_else(|| fail(&name, "the archive does not say where the file lies".to_owned()))?;
        drop(entry);
        check(packed, unpacked, &desk.limits).map_err(|error| broken_off(&name, 0, &error))?;
        let mut reader = self.place.open().map_err(|error| broken_off(&name, 0, &error))?;
        reader.seek(SeekFrom::Start(start)).map_err(|error| broken_off(&name, 0, &error))?;
        let count = Arc::new(AtomicU64::new(0));
        let meter = matches!(self.place, Place::File(_)).then(|| Arc::clone(&desk.meter));
        let counted = Counted { reader: reader.take(packed), count: Arc::clone(&count), meter };
        let bytes = BufReader::with_capacity(1 << 16, counted);
        let bytes: Box<dyn Read + Send> = match method {
            CompressionMethod::Stored => Box::new(bytes),
            CompressionMethod::Deflated => Box::new(DeflateDecoder::new(bytes)),
            other => {
                return Err(fail(&name, format!("the file is packed as {other}")).valid("files that are stored or deflated"));
            }
        };
        let whole = Whole { reader: CrcReader::new(bytes), crc, unpacked, read: 0 };
        let guarded = Guard { reader: whole, packed: count, unpacked: 0, limits: desk.limits };
        let bytes: Bytes = Box::new(BufReader::with_capacity(1 << 16, guarded));
        let stem = bare(&inside);
        let id = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem).to_owned();
        Ok(Some(Opened { name, id, bytes, about: self.about.clone() }))
    }
}

impl Source for Archive {
    fn next(&mut self, desk: &mut Desk) -> Option<Taken> {
        while self.next < self.directory.len() {
            self.next += 1;
            match self.file(self.next - 1, desk) {
                Ok(None) => {}
                Ok(Some(opened)) => {
                    self.n_opened += 1;
                    return Some(Taken::Opened(opened));
                }
                Err(failure) => {
                    self.n_opened += 1;
                    return Some(Taken::Failed(failure));
                }
            }
        }
        if self.n_opened == 0 {
            self.n_opened = 1;
            return Some(Taken::Failed(empty(&self.name)));
        }
        None
    }
}

/// A file of an archive that must have the length and the sum of its directory entry.
struct Whole<R> {
    reader: CrcReader<R>,
    crc: u32,
    unpacked: u64,
    read: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.reader.read(buffer)?;
        self.read += n_bytes as u64;
        let invalid = |reason: &str| io::Error::new(io::ErrorKind::InvalidData, reason);
        if self.read > self.unpacked {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "the file is longer than its archive says"));
        }
        if n_bytes == 0 && !buffer.is_empty() {
            if self.read < self.unpacked {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if self.reader.crc().sum() != self.crc {
                return Err(invalid("the sum of the file is not that of its archive"));
            }
        }
        Ok(n_bytes)
    }
}
