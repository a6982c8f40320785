/* Compiles the equations of a cell for each number type: the cell's file defines RS_CELL_FILE as
 * its own path and includes this; the part of it under `#ifdef real` is then read three times.
 *
 * The functions of a stage take their names from the list below; the float version of `gates` is
 * gates_f, the complex one gates_z. A stage that fits none of the names adds one to the list. */
#include "base/scalar.h"

#define gates TYPED(gates)
#define gates_backward TYPED(gates_backward)
#define reset TYPED(reset)
#define reset_backward TYPED(reset_backward)
#define candidate TYPED(candidate)
#define candidate_backward TYPED(candidate_backward)
#define state TYPED(state)
#define state_backward TYPED(state_backward)
#define output TYPED(output)
#define output_backward TYPED(output_backward)

#include "base/as_float.h"
#include RS_CELL_FILE
#include "base/as_complex.h"
#include RS_CELL_FILE
#include "base/as_double.h"
#include RS_CELL_FILE
#include "base/no_type.h"

#undef gates
#undef gates_backward
#undef reset
#undef reset_backward
#undef candidate
#undef candidate_backward
#undef state
#undef state_backward
#undef output
#undef output_backward
