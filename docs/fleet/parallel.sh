#!/usr/bin/env bash
# A sweep in parts, several at once on one machine, and their merge. `cosim` and GNU parallel must be on the PATH.
#
#   parallel.sh 8 0..1000000 scenarios/*.json
#
# After an interruption, whatever it was, the same command goes on. Which parts are whole, cosim itself knows: the joblog
# and --resume of GNU parallel are not needed.
set -euo pipefail
parts="${1:?the number of parts}" seeds="${2:?the seeds}"
folder="${FOLDER:-sweep}"

# A part may fail without ending the rest: the merge tells what became of all of them, and decides.
seq "$parts" | parallel --quote --jobs "${JOBS:-100%}" \
  cosim sweep "${@:3}" --seeds "$seeds" --shard "{}/$parts" --jobs 1 --out "$folder/part-{}.jsonl" --resume || true
exec cosim merge "$folder"/part-*.jsonl --shards "$parts" -o "$folder/whole.jsonl"
