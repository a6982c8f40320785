/* Losses on y, the logits of every step or of the last.
 *
 *     mse    (y − target)²                                        mean over every element
 *     bce    log(1 + e^y) − target·y, y the logit                 mean over every element
 *     xent   log Σ_j e^{y_j} − y_label                            mean over steps and sequences
 *
 * as torch has them (MSELoss, BCEWithLogitsLoss, CrossEntropyLoss). A label of −1 asks for nothing
 * there, and does not count in the mean. */
#ifndef RS_LOSS_H
#define RS_LOSS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum rs_loss_kind { RS_NO_LOSS, RS_MSE, RS_BCE, RS_XENT } rs_loss_kind;

typedef struct rs_loss {
    rs_loss_kind kind;
    bool last;            /* only the last step counts; target and label then have n = 1 */
    bool sum;             /* sum instead of mean */
    const double *target; /* mse, bce: [n][B][O], n = T or 1; not owned */
    const int *label;     /* xent: [n][B], 0 … O−1 or −1; not owned */
    /* Where not NULL: a term Σ weight·s_T on the last value of each state of each layer, states in
     * the order of the cell's channels, [L][states][B][H]: what a larger model that reads (h_n,
     * c_n) sends back. Neither mean nor sum touches it. */
    const double *last_state;
} rs_loss;

#endif
