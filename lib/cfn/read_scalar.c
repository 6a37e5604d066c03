/* Plain scalars of YAML 1.1, and the short forms of CloudFormation's functions. */
#include "checker.h"
#include "read.h"
#include "render.h"

#include <string.h>

static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
static const char *const truths[] = {"true", "True", "TRUE", "yes", "Yes",
                                     "YES",  "on",   "On",   "ON",  NULL};
static const char *const untruths[] = {"false", "False", "FALSE", "no",  "No",
                                       "NO",    "off",   "Off",   "OFF", NULL};
/* Single letters are booleans to YAML 1.1, but not to its usual parsers: quoted in what is written,
 * strings in what is read. */
static const char *const others[] = {"y", "Y", "n", "N", "=", "<<", NULL};

static bool is_among(const char *const *words, const char *text) {
    while (*words && strcmp(*words, text) != 0)
        words++;
    return *words != NULL;
}

/* A number that JSON writes the same way; anything else (012, 3.10, 1e5) would lose what it looks
 * like. */
static json_t *number_of(const char *text, size_t size) {
    char again[64];
    if (size >= sizeof again || !strchr("-0123456789", *text))
        return NULL;
    json_t *number = json_loadb(text, size, JSON_DECODE_ANY, NULL);
    size_t written = json_dumpb(number, again, sizeof again,
                                JSON_ENCODE_ANY | JSON_REAL_PRECISION(CFN__PRECISION));
    if (number && written == size && memcmp(text, again, size) == 0)
        return number;
    json_decref(number);
    return NULL;
}

json_t *cfn__plain_scalar(const char *text, size_t size) {
    json_t *number = number_of(text, size);
    if (number)
        return number;
    if (is_among(nulls, text) && strlen(text) == size)
        return json_null();
    if (is_among(truths, text))
        return json_true();
    if (is_among(untruths, text))
        return json_false();
    return json_stringn(text, size);
}

/* Integers in any base, sexagesimals, reals, .inf and .nan, dates: all begin so, and few words do.
 */
static bool is_numeric(const char *text) {
    text += *text == '-' || *text == '+';
    text += *text == '.';
    return (*text >= '0' && *text <= '9') || *text == 'i' || *text == 'I' || *text == 'n' ||
           *text == 'N' || *text == '\0';
}

bool cfn__is_resolved(const char *text) {
    bool word = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
    return is_among(nulls, text) || is_among(truths, text) || is_among(untruths, text) ||
           is_among(others, text) || (!word && is_numeric(text));
}

static bool is_core_tag(const char *tag) {
    static const char *const names[] = {"str", "int", "float", "bool", "null", "seq", "map", NULL};
    static const char core[] = "tag:yaml.org,2002:";
    return cfn_starts_with(tag, core) && is_among(names, tag + sizeof core - 1);
}

static const char *find_form(const char *word, const char **near) {
    static const char *const forms[] = {
        "Ref",
        "Condition",
        "Fn::And",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::Contains",
        "Fn::EachMemberEquals",
        "Fn::EachMemberIn",
        "Fn::Equals",
        "Fn::FindInMap",
        "Fn::GetAtt",
        "Fn::GetAZs",
        "Fn::GetStackOutput",
        "Fn::If",
        "Fn::ImportValue",
        "Fn::Join",
        "Fn::Length",
        "Fn::Not",
        "Fn::Or",
        "Fn::RefAll",
        "Fn::Select",
        "Fn::Split",
        "Fn::Sub",
        "Fn::ToJsonString",
        "Fn::Transform",
        "Fn::ValueOf",
        "Fn::ValueOfAll",
    };
    struct cfn__near nearest = {.word = word};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *name = forms[i] + (cfn_starts_with(forms[i], "Fn::") ? 4 : 0);
        if (strcmp(name, word) == 0)
            return forms[i];
        cfn__near_try(&nearest, name);
    }
    *near = nearest.best;
    return NULL;
}

const char *cfn__long_form(const char *tag, bool *unknown, const char **near) {
    const char *function = NULL;
    *near = NULL;
    *unknown = false;
    if (is_core_tag(tag))
        return NULL;
    if (tag[0] == '!' && tag[1])
        function = find_form(tag + 1, near);
    *unknown = !function;
    return function;
}
