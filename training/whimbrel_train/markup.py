"""Inline event markup to standoff; the grammar is in training/corpus/README.md, the validator is `whimbrel check`."""

import re

HEAD = re.compile(r"^=== (.+?) \| (.+?) \| (.+?)\s*$")
TAG = re.compile(r"^([EARPTSQC])(\d+)(?:=([A-Z]{3}|-)\.([A-Z]{3}|-))?(?:~(\w+))?(?: ([A-Z]+)(?:/([a-z-]+))? (\w+))?$")
SHARED = re.compile(r"=([A-Z]{3}|-)\.([A-Z]{3}|-)")


def parse(raw):
    """Plain text and its tags as (body, start, end) in code points."""
    text, tags, stack, i, n = [], [], [], 0, 0
    while i < len(raw):
        if raw.startswith("[[", i):
            j = raw.index("|", i)
            stack.append((raw[i + 2:j], n))
            i = j + 1
        elif raw.startswith("]]", i) and stack:
            body, start = stack.pop()
            tags.append((body, start, n))
            i += 2
        else:
            text.append(raw[i])
            n += 1
            i += 1
    return "".join(text), tags


def story(ident, date, publisher, raw):
    """One story as standoff: events with trigger, also, type, mode, status, actors, recipients, places, times; claims
    with sources, cues, content."""
    text, tags = parse(raw)
    events, claims = {}, {}
    for body, start, end in tags:
        shared = SHARED.search(body)
        for tag in body.split(","):
            m = TAG.match(tag.strip())
            if not m:
                raise ValueError(f"{ident}: bad tag {tag!r}")
            kind, number, country, sector, source_kind, typ, mode, status = m.groups()
            if country is None and shared:
                country, sector = shared.groups()
            none = lambda x: None if x in (None, "-") else x
            mention = dict(span=[start, end], country=none(country), sector=none(sector))
            if kind in "EARPT":
                e = events.setdefault(number, dict(trigger=None, also=[], type=None, mode=None, status=None, actors=[],
                                                   recipients=[], places=[], times=[]))
                if kind == "E" and typ:
                    e.update(trigger=[start, end], type=typ, mode=mode, status=status)
                elif kind == "E":
                    e["also"].append([start, end])
                else:
                    key = dict(A="actors", R="recipients", P="places", T="times")[kind]
                    e[key].append(mention if kind in "AR" else [start, end])
            else:
                c = claims.setdefault(number, dict(sources=[], cues=[], content=[], source_kind="named"))
                if kind == "S":
                    c["sources"].append(mention)
                    c["source_kind"] = source_kind or c["source_kind"]
                else:
                    c["cues" if kind == "Q" else "content"].append([start, end])
    return dict(id=ident, date=date, publisher=publisher, text=text,
                events=[e for e in events.values() if e["trigger"]], claims=list(claims.values()))


def stories(path):
    """All stories of a markup file, in order."""
    head, lines = None, []
    for line in [*open(path, encoding="utf8"), None]:
        m = line is not None and HEAD.match(line)
        if (m or line is None) and head:
            yield story(*head, "".join(lines).strip("\n"))
        if m:
            head, lines = m.groups(), []
        elif line is not None:
            lines.append(line)
