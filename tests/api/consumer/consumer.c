/* Prints the names of the default platform's stacks in their order of deployment. */
#include <cfngen/cfngen.h>
#include <stdio.h>
#include <string.h>

static const char file[] = "project: shop\nenvironment: dev\nregion: eu-west-1\n";

static void print(const struct cfn_assembly *assembly) {
    for (size_t i = 0; i < cfn_assembly_count(assembly); i++)
        puts(cfn_assembly_at(assembly, i)->stack_name);
}

int main(void) {
    struct cfn_stack_set *set = cfn_stack_set_new();
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_config_source source = {.name = "platform.yaml", .text = file, .size = strlen(file)};
    struct cfn_platform *platform = cfn_platform_load(set, &source, NULL, diags);
    struct cfn_assembly *assembly = platform ? cfn_platform_synth(platform, diags) : NULL;
    if (assembly)
        print(assembly);
    int code = assembly && strcmp(cfn_version(), CFNGEN_VERSION) == 0 ? 0 : 1;
    cfn_assembly_free(assembly);
    cfn_platform_free(platform);
    cfn_diags_free(diags);
    cfn_stack_set_free(set);
    return code;
}
