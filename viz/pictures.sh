#!/bin/sh
# The figures of the README: viz/pictures.sh PROGRAM FOLDER
set -eu
program=$1
folder=$2
mkdir -p "$folder"
home=$(mktemp -d) # of a user who has done nothing yet
trap 'rm -rf "$home"' EXIT

# NAME VIEW OPTIONS: a figure of one view; each says at its foot how it was made
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
    printf 'wait 200\n%bshot %s\nquit\n' "$events" "$folder/$name.png" > "$home/replay"
    XDG_DATA_HOME=$home XDG_STATE_HOME=$home "$program" "$@" --lang en --replay "$home/replay"
    echo "$folder/$name.png"
}

screen viewer 'key Shift+[\n' view
screen viewer-dark 'key Shift+[\n' view --theme dark
screen lesson 'key Tab\ntext 1\nkey Enter\nwait 300\n' learn 6

picture gates gates --model lessons/12-diagnose/forgetful.safetensors --csv lessons/12-diagnose/sequence.csv
picture wall wall
