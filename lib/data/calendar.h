/* Days and seconds of the shop's own clock, which has no zone: counted from 1970-01-01. */
#ifndef CFN_DATA_CALENDAR_H
#define CFN_DATA_CALENDAR_H

#include <stdint.h>

enum { CFN__DAY = 86400, CFN__TIME_SIZE = 19 };

int64_t cfn__day_of(int year, int month, int day);
int cfn__month_length(int year, int month);
/* 0: Monday. */
int cfn__weekday(int64_t day);
/* "2018-10-17 17:30:18", 19 characters without a NUL; years 0 to 9999. */
void cfn__write_time(int64_t seconds, char text[CFN__TIME_SIZE]);

#endif
