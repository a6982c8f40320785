/* A cell that the library does not know. */
#ifndef OWN_CELL_H
#define OWN_CELL_H

#include "cells/cell.h"

extern const rs_cell own_cell;

#endif
