//! Origins: which stories are copies of one report.
//!
//! An agency's credit lowers the share of text that two stories must have in common, and so does one headline; else half of the
//! shorter text must stand in the other.

use crate::facts::Story;
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

/// How surely two stories are copies of one report, 0 when they are not taken to be; and why.
pub(crate) fn score(a: &Story, b: &Story, least: &OriginThresholds) -> (f32, String) {
    // Years later half of a text is still a copy; a credit or a headline is none.
    let is_far = matches!((a.published, b.published), (Some(one), Some(other)) if (one - other).get_days().abs() > least.days);
    let overlap = a.sketch.overlap(&b.sketch);
    let credit = a.agency.as_deref().filter(|agency| b.agency.as_deref() == Some(agency));
    let titled = matches!((&a.title, &b.title), (Some(x), Some(y)) if clean_title(x) == clean_title(y));
    let share = overlap.containment;
    let shown = format!("containment {share:.2}, resemblance {:.2}", overlap.resemblance);
    if let Some(agency) = credit.filter(|_| !is_far && share >= least.credited) {
        (share.max(least.containment), format!("credit: {agency}; {shown}"))
    } else if titled && !is_far && share >= least.titled {
        (share.max(least.containment), format!("same headline; {shown}"))
    } else if share >= least.containment {
        (share, shown)
    } else {
        (0.0, shown)
    }
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
