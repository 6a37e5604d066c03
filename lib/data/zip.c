/*
 * An archive of files, stored as they are: the simplest ZIP that Python imports from. Nothing of it
 * depends on when or where it is made, so the same files give the same bytes.
 */
#include "source.h"
#include "upload_list.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_FILES = 65534,
    MADE_BY_UNIX = 3 << 8 | 20,
    NEEDS = 20,
    NAMES_ARE_UTF8 = 1 << 11,
    FIRST_DAY = 1 << 5 | 1 /* 1980-01-01 */
};
static const uint32_t usual_mode = UINT32_C(0100644) << 16;
static const size_t ceiling = (size_t)256 << 20;

struct entry {
    const char *name;
    uint32_t crc, size, offset;
};

static void put16(struct cfn_text *zip, uint32_t value) {
    const char bytes[2] = {(char)(value & 255), (char)(value >> 8 & 255)};
    cfn_text_write(zip, bytes, sizeof bytes);
}

static void put32(struct cfn_text *zip, uint32_t value) {
    put16(zip, value & 0xFFFF);
    put16(zip, value >> 16);
}

static uint32_t crc_of(const char *bytes, size_t size) {
    uint32_t table[256], crc = UINT32_MAX;
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] & 1 ? table[i] >> 1 ^ UINT32_C(0xEDB88320) : table[i] >> 1;
    }
    for (size_t i = 0; i < size; i++)
        crc = crc >> 8 ^ table[(crc ^ (unsigned char)bytes[i]) & 255];
    return ~crc;
}

/* What the head of a file and its line in the directory have in common. */
static void put_facts(struct cfn_text *zip, const struct entry *entry) {
    put16(zip, NEEDS);
    put16(zip, NAMES_ARE_UTF8);
    put16(zip, 0); /* stored */
    put16(zip, 0); /* midnight */
    put16(zip, FIRST_DAY);
    put32(zip, entry->crc);
    put32(zip, entry->size);
    put32(zip, entry->size);
    put16(zip, (uint32_t)strlen(entry->name));
    put16(zip, 0);
}

static void put_line(struct cfn_text *zip, const struct entry *entry) {
    put32(zip, 0x02014B50);
    put16(zip, MADE_BY_UNIX);
    put_facts(zip, entry);
    put16(zip, 0);
    put16(zip, 0);
    put16(zip, 0);
    put32(zip, usual_mode);
    put32(zip, entry->offset);
    cfn_text_put(zip, entry->name);
}

static void put_end(struct cfn_text *zip, size_t count, size_t directory) {
    size_t end = zip->size;
    put32(zip, 0x06054B50);
    put32(zip, 0);
    put16(zip, (uint32_t)count);
    put16(zip, (uint32_t)count);
    put32(zip, (uint32_t)(end - directory));
    put32(zip, (uint32_t)directory);
    put16(zip, 0);
}

static int put_file(struct cfn_text *zip, struct entry *entry, const char *bytes, size_t size) {
    entry->offset = (uint32_t)zip->size;
    entry->size = (uint32_t)size;
    entry->crc = crc_of(bytes, size);
    put32(zip, 0x04034B50);
    put_facts(zip, entry);
    cfn_text_put(zip, entry->name);
    cfn_text_write(zip, bytes, size);
    return zip->full ? -1 : 0;
}

static int read_file(struct cfn_text *zip, struct entry *entry, const char *path,
                     struct cfn_diags *diags) {
    struct cfn__source source;
    const struct cfn_place place = {.file = path};
    int error = cfn__source_open(&source, path);
    if (error)
        return cfn_fail(diags, "io.read", place, NULL, "cannot be read: %s", strerror(error));
    size_t size = source.stamp.size < ceiling ? (size_t)source.stamp.size : ceiling;
    char *bytes = cfn__alloc(size + 1);
    error = cfn__source_read(&source, 0, bytes, size);
    int result = 0;
    if (error || cfn__source_changed(&source))
        result = cfn_fail(diags, "io.changed", place, NULL, "was written to while it was read");
    else if (put_file(zip, entry, bytes, size))
        result = cfn_fail(diags, "upload.archive", place, NULL,
                          "the archive that it belongs to must be at most 256 MB");
    free(bytes);
    cfn__source_close(&source);
    return result;
}

char *cfn__zip(const struct cfn_upload_file *files, size_t count, size_t *size,
               struct cfn_diags *diags) {
    struct cfn_text zip = {.ceiling = ceiling};
    struct entry *entries = cfn__alloc((count + 1) * sizeof *entries);
    int result = 0;
    if (count > MOST_FILES)
        result = cfn_fail(diags, "upload.archive", (struct cfn_place){0}, NULL,
                          "an archive must have at most 65,534 files");
    for (size_t i = 0; i < count && result == 0; i++) {
        entries[i].name = files[i].key;
        result = read_file(&zip, &entries[i], files[i].path, diags);
    }
    size_t directory = zip.size;
    for (size_t i = 0; i < count && result == 0; i++)
        put_line(&zip, &entries[i]);
    put_end(&zip, count, directory);
    free(entries);
    *size = zip.size;
    if (result == 0 && !zip.full)
        return cfn_text_take(&zip);
    cfn_text_done(&zip);
    return NULL;
}

int cfn_upload_add_zip(struct cfn_upload_list *list, const char *folder, const char *other,
                       const char *key, struct cfn_diags *diags) {
    struct cfn_upload_list inside = {0};
    size_t size = 0;
    char *bytes = NULL;
    const char *slash = other ? strrchr(other, '/') : NULL;
    if (cfn_upload_add_folder(&inside, folder, "", NULL, diags) == 0) {
        if (other)
            cfn_upload_add_file(&inside, other, slash ? slash + 1 : other);
        bytes = cfn__zip(inside.files, inside.count, &size, diags);
    }
    cfn_upload_list_done(&inside);
    if (!bytes)
        return -1;
    cfn__upload_add(list, folder, key, bytes, size);
    return 0;
}
