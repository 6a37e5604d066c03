/*
 * What every public header needs: which names leave the library, and how printf-like functions and
 * out of memory are treated.
 */
#ifndef CFNGEN_EXPORT_H
#define CFNGEN_EXPORT_H

#if defined(__GNUC__)
#define CFN_API __attribute__((visibility("default")))
#define CFN_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define CFN_API
#define CFN_PRINTF(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Called with the number of bytes asked for when memory runs out; the library aborts when it
 * returns. Set it once, before any other call. NULL restores the default, a line on standard error.
 */
CFN_API void cfn_on_out_of_memory(void (*hook)(unsigned long bytes));

#ifdef __cplusplus
}
#endif

#endif
