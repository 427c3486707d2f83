#!/bin/sh
# report, record, events, verify and recompute as a user runs them, on a small site of the year 2020, whose figures do not
# move with the calendar. Prints TAP. Usage: test_commands.sh STUDYDAY FOLDER_OF_THIS_TEST
studyday=$1
here=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export STUDYDAY_CONFIG="$work/site/studyday.conf"
export LC_ALL=C.UTF-8
unset LANGUAGE
count=0

# ok NAME STATUS: status 0 passes.
ok() {
    count=$((count + 1))
    if [ "$2" -eq 0 ]; then echo "ok $count - $1"; else echo "not ok $count - $1"; fi
}

# exits CODE NAME COMMAND...: runs studyday COMMAND, output in $work/out and $work/err.
exits() {
    wanted=$1 name=$2
    shift 2
    "$studyday" "$@" >"$work/out" 2>"$work/err"
    got=$?
    [ "$got" -eq "$wanted" ] || sed 's/^/# /' "$work/err"
    [ "$got" -eq "$wanted" ]
    ok "$name exits $wanted (got $got)" $?
}

# is NAME FILE: the last output is the golden file.
is() {
    if [ -n "$STUDYDAY_GOLDEN_WRITE" ]; then cp "$work/out" "$here/golden/$2"; fi
    diff -u "$here/golden/$2" "$work/out" >"$work/diff" 2>&1
    status=$?
    sed 's/^/# /' "$work/diff"
    ok "$1" $status
}

# says NAME PATTERN: the last run's stderr has it.
says() {
    grep -q -- "$2" "$work/err"
    ok "$1" $?
}

set_up() {
    "$studyday" init "$work/site" >/dev/null || exit 1
    for kind in orgs points terminals members sessions; do
        "$studyday" import "$kind" "$here/site/$kind.csv" >/dev/null || exit 1
    done
    "$studyday" attendance add 2020-03-05 1001 in --at "2020-03-05 08:55" --why paper >/dev/null || exit 1
    "$studyday" attendance add 2020-03-05 1001 out --at "2020-03-05 11:01" --why paper >/dev/null || exit 1
    "$studyday" leave add 2020-03-05 1002 --why asked >/dev/null || exit 1
    "$studyday" home add 2020-03-19 1003 --visitor 1001 --at "2020-03-20 10:00" --why visit >/dev/null || exit 1
}

test_reports() {
    exits 0 "report month" report month 2020-03 --format json
    is "report month prints the contract's JSON" command-month.json
    exits 0 "report month --org --depth" report month 2020-03 --org LF-GY --depth 1
    is "report month prints a table" command-month.txt
    exits 0 "report session" report session 2020-03-19 --format json --depth 0
    is "report session prints the contract's JSON" command-session.json
    exits 0 "report month --format csv" report month 2020-03 --depth 2 --format csv
    is "report month prints CSV with defused names" command-month.csv
    exits 0 "report of a month without sessions" report month 2020-04 --format json --depth 0
    is "report of a month without sessions has nulls for rates" command-empty.json
}

test_record_and_events() {
    exits 0 "record" record 1001 --year 2020 --format json
    is "record prints the contract's JSON" command-record.json
    exits 0 "events" events --session 2020-03-05
    [ "$(wc -l <"$work/out")" -eq 3 ] && grep -q '"kind":"leave","session":"2020-03-05","member":"1002"' "$work/out"
    ok "events --session prints one line an event" $?
    exits 0 "events --member" events --member 1003 --terminal office --format json
    grep -q '^{"events":\[{"terminal":"office",.*"at":"2020-03-20T10:00:00+08:00",.*"state":"counted"' "$work/out"
    ok "events --format json prints one document" $?
    "$studyday" events | head -n 1 | grep -q '"seq":1,'
    ok "events come by arrival" $?
}

test_certificate() {
    exits 0 "report certificate" report certificate 1001 --year 2020 --format json
    is "report certificate adds up the record by kind" command-certificate.json
    minutes=$("$studyday" record 1001 --year 2020 --format json | sed 's/.*"year":2020,"org":"[^"]*","minutes":\([0-9]*\).*/\1/')
    grep -q "{\"kind\":\"total\",\"sessions\":1,\"minutes\":$minutes}" "$work/out"
    ok "report certificate has the record's hours" $?
    exits 65 "report certificate of an unknown member" report certificate 9999
    exits 65 "report certificate of a year in the future" report certificate 1001 --year 2999
    exits 64 "report certificate of a malformed year" report certificate 1001 --year soon
    exits 64 "report certificate of nobody" report certificate
}

test_trend() {
    exits 0 "report month --trend" report month 2020-03 --depth 0 --trend --format json
    grep -q '"trend":\[{"month":"2020-03","centralised_permille":[0-9]*,"overall_permille":[0-9]*}\]}$' "$work/out"
    ok "report month --trend begins with the first month of which anything is known" $?
    exits 0 "report month --trend --format csv" report month 2020-03 --depth 0 --trend --format csv
    grep -q '^2020-03,' "$work/out"
    ok "report month --trend as CSV has its lines below the table" $?
    exits 0 "report month --trend as text" report month 2020-03 --depth 0 --trend
    grep -q '^  2020-03 ' "$work/out"
    ok "report month --trend as text has its lines below the table" $?
}

test_refusals() {
    exits 64 "report without words" report
    exits 64 "report of a malformed month" report month 2020-13
    exits 64 "report in a form that is not there" report month 2020-03 --format docx
    says "an unknown form names those there are" "text, csv, json"
    exits 64 "report with a negative depth" report month 2020-03 --depth -1
    exits 65 "report of an unknown org" report month 2020-03 --org NOWHERE
    says "an unknown org is named" NOWHERE
    exits 65 "report of a month in the future" report month 2999-01
    exits 65 "report of an unknown session" report session NONE
    exits 65 "report of a session that has not begun" report session 2999-01-03
    exits 65 "record of an unknown member" record 9999
    exits 65 "record of a year in the future" record 1001 --year 2999
    exits 64 "record of a malformed year" record 1001 --year soon
    exits 64 "events with a stray word" events stray
    exits 64 "verify with a stray word" verify stray
    exits 64 "recompute --format without --diff" recompute --format json
    [ ! -s "$work/out" ]
    ok "a refusal prints nothing to stdout" $?
}

test_output_files() {
    exits 0 "report -o" report month 2020-03 -f csv -o "$work/o.csv"
    "$studyday" report month 2020-03 -f csv | cmp -s - "$work/o.csv"
    ok "report -o writes what it would print" $?
    exits 73 "report -o over a file" report month 2020-03 -o "$work/o.csv"
    exits 0 "report -o --force over a file" report month 2020-03 -o "$work/o.csv" --force
    ln -s o.csv "$work/link"
    exits 73 "report -o --force through a symbolic link" report month 2020-03 -o "$work/link" --force
    exits 73 "report -o into a folder that is not there" report month 2020-03 -o "$work/none/o.csv"
    [ -z "$(find "$work" -name '*.tmp')" ]
    ok "nothing half written is left behind" $?
    "$studyday" report month 2020-03 >/dev/full 2>/dev/null
    [ $? -eq 74 ]
    ok "a full disk behind stdout exits 74" $?
}

# tamper SQL: changes the database behind everybody's back.
tamper() {
    python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()' \
        "$work/site/studyday.db" "$1"
}

test_proofs() {
    exits 0 "verify of a sound database" verify --format json
    is "verify tells what it looked at" command-verify.json
    exits 0 "recompute --diff of a sound database" recompute --diff
    tamper "UPDATE tally SET present = present + 1 WHERE present = 1"
    exits 1 "verify of a wrong total" verify
    grep -q '^total ' "$work/out"
    ok "verify names the total" $?
    exits 1 "recompute --diff of a wrong total" recompute --diff --format jsonl
    exits 0 "recompute puts it right" recompute
    exits 0 "recompute --diff afterwards" recompute --diff
    exits 0 "verify afterwards" verify
    tamper "UPDATE event SET at = at + 1000000 WHERE place IN (SELECT place FROM event_key WHERE key & 2147483647 = 2)"
    exits 1 "verify of a changed event" verify
    grep -q '^chain ' "$work/out"
    ok "verify names the chain" $?
}

set_up
test_reports
test_record_and_events
test_certificate
test_trend
test_refusals
test_output_files
test_proofs
echo "1..$count"
