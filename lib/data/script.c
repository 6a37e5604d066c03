/* SQL scripts: where a statement ends. Redshift reads backslashes in quotes as escapes. */
#include "base/base.h"

#include <cfngen/warehouse.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum kind { BLANK, COMMENT, END, OTHER };

/* A piece of a script that is looked at. `open` says what was not closed. */
struct piece {
    enum kind kind;
    size_t size;
    const char *open;
};

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* -- pieces; each is at the beginning of text -------------------------------------------------- */

static struct piece line_comment(const char *text, size_t size) {
    const char *end = memchr(text, '\n', size);
    return (struct piece){COMMENT, end ? (size_t)(end - text) : size, NULL};
}

static struct piece block_comment(const char *text, size_t size) {
    size_t at = 2;
    for (int depth = 1; at + 1 < size; at++) {
        if (text[at] == '/' && text[at + 1] == '*') {
            depth++;
            at++;
        } else if (text[at] == '*' && text[at + 1] == '/') {
            at++;
            if (--depth == 0)
                return (struct piece){COMMENT, at + 1, NULL};
        }
    }
    return (struct piece){COMMENT, size, "a comment"};
}

/* A doubled quote is read as two pieces side by side, which comes to the same. */
static struct piece quoted(const char *text, size_t size) {
    for (size_t at = 1; at < size; at++) {
        if (text[at] == '\\' && text[0] == '\'')
            at++;
        else if (text[at] == text[0])
            return (struct piece){OTHER, at + 1, NULL};
    }
    return (struct piece){OTHER, size, text[0] == '"' ? "a quoted name" : "a quoted text"};
}

/* $$ or $name$ up to its like. */
static struct piece dollars(const char *text, size_t size) {
    size_t tag = 1;
    while (tag < size && is_word(text[tag]) && text[tag] != '$')
        tag++;
    if (tag >= size || text[tag] != '$' || (tag > 1 && isdigit((unsigned char)text[1])))
        return (struct piece){OTHER, 1, NULL};
    tag++;
    for (size_t at = tag; at + tag <= size; at++)
        if (text[at] == '$' && memcmp(text + at, text, tag) == 0)
            return (struct piece){OTHER, at + tag, NULL};
    return (struct piece){OTHER, size, "a dollar quote"};
}

static struct piece word(const char *text, size_t size) {
    size_t at = 1;
    while (at < size && is_word(text[at]))
        at++;
    return (struct piece){OTHER, at, NULL};
}

static struct piece piece_at(const char *text, size_t size) {
    if (isspace((unsigned char)*text))
        return (struct piece){BLANK, 1, NULL};
    if (*text == ';')
        return (struct piece){END, 1, NULL};
    if (size > 1 && text[0] == '-' && text[1] == '-')
        return line_comment(text, size);
    if (size > 1 && text[0] == '/' && text[1] == '*')
        return block_comment(text, size);
    if (*text == '\'' || *text == '"')
        return quoted(text, size);
    if (*text == '$')
        return dollars(text, size);
    return is_word(*text) ? word(text, size) : (struct piece){OTHER, 1, NULL};
}

/* -- statements -------------------------------------------------------------------------------- */

static int column_at(const struct cfn_script *script, size_t at) {
    size_t begin = at;
    int column = 1;
    while (begin > 0 && script->text[begin - 1] != '\n')
        begin--;
    for (; begin < at; begin++)
        column += ((unsigned char)script->text[begin] & 0xC0) != 0x80;
    return column;
}

static struct cfn_place place_at(const struct cfn_script *script) {
    return (struct cfn_place){script->file, script->line, column_at(script, script->at)};
}

static void pass(struct cfn_script *script, size_t size) {
    for (size_t end = script->at + size; script->at < end; script->at++)
        script->line += script->text[script->at] == '\n';
}

static void begin(struct cfn_script *script) {
    static const char mark[] = "\xEF\xBB\xBF"; /* of an editor, for UTF-8 */
    script->line = 1;
    if (script->size >= 3 && memcmp(script->text, mark, 3) == 0)
        script->at = 3;
}

bool cfn_script_next(struct cfn_script *script, struct cfn_sql *sql, struct cfn_diags *diags) {
    size_t end = 0; /* behind the last piece that is no blank and no comment */
    if (script->line == 0)
        begin(script);
    *sql = (struct cfn_sql){0};
    while (script->at < script->size && !script->wrong) {
        const char *text = script->text + script->at;
        struct piece piece = piece_at(text, script->size - script->at);
        if (piece.open) {
            cfn_fail(diags, "sql.open", place_at(script), NULL, "%s begins here and does not end",
                     piece.open);
            script->wrong = true;
            return false;
        }
        if (piece.kind == OTHER && !sql->text)
            *sql = (struct cfn_sql){text, 0, place_at(script)};
        pass(script, piece.size);
        if (piece.kind == OTHER)
            end = script->at;
        if (piece.kind == END && sql->text)
            break;
    }
    if (sql->text)
        sql->size = (size_t)(script->text + end - sql->text);
    return sql->text != NULL;
}

/* -- what is made ------------------------------------------------------------------------------ */

static char *doubled(const char *text, char quote, bool backslashes) {
    struct cfn_text all = {0};
    cfn_text_write(&all, &quote, 1);
    for (; *text; text++) {
        if (*text == quote || (backslashes && *text == '\\'))
            cfn_text_write(&all, text, 1);
        cfn_text_write(&all, text, 1);
    }
    cfn_text_write(&all, &quote, 1);
    return cfn_text_take(&all);
}

char *cfn_sql_name(const char *name) {
    return doubled(name, '"', false);
}

char *cfn_sql_text(const char *text) {
    return doubled(text, '\'', true);
}
