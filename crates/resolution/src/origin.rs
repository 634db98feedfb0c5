//! Origins: which stories are copies of one report.
//!
//! An agency's credit lowers the share of text that two stories must have in common, and so does one headline; else half of the
//! shorter text must stand in the other.

use crate::facts::Story;
use crate::sketch::Overlap;
use crate::thresholds::OriginThresholds;
use crate::{hash, name};

/// Words of a headline that name no story: marks of a desk and of a site.
const PARTS: [&str; 5] = [" | ", " :: ", " - ", " – ", " — "];

/// A headline without the site's name behind it and the desk's mark before it, folded.
pub(crate) fn clean_title(title: &str) -> String {
    let mut title = title.trim();
    for part in PARTS {
        if let Some((before, after)) = title.rsplit_once(part)
            && before.split_whitespace().count() >= 4
            && after.split_whitespace().count() <= 4
        {
            title = before;
        }
    }
    if let Some((mark, rest)) = title.split_once(": ")
        && mark.split_whitespace().count() <= 2
        && mark.chars().all(|c| c.is_uppercase() || c.is_numeric() || c == ' ' || c == '-')
    {
        title = rest;
    }
    name::plain(title)
}

/// The keys under which copies of a story are found.
pub(crate) fn keys(story: &Story) -> Vec<u64> {
    let mut keys: Vec<u64> = story.sketch.found_by().map(u64::from).collect();
    if let Some(title) = story.title.as_deref().map(clean_title).filter(|title| title.split(' ').count() >= 4) {
        keys.push(hash::of_parts(&["title", &title]));
    }
    keys
}

/// What two stories have in common; [`Common::told`] puts it into words.
#[derive(Clone, Debug)]
pub(crate) struct Common<'a> {
    /// How surely they are copies of one report, 0 when they are not taken to be.
    pub(crate) score: f32,
    overlap: Overlap,
    credit: Option<&'a str>,
    is_titled: bool,
}

impl Common<'_> {
    /// Why they are taken for copies, or not.
    pub(crate) fn told(&self) -> String {
        let shown = format!("containment {:.2}, resemblance {:.2}", self.overlap.containment, self.overlap.resemblance);
        match self.credit {
            Some(agency) => format!("credit: {agency}; {shown}"),
            None if self.is_titled => format!("same headline; {shown}"),
            None => shown,
        }
    }
}

/// How surely two stories are copies of one report, and why.
pub(crate) fn score<'a>(a: &'a Story, b: &Story, least: &OriginThresholds) -> Common<'a> {
    let overlap = a.sketch.overlap(&b.sketch);
    let share = overlap.containment;
    // Years later half of a text is still a copy; a credit or a headline is none.
    let is_far = matches!((a.published, b.published), (Some(one), Some(other)) if (one - other).get_days().abs() > least.days);
    let credit = a.agency.as_deref().filter(|agency| b.agency.as_deref() == Some(agency));
    let credit = credit.filter(|_| !is_far && share >= least.credited);
    let titles = a.title.as_deref().zip(b.title.as_deref()).filter(|_| credit.is_none() && !is_far && share >= least.titled);
    let is_titled = titles.is_some_and(|(x, y)| clean_title(x) == clean_title(y));
    let score = match credit.is_some() || is_titled {
        true => share.max(least.containment),
        false if share >= least.containment => share,
        false => 0.0,
    };
    Common { score, overlap, credit, is_titled }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_lose_what_is_not_theirs() {
        for (title, clean) in [
            ("Man shot near Main Street :: WRAL.com", "man shot near main street"),
            ("UPDATE 1: Ministers to meet in Kabul", "ministers to meet in kabul"),
            ("Fed - up", "fed up"),
        ] {
            assert_eq!(clean_title(title), clean);
        }
    }
}
