#!/usr/bin/env python3
"""Draws the dashboards of metabase/definitions over a local warehouse (a DuckDB file that dbt built), one PNG each.

    draw.py --warehouse warehouse.duckdb --out docs/dashboards [--note "Synthetic data"] [DASHBOARD ...]

The queries, titles, formats and layout are those that Metabase gets. The pictures are this script's own and no
screenshots of Metabase, and say so.
"""
import argparse
import datetime
import decimal
import io
import pathlib
import sys
import textwrap

import duckdb
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.patches import FancyBboxPatch  # noqa: E402
from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: E402
from PIL import Image  # noqa: E402

import cards as definitions  # noqa: E402

UNIT_X, UNIT_Y, GAP, HEAD = 0.62, 0.52, 0.10, 0.95  # inches: a column, a row, half a gutter, the title
INK, SOFT, LINE, PAPER, CARD = "#2E353B", "#7A858F", "#E7EAEE", "#F6F7F9", "#FFFFFF"
PALETTE = ["#3D7FC4", "#F2A34A", "#63A375", "#A478C1", "#D9686C", "#54B0B5", "#B9A24B", "#8B96A2"]
DPI = 100
LABEL = 30  # characters of a label beside a bar


class Card:
    """A card with its rows, and how its values are written."""

    def __init__(self, card, connection, values):
        self.card, self.settings = card, card["visualization_settings"]
        result = connection.execute(definitions.query(card, values))
        self.columns = [d[0] for d in result.description]
        self.rows = result.fetchall()

    def column(self, name):
        index = self.columns.index(name)
        return [row[index] for row in self.rows]

    def format_of(self, name):
        return self.settings.get("column_settings", {}).get(f'["name","{name}"]', {})

    def title_of(self, name):
        return self.settings.get("series_settings", {}).get(name, {}).get("title", name)


def compact(number):
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.1f}".removesuffix(".0") + letter
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def written(value, style, short=False):
    """A value as the card's column settings want it; short on axes and bars."""
    if value is None:
        return ""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.strftime("%b %Y")
    if not isinstance(value, (int, float, decimal.Decimal)):
        return str(value).replace("_", " ")
    kind, places = style.get("number_style"), style.get("decimals", 0)
    if kind == "percent":
        text = f"{float(value) * 100:.{1 if short else places}f}"
        return (text.removesuffix(".0") if short else text) + "%"
    sign, value = ("-" if value < 0 else ""), abs(value)
    prefix = "R$ " if kind == "currency" else ""
    return sign + prefix + (compact(float(value)) if short else f"{float(value):,.{places}f}")


def numbers(values):
    return [float(v) if v is not None else float("nan") for v in values]


def bare(axes, grid):
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side == ("bottom" if grid == "y" else "left"))
        axes.spines[side].set_color(LINE)
    axes.grid(axis=grid, color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=SOFT, labelsize=8.5, length=0)


def spaced_ticks(axes, labels):
    """Not more labels than there is room for."""
    width = axes.get_window_extent().width
    longest = max((len(label) for label in labels), default=1)
    room = max(1, int(width / (longest * 6.4 + 14)))
    step = -(-len(labels) // room)
    axes.set_xticks(range(0, len(labels), step), labels[::step])


def legend(axes, count):
    if count > 1:
        axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=count, frameon=False, fontsize=8.5,
                    labelcolor=INK, handlelength=1.1, borderaxespad=0.1, columnspacing=1.2)


def value_axis(axes, axis, style):
    axis.set_major_locator(MaxNLocator(5, integer=style.get("number_style") == "decimal" and not style.get("decimals")))
    axis.set_major_formatter(FuncFormatter(lambda v, _: written(v, style, short=True)))


def draw_scalar(axes, card):
    name = card.settings["scalar.field"]
    axes.axis("off")
    text = written(card.column(name)[0], card.format_of(name)) or "-"
    axes.text(0.5, 0.42, text, ha="center", va="center", fontsize=23, fontweight="bold", color=INK)


def places(values, style):
    """Where along the axis each value stands, and the labels of all places: months that are missing keep theirs."""
    if not values or not isinstance(values[0], datetime.date):
        return list(range(len(values))), [written(v, style) for v in values]
    months = [v.year * 12 + v.month - 1 for v in values]
    labels = [written(datetime.date(m // 12, m % 12 + 1, 1), style) for m in range(months[0], months[-1] + 1)]
    return [m - months[0] for m in months], labels


def draw_graph(axes, card):
    """line, area and bar: one dimension across, one or more measures up."""
    dimension, metrics = card.settings["graph.dimensions"][0], card.settings["graph.metrics"]
    spots, labels = places(card.column(dimension), card.format_of(dimension))
    base = [0.0] * len(spots)
    stacked = card.settings.get("stackable.stack_type") == "stacked"
    bare(axes, "y")
    for place, metric in enumerate(metrics):
        heights, color = numbers(card.column(metric)), PALETTE[place]
        if card.card["display"] == "bar":
            width = 0.72 if stacked or len(metrics) == 1 else 0.72 / len(metrics)
            left = [s if stacked or len(metrics) == 1 else s + (place - (len(metrics) - 1) / 2) * width for s in spots]
            axes.bar(left, heights, width, base if stacked else None, color=color, label=card.title_of(metric))
            base = [b + h for b, h in zip(base, heights)]
        else:
            style = card.settings.get("series_settings", {}).get(metric, {}).get("line.style", "solid")
            axes.plot(spots, heights, color=color, linewidth=2, linestyle=style, marker="o", markersize=3.5,
                      label=card.title_of(metric))
            if card.card["display"] == "area":
                axes.fill_between(spots, heights, color=color, alpha=0.18)
    axes.margins(x=0.02)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.06)
    value_axis(axes, axes.yaxis, card.format_of(metrics[0]))
    spaced_ticks(axes, labels)
    axes.set_xlabel(card.settings["graph.x_axis.title_text"], fontsize=8.5, color=SOFT)
    axes.set_ylabel(card.settings["graph.y_axis.title_text"], fontsize=8.5, color=SOFT)
    legend(axes, len(metrics))


def draw_row(axes, card):
    dimension, metric = card.settings["graph.dimensions"][0], card.settings["graph.metrics"][0]
    labels = [textwrap.shorten(written(v, {}), LABEL, placeholder="...") for v in card.column(dimension)]
    lengths, style = numbers(card.column(metric)), card.format_of(metric)
    bare(axes, "x")
    axes.grid(visible=False)
    axes.barh(range(len(labels)), lengths, 0.7, color=PALETTE[0])
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", colors=INK)
    axes.invert_yaxis()
    for spot, length in enumerate(lengths):
        axes.text(length, spot, " " + written(length, style, short=True), va="center", fontsize=8, color=SOFT)
    axes.set_xlim(0, max(lengths, default=1) * 1.16 or 1)
    value_axis(axes, axes.xaxis, style)
    axes.set_xlabel(card.settings["graph.y_axis.title_text"], fontsize=8.5, color=SOFT)


def draw_pie(axes, card):
    names = [written(v, {}) for v in card.column(card.settings["pie.dimension"])]
    metric = card.settings["pie.metric"]
    sizes = numbers(card.column(metric))
    total, style = sum(sizes) or 1, card.format_of(metric)
    wedges, _ = axes.pie(sizes, colors=PALETTE, startangle=90, counterclock=False, radius=1.05,
                         wedgeprops={"width": 0.36, "edgecolor": CARD, "linewidth": 1.5})
    axes.text(0, 0, written(total, style, short=True), ha="center", va="center", fontsize=12, fontweight="bold",
              color=INK)
    labels = [f"{name}  {size / total:.1%}" for name, size in zip(names, sizes)]
    axes.legend(wedges, labels, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8.5,
                labelcolor=INK, handlelength=0.9)


def shade(value, lowest, highest):
    """Between white and the palette's blue, for cells that a range colours."""
    if value is None:
        return CARD
    part = 0.85 * (float(value) - lowest) / ((highest - lowest) or 1)
    blue = matplotlib.colors.to_rgb(PALETTE[0])
    return tuple(1 - part * (1 - channel) for channel in blue)


def range_colors(card):
    names = [n for rule in card.settings.get("table.column_formatting", []) for n in rule["columns"]]
    found = [float(v) for name in names for v in card.column(name) if v is not None]
    return names, min(found, default=0), max(found, default=1)


def column_edges(card, names, cells):
    """Where each column begins, as wide as its longest cell asks; the last one ends at 1."""
    widths = [max([len(cells[0][i])] + [len(row[i]) for row in cells[1:]]) + 2 for i in range(len(names))]
    edges = [0.0]
    for width in widths:
        edges.append(edges[-1] + width / sum(widths))
    return edges


def draw_table(axes, card):
    names = [c["name"] for c in card.settings["table.columns"] if c["enabled"]]
    columns = {name: card.column(name) for name in names}
    titles = [card.format_of(n).get("column_title", n) for n in names]
    cells = [titles] + [[written(columns[n][r], card.format_of(n)) for n in names] for r in range(len(card.rows))]
    edges, (shaded, lowest, highest) = column_edges(card, names, cells), range_colors(card)
    axes.axis("off")
    axes.set_xlim(0, 1)
    lines = max(len(cells), 6)
    axes.set_ylim(lines, 0)
    size = min(9.0, axes.get_window_extent().height / lines * 0.62 * 72 / DPI)
    for r, row in enumerate(cells):
        for c, text in enumerate(row):
            value = columns[names[c]][r - 1] if r else None
            if r and names[c] in shaded and value is not None:
                axes.add_patch(plt.Rectangle((edges[c], r), edges[c + 1] - edges[c], 1, linewidth=0.6, edgecolor=CARD,
                                             facecolor=shade(value, lowest, highest)))
            left = all(v is None or isinstance(v, (str, datetime.date)) for v in columns[names[c]])
            axes.text(edges[c] + 0.008 if left else edges[c + 1] - 0.008, r + 0.5, text, ha="left" if left else "right",
                      va="center", fontsize=size, color=INK if r else SOFT, fontweight="normal" if r else "bold")
        axes.plot([0, 1], [r + 1, r + 1], color=LINE, linewidth=0.8, zorder=0)


DRAWERS = {"scalar": draw_scalar, "line": draw_graph, "area": draw_graph, "bar": draw_graph, "row": draw_row,
           "pie": draw_pie, "table": draw_table}
# Room inside a card for what stands around its axes, in inches: left, right, bottom, top.
ROOM = {"scalar": (0.1, 0.1, 0.08, 0.36), "row": (1.0, 0.15, 0.52, 0.48), "pie": (0.05, 1.55, 0.2, 0.45),
        "table": (0.16, 0.16, 0.12, 0.46)}


class Page:
    """A figure with boxes on the dashboard's grid."""

    def __init__(self, dashboard, note):
        self.rows = max(c["row"] + c["size_y"] for c in dashboard["cards"])
        self.width = definitions.COLUMNS * UNIT_X + 2 * GAP
        self.height = self.rows * UNIT_Y + HEAD + 0.45
        self.figure = plt.figure(figsize=(self.width, self.height), dpi=DPI, facecolor=PAPER)
        self.write(2 * GAP, 0.36, dashboard["name"], fontsize=20, fontweight="bold", color=INK)
        self.write(2 * GAP, 0.70, dashboard["description"], fontsize=10.5, color=SOFT)
        self.write(2 * GAP, self.height - 0.22, note, fontsize=8.5, color=SOFT)

    def write(self, x, y, text, **style):
        self.figure.text(x / self.width, 1 - y / self.height, text, va="center", **style)

    def box(self, entry):
        """Draws the card's paper; returns its place in inches from the top left: x, y, width, height."""
        x, y = GAP + entry["col"] * UNIT_X + GAP, HEAD + entry["row"] * UNIT_Y + GAP
        w, h = entry["size_x"] * UNIT_X - 2 * GAP, entry["size_y"] * UNIT_Y - 2 * GAP
        self.figure.add_artist(FancyBboxPatch(
            (x / self.width, 1 - (y + h) / self.height), w / self.width, h / self.height,
            mutation_aspect=self.width / self.height, boxstyle="round,pad=0,rounding_size=0.004", facecolor=CARD,
            edgecolor=LINE, linewidth=1, transform=self.figure.transFigure, zorder=-1))
        return x, y, w, h

    def axes(self, place, room):
        x, y, w, h = place
        left, right, bottom, top = room
        return self.figure.add_axes(((x + left) / self.width, 1 - (y + h - bottom) / self.height,
                                     (w - left - right) / self.width, (h - bottom - top) / self.height))


def draw_text(page, place, text):
    """Markdown's bold is left out: a picture has no need of it."""
    lines = textwrap.wrap(text.replace("**", ""), int(place[2] * 15.5))
    page.write(place[0] + 0.16, place[1] + place[3] / 2, "\n".join(lines), fontsize=9.5, color=SOFT, linespacing=1.5)


def draw_entry(page, entry, cards, connection, values):
    place = page.box(entry)
    if "text" in entry:
        draw_text(page, place, entry["text"])
        return
    card = Card(cards[entry["card"]], connection, values)
    display = card.card["display"]
    page.write(place[0] + 0.16, place[1] + 0.22, card.card["name"], fontsize=10.5, fontweight="bold", color=INK)
    several = display not in ROOM and len(card.settings["graph.metrics"]) > 1
    room = ROOM.get(display, (0.82, 0.18, 0.55, 0.68 if several else 0.46))
    if display == "row":
        longest = max((len(written(v, {})) for v in card.column(card.settings["graph.dimensions"][0])), default=0)
        room = (0.35 + 0.066 * min(longest, LABEL), *room[1:])
    axes = page.axes(place, room)
    if card.rows:
        DRAWERS[display](axes, card)
    else:
        axes.axis("off")
        axes.text(0.5, 0.5, "no rows", ha="center", va="center", color=SOFT)


def draw(dashboard, cards, connection, out, note, values=None):
    page = Page(dashboard, note)
    for entry in dashboard["cards"]:
        draw_entry(page, entry, cards, connection, values or {})
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{dashboard['key']}.png"
    whole = io.BytesIO()
    page.figure.savefig(whole, dpi=DPI, facecolor=PAPER)
    plt.close(page.figure)
    Image.open(whole).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warehouse", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--note", default="Synthetic data")
    parser.add_argument("dashboards", nargs="*")
    arguments = parser.parse_args()
    found = definitions.load()
    unknown = set(arguments.dashboards) - set(found["dashboards"])
    if unknown:
        parser.error(f"no such dashboard: {', '.join(sorted(unknown))}")
    note = "Drawn by metabase/draw.py from the definitions that Metabase gets; no screenshot of Metabase. "
    note += f"{arguments.note}."
    with duckdb.connect(str(arguments.warehouse), read_only=True) as connection:
        for key in arguments.dashboards or found["dashboards"]:
            print(draw(found["dashboards"][key], found["cards"], connection, arguments.out, note))
    return 0


if __name__ == "__main__":
    sys.exit(main())
