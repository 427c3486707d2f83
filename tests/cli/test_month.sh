#!/bin/sh
# A month is closed, told about afterwards, revised and reopened, over the real program and without a collector. What is
# closed prints the same bytes whatever comes later; what is kept agrees with the events all the while.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >september.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
S-0,study-day,九月学习日,2026-09-10 09:00,2026-09-10 11:00,C,120
CSV
$studyday import sessions september.csv >/dev/null || exit 1

figure() { # KEY [OPTION...]: of the report's first row
    key=$1
    shift
    $studyday report month 2026-10 --format json "$@" | sed "s/.*\"rows\":\[{[^}]*\"$key\":\([0-9]*\).*/\1/"
}
report() { # FILE [OPTION...]
    file=$1
    shift
    for format in text csv json jsonl; do
        $studyday report month 2026-10 --depth 9 --format $format "$@"
    done >"$file"
}
sound() { # NAME
    exits 0 "$1: the chains and totals hold" $studyday verify
    exits 0 "$1: what is kept agrees with the events" $studyday recompute --diff
}

exits 0 "M1 was there" $studyday attendance add S-1 M1 in --why "paper roll"
exits 65 "changes of a month that was never closed" $studyday report month 2026-10 --changes
exits 65 "a revision of a month that was never closed" $studyday report month 2026-10 --revision 0
exits 65 "revise before closing" $studyday month revise 2026-10 --why x
exits 65 "reopen before closing" $studyday month reopen 2026-10 --why x
exits 65 "close a month that has not begun" $studyday month close 2199-01
exits 64 "close what is no month" $studyday month close 2026-13
exits 64 "close without a month" $studyday month close

exits 0 "close" $studyday month close 2026-10
has "… as revision 0" out '^2026-10: closed, as revision 0$'
has "… and says what is provisional" out '^Sessions that are still provisional: 1\.'
exits 65 "close again" $studyday month close 2026-10
has "… says so" err 'closed already, as revision 0'
exits 65 "revise when nothing has changed" $studyday month revise 2026-10 --why x
exits 0 "report as JSON" $studyday report month 2026-10 --format json
has "… is closed" out '"revision":0,"closed":true,"state":"closed"'
report closed
sound "after closing"

exits 0 "M2 was there as well, it turns out" $studyday attendance add S-1 M2 in --why "found the second page"
exits 0 "M1 was on leave in September" $studyday leave add S-0 M1 --why "on duty"
report later
exits 0 "the report is the same byte for byte" cmp closed later
exits 0 "--changes" $studyday report month 2026-10 --changes --format json
has "… has the late event" out '"pending":true.*"member":"M2",.*"before":"unreported","after":"present",.*"before_credit_minutes":0,"after_credit_minutes":120,.*"cause":"event","terminal":"office"'
is "… and nothing else" "$(grep -o '"member":"M' out | wc -l)" 1
exits 0 "--changes of another branch's subtree" $studyday report month 2026-10 --changes --org A-1 --format jsonl
is "… has it too" "$(wc -l <out)" 1
exits 65 "--changes of nobody" $studyday report month 2026-10 --changes --org X
exits 64 "--changes with a depth" $studyday report month 2026-10 --changes --depth 1
exits 64 "--revision of a session" $studyday report session S-1 --revision 0
exits 64 "--revision that is no number" $studyday report month 2026-10 --revision -1
exits 0 "--changes for people" $studyday report month 2026-10 --changes
has "… in words" out 'S-1 +A-1 +M2 .*unreported +present'
sound "with a pending change"

cat >transfer.csv <<'CSV'
member,name,org,from
M1,张三,A,2020-01-01
M3,王五,A-1,2020-01-01
CSV
exits 0 "a retroactive roster" $studyday import members transfer.csv
report later
exits 0 "does not touch the closed report" cmp closed later
is "… nor the sessions of the closed month" "$($studyday report session S-1 --org A-1 --format json |
    sed 's/.*"rows":\[{[^}]*"expected":\([0-9]*\).*/\1/')" 2
is "… but those of an open one" "$($studyday report session S-0 --org A --format json |
    sed 's/.*"rows":\[{[^}]*"expected":\([0-9]*\).*/\1/')" 3
sound "after a retroactive roster"
exits 0 "recompute" $studyday recompute
report later
exits 0 "does not touch it either" cmp closed later

sed 's/120$/60/' sessions.csv >changed.csv
exits 65 "a session of a closed month is not changed" $studyday import sessions changed.csv
has "… and the line says why" err '^changed.csv:2: starts: the month of the session is closed'
exits 0 "the same session again changes nothing" $studyday import sessions sessions.csv
printf 'session,member\nS-1,M3\n' >invited.csv
exits 65 "nobody is invited to it" $studyday import invitations invited.csv

exits 64 "revise without a reason" $studyday month revise 2026-10
exits 0 "revise" $studyday month revise 2026-10 --why "second page of the roll"
is "… makes revision 1 of one change" "$(cat out)" "2026-10: revision 1, changes: 1"
is "… which is reported" "$(figure on_site)" 2
report first --revision 0
exits 0 "revision 0 prints as before" cmp closed first
report revised
exits 0 "--changes of revision 1" $studyday report month 2026-10 --changes --revision 1 --format jsonl
has "… has the difference" out '"member":"M2".*"unreported","after":"present"'
exits 0 "nothing is pending any more" $studyday report month 2026-10 --changes --format jsonl
is "… at all" "$(cat out)" ""
exits 65 "a revision that is not there" $studyday report month 2026-10 --revision 2
exits 65 "changes of a revision that is not there" $studyday report month 2026-10 --changes --revision 2
exits 0 "list" $studyday month list --format jsonl
has "… has the first" out '"month":"2026-10","revision":0,"state":"revised",.*"changes":0,"pending":null'
has "… and the latest" out '"month":"2026-10","revision":1,"state":"closed",.*"changes":1,"pending":0,.*"why":"second page'
exits 0 "list for people, in Chinese" $studyday month list --lang zh_CN

exits 0 "reopen" $studyday month reopen 2026-10 --why "the roster was wrong"
exits 0 "the report is live" $studyday report month 2026-10 --format json
has "… and says so" out '"revision":0,"closed":false,"state":"provisional"'
is "… by the roster as it is" "$(figure expected --org A-1)" 2
is "… of the county" "$(figure expected --org A)" 3
report later --revision 1
exits 0 "revision 1 prints as before" cmp revised later
report later --revision 0
exits 0 "revision 0 too" cmp closed later
exits 0 "changes since the revision" $studyday report month 2026-10 --changes --format jsonl
has "… name the new member" out '"member":"M3".*"before":null,"after":"(absent|unreported)".*"cause":"roster"'
sound "reopened"
exits 0 "a session of an open month is changed" $studyday import sessions changed.csv
exits 0 "close again" $studyday month close 2026-10 --why "with the right roster"
has "… as the next revision" out '^2026-10: closed, as revision 2$'
sound "closed again"
report later --revision 0
exits 0 "revision 0 for ever" cmp closed later
tap_done
