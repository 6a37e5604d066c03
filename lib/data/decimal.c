#include "data/decimal.h"

#include <stdio.h>
#include <string.h>

enum { LIMBS = 3, DIGITS = 18 };
#define BASE INT64_C(1000000000000000000)

static void carry(struct cfn__decimal *sum) {
    for (int i = 0; i + 1 < LIMBS; i++) {
        if (sum->limb[i] > -BASE && sum->limb[i] < BASE)
            continue;
        sum->limb[i + 1] += sum->limb[i] / BASE;
        sum->limb[i] %= BASE;
    }
}

void cfn__decimal_add(struct cfn__decimal *sum, int64_t number) {
    sum->limb[0] += number;
    carry(sum);
}

void cfn__decimal_plus(struct cfn__decimal *sum, const struct cfn__decimal *other, int sign) {
    for (int i = 0; i < LIMBS; i++)
        sum->limb[i] += sign * other->limb[i];
    carry(sum);
}

struct cfn__decimal cfn__decimal_of(const char *digits, size_t count) {
    struct cfn__decimal number = {{0}};
    for (size_t i = 0; i < count; i++) {
        int64_t *limb = &number.limb[(count - 1 - i) / DIGITS];
        *limb = *limb * 10 + (digits[i] - '0');
    }
    return number;
}

/* Limbs of one sign: borrows from above where they differ. */
static bool settle(struct cfn__decimal *number) {
    int top = LIMBS - 1;
    while (top > 0 && number->limb[top] == 0)
        top--;
    bool negative = number->limb[top] < 0;
    for (int i = 0; i < LIMBS && negative; i++)
        number->limb[i] = -number->limb[i];
    for (int i = 0; i + 1 < LIMBS; i++)
        if (number->limb[i] < 0) {
            number->limb[i] += BASE;
            number->limb[i + 1]--;
        }
    return negative;
}

/* Most numbers are small: of one limb, its digits from the right. */
static void write_small(int64_t number, int scale, char text[CFN__DECIMAL_TEXT]) {
    char digits[CFN__DECIMAL_TEXT], *end = digits + sizeof digits, *at = end;
    for (int i = 0; number > 0 || i <= scale; i++, number /= 10) {
        if (i == scale && scale > 0)
            *--at = '.';
        *--at = (char)('0' + number % 10);
    }
    memcpy(text, at, (size_t)(end - at));
    text[end - at] = '\0';
}

void cfn__decimal_write(const struct cfn__decimal *number, int scale,
                        char text[CFN__DECIMAL_TEXT]) {
    if (number->limb[0] >= 0 && !number->limb[1] && !number->limb[2]) {
        write_small(number->limb[0], scale, text);
        return;
    }
    struct cfn__decimal settled = *number;
    char digits[LIMBS * DIGITS + 1];
    bool negative = settle(&settled);
    for (int i = LIMBS - 1; i >= 0; i--) /* whose NUL the next one overwrites */
        snprintf(digits + (LIMBS - 1 - i) * DIGITS, DIGITS + 1, "%018lld",
                 (long long)settled.limb[i]);
    digits[LIMBS * DIGITS] = '\0';
    size_t whole = (size_t)(LIMBS * DIGITS - scale), zeros = strspn(digits, "0");
    if (zeros >= whole)
        zeros = whole - 1;
    snprintf(text, CFN__DECIMAL_TEXT, "%s%.*s%s%s", negative ? "-" : "", (int)(whole - zeros),
             digits + zeros, scale ? "." : "", digits + whole);
}
