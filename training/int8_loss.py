#!/usr/bin/env python3
"""What int8 costs: the figures of a checkpoint and of its weight file on the development windows of every data set, by head.

    python int8_loss.py work/polish.pt ../models/whimbrel.weights --data DATA --tokenizer ../target/release/examples/tokens [--windows 300]

The same network computes three times in f32: with the weights of the checkpoint; with those of the weight file, scaled back;
and with those and every row of activations rounded to int8 before it enters a linear layer, as the program rounds it. Prints a
Markdown table. The figures are those of whimbrel_train/evaluate.py: single words and spans, no rules behind them.
"""

import argparse
import copy
import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import nn

from export import load
from train import STAGES, load_sets
from whimbrel_train.evaluate import figures
from whimbrel_train.network import ROLES
from whimbrel_train.pieces import WordPiece
from whimbrel_train.weightfile import HEADS

DTYPES = dict(i8=np.int8, f32=np.float32, u8=np.uint8)


def read_weights(path):
    """Header and tensors of a weight file."""
    blob = Path(path).read_bytes()
    if blob[:8] != b"WHIMBREL":
        raise SystemExit(f"{path}: not a weight file: it must begin with WHIMBREL")
    size, = struct.unpack("<I", blob[8:12])
    header = json.loads(blob[12:12 + size])
    data = -(-(12 + size) // 64) * 64
    tensors = {}
    for t in header["tensors"]:
        start = data + t["offset"]
        tensors[t["name"]] = np.frombuffer(blob[start:start + t["bytes"]], DTYPES[t["dtype"]]).reshape(t["shape"])
    return header, tensors


def check_same(header, tensors, network, vocab, checkpoint, weights):
    """Stops where the two files are not of one network."""
    same = (header["labels"] == network.labels and header["architecture"]["layers"] == len(network.encoder.layers)
            and tensors["vocab"].tobytes().decode() == "\n".join(vocab)
            and np.array_equal(tensors["embed.position"], network.encoder.position.weight.detach().numpy()))
    if not same:
        raise SystemExit(f"{weights} was not written from {checkpoint}")


@torch.no_grad()
def put(network, header, tensors):
    """Puts what the weight file holds, scaled back, in the place of a network's weights."""
    scaled = lambda name, scale: torch.from_numpy(tensors[name].astype(np.float32) * tensors[scale][:, None])

    def linear(part, name):
        part.weight.copy_(scaled(name + ".weight", name + ".scale"))
        part.bias.copy_(torch.from_numpy(tensors[name + ".bias"].copy()))

    network.encoder.word.weight.copy_(scaled("embed.word", "embed.word.scale"))
    for i, layer in enumerate(network.encoder.layers):
        for part in ("qkv", "out", "up", "down"):
            linear(getattr(layer, part), f"layer.{i}.{part}")
    weight, bias = scaled("heads.weight", "heads.scale"), torch.from_numpy(tensors["heads.bias"].copy())
    for part in header["fused"]:
        name, rows = part["name"], slice(part["start"], part["end"])
        to = network.tags[name] if name in HEADS else getattr(network, name)
        # The roles that only training has stand behind those of the file.
        n = part["end"] - part["start"]
        to.weight[:n].copy_(weight[rows])
        to.bias[:n].copy_(bias[rows])
    for name in ("role.distance", "role.cross", "role.bias"):
        getattr(network, name.replace(".", "_"))[:len(ROLES)].copy_(torch.from_numpy(tensors[name].copy()))
    for name in ("arc.weight", "arc.root", "arc.root_bias"):
        getattr(network, name.replace(".", "_")).copy_(torch.from_numpy(tensors[name].copy()))
    # The program quantizes the relation weights when it loads: one scale for each label and head feature.
    relations = torch.from_numpy(tensors["rel.weight"].copy())
    features = relations[:, :-1]
    most = features.abs().amax(1, keepdim=True).clamp_min(1e-30)
    relations[:, :-1] = (features * (127 / most)).round() * (most / 127)
    network.rel_weight.copy_(relations)
    return network


def rounded(network):
    """Rounds what enters the int8 layers as the program does: 127 steps to each side of the largest value of a row."""
    def hook(_, inputs):
        x, = inputs
        most = x.abs().amax(-1, keepdim=True).clamp_min(1e-30)
        return (x * (127 / most)).round() * (most / 127)

    for part in network.modules():
        if isinstance(part, nn.Linear):
            part.register_forward_pre_hook(hook)
    return network


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("checkpoint")
    ap.add_argument("weights")
    ap.add_argument("--data", required=True, help="folder of the corpora")
    ap.add_argument("--tokenizer", required=True, help="command that tokenizes texts, as for train.py")
    ap.add_argument("--windows", type=int, help="no more than so many windows of each data set")
    ap.add_argument("--only", help="comma-separated data sets")
    args = ap.parse_args()
    network, vocab, _ = load(args.checkpoint)
    header, tensors = read_weights(args.weights)
    check_same(header, tensors, network, vocab, args.checkpoint, args.weights)
    pieces = WordPiece(vocab)
    names = args.only.split(",") if args.only else list(STAGES["joint"])
    sets = load_sets(args, network.labels, pieces, names, splits=("dev",))
    stored = put(copy.deepcopy(network), header, tensors)
    networks = [network, stored, rounded(copy.deepcopy(stored))]
    print(f"\n{header['name']} {header['version']}, {header['architecture']['layers']} layers\n")
    print("| set | head | f32 | int8 weights | int8 weights and activations | loss |\n|---|---|---|---|---|---|")
    for name, windows in sets.items():
        part = windows["dev"][:args.windows]
        rows = [figures(n, part, pieces, dtype=torch.float32) for n in networks]
        for head in rows[0]:
            values = [row[head] for row in rows]
            print(f"| {name} ({len(part)}) | {head} | {' | '.join(map(str, values))} | {values[0] - values[2]:+.1f} |", flush=True)


if __name__ == "__main__":
    main()
