/* A scene: everything that decides what is on the screen, as plain data without pointers.
 *
 * It is what a lesson's ```scene block says, what the viewer's sliders move, what undo keeps and
 * what a state file holds; all of them write it the same way, a setting a line:
 *
 *     cells = rnn, lstm, gru          gain = 1.2            W = [[0.9, 5], [0, 0.9]]
 *     task = adding                   steps = 60            h0 = [0.5]
 *
 * Copying a scene copies all of it, two scenes are the same if their bytes are. compute.h makes
 * numbers of it. */
#ifndef SCENE_H
#define SCENE_H

#include "base/error.h"
#include "cells/cell.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SCENE_CELLS = 4, SCENE_NAME = 24, SCENE_PATH = 256, SCENE_MATRIX = 64 };

/* The settings that are one number. */
typedef enum scene_number {
    SCENE_GAIN,
    SCENE_RADIUS,
    SCENE_FORGET_BIAS,
    SCENE_STEPS,
    SCENE_HIDDEN,
    SCENE_LAYERS,
    SCENE_BATCH,
    SCENE_INPUT_STD,
    SCENE_SEED,
    SCENE_LEARNING_RATE,
    SCENE_CLIP,
    SCENE_NUMBERS
} scene_number;

/* The scale on which a setting has its effect: what a slider moves on. */
typedef enum scene_scale { SCENE_LINEAR, SCENE_LOG } scene_scale;

typedef struct scene_number_info {
    const char *name;  /* in files: "forget_bias" */
    const char *label; /* for people: "forget bias $b_f$" */
    double low, high;  /* what a slider reaches; a file may not go beyond either */
    double standard;   /* NAN: not set, the initialisation decides */
    scene_scale scale;
    bool whole;
    double marks[3]; /* critical values, marks_n of them */
    size_t marks_n;
    const char *help; /* one line */
} scene_number_info;

extern const scene_number_info scene_numbers[SCENE_NUMBERS];

/* Matrices given by hand; rows 0: not given. At most SCENE_MATRIX numbers. */
typedef enum scene_matrix_name {
    SCENE_U,
    SCENE_W,
    SCENE_B,
    SCENE_V,
    SCENE_H0,
    SCENE_C0,
    SCENE_X,
    SCENE_TARGET,
    SCENE_MATRICES
} scene_matrix_name;

typedef struct scene_matrix {
    double value[SCENE_MATRIX]; /* [rows][cols] */
    size_t rows, cols;
} scene_matrix;

typedef struct scene {
    char cells[SCENE_CELLS]
              [SCENE_NAME]; /* shown together on equal data and seed; empty ones last */
    char task[SCENE_NAME];
    char init[SCENE_NAME];
    char loss_at[SCENE_NAME];                 /* "last", "all", or "task": as the task has it */
    char model[SCENE_PATH], data[SCENE_PATH]; /* a file instead of cells and task; empty: none */
    char bug[SCENE_NAME]; /* planted in the backward pass (bugs.h); empty: none */
    double number[SCENE_NUMBERS];
    scene_matrix matrix[SCENE_MATRICES];
} scene;

/* RNN, LSTM and GRU side by side on noise, every number at its standard. */
scene scene_standard(void);

/* Reads one line `name = value` into the scene. RS_DATA with what is wrong and what was expected
 * (without file and line, which the caller adds); the scene is then as it was. */
rs_status scene_set(scene *s, const char *line, rs_error *err);

/* The number called this: a setting, or an entry of a matrix such as W[0][1]; NULL if there is
 * none. */
double *scene_number_named(scene *s, const char *name);

/* Brings a number into its range, and to a whole one where it must be. */
double scene_fit(scene_number which, double value);

/* Writes the lines that make this scene out of the standard one. False if a write failed. */
bool scene_write(const scene *s, FILE *to);

/* The number of cells in the scene. */
size_t scene_cells_n(const scene *s);

/* Whether U, W, b or V gives the weights, which then are not drawn. */
bool scene_gives_weights(const scene *s);

/* The cell of this name: the library's, or `linear`, the recurrent cell without a squashing
 * function. */
const rs_cell *scene_cell(const char *name);

/* h_t = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh: what the theorems about eigenvalues are about. */
extern const rs_cell scene_cell_linear;

#endif
