#!/usr/bin/env python3
"""Draws what is made of what: an SVG from dbt's manifest.json.

    lineage.py target/manifest.json > docs/lineage.svg

Columns go from the staged silver tables to the dashboards; a box stands right of all it is made of, and near to it. A
line that passes a column has a place of its own there, so that none runs behind a box.
"""
import json
import sys
from html import escape

WIDTH, HEIGHT, LANE, GAP_X, GAP_Y, MARGIN, TOP = 190, 28, 3, 58, 12, 20, 92
STYLE = {  # fill, line
    "source": ("#EEF3E6", "#8FAE5D"), "staging": ("#E6F0FA", "#5B93CC"), "intermediate": ("#F1ECF7", "#A088C4"),
    "marts": ("#FDF1DF", "#E0A04A"), "audit": ("#FBE9E9", "#D27A7A"), "exposure": ("#E4F3F3", "#4FA3A8"),
}
# Staging models stand for their silver tables, one for one; the reconciliation reads those tables as well.
KEPT = {"control_totals"}
TITLES = {"source": "input beside the shop's tables", "staging": "staging, one for each silver table",
          "intermediate": "intermediate", "marts": "marts", "audit": "audit, reads silver too",
          "exposure": "dashboards"}
PASSES, LONGEST = 40, 24


def layer_of(node):
    return node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"].replace("seed", "source")


def read(path):
    """{id: (name, layer, parents)}, in the order of ids, so that the picture is the same for the same project."""
    with open(path, encoding="utf-8") as file:
        manifest = json.load(file)
    nodes = {**manifest["sources"], **manifest["exposures"],
             **{k: v for k, v in manifest["nodes"].items() if v["resource_type"] in ("model", "seed")}}
    nodes = {k: v for k, v in sorted(nodes.items()) if v["resource_type"] != "source" or v["name"] in KEPT}
    return {key: (node.get("label") or node["name"], layer_of(node),
                  [p for p in sorted(node.get("depends_on", {}).get("nodes", [])) if p in nodes])
            for key, node in nodes.items()}


def ranks(graph):
    """The column of each node: one to the right of all it is made of; the dashboards last."""
    found = {}

    def rank(key):
        if key not in found:
            found[key] = max((rank(p) + 1 for p in graph[key][2]), default=0)
        return found[key]

    last = max(rank(key) for key in graph)
    return {k: last if graph[k][1] == "exposure" else r for k, r in found.items()}


def lanes(graph, column_of):
    """The steps (start, end, origin) of every line, and the column of each lane; lines from one box share lanes."""
    steps, column_of = set(), dict(column_of)
    for key, (_, _, parents) in graph.items():
        for parent in parents:
            before = parent
            for column in range(column_of[parent] + 1, column_of[key]):
                lane = f"lane {parent} {column}"
                column_of[lane] = column
                steps.add((before, lane, parent))
                before = lane
            steps.add((before, key, parent))
    return sorted(steps), column_of


def ordered(steps, column_of):
    """Nodes and lanes by column, each column sorted by the mean place of neighbours, to and fro."""
    columns = [sorted(k for k in column_of if column_of[k] == c) for c in range(max(column_of.values()) + 1)]
    neighbours = {k: [] for k in column_of}
    for start, end, _ in steps:
        neighbours[start].append(end)
        neighbours[end].append(start)
    place = {k: (i + 0.5) / len(column) for column in columns for i, k in enumerate(column)}
    for turn in range(PASSES):
        for column in columns if turn % 2 == 0 else columns[::-1]:
            mean = {k: sum(place[n] for n in neighbours[k]) / (len(neighbours[k]) or 1) for k in column}
            column.sort(key=lambda k: (round(mean[k], 9), k))
            place.update({k: (i + 0.5) / len(column) for i, k in enumerate(column)})
    return columns


def height_of(key):
    return LANE if key.startswith("lane ") else HEIGHT


def positions(columns):
    """The upper left corner of each box and lane, and the size of the picture."""
    heights = [sum(height_of(k) + GAP_Y for k in column) for column in columns]
    tallest, spots = max(heights), {}
    for number, (column, height) in enumerate(zip(columns, heights)):
        extra = min(2 * HEIGHT, (tallest - height) / (len(column) + 1))
        y = TOP + (tallest - height - extra * (len(column) - 1)) / 2
        for key in column:
            spots[key] = (MARGIN + number * (WIDTH + GAP_X), y)
            y += height_of(key) + GAP_Y + extra
    return spots, MARGIN * 2 + len(columns) * (WIDTH + GAP_X) - GAP_X, TOP + tallest + MARGIN


def line(spots, start, end, color):
    (x1, y1), (x2, y2) = spots[start], spots[end]
    x1, y1, y2 = x1 + WIDTH, y1 + height_of(start) / 2, y2 + height_of(end) / 2
    over = f" h{WIDTH}" if end.startswith("lane ") else ""
    bend = GAP_X * 0.5
    return (f'<path d="M{x1},{y1:.1f} C{x1 + bend:.0f},{y1:.1f} {x2 - bend:.0f},{y2:.1f} {x2},{y2:.1f}{over}" '
            f'stroke="{color}"/>')


def box(spot, name, layer):
    (fill, stroke), (x, y) = STYLE[layer], spot
    squeezed = f' font-size="{14 * LONGEST / len(name):.1f}"' if len(name) > LONGEST else ""
    return (f'<rect x="{x}" y="{y:.1f}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="{fill}" stroke="{stroke}"/>'
            f'<text x="{x + 8}" y="{y + 19:.1f}"{squeezed}>{escape(name)}</text>')


def legend():
    x = MARGIN
    parts = [f'<text x="{x}" y="32" font-size="20" font-weight="bold">What the warehouse is made of</text>']
    for layer, title in TITLES.items():
        fill, stroke = STYLE[layer]
        parts.append(f'<rect x="{x}" y="49" width="15" height="15" rx="3" fill="{fill}" stroke="{stroke}"/>'
                     f'<text x="{x + 22}" y="62">{title}</text>')
        x += 50 + 7 * len(title)
    return "\n".join(parts)


def draw(graph):
    steps, column_of = lanes(graph, ranks(graph))
    spots, width, height = positions(ordered(steps, column_of))
    lines = [line(spots, start, end, STYLE[graph[origin][1]][1]) for start, end, origin in steps]
    boxes = [box(spots[k], name, layer) for k, (name, layer, _) in graph.items()]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="14" fill="#2E353B">',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#FFFFFF"/>', legend(),
        '<g fill="none" stroke-width="1.3" stroke-opacity="0.75">', *lines, "</g>", "<g>", *boxes,
        "</g>", "</svg>", ""])


def main():
    if len(sys.argv) != 2:
        print("usage: lineage.py MANIFEST", file=sys.stderr)
        return 2
    sys.stdout.write(draw(read(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
