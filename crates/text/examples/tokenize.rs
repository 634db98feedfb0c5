//! Prints the tokens of the text on standard input, one a line, for `training/score_tokens.py`.
//!
//! A line is `start TAB end TAB joined TAB word`, in code points; an empty line ends a sentence.

use std::io::{self, Read, Write};

use whimbrel_text::{CodePoints, Metadata, decode, read};

fn main() -> io::Result<()> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let (text, _) = decode(&bytes);
    let document = read(text, Metadata::default());
    let points = CodePoints::new(&document.text);
    let mut out = io::BufWriter::new(io::stdout().lock());
    for sentence in &document.sentences {
        for idx in sentence.tokens.clone() {
            let token = document.tokens[idx];
            let [start, end] = points.pair(&document.text, token.span);
            writeln!(out, "{start}\t{end}\t{}\t{}", u8::from(token.joined), document.word(idx))?;
        }
        writeln!(out)?;
    }
    out.flush()
}
