/* cfngen simulate: the embedded simulation as a server that AWS clients talk to. */
#include "deployment.h"
#include "simulation.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "listen",
     .argument = "ADDRESS:PORT",
     .help = "a loopback address; port 0 takes a free one",
     .fallback = "127.0.0.1:4566"},
    {.name = "ready-file",
     .argument = "FILE",
     .help = "write the server's URL there as soon as it listens"},
    {.name = "region", .argument = "REGION", .help = "its region", .fallback = "us-east-1"},
    {.name = "account", .argument = "ID", .help = "its account", .fallback = "123456789012"},
    {.name = "speed",
     .argument = "FACTOR",
     .help = "seconds of the simulation in one second",
     .fallback = "1"},
    {.name = "scale",
     .argument = "FACTOR",
     .help = "times of resources, as a part of the typical ones",
     .fallback = "1"},
    {.name = "times",
     .argument = "FILE",
     .help = "JSON {\"stack-name\": milliseconds}: how long whole stacks take"},
    {.name = "latency",
     .argument = "MS",
     .help = "milliseconds that a call and its answer travel",
     .fallback = "80"},
    {.name = "change-set-time",
     .argument = "MS",
     .help = "milliseconds that a change set takes to be made",
     .fallback = "3000"},
    {.name = "fail",
     .argument = "STACK/ID[=REASON]",
     .help = "let this resource fail once (STACK as CloudFormation calls it)",
     .repeats = true},
    {.name = "throttle", .argument = "PERCENT", .help = "so many calls are refused as too many"},
    {.name = "fault",
     .argument = "KIND=PERCENT",
     .help = "what else goes wrong how often; kinds stand above",
     .repeats = true},
    {.name = "seed", .argument = "NUMBER", .help = "of ids and faults", .fallback = "1"},
    {.name = "secret",
     .argument = "VARIABLE",
     .help = "verify signatures of the access key 'cfngen' by the secret in this environment "
             "variable"},
    {.name = "trace", .help = "print each call on standard error"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "Listens on this machine and answers AWS clients as CloudFormation would, and as\n"
    "much of S3, STS and others as a deployment asks: the aws command, boto3, the\n"
    "CDK, cfngen itself. Point them at it with --endpoint-url or AWS_ENDPOINT_URL and\n"
    "any credentials. Nothing is created anywhere, and all is forgotten when it stops\n"
    "(Ctrl-C). It has no access control, so it listens on loopback addresses alone.\n"
    "\n"
    "Kinds of --fault, each with a percentage of calls or resources it strikes:\n"
    "server-error, lost-request, lost-reply, late-reply, stale-read, resource,\n"
    "stuck-delete, stuck-rollback, other-operator.\n";

static const struct cli_example examples[] = {
    {"cfngen simulate", "serve on 127.0.0.1:4566 until Ctrl-C"},
    {"cfngen simulate --speed 60 --trace", "an hour in a minute, with every call shown"},
    {"AWS_ENDPOINT_URL=http://127.0.0.1:4566 cfngen deploy", "deploy to it, in another terminal"},
    {"cfngen simulate --fault server-error=2 --throttle 5", "a bad day"},
    {NULL, NULL},
};

static volatile int stop;

static void note(int signal) {
    (void)signal;
    stop = 1;
}

static void catch_ends(void) {
    struct sigaction action = {.sa_handler = note};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* --- what is asked for --- */

struct simulation {
    struct cli *cli;
    struct cfn_sim_options options;
    json_t *times, *failures;
    double speed;
    const char *secret;
};

static int read_times(struct simulation *simulation) {
    struct cli *cli = simulation->cli;
    const char *path = cli_value(cli, "times"), *name;
    size_t size;
    json_t *value;
    if (!path)
        return CLI_DONE;
    char *text = cli_read(cli, path, &size);
    if (!text)
        return CLI_IO;
    simulation->times = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    bool fits = json_is_object(simulation->times);
    json_object_foreach(simulation->times, name, value) fits =
        fits && json_is_integer(value) && json_integer_value(value) >= 0;
    if (fits)
        return CLI_DONE;
    cfn_fail(cli->diags, "cli.times", (struct cfn_place){.file = path}, NULL,
             "must be a JSON object of stack names with milliseconds");
    return CLI_NO;
}

static int read_percent(const struct cli *cli, const char *option, const char *text,
                        unsigned *rate) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= 0 && value <= 100))
        return cli_usage(cli, "--%s must be a percentage from 0 to 100, not '%s'", option, text);
    *rate = (unsigned)(value * 100 + 0.5);
    return CLI_DONE;
}

static int read_fault(const struct cli *cli, const char *text, struct cfn_sim_faults *faults) {
    const struct {
        const char *kind;
        unsigned *rate;
    } kinds[] = {
        {"server-error", &faults->server_error},     {"lost-request", &faults->lost_request},
        {"lost-reply", &faults->lost_reply},         {"late-reply", &faults->late_reply},
        {"stale-read", &faults->stale_read},         {"resource", &faults->resource},
        {"stuck-delete", &faults->stuck_delete},     {"stuck-rollback", &faults->stuck_rollback},
        {"other-operator", &faults->other_operator},
    };
    size_t size = strcspn(text, "=");
    for (size_t i = 0; text[size] && i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].kind) == size && strncmp(kinds[i].kind, text, size) == 0)
            return read_percent(cli, "fault", text + size + 1, kinds[i].rate);
    return cli_usage(cli, "--fault must be KIND=PERCENT, as server-error=2, not '%s'", text);
}

static int read_faults(struct simulation *simulation) {
    const struct cli *cli = simulation->cli;
    struct cfn_sim_faults *faults = &simulation->options.faults;
    const char *text = cli_value(cli, "throttle");
    int code = text ? read_percent(cli, "throttle", text, &faults->throttle) : CLI_DONE;
    for (size_t i = 0; code == CLI_DONE && (text = cli_value_at(cli, "fault", i)); i++)
        code = read_fault(cli, text, faults);
    if (code == CLI_DONE && !(simulation->failures = cli_failures(cli)))
        code = CLI_USAGE;
    return code;
}

static int read_account(const struct cli *cli, struct cfn_sim_options *simulated) {
    const char *account = cli_value(cli, "account"), *region = cli_value(cli, "region");
    if (account && (strlen(account) != 12 || account[strspn(account, "0123456789")]))
        return cli_usage(cli, "--account must be twelve digits, not '%s'", account);
    if (region && (!*region || region[strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-")]))
        return cli_usage(cli, "--region must be the name of a region, as eu-central-1, not '%s'",
                         region);
    simulated->account = account;
    simulated->region = region;
    return CLI_DONE;
}

/* The environment gives the secret, for options can be seen by everybody on a machine. */
static int read_secret(struct simulation *simulation) {
    const char *name = cli_value(simulation->cli, "secret");
    simulation->secret = name ? getenv(name) : NULL;
    if (name && (!simulation->secret || !*simulation->secret))
        return cli_usage(simulation->cli,
                         "--secret must be an environment variable that holds it, not '%s'", name);
    return CLI_DONE;
}

static int read_options(struct simulation *simulation) {
    struct cli *cli = simulation->cli;
    struct cfn_sim_options *simulated = &simulation->options;
    double seed = 1, latency = 80, change_set = 3000;
    simulated->scale = 1;
    simulation->speed = 1;
    int code = cli_number(cli, "seed", 0, 9007199254740991, &seed);
    if (code == CLI_DONE)
        code = cli_number(cli, "speed", 1e-3, 1e6, &simulation->speed);
    if (code == CLI_DONE)
        code = cli_number(cli, "scale", 1e-9, 1e3, &simulated->scale);
    if (code == CLI_DONE)
        code = cli_number(cli, "latency", 0, 60000, &latency);
    if (code == CLI_DONE)
        code = cli_number(cli, "change-set-time", 0, 3600000, &change_set);
    if (code == CLI_DONE)
        code = read_account(cli, simulated);
    if (code == CLI_DONE)
        code = read_faults(simulation);
    if (code == CLI_DONE)
        code = read_secret(simulation);
    if (code == CLI_DONE)
        code = read_times(simulation);
    simulated->seed = (uint64_t)seed;
    simulated->latency = latency < 1 ? -1 : (int64_t)latency;
    simulated->change_set = change_set < 1 ? 1 : (int64_t)change_set;
    simulated->times = simulation->times;
    simulated->failures = simulation->failures;
    return code;
}

/* --- serving --- */

static void ready(void *self, int port) {
    struct cli *cli = self;
    const char *address = cli_value(cli, "listen"), *path = cli_value(cli, "ready-file");
    const char *colon = address ? strrchr(address, ':') : NULL;
    char *url = colon ? cli_text("http://%.*s:%d\n", (int)(colon - address), address, port)
                      : cli_text("http://127.0.0.1:%d\n", port);
    if (path && cli_write(cli, path, url) != CLI_DONE)
        stop = 1;
    printf("listening on %s", url);
    fflush(stdout);
    free(url);
}

static void trace(void *self, const char *service, const char *action, const char *outcome) {
    (void)self;
    fputs("trace: ", stderr);
    cli_put_clean(stderr, service);
    putc(' ', stderr);
    cli_put_clean(stderr, action);
    fputs(" -> ", stderr);
    cli_put_clean(stderr, outcome);
    putc('\n', stderr);
}

static int serve(struct simulation *simulation) {
    struct cli *cli = simulation->cli;
    const struct cfn_sim_server server = {
        .address = cli_value(cli, "listen") ? cli_value(cli, "listen") : "127.0.0.1:4566",
        .speed = simulation->speed,
        .secret = simulation->secret,
        .stop = &stop,
        .ready = ready,
        .trace = cli_has(cli, "trace") ? trace : NULL,
        .self = cli,
    };
    struct cfn_sim *sim = cfn_sim_new(&simulation->options);
    catch_ends();
    int code = cfn_sim_serve(sim, &server, cli->diags) ? CLI_IO : CLI_DONE;
    cfn_sim_free(sim);
    return cfn_diags_errors(cli->diags) ? CLI_IO : code;
}

static int run(struct cli *cli) {
    struct simulation simulation = {.cli = cli};
    int code = read_options(&simulation);
    if (code == CLI_DONE)
        code = serve(&simulation);
    json_decref(simulation.times);
    json_decref(simulation.failures);
    return code;
}

const struct cli_verb cli_simulate = {options, 0, about, NULL, 0, examples, run};
