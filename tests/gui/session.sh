#!/bin/sh
# What ends a session from outside (a terminal's Ctrl+C, a log-out) ends the viewer as closing the
# window does: its state is kept. session.sh PROGRAM. Without Xvfb or xdotool it says so and passes.
for tool in Xvfb xdotool; do
    command -v "$tool" > /dev/null || { echo "gui-session: left out, there is no $tool"; exit 0; }
done
program=$1
folder=$(mktemp -d)
number=$((200 + $$ % 100))
Xvfb ":$number" -noreset -screen 0 1280x800x24 > "$folder/xvfb.log" 2>&1 &
xvfb=$!
viewer=
finish() {
    [ -z "$viewer" ] || kill "$viewer" 2> /dev/null
    kill "$xvfb" 2> /dev/null
    rm -rf "$folder"
}
trap finish EXIT
export DISPLAY=":$number" HOME="$folder" XDG_STATE_HOME="$folder/state"
# ends SIGNAL: a session in which the gain is moved to the right, ended by the signal
ends() {
    "$program" view --size 1280x800 > "$folder/out" 2>&1 &
    viewer=$!
    again=0
    while [ $again -lt 150 ] && ! xdotool search --name rnnscope > /dev/null 2>&1; do
        sleep 0.2
        again=$((again + 1))
    done
    xdotool windowmove "$(xdotool search --name rnnscope | head -1)" 0 0
    sleep 1
    xdotool mousemove 1190 110 click 1 # the first slider: the gain
    sleep 1
    kill "-$1" "$viewer"
    wait "$viewer"
    ended=$?
    viewer=
    if [ $ended -eq 0 ] && grep '^gain = ' "$folder/state/rnnscope/view.state" | grep -qv '= 1$'; then
        echo "gui-session: good: SIG$1 keeps the state"
    else
        echo "gui-session: WRONG: after SIG$1 it ended with $ended, and the state is"
        cat "$folder/out" "$folder/state/rnnscope/view.state"
        exit 1
    fi
    rm -rf "$folder/state"
}
ends TERM
ends HUP
