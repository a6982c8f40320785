/* The gradient checker for networks: is a backward pass right, and if not, where does it go wrong
 * and what is the mistake?
 *
 *     rs_check_options options = {.method = RS_COMPLEX};
 *     rs_check_report report;
 *     if (rs_check(trace, parameters, &loss, &options, &report, &err) == RS_OK)
 *         text = rs_check_report_text(&report, &err);
 *     rs_check_report_free(&report);
 *
 * How it works. The forward pass is the truth. It is linearised around the values of the trace: the
 * slope of every equation comes from a complex step on the cell's own forward functions (Squire &
 * Trapp 1998), never from a backward function. That linear map is run forwards (sweep.h), backwards
 * (adjoint.h), and the whole complex forward pass stands beside both (reference.h). A verdict
 * compares a difference with the rounding that a *correct* pass in this precision may have, which
 * is computed along with the derivatives; there is no tolerance to pick.
 *
 * Locating needs no list of bugs: a total derivative is at fault where it is not what its
 * consumers' claimed derivatives make of it, so each mistake is seen in its place and nothing
 * downstream of it is accused. What the mistake is, is then a question of which change of that one
 * sum explains the claimed numbers (diagnose.h). */
#ifndef RS_CHECK_H
#define RS_CHECK_H

#include "base/parallel.h"
#include "gradcheck/phrase.h"
#include "network/trace.h"

#include <stdint.h>

/* The values are exit codes, as rs_status. */
typedef enum rs_verdict {
    RS_AGREES = RS_OK,
    RS_WRONG = RS_FAILED,
    RS_UNDECIDED = RS_INCONCLUSIVE
} rs_verdict;

typedef enum rs_method {
    RS_COMPLEX,    /* complex step along one direction a block */
    RS_ENTRIES,    /* complex step on every entry */
    RS_DIFFERENCE, /* differences with an error bar along one direction a block */
    RS_TAYLOR      /* the slope of the Taylor remainder along one direction a block */
} rs_method;

/* "complex", "entries", "difference", "taylor"; "agrees", "wrong", "inconclusive". */
const char *rs_method_name(rs_method method);
const char *rs_verdict_name(rs_verdict verdict);

/* A backward pass under test: what rs_backward is. It is called once with truncate = 0 and a zeroed
 * gradient. */
typedef void rs_backward_function(rs_trace *trace, const double *parameters, double *gradient,
                                  size_t truncate);
typedef void rs_backward_function_f(rs_trace_f *trace, const float *parameters, float *gradient,
                                    size_t truncate);

/* All zero is a good choice. */
typedef struct rs_check_options {
    rs_method method;
    bool single;                        /* judge the float pass instead of the double one */
    rs_backward_function *backward;     /* NULL: rs_backward */
    rs_backward_function_f *backward_f; /* NULL: rs_backward_f; with single */
    /* For who has a gradient and nothing else, [parameters_n]: no backward pass is run, dx and the
     * derivatives of initial states are not judged, and locating names blocks instead of steps. */
    const double *gradient;
    bool no_locate;
    size_t worst;        /* entries to list a block; 0: 3 */
    size_t threads;      /* 0: one a processor */
    size_t memory;       /* bytes that RS_ENTRIES may take for its probes; 0: 64 MiB */
    uint64_t seed;       /* of the directions */
    const rs_stop *stop; /* asked now and then: RS_INTERRUPTED; may be NULL */
    /* Called now and then, from one thread at a time, with the share done; may be NULL. */
    void (*progress)(void *context, double share);
    void *progress_context;
} rs_check_options;

/* One entry of a block: parameters by row and column; of "x" the row is t·B + b and the column the
 * input; of an initial state ("h0", "c0") the row is layer·B + b and the column the unit. */
typedef struct rs_check_entry {
    size_t row, col;
    double analytic, numeric, bar; /* claimed, exact, what rounding explains of the difference */
} rs_check_entry;

typedef struct rs_check_block {
    char name[128];
    size_t rows, cols;
    rs_verdict verdict;
    double max_error, bar; /* the largest error of an entry in units of its bar: error and bar */
    double scale;          /* the largest exact entry */
    /* Along the direction of the block: Σ v·claimed, the same measured, and its bar. */
    double along_claimed, along_measured, along_bar;
    double slope;          /* RS_TAYLOR: of the remainder, 2 is right; else NaN */
    size_t wrong_n;        /* entries that are wrong */
    const char *why;       /* of an inconclusive verdict, a sentence; else NULL */
    size_t worst_n;        /* of worst */
    rs_check_entry *worst; /* worst first */
} rs_check_block;

typedef enum rs_mistake {
    RS_UNKNOWN, /* "unknown": none of the kinds below explains the numbers */
    RS_MISSING, /* "missing": a path contributes nothing */
    RS_TWICE,   /* "twice": a path is counted twice */
    RS_SIGN,    /* "sign" */
    RS_FACTOR,  /* "factor": a factor is left out, or one too many */
    RS_SLOPE,   /* "slope": σ′, tanh′ or their like is missing or of the wrong variable */
    RS_VALUE,   /* "value": another value in a factor's place: another step's, another channel's */
    RS_DERIVATIVE,  /* "derivative": another derivative in the place of the right one */
    RS_EXCHANGED,   /* "exchanged": two derivatives have changed places */
    RS_TRANSPOSED,  /* "transposed": W for Wᵀ, or the other way round */
    RS_OVERWRITTEN, /* "overwritten": = where += belongs */
    RS_SKIPPED,     /* "skipped": steps or sequences are left out of a sum */
    RS_SCALED,      /* "scaled": a constant factor; averaged where a sum belongs */
    RS_ZERO,        /* "zero": never filled in */
    RS_CLIPPED,     /* "clipped": cut off at a limit, or scaled to a norm */
    RS_TRUNCATED    /* "truncated": the gradient is cut between steps */
} rs_mistake;

const char *rs_mistake_name(rs_mistake mistake);

/* The phrases of a finding, in the order in which they are said. */
typedef enum rs_finding_phrase {
    RS_FINDING_WHERE,
    RS_FINDING_OF,
    RS_FINDING_WHAT,
    RS_FINDING_WHICH,
    RS_FINDING_TIMES,
    RS_FINDING_NUMBERS,
    RS_FINDING_PHRASES
} rs_finding_phrase;

/* A mistake and its place. */
typedef struct rs_check_finding {
    size_t layer;
    bool has_t;
    size_t t;       /* the step whose equations go wrong, the last one that does */
    size_t steps_n; /* at how many steps this mistake is seen */
    /* What is wrong: a channel's name ("c": its total derivative; "c0": only of its initial value),
     * "a_f" (of gate f's pre-activation), "y", "x", or a kind of parameter block ("weight_hh"). */
    char node[48];
    char path[112]; /* "c → dc[t−1]", or empty */
    rs_mistake mistake;
    double claimed, expected; /* the worst value of those at fault */
    char text[640]; /* "lstm layer 0, t=9: path f → dc[t−1] is missing (dc not multiplied by f)" */
    rs_phrase says[RS_FINDING_PHRASES]; /* the same in its parts: text is all of them in a row */
} rs_check_finding;

typedef struct rs_check_report {
    rs_verdict verdict;
    rs_method method;
    const char *cell;
    bool single;
    size_t parameters, entries; /* entries: parameters, inputs and initial states judged */
    size_t forwards;            /* forward passes run, a probe of an entry counted as one */
    double seconds, loss;
    size_t blocks_n;
    rs_check_block *blocks;
    bool located_ran; /* false: nothing was wrong, or no_locate */
    size_t findings_n;
    rs_check_finding *findings; /* the first in the order of the backward pass first */
    size_t warnings_n;
    char **warnings; /* the test point: what it cannot show */
    const char *why; /* of an inconclusive verdict */
} rs_check_report;

/* Judges a backward pass at one point. trace (RS_KEEP_ALL) has x and the initial states filled in;
 * forward, loss and the backward pass under test run in it, so that it holds afterwards what was
 * judged (with options.single: the float pass, widened). parameters [parameters_n].
 * The status says whether the check could be made, the report what came of it: RS_USAGE for a lean
 * trace, no loss, or a cell whose equations mix units; RS_INTERNAL without memory. The caller frees
 * the report, whatever the status.
 * Memory: about rs_check_bytes. */
rs_status rs_check(rs_trace *trace, const double *parameters, const rs_loss *loss,
                   const rs_check_options *options, rs_check_report *report, rs_error *err);
void rs_check_report_free(rs_check_report *report);

/* Bytes that rs_check takes beside the trace; SIZE_MAX if more than can be counted. */
size_t rs_check_bytes(const rs_net *net, size_t T, size_t B, rs_method method, size_t threads);

/* Forward passes that rs_check will run, a probe of an entry counted as one. */
size_t rs_check_cost(const rs_net *net, size_t T, size_t B, rs_method method);

/* The report for people (UTF-8, lines) and as the JSON object of `check --json`, for the caller to
 * free; NULL with err when there is no memory. */
char *rs_check_report_text(const rs_check_report *report, rs_error *err);
char *rs_check_report_json(const rs_check_report *report, rs_error *err);

#endif
