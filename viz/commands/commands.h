/* The commands: one line each. A command is in viz/commands/NAME.c. */
#ifndef COMMANDS_H
#define COMMANDS_H

/* X(name, what it does) */
#define COMMANDS(X)                                                                                \
    X(learn, "opens a lesson: the first not yet finished, or the one you name")                    \
    X(check, "checks the gradient; says where it is wrong, and why")                               \
    X(view, "opens the viewer on RNN, LSTM and GRU side by side, or on your model and data")       \
    X(trace, "one forward and backward pass: writes every gate, state and gradient")               \
    X(train, "trains, and writes the model")                                                       \
    X(plot, "one figure into a file: norms, gates, credit, spectrum and more")                     \
    X(experiment, "does a published experiment again, published beside measured; lists them")      \
    X(exercise, "compiles what you wrote, and says which derivatives are right")                   \
    X(bench, "times forward and backward passes")

/* Each takes its name as argv[0] and returns the exit code. */
#define COMMAND_PROTOTYPE(name, help) int command_##name(int argc, char **argv);
COMMANDS(COMMAND_PROTOTYPE)

#endif
