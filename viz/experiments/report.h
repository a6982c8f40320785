/* What comes of an experiment: the files, the table and the JSON. */
#ifndef REPORT_H
#define REPORT_H

#include "viz/experiments/experiment.h"

#include <cjson/cJSON.h>

enum { REPORT_PATH = 4096 };

/* FOLDER/NAME.ENDING into path; RS_USAGE where that is too long. */
rs_status report_path(const char *folder, const char *name, const char *ending,
                      char path[REPORT_PATH], rs_error *err);

/* Writes NAME.csv, NAME.png and NAME.svg. */
rs_status report_write(const experiment *e, const experiment_options *options, const void *data,
                       rs_error *err);

/* Everything of it as one object, the caller's to delete; NULL without memory. */
cJSON *report_json(const experiment *e, const experiment_options *options,
                   const experiment_result *result);

/* "less than a second", "about 12 seconds", "about 3 minutes", into text[32]; returns it. */
const char *report_duration(double seconds, char text[32]);

/* Columns that the text takes on a terminal, its characters being one wide each. */
size_t report_width(const char *text);

/* Prints text in lines of at most `width` columns, each after the first behind `indent` spaces. */
void report_wrap(FILE *out, const char *text, size_t indent, size_t width);

#endif
