#!/usr/bin/env bash
# Make a base image where none can be pulled: Debian with Python, as one tar file.
#
# packaging/base-image.sh [FILE]    needs root and debootstrap; prints the file's path
#
# The file is kept under ~/.cache and made once for each recipe. Load it with
#     docker import --change 'CMD ["python3"]' FILE NAME:TAG
set -euo pipefail

suite=bookworm
packages=ca-certificates,python3,python3-venv,python3-pip,libgomp1
recipe=$(sha256sum "$0" | cut -c 1-12)
home=$(getent passwd "$(id -u)" | cut -d : -f 6)
file=${1:-$home/.cache/mlops-studio/base-image-$recipe.tar}

if [ -s "$file" ]; then
    echo "$file"
    exit
fi
mkdir -p "$(dirname "$file")"
exec 9>"$file.lock"
flock 9
if [ -s "$file" ]; then
    echo "$file"
    exit
fi

mirror=$(apt-get indextargets --format '$(SITE)' "Created-By: Packages" 2>/dev/null |
    grep -m 1 /debian || true)
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
debootstrap --variant=minbase --include="$packages" "$suite" "$work/root" \
    ${mirror:+"$mirror"} >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exit 1
}
ln -sf python3 "$work/root/usr/bin/python"
tar -C "$work/root" --numeric-owner --one-file-system -cf "$work/image.tar" \
    --exclude=./var/cache/apt/* --exclude=./var/lib/apt/lists/* \
    --exclude=./usr/share/doc/* --exclude=./usr/share/man/* \
    --exclude=./usr/share/locale/* --exclude=./proc/* --exclude=./sys/* .
mv "$work/image.tar" "$file.part"
mv "$file.part" "$file"
echo "$file"
