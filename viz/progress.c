#include "viz/progress.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

double progress_clock(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

const char *progress_time(double seconds, char text[32])
{
    if (!(seconds >= 0 && seconds < 3.6e9)) { /* more than a century, or NaN */
        (void)snprintf(text, 32, "?");
        return text;
    }
    const long s = lround(seconds), hours = s / 3600, minutes = s / 60 % 60;
    if (hours > 0)
        (void)snprintf(text, 32, "%ld:%02ld:%02ld", hours, minutes, s % 60);
    else
        (void)snprintf(text, 32, "%ld:%02ld", minutes, s % 60);
    return text;
}

progress progress_begin(bool quiet) { return (progress){.shown = !quiet && isatty(STDERR_FILENO)}; }

void progress_show(progress *bar, double share, const char *text)
{
    enum { WIDTH = 24 };
    const double now = progress_clock();
    if (!bar->shown || (share < 1 && now - bar->drawn < 0.1))
        return;
    bar->drawn = now;
    const int done = share > 0 ? (int)(fmin(share, 1) * WIDTH) : 0;
    (void)fprintf(stderr, "\r\033[K[%.*s%*s] %3.0f%% %s", done, "########################",
                  WIDTH - done, "", 100 * share, text);
    (void)fflush(stderr);
}

void progress_end(progress *bar)
{
    if (bar->shown && bar->drawn > 0)
        (void)fprintf(stderr, "\r\033[K");
    bar->shown = false;
}
