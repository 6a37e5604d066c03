/* What a service's word for a failure means for whoever has called. */
#include "protocol.h"

#include <string.h>

static bool is_among(const char *code, const char *const words[]) {
    for (; *words; words++)
        if (strcmp(code, *words) == 0)
            return true;
    return false;
}

/* Not LimitExceededException: from CloudFormation that is a quota, and asking again does not help.
 */
static bool is_throttle(int status, const char *code) {
    static const char *const words[] = {"Throttling",
                                        "ThrottlingException",
                                        "ThrottledException",
                                        "Throttled",
                                        "RequestThrottled",
                                        "RequestThrottledException",
                                        "TooManyRequestsException",
                                        "RequestLimitExceeded",
                                        "BandwidthLimitExceeded",
                                        "SlowDown",
                                        "PriorRequestNotComplete",
                                        "EC2ThrottledException",
                                        "ProvisionedThroughputExceededException",
                                        "TransactionInProgressException",
                                        NULL};
    return is_among(code, words) || (status == 429 && !*code);
}

static bool is_expiry(const char *code) {
    static const char *const words[] = {
        "ExpiredToken",  "ExpiredTokenException",     "RequestExpired",
        "NoCredentials", "UnauthorizedSSOTokenError", NULL};
    return is_among(code, words);
}

static bool is_denial(int status, const char *code) {
    static const char *const words[] = {"AccessDenied",
                                        "AccessDeniedException",
                                        "UnauthorizedOperation",
                                        "UnauthorizedException",
                                        "AuthFailure",
                                        "InvalidClientTokenId",
                                        "InvalidAccessKeyId",
                                        "UnrecognizedClientException",
                                        "SignatureDoesNotMatch",
                                        "InvalidSignatureException",
                                        "IncompleteSignature",
                                        "IncompleteSignatureException",
                                        "MissingAuthenticationToken",
                                        "MissingAuthenticationTokenException",
                                        "InvalidToken",
                                        "NotAuthorized",
                                        "RequestTimeTooSkewed",
                                        "OptInRequired",
                                        "SubscriptionRequiredException",
                                        "AllAccessDisabled",
                                        "ForbiddenException",
                                        "Forbidden",
                                        NULL};
    return is_among(code, words) || ((status == 401 || status == 403) && !*code);
}

/* Failures of the service that it does not report with a status of its own. */
static bool is_breakage(int status, const char *code) {
    static const char *const words[] = {"InternalFailure",       "InternalError",
                                        "InternalServerError",   "InternalServerException",
                                        "ServiceUnavailable",    "ServiceUnavailableException",
                                        "RequestTimeout",        "RequestTimeoutException",
                                        "IDPCommunicationError", NULL};
    return status >= 500 || status < 200 || is_among(code, words);
}

enum cfn_outcome cfn__classify(int status, const char *code) {
    if (is_throttle(status, code))
        return CFN_REPLY_THROTTLED;
    if (is_expiry(code))
        return CFN_REPLY_EXPIRED;
    if (is_breakage(status, code))
        return CFN_REPLY_BROKEN;
    if (is_denial(status, code))
        return CFN_REPLY_DENIED;
    return CFN_REPLY_REFUSED;
}
