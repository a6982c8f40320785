#!/bin/sh
# Does a long session grow? memory.sh PROGRAM [EVENTS [SEED]]: random events without sanitizers, and
# the memory of the process (VmRSS) at rest on the first page, at the start and after a fifth, a
# half and all of them. Fails if it grows by more than MOST MiB after the first fifth: what undo
# remembers is some kilobytes a step.
program=$1 events=${2:-10000} seed=${3:-1} most=${MOST:-24}
here=$(dirname "$0")
[ -r /proc/self/status ] || { echo "gui-memory: left out, there is no /proc"; exit 0; }
folder=$(mktemp -d)
viewer=
finish() {
    [ -z "$viewer" ] || kill "$viewer" 2> /dev/null
    rm -rf "$folder"
}
trap finish EXIT
case $program in /*) ;; *) program=$PWD/$program ;; esac
"$here/make_files.sh" "$program" "$folder/drop" || exit 1
# Always the same picture at rest, then a mark that the script waits for.
"$here/random_events.sh" "$events" "$seed" view "$folder/drop" | awk -v events="$events" -v folder="$folder" '
function mark(n) {
    print "key Esc"; print "key Esc"; print "key Esc"; print "size 800 500"
    print "drop " folder "/drop/lstm.safetensors"; print "drop " folder "/drop/series.csv"
    print "key R"; print "click 40 64"; print "wait 1500"; print "state " folder "/mark" n; print "wait 1500"
}
BEGIN { mark(0) }
{ print }
NR == int(events / 5) { mark(1) }
NR == int(events / 2) { mark(2) }
END { mark(3) }' > "$folder/replay"
(cd "$folder" && HOME="$folder" XDG_STATE_HOME="$folder/state" exec "$program" view --hidden 4 --steps 12 \
    --size 800x500 --replay replay) > "$folder/out" 2>&1 &
viewer=$!
for n in 0 1 2 3; do
    until [ -e "$folder/mark$n" ]; do
        kill -0 "$viewer" 2> /dev/null || { echo "gui-memory: WRONG: it ended early"; cat "$folder/out"; exit 1; }
        sleep 0.1
    done
    sleep 0.5
    set -- "$@" "$(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$viewer/status")"
done
shift $(($# - 4))
wait "$viewer"
viewer=
echo "gui-memory: $1 MiB at the start, $2 after $((events / 5)) events, $3 after $((events / 2)), $4 after $events"
[ $(($4 - $2)) -le "$most" ] || { echo "gui-memory: WRONG: it grew by $(($4 - $2)) MiB, expected at most $most"; exit 1; }
