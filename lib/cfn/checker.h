/*
 * What the files of the template checker share: its state, telling, functions, references, values.
 */
#ifndef CFN_CHECKER_H
#define CFN_CHECKER_H

#include <base/base.h>
#include <base/pattern.h>
#include <cfngen/check.h>

/* Deeper templates are refused before anything recurses into them. */
enum { CFN__MOST_DEPTH = 200 };

/* What a value may turn out to be, a set of bits. */
enum cfn__gives {
    CFN__GIVES_SCALAR = 1,
    CFN__GIVES_LIST = 2,
    CFN__GIVES_OBJECT = 4,
    CFN__GIVES_TRUTH = 8, /* a condition: legal only where one is asked for */
    CFN__GIVES_ANY = 7
};

/* Where expressions are read just now: what is legal differs. */
enum cfn__where { CFN__IN_VALUES = 1, CFN__IN_CONDITIONS = 2 };

/* from needs to, both resources (or both conditions). */
struct cfn__edge {
    const char *from, *to;
};

struct cfn__edges {
    struct cfn__edge *items;
    size_t count, room;
};

struct cfn__checker {
    const struct cfn_check *check;
    struct cfn_diags *diags;
    struct cfn_arena arena; /* texts of messages */
    struct cfn__patterns *patterns;

    /* Sections of the body; NULL where absent or no object. */
    json_t *body, *parameters, *mappings, *conditions, *resources, *outputs;

    bool macro;      /* a macro rewrites the template: only its frame is checked */
    bool serverless; /* AWS::Serverless is the transform */
    bool extensions; /* AWS::LanguageExtensions is a transform */
    bool more_ids;   /* resources may exist that are not written down */
    bool more_maps, more_conditions;

    enum cfn__where where;
    const char *condition; /* whose references become edges, or NULL */
    struct cfn__edges edges;
};

/* check_tell.c: diagnostics */

/* Records an error at a path; returns -1. */
int cfn__tell(struct cfn__checker *c, const char *code, const struct cfn_path *path,
              const char *format, ...) CFN_PRINTF(4, 5);

/* "did you mean" advice for the error told last; near may be NULL. */
void cfn__did_you_mean(struct cfn__checker *c, const char *near);

/* A user's text as it may stand in a message: one line, not too long. Lives as long as the checker.
 */
const char *cfn__shown(struct cfn__checker *c, const char *text);

/* A value in a few words: a scalar's text in quotes, "a list", "an object". */
const char *cfn__described(struct cfn__checker *c, json_t *value);

/* "Resources.Bronze.Properties.Tags[0]"; the caller frees it. NULL for the whole. */
char *cfn__path_text(const struct cfn_path *path);

/* The nearest of several words: begin with {.word = word}, try each, read best. */
struct cfn__near {
    const char *word, *best;
    size_t distance;
};
void cfn__near_try(struct cfn__near *near, const char *candidate);
const char *cfn__near_key(const char *word, json_t *object);
const char *cfn__near_of(const char *word, const char *const *words);

/* check_shape.c: the frame of a template */

/* Depth, size and nulls: false when the body cannot be walked. */
bool cfn__check_whole(struct cfn__checker *c);
void cfn__check_sections(struct cfn__checker *c);
void cfn__check_limit(struct cfn__checker *c, const char *section, json_t *entries, size_t most);
/* A logical id: letters and digits, 255 at most. */
void cfn__check_id(struct cfn__checker *c, const char *id, const struct cfn_path *path);
/* Tells keys of an object that are not among names (ended by NULL). */
void cfn__check_keys(struct cfn__checker *c, json_t *object, const char *const *names,
                     const char *code, const char *noun, const struct cfn_path *path);

/* One file each: the sections */
void cfn__check_parameters(struct cfn__checker *c);
void cfn__check_mappings(struct cfn__checker *c);
void cfn__check_conditions(struct cfn__checker *c);
void cfn__check_resources(struct cfn__checker *c);
void cfn__check_outputs(struct cfn__checker *c);

/* check_types.c: the types of parameters and resources */
bool cfn__parameter_type_known(const char *type);
unsigned cfn__parameter_gives(const char *type);
const char *cfn__near_parameter_type(const char *type);
/* The schema's type of a resource; service is NULL where the schema has no say. */
struct cfn_type cfn__type_of(const struct cfn__checker *c, json_t *resource);
bool cfn__type_is_custom(const char *name);
bool cfn__type_is_foreign(const char *name);

/* check_object.c, check_value.c, check_scalar.c: properties against the schema */
void cfn__check_object(struct cfn__checker *c, struct cfn_type type, json_t *object,
                       const struct cfn_path *path);
void cfn__check_value(struct cfn__checker *c, json_t *value, const struct cfn_property *property,
                      const struct cfn_path *path);
void cfn__check_scalar(struct cfn__checker *c, json_t *value, const struct cfn_property *property,
                       const struct cfn_path *path);
/* Tells a wrong kind: "must be a list of strings, not 'x'". */
void cfn__tell_kind(struct cfn__checker *c, json_t *value, const struct cfn_property *property,
                    const struct cfn_path *path);

/* A scalar's text: a string's own, or written to room (32 bytes). NULL for lists and objects. */
const char *cfn__scalar_text(json_t *value, char *room);
/* A property of that name holds what must not be quoted. */
bool cfn__is_secret(const char *name);
/* A decimal number, whatever the locale. */
bool cfn__number_of(const char *text, double *number);
/* A bound as text: "64", "0.5". */
const char *cfn__number_text(struct cfn__checker *c, double number);
/* Holds a dynamic reference: what it resolves to is not known. */
bool cfn__is_dynamic(const char *text);

/* check_cycle.c: tells each cycle once, at section.id, as "a -> b -> a" */
void cfn__check_cycles(struct cfn__checker *c, const char *section, const struct cfn__edges *edges);
void cfn__edge_add(struct cfn__edges *edges, const char *from, const char *to);

/* intrinsic.c: which functions there are */
struct cfn__function;
struct cfn__call {
    const struct cfn__function *function; /* NULL: unknown */
    const char *name;
    json_t *argument;
};
/* Whether a value is a call: an object whose only key is Ref or begins with Fn::. */
bool cfn__call_of(json_t *value, struct cfn__call *call);
bool cfn__call_is(const struct cfn__call *call, const char *name);
/* The argument of Fn::GetAtt, "Resource.Attribute" or [Resource, Attribute]. */
struct cfn__attribute {
    const char *resource;
    size_t size; /* of the resource's name */
    const char *attribute;
};
/* False where the names are not literal. */
bool cfn__attribute_of(const json_t *argument, struct cfn__attribute *at);

/* A name as text of its own, for looking it up: what is longer than any logical id is cut off. */
enum { CFN__ID_ROOM = 257 };
const char *cfn__id_text(const char *name, size_t size, char *room);

/* A ${...} in the text of Fn::Sub. */
struct cfn__variable {
    const char *begin, *end; /* end: behind its brace */
    const char *name;        /* blanks around it left out */
    size_t size;
    bool literal; /* ${!name}, which stands for ${name} */
};
/* The next one in a text; false where there is none. */
bool cfn__sub_next(const char *text, struct cfn__variable *variable);

/* names.c: the names that a value refers to by Ref, Fn::GetAtt and Fn::Sub, whatever they are; one
 * may be found several times. A name is no text of its own: it ends after size. */
struct cfn__names {
    void (*found)(void *self, const char *name, size_t size);
    void *self;
    bool certain; /* leaves out what stands in Fn::If, unless it is known to be taken */
    const struct cfn_evaluation *evaluation; /* knows which of Fn::If is taken; or NULL */
};
void cfn__names_in(const struct cfn__names *names, json_t *value);
/* Those that a resource waits for: of its properties, and DependsOn. */
void cfn__names_needed(const struct cfn__names *names, json_t *resource);

/* { Ref: AWS::NoValue } */
bool cfn__is_no_value(json_t *value);
/* An object some of whose members a macro or a loop will write. */
bool cfn__is_unfinished(json_t *object);
/* A set of enum cfn__gives. */
unsigned cfn__gives(struct cfn__checker *c, json_t *value);
/* Checks a call, its arguments too. */
void cfn__check_call(struct cfn__checker *c, const struct cfn__call *call,
                     const struct cfn_path *path);
/* Checks every call in a value that the schema says nothing about. */
void cfn__walk(struct cfn__checker *c, json_t *value, const struct cfn_path *path);
/* As cfn__walk, and the value must be able to give one of those. */
void cfn__expect(struct cfn__checker *c, json_t *value, unsigned gives,
                 const struct cfn_path *path);
/* A condition expression: a truth function, or { Condition: name }. */
void cfn__check_truth(struct cfn__checker *c, json_t *value, const struct cfn_path *path);

/* intrinsic_calls.c: the shape of each function's argument */
typedef void cfn__check_function(struct cfn__checker *c, const char *name, json_t *argument,
                                 const struct cfn_path *path);
cfn__check_function cfn__check_ref, cfn__check_getatt, cfn__check_sub, cfn__check_join,
    cfn__check_select, cfn__check_split, cfn__check_if, cfn__check_base64, cfn__check_cidr,
    cfn__check_azs, cfn__check_import, cfn__check_find_in_map, cfn__check_transform,
    cfn__check_anything, cfn__check_equals, cfn__check_and_or, cfn__check_not;

/* The shape and the condition of Fn::If: true when its branches, items 1 and 2, can be looked at.
 */
bool cfn__check_if_frame(struct cfn__checker *c, json_t *argument, const struct cfn_path *path);

/* intrinsic_names.c: what names stand for */
void cfn__check_condition_name(struct cfn__checker *c, json_t *name, const struct cfn_path *path);
/* What Ref of a name gives, or 0 where there is nothing of that name. */
unsigned cfn__ref_gives(struct cfn__checker *c, const char *name);
/* What Fn::GetAtt gives; CFN__GIVES_ANY where that is not known. */
unsigned cfn__att_gives(struct cfn__checker *c, json_t *argument);
/* Tells when there is nothing of that name; code is "reference.ref" or "reference.sub". */
void cfn__check_name(struct cfn__checker *c, const char *name, const char *code,
                     const struct cfn_path *path);
void cfn__check_attribute(struct cfn__checker *c, const char *resource, const char *attribute,
                          const char *code, const struct cfn_path *path);

#endif
