#!/bin/sh
# A real window under Xvfb, by mouse and a few keys: tests/gui/window.sh PROGRAM. Screenshots are
# compared in the regions that must change and those that must not.
name=gui-test program=$1
. "$(dirname "$0")/window_help.sh"
plots=960x600+16+90 header=180x40+8+4 side=270x300+1010+90 readout=250x120+1024+440
start view --size 1280x800
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
xdotool mousemove 300 300
shot hover
differ undone hover $readout yes "the pointer over a plot reads it out"
xdotool mousemove 1000 790
xdotool mousemove 162 64 click 1 mousemove 1000 790
shot page
differ undone page $plots yes "a click on a tab shows its page"
key Page_Up Page_Up
shot back
differ undone back $plots no "and Page Up the first one again"
key Page_Down
shot page
differ undone page $side no "with the same controls"
key F1
shot help
differ page help $side yes "help covers the screen"
key Escape
leave
start view --size 1280x800
shot again
differ page again $plots no "the next time begins where the last one ended"
before=$(used)
sleep 2
after=$(used)
[ $((after - before)) -le 2 ] && good "no work when idle" || wrong "idle, it used $((after - before)) ticks of CPU in 2 s"
leave
exit $failed
