/* Times as AWS writes them. The calendar is computed here: the C library's follows the locale and
 * the time zone. */
#include "base/base.h"

#include <cfngen/aws.h>
#include <string.h>

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

struct moment {
    int year, month, day, hour, minute, second, millisecond, offset_minutes;
};

/* Days since 1970-01-01 of the Gregorian calendar; years begin in March, so that a leap day is the
 * last of one. */
static int64_t days_of(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, in_era = y % 400;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* -1 where the parts are no moment since 1970. A leap second is the second after it. */
static int64_t time_of(const struct moment *m) {
    if (m->year < 1970 || m->month < 1 || m->month > 12 || m->day < 1 ||
        m->day > days_in(m->year, m->month) || m->hour > 23 || m->minute > 59 || m->second > 60)
        return -1;
    int64_t minutes = (days_of(m->year, m->month, m->day) * 24 + m->hour) * 60 + m->minute;
    int64_t time = ((minutes - m->offset_minutes) * 60 + m->second) * 1000 + m->millisecond;
    return time < 0 ? -1 : time;
}

static bool read_digits(const char **text, int count, int *number) {
    *number = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *number = *number * 10 + (**text - '0');
    }
    return true;
}

static bool read_sign(const char **text, char sign) {
    if (**text != sign)
        return false;
    (*text)++;
    return true;
}

/* Digits behind a point, as many as there are; those past the third say nothing here. */
static bool read_fraction(const char **text, int *millisecond) {
    static const int worth[] = {100, 10, 1};
    int count = 0;
    *millisecond = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++, count++)
        *millisecond += count < 3 ? (**text - '0') * worth[count] : 0;
    return count > 0;
}

static bool read_clock(const char **text, struct moment *m) {
    return read_digits(text, 2, &m->hour) && read_sign(text, ':') &&
           read_digits(text, 2, &m->minute) && read_sign(text, ':') &&
           read_digits(text, 2, &m->second);
}

/* Z, +00:00, +0000, -0330 */
static bool read_zone(const char **text, struct moment *m) {
    int hours = 0, minutes = 0;
    if (read_sign(text, 'Z') || read_sign(text, 'z'))
        return true;
    bool west = **text == '-';
    if (!read_sign(text, west ? '-' : '+') || !read_digits(text, 2, &hours))
        return false;
    read_sign(text, ':');
    if (!read_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    m->offset_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

static int64_t read_iso(const char *text) {
    struct moment m = {0};
    if (!read_digits(&text, 4, &m.year) || !read_sign(&text, '-') ||
        !read_digits(&text, 2, &m.month) || !read_sign(&text, '-') ||
        !read_digits(&text, 2, &m.day) || !(read_sign(&text, 'T') || read_sign(&text, 't')) ||
        !read_clock(&text, &m))
        return -1;
    if (read_sign(&text, '.') && !read_fraction(&text, &m.millisecond))
        return -1;
    return read_zone(&text, &m) && !*text ? time_of(&m) : -1;
}

/* "Sat, 22 Aug 2026 07:19:02 GMT"; which day of the week it was is not asked. */
static int64_t read_http(const char *text) {
    struct moment m = {0};
    const char *comma = strchr(text, ',');
    text = comma ? comma + 1 : text;
    if (!read_sign(&text, ' ') || !read_digits(&text, 2, &m.day) || !read_sign(&text, ' '))
        return -1;
    for (m.month = 1; m.month <= 12 && strncmp(months + 3 * (m.month - 1), text, 3) != 0;)
        m.month++;
    if (m.month > 12)
        return -1;
    text += 3;
    if (!read_sign(&text, ' ') || !read_digits(&text, 4, &m.year) || !read_sign(&text, ' ') ||
        !read_clock(&text, &m))
        return -1;
    return strcmp(text, " GMT") == 0 || strcmp(text, " UTC") == 0 ? time_of(&m) : -1;
}

/* 1787382000, 1787382000.123, and 1.787382e9 as some JSON writers have it. */
static int64_t read_number(const char *text) {
    int64_t seconds = 0;
    int millisecond = 0, digits = 0, exponent = 0;
    for (; *text >= '0' && *text <= '9' && digits < 12; text++, digits++)
        seconds = seconds * 10 + (*text - '0');
    const char *fraction = *text == '.' ? text + 1 : "";
    const char *end = fraction;
    if (*text == '.' && !read_fraction(&end, &millisecond))
        return -1;
    text = *text == '.' ? end : text;
    if (*text != 'e' && *text != 'E')
        return digits > 0 && !*text ? seconds * 1000 + millisecond : -1;
    text++;
    read_sign(&text, '+');
    for (; *text >= '0' && *text <= '9' && exponent < 100; text++)
        exponent = exponent * 10 + (*text - '0');
    if (*text || digits != 1 || exponent != 9)
        return -1;
    int64_t time = seconds;
    for (int i = 0; i < 12; i++) {
        bool digit = *fraction >= '0' && *fraction <= '9';
        time = time * 10 + (digit ? *fraction++ - '0' : 0);
    }
    return time;
}

int64_t cfn_time_read(const char *text) {
    size_t digits = text ? strspn(text, "0123456789") : 0;
    if (!text)
        return -1;
    if (digits == 4 && text[4] == '-')
        return read_iso(text);
    return digits > 0 ? read_number(text) : read_http(text);
}

/* The civil date of a day since 1970-01-01, the way back from days_of. */
static void date_of(int64_t days, struct moment *m) {
    days += 719468;
    int64_t era = days / 146097, in_era = days % 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153;
    m->day = (int)(in_year - (153 * month + 2) / 5 + 1);
    m->month = (int)(month < 10 ? month + 3 : month - 9);
    m->year = (int)(year + era * 400 + (m->month <= 2));
}

static void put_digits(char **text, int number, int count) {
    for (int i = count - 1; i >= 0; i--, number /= 10)
        (*text)[i] = (char)('0' + number % 10);
    *text += count;
}

static const int64_t last_time = INT64_C(253402300799999); /* of the year 9999 */

void cfn_time_write(int64_t time, char text[32]) {
    struct moment m;
    time = time < 0 ? 0 : time > last_time ? last_time : time;
    date_of(time / 86400000, &m);
    int in_day = (int)(time % 86400000);
    const struct {
        int number, count;
        char sign;
    } parts[] = {
        {m.year, 4, '-'},
        {m.month, 2, '-'},
        {m.day, 2, 'T'},
        {in_day / 3600000, 2, ':'},
        {in_day / 60000 % 60, 2, ':'},
        {in_day / 1000 % 60, 2, '.'},
        {in_day % 1000, 3, 'Z'},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        put_digits(&text, parts[i].number, parts[i].count);
        *text++ = parts[i].sign;
    }
    *text = '\0';
}
