#!/usr/bin/env python3
"""Writes a weight file of random numbers, as models/FORMAT.md describes it, for builds and tests before training.

    python random_weights.py ../models/whimbrel.weights [--tiny] [--seed 1]

What such a network predicts means nothing. Needs numpy only.
"""

import argparse
import json
import struct

import numpy as np

FULL = dict(layers=4, hidden=384, heads=12, ffn=1536, positions=192, shapes=12, window=128, role_size=64, arc_size=128,
            rel_size=64, distances=33)
TINY = dict(FULL, layers=2, hidden=64, heads=2, ffn=112, positions=48, window=32, role_size=16, arc_size=32, rel_size=16)
TYPES = ("AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE "
         "COERCE ASSAULT").split()


def labels():
    kinds = "person organization group place facility date money product misc".split()
    return dict(
        upos="ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split(),
        xpos="NN NNS NNP VB VBD VBZ IN DT JJ RB , .".split(), lemma=["=", "1+", "3+y", "@be"],
        deprel="root nsubj obj obl nmod case det punct advmod amod conj cc".split(),
        entity=["O"] + [f"{b}-{k}" for k in kinds for b in "BI"], trigger=["O"] + ["B-" + t for t in TYPES] + ["I"],
        mode=["-", "ASSAULT/beat"], status=["happened", "planned", "possible", "denied"], party=["O", "B", "I"],
        sector=["GOV", "MIL", "CVL"], cue=["O", "B", "I"],
        attribution=["O", "B", "I"],
        role=["actor", "recipient", "place", "time", "source", "content"])


class File:
    """Tensors as they are collected."""

    def __init__(self, seed):
        self.random, self.tensors, self.data = np.random.default_rng(seed), [], bytearray()

    def add(self, name, array):
        self.data.extend(b"\0" * (-len(self.data) % 64))
        raw = np.ascontiguousarray(array).tobytes()
        self.tensors.append(dict(name=name, dtype={"int8": "i8", "float32": "f32", "uint8": "u8"}[array.dtype.name],
                                 shape=list(array.shape), offset=len(self.data), bytes=len(raw)))
        self.data.extend(raw)

    def floats(self, name, *shape, size=0.1, middle=0.0):
        self.add(name, (middle + size * self.random.uniform(-1, 1, shape)).astype(np.float32))

    def linear(self, name, inputs, outputs):
        self.add(f"{name}.weight", self.random.integers(-127, 128, (outputs, inputs), dtype=np.int8))
        self.floats(f"{name}.scale", outputs, size=0.2 / 127 / inputs ** 0.5, middle=1.7 / 127 / inputs ** 0.5)
        self.floats(f"{name}.bias", outputs)

    def write(self, path, **header):
        text = json.dumps(dict(header, tensors=self.tensors)).encode()
        head = b"WHIMBREL" + struct.pack("<I", len(text)) + text
        with open(path, "wb") as out:
            out.write(head + b"\0" * (-len(head) % 64) + self.data)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    a, sets, file = TINY if args.tiny else FULL, labels(), File(args.seed)
    letters = [chr(c) for c in range(97, 123)] + [str(d) for d in range(10)]
    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *("##" + c for c in letters), *".,:;'\"()-$%?!"]
    vocab += [x + y + z for x in letters for y in letters for z in letters][:30522 - len(vocab)]
    hidden = a["hidden"]
    file.add("vocab", np.frombuffer("\n".join(vocab).encode(), np.uint8))
    file.add("embed.word", file.random.integers(-127, 128, (len(vocab), hidden), dtype=np.int8))
    file.floats("embed.word.scale", len(vocab), size=0.0005, middle=0.001)
    file.floats("embed.position", a["positions"], hidden, size=0.05)
    file.floats("embed.shape", a["shapes"], hidden, size=0.05)
    norms = ["embed.norm"]
    for n in range(a["layers"]):
        for part, inputs, outputs in (("qkv", hidden, 3 * hidden), ("out", hidden, hidden), ("up", hidden, a["ffn"]),
                                      ("down", a["ffn"], hidden)):
            file.linear(f"layer.{n}.{part}", inputs, outputs)
        norms += [f"layer.{n}.norm1", f"layer.{n}.norm2"]
    for norm in norms:
        file.floats(norm + ".gamma", hidden, size=0.2, middle=1.0)
        file.floats(norm + ".beta", hidden)
    roles = len(sets["role"])
    sizes = {k: len(sets[k]) for k in "upos xpos lemma entity trigger party sector cue attribution mode status".split()}
    sizes |= dict(role_anchor=roles * a["role_size"], role_word=roles * a["role_size"], arc_dep=a["arc_size"],
                  arc_head=a["arc_size"], rel_dep=a["rel_size"], rel_head=a["rel_size"])
    fused, end = [], 0
    for name, size in sizes.items():
        fused.append(dict(name=name, start=end, end=end + size))
        end += size
    file.linear("heads", hidden, end)
    file.floats("role.distance", roles, a["distances"])
    file.floats("role.cross", roles)
    file.floats("role.bias", roles, middle=-2.0)
    file.floats("arc.weight", a["arc_size"] + 1, a["arc_size"])
    file.floats("arc.root", a["arc_size"])
    file.floats("arc.root_bias", 1)
    file.floats("rel.weight", len(sets["deprel"]), a["rel_size"] + 1, a["rel_size"] + 1)
    file.write(args.path, format=1, name="random", version=str(args.seed), architecture=a, labels=sets, fused=fused)


if __name__ == "__main__":
    main()
