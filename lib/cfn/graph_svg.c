/*
 * The picture as SVG: self-contained, with a background of its own, light or dark as the reader's
 * system is. Fonts are the reader's, so widths of text are estimated for a wide one.
 */
#include "graph_layout.h"

#include <stdlib.h>
#include <string.h>

enum {
    NAME_SIZE = 14,
    NOTE_SIZE = 12,
    NOTE_LINE = 16,
    NOTE_WIDTH = 190, /* where a note is broken */
    PAD_LEFT = 18,
    PAD_RIGHT = 14,
    NAME_HEIGHT = 34,
    LEAST_WIDTH = 96
};

static const char style[] =
    "<style>\n"
    ".page{fill:#ffffff}.band{fill:#f5f7fa}.step{fill:#64748b}.box{fill:#ffffff;stroke:#cbd5e1}\n"
    ".name{fill:#0f172a}.note{fill:#64748b}.edge{fill:none;stroke:#94a3b8}.tip{fill:#94a3b8}\n"
    ".l0{fill:#2563eb}.l1{fill:#0d9488}.l2{fill:#ca8a04}.l3{fill:#ea580c}.l4{fill:#c026d3}"
    ".l5{fill:#64748b}\n"
    "@media (prefers-color-scheme:dark){\n"
    ".page{fill:#0d1117}.band{fill:#151b23}.step{fill:#8b98a9}.box{fill:#1c2430;stroke:#3b4656}\n"
    ".name{fill:#e6edf3}.note{fill:#9aa7b6}.edge{stroke:#6b7a8d}.tip{fill:#6b7a8d}}\n"
    "</style>\n";

/* In hundredths of the size of the font. */
static long character_width(unsigned char c) {
    if (c >= 0xC0)
        return 100;
    if (c >= 0x80)
        return 0; /* the rest of a character */
    if (strchr("fijlrtI.,:;'|!()[] ", c))
        return 40;
    if (strchr("mwMW@%", c))
        return 98;
    return (c >= 'A' && c <= 'Z') || c == '_' ? 72 : 63;
}

static long text_width(const char *text, size_t bytes, long size) {
    long width = 0;
    for (size_t i = 0; i < bytes; i++)
        width += character_width((unsigned char)text[i]);
    return width * size / 100;
}

/* The length of the first line of a note: as many words as fit, at least one. */
static size_t line_length(const char *note) {
    size_t length = strcspn(note, " ");
    while (note[length]) {
        size_t longer = length + 1 + strcspn(note + length + 1, " ");
        if (text_width(note, longer, NOTE_SIZE) > NOTE_WIDTH)
            break;
        length = longer;
    }
    return length;
}

static const char *next_line(const char *note, size_t length) {
    return note + length + strspn(note + length, " ");
}

static struct cfn__size box_size(const struct cfn__node *node) {
    long widest = text_width(node->name, strlen(node->name), NAME_SIZE) * 11 / 10, lines = 0;
    for (const char *note = node->note; note && *note;) {
        size_t length = line_length(note);
        long width = text_width(note, length, NOTE_SIZE);
        widest = width > widest ? width : widest;
        note = next_line(note, length);
        lines++;
    }
    long width = PAD_LEFT + widest + PAD_RIGHT;
    return (struct cfn__size){width > LEAST_WIDTH ? width : LEAST_WIDTH,
                              NAME_HEIGHT + (lines ? lines * NOTE_LINE + 4 : 0)};
}

/* XML allows no control characters, not even as entities. */
static void put_xml(struct cfn_text *text, const char *piece, size_t size) {
    for (size_t i = 0, length; i < size; i += length ? length : 1) {
        length = cfn_utf8_length(piece + i, size - i);
        if (piece[i] == '&')
            cfn_text_put(text, "&amp;");
        else if (piece[i] == '<')
            cfn_text_put(text, "&lt;");
        else if (piece[i] == '>')
            cfn_text_put(text, "&gt;");
        else if (length == 0)
            cfn_text_put(text, "\xEF\xBF\xBD");
        else if (length == 1 && (unsigned char)piece[i] < ' ')
            cfn_text_put(text, " ");
        else
            cfn_text_write(text, piece + i, length);
    }
}

static void put_bands(const struct cfn__layout *layout, struct cfn_text *text) {
    for (size_t level = 0; level < layout->levels; level++) {
        size_t i = 0;
        while (layout->cells.items[i].level != level)
            i++;
        const struct cfn__cell *cell = &layout->cells.items[i];
        cfn_text_printf(
            text,
            "<rect class=\"band\" x=\"%ld\" y=\"14\" width=\"%ld\" height=\"%ld\" "
            "rx=\"12\"/>\n"
            "<text class=\"step\" x=\"%ld\" y=\"38\" font-size=\"12\">step %zu</text>\n",
            cell->x - 16, cell->width + 32, layout->height - 28, cell->x, level + 1);
    }
}

static void put_edge(const struct cfn_graph *graph, const struct cfn__layout *layout,
                     const struct cfn__route *route, struct cfn_text *text) {
    const struct cfn__cell *at = &layout->cells.items[route->from];
    long x = at->x + at->width, y = at->y;
    cfn_text_put(text, "<g><title>");
    put_xml(text, graph->nodes.items[route->to].name, strlen(graph->nodes.items[route->to].name));
    if (route->label) {
        cfn_text_put(text, ": ");
        put_xml(text, route->label, strlen(route->label));
    }
    cfn_text_printf(text, "</title><path class=\"edge\" stroke-width=\"1.5\" d=\"M%ld %ld", x, y);
    for (size_t step = 1; step <= route->bends + 1; step++) {
        const struct cfn__cell *cell = &layout->cells.items[cfn__route_cell(route, step)];
        bool last = step > route->bends;
        long end = last ? cell->x - 7 : cell->x, height = last ? route->port : cell->y;
        long pull = end > x ? (end - x) / 2 : 60;
        cfn_text_printf(text, " C%ld %ld %ld %ld %ld %ld", x + pull, y, end - pull, height, end,
                        height);
        if (!last)
            cfn_text_printf(text, " H%ld", cell->x + cell->width);
        x = cell->x + cell->width;
        y = height;
    }
    const struct cfn__cell *box = &layout->cells.items[route->to];
    cfn_text_printf(text, "\"/><path class=\"tip\" d=\"M%ld %ld l-9 -4.5 v9 z\"/></g>\n", box->x,
                    route->port);
}

static void put_note(const char *note, long x, long y, struct cfn_text *text) {
    while (note && *note) {
        size_t length = line_length(note);
        cfn_text_printf(text, "<text class=\"note\" x=\"%ld\" y=\"%ld\" font-size=\"%d\">", x, y,
                        NOTE_SIZE);
        put_xml(text, note, length);
        cfn_text_put(text, "</text>\n");
        note = next_line(note, length);
        y += NOTE_LINE;
    }
}

static void put_box(const struct cfn__node *node, const struct cfn__cell *cell,
                    struct cfn_text *text) {
    long top = cell->y - cell->height / 2;
    cfn_text_printf(text,
                    "<rect class=\"box\" x=\"%ld\" y=\"%ld\" width=\"%ld\" height=\"%ld\" "
                    "rx=\"7\"/>\n"
                    "<rect class=\"l%zu\" x=\"%ld\" y=\"%ld\" width=\"4\" height=\"%ld\" "
                    "rx=\"2\"/>\n",
                    cell->x, top, cell->width, cell->height, cell->level % 6, cell->x + 7, top + 8,
                    cell->height - 16);
    cfn_text_printf(text,
                    "<text class=\"name\" x=\"%ld\" y=\"%ld\" font-size=\"%d\" "
                    "font-weight=\"600\">",
                    cell->x + PAD_LEFT, top + 22, NAME_SIZE);
    put_xml(text, node->name, strlen(node->name));
    cfn_text_put(text, "</text>\n");
    put_note(node->note, cell->x + PAD_LEFT, top + 40, text);
}

static void put_head(const struct cfn__layout *layout, struct cfn_text *text) {
    cfn_text_printf(text,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %ld %ld\" "
                    "width=\"%ld\" height=\"%ld\" role=\"img\" font-family=\"system-ui, "
                    "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif\">\n"
                    "<title>Stacks in their order of deployment</title>\n",
                    layout->width, layout->height, layout->width, layout->height);
    cfn_text_put(text, style);
    cfn_text_printf(text, "<rect class=\"page\" width=\"%ld\" height=\"%ld\"/>\n", layout->width,
                    layout->height);
}

void cfn__graph_svg(const struct cfn_graph *graph, struct cfn_text *text) {
    struct cfn__size *sizes = cfn__alloc(graph->nodes.count * sizeof *sizes);
    for (size_t i = 0; i < graph->nodes.count; i++)
        sizes[i] = box_size(&graph->nodes.items[i]);
    struct cfn__layout layout = cfn__graph_layout(graph, sizes);
    put_head(&layout, text);
    put_bands(&layout, text);
    for (size_t i = 0; i < layout.routes.count; i++)
        put_edge(graph, &layout, &layout.routes.items[i], text);
    for (size_t i = 0; i < graph->nodes.count; i++)
        put_box(&graph->nodes.items[i], &layout.cells.items[i], text);
    cfn_text_put(text, "</svg>\n");
    cfn__layout_done(&layout);
    free(sizes);
}
