/* The checker's words in Chinese: every phrase has them, with the same values, and none of the
 * English is left; and the sentences that come finished, by their patterns. */
#include "tests/unit/test.h"

#include "tests/mutants/prose.h"
#include "tests/unit/broken.h"
#include "viz/finding_text.h"
#include "viz/sentence.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool has_value(const char *words, int which)
{
    const char place[] = {'{', (char)which, '}', '\0'};
    return strstr(words, place) != NULL;
}

/* An English mark in a text that is Chinese otherwise; between figures it is none. */
static bool has_narrow_mark(const char *text)
{
    static const char *const marks[] = {": ", ", ", "; ", " (", "?", "!"};
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (strstr(text, marks[k]))
            return true;
    return false;
}

static void every_phrase_has_its_chinese(void **state)
{
    (void)state;
    char word[32];
    for (int kind = RS_SAYS_NOTHING + 1; kind < RS_PHRASES; kind++) {
        const char *english = rs_phrase_english((rs_phrase_kind)kind);
        const char *chinese = finding_words(LANG_ZH, (rs_phrase_kind)kind);
        assert_non_null(english);
        if (!chinese)
            fail_msg("no Chinese for: %s", english);
        if (prose_in(chinese, word))
            fail_msg("\"%s\" is English: %s", word, chinese);
        if (has_narrow_mark(chinese))
            fail_msg("a mark that is not full-width: %s", chinese);
        for (int which = '1'; which <= '9'; which++)
            if (has_value(english, which) != has_value(chinese, which))
                fail_msg("value %c is in one of the two only: %s | %s", which, english, chinese);
    }
}

static void assert_chinese(const rs_check_finding *finding)
{
    char text[1024], word[32];
    finding_text(LANG_EN, finding, text, sizeof text);
    assert_string_equal(text, finding->text);
    finding_text(LANG_ZH, finding, text, sizeof text);
    if (strchr(text, '{') || prose_in(text, word))
        fail_msg("not Chinese throughout: %s | %s", finding->text, text);
}

/* Every broken pass that the tests of the checker have. */
static void findings_are_chinese_throughout(void **state)
{
    (void)state;
    const shape two_layers = {.T = 5, .B = 2, .I = 2, .H = 3, .L = 2, .O = 2, .kind = RS_MSE};
    const rs_check_options options = {.backward = broken_backward, .threads = 1};
    for (size_t k = 0; k < mistakes_n; k++) {
        const rs_cell cell = broken_cell(&mistakes[k]);
        fixture f = fixture_make(&cell, two_layers, 5);
        rs_trace *trace = fixture_trace(&f, RS_KEEP_ALL);
        rs_check_report report;
        assert_int_equal(rs_check(trace, f.model.parameters, &f.loss, &options, &report, NULL),
                         RS_OK);
        assert_true(report.findings_n > 0);
        for (size_t j = 0; j < report.findings_n; j++)
            assert_chinese(&report.findings[j]);
        rs_check_report_free(&report);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

static void a_path_from_the_loss_is_named(void **state)
{
    (void)state;
    rs_phrase says[RS_FINDING_PHRASES] = {0};
    char text[256];
    rs_say(&says[RS_FINDING_WHERE], RS_SAYS_AT_LAYER, "lstm\n%d", 1);
    rs_say(&says[RS_FINDING_WHAT], RS_SAYS_PATH_MISSING, "loss → dh");
    finding_phrases_text(LANG_ZH, says, text, sizeof text);
    assert_string_equal(text, "lstm 第 1 层：通路 损失 → dh 缺失");
    finding_phrases_text(LANG_EN, says, text, sizeof text);
    assert_string_equal(text, "lstm layer 1: path loss → dh is missing");
}

/* Too little room cuts a text and nothing else. */
static void a_text_fits_its_room(void **state)
{
    (void)state;
    rs_phrase phrase = {0};
    char text[16];
    rs_say(&phrase, RS_SAYS_TAKES, "dc\ndf\ndg");
    assert_int_equal(rs_phrase_fill(&phrase, "{2} and {9}{1}", text, sizeof text), 9);
    assert_string_equal(text, "df and dc");
    assert_int_equal(rs_phrase_fill(&phrase, "{1}{2}{3}", text, 4), 3);
    assert_string_equal(text, "dcd");
    assert_int_equal(rs_phrase_fill(&phrase, "{1}", text, 0), 0);
}

/* ---- sentences that come finished ------------------------------------------------------------ */

static void every_pattern_has_its_values(void **state)
{
    (void)state;
    const sentence_row *row;
    for (size_t k = 0; (row = sentence_pattern(k)) != NULL; k++) {
        for (int which = '1'; which <= '9'; which++)
            if (has_value(row->english, which) != has_value(row->chinese, which))
                fail_msg("value %c: %s | %s", which, row->english, row->chinese);
        if (has_narrow_mark(row->chinese))
            fail_msg("a mark that is not full-width: %s", row->chinese);
        for (size_t j = 0; j < k; j++)
            assert_string_not_equal(row->english, sentence_pattern(j)->english);
    }
}

static void sentences_are_said_in_chinese(void **state)
{
    (void)state;
    static const struct {
        const char *english, *chinese;
    } rows[] = {
        {"lstm_step, step t=2 of sequence 0: `dc[1]` is NaN",
         "lstm_step，序列 0 的第 2 步：`dc[1]` 不是数（NaN）"},
        {"clip, a short gradient, which stays: returns 3, the norm before was 0.7",
         "clip，短的梯度，保持不变：返回 3，裁剪前的范数是 0.7"},
        {"step: 3 of 9 blocks of derivatives are right.", "step：9 块导数中有 3 块正确。"},
        {"step, step t=3 of sequence 1: it crashed: a whole number is divided by zero",
         "step，序列 1 的第 3 步：程序崩溃：整数除以零"},
        {"the check would take 3.1 GB of memory, at most 2.0 GB here: fewer steps, units or "
         "sequences",
         "检查需要 3.1 GB 内存，这里最多 2.0 GB：请减少步数、神经元或序列"},
        {"/tmp/a b.csv: line 3, column 2: \"x\" is not a number",
         "/tmp/a b.csv：第 3 行第 2 列：“x”不是数"},
        {"/tmp/a: cannot be opened: No such file or directory",
         "/tmp/a：无法打开：没有这个文件或文件夹"},
        {"the loss is not finite here", "这里的损失不是有限的数"},
        {"nothing that any pattern: knows", "nothing that any pattern: knows"},
        {"", ""}};
    char text[SENTENCE_TEXT];
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        assert_string_equal(sentence_text(LANG_ZH, rows[k].english, text), rows[k].chinese);
        assert_ptr_equal(sentence_text(LANG_EN, rows[k].english, text), rows[k].english);
    }
}

/* As long as a line can be, and longer. */
static void a_long_sentence_stays_as_it_is(void **state)
{
    (void)state;
    static char line[3 * SENTENCE_TEXT];
    char text[SENTENCE_TEXT];
    memset(line, 'x', sizeof line - 1);
    memcpy(line + sizeof line - 20, ": cannot be opened", 19);
    assert_ptr_equal(sentence_text(LANG_ZH, line, text), line);
}

const struct CMUnitTest finding_text_tests[] = {
    cmocka_unit_test(every_phrase_has_its_chinese),
    cmocka_unit_test(findings_are_chinese_throughout),
    cmocka_unit_test(a_path_from_the_loss_is_named),
    cmocka_unit_test(a_text_fits_its_room),
    cmocka_unit_test(every_pattern_has_its_values),
    cmocka_unit_test(sentences_are_said_in_chinese),
    cmocka_unit_test(a_long_sentence_stays_as_it_is),
};
const size_t finding_text_tests_n = TESTS_N(finding_text_tests);
