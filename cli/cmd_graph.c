/* cfngen graph: which stack needs which, drawn. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "format",
     .argument = "FORMAT",
     .help = "of the drawing",
     .choices = "text|mermaid|dot|svg",
     .fallback = "by FILE's end"},
    {.name = "out", .letter = 'o', .argument = "FILE", .help = "write to FILE"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "The edges are the imports that are really there. The text says of each stack\n"
    "what it takes from which other. In the pictures arrows lead from what is\n"
    "deployed first, and those that follow from others are left out.\n";

static const struct cli_example examples[] = {
    {"cfngen graph", "steps of deployment, and what each stack imports"},
    {"cfngen graph --out graph.svg", "a picture"},
    {"cfngen graph --format dot | dot -Tpdf > graph.pdf", "drawn by Graphviz"},
    {NULL, NULL},
};

static const struct {
    const char *name, *extension;
    enum cfn_graph_format format;
} formats[] = {
    {"text", ".txt", CFN_GRAPH_TEXT},
    {"mermaid", ".mmd", CFN_GRAPH_MERMAID},
    {"dot", ".dot", CFN_GRAPH_DOT},
    {"svg", ".svg", CFN_GRAPH_SVG},
};

static bool ends_with(const char *text, const char *end) {
    size_t size = strlen(text), tail = strlen(end);
    return size > tail && strcmp(text + size - tail, end) == 0;
}

static enum cfn_graph_format format_of(const struct cli *cli) {
    const char *name = cli_value(cli, "format"), *out = cli_value(cli, "out");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (name ? strcmp(name, formats[i].name) == 0 : out && ends_with(out, formats[i].extension))
            return formats[i].format;
    return CFN_GRAPH_TEXT;
}

static int draw(struct cli *cli, const struct cfn_assembly *assembly) {
    struct cfn_graph *graph = cfn_graph_new();
    cfn_assembly_graph(assembly, graph);
    char *picture = cfn_graph_draw(graph, format_of(cli));
    int code = cli_write(cli, cli_value(cli, "out"), picture);
    free(picture);
    cfn_graph_free(graph);
    return code;
}

static int run(struct cli *cli) {
    struct cli_session session = {0};
    int code = cli_synthesize(cli, &session);
    if (code == CLI_DONE)
        code = draw(cli, session.assembly);
    cli_session_done(&session);
    return code;
}

const struct cli_verb cli_graph = {options, CLI_PLATFORM | CLI_REPORT, about, NULL, 0, examples,
                                   run};
