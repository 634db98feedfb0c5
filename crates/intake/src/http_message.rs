//! The head of an HTTP answer, as web archives keep it, and the encodings of its body.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Status and headers of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Status code; 0 where there is none.
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
}

impl Head {
    /// Reads a head: a status line, then headers.
    pub(crate) fn parse(head: &[u8]) -> Self {
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0);
        Self { status, headers: headers(lines) }
    }

    /// The value of a header, by its name in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// Headers of lines such as `Name: value`, names in lower case.
pub(crate) fn headers<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect()
}

/// Media type and charset of a `Content-Type`.
pub(crate) fn media_of(content_type: &str) -> (Option<String>, Option<String>) {
    let mut parts = content_type.split(';').map(str::trim);
    let media = parts.next().map(str::to_lowercase).filter(|media| !media.is_empty());
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    });
    (media, charset)
}

/// Where the head of a message ends and its body starts.
pub(crate) fn body_start(message: &[u8]) -> Option<(usize, usize)> {
    let find = |mark: &[u8]| message.windows(mark.len()).position(|part| part == mark).map(|at| (at, at + mark.len()));
    match (find(b"\r\n\r\n"), find(b"\n\n")) {
        (Some(one), Some(two)) => Some(if one.0 < two.0 { one } else { two }),
        (one, two) => one.or(two),
    }
}

/// The body without its transfer and content encodings, up to `limit` bytes; as it stands where they do not fit it, since
/// archives often keep the headers of bodies that they have decoded.
pub(crate) fn decoded(head: &Head, body: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    let chunked = head.get("transfer-encoding").is_some_and(|it| it.to_lowercase().contains("chunked"));
    let body = chunked.then(|| dechunked(body)).flatten().unwrap_or_else(|| body.to_vec());
    let unpacked = match head.get("content-encoding").map(str::to_lowercase).as_deref() {
        Some("gzip" | "x-gzip") if body.starts_with(&[0x1f, 0x8b]) => read(MultiGzDecoder::new(&body[..]), limit),
        Some("deflate") => read(ZlibDecoder::new(&body[..]), limit).or_else(|_| read(DeflateDecoder::new(&body[..]), limit)),
        Some("br" | "zstd") => Err(io::Error::new(io::ErrorKind::Unsupported, "the page is packed in a way that is not read")),
        _ => return Ok(body),
    };
    match unpacked {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput || error.kind() == io::ErrorKind::InvalidData => Ok(body),
        other => other,
    }
}

fn read(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    reader.take(limit + 1).read_to_end(&mut out)?;
    if out.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "the page unpacks to more than the limit"));
    }
    Ok(out)
}

/// A body of chunks as one; `None` where it has none.
fn dechunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let end = body.iter().position(|&byte| byte == b'\n')?;
        let line = std::str::from_utf8(&body[..end]).ok()?;
        let length = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        body = &body[end + 1..];
        if length == 0 {
            return Some(out);
        }
        // A body that was cut short keeps what there is.
        let part = &body[..length.min(body.len())];
        out.extend_from_slice(part);
        body = &body[part.len()..];
        body = body.strip_prefix(b"\r\n").or_else(|| body.strip_prefix(b"\n")).unwrap_or(body);
        if body.is_empty() {
            return Some(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_bodies_without_any_stay() {
        let head = Head::parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n");
        assert_eq!(head.status, 200);
        for (body, expected) in [
            (&b"4\r\nPoli\r\n3;x=1\r\nce \r\n0\r\n\r\n"[..], &b"Police "[..]),
            (b"<html>", b"<html>"),
            (b"ff\r\nPolice", b"Police"),
        ] {
            assert_eq!(decoded(&head, body, 100).expect("it is small"), expected);
        }
    }

    #[test]
    fn content_types_are_taken_apart() {
        let (media, charset) = media_of("Text/HTML; boundary=x; charset=\"ISO-8859-2\"");
        assert_eq!((media.as_deref(), charset.as_deref()), (Some("text/html"), Some("ISO-8859-2")));
        assert_eq!(media_of(""), (None, None));
    }
}
