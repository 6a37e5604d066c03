/*
 * What the files of the upload share.
 *
 * The work goes by phases, each of which gives calls until it has no more and all are answered:
 * manifests and listings are read; what has changed is found, here alone; files are sent; parts
 * that were begun in vain are taken back; what is gone is removed; manifests are kept.
 */
#ifndef CFN_DATA_UPLOAD_H
#define CFN_DATA_UPLOAD_H

#include "base/base.h"
#include "source.h"

#include <cfngen/upload.h>

enum cfn__upload_phase {
    CFN__READING,
    CFN__SENDING,
    CFN__TAKING_BACK,
    CFN__REMOVING,
    CFN__KEEPING,
    CFN__UPLOADED
};

enum cfn__file_state {
    CFN__FILE_UNKNOWN,
    CFN__FILE_SAME,
    CFN__FILE_TO_SEND,
    CFN__FILE_GOING,
    CFN__FILE_SENT,
    CFN__FILE_FAILED
};

struct cfn__upload_place {
    const struct cfn_upload_place *given;
    char *manifest;   /* its key */
    json_t *known;    /* the manifest's files: {key: {size, sha256, etag, version}} */
    json_t *there;    /* as S3 tells: {key: {size, etag, version}} */
    json_t *gone;     /* keys that are known, lie there unchanged and are here no longer */
    json_t *removed;  /* keys */
    json_t *versions; /* {key: version} */
    size_t asked;     /* calls of reading that were made */
    size_t removing;  /* keys of gone that a call has taken */
    bool changed;     /* the manifest is to be kept */
    bool keeping;     /* a call for that is under way */
    bool ended;       /* the bucket has refused what it would refuse again */
};

/* A file that goes in parts. */
struct cfn__parts {
    struct cfn__source source;
    char *id;
    uint64_t size; /* of each but the last */
    size_t count, begun, done, away;
    struct cfn__part {
        char *etag;
        unsigned char digest[CFN__SHA256_SIZE];
    } * made;
    struct cfn__digest *whole;
    char checksum[64]; /* of the whole, as S3 makes it of the parts' */
    bool failed, aborting;
};

struct cfn__upload_file {
    const struct cfn_upload_file *given;
    struct cfn__upload_place *place;
    enum cfn__file_state state;
    uint64_t size;
    char sha256[65];
    struct cfn__parts *parts;
    struct cfn__upload_file *next; /* of those in parts */
};

struct cfn_upload;
/* A call under way. */
struct cfn__upload_call {
    uint64_t id; /* 0: none */
    void (*take)(struct cfn_upload *upload, struct cfn__upload_call *call,
                 const struct cfn_reply *reply);
    struct cfn__upload_place *place;
    struct cfn__upload_file *file;
    const char *action;
    size_t part; /* or how many keys are removed */
    char *body;
    size_t size;
    unsigned char digest[CFN__SHA256_SIZE];
};

struct cfn_upload {
    struct cfn_upload_options options;
    const struct cfn_transport *transport;
    const struct cfn_upload_watcher *watcher;
    struct cfn_diags *diags;
    enum cfn__upload_phase phase;
    struct cfn__upload_place *places;
    size_t place_count;
    struct cfn__upload_file *files;
    size_t file_count, next; /* the file that is sent next */
    struct cfn__upload_file *in_parts;
    size_t parts_count;
    struct cfn__upload_call *calls; /* options.calls of them */
    uint64_t ids, memory;           /* bytes of bodies under way */
    size_t under_way, failures;
    int64_t kept; /* when manifests were kept last */
    int stopped;  /* as the watcher says; 1 also after what makes going on useless */
    bool failed;
    struct cfn_upload_progress progress;
    uint64_t bytes_sent;
};

/* upload.c: begins a call for which there is room. input is consumed; call's body becomes the
 * upload's. */
bool cfn__upload_room(const struct cfn_upload *upload, uint64_t size);
void cfn__upload_ask(struct cfn_upload *upload, const struct cfn__upload_call *call, json_t *input);
/* {Bucket, Key, ExpectedBucketOwner} */
json_t *cfn__upload_input(const struct cfn__upload_place *place, const char *key);
/* Tells a failed reply. What others would meet as well ends the run. */
void cfn__upload_refused(struct cfn_upload *upload, const struct cfn__upload_call *call,
                         const struct cfn_reply *reply);
/* Tells what is wrong with a file here. */
void cfn__upload_unread(struct cfn_upload *upload, struct cfn__upload_file *file, int error);
void cfn__upload_changed(struct cfn_upload *upload, struct cfn__upload_file *file);
void cfn__upload_tell(struct cfn_upload *upload, enum cfn_upload_kind kind,
                      const struct cfn__upload_place *place, const char *key, uint64_t size);

/* upload_read.c: whether another call was made. */
bool cfn__upload_read_next(struct cfn_upload *upload);
/* upload_compare.c: what is to be sent, and what is gone. */
void cfn__upload_compare(struct cfn_upload *upload);
/* upload_send.c */
bool cfn__upload_send_next(struct cfn_upload *upload);
void cfn__upload_sent(struct cfn_upload *upload, struct cfn__upload_file *file,
                      const json_t *output);
/* Whether a reply has an ETag, and the checksum that it tells, if it does, is this one. */
bool cfn__upload_is_proof(const json_t *output, const char *checksum);
/* upload_parts.c */
void cfn__upload_begin_parts(struct cfn_upload *upload, struct cfn__upload_file *file,
                             const struct cfn__source *source);
bool cfn__upload_parts_next(struct cfn_upload *upload);
bool cfn__upload_take_back_next(struct cfn_upload *upload);
void cfn__parts_free(struct cfn__parts *parts);
/* upload_keep.c */
bool cfn__upload_remove_next(struct cfn_upload *upload);
bool cfn__upload_keep_next(struct cfn_upload *upload);
json_t *cfn__manifest_read(const char *text, size_t size); /* the files; NULL: it is none */
/* An ETag without its quotes. */
json_t *cfn__etag_of(const char *etag);

#endif
