/* What is used of libpq, as it declares it; so that neither its headers nor the library itself are
 * needed to build or to run anything else. */
#ifndef CFN_DATA_LIBPQ_H
#define CFN_DATA_LIBPQ_H

/* The members of libpq's PQconninfoOption. */
struct cfn__pq_option {
    char *keyword, *envvar, *compiled, *val, *label, *dispchar;
    int dispsize;
};

enum { CFN__PQ_CONNECTION_OK = 0 };
enum {
    CFN__PQ_COMMAND_OK = 1,
    CFN__PQ_TUPLES_OK = 2,
    CFN__PQ_COPY_IN = 4,
    CFN__PQ_EMPTY_QUERY = 0
};

/* F(type, name, arguments) */
#define CFN__LIBPQ(F)                                                                              \
    F(int, PQlibVersion, (void))                                                                   \
    F(struct cfn__pq_option *, PQconndefaults, (void))                                             \
    F(struct cfn__pq_option *, PQconninfoParse, (const char *dsn, char **error))                   \
    F(void, PQconninfoFree, (struct cfn__pq_option * options))                                     \
    F(void, PQfreemem, (void *memory))                                                             \
    F(void *, PQconnectdbParams,                                                                   \
      (const char *const *keywords, const char *const *values, int expand))                        \
    F(void, PQfinish, (void *connection))                                                          \
    F(int, PQstatus, (const void *connection))                                                     \
    F(char *, PQerrorMessage, (const void *connection))                                            \
    F(int, PQsocket, (const void *connection))                                                     \
    F(int, PQsetnonblocking, (void *connection, int on))                                           \
    F(void *, PQsetNoticeProcessor,                                                                \
      (void *connection, void (*processor)(void *self, const char *message), void *self))          \
    F(int, PQsendQuery, (void *connection, const char *sql))                                       \
    F(int, PQconsumeInput, (void *connection))                                                     \
    F(int, PQisBusy, (void *connection))                                                           \
    F(int, PQflush, (void *connection))                                                            \
    F(void *, PQgetResult, (void *connection))                                                     \
    F(void *, PQexec, (void *connection, const char *sql))                                         \
    F(int, PQputCopyData, (void *connection, const char *bytes, int size))                         \
    F(int, PQputCopyEnd, (void *connection, const char *why))                                      \
    F(int, PQresultStatus, (const void *result))                                                   \
    F(char *, PQresultErrorMessage, (const void *result))                                          \
    F(char *, PQresultErrorField, (const void *result, int field))                                 \
    F(int, PQntuples, (const void *result))                                                        \
    F(int, PQnfields, (const void *result))                                                        \
    F(char *, PQgetvalue, (const void *result, int row, int column))                               \
    F(int, PQgetisnull, (const void *result, int row, int column))                                 \
    F(void, PQclear, (void *result))

struct cfn__libpq {
    void *library;
#define CFN__LIBPQ_MEMBER(type, name, arguments) type(*name) arguments;
    CFN__LIBPQ(CFN__LIBPQ_MEMBER)
#undef CFN__LIBPQ_MEMBER
};

#endif
