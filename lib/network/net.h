/* A network: layers of one cell, a linear readout on the top one, and the layout of its parameters.
 *
 * All parameters lie in one flat vector; a block is a named matrix in it, stored row-major.
 * Gradients are a second vector of the same layout, so that optimisers, clipping, checks and files
 * need to know nothing of cells. The blocks are torch's, in torch's order:
 *
 *     layer k   weight_ih_lk [G·H][I or H]   weight_hh_lk [G·H][H]   bias_ih_lk [G·H]   bias_hh_lk
 * [G·H] readout   weight [O][H]   bias [O]
 *
 * Gate g of a cell has the rows [g·H, (g+1)·H) of its layer's blocks. */
#ifndef RS_NET_H
#define RS_NET_H

#include "base/error.h"
#include "cells/cell.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum rs_block_kind {
    RS_WEIGHT_IH,
    RS_WEIGHT_HH,
    RS_BIAS_IH,
    RS_BIAS_HH,
    RS_READOUT_WEIGHT,
    RS_READOUT_BIAS
} rs_block_kind;

typedef struct rs_block {
    char name[40]; /* "weight_ih_l0", "weight" */
    rs_block_kind kind;
    size_t layer;      /* of a readout block: layers */
    size_t rows, cols; /* cols 1 for a bias */
    size_t offset;     /* of its first value in the parameter vector */
} rs_block;

typedef struct rs_net {
    const rs_cell *cell;
    size_t inputs, hidden, layers;       /* I, H, L, each ≥ 1 */
    size_t outputs;                      /* O; 0: there is no readout, and y = h of the top layer */
    bool bias_ih, bias_hh, readout_bias; /* false: those blocks do not exist, and are zero */
    size_t blocks_n, parameters_n;
    rs_block *blocks; /* [blocks_n] */
} rs_net;

/* Fills in the blocks of a net whose other fields the caller has set. The net then owns `blocks`;
 * rs_net_free gives them back. Fails (RS_USAGE) on a size of 0 or one beyond what BLAS can index.
 */
rs_status rs_net_make(rs_net *net, rs_error *err);
void rs_net_free(rs_net *net);

/* The block, or NULL if this net has none. The layer is ignored for readout blocks. */
const rs_block *rs_net_block(const rs_net *net, rs_block_kind kind, size_t layer);

/* Width of y: outputs, or hidden where there is no readout. */
size_t rs_net_width(const rs_net *net);

/* Width of the input of a layer: inputs for layer 0, else hidden. */
size_t rs_net_layer_inputs(const rs_net *net, size_t layer);

/* A net with its parameters [net.parameters_n], owned by the model. */
typedef struct rs_model {
    rs_net net;
    double *parameters;
} rs_model;

/* Makes the net of config (as rs_net_make) and zeroed parameters. */
rs_status rs_model_make(rs_model *model, const rs_net *config, rs_error *err);
void rs_model_free(rs_model *model);

#endif
