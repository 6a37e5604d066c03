/*
 * Values as text: what the two formats share.
 */
#ifndef CFN_RENDER_H
#define CFN_RENDER_H

#include <base/base.h>
#include <jansson.h>

enum { CFN__PRECISION = 15 }; /* digits of a real number: so 0.1 stays 0.1 */

char *cfn__render_json(json_t *value); /* NULL for a cycle */

#endif
