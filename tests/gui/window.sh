#!/bin/sh
# A real window under Xvfb, driven by xdotool: tests/gui/window.sh PROGRAM. Screenshots are compared
# in the regions that must change and those that must not. Needs Xvfb, xdotool and ImageMagick's
# import and compare; without them it says so and passes.
for tool in Xvfb xdotool import compare convert; do
    command -v "$tool" > /dev/null || { echo "gui-test: left out, there is no $tool"; exit 0; }
done
program=$1
folder=$(mktemp -d)
number=$((90 + $$ % 100))
Xvfb ":$number" -screen 0 1280x800x24 > "$folder/xvfb.log" 2>&1 &
xvfb=$!
viewer=
finish() {
    [ -z "$viewer" ] || kill "$viewer" 2> /dev/null
    kill "$xvfb" 2> /dev/null
    rm -rf "$folder"
}
trap finish EXIT
export DISPLAY=":$number" HOME="$folder" XDG_STATE_HOME="$folder/state" XDG_CACHE_HOME="${XDG_CACHE_HOME:-/tmp/rnnscope-fontcache}"
failed=0

# shot NAME: the screen, once it stays the same for a moment
shot() {
    import -window root "$folder/$1.png"
    for again in 1 2 3 4 5 6 7 8 9 10; do
        sleep 0.4
        import -window root "$folder/$1.new.png"
        cmp -s "$folder/$1.png" "$folder/$1.new.png" && break
        mv "$folder/$1.new.png" "$folder/$1.png"
    done
}
# differ A B WxH+X+Y yes|no WHAT: whether the region of both screens differs
differ() {
    convert "$folder/$1.png" -crop "$3" +repage "$folder/a.png"
    convert "$folder/$2.png" -crop "$3" +repage "$folder/b.png"
    pixels=$(compare -metric AE "$folder/a.png" "$folder/b.png" null: 2>&1 | sed 's/[. ].*//')
    case "$4$pixels" in
        no0 | yes[1-9]*) echo "gui-test: good: $5" ;;
        *) echo "gui-test: WRONG: $5 ($pixels pixels differ)"; failed=1 ;;
    esac
}
start() {
    "$program" view --size 1280x800 > "$folder/out" 2>&1 &
    viewer=$!
    again=0
    while [ $again -lt 150 ] && ! xdotool search --name rnnscope > /dev/null 2>&1; do
        sleep 0.2
        again=$((again + 1))
    done
    window=$(xdotool search --name rnnscope | head -1)
    xdotool windowmove "$window" 0 0 2> /dev/null
    xdotool windowfocus "$window" 2> /dev/null
    sleep 1
}
key() { xdotool key "$@"; }

plots=960x600+16+90 header=400x40+8+4 side=270x300+1010+90
start
[ -n "$window" ] || { echo "gui-test: WRONG: no window"; cat "$folder/out"; exit 1; }
shot first
key t
shot dark
differ first dark $header yes "T changes the theme"
key t
shot light
differ first light $plots no "and back, to the same picture"
xdotool mousemove 1120 142 mousedown 1 mousemove 1180 142 mouseup 1 mousemove 1000 790
shot moved
differ light moved $plots yes "a slider dragged changes the plots"
differ light moved $header no "and not the header"
key ctrl+z
shot undone
differ light undone $plots no "Ctrl+Z undoes it"
key Tab
shot tab
differ undone tab $plots no "Tab leaves the plots alone"
differ undone tab $side yes "and shows where it is"
key Escape
key Page_Down
shot page
differ undone page $plots yes "the next page"
differ undone page $side no "with the same controls"
key F1
shot help
differ page help $side yes "help covers the screen"
key Escape
key ctrl+q
sleep 1
grep -qv ' Z ' "/proc/$viewer/stat" 2> /dev/null && { echo "gui-test: WRONG: Ctrl+Q does not quit"; failed=1; }
start
shot again
differ page again $plots no "the next time begins where the last one ended"
before=$(cut -d' ' -f14 "/proc/$viewer/stat")
sleep 2
after=$(cut -d' ' -f14 "/proc/$viewer/stat")
[ $((after - before)) -le 2 ] && echo "gui-test: good: no work when idle" ||
    { echo "gui-test: WRONG: idle, it used $((after - before)) ticks of CPU in 2 s"; failed=1; }
exit $failed
