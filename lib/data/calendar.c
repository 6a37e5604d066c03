#include "data/calendar.h"

/* After Howard Hinnant: years begin in March, so that the odd day is the last. */
int64_t cfn__day_of(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int cfn__month_length(int year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + leap;
}

int cfn__weekday(int64_t day) {
    return (int)(((day + 3) % 7 + 7) % 7);
}

static void write_two(char *text, int64_t number) {
    text[0] = (char)('0' + number / 10);
    text[1] = (char)('0' + number % 10);
}

static void write_day(int64_t day, char *text) {
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100),
            month = (5 * of_year + 2) / 153;
    int64_t number = month < 10 ? month + 3 : month - 9;
    year += era * 400 + (number <= 2);
    write_two(text, year / 100);
    write_two(text + 2, year % 100);
    text[4] = text[7] = '-';
    write_two(text + 5, number);
    write_two(text + 8, of_year - (153 * month + 2) / 5 + 1);
}

void cfn__write_time(int64_t seconds, char text[CFN__TIME_SIZE]) {
    int64_t day = seconds / CFN__DAY, rest = seconds % CFN__DAY;
    if (rest < 0) {
        rest += CFN__DAY;
        day--;
    }
    write_day(day, text);
    text[10] = ' ';
    text[13] = text[16] = ':';
    write_two(text + 11, rest / 3600);
    write_two(text + 14, rest / 60 % 60);
    write_two(text + 17, rest % 60);
}
