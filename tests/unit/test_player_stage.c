/* lessons/engine: which scene of a step the learner sees. */
#include "tests/unit/test.h"

#include "lessons/engine/player.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char page[] = "# A lesson\n\n## Asked of the second scene\n\n"
                           "```scene\ncell = rnn\nsteps = 3\n```\n\n"
                           "```scene\ncell = rnn\nsteps = 4\n```\n\n"
                           "```predict\nask = how many?\nanswer = steps\nwithin = exact\n```\n\n"
                           "## Moved in the third\n\n"
                           "```scene\ncell = rnn\nsteps = 5\n```\n\n"
                           "```predict\nask = how many?\nanswer = steps\nwithin = exact\n```\n\n"
                           "```scene\ncell = rnn\nsteps = 6\n```\n\n"
                           "```slider\nsteps from 1 to 9\n```\n\n"
                           "## The first of two\n\n"
                           "```scene\ncell = rnn\nsteps = 7\n```\n\n"
                           "```scene\ncell = rnn\nsteps = 8\n```\n\n"
                           "## None of its own\n\nText.\n";

static void stage_is_what_a_step_is_about(void **state)
{
    (void)state;
    static const double steps[] = {4, 6, 7, 8};
    char path[] = "/tmp/rs-stage-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, page, sizeof page - 1), (ssize_t)sizeof page - 1);
    assert_int_equal(close(file), 0);
    lesson l;
    player p;
    assert_int_equal(lesson_read(path, &l, NULL, NULL), RS_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(player_open(&p, &l, NULL, NULL), RS_OK);
    for (size_t k = 0; k < TESTS_N(steps); k++) {
        player_go(&p, k);
        assert_true(p.scene.number[SCENE_STEPS] == steps[k]);
    }
    player_close(&p);
    lesson_free(&l);
}

const struct CMUnitTest player_stage_tests[] = {cmocka_unit_test(stage_is_what_a_step_is_about)};
const size_t player_stage_tests_n = TESTS_N(player_stage_tests);
