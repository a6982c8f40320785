/* The training view while it trains: loss and gradient norm of every cell, before and after
 * clipping. Its data comes from live.h and not from a pass, hence it has no make. */
#ifndef LIVE_VIEW_H
#define LIVE_VIEW_H

#include "viz/app/learning.h"
#include "viz/plots/view.h"

extern const view live_view;

/* Copies the rows; `of` is what the training began with, the scene tells clipping and task. The
 * weights are of one cell: now (NULL: as they began) against the beginning. NULL without memory. */
void *live_view_of(const learning_rows *rows, const computed *of, const scene *s,
                   const trained *now, size_t cell);

#endif
