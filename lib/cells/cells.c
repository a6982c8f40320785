#include "cells/cell.h"

#include <string.h>

const rs_cell *const rs_cells[] = {&rs_cell_rnn, &rs_cell_rnn_relu,         &rs_cell_lstm,
                                   &rs_cell_gru, &rs_cell_gru_reset_before, NULL};

const rs_cell *rs_cell_named(const char *name)
{
    for (const rs_cell *const *cell = rs_cells; *cell; cell++)
        if (strcmp((*cell)->name, name) == 0)
            return *cell;
    return NULL;
}

int rs_channel_named(const rs_cell *cell, const char *name)
{
    for (size_t k = 0; k < cell->channels_n; k++)
        if (strcmp(cell->channels[k].name, name) == 0)
            return (int)k;
    return -1;
}
