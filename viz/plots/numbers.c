#include "viz/plots/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Every hyphen becomes the minus sign; false if there is no room. */
static void true_minus(char text[NUMBER_TEXT])
{
    static const char minus[] = "−";
    char *hyphen = NULL;
    while ((hyphen = strchr(text, '-')) != NULL && strlen(text) + 3 < NUMBER_TEXT) {
        memmove(hyphen + 3, hyphen + 1, strlen(hyphen + 1) + 1);
        memcpy(hyphen, minus, 3);
    }
}

/* 1.4e-05 to 1.4e-5 */
static void short_exponent(char *text)
{
    char *e = strchr(text, 'e');
    if (!e)
        return;
    char *digits = e + 1 + (e[1] == '-' || e[1] == '+');
    if (e[1] == '+') {
        memmove(e + 1, digits, strlen(digits) + 1);
        digits = e + 1;
    }
    while (digits[0] == '0' && digits[1] != '\0')
        memmove(digits, digits + 1, strlen(digits));
}

const char *number_text(char text[NUMBER_TEXT], double value, int digits)
{
    const double size = fabs(value);
    if (isnan(value))
        snprintf(text, NUMBER_TEXT, "NaN");
    else if (isinf(value))
        snprintf(text, NUMBER_TEXT, value > 0 ? "+∞" : "−∞");
    else if (value == 0)
        snprintf(text, NUMBER_TEXT, "0");
    else if (size >= 1e5 || size < 1e-3)
        snprintf(text, NUMBER_TEXT, "%.*e", digits > 1 ? digits - 1 : 0, value);
    else {
        const int decimals = digits - 1 - (int)floor(log10(size));
        snprintf(text, NUMBER_TEXT, "%.*f", decimals > 0 ? decimals : 0, value);
    }
    short_exponent(text);
    true_minus(text);
    return text;
}

/* a whole number in raised digits */
static void raise(char *to, size_t room, int value)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char plain[16];
    size_t n = 0;
    snprintf(plain, sizeof plain, "%d", value);
    for (const char *p = plain; *p && n + 4 < room; p++)
        n += (size_t)snprintf(to + n, room - n, "%s", *p == '-' ? "⁻" : digits[*p - '0']);
}

const char *power_text(char text[NUMBER_TEXT], double log10_value)
{
    const double whole = floor(log10_value + 1e-9);
    const double factor = round(pow(10, log10_value - whole) * 10) / 10;
    char raised[32] = "";
    if (isinf(log10_value) || isnan(log10_value))
        return number_text(text, log10_value < 0 ? 0 : log10_value, 1);
    raise(raised, sizeof raised, (int)whole);
    if (whole == 0 || whole == 1 || (factor > 1 && whole > -3 && whole < 4))
        snprintf(text, NUMBER_TEXT, "%g", factor * pow(10, whole));
    else if (factor == 1)
        snprintf(text, NUMBER_TEXT, "10%s", raised);
    else
        snprintf(text, NUMBER_TEXT, "%g × 10%s", factor, raised);
    return text;
}

const char *tick_text(char text[NUMBER_TEXT], double value, double step)
{
    const double size = fabs(value), unit = fabs(step);
    if (size < unit * 1e-6)
        value = 0;
    if (size >= 1e6 || (unit > 0 && unit < 1e-4)) {
        const int digits = size > 0 ? (int)floor(log10(size / unit) + 1e-9) + 1 : 1;
        return number_text(text, value, digits > 0 ? digits : 1);
    }
    int decimals = 0;
    for (double scaled = unit; decimals < 8 && fabs(scaled - round(scaled)) > 1e-6 * scaled;)
        scaled = unit * pow(10, ++decimals);
    snprintf(text, NUMBER_TEXT, "%.*f", decimals > 0 ? decimals : 0, value);
    true_minus(text);
    return text;
}
