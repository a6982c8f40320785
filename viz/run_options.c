/* The MODEL, DATA and common options: the tables, from which the help is printed too. */
#include "viz/run.h"

#include <math.h>
#include <string.h>

run_options run_defaults(void)
{
    return (run_options){.seed = 1, .gain = NAN, .radius = NAN, .forget_bias = NAN};
}

static const char *cell_name(size_t k) { return rs_cells[k] ? rs_cells[k]->name : NULL; }
static const char *task_name(size_t k) { return rs_tasks[k].name; }

/* The schemes of rs_init, and chrono, which is a setting of the gates on top of them. */
static const char *init_name(size_t k)
{
    size_t n = 0;
    while (rs_init_names[n])
        n++;
    return k < n ? rs_init_names[k] : k == n ? "chrono" : NULL;
}

#define NAMES(function, ...)                                                                       \
    static const char *function(size_t k)                                                          \
    {                                                                                              \
        static const char *const names[] = {__VA_ARGS__};                                          \
        return k < COUNT(names) ? names[k] : NULL;                                                 \
    }
NAMES(dtype_name, "f64", "f32")
NAMES(loss_name, "mse", "bce", "xent")
NAMES(place_name, "all", "last")
NAMES(reduction_name, "mean", "sum")

#define FIELD(field) .offset = offsetof(run_options, field)
#define TEXT(option, what, field, text)                                                            \
    {                                                                                              \
        .name = (option), .value = (what), .kind = OPTION_TEXT, FIELD(field), .help = (text)       \
    }
#define SIZE(option, field, most, text, without)                                                   \
    {                                                                                              \
        .name = (option), .value = "N", .kind = OPTION_SIZE, FIELD(field), .low = 1,               \
        .high = (most), .help = (text), .otherwise = (without)                                     \
    }
#define NUMBER(option, what, field, least, most, text)                                             \
    {                                                                                              \
        .name = (option), .value = (what), .kind = OPTION_NUMBER, FIELD(field), .low = (least),    \
        .high = (most), .help = (text)                                                             \
    }
#define CHOICE(option, field, names, text, without)                                                \
    {                                                                                              \
        .name = (option), .value = "NAME", .kind = OPTION_CHOICE, FIELD(field), .choice = (names), \
        .help = (text), .otherwise = (without)                                                     \
    }

static const option model_rows[] = {
    TEXT("--model", "FILE", model, "a safetensors file, such as a PyTorch state_dict"),
    CHOICE("--cell", cell, cell_name, "the cell", "lstm"),
    SIZE("--hidden", hidden, 65536, "units a layer", "16"),
    SIZE("--layers", layers, 256, "layers, one on another", "1"),
    SIZE("--inputs", inputs, 1e6, "width of x", "what the data has"),
    SIZE("--outputs", outputs, 1e6, "width of y", "what the data asks for"),
    CHOICE("--init", init, init_name, "initial parameters", "torch"),
    NUMBER("--gain", "G", gain, 0, 1e6, "scales the recurrent weights"),
    NUMBER("--radius", "R", radius, 0, 1e6, "scales them to this spectral radius"),
    NUMBER("--forget-bias", "B", forget_bias, -1e3, 1e3, "bias of the gate that keeps the state"),
    CHOICE("--dtype", dtype, dtype_name, "number type of the passes", "f64"),
};

static const option data_rows[] = {
    CHOICE("--task", task, task_name, "made sequences", NULL),
    TEXT("--text", "FILE", text, "UTF-8; the next character is to be predicted"),
    TEXT("--csv", "FILE", csv, "a row a time step; the next row is to be predicted"),
    TEXT("--columns", "A,B", columns, "columns of the CSV file to read, default all"),
    TEXT("--predict", "C", predict, "columns to predict, default those read"),
    TEXT("--input", "X.npy", input, "x, [T, I] or [T, B, I]"),
    TEXT("--target", "Y.npy", target, "[n, B, O], or integer [n, B] for xent; n = T or 1"),
    TEXT("--h0", "FILE.npy", h0, "initial h, [B, H] or [L, B, H]"),
    TEXT("--c0", "FILE.npy", c0, "initial c, likewise"),
    SIZE("--steps", steps, 1e7, "time steps T", NULL),
    SIZE("--batch", batch, 1e6, "sequences side by side B", NULL),
    CHOICE("--loss", loss, loss_name, "the loss", "what the data asks for"),
    CHOICE("--loss-at", loss_at, place_name, "the steps that count", NULL),
    CHOICE("--reduction", reduction, reduction_name, "over what counts", "mean"),
};

static const option common_rows[] = {
    SIZE("--threads", threads, 1024, "at most so many", "one a processor"),
    {.name = "--seed",
     .value = "N",
     .kind = OPTION_SEED,
     FIELD(seed),
     .help = "of all that is random",
     .otherwise = "1"},
    {.name = "--quiet", .kind = OPTION_FLAG, FIELD(quiet), .help = "no progress, no remarks"},
    {.name = "--json", .kind = OPTION_FLAG, FIELD(json), .help = "one JSON object on stdout"},
    {.name = "--help", .kind = OPTION_FLAG, .help = "this text"},
};

option_group run_model_group(run_options *options)
{
    return (option_group){"MODEL", model_rows, COUNT(model_rows), options};
}

option_group run_data_group(run_options *options)
{
    return (option_group){"DATA", data_rows, COUNT(data_rows), options};
}

option_group run_common_group(run_options *options)
{
    return (option_group){"Everywhere", common_rows, COUNT(common_rows), options};
}
