/*
 * The parts of setting a warehouse up: reading what is there (setup_state.c), what lacks of it
 * (setup.c), carrying it out and looking again (setup_apply.c).
 */
#ifndef CFN_DATA_SETUP_H
#define CFN_DATA_SETUP_H

#include "base/base.h"

#include <cfngen/warehouse_setup.h>

/* Every user that the setup names, with its role: calls `each` until there are no more. */
typedef void cfn__setup_user(void *self, const char *user, const char *role);
void cfn__setup_users(const struct cfn_warehouse_setup *setup, cfn__setup_user *each, void *self);

/* Whether a list of texts has that one. */
bool cfn__has_text(const json_t *list, const char *text);

/* 'a', 'b': texts for "in (...)"; "''" of none. */
void cfn__put_texts(struct cfn_text *sql, const char *const *items, size_t count);

#endif
