//! What stands above the text of a page: TOML between `+++`, or plain `key: value` lines between `---`.
//!
//! The second form is that part of YAML which people write by hand; lists and blocks are no field of a story and are passed
//! over.

use crate::story::FIELDS;

/// A closing line further down than this does not close front matter: the page simply opens with a rule.
const LINES_MAX: usize = 200;

/// Front matter, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    /// Known fields with their values.
    pub(crate) fields: Vec<(String, String)>,
    /// Names of fields that nothing reads.
    pub(crate) unknown: Vec<String>,
    /// Byte where the text starts.
    pub(crate) end: usize,
    /// Line where the text starts, from 1.
    pub(crate) line: usize,
}

/// What is wrong with front matter, and in which line of the page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) reason: String,
    pub(crate) valid: &'static str,
}

/// Reads the front matter of a page; empty when it has none.
pub(crate) fn read(page: &str) -> Result<FrontMatter, Fault> {
    let Some((fence, body, body_end)) = cut(page) else {
        return Ok(FrontMatter { line: 1, ..FrontMatter::default() });
    };
    let mut matter = if fence == "+++" { toml_fields(body)? } else { plain_fields(body)? };
    let after = &page[body_end..];
    // The line of the closing fence, then blank lines.
    let fence_end = after.find('\n').map_or(after.len(), |at| at + 1);
    let rest = &after[fence_end..];
    let text = rest.trim_start_matches(['\r', '\n']);
    matter.end = page.len() - text.len();
    matter.line = page[..matter.end].matches('\n').count() + 1;
    Ok(matter)
}

/// The fence, what stands between the fences, and the byte of the closing one.
fn cut(page: &str) -> Option<(&'static str, &str, usize)> {
    let first = page.lines().next()?.trim_end();
    let fence = ["---", "+++"].into_iter().find(|fence| *fence == first)?;
    let body_start = page.find('\n')? + 1;
    let mut at = body_start;
    for line in page[body_start..].split_inclusive('\n').take(LINES_MAX) {
        if line.trim_end() == fence {
            let body = &page[body_start..at];
            let opens = body.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
            let is_fields = fence == "+++" || opens.is_none_or(|line| key_of(line).is_some());
            return is_fields.then_some((fence, body, at));
        }
        at += line.len();
    }
    None
}

/// A key and its value, where a line has the form of one.
fn key_of(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let is_value = value.is_empty() || value.starts_with([' ', '\t']);
    (is_key && is_value).then_some((key, value))
}

fn plain_fields(body: &str) -> Result<FrontMatter, Fault> {
    const VALID: &str = "lines of the form `key: value`";
    let mut matter = FrontMatter::default();
    for (idx, line) in body.lines().enumerate() {
        let content = line.trim();
        // Indented lines and list items belong to a block value, which no field of a story has.
        if content.is_empty() || content.starts_with(['#', '-']) || line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((key, value)) = key_of(content) else {
            let reason = format!("the front matter has no key in `{}`", shortened(content));
            return Err(Fault { line: idx + 2, reason, valid: VALID });
        };
        let value = value.trim();
        if !is_field(key) {
            matter.unknown.push(key.to_owned());
        } else if matches!(value, "|" | ">" | "|-" | ">-") || value.starts_with(['[', '{']) {
            let reason = format!("the field `{key}` has a value over several lines or a list");
            return Err(Fault { line: idx + 2, reason, valid: "one value on the line of its key" });
        } else if !matches!(value, "null" | "~") {
            matter.fields.push((key.to_owned(), unquoted(value)));
        }
    }
    Ok(matter)
}

fn is_field(key: &str) -> bool {
    key != "text" && FIELDS.contains(&key)
}

fn shortened(line: &str) -> String {
    line.chars().take(40).collect()
}

/// A value without its quotation marks, or without the comment behind it.
fn unquoted(value: &str) -> String {
    for mark in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(mark).and_then(|value| value.strip_suffix(mark)) {
            return if mark == '"' { inner.replace("\\\"", "\"") } else { inner.replace("''", "'") };
        }
    }
    value.split(" #").next().unwrap_or(value).trim_end().to_owned()
}

fn toml_fields(body: &str) -> Result<FrontMatter, Fault> {
    let table: toml::Table = toml::from_str(body).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(body.len());
        let line = body.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 2;
        Fault { line, reason: format!("the front matter is no TOML: {}", error.message()), valid: "key = \"value\"" }
    })?;
    let mut matter = FrontMatter::default();
    for (key, value) in table {
        if !is_field(&key) {
            matter.unknown.push(key);
            continue;
        }
        let value = match value {
            toml::Value::String(value) => value,
            toml::Value::Datetime(value) => value.to_string(),
            toml::Value::Integer(value) if key == "id" => value.to_string(),
            other => {
                let line = body.lines().position(|line| line.trim_start().starts_with(&key)).map_or(1, |idx| idx + 2);
                let reason = format!("the field `{key}` is of the type {}", other.type_str());
                return Err(Fault { line, reason, valid: "a string or a date" });
            }
        };
        matter.fields.push((key, value));
    }
    Ok(matter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(page: &str) -> Vec<(String, String)> {
        read(page).expect("the page is sound").fields
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn plain_lines_and_toml_give_fields() {
        let plain = "---\nid: s1\ntitle: \"Talks: a \\\"pause\\\"\"\ntags:\n  - war\npublished: 2026-01-02 # a Friday\n---\n\nText.";
        assert_eq!(
            fields(plain),
            [pair("id", "s1"), pair("title", "Talks: a \"pause\""), pair("published", "2026-01-02")]
        );
        let matter = read(plain).expect("the page is sound");
        assert_eq!((&plain[matter.end..], matter.line, matter.unknown), ("Text.", 9, vec!["tags".to_owned()]));
        let toml = "+++\nid = 7\npublished = 2026-01-02T08:00:00Z\nurl = 'x'\n+++\nText.";
        assert_eq!(
            fields(toml),
            [pair("id", "7"), pair("published", "2026-01-02T08:00:00Z"), pair("url", "x")]
        );
    }

    #[test]
    fn a_rule_is_no_front_matter() {
        for page in ["---\nPolice fired at noon.\n---\nMore.", "---\nid: s1\nno closing", "Text.\n---\nid: s1\n---\n", ""] {
            assert_eq!(read(page).map(|matter| matter.end), Ok(0), "{page:?}");
        }
    }

    #[test]
    fn faults_name_their_line() {
        let fault = |page: &str| read(page).expect_err("the page is broken").line;
        assert_eq!(fault("---\nid: s1\nwhat is this\n---\nText."), 3);
        assert_eq!(fault("---\nid: s1\ntitle: [a, b]\n---\nText."), 3);
        assert_eq!(fault("+++\nid = 's1'\ntitle = \n+++\nText."), 3);
        assert_eq!(fault("+++\nid = 's1'\ntitle = [1]\n+++\nText."), 3);
    }
}
