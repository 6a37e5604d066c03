/* Rows in words. */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

bool cfn__has_bounds(const struct cfn_row *row, long *min, long *max) {
    *min = row->min;
    *max = row->max == 0 && row->min > 0 ? LONG_MAX : row->max;
    return row->min || row->max;
}

struct cfn__choice cfn__next_choice(const char **rest) {
    const char *start = *rest ? *rest : "";
    size_t size = strcspn(start, "|");
    *rest = start[size] ? start + size + 1 : NULL;
    return (struct cfn__choice){start, size};
}

bool cfn__is_choice(const char *choices, const char *text) {
    while (choices) {
        struct cfn__choice choice = cfn__next_choice(&choices);
        if (strlen(text) == choice.size && strncmp(text, choice.text, choice.size) == 0)
            return true;
    }
    return false;
}

static void put_choices(struct cfn_text *out, const char *choices) {
    cfn_text_put(out, "one of ");
    for (bool first = true; choices; first = false) {
        struct cfn__choice choice = cfn__next_choice(&choices);
        cfn_text_printf(out, "%s%.*s", first ? "" : ", ", (int)choice.size, choice.text);
    }
}

static void put_integer(struct cfn_text *out, const struct cfn_row *row) {
    long min, max;
    cfn_text_put(out, "an integer");
    if (!cfn__has_bounds(row, &min, &max))
        return;
    if (max == LONG_MAX)
        cfn_text_printf(out, " of at least %ld", min);
    else
        cfn_text_printf(out, " from %ld to %ld", min, max);
}

void cfn__must_be_item(struct cfn_text *out, const struct cfn_row *row) {
    if (row->choices)
        put_choices(out, row->choices);
    else
        cfn_text_put(out, row->format ? row->format->must_be : "a text");
}

void cfn__must_be(struct cfn_text *out, const struct cfn_row *row) {
    switch (row->kind) {
    case CFN_ROW_TEXT:
    case CFN_ROW_CHOICE:
        cfn__must_be_item(out, row);
        return;
    case CFN_ROW_BOOL:
        cfn_text_put(out, "true or false");
        return;
    case CFN_ROW_INT:
        put_integer(out, row);
        return;
    case CFN_ROW_LIST:
        cfn_text_put(out, "a list such as [a, b]");
        return;
    case CFN_ROW_TABLE:
        cfn_text_put(out, "a mapping such as {key: value}");
        return;
    case CFN_ROW_SECTION:
        cfn_text_put(out, "a section of settings");
        return;
    }
}

static void put_example_item(struct cfn_text *out, const struct cfn_row *row) {
    struct cfn_text item = {0};
    const char *choices = row->choices;
    if (choices) {
        struct cfn__choice choice = cfn__next_choice(&choices);
        cfn_text_write(&item, choice.text, choice.size);
    } else {
        cfn_text_put(&item, row->format && row->format->example ? row->format->example : "example");
    }
    cfn__flow_scalar(out, item.data);
    cfn_text_done(&item);
}

/* As many different items as the row asks for; with choices, those that come first. */
static void put_example_list(struct cfn_text *out, const struct cfn_row *row) {
    const char *choices = row->choices;
    cfn_text_put(out, "[");
    for (long i = 0; i < (row->min > 1 ? row->min : 1); i++) {
        cfn_text_put(out, i ? ", " : "");
        struct cfn_row item = *row;
        if (choices && i)
            item.choices = choices;
        put_example_item(out, &item);
        if (choices)
            cfn__next_choice(&choices);
    }
    cfn_text_put(out, "]");
}

static void put_example_table(struct cfn_text *out, const struct cfn_row *row) {
    cfn_text_put(out, "{key: ");
    put_example_item(out, row);
    for (long i = 2; i <= row->min; i++) {
        cfn_text_printf(out, ", key%ld: ", i);
        put_example_item(out, row);
    }
    cfn_text_put(out, "}");
}

void cfn__example_value(struct cfn_text *out, const struct cfn_row *row) {
    switch (row->kind) {
    case CFN_ROW_BOOL:
        cfn_text_put(out, "true");
        return;
    case CFN_ROW_INT:
        cfn_text_printf(out, "%ld", row->min);
        return;
    case CFN_ROW_LIST:
        put_example_list(out, row);
        return;
    case CFN_ROW_TABLE:
        put_example_table(out, row);
        return;
    default:
        put_example_item(out, row);
        return;
    }
}
