#!/bin/sh
# Installs what is missing to make the goals named on the command line; with none, all goals.
# Says beforehand what it will run. Works with apt, dnf, pacman and brew.
set -eu

# for     apt                     dnf                        pacman            brew
# A minus: comes with another package of that system, or is not to be had there.
table() {
    cat <<'TABLE'
build     pkg-config              pkgconf-pkg-config         pkgconf           pkgconf
build     libsdl2-dev             SDL2-devel                 sdl2              sdl2
build     libpango1.0-dev         pango-devel                pango             pango
build     libopenblas-dev         openblas-devel             openblas          openblas
build     liblapacke-dev          lapack-devel               lapacke           lapack
build     libcjson-dev            cjson-devel                cjson             cjson
build     libmuparser-dev         muParser-devel             muparser          muparser
build     libmd4c-dev             md4c-devel                 md4c              md4c
build     fonts-inter             rsms-inter-fonts           inter-font        -
build     fonts-stix              stix-fonts                 otf-stix          -
build     fonts-jetbrains-mono    jetbrains-mono-fonts       ttf-jetbrains-mono -
build     fonts-wqy-microhei      wqy-microhei-fonts         wqy-microhei      -
test      libcmocka-dev           libcmocka-devel            cmocka            cmocka
test      xvfb                    xorg-x11-server-Xvfb       xorg-server-xvfb  -
test      xdotool                 xdotool                    xdotool           -
test      imagemagick             ImageMagick                imagemagick       -
lint      clang                   clang                      clang             llvm
lint      clang-format            clang-tools-extra          -                 clang-format
lint      clang-tidy              -                          -                 -
lint      cppcheck                cppcheck                   cppcheck          cppcheck
lint      libclang-rt-dev         compiler-rt                compiler-rt       -
TABLE
}

# What the goals need: everything is built; tests need cmocka, checks of the source need clang.
kinds='build'
[ $# -gt 0 ] || kinds='build test lint'
for goal in "$@"; do
    case $goal in
    test | gui-test | mutants) kinds="$kinds test" ;;
    sanitize | lint | fuzz) kinds="$kinds test lint" ;;
    esac
done

if command -v apt-get >/dev/null; then
    manager=apt column=2
    there() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }
    known() { [ -n "$(apt-cache show --no-all-versions "$1" 2>/dev/null)" ]; }
    refresh='apt-get update -q'
    install='env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends'
elif command -v dnf >/dev/null; then
    manager=dnf column=3
    there() { rpm -q --whatprovides "$1" >/dev/null 2>&1; }
    known() { dnf -q list "$1" >/dev/null 2>&1; }
    refresh=: install='dnf install -y'
elif command -v pacman >/dev/null; then
    manager=pacman column=4
    there() { pacman -Q "$1" >/dev/null 2>&1; }
    known() { pacman -Si "$1" >/dev/null 2>&1; }
    refresh='pacman -Sy' install='pacman -S --noconfirm --needed'
elif command -v brew >/dev/null; then
    manager=brew column=5
    there() { brew list "$1" >/dev/null 2>&1; }
    known() { brew info "$1" >/dev/null 2>&1; }
    refresh=: install='brew install'
else
    echo 'setup: found none of apt-get, dnf, pacman and brew; these have to be installed by hand' \
        '(Debian names):' >&2
    table | awk '{print "  " $2}' >&2
    exit 1
fi

missing=
for kind in $kinds; do
    for package in $(table | awk -v kind="$kind" -v column="$column" \
        '$1 == kind && $column != "-" {print $column}'); do
        case " $missing " in *" $package "*) continue ;; esac
        there "$package" || missing="$missing $package"
    done
done
if [ -z "$missing" ]; then
    echo "setup: everything is there"
    exit 0
fi

sudo=
if [ "$(id -u)" -ne 0 ] && [ "$manager" != brew ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null; then
        echo "setup: this must run as root, and there is no sudo: $install$missing" >&2
        exit 1
    fi
fi

echo "setup: missing:$missing"
echo "setup: $sudo $refresh"
$sudo $refresh </dev/null
wanted=
for package in $missing; do
    if known "$package"; then
        wanted="$wanted $package"
    else
        echo "setup: $manager has no package $package; going on without it"
    fi
done
[ -n "$wanted" ] || exit 0
echo "setup: $sudo $install$wanted"
$sudo $install $wanted </dev/null
