#!/usr/bin/env bash
# The system libraries that Qt (and, with "test", the tests) need on Debian or Ubuntu.
# Installs what is missing as root or with a passwordless sudo; else prints the line.
set -euo pipefail

window=(libegl1 libgl1 libdbus-1-3 libfontconfig1 libglib2.0-0 libxkbcommon-x11-0
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 libxcb-xinerama0)
tests=(xvfb openbox xdotool dbus gnome-keyring git docker.io debootstrap iproute2
    openssl)

wanted=("${window[@]}")
[ "${1:-}" = test ] && wanted+=("${tests[@]}")
command -v dpkg-query >/dev/null 2>&1 || exit 0

missing=()
for package in "${wanted[@]}"; do
    # newer releases have renamed some libraries, e.g. libglib2.0-0t64
    if ! dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null |
        grep -q 'ok installed'; then
        missing+=("$package")
    fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
run() { "$@" >/dev/null; }
export DEBIAN_FRONTEND=noninteractive
if [ "$(id -u)" = 0 ]; then
    run apt-get update && run "${install[@]}" && exit 0
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    run sudo -n apt-get update && run sudo -n "${install[@]}" && exit 0
fi
echo "Some system libraries are missing. Install them with:" >&2
echo "    sudo ${install[*]}" >&2
[ "${1:-}" = test ] && exit 1
exit 0
