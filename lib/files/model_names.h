/* Inside of lib/files: which tensors of a file are the recurrent module and its readout. */
#ifndef RS_MODEL_NAMES_H
#define RS_MODEL_NAMES_H

#include "files/safetensors.h"
#include "network/net.h"

enum { RS_LAYER_BLOCKS = 4 }; /* RS_WEIGHT_IH … RS_BIAS_HH */

typedef struct rs_module {
    size_t layers;
    const rs_tensor **block; /* [layers][RS_LAYER_BLOCKS] by kind; NULL: a missing bias; owned */
    const rs_tensor *readout_weight, *readout_bias; /* or NULL */
} rs_module;

/* Finds the recurrent module: its layers complete but for biases, two-dimensional weights, shapes
 * not looked at further. RS_DATA if there is none, more than one, or one of another kind. */
rs_status rs_module_find(const rs_safetensors *file, rs_module *module, rs_error *err);

/* Finds the readout for `hidden` units: leaves both NULL if there is none. RS_DATA if the only one
 * does not fit or several do. */
rs_status rs_module_find_readout(const rs_safetensors *file, size_t hidden, rs_module *module,
                                 rs_error *err);

void rs_module_free(rs_module *module);

/* The length of the module prefix of a tensor's name: 4 for "rnn.weight_ih_l0". */
size_t rs_module_prefix(const char *name);

#endif
