"""Corpora to training windows: every data set supervises only its own heads.

A sentence group becomes `Window`s (see `windows`), with these optional layers, all by word of the window:
  upos xpos lemma deprel   label index or -1;  head  word index in the window, own index for the root, -1 unknown
  entity                   set of allowed entity labels (tuple of indices) or None
  trigger party cue attribution  label index or -1;  sector  label index or -1
  anchors                  list of dicts: word, mode (index or -1), status (allowed indices), roles {role: set of words}, known (roles
                           supervised), ignore (words that count neither way)
"""

import json
import subprocess
from bisect import bisect_left
from collections import Counter
from pathlib import Path

ENTITIES = ["person", "organization", "group", "place", "facility", "date", "money", "product", "misc"]
TYPES = ("AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE "
         "COERCE ASSAULT").split()
STATUS = ["happened", "planned", "possible", "denied"]
SECTORS = "GOV MIL COP SPY LEG JUD PTY OPP REB UAF CRM CVL REF REL ETH LAB EDU BUS MED JRN NGO IGO ELI".split()
PROPBANK = {"ARG0": "a0", "ARG1": "a1", "ARG2": "a2", "ARGM-LOC": "loc", "ARGM-TMP": "tmp"}
WORLDWIDE = {"Person": "person", "Organization": "organization", "NORP": "group", "Location": "place",
             "Facility": "facility", "Date": "date", "Money": "money", "Product": "product", "Misc": "misc"}
CONLL = {"person": ["person"], "organisation": ["organization", "facility"], "location": ["place", "facility"],
         "misc": ["misc", "group", "product"]}


def bio(names):
    return ["O"] + [f"{b}-{n}" for n in names for b in "BI"]


def read_jsonl(path):
    with open(path, encoding="utf8") as f:
        return [json.loads(line) for line in f if line.strip()]


# Lemma scripts.

def lemma_script(form, lemma, is_propn):
    base = form if is_propn else form.lower()
    if lemma == base:
        return "="
    n = 0
    while n < min(len(base), len(lemma)) and base[n] == lemma[n]:
        n += 1
    if n >= 2 or (n and len(base) - n <= 2):
        return f"{len(base) - n}+{lemma[n:]}"
    return "@" + lemma


def read_conllu(path):
    """Documents: lists of sentences; a sentence is a list of (form, lemma, upos, xpos, head, deprel)."""
    docs, sentence = [], []
    for line in open(path, encoding="utf8"):
        line = line.rstrip("\n")
        if line.startswith("# newdoc") or (not docs and line.startswith("#")):
            docs.append([])
        if line.startswith("#"):
            continue
        if not line:
            if sentence:
                docs[-1].append(sentence)
            sentence = []
            continue
        f = line.split("\t")
        if "-" in f[0] or "." in f[0]:
            continue
        sentence.append((f[1], f[2], f[3], f[4], int(f[6]), f[7]))
    if sentence:
        docs[-1].append(sentence)
    return docs


def syntax_labels(docs):
    """Label lists from a treebank; rare lemma scripts and relations are left out."""
    upos, xpos, lemma, deprel = Counter(), Counter(), Counter(), Counter()
    for doc in docs:
        for s in doc:
            for form, lem, u, x, _, rel in s:
                upos[u] += 1
                xpos[x] += 1
                deprel[rel] += 1
                lemma[lemma_script(form, lem, u == "PROPN")] += 1
    return dict(upos=sorted(upos), xpos=sorted(xpos), lemma=[s for s, n in lemma.most_common() if n >= 4],
                deprel=sorted(r for r, n in deprel.items() if n >= 8))


def all_labels(treebank, markup):
    """All label sets: syntax from a treebank, modes from the annotated stories."""
    modes = Counter(f"{e['type']}/{e['mode']}" for d in markup for e in d["events"] if e.get("mode"))
    return dict(**syntax_labels(treebank), entity=bio(ENTITIES), trigger=["O"] + ["B-" + t for t in TYPES] + ["I"],
                mode=["-"] + sorted(modes), status=STATUS, party=["O", "B", "I"], sector=SECTORS, cue=["O", "B", "I"],
                attribution=["O", "B", "I"], role=["actor", "recipient", "place", "time", "source", "content"])


class Example:
    """A run of sentences with its layers, before packing."""

    def __init__(self, words, sentences):
        self.words, self.sentences, self.layers, self.anchors = words, sentences, {}, []


# Treebank, PropBank, names.

def treebank_examples(docs, labels):
    index = {k: {v: i for i, v in enumerate(labels[k])} for k in ("upos", "xpos", "lemma", "deprel")}
    for doc in docs:
        words, sentences = [], []
        layers = dict(upos=[], xpos=[], lemma=[], deprel=[], head=[])
        for s in doc:
            at = len(words)
            sentences.append((at, at + len(s)))
            for i, (form, lem, u, x, head, rel) in enumerate(s):
                words.append(form)
                layers["upos"].append(index["upos"].get(u, -1))
                layers["xpos"].append(index["xpos"].get(x, -1))
                layers["lemma"].append(index["lemma"].get(lemma_script(form, lem, u == "PROPN"), -1))
                layers["deprel"].append(index["deprel"].get(rel, -1))
                layers["head"].append(at + head - 1 if head else at + i)
        if words:
            example = Example(words, sentences)
            example.layers = layers
            yield example


def propbank_examples(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row["doc"], []).append(row)
    for group in groups.values():
        example = Example([], [])
        for row in group:
            at = len(example.words)
            example.words += row["words"]
            example.sentences.append((at, len(example.words)))
            for frame in row["frames"]:
                roles, verb = {}, None
                for label, start, end in frame["args"]:
                    if label == "V":
                        verb = start
                    elif label in PROPBANK:
                        roles.setdefault(PROPBANK[label], set()).update(range(at + start, at + end))
                if verb is not None:
                    example.anchors.append(dict(word=at + verb, mode=-1, status=(), roles=roles,
                                                known=set(PROPBANK.values()), ignore=set()))
        yield example


def entity_tags(n, spans, allowed_of, outside, entity):
    """Allowed entity labels by word: a tuple of label indices each."""
    allowed = [outside] * n
    for start, end, kind in spans:
        names = allowed_of.get(kind)
        for i in range(start, min(end, n)):
            allowed[i] = tuple(entity[("B-" if i == start else "I-") + x] for x in names) if names else None
    return allowed


def name_examples(rows, allowed_of, labels, dates_known):
    """Sentences with flat names; consecutive rows of one document go together."""
    entity = {v: i for i, v in enumerate(labels["entity"])}
    unknown = [] if dates_known else ["date", "money", "product"]
    outside = (0,) + tuple(entity[f"{b}-{x}"] for x in unknown for b in "BI")
    groups, last = [], object()
    for row in rows:
        if row["doc"] != last or not row["doc"]:
            groups.append([])
        last = row["doc"]
        groups[-1].append(row)
    for group in groups:
        example = Example([], [])
        allowed = []
        for row in group:
            at = len(example.words)
            example.words += row["tokens"]
            example.sentences += split_long(row["tokens"], at)
            allowed += entity_tags(len(row["tokens"]), row["spans"], allowed_of, outside, entity)
        example.layers = dict(entity=allowed)
        if example.words:
            yield example


def split_long(tokens, at):
    """Sentence ranges of a row that may hold several sentences."""
    out, start = [], 0
    for i, t in enumerate(tokens[:-1]):
        if t in (".", "!", "?") and tokens[i + 1][:1].isupper() and i + 1 - start > 3:
            out.append((at + start, at + i + 1))
            start = i + 1
    out.append((at + start, at + len(tokens)))
    return out


def factuality_examples(rows):
    """Event factuality on -3 … 3: certain events happened, certain non-events are denied, what lies between is planned or
    possible; values near the borders say nothing."""
    for row in rows:
        words = row["text"].split()
        example = Example(words, [(0, len(words))])
        for target in row["targets"]:
            value = target["label"]
            status = (0,) if value >= 2.4 else (3,) if value <= -1.6 else (1, 2) if 0 <= value <= 1.4 else ()
            if status and target["span1"][0] < len(words):
                example.anchors.append(dict(word=target["span1"][0], mode=-1, status=status, roles={}, known=set(),
                                            ignore=set()))
        if example.anchors:
            yield example


# Texts with character spans.

class Tokens:
    """Sentences and words of raw texts, by the program's own tokenizer (`crates/text`), so that training sees what
    reading will see."""

    def __init__(self, command):
        self.command, self.cache = command, {}

    def load(self, texts):
        """Tokenizes many texts in one run: the command reads JSON strings, one a line, and prints for each
        {"tokens": [[start, end], …], "sentences": [[first, end], …]} in code points."""
        texts = [t for t in dict.fromkeys(texts) if t not in self.cache]
        if not texts:
            return
        run = subprocess.run(self.command, input="".join(json.dumps(t) + "\n" for t in texts), text=True,
                             capture_output=True, check=True)
        for text, line in zip(texts, run.stdout.splitlines(), strict=True):
            row = json.loads(line)
            self.cache[text] = (row["tokens"], row["sentences"])

    def example(self, text):
        tokens, sentences = self.cache[text]
        example = Example([text[a:b] for a, b in tokens], [tuple(s) for s in sentences])
        starts = [a for a, _ in tokens]

        def words(span):
            if not span:
                return []
            i = bisect_left(starts, span[1]) - 1
            out = []
            while i >= 0 and tokens[i][1] > span[0]:
                out.append(i)
                i -= 1
            return out[::-1]
        return example, words


def story_examples(rows, labels, tokens):
    """Stories in standoff markup (score/markup.py): triggers, parties, claims."""
    trigger = {v: i for i, v in enumerate(labels["trigger"])}
    mode = {v: i for i, v in enumerate(labels["mode"])}
    sector = {v: i for i, v in enumerate(labels["sector"])}
    tokens.load(r["text"] for r in rows)
    for row in rows:
        example, words = tokens.example(row["text"])
        n = len(example.words)
        if not n:
            continue
        sentence_of = [0] * n
        for k, (a, b) in enumerate(example.sentences):
            sentence_of[a:b] = [k] * (b - a)
        trig, party, cue, sect = [0] * n, [0] * n, [0] * n, [-1] * n
        parties = []
        for e in row["events"]:
            roles = dict(actor=set(), recipient=set(), place=set(), time=set())
            for key, role in (("actors", "actor"), ("recipients", "recipient")):
                for m in e[key]:
                    roles[role].update(words(m["span"]))
                    parties.append((words(m["span"]), m["sector"]))
            for key, role in (("places", "place"), ("times", "time")):
                for s in e[key]:
                    roles[role].update(words(s))
            for k, span in enumerate([e["trigger"], *e["also"]]):
                at = words(span)
                if not at:
                    continue
                for i, w in enumerate(at):
                    trig[w] = trigger["I"] if i else trigger["B-" + e["type"]]
                far = {w for ws in roles.values() for w in ws if sentence_of[w] != sentence_of[at[0]]} if k else set()
                example.anchors.append(dict(
                    word=at[0], mode=mode.get(f"{e['type']}/{e['mode']}", 0) if e["mode"] else 0,
                    status=(STATUS.index(e["status"]),), known={"actor", "recipient", "place", "time"},
                    roles={r: ws - far for r, ws in roles.items()}, ignore=far))
        for c in row["claims"]:
            source, content = set(), set()
            for m in c["sources"]:
                source.update(words(m["span"]))
                parties.append((words(m["span"]), m["sector"]))
            for s in c["content"]:
                content.update(words(s))
            add_cue(example, cue, [words(s) for s in c["cues"]], source, content)
        for ws, code in sorted(parties, key=lambda p: -len(p[0])):
            if ws and all(party[w] == 0 for w in ws):
                for i, w in enumerate(ws):
                    party[w] = 2 if i else 1
            for w in ws:
                if code in sector:
                    sect[w] = sector[code]
        example.layers = dict(trigger=trig, party=party, cue=cue, sector=sect)
        yield example


def add_cue(example, cue, spans, source, content):
    spans = [s for s in spans if s]
    if not spans:
        return
    for span in spans:
        for i, w in enumerate(span):
            if cue[w] == 0:
                cue[w] = 2 if i else 1
    example.anchors.append(dict(word=spans[0][0], mode=-1, status=(), known={"source", "content"},
                                roles=dict(source=source, content=content), ignore=set()))


def attribution_examples(rows, tokens):
    """PolNeAR: source, cue, content."""
    tokens.load(r["text"] for r in rows)
    for row in rows:
        example, words = tokens.example(row["text"])
        if not example.words:
            continue
        cue = [0] * len(example.words)
        for a in row["attributions"]:
            role = {k: {w for s in a[k] for w in words(s)} for k in ("source", "content")}
            add_cue(example, cue, [words(s) for s in a["cue"]], role["source"], role["content"])
        # PolNeAR counts beliefs and intentions too, so its cues have a head of their own.
        example.layers = dict(attribution=cue)
        yield example


def markup_stories(folder):
    """Our own stories: markup files to standoff, through the same reader as `score/markup.py` documents."""
    from .markup import stories
    return [row for path in sorted(Path(folder).glob("*.txt")) for row in stories(path)]


