/* What the terminal says around a lesson, in both languages. */
#include "viz/lesson_text.h"

#include <string.h>

static const struct {
    const char *en, *zh;
} words[] = {
    {"step", "第"},
    {"Predict", "先预测"},
    {"answer", "答案"},
    {"    you predicted %g; it is %.6g: %s\n", "    你的预测是 %g，实际是 %.6g：%s\n"},
    {": ", "："},
    {"%s (%s): ", "%s（%s）："},
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
    {"no more hints; the lesson goes on with Enter", "没有更多提示了；按回车继续"},
    {"there is no task here", "这一步没有任务"},
    {"this is the first step", "这已经是第一步"},
    {LESSON_HELP, "next, back, quit     下一步、返回、退出（回车：下一步）\n"
                  "hint, check, reset   下一条提示；检查任务；恢复场景\n"
                  "名字 = 数值          改变场景：W[0][1] = 0.2，gain = 1.5，answer = 3\n"
                  "? 表达式             现在的值：? max(jacobian)；? h 列出全部数值\n"
                  "picture              把当前的图存成文件\n"
                  "exercise             你自己的代码：准备文件；此后 check、hint 都针对它\n"
                  "again                再看一遍这一步\n"
                  "list, lesson N       列出所有的课和进度；前往某一课\n"},
    {"expected a number; back, list and quit lead away", "需要一个数；back、list、quit 可以离开"},
    {"there is no exercise here", "这一步没有练习"},
    {"there is nothing to draw here", "这里没有可画的图"},
    {"%zu pictures are in lesson-pictures/.", "%zu 张图在 lesson-pictures/ 中。"},
    {"Here: `exercise` lays out your file, `check` judges it.",
     "在这里：exercise 准备你的文件，check 检查它。"},
    {"Your file", "你的文件"},
    {"What to do", "要做什么"},
    {"What you are given", "已给出的量"},
    {"Write in it with an editor of yours and save it, then `check` here.",
     "用你的编辑器写好并保存，再在这里输入 check。"},
    {"The worked solution", "参考解答"},
    {"Checker", "检查器"}};

const char *lesson_say(lang_kind lang, const char *english)
{
    for (size_t k = 0; lang == LANG_ZH && k < sizeof words / sizeof *words; k++)
        if (strcmp(words[k].en, english) == 0)
            return words[k].zh;
    return english;
}
