/* The door to OpenSSL's digests. */
#include "digest.h"

#include "files.h"

#include <cfngen/aws.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 };

/* SHA-256 of two pieces, one after the other. It fails only where memory does. */
static void digest_of(const void *first, size_t first_size, const void *second, size_t second_size,
                      unsigned char digest[CFN__SHA256_SIZE]) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(context, first, first_size) != 1 ||
        EVP_DigestUpdate(context, second, second_size) != 1 ||
        EVP_DigestFinal_ex(context, digest, NULL) != 1)
        abort();
    EVP_MD_CTX_free(context);
}

void cfn__sha256(const void *bytes, size_t size, unsigned char digest[CFN__SHA256_SIZE]) {
    digest_of("", 0, size ? bytes : "", size, digest);
}

struct cfn__digest *cfn__digest_new(void) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        abort();
    return (struct cfn__digest *)context;
}

void cfn__digest_add(struct cfn__digest *digest, const void *bytes, size_t size) {
    if (EVP_DigestUpdate((EVP_MD_CTX *)digest, bytes, size) != 1)
        abort();
}

void cfn__digest_end(struct cfn__digest *digest, unsigned char bytes[CFN__SHA256_SIZE]) {
    if (digest && bytes && EVP_DigestFinal_ex((EVP_MD_CTX *)digest, bytes, NULL) != 1)
        abort();
    EVP_MD_CTX_free((EVP_MD_CTX *)digest);
}

/* RFC 2104, with the little of OpenSSL that all its versions have. */
void cfn__hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size,
                      unsigned char digest[CFN__SHA256_SIZE]) {
    unsigned char inner[BLOCK_SIZE] = {0}, outer[BLOCK_SIZE];
    if (key_size > BLOCK_SIZE)
        cfn__sha256(key, key_size, inner);
    else
        memcpy(inner, key, key_size);
    for (size_t i = 0; i < BLOCK_SIZE; i++) {
        outer[i] = inner[i] ^ 0x5C;
        inner[i] = inner[i] ^ 0x36;
    }
    digest_of(inner, BLOCK_SIZE, bytes, size, digest);
    digest_of(outer, BLOCK_SIZE, digest, CFN__SHA256_SIZE, digest);
    cfn__wipe(inner, sizeof inner);
    cfn__wipe(outer, sizeof outer);
}

void cfn__hex(const unsigned char *bytes, size_t size, char *text) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    *text = '\0';
}

void cfn__sha1(const void *bytes, size_t size, char hex[41]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(bytes, size, digest, NULL, EVP_sha1(), NULL) != 1)
        abort();
    cfn__hex(digest, 20, hex);
}

bool cfn__md5(const void *bytes, size_t size, char hex[33]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(bytes, size, digest, NULL, EVP_md5(), NULL) != 1)
        return false;
    cfn__hex(digest, 16, hex);
    return true;
}

void cfn__base64(const unsigned char *bytes, size_t size, char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        unsigned long piece = (unsigned long)bytes[i] << 16;
        piece |= left > 1 ? (unsigned long)bytes[i + 1] << 8 : 0;
        piece |= left > 2 ? bytes[i + 2] : 0;
        *text++ = digits[piece >> 18];
        *text++ = digits[piece >> 12 & 63];
        *text++ = left > 1 ? digits[piece >> 6 & 63] : '=';
        *text++ = left > 2 ? digits[piece & 63] : '=';
    }
    *text = '\0';
}

void cfn_sha256(const void *bytes, size_t size, char hex[65]) {
    unsigned char digest[CFN__SHA256_SIZE];
    cfn__sha256(bytes, size, digest);
    cfn__hex(digest, sizeof digest, hex);
}
