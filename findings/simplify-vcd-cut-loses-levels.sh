#!/usr/bin/env bash
# simplify-vcd 1.1.0 (PyPI), a command that cuts a piece out of a waveform file (VCD). An enable signal goes up at 1 us and
# stays up until 40 us; a clock ticks meanwhile. One keeps what is after 25 us.
# One would expect a file that begins with the levels at the cut, so enable is up from its start to its end.
# What happens: only the last change before the cut is carried over, here one of the clock. The level of every signal that did
# not change in that very instant is lost: in the cut file enable has no value at all until it goes down. When the cut falls
# exactly on a change, not even one earlier level is carried over. Viewers show enable as unknown where it was up.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check simplify-vcd==1.1.0 click==8.3.3
cat >whole.vcd <<'VCD'
$timescale 1us $end
$scope module top $end
$var wire 1 e enable $end
$var wire 1 c clock $end
$upscope $end
$enddefinitions $end
#1
1e
0c
#10
1c
#20
0c
#30
1c
#40
0e
0c
VCD
cut() { # prints the changes that the cut file has, in one line
  env/bin/simplify-vcd --output-timescale=1us "$@" whole.vcd cut.vcd
  sed '1,/enddefinitions/d' cut.vcd | tr '\n' ' ' | sed 's/ $//'
}
env/bin/python - <<'PY'
import sys
from importlib.metadata import version
print(f"simplify-vcd {version('simplify-vcd')}, Python {sys.version.split()[0]}; enable is e, clock is c")
PY
uncut="$(cut)"
between="$(cut --truncate-before=25us)"
exact="$(cut --truncate-before=30us)"
printf 'whole file:     %s\ncut at 25 us:   %s\ncut at 30 us:   %s\n' "$uncut" "$between" "$exact"
[ "$uncut" = '#1 1e 0c #10 1c #20 0c #30 1c #40 0e 0c' ]
[ "$between" = '#0 0c #5 1c #15 0e 0c' ]
[ "$exact" = '#0 1c #10 0e 0c' ]
