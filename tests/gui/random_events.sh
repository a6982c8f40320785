#!/bin/sh
# Writes a replay of random events: random_events.sh N SEED [view|learn] [FOLDER]. The same
# arguments, the same events: keys, clicks, drags, wheels, typed numbers, new sizes of the window,
# and with a FOLDER (of make_files.sh) good and bad files dropped on it. In a lesson more of them
# turn pages and answer. Small networks, so that ten thousand events take minutes under sanitizers;
# no export, no quitting.
awk -v n="${1:-10000}" -v seed="${2:-1}" -v where="${3:-view}" -v folder="${4:-}" '
function any(k) { return int(rand() * k) }
function one(list,  n, word) { n = split(list, word, " "); return word[1 + any(n)] }
function number() {
    return one("0 1 2 3 5 8 12 .5 -1 1e3 1e-9 nan inf -inf 1e999 - . 0x1p3 1,5 99999 2.5.1")
}
BEGIN {
    srand(seed)
    keys = "Tab Tab Tab Shift+Tab Right Left Up Down Shift+Right Home End Enter Delete [ ] Shift+[ Shift+] Comma Period C PageDown PageUp Ctrl+Z Ctrl+Z Ctrl+Y P L T G F1 F11 Esc Space N 1 2 5 - . Backspace F5"
    if (where == "learn") keys = keys " PageDown PageDown Enter Enter Enter Tab Tab Right Left"
    w = 800; h = 500
    for (k = 0; k < n; k++) {
        what = rand()
        if (what < .45) print "key", one(keys)
        else if (what < .57) print "move", any(w), any(h)
        else if (what < .72) print "click", any(w), any(h)
        else if (what < .74) print "double", any(w), any(h)
        else if (what < .78) print "drag", any(w), any(h), any(w), any(h)
        else if (what < .86) print "wheel", any(w), any(h), any(9) - 4
        else if (what < .93) print "wait", any(4)
        else if (what < .95) print "text", number()
        else if (what < .96) print "key R"
        else if (what < .97) print "leave"
        else if (what < .98) { # a network that has grown large shrinks again
            print "key Tab"; print "text", 1 + any(9); print "key Enter"
        }
        else if (what < .985) {
            w = 1 + any(rand() < .9 ? 900 : 60); h = 1 + any(rand() < .9 ? 600 : 60)
            if (rand() < .7) { w = 800; h = 500 }
            print "size", w, h
        }
        else if (what < .99 && folder != "")
            print "drop", folder "/" one("lstm.safetensors gru.safetensors cut.safetensors nan.safetensors words.safetensors empty.safetensors series.csv words.csv empty.csv ragged.csv x.npy cut.npy none.npy text.txt binary.txt readme folder")
        else print "key Esc"
    }
}'
