//! Takes in a large input that is made as it is read, and tells speed and the most memory that was used.
//! Usage: `large jsonl|json|csv|warc|jsonl.gz MIB`.

#![allow(clippy::print_stdout)]

use std::io::{self, Cursor, Read, Write};
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use whimbrel_intake::{Limits, Stories};

/// Records of one format, up to so many bytes.
struct Made {
    format: String,
    part: Cursor<Vec<u8>>,
    number: u64,
    left: i64,
}

impl Made {
    fn text(&self) -> String {
        let sentence = |at: u64| format!("Officials of district {} said on day {at} that {} people had returned.", self.number % 9973, at * 31);
        (0..40).map(sentence).collect::<Vec<_>>().join(" ")
    }

    fn record(&self) -> Vec<u8> {
        let (number, text) = (self.number, self.text());
        match self.format.as_str() {
            "json" => format!("{{\"id\": {number},\n \"text\": \"{text}\"}},\n").into_bytes(),
            "csv" => format!("{number},\"{text}\"\n").into_bytes(),
            "warc" => {
                let page = format!("<html><head><title>Story {number}</title></head><body><article><p>{}</p></article></body></html>", text.replace(". ", ".</p><p>"));
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
                format!(
                    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{number}\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
                    answer.len()
                )
                .into_bytes()
            }
            _ => format!("{{\"id\": {number}, \"text\": \"{text}\"}}\n").into_bytes(),
        }
    }
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let n_bytes = self.part.read(buffer)?;
            if n_bytes > 0 || self.left <= 0 {
                return Ok(n_bytes);
            }
            let mut part = Vec::new();
            // A few records a member, as web archives and logs have them.
            for _ in 0..16 {
                self.number += 1;
                part.extend(self.record());
            }
            if self.number == 16 {
                let head: &[u8] = if self.format == "json" { b"[" } else if self.format == "csv" { b"id,text\n" } else { b"" };
                part.splice(0..0, head.iter().copied());
            }
            self.left -= part.len() as i64;
            if self.left <= 0 && self.format == "json" {
                part.extend(b"{\"text\": \"The end.\"}]");
            }
            if self.format.ends_with(".gz") {
                let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
                packed.write_all(&part)?;
                part = packed.finish()?;
            }
            self.part = Cursor::new(part);
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let format = arguments.next().expect("usage: large FORMAT MIB");
    let mib: i64 = arguments.next().and_then(|mib| mib.parse().ok()).expect("usage: large FORMAT MIB");
    let made = Made { format: format.clone(), part: Cursor::default(), number: 0, left: mib << 20 };
    let begun = Instant::now();
    let (mut n_stories, mut n_failed) = (0u64, 0u64);
    for record in Stories::from_reader(&format!("large.{format}"), made, Limits::default()) {
        if record.is_ok() { n_stories += 1 } else { n_failed += 1 }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim().to_owned();
    println!("{format}: {mib} MiB, {n_stories} stories, {n_failed} failed, {seconds:.1} s, {:.0} stories/s, peak memory {peak}", n_stories as f64 / seconds);
}
