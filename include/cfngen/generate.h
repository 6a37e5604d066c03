/*
 * A shop in the published format of the Olist data set, made of a seed: the nine files as Kaggle
 * has them, with their quirks (quoted fields with commas, quotes and line breaks, a byte order
 * mark, missing values, misspelt cities, points in other countries), and days that go on from
 * there. What is in the files is made up.
 *
 * The same options give the same bytes on every machine. At scale 1 the files have as many rows as
 * the published ones, of each kind that is documented; other scales are in proportion, and keys
 * always fit. Rows are written as they are made: memory does not grow with them.
 */
#ifndef CFNGEN_GENERATE_H
#define CFNGEN_GENERATE_H

#include <cfngen/diag.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cfn_generate_options {
    uint64_t seed;
    int64_t scale;   /* in millionths: 1,000,000 is the size of the published files; at least 1,000,
                        at most 100,000,000 */
    bool plain_zips; /* the other published form: zip codes without leading zeros, CR LF in the
                        translation */
};

/* Writes the nine files and totals.json, the control totals of what they hold, into a folder that
 * is there. They are written beside their places, and put there when all are whole. Gives what
 * stands in totals.json as a new reference; NULL with a diagnostic. */
CFN_API json_t *cfn_generate(const struct cfn_generate_options *options, const char *folder,
                             struct cfn_diags *diags);

/* Writes day-N.sql, what happens in the shop on the N-th day (from 1) after those files and the
 * days before it, for psql: transactions of inserts, updates and deletes in the schema ecommerce;
 * and totals-day-N.json, what the tables come to after it. */
CFN_API json_t *cfn_generate_day(const struct cfn_generate_options *options, int day,
                                 const char *folder, struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif
