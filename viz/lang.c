#include "viz/lang.h"

#include <inttypes.h>
#include <string.h>

/* English (the key), Chinese */
static const struct {
    const char *english, *chinese;
} table[] = {
    /* shared */
    {"step t", "步 t"},
    {"step", "步"},
    {"lag", "间隔"},
    {"number", "序号"},
    {"update", "更新次数"},
    {"value", "数值"},
    {"units", "单元"},
    {"seed", "种子"},
    /* titles of the views */
    {"The unrolled chain", "展开的链"},
    {"Gates and states over time", "门与状态随时间的变化"},
    {"Units over time", "各单元随时间的变化"},
    {"Gradient norms over time", "梯度范数随时间的变化"},
    {"Credit: whose loss blames which step", "归因：哪一步的损失归于哪一步"},
    {"How far back the weights' gradient reaches", "权重的梯度能传回多远"},
    {"Who carries the gradient", "梯度由谁传递"},
    {"Eigenvalues, singular values, Lyapunov exponents", "特征值、奇异值与李雅普诺夫指数"},
    {"Gates: how often shut, how often open", "门：多常关闭，多常打开"},
    {"The equations, with their numbers", "方程与其中的数值"},
    {"Gradient check", "梯度检验"},
    {"Trajectories and attractors", "轨迹与吸引子"},
    {"Bifurcation: one attractor, two, one", "分岔：一个、两个、又一个吸引子"},
    {"The wall: why a gradient explodes, and what clipping does",
     "峭壁：梯度为何爆炸，裁剪有何作用"},
    {"Training", "训练"},
    /* chain */
    {"%s over time", "%s 沿时间展开"},
    {"numbers: $|\\partial L/\\partial \\cdot|$; arrows as wide as its logarithm",
     "数字：$|\\partial L/\\partial \\cdot|$；箭头宽度表示其对数"},
    /* channels */
    {"hidden state", "隐藏状态"},
    {"cell state", "细胞状态"},
    {"input gate", "输入门"},
    {"forget gate", "遗忘门"},
    {"output gate", "输出门"},
    {"reset gate", "重置门"},
    {"update gate", "更新门"},
    {"candidate", "候选值"},
    {"the candidate's recurrent part, before the reset gate", "候选值的循环部分（重置之前）"},
    {"the past as the candidate sees it", "候选值所见的过去"},
    {"squashed cell state", "压缩后的细胞状态"},
    /* gates, units */
    {"%s gates and states", "%s 的门与状态"},
    {"units × time, units by the mean of $%s$", "单元 × 时间，按 $%s$ 的均值排列单元"},
    {"a line a unit", "每个单元一条线"},
    /* norms */
    {"Gradient reaching each step", "到达每一步的梯度"},
    {"$|\\partial L/\\partial h_t|$, same data, same seed",
     "$|\\partial L/\\partial h_t|$，相同数据，相同种子"},
    {"Through the cell state", "经过细胞状态"},
    {"At the input", "到达输入"},
    {"%s, halves every %s steps", "%s，每 %s 步减半"},
    {"%s, doubles every %s steps", "%s，每 %s 步加倍"},
    {"smallest float32", "float32 最小正规数"},
    {"smallest double", "double 最小正规数"},
    /* credit */
    {"%s credit", "%s 的归因矩阵"},
    {"$|\\partial L_t/\\partial h_k|$, every pair of steps",
     "$|\\partial L_t/\\partial h_k|$，每一对步"},
    {"row: loss at step t", "每行：第 t 步的损失"},
    {"step k", "步 k"},
    {"By lag", "按间隔"},
    {"mean and largest over $t$", "对 $t$ 的均值与最大值"},
    {"lag t − k", "间隔 t − k"},
    {"mean", "均值"},
    {"largest", "最大值"},
    /* lags */
    {"Share of each lag in the weights' gradient", "各间隔在权重梯度中的份额"},
    {"$\\|\\partial L_t/\\partial W_{hh}\\|$ through step $t - \\text{lag}$, summed over $t$",
     "$\\|\\partial L_t/\\partial W_{hh}\\|$ 经由相应间隔之前的一步，对 $t$ 求和"},
    {"Up to this lag", "累计到该间隔"},
    {"part of the sum of all lags' norms", "占所有间隔范数之和的比例"},
    /* paths */
    {"From step t to t − 1", "从第 t 步到第 t − 1 步"},
    {"norm of the part that takes each route", "经各条路径的部分的范数"},
    {"Share of each route", "各路径的份额"},
    {"the shares of a step add up to 1", "同一步的份额之和为 1"},
    {"All the way back", "一路传回"},
    {"$\\|\\partial s_T/\\partial s_t\\|$, largest gain",
     "$\\|\\partial s_T/\\partial s_t\\|$，最大增益"},
    {"all routes", "全部路径"},
    {"direct alone", "仅直接路径"},
    {"direct", "直接路径"},
    {"recurrent weights", "循环权重"},
    /* spectrum */
    {"Eigenvalues of $W_{hh}$", "$W_{hh}$ 的特征值"},
    {"a block a gate", "每个门一块"},
    {"Eigenvalues of step Jacobians", "单步雅可比矩阵的特征值"},
    {"$\\partial s_t/\\partial s_{t-1}$ at five steps",
     "五个时刻的 $\\partial s_t/\\partial s_{t-1}$"},
    {"Not computed: the state is too large.", "未计算：状态太大。"},
    {"Singular values", "奇异值"},
    {"of $W_{hh}$, a block a gate", "$W_{hh}$ 的奇异值，每个门一块"},
    {"Lyapunov exponents", "李雅普诺夫指数"},
    {"growth a step, $\\ln$", "每步的增长率，$\\ln$"},
    {"neither grows nor shrinks", "既不增大也不减小"},
    /* saturation */
    {"mean %s", "均值 %s"},
    {"slope %s", "斜率 %s"},
    {"time > 0.9 →", "时间 > 0.9 →"},
    {"↑ time < 0.1", "↑ 时间 < 0.1"},
    {"This cell has no gate with a range.", "此单元没有取值有界的门。"},
    /* equations */
    {"%s, equation by equation", "%s，逐条方程"},
    {"step %zu, unit %zu, layer %zu, sequence %zu", "第 %zu 步，单元 %zu，第 %zu 层，序列 %zu"},
    {"forward", "前向"},
    {"backward", "反向"},
    /* phase */
    {"%s state, unit against unit", "%s 的状态，单元对单元"},
    {"a line a sequence; ● its end, ○ where it settles under the mean input, × where it does not",
     "每条序列一条线；● 终点，○ 平均输入下的稳定点，× 不稳定"},
    /* bifurcation, wall */
    {"Fixed points", "不动点"},
    {"$x = w \\sigma(x) + b$, $w = 5$", "$x = w \\sigma(x) + b$，$w = 5$"},
    {"attracts", "吸引"},
    {"repels", "排斥"},
    {"Factor a step", "每步的因子"},
    {"$w \\sigma'(x)$ at the attractor that $x_0 = 0.5$ falls into",
     "$x_0 = 0.5$ 所落入的吸引子处的 $w \\sigma'(x)$"},
    {"the gradient is kept", "梯度保持不变"},
    {"Error", "误差"},
    {"$E = (\\sigma(x_{50}) - 0.7)^2$, with gradient descent",
     "$E = (\\sigma(x_{50}) - 0.7)^2$，以及梯度下降的路径"},
    {"Slope", "斜率"},
    {"clipped", "裁剪"},
    {"not clipped", "不裁剪"},
    {"%s %% of the plane has a slope below 1; the largest is %s.",
     "平面上 %s %% 的地方斜率小于 1；最大为 %s。"},
    /* training */
    {"Loss", "损失"},
    {"of each update's batch, Adam", "每次更新所用批次，Adam"},
    {"without seeing the input", "不看输入时"},
    {"Gradient norm", "梯度范数"},
    {"clipped to norm 1", "裁剪到范数 1"},
    {"after clipping", "裁剪后"},
    {"before", "之前"},
    {"after", "之后"},
    {"Parameters", "参数"},
    {"how many of each size", "各取值的个数"},
    /* check */
    {"Error of each block", "各参数块的误差"},
    {"dot: against the exact gradient; bar: what rounding explains",
     "点：与精确梯度之差；横条：舍入可解释的范围"},
    {"Where the derivatives are wrong", "导数错在何处"},
    {"largest error of each step, relative; frame: the finding",
     "每步的最大相对误差；方框：所定位的错误"},
    {"✓ gradient agrees", "✓ 梯度正确"},
    {"✗ gradient is wrong", "✗ 梯度有误"},
    {"? no verdict", "? 无法判定"},
    {"step size", "步长"},
    {"Step size", "步长"},
    {"error of a directional derivative by its step", "方向导数的误差随步长的变化"},
    {"forward difference", "前向差分"},
    {"central difference", "中心差分"},
    {"complex step", "复数步长"},
    {"Taylor test", "泰勒检验"},
    {"remainder; its slope is 2 where the gradient is right", "余项；梯度正确时斜率为 2"},
    {"remainder", "余项"},
    {"slope 2", "斜率 2"},
    /* the viewer: pages */
    {"Overview", "总览"},
    {"Chain", "链"},
    {"Norms", "范数"},
    {"Gates", "门"},
    {"Units", "单元"},
    {"Credit", "归因"},
    {"Paths", "路径"},
    {"Spectrum", "谱"},
    {"Equations", "方程"},
    {"Check", "检验"},
    {"One unit", "单个单元"},
    {"Phase", "相图"},
    /* the viewer: header, side */
    {"Gradient flow", "梯度流"},
    {"gradient verified", "梯度已验证"},
    {"checking the gradient …", "正在检验梯度 …"},
    {"gradient not checked", "梯度未检验"},
    {"Predict", "预测"},
    {"show me", "直接看结果"},
    {"doubles: ", "加倍："},
    {"First your prediction; then the stage opens.", "先写下你的预测，再揭晓结果。"},
    {"your answer", "你的答案"},
    {"✓ near enough", "✓ 足够接近"},
    {"not near", "相差较远"},
    {"✓ right", "✓ 正确"},
    {"not right", "不对"},
    {"Next lesson →", "下一课 →"},
    {"the lesson is finished", "本课已学完"},
    {"exactly", "须完全相等"},
    {"within a factor of %g", "相差不超过 %g 倍"},
    {"± %g", "± %g"},
    {"± %g %%", "± %g %%"},
    {"measured", "测得"},
    {"Task", "任务"},
    {"hint", "提示"},
    {"as it was", "恢复原样"},
    {"✓ solved", "✓ 完成"},
    {"Exercise", "练习"},
    {"Next →", "下一步 →"},
    {"↓ more", "↓ 下面还有"},
    {"← back", "← 上一步"},
    {"Done", "完成"},
    {"the next page, or step of the lesson", "下一页，或课程的下一步"},
    {"the page or step before", "上一页或上一步"},
    {"a hint", "提示"},
    {"in a lesson: all sliders", "课程中：显示全部滑块"},
    {"F1 help", "F1 帮助"},
    {"Model", "模型"},
    {"computing …", "计算中 …"},
    {"recurrent gain", "循环增益"},
    {"spectral radius", "谱半径"},
    {"forget bias $b_f$", "遗忘偏置 $b_f$"},
    {"steps $T$", "步数 $T$"},
    {"units $H$", "单元数 $H$"},
    {"layers", "层数"},
    {"sequences $B$", "序列数 $B$"},
    {"input scale", "输入幅度"},
    {"learning rate", "学习率"},
    {"clip norm", "裁剪范数"},
    {"task", "任务"},
    {"initialisation", "初始化"},
    {"loss at", "损失位置"},
    {"unit", "单元"},
    {"steps", "步"},
    {"Half-life of the gradient", "梯度的半衰期"},
    /* the viewer: messages */
    {"this is where it began", "已回到最初"},
    {"there is nothing to redo", "没有可重做的操作"},
    {"one cell stays", "至少保留一个单元类型"},
    {"four cells fit beside each other", "最多并排显示四种单元"},
    {"there is no memory for this step of undo", "内存不足，无法记录这一步撤销"},
    /* the viewer: training */
    {"train", "训练"},
    {"pause", "暂停"},
    {"one update", "更新一次"},
    {"moment", "时刻"},
    {"before clipping", "裁剪前"},
    {"Space trains all cells on equal batches, N by one update.",
     "按空格键用相同批次训练所有单元，按 N 键只更新一次。"},
    {"train, or pause", "训练或暂停"},
    {"train by one update", "训练一次更新"},
    /* the viewer: help */
    {"Keys", "按键"},
    {"On this page", "本页内容"},
    {"to the next control", "到下一个控件"},
    {"to the control before", "到上一个控件"},
    {"change the control", "改变控件的值"},
    {"change the control, else move the text", "改变控件的值，否则滚动正文"},
    {"change it ten times as much", "以十倍幅度改变"},
    {"the control's standard value", "控件的标准值"},
    {"take the number typed, press the control, or pin the cursor",
     "采用输入的数值、按下控件或固定光标"},
    {"a step back in time", "时间后退一步"},
    {"a step on in time", "时间前进一步"},
    {"ten steps back", "后退十步"},
    {"ten steps on", "前进十步"},
    {"the unit before", "上一个单元"},
    {"the next unit", "下一个单元"},
    {"the next cell", "下一种单元类型"},
    {"the next page", "下一页"},
    {"the page before", "上一页"},
    {"undo", "撤销"},
    {"redo", "重做"},
    {"everything to its standard", "全部恢复标准值"},
    {"pin the present curves to compare with", "固定当前曲线以便比较"},
    {"logarithmic or linear axes", "对数或线性坐标"},
    {"wide and faint: pinned", "宽而淡的线：已固定"},
    {"loss of step", "损失步"},
    {"light or dark", "浅色或深色"},
    {"English or Chinese", "英文或中文"},
    {"export what is on the screen", "导出屏幕内容"},
    {"help", "帮助"},
    {"full screen", "全屏"},
    {"back", "返回"},
    {"quit", "退出"},
    {"How large the gradient still is at each step, on its way back from the loss. A straight line "
     "down to the left is vanishing; dashed lines are where float32 and double end.",
     "梯度从损失往回传时，在每一步还剩多大。向左直线下降就是梯度消失；虚线是 float32 与 double "
     "的下限。"},
    {"Every channel of the cell, a row a unit, a column a step.",
     "单元的每个通道：一行一个单元，一列一步。"},
    {"One channel, a line a unit.", "一个通道，每个单元一条线。"},
    {"How much the loss of step t (row) depends on the state of step k (column).",
     "第 t 步（行）的损失在多大程度上取决于第 k 步（列）的状态。"},
    {"How much of the weight gradient comes from pairs of steps so far apart.",
     "权重梯度中有多少来自相隔这么远的两步。"},
    {"Which route the gradient takes from a step to the one before: straight through the state, or "
     "through a gate.",
     "梯度从一步传到前一步走哪条路：直接经过状态，还是经过某个门。"},
    {"Eigenvalues of the recurrent weights against the unit circle, and singular values.",
     "循环权重的特征值与单位圆，以及奇异值。"},
    {"A dot a unit: the share of time its gate is nearly shut and nearly open.",
     "每个单元一个点：它的门几乎关闭与几乎打开的时间比例。"},
    {"The cell's equations with the numbers of the unit and step at the cursor.",
     "单元的方程，代入光标处单元与步的数值。"},
    {"The network over time; arrows are as wide as the log of the gradient through them.",
     "沿时间展开的网络；箭头的宽度是经过它的梯度的对数。"},
    {"Where the state goes, for one or two units.", "一两个单元的状态走向。"},
    {"The error of one unit over its weight and bias: flat, then a wall.",
     "单个单元的误差随权重与偏置的变化：先平坦，后是一堵墙。"},
    {"The fixed points of one unit as its bias changes.", "单个单元的不动点随偏置的变化。"},
    {"Every block of the gradient against the complex step.", "梯度的每一块与复数步长的对照。"},
    {"Loss and gradient norm while the network learns.", "网络学习过程中的损失与梯度范数。"},
    {"Move over a panel to read it, click to keep the cursor there, double click its heading to "
     "see "
     "it alone.",
     "把指针移到图上可读数，单击固定光标，双击标题可单独查看该图。"},
    {"Drag a slider, or focus it and type a number. A small line on a slider is a critical value.",
     "拖动滑块，或选中后输入数值。滑块上的小竖线是临界值。"},
    {"The badge says whether every derivative on the screen agrees with the complex step. Click it "
     "for the numbers.",
     "徽章说明屏幕上的每个导数是否与复数步长一致。单击可看数值。"},
    /* figures */
    {"%s, H = %zu, L = %zu, %zu parameters · %s, T = %zu, B = %zu · seed %" PRIu64,
     "%s，H = %zu，L = %zu，%zu 个参数 · %s，T = %zu，B = %zu · 种子 %" PRIu64},
};

enum { ROWS = sizeof table / sizeof *table };

const char *lang_text(lang_kind to, const char *english)
{
    for (size_t k = 0; k < ROWS && to == LANG_ZH; k++)
        if (strcmp(table[k].english, english) == 0)
            return table[k].chinese;
    return english;
}

int lang_has(lang_kind to, const char *english)
{
    return to == LANG_EN || lang_text(to, english) != english;
}

int lang_named(const char *name, lang_kind *to)
{
    const size_t n = strcspn(name, "_-.");
    if (n != 2 || (strncmp(name, "en", 2) != 0 && strncmp(name, "zh", 2) != 0))
        return 0;
    *to = name[0] == 'z' ? LANG_ZH : LANG_EN;
    return 1;
}

int lang_row(size_t k, const char **english, const char **chinese)
{
    if (k >= ROWS)
        return 0;
    *english = table[k].english;
    *chinese = table[k].chinese;
    return 1;
}
