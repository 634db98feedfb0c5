"""Writes the weight file of models/FORMAT.md, and reads int8 weights back the way the program computes with them."""

import json
import struct

import numpy as np
import torch

from .network import DISTANCES, ROLES, SHAPES

HEADS = ["upos", "xpos", "lemma", "entity", "trigger", "party", "sector", "cue", "attribution", "mode", "status"]


def quantize(weight):
    """Rows of a weight matrix as int8 with one scale a row."""
    w = weight.detach().float().numpy()
    scale = np.abs(w).max(axis=1) / 127
    scale[scale == 0] = 1.0
    return np.clip(np.rint(w / scale[:, None]), -127, 127).astype(np.int8), scale.astype(np.float32)


class Writer:
    def __init__(self):
        self.tensors, self.blobs, self.at = [], [], 0

    def add(self, name, array):
        dtype = {"int8": "i8", "float32": "f32", "uint8": "u8"}[str(array.dtype)]
        blob = np.ascontiguousarray(array).tobytes()
        self.tensors.append(dict(name=name, dtype=dtype, shape=list(array.shape), offset=self.at, bytes=len(blob)))
        pad = -len(blob) % 64
        self.blobs += [blob, b"\0" * pad]
        self.at += len(blob) + pad

    def f32(self, name, tensor):
        self.add(name, tensor.detach().float().numpy())

    def linear(self, name, weight, bias):
        q, scale = quantize(weight)
        self.add(name + ".weight", q)
        self.add(name + ".scale", scale)
        self.f32(name + ".bias", bias)

    def write(self, path, header):
        head = json.dumps(dict(header, tensors=self.tensors), ensure_ascii=False).encode()
        start = 12 + len(head)
        with open(path, "wb") as f:
            f.write(b"WHIMBREL" + struct.pack("<I", len(head)) + head + b"\0" * (-start % 64))
            for blob in self.blobs:
                f.write(blob)


def fused_heads(network):
    """All projections of word vectors as one matrix: (weight, bias, ranges)."""
    n = len(ROLES) * network.role_size
    parts = [(h, network.tags[h].weight, network.tags[h].bias) for h in HEADS]
    parts += [(k, getattr(network, k).weight[:n], getattr(network, k).bias[:n]) for k in ("role_anchor", "role_word")]
    parts += [(k, getattr(network, k).weight, getattr(network, k).bias) for k in ("arc_dep", "arc_head", "rel_dep", "rel_head")]
    ranges, at = [], 0
    for name, weight, _ in parts:
        ranges.append(dict(name=name, start=at, end=at + len(weight)))
        at += len(weight)
    return torch.cat([w for _, w, _ in parts]), torch.cat([b for _, _, b in parts]), ranges


def export(network, vocab, window, name, version, path):
    """Writes a network to `path`."""
    e, w = network.encoder, Writer()
    q, scale = quantize(e.word.weight)
    w.add("embed.word", q)
    w.add("embed.word.scale", scale)
    w.f32("embed.position", e.position.weight)
    w.f32("embed.shape", e.shape.weight)
    w.f32("embed.norm.gamma", e.norm.weight)
    w.f32("embed.norm.beta", e.norm.bias)
    for i, layer in enumerate(e.layers):
        for part in ("qkv", "out", "up", "down"):
            linear = getattr(layer, part)
            w.linear(f"layer.{i}.{part}", linear.weight, linear.bias)
        for norm in ("norm1", "norm2"):
            w.f32(f"layer.{i}.{norm}.gamma", getattr(layer, norm).weight)
            w.f32(f"layer.{i}.{norm}.beta", getattr(layer, norm).bias)
    weight, bias, ranges = fused_heads(network)
    w.linear("heads", weight, bias)
    r = len(ROLES)
    w.f32("role.distance", network.role_distance[:r])
    w.f32("role.cross", network.role_cross[:r])
    w.f32("role.bias", network.role_bias[:r])
    for k in ("arc_weight", "arc_root", "arc_root_bias", "rel_weight"):
        w.f32(k.replace("_", ".", 1), getattr(network, k))
    w.add("vocab", np.frombuffer("\n".join(vocab).encode(), dtype=np.uint8))
    hidden = e.word.embedding_dim
    w.write(path, dict(
        format=1, name=name, version=version, labels=network.labels, fused=ranges,
        architecture=dict(layers=len(e.layers), hidden=hidden, heads=e.layers[0].heads, ffn=e.layers[0].up.out_features,
                          positions=e.position.num_embeddings, shapes=SHAPES, window=window, role_size=network.role_size,
                          arc_size=network.arc_size, rel_size=network.rel_size, distances=DISTANCES)))


def quantized(network):
    """Replaces the weights of a network by their int8 values, in place, to measure what quantizing them costs."""
    with torch.no_grad():
        for layer in network.encoder.layers:
            for part in (layer.qkv, layer.out, layer.up, layer.down):
                q, scale = quantize(part.weight)
                part.weight.copy_(torch.from_numpy(q.astype(np.float32) * scale[:, None]))
        q, scale = quantize(network.encoder.word.weight)
        network.encoder.word.weight.copy_(torch.from_numpy(q.astype(np.float32) * scale[:, None]))
    return network
