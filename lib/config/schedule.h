#ifndef CFN_CONFIG_SCHEDULE_H
#define CFN_CONFIG_SCHEDULE_H

#include <stdbool.h>

bool cfn__is_schedule(const char *text);   /* cron(0 3 * * ? *), rate(1 day) */
bool cfn__is_window(const char *text);     /* sun:03:00-sun:04:00, at least 30 minutes */
bool cfn__is_day_window(const char *text); /* 02:00-03:00, at least 30 minutes */
void cfn__suggest_schedule(const char *text, char room[64]);

#endif
