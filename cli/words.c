/* Durations, the width of the terminal, and questions. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void cli_duration(int64_t milliseconds, char text[32]) {
    long long seconds = (milliseconds + 500) / 1000;
    if (milliseconds < 0)
        seconds = 0;
    if (seconds < 60)
        snprintf(text, 32, "%llds", seconds);
    else if (seconds < 3600)
        snprintf(text, 32, "%lldm %02llds", seconds / 60, seconds % 60);
    else
        snprintf(text, 32, "%lldh %02lldm", seconds / 3600, seconds / 60 % 60);
}

size_t cli_terminal_width(FILE *file) {
    struct winsize size;
    if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    return width >= 20 && width <= 1000 ? (size_t)width : 80;
}

size_t cli_terminal_height(FILE *file) {
    struct winsize size;
    return ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

/* Only the whole answer counts: a line typed ahead, or an end of input, is a no. */
bool cli_confirm(const char *question, const char *answer) {
    char line[256];
    if (!isatty(STDIN_FILENO))
        return false;
    fprintf(stderr, "%s ", question);
    fflush(stderr);
    if (!fgets(line, sizeof line, stdin)) {
        putc('\n', stderr);
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return strcmp(line, answer) == 0;
}
