#!/usr/bin/env python3
"""Fits the weights of data/grammar/recipient.tsv: whether a party of a story is the recipient of an event.

    target/release/examples/choices recipient [WEIGHTS] < STORIES > choices.jsonl     every event with its possible recipients
    python recipient.py choices.jsonl STORIES… --out ../data/grammar/recipient.tsv

STORIES are what leads.py wrote. The network must not have been trained on them, or its scores promise too much: give the example
the weights of an earlier stage that had not seen them. An event is compared with the annotated one of its type whose triggers
overlap; a party is right when one of its mentions ends where an annotated one does. Of several parties that one annotated code
covers, the one that the network holds likeliest is right and the others are left out. Logistic regression with an L2 prior;
--folds scores whole stories that were held out.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

import torch


def overlap(a, b):
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def annotated(paths):
    """Annotated events by story."""
    return {row["id"]: row["events"] for path in paths for row in map(json.loads, open(path, encoding="utf8"))}


def pairs(events, choices):
    """Annotated events with the choices of the same type whose triggers overlap most, each once."""
    def common(event, choice):
        spans = [event["trigger"]] + event.get("also", [])
        return max(overlap(a, b) for a in spans for b in choice["triggers"])
    ranked = sorted(((-common(e, c), abs(i - j), i, j) for i, e in enumerate(events) for j, c in enumerate(choices)
                     if e["type"] == c["type"] and common(e, c)))
    seen_events, seen_choices = set(), set()
    for _, _, i, j in ranked:
        if i not in seen_events and j not in seen_choices:
            seen_events.add(i)
            seen_choices.add(j)
            yield events[i], choices[j]


def labels(event, parties):
    """True, False or None (left out) for every party."""
    groups = defaultdict(list)
    out = [False] * len(parties)
    for k, party in enumerate(parties):
        meant = [m for m in event["recipients"] for a in party["spans"]
                 if overlap(a, m["span"]) and abs(a[1] - m["span"][1]) <= 2]
        if meant:
            out[k] = None
            groups[meant[0]["country"], meant[0]["sector"]].append(k)
    for group in groups.values():
        out[max(group, key=lambda k: parties[k]["features"]["network: recipient"])] = True
    return out


def collect(path, events_of):
    """(story, features, label) of every possible recipient."""
    choices = defaultdict(list)
    for row in map(json.loads, open(path, encoding="utf8")):
        choices[row["id"]].append(row)
    for story, rows in choices.items():
        for event, choice in pairs(events_of.get(story, []), rows):
            for party, label in zip(choice["parties"], labels(event, choice["parties"])):
                if label is not None:
                    yield story, party["features"], label


def fit(rows, names, l2, steps=500):
    index = {n: i for i, n in enumerate(names)}
    x = torch.zeros(len(rows), len(names))
    for i, (_, features, _) in enumerate(rows):
        for n, v in features.items():
            if n in index:
                x[i, index[n]] = v
    y = torch.tensor([float(r[2]) for r in rows])
    w = torch.zeros(len(names), requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=steps, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y, reduction="sum") + l2 * (w ** 2).sum()
        loss.backward()
        return loss
    optimizer.step(closure)
    return dict(zip(names, w.detach().tolist()))


def f1(rows, weights):
    """F1 of single parties at probability one half."""
    both = said = meant = 0
    for _, features, label in rows:
        yes = sum(weights.get(k, 0) * v for k, v in features.items()) > 0
        both, said, meant = both + (yes and label), said + yes, meant + label
    return 2 * both / max(said + meant, 1)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("choices", type=Path)
    ap.add_argument("stories", type=Path, nargs="+")
    ap.add_argument("--out", type=Path)
    ap.add_argument("--folds", type=int, default=0)
    ap.add_argument("--l2", type=float, default=5.0)
    args = ap.parse_args()
    torch.manual_seed(0)
    rows = list(collect(args.choices, annotated(args.stories)))
    seen = Counter(n for _, features, _ in rows for n in features)
    names = sorted(n for n, k in seen.items() if k >= 15)
    print(f"{len(rows)} parties, {sum(r[2] for r in rows)} recipients, {len(names)} features")
    if args.folds:
        stories = sorted({r[0] for r in rows})
        part = {s: i % args.folds for i, s in enumerate(stories)}
        scores = []
        for k in range(args.folds):
            weights = fit([r for r in rows if part[r[0]] != k], names, args.l2)
            scores.append(f1([r for r in rows if part[r[0]] == k], weights))
        print(f"held out: {sum(scores) / len(scores):.3f}")
    if args.out:
        weights = fit(rows, names, args.l2)
        lines = [f"{n}\t{w:.2f}" for n, w in sorted(weights.items()) if abs(w) >= 0.01]
        args.out.write_text("feature\tweight\n" + "\n".join(lines) + "\n", encoding="utf8")
        print(f"{args.out}: {len(lines)} weights, F1 on what they were fitted on: {f1(rows, weights):.3f}")


if __name__ == "__main__":
    main()
