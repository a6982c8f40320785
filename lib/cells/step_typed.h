/* part of cells/cell.h, once a number type */

/* One step of one sequence, as a cell sees it. Each pointer is to [H] values; a and da to [G][H].
 */
typedef struct rs_step {
    size_t H;
    real *a; /* pre-activations, gate k at a + k·H; forward only: da may take their place */
    real *now[RS_MAX_CHANNELS];    /* channels at t */
    real *before[RS_MAX_CHANNELS]; /* states at t−1; NULL for the others */
    /* The backward functions also have the total derivatives dL/d(each). On entry d of what the
     * stage made is complete. The function *adds* to d of states (now or before) and to d of the
     * channels that feed a product, since several paths meet there, and *sets* da and d of the
     * others. */
    real *da;
    real *d[RS_MAX_CHANNELS];
    real *d_before[RS_MAX_CHANNELS];
} rs_step;

typedef void rs_stage_function(const rs_step *step);
