//! Names and their spellings: the folding of romanised names, and how alike two names are.
//!
//! Letters that stand for one sound of the original script fold into one (`data/resolution/letter.tsv`): Muttaqi, Mutaqqi and
//! Motaqi meet. Titles and particles (`data/resolution/title.tsv`) do not count.

use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Lower case, accents and punctuation gone, words parted by single spaces.
pub(crate) fn plain(name: &str) -> String {
    codebook::fold(name)
}

/// The words of a name that name: folded, without titles and particles.
pub(crate) fn naming_words(name: &str) -> Vec<String> {
    static TITLES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let titles = TITLES.get_or_init(|| {
        let rows = include_str!("../../../data/resolution/title.tsv").lines().skip(1);
        rows.filter_map(|line| line.split('\t').next()).collect()
    });
    let all: Vec<String> = plain(name).split(' ').map(str::to_owned).collect();
    let kept: Vec<String> = all.iter().filter(|word| !titles.contains(word.as_str())).cloned().collect();
    if kept.is_empty() { all } else { kept }
}

/// The sound of a romanised word: letters of one sound folded, doubles single.
pub(crate) fn sound(word: &str) -> String {
    static LETTERS: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    let letters = LETTERS.get_or_init(|| {
        let rows = include_str!("../../../data/resolution/letter.tsv").lines().skip(1);
        let mut letters: Vec<_> = rows
            .filter_map(|line| {
                let mut cells = line.split('\t');
                Some((cells.next()?, cells.next()?))
            })
            .collect();
        letters.sort_by_key(|letter| (std::cmp::Reverse(letter.0.len()), letter.0));
        letters
    });
    let (mut rest, mut out) = (word, String::with_capacity(word.len()));
    while let Some(first) = rest.chars().next() {
        let (taken, sound) = letters
            .iter()
            .find(|letter| rest.starts_with(letter.0))
            .map_or_else(|| (first.len_utf8(), &rest[..first.len_utf8()]), |letter| (letter.0.len(), letter.1));
        for c in sound.chars() {
            if !out.ends_with(c) {
                out.push(c);
            }
        }
        rest = &rest[taken..];
    }
    if out.len() > 3 && out.ends_with('h') {
        out.pop();
    }
    out
}

/// The consonants of a sound: the key under which spellings of a name are found.
pub(crate) fn skeleton(word: &str) -> String {
    let sound = sound(word);
    let bones: String = sound.chars().filter(|c| !"aiu".contains(*c)).map(|c| if c == 'g' { 'k' } else { c }).collect();
    if bones.is_empty() { sound } else { bones }
}

/// How alike two words of names are, 0 to 1: by sound, with one slip in six letters forgiven.
pub(crate) fn likeness(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    let (a, b) = (sound(a), sound(b));
    let longer = a.chars().count().max(b.chars().count());
    let slips = distance(&a, &b);
    if slips == 0 {
        0.97
    } else if slips <= longer / 6 && skeleton(&a) == skeleton(&b) {
        0.9
    } else {
        0.0
    }
}

/// How alike two full names are, 0 to 1.
pub(crate) fn full_likeness(a: &[String], b: &[String]) -> f32 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let (Some(first), Some(last)) = (short.first(), short.last()) else { return 0.0 };
    if short.len() == long.len() {
        let ordered = short.iter().zip(long).map(|(x, y)| likeness(x, y)).fold(1.0, f32::min);
        let turned = if short.len() == 2 { likeness(first, &long[1]).min(likeness(last, &long[0])) * 0.9 } else { 0.0 };
        return ordered.max(turned);
    }
    let joined = likeness(&short.concat(), &long.concat());
    if short.len() == 1 {
        return joined;
    }
    // A middle name may be left out; the first and the last may not.
    let ends = likeness(first, &long[0]).min(likeness(last, &long[long.len() - 1]));
    joined.max(ends * 0.92)
}

/// Letters to change, add, take away or swap.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let mut least = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> bool {
        full_likeness(&naming_words(a), &naming_words(b)) >= 0.8
    }

    #[test]
    fn spellings_of_one_name_meet() {
        for (a, b) in [
            ("Amir Khan Muttaqi", "Amir Khan Mutaqqi"),
            ("Amir Khan Muttaqi", "Ameer Khan Motaqi"),
            ("Amir Khan Muttaqi", "Mawlawi Amir Muttaqi"),
            ("Rahmatullah Zadran", "Rahmatulah Zadran"),
            ("Volodymyr Zelenskyy", "Volodymyr Zelensky"),
            ("Muammar Gaddafi", "Moammar Qaddafi"),
            ("Tariq Aziz", "Tarek Azeez"),
            ("Shinzo Abe", "Abe Shinzo"),
            ("Abdul Ghani", "Abdulghani"),
            ("General Tariq Mehsud", "Tariq Mehsud"),
        ] {
            assert!(alike(a, b), "{a} and {b} are one name: {} {}", sound(&plain(a)), sound(&plain(b)));
        }
    }

    #[test]
    fn other_names_stay_apart() {
        for (a, b) in [
            ("Hassan Rouhani", "Hussein Rouhani"),
            ("Kim Jong Il", "Kim Jong Un"),
            ("Nawaz Sharif", "Shahbaz Sharif"),
            ("Asif Zardari", "Asif Zadran"),
            ("Maria Lopez", "Mario Lopez"),
            ("Mohammed bin Salman", "Mohammed bin Nayef"),
            ("Zadran", "Rahmatullah Zadran"),
        ] {
            assert!(!alike(a, b), "{a} and {b} are two names");
        }
    }
}
