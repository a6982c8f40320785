# What the tests of a real window share: an X server of their own, keys, screenshots and what of
# them must differ. Sourced by them with `name` and `program` set. Without Xvfb, xdotool and
# ImageMagick it says so and ends well.
for tool in Xvfb xdotool import compare convert; do
    command -v "$tool" > /dev/null || { echo "$name: left out, there is no $tool"; exit 0; }
done
case $program in /*) ;; *) program=$PWD/$program ;; esac
folder=$(mktemp -d)
viewer= xvfb= failed=0
finish() {
    [ -z "$viewer" ] || kill "$viewer" 2> /dev/null
    [ -z "$xvfb" ] || kill "$xvfb" 2> /dev/null
    rm -rf "$folder"
}
trap finish EXIT
# The server takes the first free number and says which, once it listens; between two windows it keeps
# its pointer where it is.
Xvfb -displayfd 3 -noreset -screen 0 1280x800x24 3> "$folder/display" > "$folder/xvfb.log" 2>&1 &
xvfb=$!
tries=0
until [ -s "$folder/display" ]; do
    kill -0 $xvfb 2> /dev/null && [ $tries -lt 300 ] || { echo "$name: left out, Xvfb does not start"; exit 0; }
    sleep 0.1
    tries=$((tries + 1))
done
export DISPLAY=":$(cat "$folder/display")" HOME="$folder" XDG_RUNTIME_DIR="$folder" SDL_VIDEODRIVER=x11 \
    XDG_STATE_HOME="$folder/state" XDG_DATA_HOME="$folder/data" XDG_CONFIG_HOME="$folder/config" \
    XDG_CACHE_HOME="${XDG_CACHE_HOME:-/tmp/rnnscope-fontcache}"

# start ARGUMENTS: the viewer, until its window is there and at rest
start() {
    (cd "$folder" && exec "$program" "$@") > "$folder/out" 2>&1 &
    viewer=$!
    tries=0 window=
    while [ $tries -lt 300 ] && [ -z "$window" ]; do
        sleep 0.2
        window=$(xdotool search --name rnnscope 2> /dev/null | head -1)
        tries=$((tries + 1))
    done
    [ -n "$window" ] || { echo "$name: WRONG: no window"; cat "$folder/out"; exit 1; }
    xdotool windowmove "$window" 0 0 2> /dev/null
    xdotool windowfocus "$window" 2> /dev/null
    rest
}
# used: ticks of CPU the viewer has used
used() { awk '{ print $14 + $15 }' "/proc/$viewer/stat" 2> /dev/null; }
# rest: until it has done what it was asked for, whatever else the machine does
rest() {
    tries=0 before=-1 now=$(used)
    while [ "$before" != "$now" ] && [ $tries -lt 120 ]; do
        sleep 0.25
        before=$now now=$(used)
        tries=$((tries + 1))
    done
}
# shot NAME: the screen at rest
shot() {
    rest
    import -window root "$folder/$1.ppm"
}
key() {
    for each_key in "$@"; do
        xdotool key "$each_key"
        sleep 0.03
    done
}
good() { echo "$name: good: $1"; }
wrong() { echo "$name: WRONG: $1"; failed=1; }
# pixels A B REGION: how many differ
pixels() {
    compare -metric AE "$folder/$1.ppm[$3]" "$folder/$2.ppm[$3]" null: 2>&1 | sed -n 's/^\([0-9]*\)[^:]*$/\1/p'
}
# differ A B WxH+X+Y yes|no WHAT: whether the region of both screens differs
differ() {
    n=$(pixels "$1" "$2" "$3")
    case "$4$n" in
        no0 | yes[1-9]*) good "$5" ;;
        *) wrong "$5 ($n pixels differ)"; keep "$1"; keep "$2" ;;
    esac
}
# keep NAME: a screen to be looked at, where KEEP names a folder
keep() { [ -z "$KEEP" ] || convert "$folder/$1.ppm" "$KEEP/$name-$1.png"; }
# press_seen KEY NAME: presses it, until the screen is another than it was; then that is NAME
press_seen() {
    import -window root "$folder/before.ppm"
    key "$1"
    waits=0
    while [ $waits -lt 40 ]; do
        sleep 0.05
        import -window root "$folder/$2.ppm"
        [ "$(pixels before "$2" 1280x800+0+0)" = 0 ] || return 0
        waits=$((waits + 1))
    done
    return 1
}
# focus_on REGION KEY WHAT: KEY (Tab, shift+Tab) until the focus is seen there, at most once round
focus_on() {
    key Escape Escape
    shot unfocused
    tabs=0
    while [ $tabs -lt 64 ]; do
        press_seen "$2" focused
        tabs=$((tabs + 1))
        [ "$(pixels unfocused focused "$1")" = 0 ] || break
    done
    [ $tabs -lt 64 ] && good "$2 comes to $3" || { wrong "$2 does not come to $3"; keep focused; }
    shot focused
}
alive() { grep -qv ' Z ' "/proc/$viewer/stat" 2> /dev/null; }
# leave: by key
leave() {
    key Escape ctrl+q
    tries=0
    while alive && [ $tries -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    alive && wrong "Ctrl+Q does not quit"
    viewer=
}
