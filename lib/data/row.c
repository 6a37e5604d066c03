#include "data/row.h"

#include "data/calendar.h"

#include <string.h>

void cfn__row_begin(struct cfn__row *row) {
    row->count = row->used = 0;
}

static struct cfn__value *more(struct cfn__row *row, enum cfn__value_kind kind) {
    struct cfn__value *value = &row->values[row->count++];
    *value = (struct cfn__value){.kind = kind};
    return value;
}

void cfn__row_null(struct cfn__row *row) {
    more(row, CFN__NULL);
}

void cfn__row_number(struct cfn__row *row, int64_t number) {
    more(row, CFN__NUMBER)->number = number;
}

void cfn__row_money(struct cfn__row *row, int64_t hundredths) {
    more(row, CFN__MONEY)->number = hundredths;
}

void cfn__row_time(struct cfn__row *row, int64_t seconds) {
    more(row, seconds == CFN__NEVER ? CFN__NULL : CFN__TIME)->number = seconds;
}

/* Its texts are ours, and short; what does not fit would be cut between characters. */
void cfn__row_text(struct cfn__row *row, const char *text) {
    struct cfn__value *value = more(row, CFN__TEXT);
    size_t size = strlen(text), left = CFN__ROW_ROOM - row->used;
    if (size > left)
        size = left;
    while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size--;
    memcpy(row->room + row->used, text, size);
    value->text = row->room + row->used;
    value->size = size;
    row->used += size;
}

void cfn__row_id(struct cfn__row *row, uint64_t high, uint64_t low) {
    static const char digits[] = "0123456789abcdef";
    struct cfn__value *value = more(row, CFN__WORD);
    char *text = row->room + row->used;
    for (int i = 0; i < 16; i++) {
        text[i] = digits[high >> (60 - 4 * i) & 15];
        text[16 + i] = digits[low >> (60 - 4 * i) & 15];
    }
    value->text = text;
    value->size = CFN__ID_SIZE;
    row->used += CFN__ID_SIZE;
}

/* The digits of a number that is not negative, to the left of end. */
static char *write_digits(char *end, int64_t number) {
    do
        *--end = (char)('0' + number % 10);
    while (number /= 10);
    return end;
}

const char *cfn__value_text(const struct cfn__value *value, char room[CFN__VALUE_TEXT],
                            size_t *size) {
    char *end = room + CFN__VALUE_TEXT, *start = end;
    bool money = value->kind == CFN__MONEY;
    int64_t number = value->number < 0 ? -value->number : value->number;
    *size = value->size;
    if (value->kind == CFN__TEXT || value->kind == CFN__WORD)
        return value->text;
    if (value->kind == CFN__TIME) {
        cfn__write_time(value->number, room);
        *size = CFN__TIME_SIZE;
        return room;
    }
    if (money) {
        *--start = (char)('0' + number % 10);
        *--start = (char)('0' + number / 10 % 10);
        *--start = '.';
    }
    start = write_digits(start, money ? number / 100 : number);
    if (value->number < 0)
        *--start = '-';
    *size = (size_t)(end - start);
    return start;
}

void cfn__row_count(const struct cfn__row *row, struct cfn__totals *totals, int sign) {
    for (size_t i = 0; i < row->count; i++) {
        const struct cfn__value *value = &row->values[i];
        char room[CFN__VALUE_TEXT];
        size_t size;
        if (value->kind == CFN__NULL) {
            cfn__totals_null(totals);
            continue;
        }
        const char *text = cfn__value_text(value, room, &size);
        struct cfn__decimal number = {{value->number}};
        if (value->kind == CFN__MONEY)
            cfn__totals_number(totals, text, size, &number);
        else
            cfn__totals_text(totals, text, size);
    }
    cfn__totals_end(totals, sign);
}
