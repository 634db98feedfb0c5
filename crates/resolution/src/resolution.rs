//! The state that stories are fed into and conclusions are drawn from.
//!
//! Conclusions are a function of the set of stories and decisions: the order of arrival does not matter, and feeding stories
//! one by one gives what feeding them together gives. Only what hangs together with a change is read and concluded anew.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::Arc;

use jiff::civil::Date;

use crate::actor::Signature;
use crate::blocking::Node;
use crate::by_hand::{Decided, Hands};
use crate::cluster::Linkage;
use crate::conclusions::{Conclusions, Decision, Gone};
use crate::facts::Story;
use crate::graph::Graph;
use crate::register::Register;
use crate::shelf::{Damaged, InMemory, Shelf, Shelves};
use crate::thresholds::Thresholds;
use crate::pairs::{Kind, spelling_stands};
use crate::{event, hash, keeping};

/// Stories whose facts are at hand at most; they stay from one settling to the next.
const AT_HAND: usize = 6_000;

/// Stories with all that was concluded from them, on shelves.
#[derive(Clone, Debug)]
pub struct Resolution<S: Shelves = InMemory> {
    pub(crate) thresholds: Thresholds,
    pub(crate) shelves: S,
    pub(crate) facts: HashMap<u64, Arc<Story>>,
    pub(crate) origins: Graph,
    pub(crate) actors: Graph,
    pub(crate) events: Graph,
    pub(crate) claims: Graph,
    pub(crate) register: Register,
    pub(crate) hands: Hands,
    gone: Gone,
    decisions: Vec<Decision>,
}

impl Resolution {
    /// An empty state in memory.
    pub fn new(thresholds: Thresholds) -> Self {
        Self::on(InMemory::default(), thresholds)
    }

    /// Feeds stories in and draws the conclusions. A story whose id is known takes the place of the earlier one.
    pub fn add(&mut self, stories: impl IntoIterator<Item = Story>) {
        let stories: Vec<Story> = stories.into_iter().map(numbered).collect();
        let Ok(gone) = self.known_before(&stories);
        let Ok(_) = self.settle(&gone, stories, Vec::new(), None);
        // Decisions may name stories that have just come.
        if !self.decisions.is_empty() {
            let decided = self.decided();
            let Ok(_) = self.settle(&[], Vec::new(), decided, None);
        }
    }

    fn known_before(&self, stories: &[Story]) -> Result<Vec<i64>, Infallible> {
        let numbers = stories.iter().map(|story| story.numbers.story);
        numbers.filter_map(|number| self.place_of(number).map(|found| found.map(|_| number)).transpose()).collect()
    }

    /// Takes stories out, by id.
    pub fn retire(&mut self, ids: &BTreeSet<String>) {
        let gone: Vec<i64> = ids.iter().map(|id| number(id)).collect();
        let decided = self.decided();
        let Ok(_) = self.settle(&gone, Vec::new(), decided, None);
    }

    /// Holds a decision by hand.
    pub fn decide(&mut self, decision: Decision) {
        self.decisions.push(decision);
        let decided = self.decided();
        let Ok(_) = self.settle(&[], Vec::new(), decided, None);
    }

    /// Concludes everything anew from the stories and decisions.
    pub fn rebuild(&mut self) {
        let Ok(places) = self.places();
        let stories: Vec<Story> = places.iter().map(|&place| self.story(place)).map(|story| Story::clone(&story.expect("memory keeps it"))).collect();
        *self = Self { decisions: std::mem::take(&mut self.decisions), ..Self::new(self.thresholds.clone()) };
        self.add(stories);
    }

    /// All that is concluded; `today` is the day as of which planned events count as overdue.
    pub fn conclusions(&mut self, today: Option<Date>) -> Conclusions {
        let Ok(found) = self.tell_all(today);
        found
    }

    fn decided(&mut self) -> Vec<Decided> {
        let decisions = self.decisions.clone();
        decisions.iter().filter_map(|decision| self.part(decision)).collect()
    }

    fn part(&mut self, decision: &Decision) -> Option<Decided> {
        let mut node = |member: &crate::Member| {
            let Ok(place) = self.place_of(number(&member.story));
            let Ok(story) = self.story(place?);
            Decided::index(&story, decision.layer, &member.id).map(|idx| (story.numbers.story, idx))
        };
        Some(Decided { layer: decision.layer, a: node(&decision.a)?, b: node(&decision.b)?, is_same: decision.is_same })
    }
}

/// The number of a story that nobody keeps.
fn number(id: &str) -> i64 {
    (hash::of(id.as_bytes()) >> 12) as i64
}

/// A story that nobody keeps under the numbers that follow from its id.
fn numbered(story: Story) -> Story {
    let number = number(&story.id);
    let first = number << 10;
    story.kept_under(crate::Numbers { story: number, party: first, report: first, claim: first })
}

impl<S: Shelves> Resolution<S> {
    /// The state that lies on shelves.
    pub fn on(shelves: S, thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            shelves,
            facts: HashMap::new(),
            origins: Graph::new(Shelf::Origins),
            actors: Graph::new(Shelf::Actors),
            events: Graph::new(Shelf::Events),
            claims: Graph::new(Shelf::Propositions),
            register: Register::default(),
            hands: Hands::default(),
            gone: Gone::default(),
            decisions: Vec::new(),
        }
    }

    /// Takes stories out, by number, and others in, holds decisions by hand, and tells what is not as it was told before.
    /// `decided` are all decisions that hold; those of earlier settlings that are missing hold no longer.
    ///
    /// # Errors
    /// When the shelves cannot be reached.
    pub fn settle(
        &mut self,
        gone: &[i64],
        mut fresh: Vec<Story>,
        decided: Vec<Decided>,
        today: Option<Date>,
    ) -> Result<Conclusions, S::Error> {
        self.gone = Gone::default();
        let before = self.hands_before()?;
        self.hands = before.clone();
        for &number in gone {
            if let Some(place) = self.place_of(number)? {
                self.take_out(place)?;
            }
        }
        let arriving: BTreeSet<i64> = fresh.iter().map(|story| story.numbers.story).collect();
        let after = Hands::new(decided);
        // What a person told apart or together otherwise than before is taken out and in again.
        for number in before.not_in(&after).chain(after.not_in(&before)) {
            if let (false, Some(place)) = (arriving.contains(&number), self.place_of(number)?) {
                fresh.push(Story::clone(&*self.story(place)?));
                self.take_out(place)?;
            }
        }
        self.hands = after;
        fresh.sort_by_key(Story::place);
        for story in fresh {
            self.take_in(story)?;
        }
        self.place_hands()?;
        let found = self.group(today)?;
        self.put_away()?;
        Ok(found)
    }

    fn group(&mut self, today: Option<Date>) -> Result<Conclusions, S::Error> {
        let Self { shelves, thresholds, hands, facts, register, .. } = self;
        let by_hand = &hands.origins;
        let apart = |a, b| Ok(by_hand.are_apart(a, b));
        let origins = self.origins.settle(shelves, by_hand, (Linkage::Nearest, thresholds.origin.credited), apart)?;
        let by_hand = &hands.actors;
        let actors = self.actors.settle(shelves, by_hand, (Linkage::Nearest, thresholds.actor.least), |a, b| {
            let one = register.signed(shelves, a.0)?.signature.clone();
            let contradict = one.contradicts(&register.signed(shelves, b.0)?.signature);
            Ok(by_hand.are_apart(a, b) || contradict && !by_hand.are_same(a, b))
        })?;
        let by_hand = &hands.events;
        let events = self.events.settle(shelves, by_hand, (Linkage::Average, thresholds.event.least), |a, b| {
            let (x, y) = (read(shelves, facts, a.0)?, read(shelves, facts, b.0)?);
            let contradict = event::contradict((&x, report(&x, a)?), (&y, report(&y, b)?), &thresholds.event);
            Ok(by_hand.are_apart(a, b) || contradict && !by_hand.are_same(a, b))
        })?;
        let by_hand = &hands.claims;
        let apart = |a, b| Ok(by_hand.are_apart(a, b));
        let claims = self.claims.settle(shelves, by_hand, (Linkage::Average, thresholds.claim.disputes), apart)?;
        let gone = std::mem::take(&mut self.gone);
        self.tell(crate::told::Touched { origins, actors, events, claims }, gone, today)
    }

    fn put_away(&mut self) -> Result<(), S::Error> {
        self.origins.put_away(&mut self.shelves)?;
        self.actors.put_away(&mut self.shelves)?;
        self.events.put_away(&mut self.shelves)?;
        self.claims.put_away(&mut self.shelves)?;
        self.register.put_away(&mut self.shelves)?;
        let kept = (keeping::FORM, &self.hands.decided);
        self.shelves.put(Shelf::State, b"hands", keeping::bytes(&kept))
    }

    fn hands_before(&self) -> Result<Hands, S::Error> {
        let Some(bytes) = self.shelves.get(Shelf::State, b"hands")? else { return Ok(Hands::default()) };
        let (form, decided): (u32, Vec<Decided>) = keeping::value(&bytes).ok_or(Damaged("the decisions"))?;
        if form != keeping::FORM {
            return Err(Damaged("it is of another version of the program").into());
        }
        Ok(Hands::new(decided))
    }

    /// Gives decisions the places of the stories that they name.
    fn place_hands(&mut self) -> Result<(), S::Error> {
        for decided in self.hands.decided.clone() {
            let (Some(a), Some(b)) = (self.place_of(decided.a.0)?, self.place_of(decided.b.0)?) else { continue };
            let mut nodes = ((a, decided.a.1), (b, decided.b.1));
            if decided.layer == crate::Layer::Actor {
                let (Some(x), Some(y)) = (self.signature_at(nodes.0)?, self.signature_at(nodes.1)?) else { continue };
                nodes = ((x, 0), (y, 0));
            }
            self.hands.place(decided, nodes);
        }
        Ok(())
    }

    fn signature_at(&mut self, node: Node) -> Result<Option<u64>, S::Error> {
        let story = self.story(node.0)?;
        let party = story.parties.get(usize::from(node.1));
        Ok(party.and_then(|party| Some(self.signature_key(&story, node.1, &Signature::of(party)?))))
    }

    /// A party that a person told apart bears its name alone.
    pub(crate) fn signature_key(&self, story: &Story, idx: u16, signature: &Signature) -> u64 {
        if self.hands.is_split(story.numbers.story, idx) {
            return hash::of_parts(&[&story.id, &story.parties[usize::from(idx)].id]);
        }
        signature.key()
    }

    pub(crate) fn place_of(&self, number: i64) -> Result<Option<u64>, S::Error> {
        let Some(bytes) = self.shelves.get(Shelf::Places, &number.to_be_bytes())? else { return Ok(None) };
        let bytes = bytes.try_into().map_err(|_| Damaged("a place"))?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// The facts at a place.
    pub(crate) fn story(&mut self, place: u64) -> Result<Arc<Story>, S::Error> {
        read(&self.shelves, &mut self.facts, place)
    }

    /// The places of all stories.
    pub(crate) fn places(&self) -> Result<Vec<u64>, S::Error> {
        let keys = self.shelves.keys(Shelf::Facts, &[], &[0xff; 9], false, usize::MAX)?;
        keys.into_iter().map(|key| Ok(u64::from_be_bytes(key.try_into().map_err(|_| Damaged("a place"))?))).collect()
    }

    fn take_in(&mut self, story: Story) -> Result<(), S::Error> {
        let mut place = story.place();
        // Two of a day with one hash stand side by side.
        while self.shelves.get(Shelf::Facts, &place.to_be_bytes())?.is_some() {
            place += 1;
        }
        self.shelves.put(Shelf::Facts, &place.to_be_bytes(), keeping::bytes(&story))?;
        self.shelves.put(Shelf::Places, &story.numbers.story.to_be_bytes(), place.to_be_bytes().to_vec())?;
        let story = Arc::new(story);
        self.facts.insert(place, Arc::clone(&story));
        self.arrive(Kind::Story, (place, 0))?;
        self.origins.touch((place, 0));
        for (idx, party) in indexed(&story.parties) {
            if let Some(signature) = Signature::of(party) {
                self.sign(&story, (place, idx), signature)?;
            }
        }
        for (idx, _) in indexed(&story.reports) {
            self.arrive(Kind::Report, (place, idx))?;
            self.events.touch((place, idx));
        }
        for (idx, _) in indexed(&story.claims) {
            self.arrive(Kind::Claim, (place, idx))?;
        }
        Ok(())
    }

    fn sign(&mut self, story: &Story, node: Node, signature: Signature) -> Result<(), S::Error> {
        let key = self.signature_key(story, node.1, &signature);
        let party = &story.parties[usize::from(node.1)];
        let number = story.numbers.party + i64::from(node.1);
        if self.register.enter(&mut self.shelves, key, signature, (node, number, party))? {
            self.arrive(Kind::Signature, (key, 0))?;
            self.actors.touch((key, 0));
        }
        Ok(())
    }

    fn take_out(&mut self, place: u64) -> Result<(), S::Error> {
        let story = self.story(place)?;
        let stands = self.stands(Kind::Story, (place, 0))?;
        self.depart(Kind::Story, (place, 0), stands)?;
        self.gone.stories.push(story.numbers.story);
        for (idx, party) in indexed(&story.parties) {
            let Some(signature) = Signature::of(party) else { continue };
            let key = self.signature_key(&story, idx, &signature);
            let number = story.numbers.party + i64::from(idx);
            self.gone.parties.push(number);
            if let Some(last) = self.register.strike(&mut self.shelves, key, ((place, idx), number, party))? {
                self.depart(Kind::Signature, (key, 0), spelling_stands(&last))?;
            }
        }
        for (idx, _) in indexed(&story.reports) {
            let stands = self.stands(Kind::Report, (place, idx))?;
            self.depart(Kind::Report, (place, idx), stands)?;
            self.gone.reports.push(story.numbers.report + i64::from(idx));
        }
        for (idx, _) in indexed(&story.claims) {
            let stands = self.stands(Kind::Claim, (place, idx))?;
            self.depart(Kind::Claim, (place, idx), stands)?;
            self.gone.claims.push(story.numbers.claim + i64::from(idx));
        }
        self.facts.remove(&place);
        self.shelves.remove(Shelf::Facts, &place.to_be_bytes())?;
        self.shelves.remove(Shelf::Places, &story.numbers.story.to_be_bytes())
    }
}

/// The facts at a place, kept at hand.
pub(crate) fn read<S: Shelves>(shelves: &S, facts: &mut HashMap<u64, Arc<Story>>, place: u64) -> Result<Arc<Story>, S::Error> {
    if let Some(story) = facts.get(&place) {
        return Ok(Arc::clone(story));
    }
    let bytes = shelves.get(Shelf::Facts, &place.to_be_bytes())?.ok_or(Damaged("the facts of a story that others name"))?;
    let story = Arc::new(keeping::value::<Story>(&bytes).ok_or(Damaged("the facts of a story"))?);
    if facts.len() >= AT_HAND {
        facts.clear();
    }
    facts.insert(place, Arc::clone(&story));
    Ok(story)
}

pub(crate) fn report(story: &Story, node: Node) -> Result<&crate::Report, Damaged> {
    story.reports.get(usize::from(node.1)).ok_or(Damaged("a report"))
}

pub(crate) fn saying(story: &Story, node: Node) -> Result<&crate::Saying, Damaged> {
    story.claims.get(usize::from(node.1)).ok_or(Damaged("a claim"))
}

/// Parts with their indices, as many as have one.
pub(crate) fn indexed<T>(parts: &[T]) -> impl Iterator<Item = (u16, &T)> {
    (0..u16::MAX).zip(parts)
}
