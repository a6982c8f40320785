#!/bin/sh
# Every act in a real window by keyboard alone: tests/gui/keyboard.sh PROGRAM. The pointer rests
# where it cannot matter.
name=gui-keys program=$1
. "$(dirname "$0")/window_help.sh"
# Regions at 1280 x 800: those that a change must reach, and those that it must not.
plots=960x640+16+90 header=180x40+8+4 all=1280x800+0+0 readout=250x120+1024+440 column=320x640+4+56
gain_number=60x16+1200+88 moments=600x34+230+751 updates=140x24+826+756 message=600x60+200+720
# An edge of the frame that a control has when it has the focus, and no other control.
cell=60x3+276+10 tab=20x4+222+45 badge=60x3+1100+10 gain=6x12+1026+98 task=6x10+1026+360
train=6x16+17+760 one=40x3+150+750 scrub=200x3+400+750
xdotool mousemove 1000 795
start view --size 1280x800
shot first

# ---- every control can be reached, and shows it
tabs=0 unseen=0
while [ $tabs -lt 34 ]; do
    press_seen Tab focused || unseen=$((unseen + 1))
    tabs=$((tabs + 1))
done
[ $unseen = 0 ] && good "34 times Tab, and each time the focus is seen elsewhere" || wrong "$unseen of 34 times Tab showed nothing"
key Escape
shot left
differ first left $all no "Escape leaves the controls; nothing has changed"

# ---- each kind of control
focus_on $cell Tab "a cell"
key Return
shot cells
differ focused cells $plots yes "Enter shows one more cell"
key Return
shot cells
differ first cells $header no "and hides it again"
key ctrl+z ctrl+z r
focus_on $tab Tab "a page"
key Return
shot page
differ focused page $plots yes "Enter shows the page"
key Escape Page_Up Page_Up Page_Up
shot overview
differ first overview $plots no "three times Page Up: the first page again"
focus_on $gain Tab "a slider"
key Right Right Right
shot right
differ focused right $plots yes "Right changes its number and the plots"
differ focused right $header no "and not the header"
key Left Left Left
shot left
differ focused left $plots no "Left brings the same picture back"
key 2 period 5 Return
shot typed
differ focused typed $plots yes "a number that is typed counts after Enter"
key 9 9 9 Return
shot most
differ typed most $message yes "one that cannot be is answered"
key Home
shot home
differ focused home $gain_number no "Home brings the standard value"
focus_on $task Tab "a choice"
key Right
shot right
differ focused right $plots yes "Right takes the next"
key Left
shot left
differ focused left $plots no "Left the one before"
focus_on $badge shift+Tab "the verified badge"
key Return
shot check
differ focused check $plots yes "Enter leads to the page of the check"
key Escape
key Page_Up Page_Up Page_Up Page_Up Page_Up Page_Up Page_Up Page_Up Page_Up

# ---- keys for the whole screen, each there and back
key r
shot base
there_and_back() { # KEY BACK REGION WHAT
    key "$1"
    shot there
    differ base there "$3" yes "$4"
    key $2
    shot back
    differ base back $all no "and back"
}
there_and_back t t $plots "T: the other theme"
there_and_back g g $header "G: the other language"
there_and_back l l $plots "L: linear axes"
there_and_back F1 Escape $plots "F1: help"
there_and_back bracketleft bracketright $readout "[: a step back in time"
there_and_back period comma $readout ".: the next unit"
there_and_back c "c c" $readout "C: the next cell"
there_and_back Page_Down Page_Up $plots "Page Down: the next page"
key p
shot pinned
differ base pinned $all yes "P pins what is shown"
key Escape
shot back
differ base back $all no "Escape lets it go"
key e
shot export
ls "$folder"/rnnscope-1.png "$folder"/rnnscope-1.svg "$folder"/rnnscope-1.pdf "$folder"/rnnscope-1.state "$folder"/rnnscope-1-norms.csv > /dev/null 2>&1 &&
    good "E writes the screen and its numbers" || { wrong "E does not write what it should"; ls "$folder"; }
differ base export $message yes "and says where"

# ---- training
key Page_Up
shot untrained
key n
shot one
differ untrained one $plots yes "N: one update is drawn"
key space
sleep 2
import -window root "$folder/running.ppm"
sleep 1
import -window root "$folder/later.ppm"
differ running later $plots yes "Space trains, and the curves move"
key space
shot paused
sleep 1
shot still
differ paused still $all no "Space pauses, and nothing moves"
focus_on $train Tab "the button of training"
focus_on $one Tab "the button of one update"
key Return
shot more
differ focused more $updates yes "Enter: one update more"
focus_on $scrub Tab "the moments"
key Left Left Left
shot earlier
differ focused earlier $moments yes "Left goes back to one before"
key r
leave

# ---- a lesson: steps, a prediction, a slider, and back
start learn 5 --size 1280x800
shot lesson
key Page_Down
shot second
differ lesson second $column yes "Page Down: the next step of the lesson"
key 7
shot typed
differ second typed $column yes "a digit goes into the prediction"
key Return
shot answered
differ typed answered $column yes "Enter answers it"
differ typed answered 900x600+340+90 yes "and the stage opens"
key Page_Up
shot first_again
key Page_Down
shot second_again
differ answered second_again 320x300+4+56 no "Page Up and Page Down: the answer is still there"
key Page_Down
shot third
differ second_again third $column yes "and the lesson goes on"
key i
shot index
differ third index $column yes "I: all lessons"
key i
key u
shot free
differ third free 270x500+1010+56 yes "U: all sliders beside the lesson"
key u
shot third_again
differ third third_again $all no "and back"
leave
start learn 5 --size 1280x800
shot resumed
differ third_again resumed $column no "the next time the lesson goes on at its step"
leave

# ---- a lesson that somebody is writing
printf '# Mine\n\n## A step\n\nWords.\n' > "$folder/mine.md"
start learn "$folder/mine.md" --size 1280x800
shot mine
sleep 1.1
echo "no lesson any more" > "$folder/mine.md"
sleep 2
shot spoiled
differ mine spoiled 320x60+4+100 yes "a lesson that is spoiled says so in its column"
differ mine spoiled 320x40+4+60 no "and stays open"
printf '# Mine\n\n## A step\n\nWords.\n' > "$folder/mine.md"
sleep 2
shot mended
differ mine mended $all no "mended, it is as before"
rm "$folder/mine.md"
sleep 2
shot gone
differ mine gone $all no "and where its file vanishes, it stays"
leave
exit $failed
