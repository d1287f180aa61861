#!/usr/bin/env bash
# Plays what a repository keeps in scenarios/: every scenario against its snapshot, then a sweep. For any CI that runs a
# script: it fails where something fails, and leaves junit.xml, a page and the failures behind. `cosim` must be on the PATH.
#
#   SEEDS   how many seeds of each scenario: 1000 if nobody says
#   FIRST   the first of them: 0 if nobody says, so that a change is judged by the same seeds as the one before
set -euo pipefail
first="${FIRST:-0}"
last=$((first + ${SEEDS:-1000}))
echo "seeds $first..$last"

status=0
cosim test --format junit > junit.xml || status=$?
rm -rf failures # of the sweep before
cosim sweep scenarios/*.json --seeds "$first..$last" --out failures --shrink --html sweep.html || status=$?
exit "$status"
