"""Turns ECB+ (tokens and gold mentions, as in the release of Barhom et al. 2019) into the input of the example `mentions`.

Usage: ecb.py FOLDER SPLIT OUT.jsonl KEY.tsv, where SPLIT is Train or Dev.
"""

import json
import sys
from collections import defaultdict

# Small words that name no event beside another word.
STOP = set(
    "a an the of in on at to for from by with and or as is was were be been being has have had he she it i they his her "
    "its their that this which who whom after before over into about up out down off not no will would could should said".split()
)


def main(folder, split, out, key):
    documents = defaultdict(list)
    tokens = defaultdict(dict)
    for line in open(f"{folder}/ECB_{split}_corpus.txt", encoding="utf-8"):
        cells = line.rstrip("\n").split("\t")
        if len(cells) >= 4:
            documents[cells[0]].append(cells[3])
            tokens[cells[0], int(cells[1])][int(cells[2])] = cells[3]
    mentions = defaultdict(list)
    with open(key, "w", encoding="utf-8") as gold:
        for idx, mention in enumerate(json.load(open(f"{folder}/ECB_{split}_Event_gold_mentions.json", encoding="utf-8"))):
            words = [word for word in mention["tokens_str"].split() if word.lower() not in STOP]
            text = " ".join(words) or mention["tokens_str"]
            mentions[mention["doc_id"]].append({"id": f"m{idx}", "words": text})
            gold.write(f"m{idx}\t{mention['coref_chain']}\n")
    with open(out, "w", encoding="utf-8") as lines:
        for document, words in documents.items():
            lines.write(json.dumps({"id": document, "text": " ".join(words), "mentions": mentions[document]}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
