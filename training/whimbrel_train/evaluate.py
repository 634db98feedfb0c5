"""Quick development figures in training: enough to see a head learn. Published figures come from the program's own output
through the project's scorers, never from here."""

import torch

from .network import ROLES
from .windows import batches, tensors


@torch.inference_mode()
def figures(network, windows, pieces, budget=4000, dtype=torch.bfloat16):
    """Accuracy or F1 by layer over windows that all have the same layers."""
    import random
    training = network.training
    network.eval()
    n_entity = len(network.labels["entity"])
    count = {}

    def add(key, right, total, gold=0):
        a = count.setdefault(key, [0, 0, 0])
        a[0] += right
        a[1] += total
        a[2] += gold

    for batch in batches(windows, budget, random.Random(0)):
        t = tensors(batch, pieces.begin, pieces.end, n_entity)
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype is torch.bfloat16):
            x = network.words(t)
            for layer in ("upos", "xpos", "lemma"):
                if layer in t:
                    known = t[layer] >= 0
                    add(layer, (network.tag(layer, x).argmax(-1)[known] == t[layer][known]).sum().item(), known.sum().item())
            for layer in ("trigger", "party", "cue", "attribution"):
                if layer in t:
                    p = network.tag(layer, x).float().softmax(-1)
                    known = t[layer] >= 0
                    hit = (1 - p[..., 0] > 0.5) & known
                    best = p[..., 1:].argmax(-1) + 1
                    gold = (t[layer] > 0) & known
                    add(layer + ".any", (hit & gold).sum().item(), hit.sum().item(), gold.sum().item())
                    add(layer, (hit & gold & (best == t[layer])).sum().item(), hit.sum().item(), gold.sum().item())
            if "entity" in t:
                best = network.tag("entity", x).argmax(-1)
                for i, w in enumerate(batch):
                    n = len(w["words"])
                    system = runs(best[i, :n].tolist(), network.labels["entity"])
                    gold = allowed_runs(w["layers"]["entity"], network.labels["entity"])
                    core = lambda s: {(a, b, k) for a, b, k in s if k in ("person", "organization", "place")}
                    add("entity", len(core(system) & core(gold)), len(core(system)), len(core(gold)))
            if "head" in t:
                scores = network.arcs(x, t["sentence"])
                best = scores.argmax(-1)
                own = torch.arange(x.shape[1])[None].expand_as(best)
                best = torch.where(best == x.shape[1], own, best)
                known = t["head"] >= 0
                right = (best == t["head"]) & known
                add("uas", right.sum().item(), known.sum().item())
                at = known.nonzero()
                heads = x[at[:, 0], best[known]]
                heads = torch.where((best[known] == at[:, 1])[:, None], torch.zeros_like(heads), heads)
                rel = network.relations(x[known], heads).argmax(-1)
                add("las", (right[known] & (rel == t["deprel"][known])).sum().item(), known.sum().item())
            if "anchor_word" in t:
                at = x[t["anchor_window"], t["anchor_word"]]
                known = t["anchor_mode"] >= 0
                if known.any():
                    best = network.tag("mode", at).argmax(-1)
                    add("mode", (best[known] == t["anchor_mode"][known]).sum().item(), known.sum().item())
                some = t["anchor_status"].any(-1)
                if some.any():
                    best = network.tag("status", at[some]).argmax(-1)
                    right = t["anchor_status"][some].gather(1, best[:, None])
                    add("status", right.sum().item(), some.sum().item())
                p = network.role_scores(x, t["anchor_window"], t["anchor_word"], t["sentence"]) > 0
                for r, role in enumerate(ROLES):
                    gold, known = t["role_gold"][:, r] > 0, t["role_known"][:, r] > 0
                    if known.any():
                        hit = p[:, r] & known
                        add("role." + role, (hit & gold & known).sum().item(), hit.sum().item(), (gold & known).sum().item())
            if "sector" in t:
                known = t["sector"] >= 0
                add("sector", (network.tag("sector", x).argmax(-1)[known] == t["sector"][known]).sum().item(), known.sum().item())
    network.train(training)
    out = {}
    for k, (right, total, gold) in sorted(count.items()):
        if gold:
            p, r = right / max(total, 1), right / gold
            out[k] = round(200 * p * r / max(p + r, 1e-9), 1)
        else:
            out[k] = round(100 * right / max(total, 1), 1)
    return out


def runs(tags, labels):
    """Spans of a BIO tag sequence, as a set of (start, end, kind)."""
    out, start, kind = set(), None, None
    for i, tag in enumerate([labels[t] for t in tags] + ["O"]):
        if start is not None and tag != "I-" + kind:
            out.add((start, i, kind))
            start = None
        if tag[0] == "B" or (tag[0] == "I" and start is None):
            start, kind = i, tag[2:]
    return out


def allowed_runs(allowed, labels):
    """Gold spans where each word allows one or more labels: the first allowed kind names the span."""
    return runs([a[0] if a else 0 for a in allowed], labels)
