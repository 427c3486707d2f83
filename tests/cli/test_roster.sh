#!/bin/sh
# The roster through time, over the real program: what is stated late changes open months from its day on and closed ones
# not at all, and all the while what is kept agrees with the events.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >more-orgs.csv <<'CSV'
org,parent,area,level,sector,name
B,C,county-b,county,,乙县
B-1,B,county-b,branch,rural,乙县第一支部
X,,elsewhere,city,,别市
X-1,X,elsewhere,branch,rural,别市支部
CSV
cat >more-members.csv <<'CSV'
member,name,org,from
M3,王五,B-1,2020-01-01
CSV
cat >more-sessions.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
S-0,study-day,九月学习日,2026-09-10 09:00,2026-09-10 11:00,C,120
S-2,study-day,十月学习日二,2026-10-20 09:00,2026-10-20 11:00,C,120
CSV
printf 'point,org,name\nP-X,X-1,别市学习点\n' >more-points.csv
for kind in orgs points members sessions; do
    $studyday import $kind more-$kind.csv >/dev/null || exit 1
done

row() { # SESSION ORG KEY: a figure of an org's row in the session's report
    $studyday report session "$1" --depth 9 --format json | grep -o "\"org\":\"$2\",\"name\"[^}]*" |
        sed "s/.*\"$3\":\([0-9]*\).*/\1/"
}
sound() { # NAME
    exits 0 "$1: the chains and totals hold" $studyday verify
    exits 0 "$1: what is kept agrees with the events" $studyday recompute --diff
}
orgs() { # LINE...: one file of them, with days
    { echo org,parent,area,level,sector,name,from,to; printf '%s\n' "$@"; } >o.csv
}
members() { # LINE...
    { echo member,name,org,from,to,role,exempt_from,exempt_to,exempt_reason; printf '%s\n' "$@"; } >m.csv
}

$studyday attendance add S-0 M1 in --why "paper roll" >/dev/null
$studyday attendance add S-1 M1 in --why "paper roll" >/dev/null
$studyday attendance add S-2 M1 in --why "paper roll" >/dev/null
$studyday month close 2026-09 >/dev/null || exit 1
$studyday report month 2026-09 --depth 9 --format json >september
$studyday report session S-0 --depth 9 --format json >s-0

orgs 'A-1,B,county-a,branch,rural,甲县第一支部,2026-09-01,'
exits 0 "a branch moved, as is known late: a dry run" $studyday import orgs o.csv --dry-run
has "… says from where to where" out '^  A-1: A → B, from 2026-09-01$'
is "… and changes nothing" "$(row S-1 B expected)" 1
orgs 'A-1,B,county-a,branch,rural,甲县第一支部,2026-10-15,'
exits 0 "a branch moves between two sessions" $studyday import orgs o.csv
is "… the earlier one keeps it where it was" "$(row S-1 A expected) $(row S-1 B expected)" "2 1"
is "… the later one sees it in its new place" "$(row S-2 A expected) $(row S-2 B expected)" "0 3"
is "… with who was there" "$(row S-2 B on_site)" 1
exits 0 "the earlier session's report" $studyday report session S-1 --org A --depth 9 --format json
has "… shows it below its earlier parent" out '"org":"A-1"'
exits 0 "the later one's" $studyday report session S-2 --org A --depth 9 --format json
is "… does not" "$(grep -c '"org":"A-1"' out)" 0
sound "after a move"
exits 0 "the same again" $studyday import orgs o.csv
is "… changes nothing" "$(cat out)" "o.csv: 0 added, 0 changed, 1 unchanged"

orgs 'A-1,B,county-a,branch,rural,甲县第一支部,2026-09-01,'
exits 0 "it was earlier, in truth" $studyday import orgs o.csv
is "… the open month follows" "$(row S-1 A expected) $(row S-1 B expected)" "0 3"
$studyday report month 2026-09 --depth 9 --format json >again
exits 0 "… the closed one does not" cmp september again
$studyday report session S-0 --depth 9 --format json >again
exits 0 "… nor does its session's report" cmp s-0 again
sound "after a move into a closed month"

members 'M1,张三,B-1,2026-10-12,,,,,'
exits 0 "a transfer between two sessions" $studyday import members m.csv --verbose
has "… is told" out '^  M1: A-1 → B-1, from 2026-10-12$'
has "… with what it derives again" out '^attendance rows that change: 1$'
is "… counts at home on each day" "$(row S-1 A-1 on_site) $(row S-2 B-1 on_site)" "1 1"
members 'M1,张三,B-1,2026-09-05,,,,,'
exits 0 "a transfer dated back into a closed month" $studyday import members m.csv
is "… moves the open one" "$(row S-1 A-1 on_site) $(row S-1 B-1 on_site)" "0 1"
$studyday report month 2026-09 --depth 9 --format json >again
exits 0 "… and not the closed one" cmp september again
members 'M2,李四,A-1,2020-01-01,2026-10-15,,,,' 'M3,王五,B-1,2026-10-01,,secretary,2026-10-01,2026-10-15,长期患病'
exits 0 "one leaves in mid-month, one is exempt for half of it" $studyday import members m.csv
is "… in the first session" "$(row S-1 C expected) $(row S-1 C exempt)" "2 1"
is "… in the second" "$(row S-2 C expected) $(row S-2 C exempt)" "2 0"
exits 0 "the role of a day decides the target" $studyday record M3 --year 2026 --format json
has "… of 56 hours" out '"target_minutes":3360'
sound "after transfers"

orgs 'B-1,B,county-b,branch,rural,乙县第一支部,2026-11-01,2026-11-30'
exits 65 "an org that ends with members at home in it" $studyday import orgs o.csv
has "… names both facts" err '^o.csv:2: to: B-1 ends on 2026-11-30, but member M1 is at home in it from 2026-10-12 on$'
orgs 'Z,A,county-a,branch,rural,老支部,2026-10-01,2026-10-15'
$studyday import orgs o.csv >/dev/null
members 'M9,周九,Z,2026-10-01,2026-10-15,,,,'
exits 0 "an org that ends in mid-month, its members with it" $studyday import members m.csv
exits 0 "… the month's report" $studyday report month 2026-10 --depth 9 --format json
has "… has a row for it" out '"org":"Z","name":"老支部","sessions":1,"expected":1,'
sound "after an end"
orgs 'N,B,county-b,branch,rural,新支部,2026-10-15,'
exits 0 "a new org from a day on" $studyday import orgs o.csv
members 'M4,赵六,N,2026-10-01,,,,,'
exits 65 "a member at home in it before it begins" $studyday import members m.csv
has "… names both facts" err '^m.csv:2: org: M4 is at home in N, which begins on 2026-10-15$'
cat >s.csv <<'CSV'
session,kind,title,starts,ends,org,minutes,points
S-3,meeting,支部会议,2026-10-14 09:00,2026-10-14 10:00,N,60,
S-4,meeting,支部会议,2026-10-16 09:00,2026-10-16 10:00,N,60,P-1;P-X
S-5,meeting,支部会议,2026-10-16 10:00,2026-10-16 09:00,N,60,
CSV
exits 65 "sessions that cannot be" $studyday import sessions s.csv
is "… are told why, in pairs" "$(sed '$d' err)" \
"s.csv:2: org: N does not exist on the day of the session
s.csv:3: points: P-X is hosted by X-1, in another tree than N
s.csv:4: ends: is not after the start, 2026-10-16 10:00"
sound "after refusals"

exits 0 "a pair of the closed month changes" $studyday attendance add S-0 M2 in --why "second page"
exits 0 "… and it is revised" $studyday month revise 2026-09 --why "second page"
is "… on the tree that it was closed on" "$(row S-0 A expected) $(row S-0 A on_site) $(row S-0 B expected)" "2 2 1"
exits 0 "… reported so" $studyday report month 2026-09 --depth 9 --format json
has "… in the month" out '"org":"A","name":"甲县","sessions":1,"expected":2,'
sound "after a revision"
exits 0 "the closed month is reopened" $studyday month reopen 2026-09 --why "the move was forgotten"
is "… and follows" "$(row S-0 A expected) $(row S-0 B expected)" "0 3"
sound "after reopening"

exits 0 "a dry run as JSON lines" $studyday import orgs o.csv --dry-run --format jsonl
is "… of a file that changes nothing is empty" "$(cat out)" ""
exits 64 "--from of something else" $studyday import members m.csv --from 2026-01-01
exits 64 "--from of no day" $studyday import orgs o.csv --from 2026-02-30
exits 64 "an unknown form" $studyday import orgs o.csv --format xml
if command -v script >/dev/null; then
    script -qec "$studyday import members members.csv" /dev/null >seen 2>&1 </dev/null
    has "progress is shown on a terminal" seen 'members\.csv [0-9]+%'
else
    skip "progress is shown on a terminal" "there is no script(1)"
fi
run $studyday import members members.csv
is "… and nowhere else" "$(cat err)" ""
tap_done
