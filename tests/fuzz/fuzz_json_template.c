/*
 * Templates in JSON. Bytes that are none are used another way: each byte picks a piece of a
 * template, so that the checker behind the reader is reached by chance alone.
 */
#include <cfngen/check.h>
#include <cfngen/template.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 16 };

static const char *const pieces[] = {
    "{\"Resources\":{",
    "\"A\":{\"Type\":\"AWS::S3::Bucket\",\"Properties\":{",
    "\"B\":{\"Type\":\"AWS::EC2::Instance\",\"Properties\":{",
    "\"C\":{\"Type\":\"AWS::SQS::Queue\",\"DependsOn\":",
    "},\"Parameters\":{\"P\":{\"Type\":",
    "},\"Conditions\":{\"D\":",
    "},\"Mappings\":{\"M\":{\"a\":{\"b\":",
    "},\"Outputs\":{\"O\":{\"Value\":",
    "\"Transform\":\"AWS::LanguageExtensions\",",
    "{\"Ref\":",
    "{\"Fn::GetAtt\":[",
    "{\"Fn::Sub\":",
    "{\"Fn::If\":[\"D\",",
    "{\"Fn::Join\":[\"\",",
    "{\"Fn::Select\":[0,",
    "{\"Fn::Split\":[\",\",",
    "{\"Fn::FindInMap\":[",
    "{\"Fn::Equals\":[",
    "{\"Fn::And\":[",
    "{\"Fn::Transform\":",
    "{\"Condition\":",
    "{\"Fn::ForEach::X\":",
    "\"A\"",
    "\"B\"",
    "\"P\"",
    "\"D\"",
    "\"M\"",
    "\"AWS::NoValue\"",
    "\"AWS::Region\"",
    "\"Arn\"",
    "\"${A}${B.c}${!x}${P\"",
    "\"String\"",
    "\"List<Number>\"",
    "\"BucketName\":",
    "\"Tags\":",
    "\"VersioningConfiguration\":",
    "\"BlockDeviceMappings\":",
    "\"Default\":",
    "\"AllowedPattern\":",
    "\"AllowedValues\":",
    "\"DeletionPolicy\":",
    "\"Metadata\":",
    "\"Properties\":",
    "\"Type\":",
    "true",
    "null",
    "1",
    "-2.5e3",
    "\"x\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "]}",
    "}}",
    "}}}",
    "\"(a|aa)+$\"",
};

static void check(const char *text, size_t size) {
    struct cfn_diags *diags = cfn_diags_new();
    int result = cfn_check_text("fuzz", text, size, diags);
    if ((result != 0) != (cfn_diags_errors(diags) > 0))
        abort();
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        free(cfn_diag_text(cfn_diags_at(diags, i)));
    cfn_diags_free(diags);
    json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    if (value)
        free(cfn_render(value, CFN_FORMAT_YAML));
    json_decref(value);
}

/* Pieces one after another; what is open at the end is closed, so that most of it is well-formed.
 */
static void check_pieces(const uint8_t *data, size_t size) {
    char *text = malloc(LARGEST + 64), open[64];
    size_t used = 0, depth = 0;
    if (!text)
        abort();
    for (size_t i = 0; i < size; i++) {
        const char *piece = pieces[data[i] % (sizeof pieces / sizeof *pieces)];
        size_t length = strlen(piece);
        if (used + length >= LARGEST || depth + 8 > sizeof open)
            break;
        for (const char *c = piece; *c; c++) {
            if (*c == '{' || *c == '[')
                open[depth++] = *c == '{' ? '}' : ']';
            else if ((*c == '}' || *c == ']') && depth > 0)
                depth--;
        }
        memcpy(text + used, piece, length);
        used += length;
    }
    while (depth > 0)
        text[used++] = open[--depth];
    check(text, used);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 0 && data[0] == '{')
        check((const char *)data, size);
    else
        check_pieces(data, size);
    return 0;
}
