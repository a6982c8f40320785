/* The experiments that train, at any size: what their tests run small. Each fills *data with
 * panels. */
#ifndef TRAINED_H
#define TRAINED_H

#include "viz/experiments/grid.h"

rs_status adding_run(lab *l, const grid_size *size, void **data, rs_error *err);
rs_status copy_chrono_run(lab *l, const grid_size *size, void **data, rs_error *err);
rs_status temporal_order_run(lab *l, const grid_size *size, void **data, rs_error *err);
rs_status irnn_run(lab *l, const grid_size *size, void **data, rs_error *err);
rs_status saturation_run(lab *l, const grid_size *size, void **data, rs_error *err);
rs_status counting_run(lab *l, const grid_size *size, void **data, rs_error *err);
rs_status fair_run(lab *l, const grid_size *size, void **data, rs_error *err);

#endif
