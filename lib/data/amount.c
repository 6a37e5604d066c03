#include "data/amount.h"

#include <string.h>

enum { MOST_DIGITS = 40, MOST_SCALE = 12 };

static const char digits[] = "0123456789";

static size_t scale_of(const char *text) {
    const char *point = strchr(text, '.');
    return point ? strlen(point + 1) : 0;
}

bool cfn__amount_is(const char *text) {
    text += *text == '-' || *text == '+';
    size_t whole = strspn(text, digits), scale = text[whole] == '.' ? scale_of(text) : 0;
    const char *end = text + whole + (scale ? scale + 1 : 0);
    return whole > 0 && *end == '\0' && whole + scale <= MOST_DIGITS && scale <= MOST_SCALE &&
           (scale == 0 || strspn(text + whole + 1, digits) == scale);
}

/* In units of a scale that is not less than its own. */
static struct cfn__decimal units_of(const char *text, size_t scale) {
    char all[MOST_DIGITS + MOST_SCALE + 1];
    bool negative = *text == '-';
    size_t used = 0;
    for (const char *at = text; *at; at++)
        if (*at >= '0' && *at <= '9')
            all[used++] = *at;
    for (size_t i = scale_of(text); i < scale; i++)
        all[used++] = '0';
    struct cfn__decimal number = cfn__decimal_of(all, used), sum = {{0}};
    cfn__decimal_plus(&sum, &number, negative ? -1 : 1);
    return sum;
}

void cfn__amount_add(const char *a, const char *b, char sum[CFN__DECIMAL_TEXT]) {
    a = a ? a : "0";
    b = b ? b : "0";
    size_t scale = scale_of(a) > scale_of(b) ? scale_of(a) : scale_of(b);
    struct cfn__decimal one = units_of(a, scale), other = units_of(b, scale);
    cfn__decimal_plus(&one, &other, 1);
    cfn__decimal_write(&one, (int)scale, sum);
}

bool cfn__amount_same(const char *a, const char *b) {
    char one[CFN__DECIMAL_TEXT], other[CFN__DECIMAL_TEXT], zero[MOST_SCALE + 3] = "0.000000000000";
    size_t scale = scale_of(a) > scale_of(b) ? scale_of(a) : scale_of(b);
    zero[scale ? scale + 2 : 1] = '\0';
    cfn__amount_add(a, zero, one);
    cfn__amount_add(b, zero, other);
    return strcmp(one, other) == 0;
}
