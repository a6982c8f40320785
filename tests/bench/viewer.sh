#!/bin/sh
# How fast the viewer is, beside its aims: tests/bench/viewer.sh PROGRAM
# The same code that a window runs, replayed without a display at 1280 x 800. Milliseconds; half of
# the samples were below p50, 95 of 100 below p95, which the aim is about.
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder" XDG_STATE_HOME="$folder" XDG_CONFIG_HOME="$folder"
unset DISPLAY WAYLAND_DISPLAY SDL_VIDEODRIVER

# stats OPTIONS…: replays the file and leaves what --stats says
stats() {
    "$program" view "$@" --hidden 64 --size 1280x800 --replay "$folder/replay" --stats > "$folder/stats"
}

# row NAME AIM KEY: a line of the table; KEY is what the numbers are called in --stats
row() {
    sed -n "s/.*\"$3\":{\"p50\":\([0-9.]*\),\"p95\":\([0-9.]*\).*/\1 \2/p" "$folder/stats" |
        awk -v name="$1" -v aim="$2" \
            '{ printf "%-42s %8.0f %9.1f %9.1f   %s\n", name, aim, $1, $2, $2 <= aim ? "met" : "missed" }'
}

# slide N MS: the gain slider goes N times there and back, with a pause after each step
slide() {
    echo "wait $2"
    echo "click 1120 110"
    for _ in $(seq "$1"); do
        printf 'wait %s\nkey Right\nwait %s\nkey Left\n' "$2" "$2"
    done
    echo "wait $2"
}

printf '%-42s %8s %9s %9s\n' "viewer, H = 64, ms" aim p50 p95

{ echo "wait 600"; awk 'BEGIN { for (k = 0; k < 400; k++) print "move", 80 + 2 * k, 180 + k % 500 }'; } > "$folder/replay"
stats --steps 100
row "hover to screen, T = 100" 16 frame_ms

slide 30 150 > "$folder/replay"
stats --steps 100
row "slider to curves, T = 100" 33 curves
row "slider to all views, T = 100" 50 all

slide 10 700 > "$folder/replay"
stats --steps 10000
row "slider to curves, T = 10000" 100 curves

echo "wait 100" > "$folder/replay"
for _ in 1 2 3 4 5 6 7; do
    stats --steps 100
    sed -n 's/.*"first_frame_ms":\([0-9.]*\).*/\1/p' "$folder/stats"
done | sort -n | awk '{ ms[NR] = $1 }
    END { printf "%-42s %8.0f %9.1f %9.1f   %s\n", "first frame after start", 200, ms[4], ms[7], ms[7] <= 200 ? "met" : "missed" }'
