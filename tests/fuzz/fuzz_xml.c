/*
 * Any bytes as the reply of each service: what comes out has an outcome, an output where that is
 * good, and texts that are there.
 */
#include "aws/protocol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(const char *service, const char *action, int status, const uint8_t *data,
                   size_t size) {
    struct cfn__response response = {.status = status, .error = "", .body_size = size};
    struct cfn_reply reply;
    response.body = cfn__alloc(size + 1);
    response.headers = cfn__copy("");
    if (size)
        memcpy(response.body, data, size);
    cfn__decode(cfn__service_find(service), action, &response, &reply);
    if ((reply.outcome == CFN_REPLY_OK) != (reply.output != NULL) || !reply.code ||
        !reply.message || !reply.request_id)
        abort();
    if (reply.output && !json_is_object(reply.output))
        abort();
    char *text = json_dumps(reply.output, JSON_ENCODE_ANY);
    free(text);
    cfn_reply_done(&reply);
    cfn__response_done(&response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    decode("cloudformation", "DescribeStacks", 200, data, size);
    decode("cloudformation", "DescribeStacks", 400, data, size);
    decode("rds", "DescribeDBInstances", 200, data, size);
    decode("ec2", "DescribeVpcs", 200, data, size);
    decode("ec2", "DescribeVpcs", 403, data, size);
    decode("s3", "ListObjectVersions", 200, data, size);
    decode("s3", "ListObjectVersions", 404, data, size);
    decode("kms", "DescribeKey", 200, data, size);
    decode("kms", "DescribeKey", 400, data, size);
    return 0;
}
