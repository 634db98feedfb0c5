//! Figures: amounts, times, dates, telephone numbers, and the units cut from them.

use super::Scanner;
use crate::character::Class;

impl Scanner<'_> {
    /// The end of the number that starts at `start`, and whether the token ends there; if not, letters follow that
    /// belong to it, as in "19th" and "4chan".
    pub(super) fn number(&self, start: usize, end: usize) -> (usize, bool) {
        let bytes = &self.text.as_bytes()[..end];
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut at = self.digits(start, end);
        while at < end && matches!(bytes[at], b'.' | b',' | b':') && is_digit(at + 1) {
            at = self.digits(at + 1, end);
        }
        match bytes.get(at) {
            Some(b'/') if is_digit(at + 1) => return (self.slashed(start, at, end), true),
            Some(b'-') if is_digit(at + 1) => return (self.hyphened(start, at, end), true),
            _ => {}
        }
        let letters = at + bytes[at..].iter().take(13).take_while(|byte| byte.is_ascii_alphabetic()).count();
        if letters == at {
            let goes_on = self.class(at, end) == Class::Letter
                || matches!(bytes.get(at), Some(b'\'' | b'_' | 0xE2 | b'.'));
            return (at, !goes_on);
        }
        let unit = &self.text[at..letters];
        let half_day = unit.len() == 1 && "aApP".contains(unit) && matches!(bytes.get(letters), Some(b'.'));
        let is_unit = self.tables.is_unit(unit) && !is_digit(letters);
        (at, is_unit || half_day)
    }

    fn digits(&self, at: usize, end: usize) -> usize {
        at + self.text.as_bytes()[at..end].iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// "1/2", "9/11", "07/30/2001" are one token; "20/20" is three.
    fn slashed(&self, start: usize, at: usize, end: usize) -> usize {
        let second = self.digits(at + 1, end);
        if self.text.as_bytes()[..end].get(second) == Some(&b'/')
            && self.class(second + 1, end) == Class::Digit
        {
            return self.digits(second + 1, end);
        }
        let value = |from: usize, to: usize| self.text[from..to].parse::<u32>().unwrap_or(u32::MAX);
        let (first, last) = (value(start, at), value(at + 1, second));
        let fraction = first < 10 && last < 10;
        if fraction || first <= 12 && last <= 31 { second } else { at }
    }

    /// Telephone numbers and dates keep their hyphens; ranges are cut.
    fn hyphened(&self, start: usize, at: usize, end: usize) -> usize {
        let bytes = &self.text.as_bytes()[..end];
        let (mut lengths, mut n_groups, mut stop) = ([at - start, 0, 0, 0, 0], 1, at);
        while n_groups < 5
            && bytes.get(stop) == Some(&b'-')
            && bytes.get(stop + 1).is_some_and(u8::is_ascii_digit)
        {
            let next = self.digits(stop + 1, end);
            lengths[n_groups] = next - stop - 1;
            n_groups += 1;
            stop = next;
        }
        let whole = matches!(
            lengths[..n_groups],
            [4, 1 | 2, 1 | 2] | [1 | 2, 1 | 2, 2 | 4] | [1 | 3 | 5, 4] | [.., 3, 4]
        );
        if whole { stop } else { at }
    }
}
