/* Schedules and windows, as EventBridge, Glue, RDS, DMS and Redshift write them. */
#include "schedule.h"

#include <base/base.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One of the six fields of cron(...). names: of min, min + 1, ..., three letters each. */
struct field {
    int min, max;
    const char *names;
    bool is_day; /* may be ?, and L, W, # */
};

static const struct field fields[] = {
    {.min = 0, .max = 59},
    {.min = 0, .max = 23},
    {.min = 1, .max = 31, .is_day = true},
    {.min = 1, .max = 12, .names = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
    {.min = 1, .max = 7, .names = "SUNMONTUEWEDTHUFRISAT", .is_day = true},
    {.min = 1970, .max = 2199},
};
enum { FIELDS = sizeof fields / sizeof *fields, DAY_OF_MONTH = 2, DAY_OF_WEEK = 4 };

static bool number_at(const char **text, int min, int max, int *number) {
    const char *start = *text;
    int value = 0;
    for (; **text >= '0' && **text <= '9' && *text - start < 4; ++*text)
        value = value * 10 + (**text - '0');
    if (number)
        *number = value;
    return *text > start && value >= min && value <= max;
}

static bool name_at(const char **text, const struct field *field) {
    for (const char *name = field->names; name && *name; name += 3)
        if (strncmp(*text, name, 3) == 0) {
            *text += 3;
            return true;
        }
    return false;
}

static bool value_at(const char **text, const struct field *field) {
    return name_at(text, field) || number_at(text, field->min, field->max, NULL);
}

static bool take(const char **text, char c) {
    if (**text != c)
        return false;
    ++*text;
    return true;
}

/* L, 5L, 15W, LW, 2#1: only in the fields of days. */
static bool special_end(const char **text, const struct field *field) {
    if (field == &fields[DAY_OF_MONTH])
        return take(text, 'W');
    return take(text, 'L') || (take(text, '#') && number_at(text, 1, 5, NULL));
}

/* One of the items between commas: *, 5, 5-9, 5/10, MON-FRI. */
static bool item_at(const char **text, const struct field *field) {
    if (field->is_day && take(text, 'L')) {
        if (field == &fields[DAY_OF_MONTH])
            take(text, 'W');
        return true;
    }
    if (!take(text, '*')) {
        if (!value_at(text, field))
            return false;
        if (field->is_day && strchr("WL#", **text) && **text)
            return special_end(text, field);
        if (take(text, '-') && !value_at(text, field))
            return false;
    }
    return !take(text, '/') || number_at(text, 1, field->max, NULL);
}

static bool field_at(const char **text, const struct field *field) {
    if (field->is_day && take(text, '?'))
        return true;
    do {
        if (!item_at(text, field))
            return false;
    } while (take(text, ','));
    return true;
}

/* Exactly one of the two fields of days says ?. */
static bool is_cron(const char *text) {
    int open = 0;
    for (int i = 0; i < FIELDS; i++) {
        if (i && !take(&text, ' '))
            return false;
        open += *text == '?';
        if (!field_at(&text, &fields[i]))
            return false;
    }
    return open == 1 && strcmp(text, ")") == 0;
}

static bool is_rate(const char *text) {
    static const char *const units[] = {"minute", "hour", "day"};
    int number;
    if (!number_at(&text, 1, 9999, &number) || !take(&text, ' '))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t size = strlen(units[i]);
        if (strncmp(text, units[i], size) == 0)
            return strcmp(text + size, number == 1 ? ")" : "s)") == 0;
    }
    return false;
}

bool cfn__is_schedule(const char *text) {
    if (cfn_starts_with(text, "cron("))
        return is_cron(text + 5);
    return cfn_starts_with(text, "rate(") && is_rate(text + 5);
}

/* The five fields of the cron that everybody knows, whose days are both free, mean this one. */
void cfn__suggest_schedule(const char *text, char room[64]) {
    size_t size = strlen(text);
    if (size > 50)
        return;
    if (cfn_ends_with(text, " * * *"))
        snprintf(room, 64, "cron(%.*s * * ? *)", (int)(size - 6), text);
    else if (cfn_ends_with(text, " * * * *)"))
        snprintf(room, 64, "%.*s * * ? *)", (int)(size - 9), text);
    else if (cfn_starts_with(text, "rate(1 ") && cfn_ends_with(text, "s)"))
        snprintf(room, 64, "%.*s)", (int)(size - 2), text);
    else if (cfn_starts_with(text, "rate(") && cfn_ends_with(text, ")"))
        snprintf(room, 64, "%.*ss)", (int)(size - 1), text);
}

enum { SHORTEST = 30, DAY = 24 * 60, WEEK = 7 * DAY };

/* Minutes since midnight, or -1. */
static int time_at(const char **text) {
    int hour, minute;
    const char *start = *text;
    bool good = number_at(text, 0, 23, &hour) && take(text, ':') &&
                number_at(text, 0, 59, &minute) && *text - start == 5;
    return good ? hour * 60 + minute : -1;
}

/* Minutes since the week began, or -1. */
static int day_time_at(const char **text) {
    static const char days[] = "montuewedthufrisatsun";
    for (int day = 0; day < 7; day++)
        if (strncmp(*text, days + day * 3, 3) == 0) {
            *text += 3;
            int minutes = take(text, ':') ? time_at(text) : -1;
            return minutes < 0 ? -1 : day * DAY + minutes;
        }
    return -1;
}

/* A window may pass the end of its day, or of its week. */
static bool is_long_enough(int from, int to, int period) {
    return from >= 0 && to >= 0 && (to - from + period) % period >= SHORTEST;
}

bool cfn__is_window(const char *text) {
    int from = day_time_at(&text);
    int to = take(&text, '-') ? day_time_at(&text) : -1;
    return *text == '\0' && is_long_enough(from, to, WEEK);
}

bool cfn__is_day_window(const char *text) {
    int from = time_at(&text);
    int to = take(&text, '-') ? time_at(&text) : -1;
    return *text == '\0' && is_long_enough(from, to, DAY);
}
