/* How long frames took: `--stats`. */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>
#include <stdio.h>

enum { STATS_SAMPLES = 1 << 16 };

typedef struct stats {
    double began, first_frame; /* seconds; first_frame since began */
    float *frame;              /* [STATS_SAMPLES] seconds, the latest; NULL without memory */
    size_t frames;
} stats;

/* Seconds of a clock that only rises. */
double stats_now(void);

void stats_start(stats *s);
void stats_frame(stats *s, double seconds);
void stats_free(stats *s);

/* {"frames":n,"frame_ms":{"p50":…,"p95":…,"p99":…},"first_frame_ms":…} */
void stats_print(const stats *s, FILE *to);

#endif
