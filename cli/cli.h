/*
 * What the files of the command share. A verb is one file, cmd_VERB.c, with its options inside;
 * main.c holds the table of all verbs, which is usage and dispatch. The command stands on the
 * public headers alone.
 */
#ifndef CFNGEN_CLI_H
#define CFNGEN_CLI_H

#include <cfngen/cfngen.h>
#include <stdio.h>

enum cli_exit { CLI_DONE, CLI_NO, CLI_USAGE, CLI_IO };

struct cli_option {
    const char *name;
    char letter;          /* of the short form, or 0 */
    const char *argument; /* "FILE"; NULL: a switch */
    const char *help;     /* without a full stop; choices and default follow it by themselves */
    const char *choices;  /* "json|yaml": what the argument may be; or NULL */
    const char *fallback; /* default, or NULL */
    const char *words; /* for completion: the arguments of cfngen that print what may stand there;
                          or NULL */
    bool repeats;
};
#define CLI_OPTIONS_END                                                                            \
    { .name = NULL }

struct cli_example {
    const char *command, *does;
};

struct cli;

/* Words for completion are "a b c", or "@ls --names" for what cfngen prints when it is so called,
 * or "@" for the commands. */

/* Groups of options that several verbs have. */
enum { CLI_PLATFORM = 1, CLI_REPORT = 2, CLI_AWS = 4 };

/* What a verb's own file says of it. */
struct cli_verb {
    const struct cli_option *options;
    unsigned common;      /* groups of options */
    const char *about;    /* paragraphs that follow the purpose, lines broken at 80 characters */
    const char *words;    /* for completion of operands; NULL: files */
    size_t most_operands; /* SIZE_MAX: any number */
    const struct cli_example *examples; /* ended by one without a command */
    int (*run)(struct cli *cli);
};

/* A line of the table in main.c. */
struct cli_command {
    const char *name, *operands, *purpose;
    const struct cli_verb *verb;
    bool hidden;
};
extern const struct cli_command cli_commands[]; /* ended by one without a name */
const struct cli_command *cli_find_command(const char *name);
int cli_unknown_command(const struct cli *cli, const char *word); /* told; CLI_USAGE */

/* One run. */
struct cli_given {
    const struct cli_option *option;
    const char *value;
};
struct cli {
    const struct cli_command *command;
    const char **operands;
    size_t operand_count;
    struct cli_given *given;
    size_t given_count;
    struct cfn_diags *diags;
    const char *color; /* "auto", "always", "never" */
    bool json;         /* diagnostics for machines */
    bool reported;     /* they have been written */
};

/* main.c: one run from its words ("cfngen", the verb, the rest) to its exit code; diagnostics are
 * told. */
int cli_run(int count, char **words);

/* options.c: what the user asked for. */
const struct cli_option *cli_option_at(const struct cli_verb *verb,
                                       size_t index);   /* NULL: no more */
char *cli_option_help(const struct cli_option *option); /* with choices and default; free() it */
const char *cli_option_group(const struct cli_verb *verb,
                             size_t index); /* heading where one begins */
int cli_parse(struct cli *cli, int count, char **words);
bool cli_has(const struct cli *cli, const char *option);
const char *cli_value(const struct cli *cli, const char *option); /* the last one, or NULL */
const char *cli_value_at(const struct cli *cli, const char *option, size_t index);
/* Tells a mistake of usage and returns CLI_USAGE. */
int cli_usage(const struct cli *cli, const char *format, ...) CFN_PRINTF(2, 3);

/* help.c, man.c, completion.c: made of the table. */
void cli_help(const struct cli *cli, FILE *file);
void cli_help_command(const struct cli *cli, const struct cli_command *command);

/* memory.c: memory and text; out of memory aborts. */
void *cli_alloc(size_t size); /* zeroed */
void *cli_resize(void *memory, size_t size);
char *cli_text(const char *format, ...) CFN_PRINTF(1, 2);
/* The index-th of "a|b|c" in buffer; false: there is none. */
bool cli_choice(const char *choices, size_t index, char *buffer, size_t size);

/* report.c: diagnostics on a stream, as lines, pictures for a terminal, or JSON. */
enum cli_stream { CLI_STDERR_LINES, CLI_STDOUT_ARRAY };
void cli_report(struct cli *cli, enum cli_stream stream);

/* terminal.c: colours follow --color, else $NO_COLOR and whether a terminal is there. */
enum cli_style { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_RED, CLI_YELLOW, CLI_GREEN, CLI_BLUE };
bool cli_is_rich(const struct cli *cli, FILE *file); /* a person looks at it */
/* The sequence that begins a style on a stream, "" where it has no colours. CLI_PLAIN ends every
 * style. */
const char *cli_style(const struct cli *cli, FILE *file, enum cli_style style);
/* Text of others on its way to a person: control characters are written out. */
void cli_put_clean(FILE *file, const char *text);

/* A table: cells are added row by row; the first row is the head. */
struct cli_table {
    size_t columns;
    unsigned right; /* bits: columns of numbers */
    char **cells;
    size_t count;
};
void cli_cell(struct cli_table *table, const char *format, ...) CFN_PRINTF(2, 3);
/* Prints and frees the cells. */
void cli_table_drop(struct cli_table *table); /* frees the cells without printing them */
void cli_table_print(const struct cli *cli, struct cli_table *table, FILE *file);

/* files.c. Failures are recorded as diagnostics. */
char *cli_read(struct cli *cli, const char *name,
               size_t *size); /* "-": standard input; NULL: failed */
struct cli_files {
    struct cli_file *files;
    size_t count;
};
/* Files are staged beside their places, then put there all together; what was there before is never
 * half written. */
int cli_stage(struct cli *cli, struct cli_files *files, const char *path, const char *text);
int cli_publish(struct cli *cli, struct cli_files *files); /* and done */
void cli_discard(struct cli_files *files);
int cli_make_directory(struct cli *cli, const char *path);
/* One file, or standard output where path is NULL or "-". 0 or CLI_IO. */
int cli_write(struct cli *cli, const char *path, const char *text);

/* session.c: the platform that the options name. Each is CLI_DONE, or the exit code after what was
 * told. */
struct cli_session {
    char *text;
    const char **variables, **flags;
    struct cfn_stack_set *set;
    struct cfn_platform *platform;
    struct cfn_assembly *assembly;
};
int cli_load(struct cli *cli, struct cli_session *session);
const char *cli_config_name(const struct cli *cli); /* of the file; "-": standard input */
int cli_synthesize(struct cli *cli, struct cli_session *session);
void cli_session_done(struct cli_session *session);
int cli_today(struct cli *cli, char today[11]); /* "2026-11-23" */

/* facts.c: what AWS knows of a type (whose service may be NULL) or, where it is not NULL, of a
 * property of that type. */
void cli_show_facts(const struct cli *cli, struct cfn_type type,
                    const struct cfn_property *property);

/* Resources of a template. */
size_t cli_resources(const struct cfn_assembled *stack);
/* "1 error", "2 errors" */
const char *cli_plural(size_t count, const char *noun, char buffer[48]);
/* "a, b", or "-" where there is none; free() it. */
char *cli_joined(struct cfn_texts texts);
/* Writes JSON for machines and a newline, and releases it. */
void cli_put_json(FILE *file, json_t *value);
/* The same in one line, written at once: of a stream of objects. */
void cli_put_line(FILE *file, json_t *value);

#endif
