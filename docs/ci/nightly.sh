#!/usr/bin/env bash
# Plays fresh seeds for a while, remembers what was found, and fails where something of it is new. For a job that runs every
# night, and keeps the folder STATE from one night to the next. `cosim` must be on the PATH.
#
#   FOR      how long to play: 10m if nobody says
#   STORIES  the folder of scenarios: scenarios if nobody says
#   STATE    what is kept: state if nobody says. Sweeps in it that were stored are not needed any more
set -euo pipefail
state="${STATE:-state}"
mkdir -p "$state"
first="$(cat "$state/next" 2>/dev/null || echo 0)"

status=0
cosim sweep "${STORIES:-scenarios}"/*.json --seeds "$first.." --for "${FOR:-10m}" --out "$state/from-$first" || status=$?
# That a seed has failed is no news by itself: what is new, the findings say.
case "$status" in 0 | 1 | 3 | 6) ;; *) exit "$status" ;; esac

status=0
cosim findings "$state/findings.db" "$state/from-$first" || status=$?
# What is stored is not played again: the first line of the outcomes says up to where that is.
[ "$status" -gt 1 ] || head -n 1 "$state/from-$first/outcomes.jsonl" | sed -E 's/.*"until":([0-9]+).*/\1/' >"$state/next"
exit "$status"
