/* Digests, and how their bytes are written. */
#ifndef CFN_AWS_DIGEST_H
#define CFN_AWS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { CFN__SHA256_SIZE = 32 };

void cfn__sha256(const void *bytes, size_t size, unsigned char digest[CFN__SHA256_SIZE]);
/* The same of bytes that come in pieces. _end gives the digest, where that is wanted, and frees. */
struct cfn__digest;
struct cfn__digest *cfn__digest_new(void);
void cfn__digest_add(struct cfn__digest *digest, const void *bytes, size_t size);
void cfn__digest_end(struct cfn__digest *digest, unsigned char bytes[CFN__SHA256_SIZE]);
void cfn__hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size,
                      unsigned char digest[CFN__SHA256_SIZE]);

/* As 40 hexadecimal digits and NUL: for the names of files in AWS's caches, nothing else. */
void cfn__sha1(const void *bytes, size_t size, char hex[41]);

/* As 32 hexadecimal digits and NUL: for the passwords of databases that know no other digest.
 * false: this machine's OpenSSL is not allowed to make one. */
bool cfn__md5(const void *bytes, size_t size, char hex[33]);

/* Lower-case hexadecimal digits and NUL: 2 * size + 1 characters. */
void cfn__hex(const unsigned char *bytes, size_t size, char *text);
/* Base64 with padding and NUL: (size + 2) / 3 * 4 + 1 characters. */
void cfn__base64(const unsigned char *bytes, size_t size, char *text);

#endif
