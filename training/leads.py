#!/usr/bin/env python3
"""Joins our annotations of news passages (annotations/leads.jsonl: spans and codes, no text) with the texts they belong to.

    python leads.py --data DATA --out work/leads.jsonl      for train.py --leads

The texts are passages of articles of the worldwide newswire names corpus (set together from its tokens) and openings of PolNeAR's; a
checksum a story tells whether the text is the one that was annotated.
"""

import argparse
import hashlib
import json
import re
from collections import OrderedDict
from pathlib import Path

WORDS_WORLDWIDE, WORDS_POLNEAR = 190, 170  # a lead ends with the paragraph that passes these
CLOSING = re.compile(r"^([.,;:!?%)\]]|'s|n't|'re|'ve|'ll|'d|'m|’s|’|'|n’t)$")


def rows(path):
    with open(path, encoding="utf8") as f:
        return [json.loads(line) for line in f if line.strip()]


def joined(tokens):
    """Running text from tokens."""
    text, is_open, glued = "", False, True
    for token in tokens:
        space, glued = "" if glued else " ", False
        if token in ("``", "“"):
            text, glued, is_open = text + space + '"', True, True
        elif token in ("''", "”") or token == '"' and is_open:
            text, is_open = text + '"', False
        elif token == '"':
            text, glued, is_open = text + space + '"', True, True
        elif CLOSING.match(token):
            text += token
        elif token in ("-LRB-", "(", "["):
            text, glued = text + space + ("[" if token == "[" else "("), True
        elif token == "-RRB-":
            text += ")"
        elif token in ("$", "£", "€", "#"):
            text, glued = text + space + token, True
        elif token in ("-", "/"):
            text, glued = text + token, True
        else:
            text += space + token
    return text


def passage_id(doc, part):
    """The lead has the article's name, what follows it a number too."""
    return "ww-" + doc.replace(".txt.tsv", "") + (f"+{part}" if part > 1 else "")


def texts(data):
    """Passages by id: whole articles of the first corpus in pieces, the openings of the second."""
    articles = OrderedDict()
    for row in rows(data / "ner/worldwide_newswire/train.jsonl"):
        articles.setdefault(row["doc"], []).append(row["tokens"])
    for doc, paragraphs in articles.items():
        text, n, part = "", 0, 1
        for tokens in paragraphs:
            text, n = text + joined(tokens) + "\n", n + len(tokens)
            if n > WORDS_WORLDWIDE:
                yield passage_id(doc, part), text.strip()
                text, n, part = "", 0, part + 1
        if text:
            yield passage_id(doc, part), text.strip()
    for row in rows(data / "attribution/polnear/train.jsonl"):
        text, n = "", 0
        for paragraph in [p for p in row["text"].split("\n") if p.strip()][1:]:
            text, n = text + paragraph.strip() + "\n", n + len(paragraph.split())
            if n > WORDS_POLNEAR:
                break
        yield "pn-" + row["doc_id"], text.strip()


def circumstances(story, row):
    """Day and outlet as far as the id tells: the second corpus has both in it, the first begins with the outlet's country."""
    day = re.search(r"_(\d{4}-\d\d-\d\d)_", story)
    date = day[1] if day and row["date"] == "-" else row["date"]
    with open(Path(__file__).parent / "annotations/outlet-country.tsv", encoding="utf8") as f:
        domains = dict(line.rstrip("\n").split("\t") for line in f)
    prefix = story.split("-", 1)[1].split("_")[0]
    domain = "us" if story.startswith("pn-") else domains.get(prefix)
    return dict(row, date=date, publisher=f"example.{domain}" if domain else row["publisher"])


def checksum(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    args = ap.parse_args()
    of_id, n = dict(texts(args.data)), 0
    with open(args.out, "w", encoding="utf8") as f:
        for row in rows(Path(__file__).parent / "annotations/leads.jsonl"):
            text = of_id.get(row["id"], "")
            if checksum(text) != row.pop("checksum"):
                print(f"{row['id']}: the text is not the one that was annotated")
                continue
            f.write(json.dumps(dict(circumstances(row["id"], row), text=text), ensure_ascii=False) + "\n")
            n += 1
    print(f"{n} stories")


if __name__ == "__main__":
    main()
