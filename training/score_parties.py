"""Scores the codebook's party look-up: country and sector from a phrase's own words.

    python3 training/score_parties.py cases CASES.jsonl [--program PROGRAM] [--misses]
    python3 training/score_parties.py spans STORIES.jsonl [--program PROGRAM] [--misses]

`cases` reads test cases of another coder: each calls one of its methods with a phrase and compares fields of the
result. Cases that ask for a country or a first sector code count; cases that their authors mark as failing or skipped,
and cases that only ask for an encyclopedia title, do not. Their codes are mapped to ours: PRM and SEP are REB, AGR is
CVL, IGO and UNO as a country is no country with sector IGO, PRE is no sector, an empty sector is any of the sectors
that a country acts through, UNK is UNK or none.

`spans` reads stories annotated with `country` and `sector` on the spans of actors, recipients and sources, and asks for
each span of one word or more that is not a pronoun, with the story's date.

PROGRAM is the example `party` of the codebook crate, built with `cargo build --release -p whimbrel-codebook
--example party`; default target/release/examples/party.
"""

import argparse
import collections
import datetime
import json
import re
import subprocess

PRONOUNS = set("he she it they we i you him her them us me his its their our my who which that this these those "
               "himself herself itself themselves one others both".split())


def ask(program, phrases):
    """Parties of (phrase, date, casing) triples, as (country, sector, name, weak, reason)."""
    text = "".join(" ".join(phrase.split()) + f"\t{date}\t{casing}\n" for phrase, date, casing in phrases)
    out = subprocess.run([program], input=text, capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in out.split("\n")[:-1]]


def day(value):
    """An ISO date from `2022-03-01`, a time stamp, or `1 January 2018`; empty for anything else."""
    match = re.match(r"\d{4}-\d{2}-\d{2}", value or "")
    if match:
        return match.group(0)
    try:
        return datetime.datetime.strptime(value or "", "%d %B %Y").date().isoformat()
    except ValueError:
        return ""


def case_of(row):
    """(phrase, date, wanted country or None, wanted sector or None), or None when the case does not count."""
    if row["marks"] or row["err"] or row["method"] == "query_wiki" or not row["args"]:
        return None
    phrase = row["args"][0]
    if phrase.startswith("<"):
        return None
    date = day(row["kwargs"].get("query_date") or next((a for a in row["args"][1:] if day(a)), ""))
    country = sector = None
    for field, sign, value in row["expect"]:
        if sign != "==":
            continue
        if field == "['country']" or (row["method"] == "search_nat" and field == "<0>"):
            country = value
        elif field == "['code_1']":
            sector = value
        elif field == "" and value is None:
            country, sector = "", "UNK"
    if country is None and sector is None:
        return None
    return phrase, date, country, sector


# "Today" of the cases: the day when their authors last brought them up to date, as far as the offices in them tell.
CASES_WRITTEN = "2023-01-01"

MAP = {"PRM": "REB", "SEP": "REB", "AGR": "CVL", "PRE": ""}


def country_fits(wanted, found):
    if wanted in ("IGO", "UNO", "EUR", "NGO", "MNC", "IMG"):
        return found == ""
    return wanted == found


def sector_fits(wanted, country, found):
    wanted = MAP.get(wanted, wanted)
    if wanted == "UNK":
        return found in ("", "UNK")
    if wanted == "":
        return found in ("", "UNK", "GOV", "CVL", "IGO")
    return wanted == found


def report(name, good, total):
    print(f"{name:<24} {good:>5} / {total:<5} {good / total if total else 0:.3f}")


def score_cases(path, program, misses):
    cases = [case for case in (case_of(json.loads(line)) for line in open(path)) if case]
    answers = ask(program, [(phrase, date or CASES_WRITTEN, "") for phrase, date, _, _ in cases])
    tally = collections.Counter()
    for (phrase, date, country, sector), answer in zip(cases, answers):
        right = True
        if country is not None:
            fits = country_fits(country, answer[0])
            tally["country"] += 1
            tally["country right"] += fits
            right &= fits
        if sector is not None:
            fits = sector_fits(sector, country, answer[1])
            tally["sector"] += 1
            tally["sector right"] += fits
            right &= fits
        tally["cases"] += 1
        tally["cases right"] += right
        if misses and not right:
            print(f"  {phrase} {date}: wanted {country}.{sector}, found {answer[0]}.{answer[1]} ({answer[4]})")
    for name in ("cases", "country", "sector"):
        report(name, tally[name + " right"], tally[name])


def score_spans(path, program, misses):
    phrases, wanted = [], []
    for line in open(path):
        story = json.loads(line)
        # Codings list their actors with all mentions; leads have the parties in the roles that they play.
        spans = {tuple(span): actor for actor in story.get("actors", []) for span in actor["mentions"] if span}
        for event in story["events"] if "actors" not in story else []:
            for party in event["actors"] + event["recipients"]:
                spans[tuple(party["span"])] = party
        for claim in story["claims"] if "actors" not in story else []:
            for party in claim["sources"]:
                spans[tuple(party["span"])] = party
        for (start, end), party in spans.items():
            phrase = story["text"][start:end]
            if phrase.lower() in PRONOUNS:
                continue
            casing = "caseless" if story["text"] == story["text"].lower() else ""
            phrases.append((phrase, day(story["date"]), casing))
            country = party.get("country") or ""
            wanted.append(("" if country == "INT" else country, party.get("sector") or ""))
    answers = ask(program, phrases)
    tally = collections.Counter()
    missed = collections.Counter()
    for (phrase, _, _), (country, sector), answer in zip(phrases, wanted, answers):
        tally["all"] += 1
        for name, want, got in (("country", country, answer[0]), ("sector", sector, answer[1])):
            tally[name + " agrees"] += want == got
            if got:
                tally[name + " given"] += 1
                tally[name + " given right"] += want == got
                if want != got:
                    missed[f"{name}: {phrase} | {want} | {got} | {answer[4]}"] += 1
            elif want:
                missed[f"{name}: {phrase} | {want} | - | {answer[4]}"] += 1
            if got and name == "sector" and answer[3] == "false":
                tally["sector firm"] += 1
                tally["sector firm right"] += want == got
    report("spans with country", tally["country agrees"], tally["all"])
    report("spans with sector", tally["sector agrees"], tally["all"])
    report("country where given", tally["country given right"], tally["country given"])
    report("sector where given", tally["sector given right"], tally["sector given"])
    report("sector where firm", tally["sector firm right"], tally["sector firm"])
    if misses:
        for line, n in missed.most_common(misses):
            print(f"  {n} {line}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["cases", "spans"])
    parser.add_argument("path")
    parser.add_argument("--program", default="target/release/examples/party")
    parser.add_argument("--misses", type=int, nargs="?", const=400, default=0)
    args = parser.parse_args()
    {"cases": score_cases, "spans": score_spans}[args.what](args.path, args.program, args.misses)


if __name__ == "__main__":
    main()
