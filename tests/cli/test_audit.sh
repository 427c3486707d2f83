#!/bin/sh
# The audit log over the real program: what it lists, by what it is searched, and that it holds together.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
$studyday attendance add S-1 M1 in --why "paper roll" >/dev/null || exit 1
epoch=$($studyday events --terminal office | sed -n '1s/.*"epoch":"\([^"]*\)".*/\1/p')
$studyday attendance void office "$epoch:1" --why "another M1" >/dev/null || exit 1
$studyday terminal revoke t-2 --why "stolen" >/dev/null || exit 1

exits 0 "list" $studyday audit list
has "… has when, who, what, about what and why" out '20[0-9-]+ [0-9:]+ +uid:[0-9]+.* attendance-void +office:[0-9A-Z]+:1 +another M1'
exits 0 "list as JSON" $studyday audit list --format json
is "… is one document" "$(head -c 12 out)" '{"entries":['
exits 0 "list as JSON lines" $studyday audit list --format jsonl
is "… has all entries in their order" "$(sed 's/.*"id":\([0-9]*\),.*/\1/' out | tr '\n' ' ')" "1 2 3 4 5 6 7 8 "
has "… old and new of a correction" out '"action":"attendance-add","subject":"office:1","why":"paper roll","old":{"credit_minutes":0,"minutes":0,"status":"none"},"new":{"credit_minutes":120,"event":{"at":'
has "… of a void" out '"action":"attendance-void".*"old":{"credit_minutes":120,"event":{.*"status":"present"},"new":{"credit_minutes":0,"minutes":0,"status":"none"}'
has "… of a terminal" out '"action":"terminal-revoke","subject":"t-2","why":"stolen","old":{"state":"registered"},"new":{"state":"revoked"}'
has "… the digest of a file" out "\"action\":\"import-members\",\"subject\":\"members.csv\".*\"sha256\":\"$(sha256sum members.csv | cut -d' ' -f1)\""
exits 0 "list as CSV" $studyday audit list --format csv

count() { # OPTION...
    $studyday audit list --format jsonl "$@" | wc -l
}
is "by an action's first word" "$(count --action attendance)" 2
is "by an action" "$(count --action attendance-void)" 1
is "by what it is about" "$(count --subject t-2)" 1
is "by whom" "$(count --who "uid:$(id -u)")" 8
is "by whom it was not" "$(count --who nobody-like-this)" 0
is "from today on" "$(count --from "$(TZ=Asia/Shanghai date +%F)")" 8
is "up to yesterday" "$(count --to "$(TZ=Asia/Shanghai date -d yesterday +%F)")" 0
exits 64 "a day that is none" $studyday audit list --from 2026-13-01
exits 64 "without list" $studyday audit
exits 64 "an unknown option" $studyday audit list --loud

cat >roll.csv <<'CSV'
batch,session,member,kind,at,by,why
B-7,S-1,M2,in,2026-10-10 09:00,王会计,网断了
CSV
$studyday import attendance roll.csv >/dev/null || exit 1
exits 0 "a line of a batch is explained" $studyday explain --session S-1 --member M2
has "… with who and why as the line says" out ', by 王会计 \(B-7\): 网断了: counts'
exits 0 "a void is explained" $studyday explain --session S-1 --member M1
has "… with what was entered" out ', by uid:[0-9]+.*: paper roll: void$'
has "… and by whom it was taken back" out 'taken back by office .*, by uid:[0-9]+.*: another M1$'
exits 0 "events" $studyday events --terminal office
has "… have who and why of an addition" out '"kind":"in",.*"who":"uid:[0-9]+[^"]*","why":"paper roll"}$'
has "… of a void" out '"kind":"void",.*"who":"uid:[0-9]+[^"]*","why":"another M1"}$'
has "… and of a line of a batch" out '"kind":"in",.*"who":"王会计 \(B-7\)","why":"网断了"}$'
exits 0 "explain absent" $studyday explain --session S-1 --member M1 --column absent
has "… names the own point" out 'the own point is not silent \(P-1\)$'
exits 64 "explain without a report" $studyday explain
exits 64 "explain of both" $studyday explain --session S-1 --month 2026-10
exits 64 "explain of no figure" $studyday explain --session S-1 --column nothing
has "… tells which there are" err 'one of sessions, expected, exempt, on_site'
exits 64 "explain in a form that there is not" $studyday explain --session S-1 --format csv
exits 65 "explain an unknown session" $studyday explain --session S-9
exits 65 "explain an unknown member" $studyday explain --session S-1 --member M9
exits 65 "explain an unknown organisation" $studyday explain --session S-1 --org X
exits 65 "explain a month that has not begun" $studyday explain --month 2199-01
exits 64 "explain what is no month" $studyday explain --month 2026-13

python3 - site/studyday.db <<'PY' >tamper.out 2>&1
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
for sql in ("UPDATE audit SET who = 'x'", "DELETE FROM audit", "DELETE FROM objection"):
    try:
        connection.execute(sql)
        print("done:", sql)
    except sqlite3.DatabaseError as error:
        print("refused:", error)
PY
is "the database refuses to change it" "$(grep -c '^refused: audit is append-only' tamper.out)" 2
exits 0 "verify finds nothing" $studyday verify
python3 -c 'import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.executescript("DROP TRIGGER audit_changed; UPDATE audit SET why = \"because\" WHERE id = 6")' site/studyday.db
exits 1 "verify finds what was changed all the same" $studyday verify
has "… and names the entry" out '^audit: entry 6 differs from its digest|^audit +entry 6 differs from its digest'
tap_done
