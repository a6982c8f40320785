#include "viz/finding_text.h"

#include <string.h>

/* The order is that of gradcheck/phrase.h; lessons say the same words. */
static const char *const chinese[RS_PHRASES] = {
    [RS_SAYS_NOTHING] = "",
    /* where */
    [RS_SAYS_AT_LOSS] = "损失，t = {1}：",
    [RS_SAYS_AT_STEP] = "{1} 第 {2} 层，t = {3}：",
    [RS_SAYS_AT_LAYER] = "{1} 第 {2} 层：",
    [RS_SAYS_AT_READOUT] = "输出层：",
    [RS_SAYS_AT_EVERY_STEP] = "{1}，每一步：",
    /* of */
    [RS_SAYS_OF_BLOCK] = "{1} 的梯度",
    [RS_SAYS_OF_ROWS] = "{1} 的梯度中门 {2} 的各行",
    /* of a derivative as a whole */
    [RS_SAYS_NAN] = "{1} 不是数（NaN）",
    [RS_SAYS_INFINITE] = "{1} 为无穷大",
    [RS_SAYS_UNKNOWN] = "{1} 与组成它的各个导数对不上，常见的错误都解释不了",
    [RS_SAYS_ZERO] = "{1} 始终为零",
    [RS_SAYS_ZERO_FIRST] = "{1}0 始终为零",
    [RS_SAYS_ZERO_STEP] = "{1} 始终为零：这一步被跳过了",
    [RS_SAYS_FIRST_SKIPPED] = "第 0 步被跳过：{1}0 和这一步的各个门都没有得到导数",
    [RS_SAYS_STEP_SKIPPED] = "第 {1} 步被跳过：它的各个门没有得到导数，也没有往回传",
    [RS_SAYS_CUT] = "梯度在第 {1} 步与第 {2} 步之间被截断：没有任何东西传到 {3}",
    [RS_SAYS_CUT_EVERY] =
        "梯度在第 {1} 步与第 {2} 步之间被截断，每 {4} 步一次：没有任何东西传到 {3}",
    [RS_SAYS_CUT_EVERY_OR_ONCE] =
        "梯度在第 {1} 步与第 {2} 步之间被截断，每 {4} 步一次，或只此一次：没有任何东西传到 {3}",
    [RS_SAYS_CARRY_LOST] = "第 t 步的梯度完全没有传到 {1}：往回的传递断了",
    [RS_SAYS_SIGN] = "{1} 的符号反了",
    [RS_SAYS_TIMES] = "{1} 是应有值的 {2} 倍",
    [RS_SAYS_EXCHANGED] = "{1} 与 {2} 互换了",
    [RS_SAYS_HOLDS] = "{1} 里放的是 {2} 的值",
    [RS_SAYS_CLIPPED] = "{1} 在循环内被裁剪到 ±{2}",
    [RS_SAYS_RENORMED] = "{1} 在循环内被缩放到范数 {2}",
    /* of a path */
    [RS_SAYS_PATH_MISSING] = "通路 {1} 缺失",
    [RS_SAYS_PATH_NEVER_ADDED] = "通路 {1} 缺失：从未加上，或被后来的值覆盖",
    [RS_SAYS_PATH_SIGN] = "通路 {1} 的符号反了",
    [RS_SAYS_PATH_TWICE] = "通路 {1} 算了两次",
    [RS_SAYS_PATH_TIMES] = "通路 {1} 是应有值的 {2} 倍",
    [RS_SAYS_PATHS_MISSING] = "通路 {1} 与 {2} 缺失",
    [RS_SAYS_THROUGH_MISSING] = "经过 {2} 的通路 {1} 缺失",
    [RS_SAYS_THROUGH_SIGN] = "经过 {2} 的通路 {1} 的符号反了",
    [RS_SAYS_THROUGH_TWICE] = "经过 {2} 的通路 {1} 算了两次",
    [RS_SAYS_READOUT_MISSING] = "经过输出层的通路 {1} 缺失",
    [RS_SAYS_READOUT_SIGN] = "经过输出层的通路 {1} 的符号反了",
    [RS_SAYS_READOUT_TWICE] = "经过输出层的通路 {1} 算了两次",
    [RS_SAYS_OVERWRITES_NEXT] = "通路 {1} 覆盖了导数，应写 += 却写成 =：下一步传来的部分丢了",
    [RS_SAYS_OVERWRITES_ABOVE] = "通路 {1} 覆盖了导数，应写 += 却写成 =：上面传来的部分丢了",
    [RS_SAYS_TRANSPOSED] = "通路 {1} 乘的是 {2}，应当乘它的转置",
    [RS_SAYS_TAKES] = "通路 {1} 取了 {2}，应当取 {3}",
    [RS_SAYS_WEIGHTS_EXCHANGED] = "通路 {1} 的权重与 {2} 的权重互换了",
    [RS_SAYS_ROWS_OF_GATE] = "通路 {1} 取了 {2} 中门 {3} 的行，应当取门 {4} 的行",
    [RS_SAYS_LAST_STATE] = "通路 损失 → {1} 取了别的末状态的值：第 {3} 层的状态 {2}",
    /* of a factor */
    [RS_SAYS_FACTOR_MISSING] = "通路 {1} → {2} 缺失（{3} 没有乘以 {1}）",
    [RS_SAYS_FACTOR_MORE] = "通路 {1} → {2} 多乘了一次 {3}",
    [RS_SAYS_FACTOR_OTHER] = "通路 {1} → {2} 用了 {3}，应当用 {4}",
    [RS_SAYS_SLOPE_MISSING] = "通路 {1} → {2} 缺了斜率 {3}",
    [RS_SAYS_SLOPE_OTHER] = "通路 {1} → {2} 乘的是 {3}，不是它的斜率",
    [RS_SAYS_SLOPE_REST] = "通路 {1} → {2} 乘的是 1 − 斜率，不是斜率本身",
    [RS_SAYS_SLOPE_LEAKS] = "通路 {1} → {2} 在斜率为 0 的地方乘了 {3}，别处正确",
    /* of the derivative by the logits */
    [RS_SAYS_MSE_NO_TARGET] = "dy：漏了目标值，写成 2y，应为 2(y − 目标值)",
    [RS_SAYS_MSE_TARGET_SIGN] = "dy：目标值的符号反了",
    [RS_SAYS_BCE_LOGIT] = "dy：把对数几率当成了概率，写成 y − 目标值，应为 σ(y) − 目标值",
    [RS_SAYS_BCE_NO_TARGET] = "dy：σ(y) − 目标值 中漏了目标值",
    [RS_SAYS_BCE_SLOPE] = "dy：多乘了 σ′(y)，σ(y) − 目标值 已经是对 y 的导数",
    [RS_SAYS_BCE_BY_PROBABILITY] = "dy：缺了 σ′(y)，这是对概率的导数，不是对 y 的导数",
    [RS_SAYS_XENT_NO_ONE] = "dy：标签处的 1 没有从 softmax 中减去",
    [RS_SAYS_XENT_NOT_DIVIDED] = "dy：应为 softmax，却用了 e^y，没有除以它们的和",
    [RS_SAYS_XENT_LOGIT] = "dy：应为 softmax，却用了 y",
    [RS_SAYS_XENT_SIGMOID] = "dy：应为 softmax，却用了 σ(y)",
    [RS_SAYS_XENT_AFTER] = "dy：1 减在了标签的后一项上",
    [RS_SAYS_XENT_BEFORE] = "dy：1 减在了标签的前一项上",
    [RS_SAYS_XENT_SLOPE] = "dy：多乘了 softmax 自身的斜率，softmax 减去独热向量已经是导数",
    /* of the gradient of a block, which has been named */
    [RS_SAYS_IT_IS_WRONG] = "有误",
    [RS_SAYS_IT_UNKNOWN] = "与各步的导数对不上，常见的错误都解释不了",
    [RS_SAYS_IT_ZERO] = "始终为零",
    [RS_SAYS_IT_SIGN] = "符号反了",
    [RS_SAYS_IT_TIMES] = "是应有值的 {1} 倍",
    [RS_SAYS_IT_TWICE] = "是应有值的 {1} 倍：算了两次",
    [RS_SAYS_IT_MEAN] = "是应有值的 {1} 倍：对各步和各序列取了平均，应当求和",
    [RS_SAYS_IT_MEAN_OF_STEPS] = "是应有值的 {1} 倍：对各步取了平均，应当求和",
    [RS_SAYS_IT_MEAN_OF_SEQUENCES] = "是应有值的 {1} 倍：对各序列取了平均，应当求和",
    [RS_SAYS_IT_ONLY_STEP] = "只含第 {1} 步：应写 += 却写成 =",
    [RS_SAYS_IT_ONLY_SEQUENCE] = "只含序列 {1}",
    [RS_SAYS_IT_ONLY_STEP_OF] = "只含序列 {2} 的第 {1} 步：应写 += 却写成 =",
    [RS_SAYS_IT_WITHOUT_STEP] = "求和时漏了第 {1} 步",
    [RS_SAYS_IT_WITHOUT_SEQUENCE] = "求和时漏了序列 {1}",
    [RS_SAYS_IT_MULTIPLIES] = "乘的是 {1}，应当乘 {2}",
    [RS_SAYS_IT_SUMS] = "求和的是 {1}，应当是 {2}",
    [RS_SAYS_IT_SUMS_GATE] = "求和的是 {1}（激活之后的导数），应当是 {2}",
    [RS_SAYS_IT_TRANSPOSED] = "被转置了",
    [RS_SAYS_IT_CLIPPED] = "被裁剪到 ±{1}",
    /* which */
    [RS_SAYS_IN_UNIT] = "，只在神经元 {1}",
    [RS_SAYS_IN_UNITS_BUT] = "，除神经元 {1} 外都如此",
    [RS_SAYS_IN_UNITS] = "，{2} 个神经元中有 {1} 个如此",
    [RS_SAYS_IN_SEQUENCE] = "，只在序列 {1}",
    [RS_SAYS_IN_SEQUENCES_BUT] = "，除序列 {1} 外都如此",
    [RS_SAYS_IN_SEQUENCES] = "，{2} 个序列中有 {1} 个如此",
    [RS_SAYS_OTHER_STEPS] = "；别的步错得不一样",
    /* times */
    [RS_SAYS_AT_STEPS] = "，{2} 步中有 {1} 步如此",
    [RS_SAYS_ONLY_HERE] = "，只在这一步",
    /* numbers */
    [RS_SAYS_NUMBERS] = "［现为 {1}，应为 {2}：序列 {3}，神经元 {4}］",
    [RS_SAYS_ALL_ENTRIES] = "［只犯这一个错误的反向传播恰好给出全部 {1} 个数］"};

const char *finding_words(lang_kind lang, rs_phrase_kind kind)
{
    return lang == LANG_ZH ? chinese[kind] : rs_phrase_english(kind);
}

/* A path's name begins with a word where it comes from the loss. */
static rs_phrase with_values_of(lang_kind lang, const rs_phrase *phrase)
{
    static const char from[] = "loss → ", to[] = "损失 → ";
    const size_t before = sizeof from - 1, after = sizeof to - 1;
    rs_phrase own = *phrase;
    const size_t n = strlen(own.values);
    if (lang == LANG_ZH && strncmp(own.values, from, before) == 0 &&
        n - before + after < sizeof own.values) {
        memmove(own.values + after, own.values + before, n - before + 1);
        memcpy(own.values, to, after);
    }
    return own;
}

void finding_phrases_text(lang_kind lang, const rs_phrase *says, char *text, size_t room)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k < RS_FINDING_PHRASES; k++) {
        const rs_phrase own = with_values_of(lang, &says[k]);
        const char *words = finding_words(lang, own.kind);
        used += rs_phrase_fill(&own, words ? words : rs_phrase_english(own.kind), text + used,
                               room - used);
    }
}

void finding_text(lang_kind lang, const rs_check_finding *finding, char *text, size_t room)
{
    finding_phrases_text(lang, finding->says, text, room);
}
