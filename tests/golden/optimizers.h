/* Made by tests/golden/optimizers.py with torch 1.13.0a0. */
enum { GOLDEN_N = 4, GOLDEN_UPDATES = 5 };
static const double golden_start[] = {0.5, -1.25, 2, 0.001};
static const struct {
    const char *name;
    double end[GOLDEN_N];
} golden_optimizers[] = {
    {"sgd", {0.16380399999999998, -1.292955964775, 1.8402198300699881, 0.080656249999999999}},
    {"momentum", {-0.28421600000000019, -1.4461356227750002, 1.6572487871931878, 0.13535420000000004}},
    {"rmsprop", {-0.54114949928961531, -5.1604368008740416, -2.0318311940072, 0.10103036264477916}},
    {"adam", {8.2137589507702558e-09, -1.6985215648056864, 1.5114527692446609, 0.087805927594823918}},
};
static const double golden_gradient[] = {3, -4, 12, 0};
static const double golden_norm = 13;
static const double golden_by_norm[] = {0.57692303254438215, -0.7692307100591762, 2.3076921301775286, 0}; /* most 2.5 */
static const double golden_by_value[] = {3, -3.5, 3.5, 0}; /* most 3.5 */
