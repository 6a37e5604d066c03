/* Fn::Cidr: address blocks of one size, one after the other, at the beginning of a larger one. */
#include "evaluate.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES = 16, MOST_BLOCKS = 256 };

/* An address and how many of its bits are the network's. */
struct block {
    unsigned char bytes[BYTES];
    unsigned bits, prefix; /* bits: 32 or 128 */
};

/* A whole number without a sign, at most `most`; *text is set behind it. */
static bool read_number(const char **text, unsigned most, unsigned *number) {
    const char *at = *text;
    *number = 0;
    for (; *at >= '0' && *at <= '9' && *number <= most; at++)
        *number = *number * 10 + (unsigned)(*at - '0');
    bool fits = at > *text && *number <= most;
    *text = at;
    return fits;
}

static bool read_v4(const char **text, unsigned char *bytes) {
    for (size_t i = 0; i < 4; i++) {
        unsigned number;
        if (i > 0 && *(*text)++ != '.')
            return false;
        if ((*text)[0] == '0' && (*text)[1] >= '0' && (*text)[1] <= '9') /* octal to some */
            return false;
        if (!read_number(text, 255, &number))
            return false;
        bytes[i] = (unsigned char)number;
    }
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One group of up to four digits. */
static bool read_group(const char **text, unsigned char *bytes) {
    unsigned group = 0, count = 0;
    for (; count < 4 && hex_digit(**text) >= 0; count++)
        group = group << 4 | (unsigned)hex_digit(*(*text)++);
    bytes[0] = (unsigned char)(group >> 8);
    bytes[1] = (unsigned char)(group & 255);
    return count > 0;
}

/* A dotted end, such as ::ffff:10.0.0.1. */
static bool is_dotted(const char *text) {
    return text[strspn(text, "0123456789")] == '.';
}

/* Moves what stands behind "::" to the end of the address. */
static void spread(unsigned char *bytes, size_t gap, size_t size) {
    memmove(bytes + BYTES - (size - gap), bytes + gap, size - gap);
    memset(bytes + gap, 0, BYTES - size);
}

static bool read_v6(const char **text, unsigned char *bytes) {
    size_t size = 0, gap = BYTES + 1;
    while (size < BYTES) {
        if (cfn_starts_with(*text, "::") && gap > BYTES) {
            gap = size;
            *text += 2;
        } else if (size > 0 && gap != size && *(*text)++ != ':') {
            return false;
        }
        if (size <= BYTES - 4 && is_dotted(*text)) {
            if (!read_v4(text, bytes + size))
                return false;
            size += 4;
            break;
        }
        if (hex_digit(**text) < 0 && gap == size)
            break;
        if (!read_group(text, bytes + size))
            return false;
        size += 2;
        if (**text == '/' || **text == '\0')
            break;
    }
    if (gap <= BYTES && size < BYTES)
        spread(bytes, gap, size);
    return gap <= BYTES ? size < BYTES : size == BYTES;
}

/* Bits behind the prefix are nobody's: they are cleared. */
static void clear_host(struct block *block) {
    for (size_t i = block->prefix; i < block->bits; i++)
        block->bytes[i / 8] &= (unsigned char)~(0x80U >> i % 8);
}

static bool read_block(const char *text, struct block *block) {
    *block = (struct block){.bits = strchr(text, ':') ? 128 : 32};
    bool read = block->bits == 128 ? read_v6(&text, block->bytes) : read_v4(&text, block->bytes);
    if (!read || *text++ != '/' || !read_number(&text, block->bits, &block->prefix) || *text)
        return false;
    clear_host(block);
    return true;
}

/* The block of the same size behind this one; what overflows is dropped. */
static void step(struct block *block) {
    size_t last = block->prefix - 1;
    unsigned carry = 0x80U >> last % 8;
    for (size_t i = last / 8 + 1; i > 0 && carry; i--) {
        unsigned sum = block->bytes[i - 1] + carry;
        block->bytes[i - 1] = (unsigned char)(sum & 255);
        carry = sum >> 8;
    }
}

static unsigned group_of(const struct block *block, size_t index) {
    return (unsigned)block->bytes[2 * index] << 8 | block->bytes[2 * index + 1];
}

/* The longest run of zeros, the first of several; it is written "::" where it has two or more. */
static size_t longest_gap(const struct block *block, size_t *length) {
    size_t best = 0;
    *length = 0;
    for (size_t i = 0; i < 8; i++) {
        size_t run = 0;
        while (i + run < 8 && group_of(block, i + run) == 0)
            run++;
        if (run > *length) {
            best = i;
            *length = run;
        }
    }
    return best;
}

static cfn_value v6_text(const struct block *block) {
    struct cfn_text text = {0};
    size_t length, gap = longest_gap(block, &length);
    for (size_t i = 0; i < 8; i++) {
        if (length > 1 && i == gap) {
            cfn_text_put(&text, "::");
            i += length - 1;
        } else {
            bool behind_gap = length > 1 && i == gap + length;
            cfn_text_printf(&text, "%s%x", i == 0 || behind_gap ? "" : ":", group_of(block, i));
        }
    }
    cfn_value value = cfn_fmt("%s/%u", text.data, block->prefix);
    cfn_text_done(&text);
    return value;
}

static cfn_value block_text(const struct block *block) {
    const unsigned char *b = block->bytes;
    return block->bits == 128 ? v6_text(block)
                              : cfn_fmt("%u.%u.%u.%u/%u", b[0], b[1], b[2], b[3], block->prefix);
}

static cfn_value blocks_of(struct block block, unsigned count) {
    json_t *list = cfn_list_of(NULL, 0);
    for (unsigned i = 0; i < count; i++) {
        json_array_append_new(list, block_text(&block));
        if (i + 1 < count)
            step(&block);
    }
    return list;
}

static bool number_in(json_t *list, size_t index, unsigned most, unsigned *number) {
    char room[32];
    const char *text = cfn__scalar_text(json_array_get(list, index), room);
    return text && read_number(&text, most, number) && *text == '\0';
}

static cfn_value refused(struct cfn__run *run, const struct cfn_path *path, const char *what) {
    return cfn__evaluation_refuse(run, "evaluate.cidr", path, "Template error: Fn::Cidr %s", what);
}

/* The third argument may be left out: then it is 256 addresses, or a /64 of IPv6. */
static bool host_bits(json_t *argument, const struct block *block, unsigned *bits) {
    *bits = block->bits == 128 ? 64 : 8;
    return json_array_size(argument) < 3 || number_in(argument, 2, 128, bits);
}

cfn_value cfn__evaluate_cidr(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    const char *text = json_string_value(json_array_get(argument, 0));
    struct block block;
    unsigned count, bits;
    if (!text || !read_block(text, &block))
        return refused(run, path, "must have an address block, such as 10.0.0.0/16");
    if (!number_in(argument, 1, MOST_BLOCKS, &count) || count == 0)
        return refused(run, path, "must have a count from 1 to 256");
    if (!host_bits(argument, &block, &bits) || bits == 0 || bits >= block.bits)
        return refused(run, path, "must have subnet bits that leave a network");
    unsigned outer = block.prefix;
    block.prefix = block.bits - bits;
    unsigned room = block.prefix >= outer ? block.prefix - outer : 0;
    if (block.prefix < outer || (room < 9 && count > 1U << room))
        return refused(run, path, "must not ask for more blocks than lie in the address block");
    return blocks_of(block, count);
}
