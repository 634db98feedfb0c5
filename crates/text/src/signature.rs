//! Finds who signed a story: its byline, and the credit to a wire service.
//!
//! Both stand in paragraphs of their own near the top or the end, the credit also at the very end of the last one. A
//! name in the middle of the story is never a credit: "he told Reuters".

use crate::table::Tables;
use crate::{Credit, Dateline, Span};

/// How many paragraphs from either end may carry a signature.
const PARAGRAPHS: usize = 4;
/// A signature's paragraph is not longer than this.
const BYTES_MAX: usize = 160;

/// The byline: "By Jane Doe", or "Reporting by Jane Doe" at the end.
pub(crate) fn find_byline(tables: &Tables, text: &str, paragraphs: &[Span]) -> Option<Span> {
    let head = paragraphs.iter().take(PARAGRAPHS);
    let tail = paragraphs.iter().rev().take(PARAGRAPHS);
    head.chain(tail.clone())
        .find_map(|&paragraph| signed(tables, text, paragraph))
        .or_else(|| tail.into_iter().find_map(|&paragraph| reported(tables, text, paragraph)))
}

/// "By Jane Doe and A. N. Other", the length of a line.
fn signed(tables: &Tables, text: &str, paragraph: Span) -> Option<Span> {
    let words = paragraph.of(text);
    let opening = words.get(..3)?;
    if words.len() > BYTES_MAX
        || !(opening.eq_ignore_ascii_case("by ") || opening.eq_ignore_ascii_case("by:"))
    {
        return None;
    }
    let (mut at, mut end, mut n_names, mut after_comma) = (opening.len(), opening.len(), 0, false);
    for word in words[opening.len()..].split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let name = bare.trim_end_matches([',', ';']);
        if is_name(name) {
            n_names += 1;
            end = at + name.len();
        } else if !name.is_empty() && !tables.is_particle(name) {
            // A line that goes on in small letters is a sentence: "By Monday the rebels had left."
            if !after_comma && name.starts_with(char::is_lowercase) && !tables.is_byline_end(name) {
                return None;
            }
            break;
        }
        after_comma = bare.len() > name.len();
        at += word.len();
    }
    let sentence = words.ends_with('.') && !words[..end].ends_with('.');
    let alone = n_names == 1 && end == words.len() && opening.starts_with('B');
    if !(n_names >= 2 || alone) || sentence {
        return None;
    }
    // "By Jane Doe, Associated Press": the agency is its credit.
    if let Some(comma) = words[..end].rfind(',')
        && tables.agency(words[comma + 1..end].trim_start().trim_start_matches("The ")).is_some()
    {
        end = comma;
    }
    Some(Span::new(paragraph.start(), paragraph.start() + end))
}

fn is_name(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-'))
}

/// "(Reporting by Jane Doe in Kabul; Editing by John Roe)".
fn reported(tables: &Tables, text: &str, paragraph: Span) -> Option<Span> {
    let words = paragraph.of(text);
    let body = words.trim_start_matches(['(', '[', ' ']);
    let opens = |phrase: &String| {
        body.get(..phrase.len()).is_some_and(|opening| opening.eq_ignore_ascii_case(phrase))
            && body[phrase.len()..].starts_with([' ', ':'])
    };
    if !tables.reports.iter().any(opens) {
        return None;
    }
    let start = paragraph.end() - body.len();
    let len = body.find([';', ')', ']', '\n']).unwrap_or(body.len());
    Some(Span::new(start, start + body[..len].trim_end_matches(['.', ' ']).len()))
}

/// The credit: that of the dateline, else one near the end, else one near the top. `agency` is the name that came
/// with the story, which counts as known.
pub(crate) fn find_credit(
    tables: &Tables,
    text: &str,
    paragraphs: &[Span],
    dateline: Option<&Dateline>,
    agency: Option<&str>,
) -> Option<Credit> {
    let finder = Finder { tables, text, agency };
    if let Some(agency) = dateline.and_then(|dateline| dateline.agency)
        && finder.is_agency(agency.of(text))
    {
        let bracketed = text[..agency.start()].ends_with('(') && text[agency.end()..].starts_with(')');
        let span = if bracketed { Span::new(agency.start() - 1, agency.end() + 1) } else { agency };
        return Some(Credit { span, agency });
    }
    let head = paragraphs.iter().take(PARAGRAPHS);
    let tail = paragraphs.iter().rev().take(PARAGRAPHS);
    tail.clone()
        .find_map(|&paragraph| finder.own_paragraph(paragraph))
        .or_else(|| tail.take(2).find_map(|&paragraph| finder.at_end(paragraph)))
        .or_else(|| head.clone().find_map(|&paragraph| finder.own_paragraph(paragraph)))
        .or_else(|| head.clone().find_map(|&paragraph| finder.after_name(paragraph)))
}

struct Finder<'a> {
    tables: &'a Tables,
    text: &'a str,
    agency: Option<&'a str>,
}

impl Finder<'_> {
    fn is_agency(&self, name: &str) -> bool {
        self.tables.agency(name).is_some()
            || self.agency.is_some_and(|agency| !name.is_empty() && agency == name)
    }

    /// The first agency of a list such as "AP/Reuters" or "PTI and ANI", if the list is all that `span` covers.
    fn agency_of(&self, span: Span) -> Option<Span> {
        let span =
            self.trim(span, |c| c.is_whitespace() || matches!(c, '.' | ',' | '(' | ')' | '[' | ']' | '*'));
        let words = span.of(self.text);
        if self.is_agency(words) {
            return Some(span);
        }
        let cut = words.find([',', '/', '&', '-', '–']).or_else(|| words.find(" and "))?;
        let first = Span::new(span.start(), span.start() + words[..cut].trim_end().len());
        let rest = words[cut..].trim_start_matches([',', '/', '&', '-', '–', ' ']).trim_start_matches("and ");
        let rest_known = rest.len() < BYTES_MAX && (self.is_agency(rest) || self.tables.is_beside(rest));
        (self.is_agency(first.of(self.text)) && rest_known).then_some(first)
    }

    fn trim(&self, span: Span, drop: impl Fn(char) -> bool) -> Span {
        let words = span.of(self.text);
        let head = words.trim_start_matches(&drop);
        let start = span.end() - head.len();
        Span::new(start, start + head.trim_end_matches(&drop).len())
    }

    /// A paragraph that is nothing but a credit: "(IANS)", "–IANS", "With inputs from PTI", "Source: AFP",
    /// "Reuters contributed to this report."
    fn own_paragraph(&self, paragraph: Span) -> Option<Credit> {
        if paragraph.len() > BYTES_MAX {
            return None;
        }
        let body = self.trim(paragraph, |c| {
            c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '-' | '–' | '—' | '*' | '.')
        });
        if let Some(agency) = self.agency_of(body) {
            return Some(Credit { span: paragraph, agency });
        }
        let lower = body.of(self.text).to_ascii_lowercase();
        for phrase in &self.tables.credit_before {
            if let Some(rest) = lower.strip_prefix(phrase.as_str())
                && rest.starts_with([':', ' '])
            {
                let name = Span::new(body.end() - rest.trim_start_matches([':', ' ']).len(), body.end());
                let name = self.without_article(name);
                if let Some(agency) = self.agency_of(name) {
                    return Some(Credit { span: paragraph, agency });
                }
            }
        }
        for phrase in &self.tables.credit_after {
            if let Some(at) = lower.find(phrase.as_str()) {
                let name = self.without_article(Span::new(body.start(), body.start() + at));
                if let Some(agency) = self.agency_of(name).or_else(|| self.last_of(name)) {
                    return Some(Credit { span: paragraph, agency });
                }
            }
        }
        None
    }

    /// The agency that ends a list of names: "Jane Doe of the Associated Press contributed".
    fn last_of(&self, span: Span) -> Option<Span> {
        let words = span.of(self.text).trim_end();
        let (mut from, mut n) = (words.len(), 0);
        while n < self.tables.agency_words_max {
            from = words[..from].trim_end().rfind(' ')? + 1;
            n += 1;
            if self.is_agency(&words[from..]) {
                return Some(Span::new(span.start() + from, span.start() + words.len()));
            }
            from -= 1;
        }
        None
    }

    fn without_article(&self, span: Span) -> Span {
        let rest = span.of(self.text).trim_start_matches("The ").trim_start_matches("the ");
        Span::new(span.end() - rest.len(), span.end())
    }

    /// A credit right after the last sentence: "… on Monday. (IANS)", "… on Monday. –IANS".
    fn at_end(&self, paragraph: Span) -> Option<Credit> {
        let from = self.text.ceil_char_boundary(paragraph.end().saturating_sub(60).max(paragraph.start()));
        let tail = &self.text[from..paragraph.end()];
        let open = tail
            .rfind(['(', '[', '-', '–', '—'])
            .or_else(|| tail.trim_end_matches('.').rfind(". ").map(|at| at + 1))?;
        // "–IANS" and "--IANS": the dashes belong to the credit.
        let start = from + tail[..open].trim_end_matches(['-', '–', '—']).len();
        // What stands before must have ended: "the agency (AP)" is no credit.
        let before = self.text[paragraph.start()..start].trim_end();
        let ended = before.ends_with(['.', '!', '?', '"', '”', '’', '\'', ')']);
        let name = self.trim(Span::new(start, paragraph.end()), |c| {
            matches!(c, '(' | ')' | '[' | ']' | '-' | '–' | '—' | ' ')
        });
        let agency = self.agency_of(name).filter(|_| ended)?;
        Some(Credit { span: Span::new(start, paragraph.end()), agency })
    }

    /// "By Jane Doe, Associated Press", "Jane Doe | AP".
    fn after_name(&self, paragraph: Span) -> Option<Credit> {
        let words = paragraph.of(self.text);
        if words.len() > BYTES_MAX {
            return None;
        }
        let at = words.rfind([',', '|', '—', '–', '/'])?;
        let mark = words[at..].chars().next().map_or(0, char::len_utf8);
        let name = self.trim(Span::new(paragraph.start() + at + mark, paragraph.end()), char::is_whitespace);
        let by = words.starts_with("By ") || words.starts_with("BY ");
        let short = words.split_whitespace().count() <= 8 && !words.ends_with('.');
        let agency = self.agency_of(self.without_article(name)).filter(|_| by || short)?;
        Some(Credit { span: name, agency })
    }
}
