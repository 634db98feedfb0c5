//! The best dependency tree of a sentence: maximum spanning arborescence with one root, by Chu-Liu and Edmonds.

/// Finds the heads of a sentence's words; `None` for the one root.
///
/// `scores(d, h)` is the score of head `h` for dependent `d`; `h == n` is the root. `d` never heads itself.
pub(crate) fn heads(n: usize, scores: impl Fn(usize, usize) -> f32) -> Vec<Option<usize>> {
    let mut graph = Graph::new(n, scores);
    let greedy = graph.best_heads();
    let n_roots = greedy.iter().filter(|head| **head == n).count();
    let heads = if n_roots == 1 && find_cycle(&greedy).is_none() {
        greedy
    } else {
        graph.forbid_second_root();
        graph.arborescence()
    };
    heads.into_iter().map(|head| (head < n).then_some(head)).collect()
}

/// A dense graph; the root is the last node and has no head.
struct Graph {
    /// Nodes without the root.
    n: usize,
    /// By dependent, then head.
    scores: Vec<f64>,
}

impl Graph {
    fn new(n: usize, score: impl Fn(usize, usize) -> f32) -> Self {
        let mut graph = Self { n, scores: vec![f64::NEG_INFINITY; n * (n + 1)] };
        for d in 0..n {
            for h in (0..=n).filter(|h| *h != d) {
                let score = score(d, h);
                // Overflow in a damaged network must not become a broken tree.
                *graph.at(d, h) = if score.is_finite() { f64::from(score) } else { -1e30 };
            }
        }
        graph
    }

    fn at(&mut self, d: usize, h: usize) -> &mut f64 {
        &mut self.scores[d * (self.n + 1) + h]
    }

    fn score(&self, d: usize, h: usize) -> f64 {
        self.scores[d * (self.n + 1) + h]
    }

    fn best_heads(&self) -> Vec<usize> {
        let best = |d: usize| {
            let mut best = if d == 0 { self.n } else { 0 };
            for h in (0..=self.n).filter(|h| *h != d) {
                if self.score(d, h) > self.score(d, best) {
                    best = h;
                }
            }
            best
        };
        (0..self.n).map(best).collect()
    }

    /// Makes every root arc so dear that the best tree has only the one that it must have.
    fn forbid_second_root(&mut self) {
        let real = || self.scores.iter().filter(|score| score.is_finite());
        let most = real().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = real().copied().fold(f64::INFINITY, f64::min);
        let price = (most - least) * self.n as f64 + 1.0;
        for d in 0..self.n {
            *self.at(d, self.n) -= price;
        }
    }

    /// The best arborescence: where the best heads make a cycle, it becomes one node, and the smaller graph is solved.
    fn arborescence(&self) -> Vec<usize> {
        let mut heads = self.best_heads();
        let Some(cycle) = find_cycle(&heads) else { return heads };
        let outside: Vec<usize> = (0..self.n).filter(|node| !cycle.contains(node)).collect();
        let m = outside.len();
        // In the smaller graph: 0..m are the nodes outside, m is the cycle, m + 1 the root.
        let old = |node: usize| if node < m { outside[node] } else { self.n };
        let mut small = Self { n: m + 1, scores: vec![f64::NEG_INFINITY; (m + 1) * (m + 2)] };
        // For every node: which node of the cycle is the best dependent of it, and which the best head.
        let mut enters = vec![cycle[0]; m + 2];
        let mut leaves = vec![cycle[0]; m];
        for h in (0..m).chain([m + 1]) {
            for d in &cycle {
                let gain = self.score(*d, old(h)) - self.score(*d, heads[*d]);
                if gain > *small.at(m, h) {
                    *small.at(m, h) = gain;
                    enters[h] = *d;
                }
            }
        }
        for (d, leaves) in leaves.iter_mut().enumerate() {
            for h in (0..m).chain([m + 1]).filter(|h| *h != d) {
                *small.at(d, h) = self.score(old(d), old(h));
            }
            for h in &cycle {
                if self.score(old(d), *h) > *small.at(d, m) {
                    *small.at(d, m) = self.score(old(d), *h);
                    *leaves = *h;
                }
            }
        }
        let solved = small.arborescence();
        for d in 0..m {
            heads[old(d)] = if solved[d] == m { leaves[d] } else { old(solved[d]) };
        }
        let head = solved[m];
        heads[enters[head]] = old(head);
        heads
    }
}

/// The nodes of a cycle, if there is one; heads that are no node are roots.
fn find_cycle(heads: &[usize]) -> Option<Vec<usize>> {
    // The walk that first saw a node, so that every node is walked once.
    let mut seen = vec![usize::MAX; heads.len()];
    for start in 0..heads.len() {
        let mut node = start;
        while node < heads.len() && seen[node] == usize::MAX {
            seen[node] = start;
            node = heads[node];
        }
        if node < heads.len() && seen[node] == start {
            let mut cycle = vec![node];
            let mut next = heads[node];
            while next != node {
                cycle.push(next);
                next = heads[next];
            }
            return Some(cycle);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_tree(heads: &[Option<usize>]) -> bool {
        let plain: Vec<usize> = heads.iter().map(|head| head.unwrap_or(heads.len())).collect();
        heads.iter().filter(|head| head.is_none()).count() == 1 && find_cycle(&plain).is_none()
    }

    #[test]
    fn two_words_that_want_each_other_are_parted_at_the_cheaper_place() {
        // Both words prefer each other; word 1 is the better root.
        let scores = [[0.0, 9.0, 1.0], [8.0, 0.0, 3.0]];
        assert_eq!(heads(2, |d, h| scores[d][h]), [Some(1), None]);
    }

    #[test]
    fn only_one_word_is_the_root() {
        let scores = [[0.0, 1.0, 9.0], [2.0, 0.0, 9.0]];
        assert_eq!(heads(2, |d, h| scores[d][h]), [None, Some(0)]);
        assert_eq!(heads(1, |_, _| f32::NAN), [None]);
        assert_eq!(heads(0, |_, _| 0.0), []);
    }

    proptest! {
        #[test]
        fn it_is_the_best_of_all_trees(n in 1usize..6, seed in prop::collection::vec(-9.0f32..9.0, 42)) {
            let score = |d: usize, h: usize| seed[d * (n + 1) + h];
            let total = |heads: &[Option<usize>]| -> f32 {
                heads.iter().enumerate().map(|(d, h)| score(d, h.unwrap_or(n))).sum()
            };
            let found = heads(n, score);
            prop_assert!(is_tree(&found));
            for code in 0..(n + 1).pow(n as u32) {
                let other: Vec<Option<usize>> = (0..n)
                    .map(|d| code / (n + 1).pow(d as u32) % (n + 1))
                    .map(|h| (h < n).then_some(h))
                    .collect();
                let own = other.iter().enumerate().any(|(d, h)| *h == Some(d));
                prop_assert!(own || !is_tree(&other) || total(&other) <= total(&found) + 1e-3);
            }
        }

        #[test]
        fn any_scores_give_a_tree(n in 1usize..40, seed in prop::collection::vec(prop::num::f32::ANY, 97)) {
            let found = heads(n, |d, h| seed[(d * (n + 1) + h) % 97]);
            prop_assert!(is_tree(&found));
        }

        #[test]
        fn equal_scores_give_a_tree(n in 1usize..40) {
            prop_assert!(is_tree(&heads(n, |_, _| 1.0)));
        }
    }
}
