//! Cuts a paragraph into Universal Dependencies words.
//!
//! One pass from left to right. It looks ahead only over a bounded stretch, or over one that it then consumes, so that
//! the time stays linear in the text whatever the text is. Next to each token it keeps its [`Role`], from which
//! `sentence` finds the ends of sentences.

mod address;
mod mark;
mod number;

use crate::character::{Class, class_at};
use crate::table::{Abbreviation, Tables};
use crate::{Span, Token};

/// What a token may mean for the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Word,
    /// A number at the head of a list item: "1."
    Item,
    /// An abbreviation with its stop, which ends a sentence before a starter.
    AbbreviationEnd,
    /// An abbreviation with its stop, which ends a sentence before a capital.
    AbbreviationStop,
    Stop,
    Ask,
    Ellipsis,
    Open,
    Close,
    /// A straight double quote, which may do either.
    Quote,
    Mark,
}

/// Cuts text into tokens, paragraph by paragraph.
pub(crate) struct Scanner<'t> {
    text: &'t str,
    tables: &'t Tables,
    /// The tokens found so far.
    pub(crate) tokens: Vec<Token>,
    /// As many roles as tokens.
    pub(crate) roles: Vec<Role>,
    // First byte of the current paragraph, and whether a single quote stands open in it.
    paragraph_start: usize,
    single_open: bool,
    // Where the next "@" stands, so that a search for it covers each byte once.
    next_at_sign: usize,
}

/// What follows a full stop, past spaces and opening marks.
pub(crate) struct Follow<'t> {
    /// Its first character; `None` at the paragraph's end.
    pub(crate) first: Option<char>,
    /// Its letters, where it is a word of ordinary length.
    pub(crate) word: &'t str,
}

impl Follow<'_> {
    /// Whether a sentence speaks for itself here. In capitals throughout, a capital says nothing.
    pub(crate) fn is_starter(&self, tables: &Tables) -> bool {
        let shouted = self.word.len() > 1 && self.word.bytes().all(|byte| byte.is_ascii_uppercase());
        self.is_upper() && !shouted && tables.is_starter(self.word)
    }

    pub(crate) fn is_upper(&self) -> bool {
        self.first.is_some_and(char::is_uppercase)
    }
}

impl<'t> Scanner<'t> {
    pub(crate) fn new(text: &'t str, tables: &'t Tables) -> Self {
        // English runs at five to six bytes a token.
        let n_tokens = text.len().min(1 << 24) / 5;
        Self {
            text,
            tables,
            tokens: Vec::with_capacity(n_tokens),
            roles: Vec::with_capacity(n_tokens),
            paragraph_start: 0,
            single_open: false,
            next_at_sign: text.find('@').unwrap_or(usize::MAX),
        }
    }

    /// Adds the tokens of one paragraph. Paragraphs must come in text order.
    pub(crate) fn cut(&mut self, paragraph: Span) {
        self.paragraph_start = paragraph.start();
        self.single_open = false;
        let mut at = paragraph.start();
        while at < paragraph.end() {
            let (class, len) = class_at(self.text, at);
            at = match class {
                Class::Space => at + len,
                Class::Letter | Class::Digit => self.word(at, paragraph.end()),
                _ => self.mark(at, class, len, paragraph.end()),
            };
        }
    }

    fn push(&mut self, start: usize, end: usize, role: Role) {
        self.tokens.push(Token { span: Span::new(start, end), joined: false });
        self.roles.push(role);
    }

    fn class(&self, at: usize, end: usize) -> Class {
        if at < end { class_at(self.text, at).0 } else { Class::Space }
    }

    fn is_word_at(&self, at: usize, end: usize) -> bool {
        matches!(self.class(at, end), Class::Letter | Class::Digit)
    }

    /// The end of the letters and digits that start at `at`.
    fn run(&self, mut at: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        while at < end {
            if bytes[at] < 128 {
                if !bytes[at].is_ascii_alphanumeric() {
                    break;
                }
                at += 1;
            } else {
                match class_at(self.text, at) {
                    (Class::Letter | Class::Digit, len) => at += len,
                    _ => break,
                }
            }
        }
        at
    }

    /// What follows `at` in the paragraph.
    pub(crate) fn follow(&self, mut at: usize, end: usize) -> Follow<'t> {
        let mut n_marks = 0;
        while at < end {
            match class_at(self.text, at) {
                (Class::Space, len) => at += len,
                (Class::Open | Class::Quote | Class::Apostrophe, len) if n_marks < 3 => {
                    n_marks += 1;
                    at += len;
                }
                _ => break,
            }
        }
        let tail = &self.text[at..end];
        let word = tail
            .char_indices()
            .take(24)
            .find(|(_, c)| !c.is_alphabetic())
            .map_or(if tail.len() <= 24 { tail } else { "" }, |(stop, _)| &tail[..stop]);
        Follow { first: tail.chars().next(), word }
    }

    /// A word that starts at `start`: pushes its tokens and returns where they end.
    fn word(&mut self, start: usize, end: usize) -> usize {
        if let Some(stop) = self.address(start, end) {
            self.push(start, stop, Role::Word);
            return stop;
        }
        let mut at = if self.text.as_bytes()[start].is_ascii_digit() {
            match self.number(start, end) {
                (at, true) => {
                    self.push(start, at, Role::Word);
                    return at;
                }
                (at, false) => self.run(at, end),
            }
        } else {
            self.run(start, end)
        };
        // Where the letters since the last inner mark start, and whether all such parts were single letters.
        let (mut part, mut single_letters) = (start, true);
        while at < end {
            let len = class_at(self.text, at).1;
            let Some(next) = self.inner_mark(start, part, at, len, end) else { break };
            single_letters &= self.text.as_bytes()[at] == b'.' && is_single(&self.text[part..at]);
            part = at + len;
            at = next;
        }
        let dotted = part > start && single_letters && is_single(&self.text[part..at]);
        if self.text.as_bytes()[..end].get(at) == Some(&b'.')
            && self.class(at + 1, end) != Class::Stop
            && let Some(role) = self.abbreviated(start, at, dotted, end)
        {
            self.push(start, at + 1, role);
            return at + 1;
        }
        self.push_word(start, at);
        at
    }

    /// Where the word goes on to if the mark at `at` stands inside it; `start..at` is the word so far, `part..at` its
    /// letters since the last such mark.
    fn inner_mark(&self, start: usize, part: usize, at: usize, len: usize, end: usize) -> Option<usize> {
        let after = at + len;
        let goes_on = self.is_word_at(after, end);
        let so_far = || &self.text[start..at];
        let byte = self.text.as_bytes()[at];
        let kept = match self.class(at, end) {
            Class::Apostrophe => {
                // "5'10" is a height.
                let figures = self.text[part..at].ends_with(|c: char| c.is_ascii_digit());
                goes_on && !(figures && self.class(after, end) == Class::Digit)
            }
            Class::Stop => goes_on && byte == b'.' && self.is_inner_stop(start, part, at, end),
            Class::Dash => goes_on && self.keeps_hyphen(start, at, after, end),
            _ => match byte {
                b'_' => goes_on || self.text.as_bytes().get(after) == Some(&b'_'),
                b'@' => goes_on,
                b'&' => {
                    goes_on
                        && at - start <= 12
                        && so_far().chars().all(|c| !c.is_lowercase() || at - start < 3)
                }
                b'*' => {
                    goes_on
                        && so_far().ends_with(char::is_lowercase)
                        && self.text.as_bytes()[after].is_ascii_lowercase()
                }
                b'/' | b'!' => {
                    let next = if goes_on { self.run(after, end) } else { after };
                    next - start <= 24 && self.tables.is_whole(&self.text[start..next])
                }
                b'$' => at - start <= 3 && so_far().bytes().all(|byte| byte.is_ascii_uppercase()),
                _ => false,
            },
        };
        // A currency's name ends with its sign: "US$" before "5".
        match byte {
            _ if !kept => None,
            b'$' | b'_' | b'/' | b'!' if !goes_on || byte == b'$' => Some(after),
            _ => Some(self.run(after, end)),
        }
        .filter(|_| byte != b'$' || part == start)
    }

    /// Whether a full stop between two letters or digits is part of the word: "U.S", "Ph.D", "Gawker.com".
    fn is_inner_stop(&self, start: usize, part: usize, at: usize, end: usize) -> bool {
        let next = self.run(at + 1, end.min(self.boundary(at + 24)));
        let piece = &self.text[at + 1..next];
        if is_single(&self.text[part..at]) && piece.len() <= 2 {
            return true;
        }
        let abbreviation = self.boundary(next + 1).min(end);
        self.tables.abbreviation(&self.text[start..abbreviation]).is_some()
    }

    /// The first character boundary at or after `at`, within the text.
    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }

    /// Whether the parts around a hyphen stay one word, as after a prefix: "non-violent".
    fn keeps_hyphen(&self, start: usize, at: usize, after: usize, end: usize) -> bool {
        let upper = |at: usize| self.text[at..].starts_with(char::is_uppercase);
        if self.tables.is_prefix(&self.text[start..at]) {
            // "anti-American" is one word, "Inter-Services" in a name is three.
            return !(upper(start) && upper(after));
        }
        let next = self.run(after, end.min(self.boundary(after + 24)));
        self.tables.is_suffix(&self.text[after..next]) && !matches!(self.class(next, end), Class::Dash)
            || self.tables.is_whole(&self.text[start..next])
    }

    /// Whether the full stop at `at` belongs to the word before it, and in which role.
    fn abbreviated(&self, start: usize, at: usize, dotted: bool, end: usize) -> Option<Role> {
        let word = &self.text[start..at];
        let follow = self.follow(at + 1, end);
        let listed = self.tables.abbreviation(&self.text[start..at + 1]);
        let spaced = self.class(at + 1, end) == Class::Space;
        match listed {
            Some(Abbreviation::Title) => return (follow.first.is_some()).then_some(Role::Word),
            Some(Abbreviation::Number) => {
                return follow
                    .first
                    .is_some_and(|first| first.is_numeric() || first == '#')
                    .then_some(Role::Word);
            }
            Some(Abbreviation::Inside) => {
                return (follow.first.is_some() && !(spaced && follow.is_upper())).then_some(Role::Word);
            }
            Some(Abbreviation::End) => return Some(Role::AbbreviationEnd),
            Some(Abbreviation::Stop) => return Some(Role::AbbreviationStop),
            None if dotted => return Some(Role::AbbreviationEnd),
            None => {}
        }
        // "J. Smith": an initial, unless a sentence starts.
        let initial = is_single(word) && word.chars().all(char::is_uppercase);
        if initial && follow.is_upper() && !(spaced && follow.is_starter(self.tables)) {
            return Some(Role::Word);
        }
        // "(b. March 2009)".
        if is_single(word) && !initial && self.text[..start].ends_with('(') {
            return Some(Role::Word);
        }
        // "1. Introduction": a list item at the head of its paragraph.
        let item = word.len() <= 3 && (word.bytes().all(|byte| byte.is_ascii_digit()) || initial);
        (item && spaced && self.may_list(start) && follow.first.is_some()).then_some(Role::Item)
    }

    /// Whether a list item can start at `start`: at the paragraph's head, or after a bullet or a colon.
    fn may_list(&self, start: usize) -> bool {
        let before = self.text[self.paragraph_start..start].trim_end();
        before.is_empty() || before.ends_with(['*', '•', ':', '—', '–'])
    }

    /// Pushes a word, in as many tokens as it has syntactic words.
    fn push_word(&mut self, start: usize, end: usize) {
        let word = &self.text[start..end];
        if word.len() <= 9
            && let Some(cuts) = self.tables.cuts(word)
            && word.is_ascii()
        {
            let mut from = start;
            for to in cuts.iter().map(|&cut| start + usize::from(cut)).chain([end]) {
                self.push_joined(from, to, from > start);
                from = to;
            }
            return;
        }
        // "wouldn't've" has two clitics; three is more than English has.
        let (mut cuts, mut n_cuts, mut head) = ([end; 4], 0, end);
        while n_cuts < 3 {
            let Some(cut) = self.clitic_start(start, head) else { break };
            n_cuts += 1;
            cuts[3 - n_cuts] = cut;
            head = cut;
        }
        let mut from = start;
        for &to in &cuts[3 - n_cuts..] {
            self.push_joined(from, to, from > start);
            from = to;
        }
    }

    fn push_joined(&mut self, start: usize, end: usize, joined: bool) {
        self.push(start, end, Role::Word);
        if let Some(token) = self.tokens.last_mut() {
            token.joined = joined;
        }
    }

    /// Where the last clitic of `start..end` starts, if it ends with one and a word stands before it.
    fn clitic_start(&self, start: usize, end: usize) -> Option<usize> {
        // The longest clitic is two letters and an apostrophe, at most eight bytes when garbled.
        let word = &self.text[start..end];
        let tail_start = self.boundary(end.saturating_sub(11).max(start));
        let mark = self.text[tail_start..end]
            .char_indices()
            .map(|(offset, _)| tail_start + offset)
            .rfind(|&at| self.class(at, end) == Class::Apostrophe)?;
        let after = mark + class_at(self.text, mark).1;
        let letters = self.text.get(after..end)?;
        let head = self.text.get(start..mark)?;
        let mut folded = [b'\'', 0, 0];
        let is_clitic = (1..=2).contains(&letters.len()) && letters.is_ascii() && {
            folded[1..=letters.len()].copy_from_slice(letters.as_bytes());
            self.tables.is_clitic(std::str::from_utf8(&folded[..=letters.len()]).unwrap_or(""))
        };
        if letters.eq_ignore_ascii_case("t") && head.ends_with(['n', 'N']) && head.len() > 1 {
            return Some(mark - 1);
        }
        // "the 80's" names a decade, "2003's" a year.
        let decade = head.len() <= 2 || head.ends_with('0');
        let figures = head.bytes().all(|byte| byte.is_ascii_digit());
        let whole = head.is_empty() || figures && decade || self.tables.is_whole(word);
        (is_clitic && !whole).then_some(mark)
    }
}

/// Whether a part of a word is one letter.
fn is_single(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
}
