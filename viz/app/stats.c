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
    s->curves = calloc(STATS_SAMPLES, sizeof *s->curves);
    s->all = calloc(STATS_SAMPLES, sizeof *s->all);
}

void stats_curves(stats *s, double seconds)
{
    if (s->curves)
        s->curves[s->curves_n++ % STATS_SAMPLES] = (float)seconds;
}

void stats_all(stats *s, double seconds)
{
    if (s->all)
        s->all[s->all_n++ % STATS_SAMPLES] = (float)seconds;
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
    free(s->curves);
    free(s->all);
    *s = (stats){0};
}

static int rising(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The quantiles of the samples, in milliseconds; sorts them. */
static void print_quantiles(FILE *to, const char *name, float *sample, size_t taken)
{
    const size_t n = !sample ? 0 : taken < STATS_SAMPLES ? taken : STATS_SAMPLES;
    if (n > 0)
        qsort(sample, n, sizeof *sample, rising);
    (void)fprintf(to, "\"%s\":{\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f}", name,
                  n ? 1e3 * (double)sample[n / 2] : 0, n ? 1e3 * (double)sample[n * 95 / 100] : 0,
                  n ? 1e3 * (double)sample[n * 99 / 100] : 0);
}

void stats_print(const stats *s, FILE *to)
{
    (void)fprintf(to, "{\"frames\":%zu,", s->frames);
    print_quantiles(to, "frame_ms", s->frame, s->frames);
    (void)fprintf(to, ",\"compute_ms\":{");
    print_quantiles(to, "curves", s->curves, s->curves_n);
    (void)fprintf(to, ",");
    print_quantiles(to, "all", s->all, s->all_n);
    (void)fprintf(to, "},\"first_frame_ms\":%.1f}\n", 1e3 * s->first_frame);
}
