#include "viz/app/stats.h"

#include <stdlib.h>
#include <time.h>

double stats_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void stats_start(stats *s)
{
    *s = (stats){.began = stats_now(), .first_frame = -1};
    s->frame = calloc(STATS_SAMPLES, sizeof *s->frame);
}

void stats_frame(stats *s, double seconds)
{
    if (s->frames == 0)
        s->first_frame = stats_now() - s->began;
    if (s->frame)
        s->frame[s->frames % STATS_SAMPLES] = (float)seconds;
    s->frames++;
}

void stats_free(stats *s)
{
    free(s->frame);
    *s = (stats){0};
}

static int rising(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

void stats_print(const stats *s, FILE *to)
{
    const size_t n = !s->frame ? 0 : s->frames < STATS_SAMPLES ? s->frames : STATS_SAMPLES;
    if (n > 0)
        qsort(s->frame, n, sizeof *s->frame, rising);
    const double p50 = n ? s->frame[n / 2] : 0, p95 = n ? s->frame[n * 95 / 100] : 0,
                 p99 = n ? s->frame[n * 99 / 100] : 0;
    (void)fprintf(to,
                  "{\"frames\":%zu,\"frame_ms\":{\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f},\"first_"
                  "frame_ms\":%.1f}\n",
                  s->frames, 1e3 * p50, 1e3 * p95, 1e3 * p99, 1e3 * s->first_frame);
}
