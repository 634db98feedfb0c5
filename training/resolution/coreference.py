"""MUC, B-cubed, CEAF-e and their mean (the CoNLL F1) of two partitions of the same mentions.

Usage: coreference.py KEY RESPONSE, both TSV files of `mention<TAB>cluster`. The definitions are those of the reference
scorer (Pradhan et al. 2014, "Scoring coreference partitions of predicted mentions"); for given mentions all of them agree
with it. Without arguments it checks itself on the worked examples of the literature.
"""

import sys
from collections import Counter, defaultdict


def clusters(pairs):
    """Sets of mentions from a mapping of mention to cluster."""
    out = defaultdict(set)
    for mention, cluster in pairs.items():
        out[cluster].add(mention)
    return list(out.values())


def f1(p, r):
    return 2 * p * r / (p + r) if p + r else 0.0


def muc_one_way(key, response_of):
    """Links of the key that the response keeps (Vilain et al. 1995)."""
    kept = sum(len(c) - len({response_of.get(m, ("alone", m)) for m in c}) for c in key)
    return kept, sum(len(c) - 1 for c in key)


def muc(key, response):
    key_clusters, response_clusters = clusters(key), clusters(response)
    r_num, r_den = muc_one_way(key_clusters, response)
    p_num, p_den = muc_one_way(response_clusters, key)
    return (p_num / p_den if p_den else 0.0), (r_num / r_den if r_den else 0.0)


def b_cubed(key, response):
    """Bagga and Baldwin 1998, each mention with weight one."""
    key_clusters, response_clusters = clusters(key), clusters(response)
    key_of = {m: c for c in key_clusters for m in c}
    response_of = {m: c for c in response_clusters for m in c}
    p = sum(len(key_of.get(m, set()) & c) / len(c) for c in response_clusters for m in c) / len(response)
    r = sum(len(response_of.get(m, set()) & c) / len(c) for c in key_clusters for m in c) / len(key)
    return p, r


def assignment(rows, n_columns, weight):
    """The greatest total weight of a one-to-one assignment (Hungarian method by potentials)."""
    n, m = len(rows), n_columns
    if n == 0 or m == 0:
        return 0.0
    size = max(n, m)
    cost = lambda i, j: -weight.get((i, j), 0.0) if i < n and j < m else 0.0
    u, v, match, way = [0.0] * (size + 1), [0.0] * (size + 1), [0] * (size + 1), [0] * (size + 1)
    for i in range(1, size + 1):
        match[0], j0 = i, 0
        least, used = [float("inf")] * (size + 1), [False] * (size + 1)
        while True:
            used[j0] = True
            i0, delta, j1 = match[j0], float("inf"), 0
            for j in range(1, size + 1):
                if not used[j]:
                    current = cost(i0 - 1, j - 1) - u[i0] - v[j]
                    if current < least[j]:
                        least[j], way[j] = current, j0
                    if least[j] < delta:
                        delta, j1 = least[j], j
            for j in range(size + 1):
                if used[j]:
                    u[match[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            j0 = j1
            if match[j0] == 0:
                break
        while j0:
            match[j0], j0 = match[way[j0]], way[j0]
    return sum(weight.get((match[j] - 1, j - 1), 0.0) for j in range(1, size + 1))


def ceaf_e(key, response):
    """Luo 2005 with the entity similarity phi-4, solved part by part: clusters that share nothing cannot gain."""
    key_clusters, response_clusters = clusters(key), clusters(response)
    key_index = {m: i for i, c in enumerate(key_clusters) for m in c}
    common = Counter()
    for j, cluster in enumerate(response_clusters):
        for mention in cluster:
            if mention in key_index:
                common[key_index[mention], j] += 1
    weight = {(i, j): 2 * n / (len(key_clusters[i]) + len(response_clusters[j])) for (i, j), n in common.items()}
    parent = {}

    def root(x):
        parent.setdefault(x, x)
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for i, j in weight:
        parent[root(("k", i))] = root(("r", j))
    parts = defaultdict(lambda: (set(), set()))
    for i, j in weight:
        part = parts[root(("k", i))]
        part[0].add(i)
        part[1].add(j)
    total = 0.0
    for rows, columns in parts.values():
        rows, columns = sorted(rows), sorted(columns)
        local = {(a, b): weight[i, j] for a, i in enumerate(rows) for b, j in enumerate(columns) if (i, j) in weight}
        total += assignment(rows, len(columns), local)
    return total / len(response_clusters), total / len(key_clusters)


def conll(key, response):
    """Scores by name as (precision, recall, F1), and the mean of the three F1."""
    out = {name: score(key, response) for name, score in [("MUC", muc), ("B3", b_cubed), ("CEAFe", ceaf_e)]}
    out = {name: (p, r, f1(p, r)) for name, (p, r) in out.items()}
    return out, sum(f for _, _, f in out.values()) / 3


def check():
    """The examples of Bagga and Baldwin (B-cubed), Vilain (MUC) and Luo (CEAF)."""
    key = dict(zip(range(1, 13), [1] * 5 + [2] * 2 + [3] * 5))
    one = dict(zip(range(1, 13), [1] * 5 + [2] * 7))
    two = dict(zip(range(1, 13), [1] * 5 + [2] * 2 + [1] * 5))
    near = lambda a, b: abs(a - b) < 1e-9
    assert all(map(near, muc(key, one), (0.9, 1.0))), "MUC of 12 mentions, two key clusters in one"
    assert all(map(near, muc(key, two), (0.9, 1.0)))
    assert near(b_cubed(key, one)[0], (5 + 2 * 2 / 7 + 5 * 5 / 7) / 12) and near(b_cubed(key, one)[1], 1.0)
    assert near(b_cubed(key, two)[0], (5 / 2 + 5 / 2 + 2) / 12)
    assert near(ceaf_e(key, one)[0], (1 + 10 / 12) / 2) and near(ceaf_e(key, one)[1], (1 + 10 / 12) / 3)
    assert near(ceaf_e(key, two)[0], (10 / 15 + 1) / 2)
    assert near(conll(key, key)[1], 1.0)
    alone = {m: m for m in key}
    assert muc(key, alone) == (0.0, 0.0) and near(b_cubed(key, alone)[1], (1 + 1 + 1) / 12)
    print("the scorer agrees with the worked examples")


def read(path):
    with open(path, encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split("\t") for line in lines if line.strip())


if __name__ == "__main__":
    if len(sys.argv) == 1:
        check()
    else:
        scores, mean = conll(read(sys.argv[1]), read(sys.argv[2]))
        for name, (p, r, f) in scores.items():
            print(f"{name:6} P {100 * p:5.1f}  R {100 * r:5.1f}  F1 {100 * f:5.1f}")
        print(f"CoNLL F1 {100 * mean:.1f}")
