#include "evaluate_fixture.h"

/* The keys of a set in the order of the alphabet; consumes it. */
static void assert_set(json_t *set, const char *expected) {
    char *text = json_dumps(set, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, expected);
    free(text);
    json_decref(set);
}

static void assert_needs(const char *resource, const char *expected) {
    struct cfn_text text = {0};
    cfn_text_printf(&text,
                    "Parameters: {P: {Type: String}}\nResources: {A: {Type: T::T}, B: {Type: "
                    "T::T}, C: {Type: T::T}, X: {%s}}\n",
                    resource);
    json_t *body = read_yaml(text.data);
    assert_set(cfn_references(body, json_object_get(json_object_get(body, "Resources"), "X")),
               expected);
    json_decref(body);
    cfn_text_done(&text);
}

static void finds_what_a_resource_refers_to(void **state) {
    (void)state;
    assert_needs("Type: T::T", "{}");
    assert_needs("Type: T::T, DependsOn: A", "{\"A\":true}");
    assert_needs("Type: T::T, DependsOn: [A, B, Nobody]", "{\"A\":true,\"B\":true}");
    assert_needs("Type: T::T, Properties: {V: [!Ref A, {x: !GetAtt B.Arn}, !Ref P]}",
                 "{\"A\":true,\"B\":true}");
    assert_needs("Type: T::T, Properties: {V: !Sub '${A} ${B.Arn} ${!C} ${P} ${AWS::Region}'}",
                 "{\"A\":true,\"B\":true}");
    assert_needs("Type: T::T, Properties: {V: !Sub ['${A} ${v}', {A: x, v: !Ref C}]}",
                 "{\"C\":true}");
    assert_needs("Type: T::T, Properties: {V: !If [Q, !Ref A, !Join ['', [!Ref B]]]}",
                 "{\"A\":true,\"B\":true}");
    assert_needs("Type: T::T, Properties: {V: {'Fn::GetAtt': [A, !Ref P]}}", "{\"A\":true}");
    assert_needs("Type: T::T, Metadata: {V: !Ref A}, Properties: {Ref: A, W: 1}", "{}");
}

static void finds_what_any_part_refers_to(void **state) {
    (void)state;
    json_t *body = read_yaml("Resources: {A: {Type: T::T}, B: {Type: T::T}}\n"
                             "Outputs: {O: {Value: !Ref A}, Q: {Value: !GetAtt B.Arn}}\n");
    json_t *outputs = json_object_get(body, "Outputs");
    assert_set(cfn_references(body, json_object_get(outputs, "O")), "{\"A\":true}");
    assert_set(cfn_references(body, outputs), "{\"A\":true,\"B\":true}");
    json_decref(body);
}

static void finds_only_what_is_taken(void **state) {
    (void)state;
    json_t *body =
        read_yaml("Conditions: {Y: !Equals [a, a], N: !Equals [a, b]}\n"
                  "Resources:\n  A: {Type: T::T}\n  B: {Type: T::T}\n"
                  "  C: {Type: T::T, Condition: N}\n  D: {Type: T::T}\n"
                  "  X: {Type: T::T, DependsOn: [C, D], Properties: {V: !If [Y, !Ref A, !Ref B],\n"
                  "      W: !Join ['', [!If [N, !Ref B, x]]]}}\n");
    json_t *part = json_object_get(json_object_get(body, "Resources"), "X");
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_evaluation *e = cfn_evaluation_new(body, NULL, &test_world, diags);
    assert_set(cfn_evaluation_references(e, part), "{\"A\":true,\"D\":true}");
    assert_set(cfn_references(body, part), "{\"A\":true,\"B\":true,\"C\":true,\"D\":true}");
    cfn_evaluation_free(e);
    json_decref(body);
    cfn_diags_free(diags);
}

static const char imports[] =
    "Parameters: {P: {Type: String, Default: p}}\n"
    "Conditions: {Y: !Equals [a, a], N: !Equals [a, b]}\n"
    "Resources:\n"
    "  A: {Type: T::T, Properties: {V: !ImportValue plain,\n"
    "      W: !If [N, !ImportValue never, !ImportValue {'Fn::Sub': '${P}-vpc'}]}}\n"
    "  D: {Type: T::T, Properties: {V: !If [Y, !ImportValue plain, !ImportValue other]}}\n"
    "  B: {Type: T::T, Condition: N, Properties: {V: !ImportValue unused}}\n"
    "Outputs: {O: {Value: !Join ['', [!ImportValue out]]}}\n";

static void finds_imports(void **state) {
    (void)state;
    json_t *body = read_yaml(imports);
    assert_set(cfn_imported_names(body, NULL),
               "{\"never\":true,\"other\":true,\"out\":true,\"plain\":true,\"unused\":true}");
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_evaluation *e = cfn_evaluation_new(body, NULL, &test_world, diags);
    assert_set(cfn_imported_names(body, e), "{\"out\":true,\"p-vpc\":true,\"plain\":true}");
    cfn_evaluation_free(e);
    json_decref(body);
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_a_resource_refers_to),
        cmocka_unit_test(finds_what_any_part_refers_to),
        cmocka_unit_test(finds_only_what_is_taken),
        cmocka_unit_test(finds_imports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
