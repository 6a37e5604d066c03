#include <cfngen/version.h>

const char *cfn_version(void) {
    return CFNGEN_VERSION;
}
