/*
 * cfngen-schema-compiler FACTS FOLDER
 *
 * Writes FOLDER/include/cfngen/aws/SERVICE.h and FOLDER/SERVICE.c for each service of FACTS, and
 * FOLDER/registry.c. The folders must be there. Exit code 1 where FACTS is wrong or a file cannot
 * be written.
 */
#include "write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(const char *path) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return -1;
}

static int read_file(const char *path, struct cfn_text *text) {
    FILE *file = fopen(path, "rb");
    char piece[65536];
    size_t size;
    if (!file)
        return complain(path);
    text->ceiling = FACTS_SIZE + 1;
    while (!text->full && (size = fread(piece, 1, sizeof piece, file)) > 0)
        cfn_text_write(text, piece, size);
    int result = ferror(file) ? complain(path) : 0;
    fclose(file);
    if (result == 0 && text->full) {
        fprintf(stderr, "%s: larger than %d bytes\n", path, FACTS_SIZE);
        result = -1;
    }
    return result;
}

static int write_file(const char *folder, const char *middle, const char *name, const char *suffix,
                      struct cfn_text *content) {
    struct cfn_text path = {0};
    cfn_text_printf(&path, "%s/%s%s%s", folder, middle, name, suffix);
    FILE *file = fopen(path.data, "wb");
    int result = 0;
    if (!file || fwrite(content->data, 1, content->size, file) != content->size)
        result = complain(path.data);
    if (file && fclose(file) != 0)
        result = complain(path.data);
    cfn_text_done(content);
    cfn_text_done(&path);
    return result;
}

static int write_all(const struct facts *facts, const char *folder) {
    struct cfn_text text = {0};
    for (size_t i = 0; i < facts->services.count; i++) {
        const struct facts_service *service = &facts->services.items[i];
        write_header(&text, service);
        if (write_file(folder, "include/cfngen/aws/", service->key, ".h", &text))
            return -1;
        write_table(&text, service);
        if (write_file(folder, "", service->key, ".c", &text))
            return -1;
    }
    write_registry(&text, facts);
    return write_file(folder, "", "registry", ".c", &text);
}

int main(int count, char **arguments) {
    struct cfn_text text = {0};
    struct facts facts = {0};
    if (count != 3) {
        fputs("usage: cfngen-schema-compiler FACTS FOLDER\n", stderr);
        return 2;
    }
    int result = read_file(arguments[1], &text);
    if (result == 0 && facts_read(&facts, text.data ? text.data : "", text.size)) {
        fprintf(stderr, "%s:%zu: %s\n", arguments[1], facts.line, facts.message);
        result = -1;
    }
    if (result == 0)
        result = write_all(&facts, arguments[2]);
    facts_done(&facts);
    cfn_text_done(&text);
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}
