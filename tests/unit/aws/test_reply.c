/* Replies: what a failure means, what it says, and how outputs are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/protocol.h"

static void codes_have_their_meaning(void **state) {
    (void)state;
    static const struct {
        int status;
        const char *code;
        enum cfn_outcome outcome;
    } rows[] = {
        {400, "ValidationError", CFN_REPLY_REFUSED},
        {400, "AlreadyExistsException", CFN_REPLY_REFUSED},
        {400, "LimitExceededException", CFN_REPLY_REFUSED},
        {429, "ConcurrentResourcesLimitExceeded", CFN_REPLY_REFUSED},
        {404, "ChangeSetNotFound", CFN_REPLY_REFUSED},
        {404, "NoSuchBucket", CFN_REPLY_REFUSED},
        {301, "PermanentRedirect", CFN_REPLY_REFUSED},
        {400, "Throttling", CFN_REPLY_THROTTLED},
        {400, "ThrottlingException", CFN_REPLY_THROTTLED},
        {503, "RequestLimitExceeded", CFN_REPLY_THROTTLED},
        {503, "SlowDown", CFN_REPLY_THROTTLED},
        {429, "", CFN_REPLY_THROTTLED},
        {403, "AccessDenied", CFN_REPLY_DENIED},
        {400, "AccessDeniedException", CFN_REPLY_DENIED},
        {403, "UnauthorizedOperation", CFN_REPLY_DENIED},
        {403, "InvalidClientTokenId", CFN_REPLY_DENIED},
        {403, "SignatureDoesNotMatch", CFN_REPLY_DENIED},
        {403, "", CFN_REPLY_DENIED},
        {403, "ExpiredToken", CFN_REPLY_EXPIRED},
        {400, "ExpiredTokenException", CFN_REPLY_EXPIRED},
        {500, "InternalFailure", CFN_REPLY_BROKEN},
        {503, "ServiceUnavailable", CFN_REPLY_BROKEN},
        {502, "", CFN_REPLY_BROKEN},
        {400, "InternalServerException", CFN_REPLY_BROKEN},
        {500, "ValidationError", CFN_REPLY_BROKEN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (cfn__classify(rows[i].status, rows[i].code) != rows[i].outcome)
            fail_msg("%d %s", rows[i].status, rows[i].code);
}

static void failure(const char *service, int status, const char *headers, const char *body,
                    const char *expected) {
    struct cfn__response response = {.status = status, .error = ""};
    struct cfn_reply reply;
    struct cfn_text said = {0};
    response.body = cfn__copy(body);
    response.body_size = strlen(body);
    response.headers = cfn__copy(headers);
    cfn__decode(cfn__service_find(service), "Do", &response, &reply);
    cfn_text_printf(&said, "%s %s: %s [%s]", cfn_outcome_name(reply.outcome), reply.code,
                    reply.message, reply.request_id);
    assert_string_equal(said.data, expected);
    assert_null(reply.output);
    cfn_text_done(&said);
    cfn_reply_done(&reply);
    cfn__response_done(&response);
}

static void failures_of_every_protocol_are_read(void **state) {
    (void)state;
    failure("cloudformation", 400, "",
            "<ErrorResponse xmlns='http://x/'><Error><Type>Sender</Type><Code>ValidationError"
            "</Code><Message>Stack with id x does not exist</Message></Error><RequestId>r-1"
            "</RequestId></ErrorResponse>",
            "refused ValidationError: Stack with id x does not exist [r-1]");
    failure("ec2", 403, "",
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message>"
            "</Error></Errors><RequestID>r-2</RequestID></Response>",
            "denied UnauthorizedOperation: no [r-2]");
    failure("s3", 404, "x-amz-request-id: R\r\n",
            "<Error><Code>NoSuchBucket</Code><Message>gone</Message></Error>",
            "refused NoSuchBucket: gone [R]");
    failure("s3", 404, "", "", "refused NotFound: not found []");
    failure("kms", 400, "x-amzn-RequestId: k\r\n",
            "{\"__type\": \"com.amazonaws.kms#NotFoundException\", \"message\": \"no key\"}",
            "refused NotFoundException: no key [k]");
    failure("emr-serverless", 404, "x-amzn-ErrorType: ResourceNotFoundException:http://x/\r\n",
            "{\"message\": \"none\"}", "refused ResourceNotFoundException: none []");
    failure("sso", 401, "", "{\"message\": \"Session token not found or invalid\"}",
            "expired UnauthorizedSSOTokenError: Session token not found or invalid []");
    failure("sso-oidc", 400, "", "{\"error\": \"invalid_grant\", \"error_description\": \"old\"}",
            "refused invalid_grant: old []");
}

static void what_is_no_answer_goes_by_its_status(void **state) {
    (void)state;
    static const char html[] = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>";
    failure("cloudformation", 502, "", html, "broken BadGateway: bad gateway []");
    failure("cloudformation", 503, "", "", "broken ServiceUnavailable: service unavailable []");
    failure("cloudformation", 429, "", html, "throttled TooManyRequests: too many requests []");
    failure("cloudformation", 403, "", "<html><p>no</p></html>", "denied Forbidden: forbidden []");
    failure("cloudformation", 418, "", "tea",
            "broken UnexpectedAnswer: an answer that is not the service's []");
    failure("cloudformation", 400, "", "<ErrorResponse><Error><Type>Sender</Type><Code>Valid",
            "broken BadRequest: bad request []");
    failure("cloudformation", 404, "", html, "broken NotFound: not found []");
    failure("cloudformation", 200, "", html,
            "broken unreadable: an answer that is not the service's []");
    failure("cloudformation", 200, "", "<html><p>sign in</p></html>",
            "broken unreadable: an answer that is not the service's []");
    failure("kms", 500, "", html, "broken InternalFailure: internal failure []");
    failure("kms", 200, "", html, "broken unreadable: an answer that is not the service's []");
}

static void a_failure_becomes_a_diagnostic(void **state) {
    (void)state;
    struct cfn_reply reply = {.outcome = CFN_REPLY_REFUSED,
                              .status = 400,
                              .code = cfn__copy("ValidationError"),
                              .message = cfn__copy("Stack with id x does not exist."),
                              .request_id = cfn__copy("r-1")};
    const struct cfn_call call = {.service = "cloudformation", .action = "DescribeStacks"};
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_reply_fail(&reply, &call, diags), -1);
    const struct cfn_diag *diag = cfn_diags_at(diags, 0);
    assert_string_equal(diag->code, "aws.ValidationError");
    assert_string_equal(diag->message,
                        "cloudformation DescribeStacks is refused: Stack with id x does not exist "
                        "(status 400, request r-1)");
    cfn_reply_done(&reply);
    assert_int_equal(cfn_reply_fail(&reply, &call, diags), -1); /* nothing at all is known */
    assert_string_equal(cfn_diags_at(diags, 1)->code, "aws.failed");
    cfn_diags_free(diags);
}

static void outputs_are_read_by_paths(void **state) {
    (void)state;
    json_t *output = json_pack("{s:[{s:s, s:i}], s:{s:s}}", "Stacks", "Name", "a", "Size", 1,
                               "Deep", "0", "zero");
    assert_string_equal(cfn_output_text(output, "Stacks.0.Name"), "a");
    assert_string_equal(cfn_output_text(output, "Deep.0"), "zero");
    static const char *const none[] = {
        "Stacks.1.Name", "Stacks.0.Size", "Stacks.x.Name", "Stacks", "", "Stacks..Name", "Nope.0"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_string_equal(cfn_output_text(output, none[i]), "");
    assert_string_equal(cfn_output_text(NULL, "Stacks"), "");
    assert_int_equal(json_array_size(cfn_output_list(output, "Stacks")), 1);
    assert_null(cfn_output_list(output, "Deep"));
    assert_null(cfn_output_list(NULL, "Stacks"));
    json_decref(output);
}

static void sha256_is_that_of_the_standard(void **state) {
    (void)state;
    char hex[65];
    cfn_sha256("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cfn_sha256(NULL, 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_their_meaning),
        cmocka_unit_test(failures_of_every_protocol_are_read),
        cmocka_unit_test(what_is_no_answer_goes_by_its_status),
        cmocka_unit_test(a_failure_becomes_a_diagnostic),
        cmocka_unit_test(outputs_are_read_by_paths),
        cmocka_unit_test(sha256_is_that_of_the_standard),
    };
    return cmocka_run_group_tests_name("aws reply", tests, NULL, NULL);
}
