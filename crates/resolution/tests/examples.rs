//! The bundled stories of one affair over two months, from their codings: copies, names, the visit's life, denials.

use std::collections::BTreeSet;

use codebook::json;
use proptest::strategy::Strategy;
use whimbrel_resolution::{Decision, Layer, Member, Resolution, Stage, Stance, Story, Thresholds};

fn stories() -> Vec<Story> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases/resolution/examples.jsonl");
    let lines = std::fs::read_to_string(path).expect("the codings are committed");
    let read = |line: &str| json::read_line(line).expect("a coding reads back");
    lines.lines().map(read).map(|(metadata, text, coding)| Story::of(&metadata, &text, &coding)).collect()
}

fn all() -> Resolution {
    let mut resolution = Resolution::new(Thresholds::bundled());
    resolution.add(stories());
    resolution
}

fn member(story: &str, id: &str) -> Member {
    Member { story: story.to_owned(), id: id.to_owned() }
}

#[test]
fn copies_share_an_origin_and_others_do_not() {
    let found = all().conclusions(None).origins;
    let groups: Vec<Vec<&str>> = found.iter().map(|origin| origin.stories.iter().map(|link| link.member.story.as_str()).collect()).collect();
    let announced: BTreeSet<&str> = ["visit-announced", "visit-announced-copy-1", "visit-announced-copy-2"].into();
    assert!(groups.iter().any(|group| group.iter().copied().collect::<BTreeSet<_>>() == announced), "{groups:?}");
    assert!(groups.iter().any(|group| *group == ["visit-postponed", "visit-postponed-copy"]), "{groups:?}");
    assert_eq!(groups.len(), 13, "sixteen stories, thirteen origins: {groups:?}");
    assert!(found.iter().flat_map(|origin| &origin.stories).all(|link| !link.reason.is_empty() && link.score > 0.0));
}

#[test]
fn one_minister_over_spellings() {
    let entities = all().conclusions(None).entities;
    let zadran: Vec<_> = entities.iter().filter(|entity| entity.name.contains("Zadran")).collect();
    assert_eq!(zadran.len(), 1, "{:?}", zadran.iter().map(|entity| &entity.name).collect::<Vec<_>>());
    assert!(zadran[0].bearers.iter().any(|bearer| bearer.name.contains("Rahmatulah")));
    assert_eq!(zadran[0].country.as_deref(), Some("AFG"), "a stated office outweighs the story's surroundings");
    assert!(zadran[0].statements.iter().any(|statement| statement.title == "acting foreign minister" && statement.on.is_some()));
    assert!(entities.iter().all(|entity| !entity.name.contains("officials")), "descriptions never meet over stories");
}

#[test]
fn the_visit_has_one_life() {
    let affairs = all().conclusions(None).affairs;
    let lives: Vec<_> = affairs.iter().filter(|affair| affair.reports.iter().any(|link| link.member == member("visit-announced", "e1"))).collect();
    let stages: Vec<Stage> = lives[0].life.iter().map(|step| step.stage).collect();
    assert_eq!(stages, [Stage::Planned, Stage::Confirmed, Stage::Postponed, Stage::TookPlace], "{:#?}", lives[0]);
}

#[test]
fn a_plan_of_which_nothing_is_heard_is_overdue() {
    let stages = |today: &str| {
        let affairs = all().conclusions(today.parse().ok()).affairs;
        let affair = affairs.into_iter().find(|affair| affair.reports.iter().any(|link| link.member == member("next-meeting", "e1")));
        affair.expect("the December visit is an event").life.iter().map(|step| step.stage).collect::<Vec<_>>()
    };
    assert!(stages("2026-12-05").contains(&Stage::Planned) && !stages("2026-12-05").contains(&Stage::Overdue));
    assert_eq!(stages("2026-12-11").last(), Some(&Stage::Overdue), "due by December 10");
}

#[test]
fn denials_stand_against_claims_of_other_stories() {
    let relations = all().conclusions(None).relations;
    assert!(relations.iter().any(|relation| relation.stance == Stance::Denies), "{relations:#?}");
    assert!(relations.iter().all(|relation| relation.from.story != relation.to.story));
}

#[test]
fn any_order_of_arrival_gives_the_same() {
    let expected = all().conclusions(None);
    let (mut forward, mut backward, mut rebuilt) = (Resolution::new(Thresholds::bundled()), Resolution::new(Thresholds::bundled()), all());
    for story in stories() {
        forward.add([story]);
    }
    for story in stories().into_iter().rev() {
        backward.add([story]);
    }
    rebuilt.rebuild();
    for found in [&mut forward, &mut backward, &mut rebuilt] {
        assert_eq!(found.conclusions(None), expected);
    }
}

#[test]
fn decisions_by_hand_survive_a_rebuild() {
    let mut resolution = all();
    let (a, b) = (member("visit-announced", ""), member("visit-announced-copy-2", ""));
    resolution.decide(Decision { layer: Layer::Origin, a: a.clone(), b: b.clone(), is_same: false });
    let pair = (member("market-bombing", "e1"), member("attack-on-convoy", "e3"));
    resolution.decide(Decision { layer: Layer::Event, a: pair.0.clone(), b: pair.1.clone(), is_same: true });
    resolution.rebuild();
    let found = resolution.conclusions(None);
    let apart = |origin: &whimbrel_resolution::Origin| origin.stories.iter().filter(|link| link.member == a || link.member == b).count() < 2;
    assert!(found.origins.iter().all(apart));
    let joint = |affair: &whimbrel_resolution::Affair| affair.reports.iter().filter(|link| link.member == pair.0 || link.member == pair.1).count() == 2;
    assert!(found.affairs.iter().any(joint));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Any order and any batches of any of the stories give what a rebuild gives.
    #[test]
    fn batches_and_orders_do_not_matter(order in proptest::prelude::Just((0..16_usize).collect::<Vec<_>>()).prop_shuffle(), cut in 0..16_usize, n in 1..17_usize) {
        let all = stories();
        let chosen: Vec<Story> = order.iter().take(n).map(|&idx| all[idx].clone()).collect();
        let (first, second) = chosen.split_at(cut.min(n));
        let (mut found, mut expected) = (Resolution::new(Thresholds::bundled()), Resolution::new(Thresholds::bundled()));
        found.add(first.to_vec());
        found.add(second.to_vec());
        expected.add(all.iter().filter(|story| chosen.iter().any(|one| one.id == story.id)).cloned());
        expected.rebuild();
        proptest::prop_assert_eq!(found.conclusions(None), expected.conclusions(None));
    }
}
