/* Evaluates what it is asked: a list of {template, parameters} on standard input, and on standard
 * output a list of {"value": of the output O} or {"error": what was told}. A resource's id is
 * id-NAME, an attribute is NAME/ATTRIBUTE. */
#include <cfngen/evaluate.h>

#include <stdio.h>
#include <stdlib.h>

static cfn_value ref(void *self, const char *id) {
    (void)self;
    return cfn_fmt("id-%s", id);
}

static cfn_value attribute(void *self, const char *id, const char *name) {
    (void)self;
    return cfn_fmt("%s/%s", id, name);
}

static const struct cfn_world world = {
    .account = "123456789012",
    .region = "eu-west-1",
    .partition = "aws",
    .url_suffix = "amazonaws.com",
    .stack_name = "shop",
    .stack_id = "arn:stack/shop",
    .ref = ref,
    .attribute = attribute,
};

static json_t *told(const struct cfn_diags *diags) {
    char *text = cfn_diag_text(cfn_diags_at(diags, 0));
    json_t *answer = cfn_map({"error", cfn_str(text)});
    free(text);
    return answer;
}

static json_t *answer(const json_t *question) {
    struct cfn_diags *diags = cfn_diags_new();
    const json_t *body = json_object_get(question, "template");
    const json_t *output = json_object_get(json_object_get(body, "Outputs"), "O");
    struct cfn_evaluation *evaluation =
        cfn_evaluation_new(body, json_object_get(question, "parameters"), &world, diags);
    cfn_value value = evaluation ? cfn_evaluate(evaluation, json_object_get(output, "Value"),
                                                "Outputs.O.Value", diags)
                                 : NULL;
    json_t *result = value ? cfn_map({"value", value}) : told(diags);
    cfn_evaluation_free(evaluation);
    cfn_diags_free(diags);
    return result;
}

int main(void) {
    json_error_t error;
    json_t *questions = json_loadf(stdin, 0, &error), *question, *answers = cfn_list_of(NULL, 0);
    size_t index;
    if (!questions) {
        fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    json_array_foreach(questions, index, question) {
        answers = cfn_append(answers, answer(question));
    }
    json_dumpf(answers, stdout, JSON_COMPACT);
    json_decref(answers);
    json_decref(questions);
    return 0;
}
