//! Lines of bounded length.
//!
//! A line longer than the limit is passed over and counted, never held.

use std::io::{self, BufRead};

/// One line of an input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its bytes are in the buffer, without the line end.
    Whole,
    /// It was longer than the limit: this many bytes.
    TooLong(u64),
    /// There is none left.
    End,
}

/// Reads a line into `buffer`, which is emptied first; at most `limit` bytes are kept.
pub(crate) fn read_line(reader: &mut dyn BufRead, buffer: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
    buffer.clear();
    let mut n_bytes: u64 = 0;
    let mut ended = false;
    while !ended {
        let part = match reader.fill_buf() {
            Ok(part) => part,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if part.is_empty() {
            if n_bytes == 0 {
                return Ok(Line::End);
            }
            break;
        }
        let end = part.iter().position(|&byte| byte == b'\n');
        let piece = &part[..end.unwrap_or(part.len())];
        if buffer.len() + piece.len() <= limit {
            buffer.extend_from_slice(piece);
        } else {
            // Nothing will be made of it; the memory can go.
            *buffer = Vec::new();
        }
        ended = end.is_some();
        let taken = piece.len() + usize::from(ended);
        n_bytes += taken as u64;
        reader.consume(taken);
        if n_bytes - u64::from(ended) > limit as u64 {
            return pass_over(reader, n_bytes, ended);
        }
    }
    if buffer.last() == Some(&b'\r') {
        buffer.pop();
    }
    Ok(Line::Whole)
}

fn pass_over(reader: &mut dyn BufRead, mut n_bytes: u64, mut ended: bool) -> io::Result<Line> {
    while !ended {
        let part = match reader.fill_buf() {
            Ok(part) => part,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if part.is_empty() {
            break;
        }
        let end = part.iter().position(|&byte| byte == b'\n');
        ended = end.is_some();
        let taken = end.map_or(part.len(), |at| at + 1);
        n_bytes += taken as u64;
        reader.consume(taken);
    }
    Ok(Line::TooLong(n_bytes - u64::from(ended)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], limit: usize) -> Vec<(Line, Vec<u8>)> {
        let mut reader = io::BufReader::with_capacity(3, bytes);
        let mut out = Vec::new();
        let mut buffer = Vec::new();
        loop {
            let line = read_line(&mut reader, &mut buffer, limit).expect("memory can be read");
            if line == Line::End {
                return out;
            }
            let kept = if line == Line::Whole { buffer.clone() } else { Vec::new() };
            out.push((line, kept));
        }
    }

    #[test]
    fn long_lines_are_passed_over_and_counted() {
        let found = lines(b"ab\r\n\nabcdefghij\nabcde\nxyzxyz", 5);
        let expected = vec![
            (Line::Whole, b"ab".to_vec()),
            (Line::Whole, Vec::new()),
            (Line::TooLong(10), Vec::new()),
            (Line::Whole, b"abcde".to_vec()),
            (Line::TooLong(6), Vec::new()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_input_without_a_last_line_end_ends_all_the_same() {
        assert_eq!(lines(b"", 5), []);
        assert_eq!(lines(b"a", 5), [(Line::Whole, b"a".to_vec())]);
        assert_eq!(lines(b"a\n", 5), [(Line::Whole, b"a".to_vec())]);
    }
}
