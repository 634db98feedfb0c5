"""The loss of a batch: the sum of the losses of the heads that its data set supervises."""

import torch
import torch.nn.functional as F

WEIGHTS = dict(upos=0.4, xpos=0.4, lemma=0.3, entity=1.0, trigger=1.5, party=0.4, sector=0.4, cue=0.8, attribution=1.0, mode=0.3,
               status=0.5, role=1.0, arc=1.0, deprel=0.6)


def batch_loss(network, t):
    """Loss and its parts (floats by head)."""
    x = network.words(t)
    parts = {}
    for layer in ("upos", "xpos", "lemma", "party", "sector", "cue", "attribution"):
        if layer in t and (t[layer] >= 0).any():
            parts[layer] = F.cross_entropy(network.tag(layer, x).float().flatten(0, 1), t[layer].flatten(),
                                           ignore_index=-1)
    if "trigger" in t:
        logits, gold = network.tag("trigger", x).float().flatten(0, 1), t["trigger"].flatten()
        parts["trigger"] = F.cross_entropy(logits, gold, ignore_index=-1, label_smoothing=0.02)
    if "entity" in t:
        log_p = network.tag("entity", x).float().log_softmax(-1)
        some = t["entity"].any(-1)
        parts["entity"] = -log_p.masked_fill(~t["entity"], -1e4).logsumexp(-1)[some].mean()
    if "head" in t:
        parts |= tree_losses(network, x, t)
    if "anchor_word" in t:
        parts |= anchor_losses(network, x, t)
    return sum(WEIGHTS[k] * v for k, v in parts.items()), {k: v.item() for k, v in parts.items()}


def tree_losses(network, x, t):
    b, n, _ = x.shape
    scores = network.arcs(x, t["sentence"])
    own = torch.arange(n)[None].expand(b, n)
    head, known = t["head"], t["head"] >= 0
    target = torch.where(head == own, n, head)
    arc = F.cross_entropy(scores[known], target[known])
    labelled = known & (t["deprel"] >= 0)
    at = labelled.nonzero()
    h = t["head"][labelled]
    heads = x[at[:, 0], h]
    root = h == at[:, 1]
    # A root has no head vector; its label is learned from the dependent alone.
    heads = torch.where(root[:, None], torch.zeros_like(heads), heads)
    return dict(arc=arc, deprel=F.cross_entropy(network.relations(x[labelled], heads), t["deprel"][labelled]))


def anchor_losses(network, x, t):
    parts = {}
    at = x[t["anchor_window"], t["anchor_word"]]
    if (t["anchor_mode"] >= 0).any():
        parts["mode"] = F.cross_entropy(network.tag("mode", at).float(), t["anchor_mode"], ignore_index=-1)
    some = t["anchor_status"].any(-1)
    if some.any():
        log_p = network.tag("status", at[some]).float().log_softmax(-1)
        parts["status"] = -log_p.masked_fill(~t["anchor_status"][some], -1e4).logsumexp(-1).mean()
    if not t["role_known"].any():
        return parts
    logits = network.role_scores(x, t["anchor_window"], t["anchor_word"], t["sentence"])
    loss = F.binary_cross_entropy_with_logits(logits, t["role_gold"], reduction="none") * t["role_known"]
    # One unit an anchor: an anchor's words share it, with a floor so that short arguments count.
    parts["role"] = loss.sum() / (12 * len(logits))
    return parts
