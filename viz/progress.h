/* What a long job says on stderr: beforehand what it will cost, then, if stderr is a terminal, a
 * bar. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

typedef struct progress {
    bool shown;   /* there is a terminal, and --quiet was not given */
    double drawn; /* seconds, when the bar was last drawn */
} progress;

progress progress_begin(bool quiet);

/* Draws the bar at this share, 0 … 1, and the text beside it; at most ten times a second, but
 * always at 1. */
void progress_show(progress *bar, double share, const char *text);

/* Takes the bar off the screen. */
void progress_end(progress *bar);

/* Seconds of a clock that only goes forward. */
double progress_clock(void);

/* "0:07", "12:34", "2:00:05", into text[32]; returns text. */
const char *progress_time(double seconds, char text[32]);

#endif
