"""Makes assets/world.svg and assets/world.tsv: outlines of the world's countries, from Natural Earth by way of world-atlas.

Run once, by hand, when the outlines should change; nothing of it is needed to build or run Whimbrel:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    pip install pycountry==24.6.1
    python make.py package/countries-50m.json

Natural Earth is in the public domain; world-atlas is under the ISC licence. Borders are those that Natural Earth finds in force.
Which of them are disputed says disputed.tsv; those are a path of their own, so that a page can dash them.
Arcs are simplified once and shared by the countries on both sides, so that no gaps open. The projection is Equal Earth,
as in ../src/chart/projection.rs.
"""

import csv
import itertools
import json
import math
import pathlib
import sys

import pycountry

HERE = pathlib.Path(__file__).parent
ASSETS = HERE.parent / "assets"
WIDTH = 8000.0
# Least distance in units of the drawing at which a point is kept, and the least size of an island.
TOLERANCE = 1.6
ISLAND = 12.0
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796


def equal_earth(lon, lat):
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2 = theta * theta
    t6 = t2 * t2 * t2
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(theta)
    x /= 3 * (9 * A4 * t6 * t2 + 7 * A3 * t6 + 3 * A2 * t2 + A1)
    y = theta * (A4 * t6 * t2 + A3 * t6 + A2 * t2 + A1)
    return x, y


EDGE = equal_earth(180, 0)[0]
TOP = equal_earth(0, 90)[1]
SCALE = WIDTH / (2 * EDGE)
HEIGHT = 2 * TOP * SCALE


def place(lon, lat):
    x, y = equal_earth(lon, lat)
    return (x + EDGE) * SCALE, (TOP - y) * SCALE


def simplified(points):
    """Douglas and Peucker; ends stay."""
    keep = [False] * len(points)
    keep[0] = keep[-1] = True
    open_ = [(0, len(points) - 1)]
    while open_:
        first, last = open_.pop()
        (x0, y0), (x1, y1) = points[first], points[last]
        dx, dy = x1 - x0, y1 - y0
        length = math.hypot(dx, dy)
        far, at = TOLERANCE, None
        for idx in range(first + 1, last):
            x, y = points[idx]
            if length == 0:
                distance = math.hypot(x - x0, y - y0)
            else:
                distance = abs(dy * (x - x0) - dx * (y - y0)) / length
            if distance > far:
                far, at = distance, idx
        if at is not None:
            keep[at] = True
            open_ += [(first, at), (at, last)]
    return [point for point, kept in zip(points, keep) if kept]


def path(points, closed):
    whole = [(round(x), round(y)) for x, y in points]
    out = "M%d %d" % whole[0]
    at, steps = whole[0], []
    for point in whole[1:-1] if closed else whole[1:]:
        if point != at:
            steps.append("%d %d" % (point[0] - at[0], point[1] - at[1]))
            at = point
    return out + ("l" + " ".join(steps) if steps else "").replace(" -", "-") + ("z" if closed else "")


def code(geometry):
    known = {"Kosovo": "XKX"}
    name = geometry["properties"]["name"]
    country = pycountry.countries.get(numeric=geometry.get("id", ""))
    return known.get(name) or (country.alpha_3 if country else name)


def area(ring):
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1]))) / 2


def rings_of(geometry):
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [ring for polygon in polygons for ring in polygon]


def cut(points, sides, disputed):
    """An arc in pieces that are disputed or not, each simplified."""
    def contested(one, other):
        for row in disputed:
            pair = {"Kosovo": "XKX"}.get(row["one"], row["one"]), {"Kosovo": "XKX"}.get(row["other"], row["other"])
            box = [float(row[side]) for side in ("west", "south", "east", "north")]
            lon, lat = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
            if set(pair) == sides and box[0] <= lon <= box[2] and box[1] <= lat <= box[3]:
                row["used"] = True
                return True
        return False

    runs = itertools.groupby(range(len(points) - 1), lambda idx: contested(points[idx], points[idx + 1]))
    for is_contested, idxs in runs:
        idxs = list(idxs)
        yield is_contested, simplified([place(*point) for point in points[idxs[0]:idxs[-1] + 2]])


def main():
    atlas = json.load(open(sys.argv[1]))
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    lonlat = []
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        lonlat.append(points)
    countries = [c for c in atlas["objects"]["countries"]["geometries"] if c["properties"]["name"] != "Antarctica"]
    beside = [set() for _ in lonlat]
    for geometry in countries:
        for ring in rings_of(geometry):
            for idx in ring:
                beside[idx if idx >= 0 else ~idx].add(code(geometry))
    disputed = list(csv.DictReader(open(HERE / "disputed.tsv"), delimiter="\t"))
    pieces = [list(cut(points, sides, disputed)) for points, sides in zip(lonlat, beside)]
    for row in disputed:
        if "used" not in row:
            print("no border between", row["one"], row["other"])
    arcs = [pieces_[0][1] + [p for _, piece in pieces_[1:] for p in piece[1:]] for pieces_ in pieces]
    shapes, rows = {}, []
    for geometry in countries:
        rings = []
        for ring in rings_of(geometry):
            points = []
            for idx in ring:
                points += (arcs[idx] if idx >= 0 else arcs[~idx][::-1])[1 if points else 0:]
            rings.append(points)
        largest = max(rings, key=area)
        shown = [ring for ring in rings if ring is largest or area(ring) >= ISLAND]
        shapes[code(geometry)] = "".join(path(ring, True) for ring in shown)
        xs, ys = [x for x, _ in largest], [y for _, y in largest]
        if len(code(geometry)) == 3:
            middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
            rows.append((code(geometry), geometry["properties"]["name"], *map(round, middle)))

    land = [piece for pieces_, sides in zip(pieces, beside) if len(sides) == 2 for piece in pieces_]
    with open(ASSETS / "world.svg", "w") as out:
        out.write('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">\n<g id="land">\n' % (WIDTH, HEIGHT))
        for key in sorted(shapes):
            name = ' id="%s"' % key if len(key) == 3 else ""
            out.write('<path%s d="%s"/>\n' % (name, shapes[key]))
        out.write("</g>\n")
        for name, of in (("borders", False), ("disputed", True)):
            out.write('<path id="%s" d="%s"/>\n' % (name, "".join(path(line, False) for dashed, line in land if dashed is of)))
        out.write("</svg>\n")
    with open(ASSETS / "world.tsv", "w") as out:
        out.write("code\tname\tx\ty\n")
        for row in sorted(rows):
            out.write("\t".join(map(str, row)) + "\n")


main()
