/* Backpropagation through time against the complex step: each function runs a fixture and fails
 * unless every derivative of one sort agrees. They walk the tables of the cell, so they serve cells
 * from outside the library too. */
#ifndef EXACT_H
#define EXACT_H

#include "tests/unit/fixture.h"

/* The gradient of every parameter, and the loss itself. */
void assert_parameters_exact(fixture *f);

/* dx, and the derivatives of the initial states. */
void assert_inputs_exact(fixture *f);

/* The total derivative of every channel and of the pre-activations, at every step of every layer.
 */
void assert_channels_exact(fixture *f);

#endif
