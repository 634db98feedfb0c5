//! robots.txt: which paths of a host may be fetched, by RFC 9309.
//!
//! The group of the longest matching name counts, else the one for all; in it the longest matching rule, and `Allow` before
//! `Disallow` where two are as long.

use std::time::Duration;

/// Longest wait that a host may ask for between two requests.
const DELAY_MAX: Duration = Duration::from_secs(60);

/// Rules of one host.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Robots {
    rules: Vec<Rule>,
    /// The wait between two requests that the host asks for.
    pub(crate) delay: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    path: String,
    allows: bool,
}

impl Robots {
    /// Rules that allow nothing, for a host whose rules cannot be had.
    pub(crate) fn closed() -> Self {
        Self { rules: vec![Rule { path: "/".to_owned(), allows: false }], delay: None }
    }

    /// The rules of a file for a program of this name.
    pub(crate) fn parse(file: &str, agent: &str) -> Self {
        let agent = agent.split(['/', ' ']).next().unwrap_or("").to_lowercase();
        let (mut own, mut all) = (Self::default(), Self::default());
        let (mut own_len, mut is_own, mut is_all, mut in_names) = (0, false, false, false);
        for line in file.lines() {
            let line = line.split('#').next().unwrap_or("").trim();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_lowercase(), value.trim());
            if key == "user-agent" {
                if !in_names {
                    (is_own, is_all) = (false, false);
                }
                in_names = true;
                let name = value.to_lowercase();
                if name == "*" {
                    is_all = true;
                } else if !name.is_empty() && agent.starts_with(&name) && name.len() >= own_len {
                    if name.len() > own_len {
                        own = Self::default();
                    }
                    own_len = name.len();
                    is_own = true;
                }
                continue;
            }
            in_names = false;
            for (group, _) in [(&mut own, is_own), (&mut all, is_all)].into_iter().filter(|(_, is_it)| *is_it) {
                group.add(&key, value);
            }
        }
        if own_len > 0 { own } else { all }
    }

    fn add(&mut self, key: &str, value: &str) {
        match key {
            "allow" | "disallow" if !value.is_empty() => {
                self.rules.push(Rule { path: value.to_owned(), allows: key == "allow" });
            }
            "crawl-delay" => {
                let seconds = value.parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
                self.delay = seconds.map(|seconds| Duration::from_secs_f64(seconds.min(DELAY_MAX.as_secs_f64())));
            }
            _ => {}
        }
    }

    /// Whether a path, with its query, may be fetched.
    pub(crate) fn allows(&self, path: &str) -> bool {
        let found = self.rules.iter().filter(|rule| matches(rule.path.as_bytes(), path.as_bytes()));
        found.max_by_key(|rule| (rule.path.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }
}

/// Whether a pattern matches the beginning of a path; `*` is anything, `$` at its end is the end of the path.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, to_end) = match pattern.strip_suffix(b"$") {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    // The classic walk with one place to come back to: linear in memory, no recursion.
    let (mut at, mut in_path) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        if at == pattern.len() && (!to_end || in_path == path.len()) {
            return true;
        }
        if at < pattern.len() && pattern[at] == b'*' {
            back = Some((at + 1, in_path));
            at += 1;
        } else if at < pattern.len() && in_path < path.len() && pattern[at] == path[in_path] {
            at += 1;
            in_path += 1;
        } else if let Some((star, from)) = back.filter(|(_, from)| *from < path.len()) {
            back = Some((star, from + 1));
            at = star;
            in_path = from + 1;
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_of_the_nearest_group_counts() {
        let file = "User-agent: *\nDisallow: /\n\nUser-agent: whimbrel\nUser-agent: other\nDisallow: /private\nAllow: /private/news\n\
            Disallow: /*.pdf$\nCrawl-delay: 2\n\nUser-agent: whim\nDisallow: /news\n";
        let robots = Robots::parse(file, "whimbrel/0.1");
        for (path, allowed) in [
            ("/news/1", true), ("/private/x", false), ("/private/news/1", true), ("/a.pdf", false), ("/a.pdf?x=1", true), ("/", true),
        ] {
            assert_eq!(robots.allows(path), allowed, "{path}");
        }
        assert_eq!(robots.delay, Some(Duration::from_secs(2)));
        assert!(!Robots::parse(file, "crawler").allows("/news"), "others are in the group for all");
        assert!(Robots::parse("", "whimbrel").allows("/"));
        assert!(Robots::parse("User-agent: *\nDisallow:\n", "whimbrel").allows("/"));
        assert!(!Robots::closed().allows("/robots"));
    }

    #[test]
    fn stars_match_anything() {
        for (pattern, path, expected) in
            [("/a*b*c", "/axxbxxc-more", true), ("/a*b*c$", "/abcbc", true), ("/a*b*c$", "/abcb", false), ("*", "", true), ("/x", "/", false)]
        {
            assert_eq!(matches(pattern.as_bytes(), path.as_bytes()), expected, "{pattern} {path}");
        }
    }
}
