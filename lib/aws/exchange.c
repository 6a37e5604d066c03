#include "exchange.h"

#include "files.h"
#include "pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of NAME in "NAME=value" lines; empty ones do not count. */
static const char *variable(const char *const *variables, const char *name) {
    size_t size = strlen(name);
    for (; variables && *variables; variables++)
        if (strncmp(*variables, name, size) == 0 && (*variables)[size] == '=' &&
            (*variables)[size + 1])
            return *variables + size + 1;
    return NULL;
}

static char *first_of(const char *const *variables, const char *const names[]) {
    const char *value = NULL;
    for (size_t i = 0; names[i] && !value; i++)
        value = variable(variables, names[i]);
    return cfn__copy(value ? value : "");
}

void cfn__proxies_read(struct cfn__proxies *proxies, const char *const *variables) {
    static const char *const https[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                        NULL};
    static const char *const http[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", NULL};
    static const char *const skip[] = {"no_proxy", "NO_PROXY", NULL};
    *proxies = (struct cfn__proxies){
        .https = first_of(variables, https),
        .http = first_of(variables, http),
        .skip = first_of(variables, skip),
    };
}

void cfn__proxies_done(struct cfn__proxies *proxies) {
    cfn__secret_free(proxies->https);
    cfn__secret_free(proxies->http);
    free(proxies->skip);
}

void cfn__response_make(struct cfn__response *response, int status, struct cfn_text *headers,
                        struct cfn_text *body) {
    *response = (struct cfn__response){.status = status, .error = "", .body_size = body->size};
    response->headers = cfn_text_take(headers);
    response->body = cfn_text_take(body);
    char *date = cfn__response_header(response, "Date");
    int64_t time = date ? cfn_time_read(date) : 0;
    response->date = time > 0 ? time : 0;
    free(date);
}

void cfn__response_fail(struct cfn__response *response, const char *error, const char *detail) {
    *response = (struct cfn__response){.error = error};
    response->body = cfn__copy("");
    response->headers = cfn__copy("");
    size_t size = 0;
    for (; *detail && *detail != '?' && size < sizeof response->detail - 1; detail++)
        response->detail[size++] = *detail >= ' ' && *detail < 0x7F ? *detail : ' ';
}

void cfn__response_done(struct cfn__response *response) {
    if (response->body)
        cfn__wipe(response->body, response->body_size);
    free(response->body);
    free(response->headers);
    *response = (struct cfn__response){.error = ""};
}

char *cfn__response_header(const struct cfn__response *response, const char *name) {
    size_t size = strlen(name);
    char *found = NULL;
    for (const char *line = response->headers; line && *line && !found;) {
        size_t length = strcspn(line, "\r\n");
        if (length > size && line[size] == ':') {
            char *head = cfn__alloc(size + 1);
            memcpy(head, line, size);
            if (cfn__same_name(head, name)) {
                const char *value = line + size + 1;
                value += strspn(value, " \t");
                found = cfn__alloc((size_t)(line + length - value) + 1);
                memcpy(found, value, (size_t)(line + length - value));
            }
            free(head);
        }
        line += length;
        line += strspn(line, "\r\n");
    }
    return found;
}
