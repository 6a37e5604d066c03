/* The timeline: a bar per stack against the whole time of the run. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_WIDTH = 15, TIME_WIDTH = 9 };

struct chart {
    const struct cli *cli;
    FILE *file;
    int64_t began, span;
    size_t width;
};

/* A round step of the axis that gives at most six marks. */
static int64_t step_of(int64_t span) {
    static const int64_t steps[] = {1,   2,   5,    10,   15,   30,    60,    120,  300,
                                    600, 900, 1800, 3600, 7200, 14400, 43200, 86400};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (span / (steps[i] * 1000) < 6)
            return steps[i] * 1000;
    return span;
}

static size_t column_of(const struct chart *chart, int64_t time) {
    int64_t at = time - chart->began;
    if (at < 0)
        at = 0;
    size_t column = (size_t)(at * (int64_t)chart->width / chart->span);
    return column > chart->width ? chart->width : column;
}

static void print_axis(const struct chart *chart) {
    char *line = cli_alloc(chart->width + 48);
    memset(line, ' ', chart->width + 16);
    int64_t step = step_of(chart->span);
    for (int64_t at = 0; at <= chart->span; at += step) {
        char mark[32];
        cli_duration(at, mark);
        char *zeros = strstr(mark, " 00");
        if (zeros)
            *zeros = '\0';
        size_t column = column_of(chart, chart->began + at), size = strlen(mark);
        if (column + size <= chart->width + 4)
            memcpy(line + column, at == 0 ? "0" : mark, at == 0 ? 1 : size);
    }
    for (size_t end = chart->width + 16; end > 0 && line[end - 1] == ' '; end--)
        line[end - 1] = '\0';
    fprintf(chart->file, "%s%-*s%*s  %s%s\n", cli_style(chart->cli, chart->file, CLI_BOLD),
            NAME_WIDTH, "STACK", TIME_WIDTH, "TIME", line,
            cli_style(chart->cli, chart->file, CLI_PLAIN));
    free(line);
}

static void print_bar(const struct chart *chart, const struct cfn_view *view, bool critical) {
    char time[32];
    size_t from = column_of(chart, view->began), to = column_of(chart, view->ended);
    if (to == from)
        to++;
    cli_duration(view->ended - view->began, time);
    enum cli_style style = view->stage == CFN_STAGE_FAILED ? CLI_RED
                           : critical                      ? CLI_YELLOW
                                                           : CLI_GREEN;
    fprintf(chart->file, "%-*s%*s  %*s%s", NAME_WIDTH, view->name, TIME_WIDTH, time, (int)from, "",
            cli_style(chart->cli, chart->file, style));
    for (size_t i = from; i < to; i++)
        fputs(critical ? "█" : "▒", chart->file);
    fputs(cli_style(chart->cli, chart->file, CLI_PLAIN), chart->file);
    fprintf(chart->file, "%s\n", view->stage == CFN_STAGE_FAILED ? " failed" : "");
}

void cli_chart_print(const struct cli *cli, const struct cfn_engine *engine, int64_t began,
                     int64_t ended, FILE *file) {
    size_t count = cfn_engine_count(engine), length = 0, width = cli_terminal_width(file);
    size_t *path = cli_alloc((count + 1) * sizeof *path);
    bool *critical = cli_alloc((count + 1) * sizeof *critical);
    cfn_engine_expected(engine, path, &length);
    for (size_t i = 0; i < length; i++)
        critical[path[i]] = true;
    if (width > 120)
        width = 120;
    struct chart chart = {cli, file, began, ended > began ? ended - began : 1,
                          width - NAME_WIDTH - TIME_WIDTH - 10};
    print_axis(&chart);
    for (size_t i = 0; i < count; i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        if (view.began && view.ended)
            print_bar(&chart, &view, critical[i]);
    }
    if (length > 0)
        fprintf(file, "%*s%s█%s the longest path\n", NAME_WIDTH + TIME_WIDTH + 2, "",
                cli_style(cli, file, CLI_YELLOW), cli_style(cli, file, CLI_PLAIN));
    free(path);
    free(critical);
}
