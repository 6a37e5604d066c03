/*
 * Uploading files to S3: many at once, and only those that have changed.
 *
 * What lies in a bucket is known without asking for each object: every place (keys that are kept
 * together) has a manifest, the object .cfngen/NAME.json of its bucket, with size, SHA-256 and ETag
 * of each file that was sent. One listing of the place's prefix tells sizes and ETags as they are,
 * so that what somebody else has overwritten is noticed and sent again. Where nothing has changed,
 * two calls say so, however many files there are.
 *
 * Each body carries its SHA-256, which S3 compares; of a file in parts so does each part, and the
 * whole at its end. A file that changes while it is read is not taken. The manifest is renewed
 * every few seconds, so a run that was killed is continued by the next one. Two runs at once do no
 * harm: the manifest of the later one counts, and what it does not know is sent again.
 *
 *     struct cfn_upload *upload = cfn_upload_new(places, count, NULL);
 *     int result = cfn_upload_run(upload, transport, &watcher, diags);
 *     json_t *told = cfn_upload_result(upload);
 */
#ifndef CFNGEN_UPLOAD_H
#define CFNGEN_UPLOAD_H

#include <cfngen/aws.h>
#include <cfngen/platform.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file and the key that it shall have. */
struct cfn_upload_file {
    const char *path;  /* where it is here; what people are told */
    const char *key;   /* UTF-8, at most 1,024 bytes */
    const char *bytes; /* these instead of what is at the path; NULL: the file */
    size_t size;       /* of the bytes */
};

/* Keys of one bucket that are kept together. All is borrowed. */
struct cfn_upload_place {
    const char *name; /* "dags": what people call it, and its manifest */
    const char *bucket;
    const char *owner;  /* the account that the bucket must belong to, or NULL */
    const char *prefix; /* that all keys begin with: one listing tells of them. NULL: each key is
                           asked for by itself, and its version is told though it is not sent */
    const struct cfn_upload_file *files;
    size_t count;
};

struct cfn_upload_options {
    bool dry_run;    /* only looks */
    bool remove;     /* deletes what was sent from here once and is here no longer; what somebody
                        else has put there or changed since stays */
    unsigned calls;  /* under way at once; 0: 48 */
    uint64_t memory; /* bytes of bodies under way; 0: 96 MiB; one part is always taken */
    uint64_t large;  /* size from which a file goes in parts; 0: 16 MiB */
    uint64_t part;   /* size of a part; 0: 8 MiB; more where 10,000 would not do */
    int64_t keep;    /* milliseconds between two manifests; 0: 5,000 */
};

enum cfn_upload_kind { CFN_UPLOAD_SENT, CFN_UPLOAD_REMOVED };
/* What has happened, or in a dry run would happen. */
struct cfn_upload_event {
    enum cfn_upload_kind kind;
    const char *place, *bucket, *key;
    uint64_t size;
};
struct cfn_upload_progress {
    size_t files, files_done;   /* of those that are to be sent; 0 before that is known */
    uint64_t bytes, bytes_done; /* of them */
};
struct cfn_upload_watcher { /* each may be NULL */
    void (*event)(void *self, const struct cfn_upload_event *event);
    void (*look)(void *self, const struct cfn_upload_progress *progress, int64_t now);
    /* 1: nothing more is sent, what is under way is awaited, parts are taken back, the manifest is
     * kept. 2: ends at once; the transport must then be freed before the upload. */
    int (*stop)(void *self);
    void *self;
};

struct cfn_upload;
/* options may be NULL. */
CFN_API struct cfn_upload *cfn_upload_new(const struct cfn_upload_place *places, size_t count,
                                          const struct cfn_upload_options *options);
/* Once. -1 with diagnostics when not everything was done: "aws.*" and "io.*", "upload.*" for what
 * must be changed here. One file's failure does not keep the others. */
CFN_API int cfn_upload_run(struct cfn_upload *upload, const struct cfn_transport *transport,
                           const struct cfn_upload_watcher *watcher, struct cfn_diags *diags);
/* {dry_run, files, bytes (sent), unchanged, places: [{name, bucket, sent: [{key, path, bytes}],
 * unchanged, removed: [key], left: [key], versions: {key: version}}]}: a new reference. versions:
 * of places without a prefix. left: what was sent once, is gone here and still lies there. */
CFN_API json_t *cfn_upload_result(const struct cfn_upload *upload);
CFN_API void cfn_upload_free(struct cfn_upload *upload);

/* Files of folders and archives, owned by the list. {0} to begin with. */
struct cfn_upload_list {
    struct cfn_upload_file *files;
    size_t count;
    struct cfn_upload_store *store;
};
/* Adds all files below a folder, their keys being the prefix and the path below the folder, in the
 * order of their keys. Names that begin with a dot (but .airflowignore), __pycache__, *.pyc and the
 * names of `skip` (of the folder itself, ended by NULL, may be NULL) are passed over. Links are
 * followed within the folder; what leads out of it, what is no file and names that are no key are
 * told and refused. */
CFN_API int cfn_upload_add_folder(struct cfn_upload_list *list, const char *folder,
                                  const char *prefix, const char *const *skip,
                                  struct cfn_diags *diags);
CFN_API void cfn_upload_add_file(struct cfn_upload_list *list, const char *path, const char *key);
/* Adds one archive of the same files (ZIP, stored): the same files give the same bytes. `other` is
 * one more file, or NULL. It is made in memory, at most 256 MB. */
CFN_API int cfn_upload_add_zip(struct cfn_upload_list *list, const char *folder, const char *other,
                               const char *key, struct cfn_diags *diags);
CFN_API void cfn_upload_list_done(struct cfn_upload_list *list);

/* What a platform's stacks need to do their work, by parts:
 *   spark         PIPELINE/spark and tables.json to spark/ of the bucket of scripts, and
 *                 spark/modules.zip, all of them for --py-files
 *   dags          PIPELINE/dags to the folder of DAGs (mwaa.dags_path)
 *   dbt           the dbt project to dbt_project/ there, without target, dbt_packages and logs
 *   requirements  PIPELINE/requirements.txt, plugins.zip (or the folder plugins), startup.sh by the
 *                 paths of mwaa's settings
 */
struct cfn_upload_sources {
    const char *pipeline, *dbt_project; /* folders */
    const char *const *parts;           /* ended by NULL; NULL or none: all that is here, for stacks
                                           that are enabled */
};
struct cfn_upload_set {
    struct cfn_upload_place *places;
    size_t count;
    struct cfn_upload_list lists[4];
    struct cfn_upload_store *store;
};
/* The parts' names, ended by NULL. */
CFN_API extern const char *const cfn_upload_parts[];
/* stacks: of cfn_inspect_stacks, which tells the buckets. */
CFN_API int cfn_upload_set_of(const struct cfn_platform *platform, const json_t *stacks,
                              const struct cfn_upload_sources *sources, struct cfn_upload_set *set,
                              struct cfn_diags *diags);
CFN_API void cfn_upload_set_done(struct cfn_upload_set *set);
/* Parameters of the stack mwaa that the versions of a result ask for: those that differ from what
 * it has, {"RequirementsVersion": version}. A new reference. */
CFN_API json_t *cfn_upload_parameters(const struct cfn_platform *platform, const json_t *stacks,
                                      const json_t *result);

#ifdef __cplusplus
}
#endif

#endif
