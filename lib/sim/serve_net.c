/* The server's door to the network: sockets of this machine alone. */
#define _POSIX_C_SOURCE 200809L
#include "serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 512 };

static bool prepare(int fd) {
    int on = 1, flags = fcntl(fd, F_GETFL);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* --- listening --- */

static bool read_port(const char *text, in_port_t *port) {
    char *end;
    if (!*text || text[strspn(text, "0123456789")])
        return false;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    *port = htons((in_port_t)number);
    return errno == 0 && number <= 65535;
}

union place {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool read_v4(const char *host, in_port_t port, union place *place) {
    place->v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    return inet_pton(AF_INET, host, &place->v4.sin_addr) == 1 &&
           ntohl(place->v4.sin_addr.s_addr) >> 24 == 127;
}

static bool read_v6(const char *host, in_port_t port, union place *place) {
    size_t size = strlen(host);
    char inner[64];
    if (size < 3 || size >= sizeof inner || host[0] != '[' || host[size - 1] != ']')
        return false;
    memcpy(inner, host + 1, size - 2);
    inner[size - 2] = '\0';
    place->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port};
    return inet_pton(AF_INET6, inner, &place->v6.sin6_addr) == 1 &&
           IN6_IS_ADDR_LOOPBACK(&place->v6.sin6_addr);
}

/* The size of the address; 0: it is no loopback address. */
static socklen_t read_place(const char *address, union place *place) {
    const char *colon = strrchr(address, ':');
    in_port_t port;
    char host[64];
    if (!colon || (size_t)(colon - address) >= sizeof host || !read_port(colon + 1, &port))
        return 0;
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    if (read_v4(host, port, place))
        return sizeof place->v4;
    return read_v6(host, port, place) ? sizeof place->v6 : 0;
}

static int open_listener(const union place *place, socklen_t size, int *port) {
    union place got = {0};
    socklen_t got_size = sizeof got;
    int on = 1, fd = socket(place->any.sa_family, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (prepare(fd) && bind(fd, &place->any, size) == 0 && listen(fd, BACKLOG) == 0 &&
        getsockname(fd, &got.any, &got_size) == 0) {
        *port = ntohs(got.any.sa_family == AF_INET ? got.v4.sin_port : got.v6.sin6_port);
        return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int cfn__net_listen(const char *address, int *port, struct cfn_diags *diags) {
    union place place = {0};
    socklen_t size = read_place(address, &place);
    if (!size)
        return cfn_fail(diags, "sim.address", (struct cfn_place){0}, NULL,
                        "must be a loopback address with a port, as 127.0.0.1:4566, not '%s'",
                        address);
    int fd = open_listener(&place, size, port);
    if (fd < 0)
        return cfn_fail(diags, "sim.listen", (struct cfn_place){0}, NULL,
                        "cannot listen (%s) on '%s'", strerror(errno), address);
    return fd;
}

/* --- connections --- */

int cfn__net_accept(int listener) {
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0 && !prepare(fd)) {
        close(fd);
        return -1;
    }
    return fd;
}

void cfn__net_wait(struct cfn__watched *watched, size_t count, int64_t milliseconds) {
    struct pollfd polled[CFN__MOST_CLIENTS + 1];
    for (size_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){
            .fd = watched[i].reads || watched[i].writes ? watched[i].fd : -1,
            .events = (short)((watched[i].reads ? POLLIN : 0) | (watched[i].writes ? POLLOUT : 0))};
    int happened = poll(polled, (nfds_t)count, (int)milliseconds);
    for (size_t i = 0; i < count; i++) {
        int events = happened > 0 ? polled[i].revents : 0;
        watched[i].can_read = events & (POLLIN | POLLHUP | POLLERR | POLLNVAL);
        watched[i].can_write = events & POLLOUT;
    }
}

static long result(ssize_t size) {
    if (size >= 0)
        return (long)size;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

long cfn__net_read(int fd, char *bytes, size_t size) {
    ssize_t got = recv(fd, bytes, size, 0);
    return got == 0 ? -1 : result(got);
}

long cfn__net_write(int fd, const char *bytes, size_t size) {
    return result(send(fd, bytes, size, MSG_NOSIGNAL));
}

void cfn__net_finish(int fd) {
    shutdown(fd, SHUT_WR);
}

void cfn__net_close(int fd) {
    close(fd);
}
