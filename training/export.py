#!/usr/bin/env python3
"""Writes a checkpoint as models/whimbrel.weights, with reference outputs for the test that compares the program with it.

    python export.py work/joint.pt ../models/whimbrel.weights --version 2026.11.25 [--reference ../crates/model/tests/reference.json]
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch

from whimbrel_train.network import ROLES, Encoder, Network
from whimbrel_train.pieces import WordPiece, shapes
from whimbrel_train.weightfile import export
from whimbrel_train.windows import tensors

# Sentences of our own for the reference outputs.
SENTENCES = [
    "Afghanistan 's acting foreign minister is expected in Islamabad in the coming weeks .".split(),
    "“ We supplied no drones , ” a spokesman for the ministry told reporters on Tuesday .".split(),
    "Police in Nairobi fired tear gas at 300 striking teachers , witnesses said .".split(),
]


def load(path):
    """Network, vocabulary and window of a checkpoint."""
    state = torch.load(path, weights_only=False)
    network = Network(Encoder(len(state["vocab"]), layers=state["layers"]), state["labels"])
    network.load_state_dict(state["network"])
    network.eval()
    return network, state["vocab"], state["window"]


@torch.inference_mode()
def reference(network, vocab):
    """What the f32 network gives for SENTENCES: pieces, shapes, the word vectors' first eight values, scores."""
    pieces, out = WordPiece(vocab), []
    for words in SENTENCES:
        window = dict(words=words, pieces=[pieces.word(w) for w in words], shapes=shapes(words, [(0, len(words))]),
                      sentence=[0] * len(words), layers={}, anchors=[])
        t = tensors([window], pieces.begin, pieces.end, 1)
        x = network.words(t)
        row = dict(words=words, pieces=window["pieces"], shapes=window["shapes"],
                   vectors=[[round(v, 4) for v in w[:8].tolist()] for w in x[0]],
                   upos=[network.labels["upos"][i] for i in network.tag("upos", x)[0].argmax(-1).tolist()],
                   trigger=[[round(v, 4) for v in w.tolist()] for w in network.tag("trigger", x)[0].softmax(-1)],
                   arcs=[[round(v, 3) for v in w.tolist()] for w in network.arcs(x, t["sentence"])[0]])
        scores = network.role_scores(x, torch.zeros(1, dtype=torch.long), torch.tensor([4]), t["sentence"]).sigmoid()
        row["roles_of_word_4"] = {r: [round(v, 4) for v in scores[0, i].tolist()] for i, r in enumerate(ROLES)}
        out.append(row)
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("checkpoint")
    ap.add_argument("out")
    ap.add_argument("--version", required=True)
    ap.add_argument("--reference")
    args = ap.parse_args()
    network, vocab, window = load(args.checkpoint)
    export(network, vocab, window, "whimbrel-en", args.version, args.out)
    if args.reference:
        Path(args.reference).write_text(json.dumps(reference(network, vocab), ensure_ascii=False) + "\n", encoding="utf8")
    blob = Path(args.out).read_bytes()
    print(f"{args.out}: {len(blob) / 1e6:.1f} MB, sha256 {hashlib.sha256(blob).hexdigest()}")


if __name__ == "__main__":
    main()
