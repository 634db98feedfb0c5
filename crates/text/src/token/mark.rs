//! Punctuation, symbols and pictures.

use super::{Role, Scanner};
use crate::character::{Class, class_at};

impl Scanner<'_> {
    /// A mark that starts at `at`: pushes its token and returns where it ends.
    pub(super) fn mark(&mut self, at: usize, class: Class, len: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        if matches!(bytes[at], b':' | b';' | b'=' | b'<' | b'>' | b'^' | b'-')
            && let Some(stop) = self.emoticon(at, end)
        {
            self.push(at, stop, Role::Mark);
            return stop;
        }
        let after = at + len;
        let (stop, role) = match class {
            Class::Apostrophe => return self.apostrophe(at, len, end),
            Class::Stop => {
                let stop = self.same(at, end);
                if stop == at + 1 && self.class(stop, end) == Class::Digit && !self.touches(at) {
                    (self.number(stop, end).0, Role::Word)
                } else if stop == at + 1 && self.class(stop, end) == Class::Ask {
                    (self.asks(stop, end), Role::Ask)
                } else {
                    (stop, if stop == after { Role::Stop } else { Role::Ellipsis })
                }
            }
            Class::Ask => (self.asks(at, end), Role::Ask),
            Class::Ellipsis => (after, Role::Ellipsis),
            Class::Open => {
                let single = self.text[at..].starts_with('‘');
                // "‘’" is a double quote of two marks.
                if single && self.text[after..end].starts_with('’') {
                    (after + '’'.len_utf8(), Role::Quote)
                } else {
                    self.single_open |= single;
                    (after, Role::Open)
                }
            }
            Class::Close => (after, Role::Close),
            Class::Quote => (after, Role::Quote),
            Class::Picture => (self.pictures(at, end), Role::Mark),
            _ => match bytes[at] {
                b'-' | b'=' | b'*' | b'_' | b'~' | b'<' | b'>' | b'+' | b'|'
                    if self.same(at, end) > after =>
                {
                    (self.same(at, end), Role::Mark)
                }
                b'#' | b'@' if self.class(after, end) == Class::Letter && !self.touches(at) => {
                    (self.handle(after, end), Role::Word)
                }
                b'+' if self.class(after, end) == Class::Digit && !self.touches(at) => {
                    (self.number(after, end).0, Role::Word)
                }
                _ => (after, Role::Mark),
            },
        };
        self.push(at, stop, role);
        stop
    }

    /// Whether the last token ends right before `at`.
    fn touches(&self, at: usize) -> bool {
        self.tokens.last().is_some_and(|token| token.span.end() == at)
    }

    /// The end of a run of the ASCII mark at `at`.
    fn same(&self, at: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        if bytes[at] >= 128 {
            return at + class_at(self.text, at).1;
        }
        at + bytes[at..end].iter().take_while(|&&byte| byte == bytes[at]).count()
    }

    fn asks(&self, mut at: usize, end: usize) -> usize {
        while self.class(at, end) == Class::Ask {
            at += class_at(self.text, at).1;
        }
        at
    }

    fn pictures(&self, mut at: usize, end: usize) -> usize {
        while self.class(at, end) == Class::Picture || self.text[at..end].starts_with('\u{200d}') {
            at += class_at(self.text, at).1;
        }
        at
    }

    /// The end of "#writing_life" past its sign.
    fn handle(&self, mut at: usize, end: usize) -> usize {
        while self.is_word_at(at, end) || self.text.as_bytes()[..end].get(at) == Some(&b'_') {
            at += class_at(self.text, at).1;
        }
        at
    }

    /// The end of a face of two to four marks that no letter follows.
    fn emoticon(&self, at: usize, end: usize) -> Option<usize> {
        (2..=4).rev().map(|n| at + n).find(|&stop| {
            stop <= end
                && self.text.get(at..stop).is_some_and(|marks| self.tables.is_emoticon(marks))
                && !self.is_word_at(stop, end)
                && !matches!(self.text.as_bytes()[..end].get(stop), Some(b'/'))
        })
    }

    /// An apostrophe that no word has taken: it possesses, shortens, opens or closes.
    fn apostrophe(&mut self, at: usize, len: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let after = at + len;
        let touches_word = self.touches(at) && self.roles.last() == Some(&Role::Word);
        // '', ’’ and `` are double quotes of two marks.
        if self.class(after, end) == Class::Apostrophe && bytes[after..].starts_with(&bytes[at..after]) {
            let stop = after + len;
            let opens = bytes[at] == b'`';
            self.push(at, stop, if opens { Role::Open } else { Role::Quote });
            return stop;
        }
        if touches_word && !self.single_open {
            let word = self.tokens.last().map_or("", |token| token.span.of(self.text));
            if word.ends_with(['s', 'S', 'z', 'x']) {
                self.push(at, after, Role::Word);
                self.tokens.last_mut().expect("a token was just pushed").joined = true;
                return after;
            }
            // "goin'".
            if word.len() > 3 && word.ends_with("in") && self.class(after, end) == Class::Space {
                let token = self.tokens.last_mut().expect("the apostrophe touches a token");
                token.span = token.span.cover(crate::Span::new(at, after));
                return after;
            }
        }
        if !self.touches(at) || !touches_word && !self.single_open {
            if let Some(stop) = self.elision(at, after, end) {
                self.push(at, stop, Role::Word);
                return stop;
            }
            if !matches!(self.class(after, end), Class::Space) {
                self.single_open = true;
                self.push(at, after, Role::Open);
                return after;
            }
        }
        self.single_open = false;
        self.push(at, after, Role::Close);
        after
    }

    /// The end of "'em" or "'80s".
    fn elision(&self, at: usize, after: usize, end: usize) -> Option<usize> {
        let limit = self.boundary(after + 12).min(end);
        let stop = self.run(after, limit);
        let letters = &self.text[after..stop];
        let figures = letters.strip_suffix('s').unwrap_or(letters);
        let decade = figures.len() == 2 && figures.bytes().all(|byte| byte.is_ascii_digit());
        // "'n'" closes with a second apostrophe.
        let closed =
            stop + if self.class(stop, end) == Class::Apostrophe { class_at(self.text, stop).1 } else { 0 };
        if closed > stop && self.tables.is_elision(&self.text[at..closed]) {
            return Some(closed);
        }
        (decade || self.tables.is_elision(&self.text[at..stop])).then_some(stop)
    }
}
