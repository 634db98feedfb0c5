//! Tokenizes texts for training: reads one JSON string a line and prints, for each, the tokens and sentences as
//! `{"tokens": [[start, end], …], "sentences": [[first, end], …]}` in code points.

use std::io::{BufRead, Write};

use whimbrel_text as text;
use whimbrel_text::{CodePoints, Metadata};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        let document = text::read(text, Metadata::default());
        let points = CodePoints::new(&document.text);
        let tokens: Vec<[usize; 2]> =
            document.tokens.iter().map(|token| points.pair(&document.text, token.span)).collect();
        let sentences: Vec<[usize; 2]> =
            document.sentences.iter().map(|sentence| [sentence.tokens.start, sentence.tokens.end]).collect();
        writeln!(out, "{}", serde_json::json!({ "tokens": tokens, "sentences": sentences }))?;
    }
    Ok(())
}
