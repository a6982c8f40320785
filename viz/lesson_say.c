/* What the terminal says around a lesson, in both languages. */
#include "viz/lesson_text.h"

#include <string.h>

static const struct {
    const char *en, *zh;
} words[] = {{"step", "第"},
             {"Predict", "先预测"},
             {"answer", "答案"},
             {"you predicted", "你的预测"},
             {"it is", "实际是"},
             {"near enough", "足够接近"},
             {"not near", "相差较远"},
             {"exactly", "须完全相等"},
             {"within a factor of %g", "相差不超过 %g 倍"},
             {"Task", "任务"},
             {"solved", "已完成"},
             {"passes", "通过"},
             {"does not pass yet", "还没有通过"},
             {"Slider", "滑块"},
             {"Hint", "提示"},
             {"Solution", "解答"},
             {"Why", "为什么"},
             {"Exercise", "练习"},
             {"in", "源码"},
             {"Scene", "场景"},
             {"now", "现在"},
             {"Enter: next", "回车：下一步"},
             {"Type `hint`, `back`, `quit`, `help`, or NAME = NUMBER.",
              "可输入 hint（提示）、back（返回）、quit（退出）、help（帮助），或 名字 = 数值。"},
             {"a number, or Enter to see what comes: ", "请输入一个数，或按回车直接看结果："},
             {"The end of this lesson. Progress is kept.", "本课到此结束，进度已保存。"},
             {"Lesson %zu of %zu", "第 %zu 课（共 %zu 课）"},
             {"Lesson %zu of %zu is done.", "第 %zu 课（共 %zu 课）已完成。"},
             {"Next: %zu. %s", "下一课：%zu. %s"},
             {"Every lesson is done.", "所有课都已完成。"},
             {"Enter goes there; quit leaves: ", "回车前往，quit 退出："},
             {"step %zu of %zu", "第 %zu 步（共 %zu 步）"},
             {"there is no such lesson; `list` has them", "没有这一课；list 列出所有的课"},
             {"The file has been saved; here is the step again.", "文件已保存，重新显示这一步。"},
             {"expected a number", "需要一个数"},
             {"no more hints; the lesson goes on with Enter", "没有更多提示了；按回车继续"},
             {"there is no task here", "这一步没有任务"},
             {"this is the first step", "这已经是第一步"},
             {"next, back, quit     go on, go back, leave (Enter: next)\n"
              "hint, check, reset   the next hint; try the task; the scene as it was\n"
              "NAME = NUMBER        change the scene: W[0][1] = 0.2, gain = 1.5, answer = 3\n"
              "? EXPRESSION         what it is now: ? max(jacobian)\n"
              "again                the step once more\n"
              "list, lesson N       all lessons, with what is done; go to one\n",
              "next, back, quit     下一步、返回、退出（回车：下一步）\n"
              "hint, check, reset   下一条提示；检查任务；恢复场景\n"
              "名字 = 数值          改变场景：W[0][1] = 0.2，gain = 1.5，answer = 3\n"
              "? 表达式             现在的值：? max(jacobian)\n"
              "again                再看一遍这一步\n"
              "list, lesson N       列出所有的课和进度；前往某一课\n"}};

const char *lesson_say(lang_kind lang, const char *english)
{
    for (size_t k = 0; lang == LANG_ZH && k < sizeof words / sizeof *words; k++)
        if (strcmp(words[k].en, english) == 0)
            return words[k].zh;
    return english;
}
