#!/usr/bin/env python3
"""Fits the weights of data/grammar/homeland.tsv: which state a party belongs to when its own words do not say.

    target/release/examples/choices homeland < STORIES > choices.jsonl      every choice with the features of its answers
    python homeland.py choices.jsonl STORIES… --out ../data/grammar/homeland.tsv

STORIES are gold/train.jsonl of the corpora and what leads.py wrote. The right answer of a choice is the country that most of the
annotated parties at its mentions have. The shipped weights are fitted on the choices of all stories twice, with their `publisher` and
without, so that they hold where the outlet is not known. Multinomial logistic regression over the answers with an L2 prior; --folds scores whole
stories that were held out.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

import torch


def annotated(paths):
    """Spans of parties with their country, by story; `-` and `*` are no country."""
    out = {}
    for path in paths:
        for line in open(path, encoding="utf8"):
            row = json.loads(line)
            spans = out.setdefault(row["id"], {})
            parties = [m for e in row["events"] for k in ("actors", "recipients") for m in e[k]]
            for m in parties + [m for c in row["claims"] for m in c["sources"]]:
                spans[tuple(m["span"])] = None if m["country"] in (None, "-", "*", "INT") else m["country"]
    return out


def labelled(choices, spans_of):
    """(story, answers, right answer's place) of every choice that an annotation decides."""
    for line in open(choices, encoding="utf8"):
        row = json.loads(line)
        votes = Counter()
        for a, b in row["spans"]:
            for (x, y), country in spans_of.get(row["id"], {}).items():
                if abs(y - b) <= 1 and min(b, y) > max(a, x):
                    votes[country] += 1
        if not votes:
            continue
        best = votes.most_common(1)[0][0]
        right = [i for i, a in enumerate(row["answers"]) if a["country"] == best]
        yield row["id"], row["answers"], right[0] if right else None


def fit(rows, names, l2, steps=300):
    index = {n: i for i, n in enumerate(names)}
    rows = [r for r in rows if r[2] is not None]
    width = max(len(r[1]) for r in rows)
    x = torch.zeros(len(rows), width, len(names))
    open_ = torch.zeros(len(rows), width, dtype=torch.bool)
    gold = torch.tensor([r[2] for r in rows])
    for i, (_, answers, _) in enumerate(rows):
        for j, a in enumerate(answers):
            open_[i, j] = True
            for n, v in a["features"].items():
                if n in index:
                    x[i, j, index[n]] = v
    w = torch.zeros(len(names), requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=steps, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        scores = (x @ w).masked_fill(~open_, -1e9)
        loss = torch.nn.functional.cross_entropy(scores, gold, reduction="sum") + l2 * (w ** 2).sum()
        loss.backward()
        return loss
    optimizer.step(closure)
    return dict(zip(names, w.detach().tolist()))


def right(rows, weights):
    n = 0
    for _, answers, gold in rows:
        scores = [sum(weights.get(k, 0) * v for k, v in a["features"].items()) for a in answers]
        n += scores.index(max(scores)) == gold
    return n


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("choices", type=Path)
    ap.add_argument("stories", type=Path, nargs="+")
    ap.add_argument("--out", type=Path)
    ap.add_argument("--folds", type=int, default=0)
    ap.add_argument("--l2", type=float, default=1.0)
    args = ap.parse_args()
    torch.manual_seed(0)
    rows = list(labelled(args.choices, annotated(args.stories)))
    seen = Counter(n for _, answers, _ in rows for n in {n for a in answers for n in a["features"]})
    names = sorted(n for n, k in seen.items() if k >= 10)
    print(f"{len(rows)} choices, right answer among them {sum(r[2] is not None for r in rows)}, {len(names)} features")
    if args.folds:
        stories = sorted({r[0] for r in rows})
        part = {s: i % args.folds for i, s in enumerate(stories)}
        good = 0
        for k in range(args.folds):
            weights = fit([r for r in rows if part[r[0]] != k], names, args.l2)
            good += right([r for r in rows if part[r[0]] == k], weights)
        print(f"held out: {good / len(rows):.3f}")
    if args.out:
        weights = fit(rows, names, args.l2)
        lines = [f"{n}\t{w:.2f}" for n, w in sorted(weights.items()) if abs(w) >= 0.01]
        args.out.write_text("feature\tweight\n" + "\n".join(lines) + "\n", encoding="utf8")
        print(f"{args.out}: {len(lines)} weights, right on what they were fitted on: {right(rows, weights) / len(rows):.3f}")


if __name__ == "__main__":
    main()
