/* Ctrl-C: counted, and the door woken, so that the loop looks at once. */
#include "deployment.h"

#include <signal.h>
#include <stdatomic.h>

static volatile sig_atomic_t interrupts;
static _Atomic(struct cfn_session *) woken;

static void note(int signal) {
    (void)signal;
    interrupts = interrupts + 1;
    struct cfn_session *session = atomic_load(&woken);
    if (session)
        cfn_session_wake(session);
}

void cli_catch_interrupts(struct cli_door *door) {
    struct sigaction action = {.sa_handler = note};
    atomic_store(&woken, door ? door->session : NULL);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

int cli_interrupts(void) {
    return interrupts;
}
