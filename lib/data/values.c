#include "data/values.h"

#include "base/base.h"
#include "data/calendar.h"

#include <string.h>

static bool refuse(struct cfn__checked *checked, const char *problem) {
    checked->problem = problem;
    return false;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t digits_at(const char *text, size_t size) {
    size_t count = 0;
    while (count < size && is_digit(text[count]))
        count++;
    return count;
}

/* Eight bytes at a time while they are ASCII; a NUL is no character of a text. */
static bool is_utf8(const char *text, size_t size, size_t *characters) {
    size_t at = 0;
    for (*characters = 0; at < size;) {
        uint64_t eight;
        if (size - at >= 8) {
            memcpy(&eight, text + at, 8);
            /* none above 127, and none zero */
            if (!((eight | (eight - 0x0101010101010101u)) & 0x8080808080808080u)) {
                at += 8;
                *characters += 8;
                continue;
            }
        }
        size_t length = text[at] ? cfn_utf8_length(text + at, size - at) : 0;
        if (length == 0)
            return false;
        at += length;
        ++*characters;
    }
    return true;
}

static bool check_text(const struct cfn_column *column, const char *text, size_t size,
                       struct cfn__checked *checked) {
    size_t characters;
    if (column->kind == CFN_COLUMN_CHAR)
        while (size > 0 && text[size - 1] == ' ')
            size--;
    checked->text = text;
    checked->size = size;
    if (!is_utf8(text, size, &characters))
        return refuse(checked, "must be UTF-8 without a zero byte");
    if (column->kind != CFN_COLUMN_TEXT && characters > (size_t)column->size)
        return refuse(checked, "must not be longer");
    return true;
}

/* Sign and digits without leading zeros; -0 is 0. */
static bool check_integer(const char *text, size_t size, struct cfn__checked *checked) {
    static const char problem[] = "must be a whole number from -2147483648 to 2147483647";
    bool negative = size > 0 && *text == '-';
    size_t sign = size > 0 && (*text == '-' || *text == '+'), count = size - sign;
    const char *digits = text + sign;
    int64_t value = 0;
    if (count == 0 || digits_at(digits, count) != count)
        return refuse(checked, problem);
    for (; count > 1 && *digits == '0'; count--)
        digits++;
    for (size_t i = 0; i < count && value <= INT64_C(4294967296); i++)
        value = value * 10 + (digits[i] - '0');
    if (value > INT64_C(2147483647) + negative)
        return refuse(checked, problem);
    negative = negative && value > 0;
    checked->room[0] = '-';
    memcpy(checked->room + negative, digits, count);
    checked->text = checked->room;
    checked->size = count + negative;
    return true;
}

/* The digits before and behind the point, which may be missing on one side. */
struct parts {
    const char *whole, *fraction;
    size_t whole_size, fraction_size;
    bool negative;
};

static bool take_apart(const char *text, size_t size, struct parts *parts) {
    size_t sign = size > 0 && (*text == '-' || *text == '+');
    *parts = (struct parts){.whole = text + sign, .negative = size > 0 && *text == '-'};
    size_t before = digits_at(parts->whole, size - sign), rest = size - sign - before;
    parts->fraction = parts->whole + before;
    parts->whole_size = before;
    if (rest > 0 && *parts->fraction == '.') {
        parts->fraction++;
        parts->fraction_size = digits_at(parts->fraction, --rest);
        rest -= parts->fraction_size;
    }
    for (; parts->whole_size > 0 && *parts->whole == '0'; parts->whole_size--)
        parts->whole++;
    return rest == 0 && before + parts->fraction_size > 0;
}

static bool check_numeric(const struct cfn_column *column, const char *text, size_t size,
                          struct cfn__checked *checked) {
    const size_t scale = (size_t)column->scale, most = (size_t)(column->size - column->scale);
    char digits[CFN__CANONICAL];
    struct parts parts;
    if (!take_apart(text, size, &parts))
        return refuse(checked, "must be a number, with a point before its decimals");
    while (parts.fraction_size > scale && parts.fraction[parts.fraction_size - 1] == '0')
        parts.fraction_size--;
    if (parts.fraction_size > scale)
        return refuse(checked, "must not have more decimals");
    if (parts.whole_size > most)
        return refuse(checked, "must not have more digits before the point");
    memset(digits, '0', sizeof digits);
    memcpy(digits, parts.whole, parts.whole_size);
    memcpy(digits + parts.whole_size, parts.fraction, parts.fraction_size);
    checked->number = cfn__decimal_of(digits, parts.whole_size + scale);
    for (int i = 0; parts.negative && i < 3; i++)
        checked->number.limb[i] = -checked->number.limb[i];
    cfn__decimal_write(&checked->number, column->scale, checked->room);
    checked->text = checked->room;
    checked->size = strlen(checked->room);
    return true;
}

static int number_at(const char *text, size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

/* The exponent behind an e; false: there is none. */
static bool exponent_of(const char *text, size_t size, int *exponent) {
    size_t sign = size > 0 && (*text == '-' || *text == '+');
    if (size == sign || size - sign > 3 || digits_at(text + sign, size - sign) != size - sign)
        return false;
    *exponent = number_at(text + sign, size - sign);
    *exponent = *text == '-' ? -*exponent : *exponent;
    return true;
}

/* Digits with a point and an exponent; what is not finite is no measure of anything. */
static bool check_double(const char *text, size_t size, struct cfn__checked *checked) {
    size_t mantissa = 0;
    int exponent = 0;
    while (mantissa < size && text[mantissa] != 'e' && text[mantissa] != 'E')
        mantissa++;
    struct parts parts;
    if (!take_apart(text, mantissa, &parts) ||
        (mantissa < size && !exponent_of(text + mantissa + 1, size - mantissa - 1, &exponent)))
        return refuse(checked, "must be a number, with a point before its decimals");
    if (parts.whole_size > 300 || exponent + (int)parts.whole_size > 307 || exponent < -290)
        return refuse(checked, "must be a number that a double can hold");
    checked->text = text;
    checked->size = size;
    return true;
}

/* Digits where the pattern has a 0, else its characters; a 'T' may stand for the blank. */
static bool looks_like(const char *text, size_t size, const char *pattern) {
    for (size_t i = 0; i < size; i++)
        if (pattern[i] == '0' ? !is_digit(text[i])
                              : text[i] != pattern[i] && !(pattern[i] == ' ' && text[i] == 'T'))
            return false;
    return true;
}

static bool is_a_time(const char *text, size_t size) {
    static const char pattern[] = "0000-00-00 00:00:00";
    if ((size != 10 && size != CFN__TIME_SIZE) || !looks_like(text, size, pattern))
        return false;
    int year = number_at(text, 4), month = number_at(text + 5, 2), day = number_at(text + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > cfn__month_length(year, month))
        return false;
    return size == 10 || (number_at(text + 11, 2) < 24 && number_at(text + 14, 2) < 60 &&
                          number_at(text + 17, 2) < 60);
}

static bool check_time(const char *text, size_t size, struct cfn__checked *checked) {
    size_t whole = size;
    while (whole > CFN__TIME_SIZE + 1 && text[whole - 1] == '0') /* a fraction of nothing */
        whole--;
    if (whole == CFN__TIME_SIZE + 1 && text[CFN__TIME_SIZE] == '.' && size > whole)
        whole--;
    if (!is_a_time(text, whole))
        return refuse(checked, "must be a time such as 2018-10-17 17:30:18");
    memcpy(checked->room, text, whole);
    if (whole == 10)
        memcpy(checked->room + 10, " 00:00:00", 9);
    checked->room[10] = ' ';
    checked->text = checked->room;
    checked->size = CFN__TIME_SIZE;
    return true;
}

bool cfn__value_check(const struct cfn_column *column, const char *text, size_t size,
                      struct cfn__checked *checked) {
    checked->problem = NULL;
    switch (column->kind) {
    case CFN_COLUMN_INTEGER:
        return check_integer(text, size, checked);
    case CFN_COLUMN_NUMERIC:
        return check_numeric(column, text, size, checked);
    case CFN_COLUMN_DOUBLE:
        return check_double(text, size, checked);
    case CFN_COLUMN_TIMESTAMP:
        return check_time(text, size, checked);
    case CFN_COLUMN_CHAR:
    case CFN_COLUMN_VARCHAR:
    case CFN_COLUMN_TEXT:
        break;
    }
    return check_text(column, text, size, checked);
}
