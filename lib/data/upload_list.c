#define _XOPEN_SOURCE 700
#define _FILE_OFFSET_BITS 64
/* Lists of files, and how a folder becomes one: the floor's door to folders. */
#include "upload_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 64, LONGEST_KEY = 1024 };

/* -- lists ------------------------------------------------------------------------------------- */

static struct cfn_upload_store *store_of(struct cfn_upload_list *list) {
    if (!list->store)
        list->store = cfn__alloc(sizeof *list->store);
    return list->store;
}

struct cfn_arena *cfn__upload_arena(struct cfn_upload_list *list) {
    return &store_of(list)->arena;
}

void cfn__upload_add(struct cfn_upload_list *list, const char *path, const char *key, char *bytes,
                     size_t size) {
    struct cfn_upload_store *store = store_of(list);
    list->files = cfn__grow(list->files, &store->room, list->count, sizeof *list->files);
    list->files[list->count++] = (struct cfn_upload_file){
        .path = cfn_arena_copy(&store->arena, path, strlen(path)),
        .key = cfn_arena_copy(&store->arena, key, strlen(key)),
        .bytes = bytes,
        .size = size,
    };
    if (bytes)
        *CFN_PUSH(&store->blobs) = bytes;
}

void cfn_upload_add_file(struct cfn_upload_list *list, const char *path, const char *key) {
    cfn__upload_add(list, path, key, NULL, 0);
}

void cfn_upload_list_done(struct cfn_upload_list *list) {
    if (list->store) {
        for (size_t i = 0; i < list->store->blobs.count; i++)
            free(list->store->blobs.items[i]);
        free(list->store->blobs.items);
        cfn_arena_done(&list->store->arena);
    }
    free(list->store);
    free(list->files);
    *list = (struct cfn_upload_list){0};
}

/* -- folders ----------------------------------------------------------------------------------- */

/* A folder on the way from the root to here: links must not lead back to one. */
struct level {
    dev_t device;
    ino_t number;
    const struct level *above;
    unsigned depth;
};

struct walk {
    struct cfn_upload_list *list;
    char *root; /* without links */
    const char *const *skip;
    struct cfn_diags *diags;
    bool failed;
};

static void refuse(struct walk *walk, const char *code, const char *path, const char *what,
                   const char *why) {
    walk->failed = true;
    cfn_fail(walk->diags, code, (struct cfn_place){.file = path}, NULL, "%s%s", what, why);
}

/* What is nobody's source: hidden things, and what Python compiles. */
static bool is_passed_over(const char *name) {
    return (*name == '.' && strcmp(name, ".airflowignore") != 0) ||
           strcmp(name, "__pycache__") == 0 || cfn_ends_with(name, ".pyc");
}

static bool is_skipped(const struct walk *walk, const char *name, unsigned depth) {
    for (size_t i = 0; depth == 0 && walk->skip && walk->skip[i]; i++)
        if (strcmp(walk->skip[i], name) == 0)
            return true;
    return is_passed_over(name);
}

static bool is_key(const char *key) {
    size_t size = strlen(key);
    for (size_t at = 0, length; at < size; at += length) {
        length = cfn_utf8_length(key + at, size - at);
        if (length == 0 || (unsigned char)key[at] < ' ' || key[at] == 0x7F)
            return false;
    }
    return size <= LONGEST_KEY;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted and ended by NULL; free() them and the list. */
static char **names_in(struct walk *walk, const char *folder, unsigned depth) {
    CFN_ARRAY(char *) names = {0};
    DIR *directory = opendir(folder);
    if (!directory) {
        refuse(walk, "io.read", folder, "cannot be read: ", strerror(errno));
        return NULL;
    }
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(directory)); errno = 0)
        if (!is_skipped(walk, entry->d_name, depth))
            *CFN_PUSH(&names) = cfn__copy(entry->d_name);
    if (errno)
        refuse(walk, "io.read", folder, "cannot be read: ", strerror(errno));
    closedir(directory);
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, by_name);
    *CFN_PUSH(&names) = NULL;
    return names.items;
}

static bool leads_within(struct walk *walk, const char *path) {
    char *real = realpath(path, NULL);
    size_t root = strlen(walk->root);
    bool inside = real && strncmp(real, walk->root, root) == 0 && real[root] == '/';
    if (!real)
        refuse(walk, "upload.link", path, "is a link that leads nowhere: ", strerror(errno));
    else if (!inside)
        refuse(walk, "upload.link", path, "is a link that leads out of the folder", "");
    free(real);
    return inside;
}

static void walk_folder(struct walk *walk, const char *folder, const char *key,
                        const struct level *above);

static void walk_name(struct walk *walk, const char *path, const char *key,
                      const struct level *level) {
    struct stat about;
    if (lstat(path, &about) != 0) {
        refuse(walk, "io.read", path, "cannot be read: ", strerror(errno));
        return;
    }
    if (S_ISLNK(about.st_mode) && (!leads_within(walk, path) || stat(path, &about) != 0))
        return;
    if (S_ISDIR(about.st_mode))
        walk_folder(walk, path, key, level);
    else if (!S_ISREG(about.st_mode))
        refuse(walk, "upload.kind", path, "is neither a file nor a folder", "");
    else if (!is_key(key))
        refuse(walk, "upload.name", path,
               "must have a name of UTF-8 without control characters, its key being at most "
               "1,024 bytes",
               "");
    else
        cfn_upload_add_file(walk->list, path, key);
}

static bool enter(struct walk *walk, const char *folder, const struct level *above,
                  struct level *level) {
    struct stat about;
    const char *why = above && above->depth == DEEPEST ? "is more than 64 folders deep" : NULL;
    if (stat(folder, &about) != 0) {
        refuse(walk, "io.read", folder, "cannot be read: ", strerror(errno));
        return false;
    }
    *level = (struct level){about.st_dev, about.st_ino, above, above ? above->depth + 1 : 0};
    for (const struct level *one = above; one; one = one->above)
        if (one->device == level->device && one->number == level->number)
            why = "is a link that leads back to a folder above it";
    if (why)
        refuse(walk, "upload.link", folder, why, "");
    return !why;
}

static void walk_folder(struct walk *walk, const char *folder, const char *key,
                        const struct level *above) {
    struct cfn_text path = {0}, below = {0};
    struct level level;
    char **names = enter(walk, folder, above, &level) ? names_in(walk, folder, level.depth) : NULL;
    for (size_t i = 0; names && names[i]; i++) {
        cfn_text_printf(&path, "%s/%s", folder, names[i]);
        cfn_text_printf(&below, "%s%s%s", key, above ? "/" : "", names[i]);
        walk_name(walk, path.data, below.data, &level);
        cfn_text_done(&path);
        cfn_text_done(&below);
        free(names[i]);
    }
    free(names);
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const struct cfn_upload_file *)a)->key,
                  ((const struct cfn_upload_file *)b)->key);
}

int cfn_upload_add_folder(struct cfn_upload_list *list, const char *folder, const char *prefix,
                          const char *const *skip, struct cfn_diags *diags) {
    struct walk walk = {.list = list, .skip = skip, .diags = diags, .root = realpath(folder, NULL)};
    size_t before = list->count;
    if (!walk.root) {
        refuse(&walk, "io.read", folder, "cannot be read: ", strerror(errno));
        return -1;
    }
    walk_folder(&walk, folder, prefix, NULL);
    if (list->count > before)
        qsort(list->files + before, list->count - before, sizeof *list->files, by_key);
    free(walk.root);
    return walk.failed ? -1 : 0;
}
