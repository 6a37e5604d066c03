/*
 * MD5 (RFC 1321), for the checksums of control totals alone: databases of every kind have it. Its
 * own code, because the digests of OpenSSL cost more to set up than the few bytes of a row to
 * digest, and are not to be had where only FIPS algorithms are allowed. It protects nothing.
 */
#ifndef CFN_DATA_MD5_H
#define CFN_DATA_MD5_H

#include <stddef.h>
#include <stdint.h>

/* The first 32 bits: what the first eight hexadecimal digits say. */
uint32_t cfn__md5_head(const void *bytes, size_t size);
void cfn__md5_bytes(const void *bytes, size_t size, unsigned char digest[16]);

#endif
