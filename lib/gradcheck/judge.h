/* What a check works on: everything that is judged, laid side by side. Inside the checker. */
#ifndef RS_JUDGE_H
#define RS_JUDGE_H

#include "gradcheck/adjoint.h"
#include "gradcheck/check.h"

/* Parameters, then x, then each state's initial values over all layers; a block of the report is a
 * range of these. */
typedef struct rs_judged {
    size_t n;
    double *claimed, *exact, *spread; /* [n] */
    double *measured;                 /* [n] RS_ENTRIES: by complex step one by one; else NULL */
    size_t *offset;                   /* [blocks_n] */
} rs_judged;

/* One check at work. */
typedef struct rs_checking {
    rs_trace *trace;
    const double *parameters; /* as the pass under test has them: rounded to float with single */
    const rs_loss *loss;
    const rs_check_options *options;
    rs_check_report *report;
    double *gradient; /* [parameters_n] claimed */
    rs_linear linear;
    rs_adjoint adjoint;
    rs_judged judged;
} rs_checking;

/* Lays out the report's blocks and fills in claimed, exact and spread. */
rs_status rs_judged_make(rs_checking *checking, rs_error *err);
void rs_judged_free(rs_judged *judged);

/* A direction v for a block, [entries], such that every entry has about the same share in Σ
 * v·exact, however small it is beside the others; the largest |v| is 1. */
void rs_judged_direction(const rs_checking *checking, size_t block, double *v);

/* The derivative of the block along v [entries], by the whole complex forward pass. NaN without
 * memory. */
double rs_judged_along(const rs_checking *checking, size_t block, const double *v);

/* Each method fills in what the blocks say along their directions, and the verdicts. */
rs_status rs_judge_complex(rs_checking *checking, rs_error *err);
rs_status rs_judge_entries(rs_checking *checking, rs_error *err);
rs_status rs_judge_difference(rs_checking *checking, rs_error *err);
rs_status rs_judge_taylor(rs_checking *checking, rs_error *err);

/* Judges each entry of a block by itself against `right` [n of judged]: wrong_n, max_error, worst.
 */
rs_status rs_judge_each(rs_checking *checking, size_t block, const double *right, rs_error *err);

/* Fills in findings. */
rs_status rs_locate(rs_checking *checking, rs_error *err);

/* Fills in warnings: what this point cannot show. */
rs_status rs_adequacy(rs_checking *checking, rs_error *err);

/* Appends a warning or a finding to the report. */
rs_status rs_report_warn(rs_check_report *report, rs_error *err, const char *format, ...)
    RS_PRINTF(3, 4);
rs_check_finding *rs_report_find(rs_check_report *report, rs_error *err);

#endif
