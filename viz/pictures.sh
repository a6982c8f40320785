#!/bin/sh
# The figures of the README: viz/pictures.sh PROGRAM FOLDER
set -eu
program=$1
folder=$2
mkdir -p "$folder"

# NAME VIEW OPTIONS: each figure says at its foot how it was made
picture() {
    name=$1
    shift
    "$program" plot "$@" --quiet -o "$folder/$name.png"
    echo "$folder/$name.png"
}

# NAME EVENTS COMMAND: a screen of the viewer
screen() {
    name=$1 events=$2
    shift 2
    replay=$(mktemp)
    printf 'wait 200\n%bshot %s\nquit\n' "$events" "$folder/$name.png" > "$replay"
    XDG_DATA_HOME=$(mktemp -d) XDG_STATE_HOME=$(mktemp -d) "$program" "$@" --replay "$replay"
    rm "$replay"
    echo "$folder/$name.png"
}

screen viewer 'key Shift+[\n' view
screen lesson 'key PageDown\nkey PageDown\nkey PageDown\nclick 186 402\nwait 300\n' learn 6

picture norms norms --task adding --steps 100 --hidden 32 --batch 8 --forget-bias 3
picture gates gates --task sine --steps 120 --hidden 32 --forget-bias 1 --theme dark
picture credit credit --task sine --steps 100 --hidden 32 --forget-bias 1
picture paths paths --task adding --steps 100 --hidden 32 --forget-bias 1
picture wall wall
picture check check --task adding --steps 50 --hidden 16 --batch 4
picture norms-zh norms --task adding --steps 100 --hidden 32 --batch 8 --forget-bias 3 --lang zh --theme dark
picture underflow norms --cell rnn --task adding --steps 400 --hidden 8 --gain 0.05
