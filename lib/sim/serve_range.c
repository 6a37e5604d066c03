/* Parts of objects: "Range: bytes=100-199". */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

struct range {
    size_t first, end; /* end: behind the last */
};

static bool read_number(const char **text, size_t *number) {
    size_t digits = strspn(*text, "0123456789");
    if (digits == 0 || digits > 15)
        return false;
    *number = (size_t)strtoull(*text, NULL, 10);
    *text += digits;
    return true;
}

/* "bytes=1-2", "bytes=1-" and "bytes=-2"; anything else is no range, and the whole is sent. */
static bool read_range(const char *text, size_t size, struct range *range) {
    static const char unit[] = "bytes=";
    if (!cfn_starts_with(text, unit))
        return false;
    text += strlen(unit);
    size_t last = 0;
    bool has_first = read_number(&text, &range->first);
    if (*text++ != '-')
        return false;
    bool has_last = read_number(&text, &last);
    if (*text || (!has_first && !has_last))
        return false;
    range->end = has_first && has_last && last < size ? last + 1 : size;
    if (!has_first)
        range->first = last < size ? size - last : 0;
    return !(has_first && has_last && last < range->first);
}

void cfn__answer_cut(const struct cfn__asked *asked, struct cfn_sim *sim, struct cfn_reply *reply) {
    const char *text = json_string_value(json_object_get(asked->call.input, "Range"));
    size_t size = reply->payload_size;
    struct range range = {0};
    if (reply->outcome != CFN_REPLY_OK || !reply->payload || !text ||
        !read_range(text, size, &range))
        return;
    if (range.first >= size) {
        cfn_reply_done(reply);
        cfn__serve_refuse(sim, 416, "InvalidRange", "The requested range is not satisfiable",
                          reply);
        return;
    }
    memmove(reply->payload, reply->payload + range.first, range.end - range.first);
    reply->payload_size = range.end - range.first;
    json_object_set_new(reply->output, "ContentRange",
                        json_sprintf("bytes %zu-%zu/%zu", range.first, range.end - 1, size));
}
