/* The compiler of facts: whatever is read without complaint must be written without one. */
#include <facts.h>
#include <stdint.h>
#include <write.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct facts facts = {0};
    struct cfn_text out = {0};
    if (facts_read(&facts, (const char *)data, size) == 0) {
        for (size_t i = 0; i < facts.services.count; i++) {
            write_header(&out, &facts.services.items[i]);
            write_table(&out, &facts.services.items[i]);
        }
        write_registry(&out, &facts);
    }
    cfn_text_done(&out);
    facts_done(&facts);
    return 0;
}
