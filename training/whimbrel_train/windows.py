"""Examples to windows, and windows to batches of tensors."""

import random

import torch

from .network import AUXILIARY_ROLES, ROLES
from .pieces import shapes

ALL_ROLES = ROLES + AUXILIARY_ROLES
TAG_LAYERS = ("upos", "xpos", "lemma", "trigger", "party", "sector", "cue", "attribution")


def cut(example, pieces, window, pack):
    """Windows of an example: dicts with words' pieces, shapes, sentence numbers and the layers that lie inside."""
    sizes = [len(pieces.word(w)) for w in example.words]
    for sentences in pack(sizes, example.sentences, window):
        lo, hi = sentences[0][0], sentences[-1][1]
        words = example.words[lo:hi]
        local = [(a - lo, b - lo) for a, b in sentences]
        number = [0] * len(words)
        for k, (a, b) in enumerate(local):
            number[a:b] = [k] * (b - a)
        out = dict(words=words, pieces=[pieces.word(w) for w in words], shapes=shapes(words, local), sentence=number,
                   layers={k: v[lo:hi] for k, v in example.layers.items()}, anchors=[])
        if "head" in out["layers"]:
            inside = lambda h: h - lo if lo <= h < hi else -1
            out["layers"]["head"] = [inside(h) if h >= 0 else -1 for h in out["layers"]["head"]]
        for a in example.anchors:
            if lo <= a["word"] < hi:
                shift = lambda ws: {w - lo for w in ws if lo <= w < hi}
                out["anchors"].append({**a, "word": a["word"] - lo, "ignore": shift(a["ignore"]),
                                       "roles": {r: shift(ws) for r, ws in a["roles"].items()}})
        yield out


def batches(windows, budget, rng):
    """Shuffled batches of similar length, each within `budget` padded pieces."""
    size = lambda w: sum(map(len, w["pieces"])) + 2
    order = sorted(windows, key=lambda w: size(w) + rng.random() * 12)
    out, current, longest = [], [], 0
    for w in order:
        longest_new = max(longest, size(w))
        if current and longest_new * (len(current) + 1) > budget:
            out.append(current)
            current, longest_new = [], size(w)
        current.append(w)
        longest = longest_new
    if current:
        out.append(current)
    rng.shuffle(out)
    return out


def endless(windows, budget, seed):
    """Batches for ever, reshuffled each time round."""
    rng = random.Random(seed)
    while True:
        yield from batches(windows, budget, rng)


def tensors(batch, begin, end, n_entity):
    """Tensors of a batch; layers that no window has are left out."""
    n_words = max(len(w["words"]) for w in batch)
    n_pieces = max(sum(map(len, w["pieces"])) for w in batch) + 2
    b = len(batch)
    t = dict(pieces=torch.zeros(b, n_pieces, dtype=torch.long), shapes=torch.zeros(b, n_pieces, dtype=torch.long),
             lengths=torch.zeros(b, dtype=torch.long), first=torch.zeros(b, n_words, dtype=torch.long),
             sentence=torch.full((b, n_words), -1), n_words=torch.tensor([len(w["words"]) for w in batch]))
    for i, w in enumerate(batch):
        row, shape, at = [begin], [0], []
        for p, s in zip(w["pieces"], w["shapes"]):
            at.append(len(row))
            row += p
            shape += [s] * len(p)
        row.append(end)
        shape.append(0)
        t["pieces"][i, :len(row)] = torch.tensor(row)
        t["shapes"][i, :len(row)] = torch.tensor(shape)
        t["lengths"][i] = len(row)
        t["first"][i, :len(at)] = torch.tensor(at)
        t["sentence"][i, :len(at)] = torch.tensor(w["sentence"])
        # Padding words are sentences of their own, so that no arc reaches them.
        t["sentence"][i, len(at):] = torch.arange(n_words - len(at)) + 10_000
    for layer in TAG_LAYERS + ("deprel", "head"):
        if layer in batch[0]["layers"]:
            t[layer] = torch.full((b, n_words), -1)
            for i, w in enumerate(batch):
                t[layer][i, :len(w["words"])] = torch.tensor(w["layers"][layer])
    if "entity" in batch[0]["layers"]:
        t["entity"] = torch.zeros(b, n_words, n_entity, dtype=torch.bool)
        for i, w in enumerate(batch):
            for j, allowed in enumerate(w["layers"]["entity"]):
                if allowed is not None:
                    t["entity"][i, j, list(allowed)] = True
    anchors = [(i, a) for i, w in enumerate(batch) for a in w["anchors"]]
    if anchors:
        t["anchor_window"] = torch.tensor([i for i, _ in anchors])
        t["anchor_word"] = torch.tensor([a["word"] for _, a in anchors])
        t["anchor_mode"] = torch.tensor([a["mode"] for _, a in anchors])
        t["anchor_status"] = torch.zeros(len(anchors), 4, dtype=torch.bool)
        for k, (_, a) in enumerate(anchors):
            t["anchor_status"][k, list(a["status"])] = True
        gold = torch.zeros(len(anchors), len(ALL_ROLES), n_words)
        known = torch.zeros(len(anchors), len(ALL_ROLES), n_words)
        for k, (i, a) in enumerate(anchors):
            for r, role in enumerate(ALL_ROLES):
                if role in a["known"]:
                    known[k, r, :len(batch[i]["words"])] = 1
                    known[k, r, list(a["ignore"])] = 0
                    gold[k, r, list(a["roles"].get(role, ()))] = 1
        t["role_gold"], t["role_known"] = gold, known
    return t
