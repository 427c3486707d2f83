#!/bin/bash
# Static analysis of the programs: gcc's -fanalyzer and clang-tidy (the checks of .clang-tidy), file by file, with the commands
# of a build. What is found is printed and counted; what is off in .clang-tidy has its reason there. The lines of `known` are
# false alarms of gcc 12: it does not follow the cleanup attribute (each of those variables begins as NULL), nor iconv_close(),
# nor that an array whose count is above 0 is there, nor that an outcome above 0 has been dealt with, nor that scan_is_option()
# has seen the '='.
#
#   tests/analysis/analyse.sh BUILD [FILE...]     FILE: only these, as core/wire/topic.c
#   TOOLS=gcc, TOOLS=clang-tidy                   only one of them
set -uo pipefail
cd "$(dirname "$0")/../.."
build=${1:?usage: analyse.sh BUILD [FILE...]}
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$build" "$@" >"$work/units" <<'END'
import json, os, shlex, sys
build, chosen = sys.argv[1], sys.argv[2:]
for unit in json.load(open(os.path.join(build, "compile_commands.json"))):
    path = os.path.relpath(os.path.join(unit["directory"], unit["file"]), os.getcwd())
    if path.startswith(("tests/", "bench/", "..")) or not path.endswith(".c") or (chosen and path not in chosen):
        continue
    words = [w for w in shlex.split(unit["command"]) if w not in ("ccache", "-Werror")]
    keep = [w for i, w in enumerate(words[1:]) if w not in ("-MD", "-o", "-c", "-MQ", "-MF") and words[i] not in ("-MQ", "-MF", "-o", "-c")]
    flags = " ".join(map(shlex.quote, keep))
    print(f"gcc cd {shlex.quote(unit['directory'])} && gcc {flags} -fdiagnostics-color=never -fanalyzer -c -o /dev/null {shlex.quote(unit['file'])}")
    print(f"clang-tidy clang-tidy --quiet -p {shlex.quote(build)} {shlex.quote(path)}")
END
for tool in ${TOOLS:-gcc clang-tidy}; do
  sed -n "s/^$tool //p" "$work/units"
done >"$work/commands"
xargs -d '\n' -P "${JOBS:-$(nproc)}" -n 1 bash -c <"$work/commands" >"$work/found" 2>&1
grep -E 'warning:|error:' "$work/found" | grep -vEf tests/analysis/known | sort -u >"$work/new"
cat "$work/new"
found=$(wc -l <"$work/new")
printf '%s runs, %s findings\n' "$(wc -l <"$work/commands")" "$found"
[ "$found" -eq 0 ]
