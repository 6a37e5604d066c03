/*
 * Feeds every file below the given folders to a fuzzer, once: the corpus as an ordinary test,
 * without libFuzzer. Folders that are not there are passed over; an input is accepted or refused,
 * but must not crash.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replayed;

static void replay_file(FILE *file, const char *path) {
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    if (size < 0 || !data || fread(data, 1, (size_t)size, file) != (size_t)size) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    /* Said before, so that a crash names its input. */
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    replayed++;
}

static void replay(const char *path) {
    DIR *folder = opendir(path);
    FILE *file = folder ? NULL : fopen(path, "rb");
    if (file) {
        replay_file(file, path);
        fclose(file);
    }
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        char below[4096];
        int length = snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && length < (int)sizeof below)
            replay(below);
    }
    closedir(folder);
}

int main(int count, char **words) {
    for (int i = 1; i < count; i++)
        replay(words[i]);
    printf("%zu inputs\n", replayed);
    return replayed == 0;
}
