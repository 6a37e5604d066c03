/* The door to expat. */
#include "xml.h"

#include <expat.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64, MOST_ELEMENTS = 2000000 };

/* An element that is not closed yet. Each name among its children has an array, be it of one. */
struct element {
    char *name;
    json_t *children;
    struct cfn_text text;
};

struct reader {
    XML_Parser parser;
    const struct cfn__xml_names *names;
    struct element elements[DEEPEST + 1]; /* the first stands above the root */
    size_t depth, count;
    bool failed;
};

static void fail(struct reader *reader) {
    reader->failed = true;
    XML_StopParser(reader->parser, XML_FALSE);
}

static void XMLCALL refuse_doctype(void *self, const char *name, const char *system,
                                   const char *public, int internal) {
    (void)name, (void)system, (void)public, (void)internal;
    fail(self);
}

static const char *without_prefix(const char *name) {
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void XMLCALL open_element(void *self, const char *name, const char **attributes) {
    struct reader *reader = self;
    (void)attributes;
    if (reader->failed)
        return;
    if (reader->depth == DEEPEST || ++reader->count > MOST_ELEMENTS) {
        fail(reader);
        return;
    }
    reader->elements[++reader->depth] =
        (struct element){.name = cfn__copy(without_prefix(name)), .children = json_object()};
}

/* Text beside elements is their indentation. */
static void XMLCALL take_text(void *self, const char *bytes, int size) {
    struct reader *reader = self;
    struct element *element = &reader->elements[reader->depth];
    if (!reader->failed && json_object_size(element->children) == 0)
        cfn_text_write(&element->text, bytes, (size_t)size);
}

static bool is_list(const struct reader *reader, const char *name, const char *item) {
    return reader->names && reader->names->list && reader->names->list(name, item);
}

static json_t *leaf_of(const struct reader *reader, const struct element *element) {
    const char *text = element->text.data ? element->text.data : "";
    if (is_list(reader, element->name, NULL) && text[strspn(text, " \t\r\n")] == '\0')
        return json_array();
    json_t *value = json_stringn(text, element->text.size);
    return value ? value : json_string("");
}

/* Entries of a map have a key and, but where it is empty, a value. */
static json_t *map_of(json_t *entries) {
    json_t *map = json_object(), *entry = NULL;
    size_t i = 0;
    json_array_foreach(entries, i, entry) {
        const char *key = json_string_value(json_object_get(entry, "key"));
        json_t *value = json_object_get(entry, "value");
        if (!key || json_object_size(entry) > (value ? 2 : 1)) {
            json_decref(map);
            return json_incref(entries);
        }
        json_object_set_new(map, key, value ? json_incref(value) : json_string(""));
    }
    return map;
}

static json_t *object_of(const struct reader *reader, json_t *children) {
    const struct cfn__xml_names *names = reader->names;
    json_t *object = json_object(), *values = NULL;
    const char *name = NULL;
    json_object_foreach(children, name, values) {
        char room[128];
        bool flat =
            names && names->flat && names->flat(name, json_is_string(json_array_get(values, 0)));
        json_t *value = flat || json_array_size(values) > 1 ? values : json_array_get(values, 0);
        const char *key = name; /* the loop goes on from name */
        if (names && names->rename)
            key = names->rename(name, json_is_array(value), room);
        json_object_set(object, key, value);
    }
    return object;
}

static json_t *value_of(const struct reader *reader, const struct element *element) {
    void *first = json_object_iter(element->children);
    if (!first)
        return leaf_of(reader, element);
    const char *item = json_object_iter_key(first);
    if (json_object_size(element->children) > 1 || !is_list(reader, element->name, item))
        return object_of(reader, element->children);
    json_t *list = json_object_iter_value(first);
    return strcmp(item, "entry") == 0 ? map_of(list) : json_incref(list);
}

static void put_child(struct element *element, const char *name, json_t *value) {
    json_t *values = json_object_get(element->children, name);
    if (!values) {
        values = json_array();
        json_object_set_new(element->children, name, values);
    }
    json_array_append_new(values, value);
}

static void release(struct element *element) {
    free(element->name);
    json_decref(element->children);
    cfn_text_done(&element->text);
}

static void XMLCALL close_element(void *self, const char *name) {
    struct reader *reader = self;
    (void)name;
    if (reader->failed)
        return;
    struct element *element = &reader->elements[reader->depth--];
    put_child(&reader->elements[reader->depth], element->name, value_of(reader, element));
    release(element);
}

json_t *cfn__xml_read(const char *text, size_t size, const struct cfn__xml_names *names) {
    struct reader *reader = cfn__alloc(sizeof *reader);
    reader->parser = XML_ParserCreate(NULL);
    if (!reader->parser)
        abort();
    reader->names = names;
    reader->elements[0] = (struct element){.name = cfn__copy(""), .children = json_object()};
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, open_element, close_element);
    XML_SetCharacterDataHandler(reader->parser, take_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, refuse_doctype);
    json_t *value = NULL;
    bool read = size < INT32_MAX && XML_Parse(reader->parser, text, (int)size, 1) == XML_STATUS_OK;
    if (read && !reader->failed)
        value = object_of(reader, reader->elements[0].children);
    for (size_t i = 0; i <= reader->depth; i++)
        release(&reader->elements[i]);
    XML_ParserFree(reader->parser);
    free(reader);
    return value;
}

void cfn__xml_escape(struct cfn_text *xml, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '&':
            cfn_text_put(xml, "&amp;");
            break;
        case '<':
            cfn_text_put(xml, "&lt;");
            break;
        case '>':
            cfn_text_put(xml, "&gt;");
            break;
        case '"':
            cfn_text_put(xml, "&quot;");
            break;
        case '\r':
            cfn_text_put(xml, "&#xD;");
            break;
        default:
            cfn_text_write(xml, text, 1);
        }
    }
}
