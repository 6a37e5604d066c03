/*
 * The one door to other programs: a credential_process of a profile.
 *
 * No shell has a part in it: the line is taken apart into words, the first is looked up in PATH.
 * The program keeps our standard input and standard error, so that it can ask its user something
 * and tell what is wrong; what it says there is not ours to repeat. Its output is read up to 64 KB,
 * for 60 seconds; one that has not ended by then is killed.
 */
#ifndef CFN_AWS_PROCESS_H
#define CFN_AWS_PROCESS_H

enum cfn__process_end {
    CFN__PROCESS_DONE,
    CFN__PROCESS_QUOTES,  /* a quote of the line is not closed, or there is no word in it */
    CFN__PROCESS_START,   /* it could not be started: detail is the error of errno.h */
    CFN__PROCESS_STATUS,  /* it has ended with an exit status that is not 0: detail */
    CFN__PROCESS_SIGNAL,  /* a signal has ended it: detail */
    CFN__PROCESS_TIME,    /* it took too long */
    CFN__PROCESS_TOO_MUCH /* it wrote too much */
};

/* *output is the caller's after DONE, for cfn__secret_free; else NULL. */
enum cfn__process_end cfn__process_run(const char *line, char *const *variables, char **output,
                                       int *detail);

#endif
