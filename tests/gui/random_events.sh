#!/bin/sh
# Writes a replay of random events: random_events.sh N SEED. The same seed, the same events.
# Small networks, so that ten thousand of them take a minute; no export, no quitting.
awk -v n="${1:-10000}" -v seed="${2:-1}" '
function any(k) { return int(rand() * k) }
BEGIN {
    srand(seed)
    keys = split("Tab Shift+Tab Right Left Up Down Home Enter [ ] Shift+[ Shift+] Comma Period C PageDown PageUp Ctrl+Z Ctrl+Y P L T G F1 F11 Esc Space N 1 2 5 Backspace", key, " ")
    for (k = 0; k < n; k++) {
        what = rand()
        if (what < .45) print "key", key[1 + any(keys)]
        else if (what < .60) print "move", any(1024), any(640)
        else if (what < .75) print "click", any(760), any(640)
        else if (what < .80) print "drag", any(760), any(640), any(760), any(640)
        else if (what < .90) print "wheel", any(760), any(640), any(7) - 3
        else if (what < .97) print "wait", any(4)
        else if (what < .985) print "key R"
        else print "text", any(100)
    }
}'
