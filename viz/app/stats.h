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
    float *curves, *all; /* [STATS_SAMPLES] seconds from a change to the first curves made anew, and
                            to the last view: the matrix */
    size_t curves_n, all_n;
} stats;

/* Seconds of a clock that only rises. */
double stats_now(void);

void stats_start(stats *s);
void stats_frame(stats *s, double seconds);
/* From the change of the scene to the first view on the page, and to the last. */
void stats_curves(stats *s, double seconds);
void stats_all(stats *s, double seconds);
void stats_free(stats *s);

/* {"frames":n,"frame_ms":{"p50":…,"p95":…,"p99":…},"compute_ms":{"curves":{"p50":…,"p95":…,
 * "p99":…},"all":{…}},"first_frame_ms":…} */
void stats_print(const stats *s, FILE *to);

#endif
