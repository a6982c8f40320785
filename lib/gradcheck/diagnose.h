/* What a located mistake is. Inside the checker.
 *
 * A derivative that is wrong while its consumers count as right is wrong by its own line alone.
 * That line is a sum of *terms*, one a path that leads from the node: slope · derivative for an
 * equation, Wᵀ derivative for a product. Each hypothesis changes the sum as a person would by
 * mistake (drops a term, takes it twice, leaves out a factor, takes another step's value …) and
 * counts as the diagnosis if it reproduces the claimed numbers, all of them, to rounding. The terms
 * come from the cell's tables and from slopes measured by complex step, so this works for any cell.
 */
#ifndef RS_DIAGNOSE_H
#define RS_DIAGNOSE_H

#include "gradcheck/judge.h"

/* A kind of value that has a derivative. */
typedef enum rs_place_kind { RS_AT_Y, RS_AT_CHANNEL, RS_AT_A, RS_AT_X } rs_place_kind;

typedef struct rs_place {
    rs_place_kind kind;
    size_t l, k; /* layer; channel or gate */
} rs_place;

/* One number of the derivative of a place. t = −1: of the initial state. */
typedef struct rs_sample {
    long t;
    size_t b, u;
    double claimed, expected, tolerance;
} rs_sample;

/* Everything wrong with one node. */
typedef struct rs_fault {
    const rs_checking *checking;
    const rs_trace *d;        /* claimed derivatives */
    const rs_trace *expected; /* what each is if its consumers are right */
    rs_place place;
    size_t n;
    rs_sample *sample;          /* [n] of the faulty steps, latest first */
    long first, last;           /* faulty steps */
    size_t times_n, possible_n; /* how many are faulty; at how many steps the node exists */
    bool elsewhere;             /* at some other step something is claimed that is not 0 */
    long period;                /* faulty steps are this far apart, 0: unevenly */
} rs_fault;

/* What of a fault is looked at. */
typedef enum rs_part {
    RS_WHOLE,
    RS_WRONG_SEQUENCES, /* those of the batch that are wrong, if others are right */
    RS_WRONG_UNITS,
    RS_LATEST_STEP, /* where steps go wrong in different ways */
    RS_PARTS
} rs_part;

/* The part of a fault into `some`, with its samples in room [fault->n], and the phrase for it (",
 * in sequence 1 alone"); false if there is no such part. */
bool rs_fault_part(const rs_fault *fault, rs_part part, rs_sample *room, rs_fault *some,
                   rs_phrase *which);

/* A term of the sum. */
typedef enum rs_term_kind { RS_BY_PATH, RS_BY_WEIGHTS, RS_BY_LOSS } rs_term_kind;

typedef struct rs_term {
    rs_term_kind kind;
    size_t path;   /* RS_BY_PATH */
    rs_place from; /* whose derivative it takes */
    long shift;    /* `from` is at step t + shift */
    size_t offset; /* RS_BY_WEIGHTS: W [rows][cols] in the parameters */
    size_t rows, cols;
    rs_block_kind block;
} rs_term;

enum { RS_MAX_TERMS = RS_MAX_PATHS + 3 * RS_MAX_GATES };

/* The terms of a place, in the order in which a backward pass comes to them; returns how many. */
size_t rs_terms(const rs_fault *fault, rs_term terms[RS_MAX_TERMS]);

/* How a term is changed. Zeroed: not at all, but `from` must be set to the term's. */
typedef struct rs_variant {
    rs_place from;   /* the derivative it takes */
    long from_shift; /* steps later than right */
    bool transposed;
    size_t offset; /* of the weights */
} rs_variant;

rs_variant rs_as_it_is(const rs_term *term);

/* The term's value at a sample; 0 where there is none (no step t + shift), NaN where the variant
 * asks for a step that is not there. */
double rs_term_value(const rs_fault *fault, const rs_term *term, const rs_variant *variant,
                     const rs_sample *sample);

/* A claimed derivative; NaN outside the steps. */
double rs_derivative_at(const rs_fault *fault, rs_place place, long t, size_t b, size_t u);

/* Whether candidate [n] (NaN: no statement) reproduces what is claimed. */
bool rs_explains(const rs_fault *fault, const double *candidate);

/* How close is the same in this precision, relative. */
double rs_same(const rs_checking *checking);

/* Names: "dc[t−1]", "da_f"; shift is that of the step named t. */
const char *rs_place_text(const rs_net *net, rs_place place, long shift, char text[48]);

/* Fills in mistake, path, t and what a finding says, without its place. */
void rs_diagnose(const rs_fault *fault, rs_check_finding *finding);

/* The part of it that looks for changed factors of an equation's term; q [n] is what the term must
 * have been. True if one was found. */
bool rs_diagnose_factor(const rs_fault *fault, const rs_term *term, const double *q,
                        rs_check_finding *finding);

/* Whether the slope of the term was taken with another value in the place of one that the equations
 * read: of another step, of another channel. d [n]: the derivative that the term takes. */
bool rs_diagnose_replaced(const rs_fault *fault, const rs_term *term, const double *q,
                          const double *d, rs_check_finding *finding);

/* Of a gradient that came alone: whether a path that counts not at all, twice or with the wrong
 * sign explains all of it. Then *found, and the finding is complete. */
rs_status rs_diagnose_gradient(const rs_checking *checking, rs_check_finding *finding, bool *found,
                               rs_error *err);

/* The part of it that knows the losses: the derivative by the logits, and of the last states.
 * candidate [n] is scratch. */
bool rs_diagnose_loss(const rs_fault *fault, double *candidate, rs_check_finding *finding);

/* The mistake in a parameter block. rows: which are wrong. */
void rs_diagnose_block(const rs_checking *checking, const rs_trace *d,
                       const rs_derivatives *expected, size_t block, rs_check_finding *finding);

/* The finding's text from its phrases. */
void rs_finding_write(rs_check_finding *finding);

#endif
