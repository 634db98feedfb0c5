//! Events in a format of the field: streamed as they are written, a folder of files as one archive.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path as FilePath;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use codebook::Codebook;
use futures_util::stream;
use query::{Export, Format, Record};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::api::endpoint;
use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::desk::Desk;
use crate::error::Error;

/// How many bytes go on at once, and how many pieces wait for a slow reader.
const PIECE: usize = 64 << 10;
const PIECES: usize = 8;

/// How long whoever asked may take nothing before the export ends.
const STALL: Duration = Duration::from_secs(60);

/// What an export writes into: each piece goes on to whoever asked.
struct Pipe {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        let sent = Handle::current().block_on(tokio::time::timeout(STALL, self.pieces.send(Ok(piece))));
        // Whoever asked has gone, or takes nothing: the export ends here.
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        if !self.piece.is_empty() {
            // What is lost when nobody listens any more is missed by nobody.
            let _ = self.flush();
        }
    }
}

pub(crate) async fn export(
    State(desk): State<Desk>,
    Path(format): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::EXPORT)?;
    let format = Format::from_word(&format)?;
    let wanted = Export { format, filter: asked.filter(desk.codebook())?, include: asked.statuses("include")? };
    let as_of = asked.as_of()?;
    let permit = desk.export_permit().await?;
    let (pieces, received) = mpsc::channel(PIECES);
    let (path, reader) = (desk.ledger().to_path_buf(), desk.reader().clone());
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let told = pieces.clone();
        let pipe = Pipe { pieces, piece: Vec::with_capacity(PIECE) };
        let written = Record::open(&path, as_of).map_err(Error::from).and_then(|record| write(&record, reader.codebook(), &wanted, pipe));
        if let Err(error) = written {
            // The answer breaks off, so that nobody takes a part for the whole.
            let _ = told.try_send(Err(io::Error::other(error.to_string())));
        }
    });
    let body = Body::from_stream(stream::unfold(received, |mut received| async {
        let piece = received.recv().await?;
        Some((piece, received))
    }));
    let (name, kind) = named(format);
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(|_| Error::Broken)?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

/// Name and media type of an export.
fn named(format: Format) -> (String, &'static str) {
    if format.is_folder() {
        return (format!("{}.zip", format.word()), "application/zip");
    }
    let file = format.file();
    let kind = match file.rsplit('.').next() {
        Some("csv") => "text/csv; charset=utf-8",
        Some("tsv") => "text/tab-separated-values; charset=utf-8",
        Some("jsonl" | "ndjson") => "application/jsonl",
        Some("geojson") => "application/geo+json",
        Some("json") => "application/json",
        Some("ics") => "text/calendar; charset=utf-8",
        Some("atom") => "application/atom+xml; charset=utf-8",
        Some("gexf" | "xml") => "application/xml; charset=utf-8",
        _ => "application/octet-stream",
    };
    (file.to_owned(), kind)
}

fn write(record: &Record, codebook: &Codebook, wanted: &Export, pipe: Pipe) -> Result<(), Error> {
    if !wanted.format.is_folder() {
        let mut pipe = Some(pipe);
        let mut open = |_: &str| pipe.take().map(|pipe| Box::new(pipe) as Box<dyn Write + Send>).ok_or_else(|| io::ErrorKind::AlreadyExists.into());
        query::export(record, codebook, wanted, &mut open)?;
        return Ok(());
    }
    // The files of a folder are open at the same time, and an archive takes them one after another.
    let folder = tempfile::tempdir().map_err(query::Error::Output)?;
    let mut names: Vec<String> = Vec::new();
    let mut open = |name: &str| -> io::Result<Box<dyn Write + Send>> {
        let file = folder.path().join(name);
        if let Some(above) = file.parent() {
            std::fs::create_dir_all(above)?;
        }
        names.push(name.to_owned());
        Ok(Box::new(File::create(file)?))
    };
    query::export(record, codebook, wanted, &mut open)?;
    archive(folder.path(), &names, pipe).map_err(|error| query::Error::Output(error).into())
}

fn archive(folder: &FilePath, names: &[String], pipe: Pipe) -> io::Result<()> {
    let mut archive = zip::ZipWriter::new_stream(pipe);
    for name in names {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default().large_file(true))?;
        io::copy(&mut File::open(folder.join(name))?, &mut archive)?;
    }
    archive.finish()?.flush()
}
