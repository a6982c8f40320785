#include "viz/lesson_look.h"

#include "lessons/engine/compute.h"
#include "lessons/engine/measure.h"
#include "viz/finding_text.h"
#include "viz/lesson_pictures.h"
#include "viz/sentence.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 64, COLUMNS = 6, ACROSS = 6 };

#define SAY(paper, english) lesson_say((paper)->lang, (english))

/* The array of this name now; false where it names none. */
static bool find_array(player *p, const char *name, measure *m)
{
    computed *c = player_computed(p, NULL);
    return c && *name && measure_named(c, name, strlen(name), 1, m, NULL) == RS_OK;
}

/* [k] number, several a line. */
static void print_vector(FILE *to, const measure *m, size_t rows)
{
    for (size_t k = 0; k < rows; k++)
        (void)fprintf(to, "%s%3zu: %-9.3g%s", k % ACROSS == 0 ? "    " : "", k, m->value[k],
                      k % ACROSS + 1 == ACROSS || k + 1 == rows ? "\n" : " ");
}

static void print_rows(FILE *to, const measure *m, size_t rows)
{
    const size_t cols = m->cols < COLUMNS ? m->cols : COLUMNS;
    for (size_t k = 0; k < rows; k++) {
        (void)fprintf(to, "    %3zu:", k);
        for (size_t j = 0; j < cols; j++)
            (void)fprintf(to, " %11.4g", m->value[k * m->cols + j]);
        (void)fprintf(to, "%s\n", cols < m->cols ? " …" : "");
    }
}

static void print_array(FILE *to, const char *name, const measure *m)
{
    const size_t rows = m->rows < ROWS ? m->rows : ROWS;
    (void)fprintf(to, "    %s[%zu]", name, m->rows);
    (void)fprintf(to, m->cols > 1 ? "[%zu]\n" : "\n", m->cols);
    if (m->cols == 1)
        print_vector(to, m, rows);
    else
        print_rows(to, m, rows);
    (void)fputs(rows < m->rows ? "    …\n" : "", to);
}

void lesson_tell(const lesson_paper *paper, player *p, const char *expression)
{
    double value = 0;
    measure m = {0};
    rs_error err = {0};
    const lesson_step *step = &p->lesson->steps[p->step];
    const size_t block = p->stage < p->lesson->blocks_n ? p->stage : step->first;
    if (player_value(p, block, expression, &value, &err) == RS_OK)
        (void)fprintf(paper->to, "    %s = %.8g\n", expression, value);
    else if (find_array(p, expression, &m))
        print_array(paper->to, expression, &m);
    else
        (void)fprintf(paper->to, "%s\n", err.text);
    free(m.value);
}

/* Of the first cell whose backward pass is wrong, else of the last. */
static const rs_check_report *find_report(computed *c)
{
    const rs_check_report *report = NULL;
    for (size_t k = 0; c && k < c->cells_n && !(report && report->findings_n > 0); k++)
        if (compute_check(c, k, &report, NULL) != RS_OK)
            return NULL;
    return report;
}

void lesson_tell_check(const lesson_paper *paper, player *p)
{
    const lesson_block *at = p->stage < p->lesson->blocks_n ? &p->lesson->blocks[p->stage] : NULL;
    const char *show = at ? lesson_value(at, "show") : NULL;
    if (!show || !strstr(show, "check") || !at->scene.bug[0])
        return;
    const rs_check_report *report = find_report(player_computed(p, NULL));
    if (!report)
        return;
    (void)fprintf(paper->to, "%s%s%s\n", SAY(paper, "Checker"), SAY(paper, ": "),
                  lang_text(paper->lang, report->verdict == RS_WRONG ? "✗ gradient is wrong"
                                                                     : "✓ gradient agrees"));
    for (size_t k = 0; k < report->findings_n; k++) {
        char text[1024];
        finding_text(paper->lang, &report->findings[k], text, sizeof text);
        lesson_print_wrapped(paper->to, text, 4);
    }
}

void lesson_draw(const lesson_paper *paper, player *p)
{
    size_t n = 0;
    rs_error err = {0};
    char text[SENTENCE_TEXT];
    if (lesson_pictures_now(p, "lesson-pictures", paper->lang, &n, &err) != RS_OK)
        (void)fprintf(paper->to, "%s\n", sentence_text(paper->lang, err.text, text));
    else if (n == 0)
        (void)fprintf(paper->to, "%s\n", SAY(paper, "there is nothing to draw here"));
    else {
        (void)fprintf(paper->to, SAY(paper, "%zu pictures are in lesson-pictures/."), n);
        (void)fputc('\n', paper->to);
    }
}
