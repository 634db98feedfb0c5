//! Addresses in running text: web, mail, file names, newsgroups.

use super::Scanner;
use crate::character::Class;

/// What a web address opens with, in lower case.
const SCHEMES: [&str; 6] = ["http://", "https://", "ftp://", "www.", "mailto:", "doi:"];

/// A host or file name longer than this is not looked for.
const NAME_BYTES_MAX: usize = 128;

impl Scanner<'_> {
    /// Where an address that starts at `start` ends.
    pub(super) fn address(&mut self, start: usize, end: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[start..end];
        let is_web = matches!(bytes[0] | 0x20, b'h' | b'f' | b'w' | b'm' | b'd')
            && SCHEMES.iter().any(|scheme| {
                bytes.len() > scheme.len() && bytes[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes())
            });
        if is_web {
            return Some(self.address_end(start, end));
        }
        self.mail(start, end).or_else(|| self.named(start, end))
    }

    /// The end of an address: the next space or bracket, less the punctuation of the sentence around it.
    fn address_end(&self, start: usize, end: usize) -> usize {
        let ends = |c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '"' | '|' | '“' | '”' | '’' | '»' | '—' | '…')
        };
        let stop = self.text[start..end].find(ends).map_or(end, |len| start + len);
        let has_open = self.text[start..stop].contains('(');
        let kept = self.text[start..stop].trim_end_matches(|c| match c {
            ')' => !has_open,
            _ => matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | ']' | '}' | '*'),
        });
        (start + kept.len()).max(start + 1)
    }

    /// "name@host.org", with every byte before the "@" a mail name's.
    fn mail(&mut self, start: usize, end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if self.next_at_sign < start {
            self.next_at_sign = bytes[start..]
                .iter()
                .position(|&byte| byte == b'@')
                .map_or(usize::MAX, |offset| start + offset);
        }
        let at_sign = self.next_at_sign;
        if at_sign >= end || at_sign - start > NAME_BYTES_MAX {
            return None;
        }
        let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
        if !bytes[start..at_sign].iter().all(in_name) || !self.is_word_at(at_sign + 1, end) {
            return None;
        }
        let host = bytes[at_sign + 1..end].iter().take_while(|&byte| in_name(byte)).count();
        let host = self.text[at_sign + 1..at_sign + 1 + host].trim_end_matches(['.', '-']);
        Some(at_sign + 1 + host.len())
    }

    /// "Gawker.com", "trans_expn.pdf", "alt.animals.cat".
    fn named(&self, start: usize, end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let limit = end.min(start + NAME_BYTES_MAX);
        let (mut at, mut part, mut n_stops, mut lower) = (start, start, 0, true);
        // Where the last part that may end an address ends.
        let mut known = None;
        while at < limit && (bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'.' | b'-' | b'_')) {
            if bytes[at] == b'.' {
                if n_stops > 0 && at > part && self.is_ending(part, at) {
                    known = Some(at);
                }
                if at == part || !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) {
                    break;
                }
                n_stops += 1;
                part = at + 1;
            } else {
                lower &= bytes[at].is_ascii_lowercase();
            }
            at += 1;
        }
        // Most words end here: no stop inside.
        if n_stops == 0 {
            return None;
        }
        let complete = at > part && !self.is_word_at(at, end);
        if complete && self.is_ending(part, at) {
            known = Some(at);
        }
        // A newsgroup, which has no known ending: three lower-case names.
        let shortest = self.text[start..at].split('.').map(str::len).min().unwrap_or(0);
        if known.is_none() && complete && n_stops >= 2 && lower && shortest >= 3 {
            known = Some(at);
        }
        let stop = known?;
        let path = bytes.get(stop) == Some(&b'/') && self.class(stop + 1, end) == Class::Letter;
        Some(if path { self.address_end(start, end) } else { stop })
    }

    /// Whether a part can end a host or file name. A capital speaks for a new sentence: "went home.In".
    fn is_ending(&self, part: usize, at: usize) -> bool {
        let ending = &self.text[part..at];
        self.tables.is_domain(ending)
            && (ending.bytes().all(|byte| !byte.is_ascii_uppercase()) || ending.len() > 2)
    }
}
