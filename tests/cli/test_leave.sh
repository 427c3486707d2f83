#!/bin/sh
# Leave that is asked for counts for nothing until the office approves it; approved, refused or withdrawn once, with who, when and why.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >points.csv <<'CSV'
point,org,name
P-1,A,一号学习点
CSV
$studyday import points points.csv >/dev/null || exit 1
cat >orgs2.csv <<'CSV'
org,parent,area,level,sector,name
A-2,A,county-a,branch,rural,甲县第二支部
CSV
$studyday import orgs orgs2.csv >/dev/null || exit 1
printf 'member,name,org,from\nN1,乙一,A-2,2020-01-01\n' >members2.csv
$studyday import members members2.csv >/dev/null || exit 1
status_of() { # MEMBER
    $studyday record "$1" --year 2026 --format json | sed 's/.*"status":"\([a-z-]*\)".*/\1/'
}
on_leave() {
    $studyday report session S-1 --depth 0 --format json | grep -o '"leave":[0-9]*'
}
sound() {
    exits 0 "$1: verify" $studyday verify
    exits 0 "$1: recompute --diff" $studyday recompute --diff
}

exits 64 "request without a reason" $studyday leave request S-1 M1
exits 65 "request for an unknown session" $studyday leave request S-9 M1 --why x
has "… is named" err 'there is no session S-9'
exits 65 "request of an unknown member" $studyday leave request S-1 M9 --why x
has "… is named" err 'there is no member M9'
exits 64 "request with a kind of leave that is none" $studyday leave request S-1 M1 --reason "$(printf '%070d' 0)" --why x
exits 0 "request" $studyday leave request S-1 M1 --reason ill --why "in hospital"
is "… tells the number" "$(cat out)" "leave request 1 of M1 for S-1 is noted; it waits for the office"
is "… nobody is on leave by it" "$(status_of M1) $(on_leave)" 'unreported "leave":0'
exits 65 "the same again" $studyday leave request S-1 M1 --why x
has "… waits already" err 'leave request 1 of M1 for S-1 waits already'
$studyday leave request S-1 M2 --why "harvest" >/dev/null || exit 1
$studyday leave request S-1 N1 --why "a wedding" >/dev/null || exit 1
exits 0 "list --open" $studyday leave list --open --format jsonl
is "… has all" "$(wc -l <out)" 3
has "… with what was said" out '"id":1,.*"member":"M1","name":"张三","session":"S-1","reason":"ill","why":"in hospital","state":"open","decided_why":null'
exits 0 "list --org" $studyday leave list --org A-2 --format jsonl
is "… has its own" "$(sed 's/.*"member":"\([^"]*\)".*/\1/' out)" N1
exits 65 "list --org of none" $studyday leave list --org X
exits 0 "list for people" $studyday leave list
has "… has it" out 'M1 +张三'
sound "with open requests"

exits 0 "the record" $studyday record M1 --year 2026
has "… says that it waits" out 'Leave asked for on [0-9-]+ for S-1, not decided yet: in hospital'

exits 64 "approve without a reason" $studyday leave approve 1
exits 64 "approve what is no number" $studyday leave approve first --why x
exits 65 "approve what is not there" $studyday leave approve 9 --why x
has "… is named" err 'there is no leave request 9'
exits 64 "approve with another kind of leave" $studyday leave approve 1 --reason trip --why x
is "nothing was approved so far" "$(on_leave)" '"leave":0'
exits 0 "approve" $studyday leave approve 1 --why "the letter is there"
has "… says so" out 'leave request 1 of M1 for S-1: approved'
is "… and the member is on leave" "$(status_of M1) $(on_leave)" 'leave "leave":1'
exits 0 "the event" $studyday events --member M1
has "… says who and why" out '"kind":"leave".*"state":"counted".*"who":"uid:[0-9]+.*"why":"the letter is there"'
exits 0 "the audit log" $studyday audit list --action attendance-add --format jsonl
has "… has the event with its kind of leave" out '"event":\{[^}]*"kind":"leave","member":"M1","reason":"ill"'
exits 65 "approve again" $studyday leave approve 1 --why x
has "… says so" err 'leave request 1 has been decided already: approved'
exits 65 "refuse what was approved" $studyday leave refuse 1 --why x
exits 65 "a request for whom is on leave" $studyday leave request S-1 M1 --why x
has "… says so" err 'M1 is on leave for S-1 already'
exits 0 "refuse" $studyday leave refuse 2 --why "the harvest is over"
is "… nobody is on leave by it" "$(status_of M2) $(on_leave)" 'unreported "leave":1'
exits 0 "the record" $studyday record M2 --year 2026
has "… says so, and why" out 'Leave asked for on [0-9-]+ for S-1, refused: harvest – the harvest is over'
exits 0 "another request after that" $studyday leave request S-1 M2 --why "ill after all"
exits 0 "withdrawn before it was decided" $studyday leave withdraw S-1 M2 --why "has come"
has "… says so" out 'leave request 4 of M2 for S-1: withdrawn'
exits 65 "… once" $studyday leave withdraw S-1 M2 --why x
exits 0 "what was approved is withdrawn" $studyday leave withdraw S-1 M1 --why "has come"
is "… and counts no more" "$(status_of M1) $(on_leave)" 'unreported "leave":0'
exits 0 "list" $studyday leave list --format jsonl
epoch=$($studyday events --terminal office | sed -n '1s/.*"epoch":"\([^"]*\)".*/\1/p')
has "… has the decision and its event" out "\"id\":1,.*\"state\":\"approved\",\"decided_why\":\"the letter is there\",.*\"event\":\"$epoch:1\""
has "… the refusal" out '"id":2,.*"state":"refused","decided_why":"the harvest is over",.*"event":null'
has "… and what was withdrawn" out '"id":4,.*"state":"withdrawn","decided_why":"has come"'
exits 0 "list --open" $studyday leave list --open --format jsonl
is "… has what is left" "$(sed 's/.*"id":\([0-9]*\),.*/\1/' out)" 3
exits 0 "the audit log" $studyday audit list --action leave --format jsonl
is "… has each of the seven" "$(wc -l <out)" 7
has "… with what was and is" out '"action":"leave-approve","subject":"leave-request:1","why":"the letter is there","old":{"member":"M1","reason":"ill","session":"S-1","state":"open"},"new":{.*"state":"approved"}'
sound "at the end"

sed 's/^S-1/S-2/; s/2026-10-10/2099-10-20/g' sessions.csv >second.csv
$studyday import sessions second.csv >/dev/null || exit 1
exits 0 "request for what lies ahead" $studyday leave request S-2 M1 --why "a journey"
$studyday session cancel S-2 --why "will not take place" >/dev/null || exit 1
exits 65 "approve for what was taken out" $studyday leave approve 5 --why x
has "… names it" err 'there is no session S-2'
exits 0 "refuse it" $studyday leave refuse 5 --why "is not held"

exits 0 "a reason that names another" $studyday leave request S-1 M2 --why "张三 is ill"
exits 0 "… who is erased" $studyday person erase M1 --why "asked for it"
exits 0 "list" $studyday leave list --format jsonl
has "… has the request still" out '"id":6,.*"member":"M2"'
hasnt "… and the name nowhere" out '张三'
sound "after an erasure"
tap_done
