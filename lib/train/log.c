/* The log of training: CSV, a row an update, every number with all its digits. */
#include "train/trainer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char HEADER[] = "update,loss,gradient_norm,gradient_norm_clipped,held_out_loss\n";

static rs_status fail_log(const rs_trainer *trainer, rs_error *err)
{
    return rs_fail(err, RS_WRITE, "%s: cannot be written: %s", trainer->options.log,
                   strerror(errno));
}

/* Leaves the stream behind the last row that is not later than the update; at 0 where it is empty.
 * RS_DATA if the file is no log. */
static rs_status find_end(const rs_trainer *trainer, FILE *stream, long *end, rs_error *err)
{
    char line[256];
    *end = 0;
    while (fgets(line, sizeof line, stream)) {
        const bool whole = strchr(line, '\n') != NULL; /* not a row that broke off */
        if (*end == 0 && strcmp(line, HEADER) != 0)
            return rs_fail(err, RS_DATA, "%s: line 1 is not that of a training log, expected %.*s",
                           trainer->options.log, (int)sizeof HEADER - 2, HEADER);
        if (*end > 0 && (!whole || strtoull(line, NULL, 10) > trainer->optimizer.updates))
            break;
        *end = ftell(stream);
    }
    return RS_OK;
}

rs_status rs_log_open(rs_trainer *trainer, rs_error *err)
{
    const char *path = trainer->options.log;
    const bool resumed = trainer->optimizer.updates > 0;
    long end = 0;
    if (!path)
        return RS_OK;
    trainer->log = resumed ? fopen(path, "r+") : NULL;
    if (!trainer->log)
        trainer->log = fopen(path, "w");
    else {
        rs_status status = find_end(trainer, trainer->log, &end, err);
        if (status != RS_OK) {
            (void)fclose(trainer->log);
            trainer->log = NULL;
            return status;
        }
        if (fseek(trainer->log, end, SEEK_SET) != 0 || ftruncate(fileno(trainer->log), end) != 0)
            return fail_log(trainer, err);
    }
    if (!trainer->log || (end == 0 && fputs(HEADER, trainer->log) < 0))
        return fail_log(trainer, err);
    return RS_OK;
}

rs_status rs_log_row(rs_trainer *trainer, const rs_train_row *row, rs_error *err)
{
    if (!trainer->log)
        return RS_OK;
    int written = fprintf(trainer->log, "%llu,%.17g,%.17g,%.17g,", (unsigned long long)row->update,
                          row->loss, row->norm, row->norm_clipped);
    if (written >= 0)
        written = row->has_held_out ? fprintf(trainer->log, "%.17g\n", row->held_out)
                                    : fputs("\n", trainer->log);
    /* flushed, so that one can watch it grow */
    return written < 0 || fflush(trainer->log) != 0 ? fail_log(trainer, err) : RS_OK;
}

rs_status rs_log_close(rs_trainer *trainer, rs_error *err)
{
    FILE *log = trainer->log;
    trainer->log = NULL;
    return log && fclose(log) != 0 ? fail_log(trainer, err) : RS_OK;
}
