#include "viz/canvas/formula_signs.h"

#include <string.h>

static const struct {
    const char *name, *sign;
} commands[] = {{"alpha", "α"},      {"beta", "β"},
                {"gamma", "γ"},      {"delta", "δ"},
                {"epsilon", "ε"},    {"varepsilon", "ε"},
                {"zeta", "ζ"},       {"eta", "η"},
                {"theta", "θ"},      {"kappa", "κ"},
                {"lambda", "λ"},     {"mu", "μ"},
                {"nu", "ν"},         {"xi", "ξ"},
                {"pi", "π"},         {"rho", "ρ"},
                {"sigma", "σ"},      {"tau", "τ"},
                {"phi", "φ"},        {"chi", "χ"},
                {"psi", "ψ"},        {"omega", "ω"},
                {"Delta", "Δ"},      {"Sigma", "Σ"},
                {"Omega", "Ω"},      {"Phi", "Φ"},
                {"Lambda", "Λ"},     {"partial", "∂"},
                {"odot", "⊙"},       {"cdot", "·"},
                {"times", "×"},      {"pm", "±"},
                {"le", "≤"},         {"leq", "≤"},
                {"ge", "≥"},         {"geq", "≥"},
                {"approx", "≈"},     {"ne", "≠"},
                {"neq", "≠"},        {"to", "→"},
                {"infty", "∞"},      {"rightarrow", "→"},
                {"in", "∈"},         {"sum", "∑"},
                {"prod", "∏"},       {"int", "∫"},
                {"nabla", "∇"},      {"ell", "ℓ"},
                {"top", "⊤"},        {"Vert", "‖"},
                {"lVert", "‖"},      {"rVert", "‖"},
                {"vert", "|"},       {"lvert", "|"},
                {"rvert", "|"},      {"cdots", "⋯"},
                {"dots", "…"},       {"ldots", "…"},
                {"prime", "′"},      {"sim", "~"},
                {"propto", "∝"},     {"ll", "≪"},
                {"gg", "≫"},         {"circ", "∘"},
                {"leftarrow", "←"},  {"quad", "\u2003"},
                {"left", ""},        {"right", ""},
                {"mapsto", "↦"},     {"half", "½"},
                {"varphi", "φ"},     {"Theta", "Θ"},
                {"Gamma", "Γ"},      {"Pi", "Π"},
                {"equiv", "≡"},      {"implies", "⇒"},
                {"Rightarrow", "⇒"}, {"forall", "∀"},
                {"exists", "∃"},     {"langle", "⟨"},
                {"rangle", "⟩"},     {"subset", "⊂"},
                {"cup", "∪"},        {"cap", "∩"},
                {"star", "⋆"},       {"ast", "∗"},
                {"otimes", "⊗"},     {"oplus", "⊕"},
                {"vdots", "⋮"},      {"ddots", "⋱"},
                {"iff", "⇔"},        {"lbrace", "{"},
                {"rbrace", "}"},     {"qquad", "\u2003\u2003"}};

const char *formula_sign(const char *name, size_t n)
{
    for (size_t k = 0; k < sizeof commands / sizeof *commands; k++)
        if (strlen(commands[k].name) == n && memcmp(commands[k].name, name, n) == 0)
            return commands[k].sign;
    return NULL;
}
