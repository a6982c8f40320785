#include "viz/formula_text.h"

#include "viz/canvas/formula_signs.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Text being written. */
typedef struct line {
    char *text;
    size_t n, room;
} line;

/* Unicode's raised and lowered signs. */
static const struct {
    const char *plain, *raised, *lowered;
} small[] = {{"0", "⁰", "₀"}, {"1", "¹", "₁"}, {"2", "²", "₂"}, {"3", "³", "₃"},  {"4", "⁴", "₄"},
             {"5", "⁵", "₅"}, {"6", "⁶", "₆"}, {"7", "⁷", "₇"}, {"8", "⁸", "₈"},  {"9", "⁹", "₉"},
             {"=", "⁼", "₌"}, {"+", "⁺", "₊"}, {"−", "⁻", "₋"}, {"t", "ᵗ", "ₜ"},  {"k", "ᵏ", "ₖ"},
             {"n", "ⁿ", "ₙ"}, {"i", "ⁱ", "ᵢ"}, {"j", "ʲ", "ⱼ"}, {"T", "ᵀ", NULL}, {"⊤", "ᵀ", NULL},
             {"x", "ˣ", "ₓ"}, {"h", "ʰ", "ₕ"}, {"s", "ˢ", "ₛ"}, {"′", "′", NULL}, {"m", "ᵐ", "ₘ"},
             {"l", "ˡ", "ₗ"}, {"a", "ᵃ", "ₐ"}, {"o", "ᵒ", "ₒ"}, {"r", "ʳ", "ᵣ"},  {"u", "ᵘ", "ᵤ"},
             {"p", "ᵖ", "ₚ"}, {"(", "⁽", "₍"}, {")", "⁾", "₎"}, {"/", "ᐟ", NULL}};

static void put(line *to, const char *text, size_t n)
{
    if (to->n + n >= to->room || (n == 1 && *text == ' ' && to->n && to->text[to->n - 1] == ' '))
        return; /* one blank is enough */
    memcpy(to->text + to->n, text, n);
    to->n += n;
    to->text[to->n] = '\0';
}

static size_t sign_length(const char *text)
{
    size_t n = *text != '\0';
    while (((unsigned char)text[n] & 0xC0U) == 0x80U)
        n++;
    return n;
}

static const char *read_atom(line *to, const char *from);

/* {…} or one sign; returns what follows. */
static const char *read_argument(line *to, const char *from)
{
    from += strspn(from, " ");
    if (*from != '{')
        return read_atom(to, from);
    from++;
    while (*from && *from != '}')
        from = read_atom(to, from);
    return from + (*from == '}');
}

/* The text in small signs; false, with nothing written, where one of them is missing. */
static bool put_small(line *to, const char *text, bool raised)
{
    const size_t before = to->n;
    for (size_t n = sign_length(text); *text; text += n, n = sign_length(text)) {
        const char *sign = NULL;
        for (size_t k = 0; k < sizeof small / sizeof *small && !sign; k++)
            if (strlen(small[k].plain) == n && memcmp(small[k].plain, text, n) == 0)
                sign = raised ? small[k].raised : small[k].lowered;
        if (*text == ' ')
            continue;
        if (!sign) {
            to->n = before;
            to->text[before] = '\0';
            return false;
        }
        put(to, sign, strlen(sign));
    }
    return true;
}

static const char *read_script(line *to, const char *from)
{
    char inside[256] = "";
    line script = {inside, 0, sizeof inside};
    const bool raised = *from == '^';
    const char *rest = read_argument(&script, from + 1);
    if (put_small(to, inside, raised))
        return rest;
    const bool one = inside[sign_length(inside)] == '\0';
    put(to, raised ? "^" : "_", 1);
    put(to, "{", !one);
    put(to, inside, script.n);
    put(to, "}", !one);
    return rest;
}

/* (a + b)/(c), without parentheses around what has no blank or sign in it */
static const char *read_fraction(line *to, const char *from)
{
    for (size_t part = 0; part < 2; part++) {
        char inside[256] = "";
        line one = {inside, 0, sizeof inside};
        from = read_argument(&one, from);
        const bool plain = strpbrk(inside, " +/") == NULL && !strstr(inside, "−");
        put(to, "/", part);
        put(to, "(", !plain);
        put(to, inside, one.n);
        put(to, ")", !plain);
    }
    return from;
}

/* Whether a command of n letters is this one. */
static bool is(const char *name, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(name, word, n) == 0;
}

/* √x, √(1 − z²) */
static const char *read_root(line *to, const char *from)
{
    char inside[256] = "";
    line one = {inside, 0, sizeof inside};
    from = read_argument(&one, from);
    const bool plain = strpbrk(inside, " +/") == NULL && !strstr(inside, "−");
    put(to, "√", strlen("√"));
    put(to, "(", !plain);
    put(to, inside, one.n);
    put(to, ")", !plain);
    return from;
}

/* f₁ ⊙ f₂ (two factors) */
static const char *read_underbrace(line *to, const char *from)
{
    from = read_argument(to, from);
    from += strspn(from, " ");
    if (*from != '_')
        return from;
    put(to, " (", 2);
    from = read_argument(to, from + 1);
    put(to, ")", 1);
    return from;
}

/* [[0.9, 5], [0, 0.9]], as a scene has it; after \begin */
static const char *read_grid(line *to, const char *from)
{
    if (*from == '{')
        from += strcspn(from, "}") + (strchr(from, '}') != NULL);
    put(to, "[[", 2);
    for (from += strspn(from, " \n"); *from && strncmp(from, "\\end", 4) != 0;) {
        const bool row = strncmp(from, "\\\\", 2) == 0;
        if (*from == '&' || row) {
            while (to->n > 0 && to->text[to->n - 1] == ' ')
                to->text[--to->n] = '\0';
            put(to, row ? "], [" : ", ", row ? 4 : 2);
            from += row ? 2 : 1;
            from += strspn(from, " \n");
        } else
            from = read_atom(to, from);
    }
    while (to->n > 0 && to->text[to->n - 1] == ' ')
        to->text[--to->n] = '\0';
    put(to, "]]", 2);
    return *from ? from + strcspn(from, "}") + (strchr(from, '}') != NULL) : from;
}

/* The commands that take something; NULL: it is none of them. */
static const char *read_taking(line *to, const char *name, size_t n)
{
    static const char *const as_it_is[] = {"text",   "mathrm",  "operatorname",
                                           "mathbf", "mathcal", "mathbb"};
    static const char *const marks[][2] = {{"hat", "\u0302"}, {"tilde", "\u0303"},
                                           {"bar", "\u0304"}, {"overline", "\u0305"},
                                           {"dot", "\u0307"}, {"vec", "\u20d7"}};
    const char *rest = name + n;
    for (size_t k = 0; k < sizeof as_it_is / sizeof *as_it_is; k++)
        if (is(name, n, as_it_is[k]))
            return read_argument(to, rest);
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (is(name, n, marks[k][0])) {
            rest = read_argument(to, rest);
            put(to, marks[k][1], strlen(marks[k][1]));
            return rest;
        }
    return is(name, n, "frac")         ? read_fraction(to, rest)
           : is(name, n, "sqrt")       ? read_root(to, rest)
           : is(name, n, "underbrace") ? read_underbrace(to, rest)
           : is(name, n, "begin")      ? read_grid(to, rest)
                                       : NULL;
}

/* after the backslash */
static const char *read_command(line *to, const char *from)
{
    size_t n = 0;
    while (isalpha((unsigned char)from[n]))
        n++;
    if (n == 0) {
        const char *sign = *from == '|' ? "‖" : *from && strchr(",;:\\ ", *from) ? " " : NULL;
        put(to, sign ? sign : from, sign ? strlen(sign) : *from != '\0');
        return from + (*from != '\0');
    }
    const char *taken = read_taking(to, from, n);
    if (taken)
        return taken;
    const char *sign = formula_sign(from, n);
    const char *rest = from + n;
    if ((is(from, n, "left") || is(from, n, "right")) && *rest == '.')
        return rest + 1;
    put(to, sign ? sign : from, sign ? strlen(sign) : n);
    if (!sign && isalpha((unsigned char)rest[strspn(rest, " ")]))
        put(to, " ", 1); /* tanh a */
    const bool prefix = sign && (*sign == '\0' || strcmp(sign, "∂") == 0);
    return rest + (prefix ? strspn(rest, " ") : 0);
}

static const char *read_atom(line *to, const char *from)
{
    if (*from == '\\')
        return read_command(to, from + 1);
    if (*from == '^' || *from == '_')
        return read_script(to, from);
    if (*from == '{')
        return read_argument(to, from);
    if (*from == '-' || *from == '\'' || *from == '\n') {
        const char *sign = *from == '-' ? "−" : *from == '\'' ? "′" : " ";
        put(to, sign, strlen(sign));
        return from + 1;
    }
    const size_t n = sign_length(from);
    put(to, from, n);
    return from + n;
}

const char *formula_text(const char *formula, char *text, size_t room)
{
    line to = {text, 0, room};
    text[0] = '\0';
    while (*formula)
        formula = read_atom(&to, formula);
    return text;
}
