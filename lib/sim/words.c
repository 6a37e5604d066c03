/* Small texts and JSON that every answer is made of. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

json_t *cfn__json_of(const json_t *value) {
    json_t *same;
    memcpy(&same, &value, sizeof same);
    return same;
}

json_t *cfn__json_time(int64_t time) {
    char text[32];
    cfn_time_write(time, text);
    return json_string(text);
}

json_t *cfn__json_truth(bool truth) {
    return json_string(truth ? "true" : "false");
}

void cfn__json_put(json_t *object, const char *key, json_t *value) {
    if (value)
        json_object_set_new_nocheck(object, key, value);
}

bool cfn__is_true(const json_t *value) {
    return json_is_true(value) || cfn_same(json_string_value(value), "true");
}

bool cfn__ends(const char *status, const char *suffix) {
    return cfn_ends_with(status, suffix);
}

const char *cfn__sim_partition(const struct cfn_sim *sim) {
    if (cfn_starts_with(sim->region, "cn-"))
        return "aws-cn";
    return cfn_starts_with(sim->region, "us-gov-") ? "aws-us-gov" : "aws";
}

char *cfn__sim_uuid(struct cfn_sim *sim) {
    static const char digits[] = "0123456789abcdef";
    uint64_t high = cfn__sim_mix(sim->seed * 0x9e3779b97f4a7c15u + ++sim->uuids),
             low = cfn__sim_mix(high + 0x9e3779b97f4a7c15u);
    high = (high & ~(uint64_t)0xf000) | 0x4000; /* of version 4 */
    low = (low & ~((uint64_t)3 << 62)) | (uint64_t)2 << 62;
    char *text = cfn__alloc(37);
    size_t at = 0;
    for (int digit = 0; digit < 32; digit++) {
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20)
            text[at++] = '-';
        uint64_t half = digit < 16 ? high : low;
        text[at++] = digits[half >> (60 - digit % 16 * 4) & 15];
    }
    return text;
}

void cfn__sim_letters(const struct cfn_sim *sim, const char *salt, unsigned number,
                      const char *alphabet, char *letters, size_t count) {
    alphabet = alphabet ? alphabet : "0123456789abcdef";
    size_t size = strlen(alphabet);
    uint64_t bits = cfn__sim_hash(salt, strlen(salt)) ^ cfn__sim_mix(sim->seed + number);
    for (size_t i = 0; i < count; i++) {
        bits = cfn__sim_mix(bits + 0x9e3779b97f4a7c15u);
        letters[i] = alphabet[bits % size];
    }
    letters[count] = '\0';
}

char *cfn__names_text(const json_t *names) {
    struct cfn_text text = {0};
    size_t count = json_array_size(names);
    for (size_t i = 0; i < count; i++)
        cfn_text_printf(&text, "%s%s",
                        i == 0           ? ""
                        : i + 1 == count ? " and "
                                         : ", ",
                        json_string_value(json_array_get(names, i)));
    return cfn_text_take(&text);
}
