#!/usr/bin/env python3
"""Scores the program on the development sets, through the project's own output and independent scorers.

    python score.py --program ../target/release/whimbrel --data DATA --scorers SCORERS [--only gold,polnear,...] [--work work/score]

DATA is the folder of corpora, SCORERS that of the scoring scripts (score_gold.py, score_attribution.py, …). Prints what the scorers
print; copy the figures into scores/ with the date and this command.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path


def rows(path):
    with open(path, encoding="utf8") as f:
        return [json.loads(line) for line in f if line.strip()]


def write(path, items):
    path.write_text("".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items), encoding="utf8")
    return path


def program(args, verb, path, out, *options):
    """Runs the program over `path` into `out`."""
    with open(out, "w", encoding="utf8") as f:
        subprocess.run([args.program, verb, str(path), *options], stdout=f, check=False)
    return out


def scorer(args, name, *options):
    print(f"== {name} {' '.join(map(str, options))}", flush=True)
    subprocess.run([sys.executable, str(args.scorers / name), *map(str, options)], check=True)


def stories(items, key="id"):
    day = lambda d: (d.get("date") or d.get("dct") or "")[:10] or None
    return [dict(id=d[key], text=d["text"], published=day(d), publisher=d.get("source")) for d in items]


def gold(args):
    path = args.data / "gold/dev.jsonl"
    source = write(args.work / "gold.in.jsonl", stories(rows(path)))
    out = program(args, "read", source, args.work / "gold.out.jsonl", "--format", "jsonl")
    scorer(args, "score_gold.py", path, out)


def polnear(args):
    path = args.data / "attribution/polnear/dev.jsonl"
    source = write(args.work / "polnear.in.jsonl", stories(rows(path), "doc_id"))
    out = program(args, "analyze", source, args.work / "polnear.analysis.jsonl", "--format", "json")
    one = lambda span: [span] if span else []
    predictions = [dict(doc_id=d["id"], attributions=[
        dict(source=one(q["source"]), cue=one(q["cue"]), content=q["content"])
        for q in d["quotations"] if q["score"] >= 0.5 or q["cue"] is None]) for d in rows(out)]
    scorer(args, "score_attribution.py", path, write(args.work / "polnear.out.jsonl", predictions))


def plv(args):
    """Class of a sentence when source and target are given: the event whose parties overlap them best, by confidence. The set
    folds CONCEDE and RETREAT into YIELD, and like strict PLOVER planned meetings, support, cooperation and aid into AGREE. The
    second figure learns how the set's classes lie to ours: softmax regression over the scores of our types, modes and statuses,
    each fifth of the set by what was fitted on the other four."""
    lines = (args.data / "events/plv/PLV_train.tsv").read_text(encoding="utf8").split("\n")
    head = lines[0].split("\t")
    items = [dict(zip(head, line.split("\t"))) for line in lines[1:] if line.strip()]
    source = write(args.work / "plv.in.jsonl", [dict(id=str(i), text=d["sentence"]) for i, d in enumerate(items)])
    out = program(args, "analyze", source, args.work / "plv.analysis.jsonl", "--format", "json")
    seen = [plv_scores(item, d) for item, d in zip(items, rows(out), strict=True)]
    gold = [item["gold_root"] for item in items]
    right = sum(best == g for (best, _), g in zip(seen, gold))
    print(f"== PLV class right {right / len(gold):.4f} ({right}/{len(gold)})")
    right = cross_validated([features for _, features in seen], gold, folds=5)
    print(f"== PLV class right, classes mapped by cross-validation {right / len(gold):.4f} ({right}/{len(gold)})")


def plv_scores(item, d):
    """The class that confidence gives, and the scores of types, modes and statuses that a mapping may use."""
    text = d["text"]
    spans = {k: [text.find(item[v]), text.find(item[v]) + len(item[v])] for k, v in (("actor", "source"), ("recipient", "target"))}
    best, features = (0.0, ""), Counter()
    for c in d["candidates"]:
        fit = 0.2
        for role, (a, b) in spans.items():
            fit += max([score for s, e, score in c["roles"].get(role, []) if s < b and a < e], default=0.0)
        status, weight = c["statuses"][0][0], Counter()
        for label, score in c["labels"]:
            value = score * fit
            of_mode = [(f"{mode}", share * value) for mode, share in c["modes"]]
            of_status = [(f"status {other}", share * value) for other, share in c["statuses"]]
            for name, v in [(label, value), (f"{label} {status}", value), *of_mode, *of_status]:
                features[name] = max(features[name], v)
            if status == "planned" and label in ("CONSULT", "SUPPORT", "COOPERATE", "AID"):
                label = "AGREE"
            weight["YIELD" if label in ("CONCEDE", "RETREAT") else label] += value
        best = max([best, *((value, label) for label, value in weight.items())])
    features[f"best {best[1]}"] = 1.0
    return best[1], features


def cross_validated(features, gold, folds, l2=0.5):
    """How many a softmax regression gets right, each fold by what was fitted on the others (L2 prior, L-BFGS)."""
    import torch
    names, classes = sorted({n for f in features for n in f}), sorted(set(gold))
    x = torch.tensor([[f.get(n, 0.0) for n in names] + [1.0] for f in features])
    y = torch.tensor([classes.index(g) for g in gold])
    part = torch.randperm(len(gold), generator=torch.Generator().manual_seed(0)) % folds
    right = 0
    for k in range(folds):
        w = torch.zeros(x.shape[1], len(classes), requires_grad=True)
        optimizer = torch.optim.LBFGS([w], max_iter=200, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(x[part != k] @ w, y[part != k], reduction="sum") + l2 * (w ** 2).sum()
            loss.backward()
            return loss
        optimizer.step(closure)
        right += int(((x[part == k] @ w).argmax(1) == y[part == k]).sum())
    return right


def conllu(args, docs, path):
    """Writes pretokenized sentences, for --pretokenized."""
    with open(path, "w", encoding="utf8") as f:
        for ident, sentences in docs:
            f.write(f"# newdoc id = {ident}\n")
            for n, tokens in enumerate(sentences):
                f.write(f"# sent_id = {ident}-{n}\n")
                f.writelines(f"{i}\t{t}\t_\t_\t_\t_\t_\t_\t_\t_\n" for i, t in enumerate(tokens, 1))
                f.write("\n")
    return path


def names(args, path, mapping, options, facility="FAC"):
    gold_rows = rows(path)
    # Rows of one document are read together, as the program reads a story.
    documents, row_of = [], []
    for d in gold_rows:
        # Where the set does not say which sentences belong together, 25 in a row are read as one document.
        same = documents and (d["doc"] == documents[-1][0] if d["doc"] else len(documents[-1][1]) < 25)
        if not same:
            documents.append((d["doc"] or d["id"], []))
        row_of.append((len(documents) - 1, sum(map(len, documents[-1][1]))))
        documents[-1][1].append(d["tokens"])
    source = conllu(args, documents, args.work / "names.in.conllu")
    out = program(args, "analyze", source, args.work / "names.analysis.jsonl", "--format", "json", "--pretokenized")
    kinds = dict(person="PER", organization="ORG", place="LOC", facility=facility)
    found = [[(*m["tokens"], kinds[m["type"]]) for m in d["mentions"] if m["form"] == "name" and m["type"] in kinds]
             for d in rows(out)]
    system = []
    for d, (document, at) in zip(gold_rows, row_of, strict=True):
        end = at + len(d["tokens"])
        spans = [[a - at, b - at, kind] for a, b, kind in found[document] if at <= a < end]
        system.append(dict(id=d["id"], tokens=[], spans=spans))
    gold_file = write(args.work / "names.gold.jsonl", [
        dict(d, spans=[[a, b, mapping[k]] for a, b, k in d["spans"] if mapping.get(k)]) for d in gold_rows])
    scorer(args, "score_ner.py", gold_file, write(args.work / "names.out.jsonl", system), "--types", "PER,ORG,LOC", *options)


def worldwide(args):
    names(args, args.data / "ner/worldwide_newswire/dev.jsonl", dict(Person="PER", Organization="ORG", Location="LOC"), [])


def conll(args):
    """CoNLL-2003 has no facilities: clubs, newsrooms and ministries are organizations there."""
    names(args, args.data / "ner/conll2003/dev.jsonl", dict(person="PER", organisation="ORG", location="LOC"), [], "ORG")


def ewt(args):
    path = args.data / "ud/en_ewt-ud-dev.conllu"
    out = program(args, "analyze", path, args.work / "ewt.out.conllu", "--format", "conllu", "--pretokenized")
    scorer(args, "score_parse.py", path, out)


def timex(args):
    for name in ("timebank_te3", "aquaint_te3", "meantime"):
        path = args.data / f"timex/{name}/gold.jsonl"
        source = write(args.work / f"{name}.in.jsonl", stories(rows(path)))
        out = program(args, "analyze", source, args.work / f"{name}.analysis.jsonl", "--format", "json")
        system = [dict(id=d["id"], timexes=[dict(start=t["span"][0], end=t["span"][1], type=t["type"], value=t["value"])
                                            for t in d["timexes"]]) for d in rows(out)]
        scorer(args, "score_timex.py", path, write(args.work / f"{name}.out.jsonl", system))


TASKS = dict(gold=gold, polnear=polnear, plv=plv, worldwide=worldwide, conll=conll, ewt=ewt, timex=timex)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--program", required=True)
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--scorers", type=Path, required=True)
    ap.add_argument("--work", type=Path, default=Path("work/score"))
    ap.add_argument("--only", default=",".join(TASKS))
    args = ap.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    for name in args.only.split(","):
        TASKS[name](args)


if __name__ == "__main__":
    main()
