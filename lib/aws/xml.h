/* XML replies as JSON values. */
#ifndef CFN_AWS_XML_H
#define CFN_AWS_XML_H

#include "base/base.h"

#include <jansson.h>

/* What XML does not say by itself: which elements are lists, and what the API calls them. Any may
 * be NULL. */
struct cfn__xml_names {
    /* Whether an element whose children are all called item is a list of them; item NULL: one that
     * is empty. */
    bool (*list)(const char *name, const char *item);
    /* Whether elements of that name are a list where they stand, be it one. text: they are texts.
     */
    bool (*flat)(const char *name, bool text);
    /* The API's name of a member, written to room or a constant. */
    const char *(*rename)(const char *name, bool list, char room[128]);
};

/* {root: value}. An element without children is its text; one whose children have one name that
 * makes a list is an array, where the children are entries of key and value an object of those; any
 * other is an object, in which a name that comes again has an array. Attributes and prefixes of
 * namespaces are dropped. NULL for what is no XML, has a document type, is deeper than 64 elements
 * or has more than two million. */
json_t *cfn__xml_read(const char *text, size_t size, const struct cfn__xml_names *names);

/* Appends text as it stands between tags. */
void cfn__xml_escape(struct cfn_text *xml, const char *text);

#endif
