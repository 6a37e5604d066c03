/* Any text as a time: what is read comes back when it is written and read again. */
#include "base/base.h"

#include <cfngen/aws.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = cfn__alloc(size + 1), written[32];
    if (size)
        memcpy(text, data, size);
    int64_t time = cfn_time_read(text);
    cfn_time_write(time, written);
    /* Numbers of seconds may lie behind the last year that can be written. */
    if (time < -1 ||
        (time >= 0 && time <= INT64_C(253402300799999) && cfn_time_read(written) != time))
        abort();
    free(text);
    return 0;
}
