# TAP for tests in shell: source this, call the checks, end with tap_done.
#
# Each test program gets a private folder in $work, its current folder, gone when it ends. `run` keeps what a
# command printed in the files $work/out and $work/err and its exit code in $code.

set -u
export LC_ALL=C.UTF-8 LANGUAGE=en TZ=UTC
unset STUDYDAY_CONFIG STUDYDAY_LOCALEDIR

tap_count=0
tap_failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/studyday-test.XXXXXX") || exit 1
trap 'cd / && rm -rf "$work"' EXIT
cd "$work" || exit 1

tap_result() { # ok|not-ok NAME
    tap_count=$((tap_count + 1))
    if [ "$1" = ok ]; then
        echo "ok $tap_count - $2"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $2"
    fi
}

run() { # COMMAND...
    "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
}

# The command ends with the code.
exits() { # CODE NAME COMMAND...
    want=$1 name=$2
    shift 2
    run "$@"
    if [ "$code" = "$want" ]; then
        tap_result ok "$name"
    else
        tap_result not-ok "$name"
        echo "# $*: exit $code, not $want"
        sed 's/^/# /' "$work/err"
    fi
}

is() { # NAME ACTUAL EXPECTED
    if [ "$2" = "$3" ]; then
        tap_result ok "$1"
    else
        tap_result not-ok "$1"
        printf '%s\n' "# is:" "$2" "# not:" "$3" | sed 's/^\([^#]\)/#   \1/'
    fi
}

# The file has a line that matches the extended regular expression.
has() { # NAME FILE PATTERN
    if grep -Eq -- "$3" "$2"; then
        tap_result ok "$1"
    else
        tap_result not-ok "$1"
        echo "# no line matches $3 in:"
        sed 's/^/# /' "$2"
    fi
}

hasnt() { # NAME FILE PATTERN
    if grep -Eq -- "$3" "$2"; then
        tap_result not-ok "$1"
        echo "# a line matches $3 in:"
        sed 's/^/# /' "$2"
    else
        tap_result ok "$1"
    fi
}

skip() { # NAME REASON
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

tap_done() {
    echo "1..$tap_count"
    [ "$tap_failed" = 0 ]
    exit
}
