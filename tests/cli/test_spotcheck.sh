#!/bin/sh
# Spot-checks over the real program: drawn by a seed, stored once, shown with what was found, and counted in the reports.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

# Two more branches with a point each; ten members in A-1, five in A-2, one in A-3 who is exempt, and one in A-4.
cat >orgs2.csv <<'CSV'
org,parent,area,level,sector,name
A-2,A,county-a,branch,rural,甲县第二支部
A-3,A,county-a,branch,rural,甲县第三支部
A-4,A,county-a,branch,rural,甲县第四支部
CSV
cat >points2.csv <<'CSV'
point,org,name
P-2,A-2,二号学习点
P-4,A-4,四号学习点
CSV
{
    echo member,name,org,from,exempt_from
    for i in 03 04 05 06 07 08 09 10; do echo "M$i,甲$i,A-1,2020-01-01,"; done
    for i in 1 2 3 4 5; do echo "N$i,乙$i,A-2,2020-01-01,"; done
    echo X1,丙,A-3,2020-01-01,2020-01-01
    echo Q1,丁,A-4,2020-01-01,
} >members2.csv
for kind in orgs points members; do
    $studyday import $kind ${kind}2.csv >/dev/null || exit 1
done
drawn() { # codes of the members drawn, in one line
    grep -o '"member":"[^"]*"' out | sed 's/.*:"\(.*\)"/\1/' | sort | tr '\n' ' '
}
head_of() { # KEY: of the JSON document in out
    sed "s/.*\"$1\":\"\{0,1\}\([^\",]*\).*/\1/;q" out
}

exits 64 "draw without a session" $studyday spotcheck draw --members 3
exits 64 "draw without a number" $studyday spotcheck draw --session S-1
exits 64 "draw of both kinds" $studyday spotcheck draw --session S-1 --members 3 --points 1
exits 64 "draw of nobody" $studyday spotcheck draw --session S-1 --members 0
exits 64 "a seed that is no number" $studyday spotcheck draw --session S-1 --members 3 --seed x
exits 65 "draw of an unknown session" $studyday spotcheck draw --session S-9 --members 3
has "… is named" err 'there is no session S-9'
exits 65 "draw from an unknown org" $studyday spotcheck draw --session S-1 --members 3 --org Z
exits 65 "draw where nobody is expected" $studyday spotcheck draw --session S-1 --members 3 --org A-3
exits 64 "a form that is not there" $studyday spotcheck draw --session S-1 --members 3 --format x

exits 0 "dry run" $studyday spotcheck draw --session S-1 --members 4 --org A --seed 42 --dry-run --format json
first=$(drawn)
is "… has four members" "$(echo $first | wc -w)" 4
is "… has no number" "$(head_of spotcheck)" null
exits 0 "a dry run stores nothing" $studyday spotcheck list --format jsonl
is "… at all" "$(cat out)" ""
exits 0 "draw" $studyday spotcheck draw --session S-1 --members 4 --org A --seed 42 --format json
is "… the same seed draws the same sample" "$(drawn)" "$first"
is "… as number 1" "$(head_of spotcheck)" 1
is "… from all who are expected, without the exempt" "$(head_of frame)" 16
is "… by three orgs" "$(head_of strata)" 3
is "… by the method" "$(head_of method)" studyday-sample/1
is "… at least one of the smallest" "$(echo "$first" | grep -o Q1)" Q1
is "… one of the second" "$(echo "$first" | grep -o N | wc -l)" 1
exits 0 "draw again" $studyday spotcheck draw --session S-1 --members 4 --org A --seed 42
has "… says that it is there" err 'drawn already, as 1'
is "… and stores nothing" "$($studyday spotcheck list --format jsonl | wc -l)" 1
exits 0 "draw fewer than the orgs" $studyday spotcheck draw --session S-1 --members 2 --org A --seed 1 --dry-run --format json
is "… is not stratified" "$(head_of stratified)" false
exits 0 "draw without a seed" $studyday spotcheck draw --session S-1 --members 2 --format json --dry-run
has "… prints one" out '"seed":[0-9]+,'
exits 0 "draw more than there are" $studyday spotcheck draw --session S-1 --members 99 --dry-run --format json
is "… draws all" "$(drawn | wc -w)" 16
exits 0 "draw a point" $studyday spotcheck draw --session S-1 --points 1 --org A-2 --seed 5 --format json
is "… draws whose own point it is" "$(drawn)" "N1 N2 N3 N4 N5 "
is "… as number 2" "$(head_of spotcheck)" 2

printf '%s\n' session,kind,title,starts,ends,org,minutes S-F,study-day,将来,2199-01-10\ 09:00,2199-01-10\ 11:00,C,120 \
    S-I,joint,联席,2199-01-11\ 09:00,2199-01-11\ 11:00,A-1,120 >future.csv
printf '%s\n' session,member S-I,N1 S-I,N2 S-I,Q1 S-I,X1 S-I,M1 >invited.csv
$studyday import sessions future.csv >/dev/null && $studyday import invitations invited.csv >/dev/null
exits 0 "draw for a session to come" $studyday spotcheck draw --session S-F --members 99 --dry-run --format json
is "… is from who will be expected" "$(drawn | wc -w)" 16
exits 0 "draw from who is invited" $studyday spotcheck draw --session S-I --members 99 --dry-run --format json
is "… wherever they belong, without the exempt" "$(drawn)" "M1 N1 N2 Q1 "
has "… of no organisation" out '"session":"S-I","org":null,"unit":"member"'
exits 0 "… within one organisation" $studyday spotcheck draw --session S-I --members 99 --org A-2 --dry-run --format json
is "… only its own" "$(drawn)" "N1 N2 "

exits 64 "cancel without a reason" $studyday spotcheck cancel 2
exits 65 "cancel what is not there" $studyday spotcheck cancel 9 --why x
exits 0 "cancel" $studyday spotcheck cancel 2 --why "the road is closed"
exits 65 "cancel again" $studyday spotcheck cancel 2 --why x
exits 65 "show what is not there" $studyday spotcheck show 9
exits 0 "list" $studyday spotcheck list --session S-1 --format jsonl
has "… has the open one" out '"spotcheck":1,.*"drawn":4,"checked":0,"state":"open"'
has "… and the cancelled one" out '"spotcheck":2,.*"state":"cancelled"'
exits 65 "list of an unknown session" $studyday spotcheck list --session S-9

set -- $first # Q1 is among them: of four, one each is passed, failed, not found, and left
for member in $1 $2 $3; do
    $studyday attendance add S-1 $member in --why "paper" >/dev/null || exit 1
done
exits 0 "report before any check" $studyday report spotchecks 2026-10 --format json
has "… has four drawn and unchecked" out '"org":"C","name":"某市","drawn":4,"unchecked":4,"checked":0,"passed":0,"pass_permille":null,"not_found":0,"discrepancy_permille":null'
exits 0 "report of the session" $studyday report spotchecks S-1 --org A-1 --format json
has "… of a branch" out '"session":"S-1","org":"A-1",.*"org":"A-1","name":"甲县第一支部","drawn":2,"unchecked":2'
exits 64 "enter without a result" $studyday spotcheck enter 1 $1 --why x
exits 64 "enter a score of nobody" $studyday spotcheck enter 1 $1 --found no --score 3 --why x
exits 64 "enter too high a score" $studyday spotcheck enter 1 $1 --found yes --score 101 --why x
exits 64 "enter without a reason" $studyday spotcheck enter 1 $1 --found yes
exits 65 "enter into a cancelled one" $studyday spotcheck enter 2 N1 --found yes --why x
exits 65 "enter somebody who was not drawn" $studyday spotcheck enter 1 X1 --found yes --why x
has "… is said" err 'X1 was not drawn in spot-check 1'
exits 0 "enter who passed" $studyday spotcheck enter 1 $1 --found yes --score 60 --why "list"
exits 0 "enter who did not" $studyday spotcheck enter 1 $2 --found yes --score 59 --why "list"
exits 0 "enter who was not there" $studyday spotcheck enter 1 $3 --found no --why "list"
exits 0 "show" $studyday spotcheck show 1 --format jsonl
has "… the one who passed" out "\"member\":\"$1\".*\"result\":\"passed\",\"score\":60,.*\"discrepancy\":0"
has "… the one who did not" out "\"member\":\"$2\".*\"result\":\"failed\",\"score\":59,"
has "… the one recorded and not found" out "\"member\":\"$3\".*\"result\":\"not-found\",\"score\":null,\"status\":\"present\",\"discrepancy\":1"
has "… the one who is left" out "\"member\":\"$4\".*\"result\":\"open\",\"score\":null,\"status\":null"
exits 0 "report" $studyday report spotchecks 2026-10 --format json
has "… adds up" out '"org":"C","name":"某市","drawn":4,"unchecked":1,"checked":3,"passed":1,"pass_permille":333,"not_found":1,"discrepancy_permille":333'
is "… as the month's report does" "$($studyday report month 2026-10 --format json --depth 0 | grep -o '"checked":3,"passed":1,"not_found":1')" '"checked":3,"passed":1,"not_found":1'
exits 0 "list" $studyday spotcheck list --format jsonl
has "… counts who was checked" out '"spotcheck":1,.*"drawn":4,"checked":3,"state":"open"'
$studyday spotcheck draw --session S-1 --members 16 --org A --seed 3 >/dev/null
exits 0 "report of two samples" $studyday report spotchecks 2026-10 --format json
has "… counts a member once a session" out '"org":"C","name":"某市","drawn":16,"unchecked":13,"checked":3,'
exits 0 "close the month" $studyday month close 2026-10
exits 0 "report of the closed month" $studyday report spotchecks 2026-10 --org A --format json
has "… is that of the month" out '"org":"A","name":"甲县","drawn":16,"unchecked":13,"checked":3,"passed":1,"pass_permille":333'
exits 65 "report of an unknown session" $studyday report spotchecks S-9
exits 0 "recompute" $studyday recompute --diff
exits 0 "what was done is in the audit log" $studyday audit list --format jsonl
has "… the draw with its seed" out '"action":"spotcheck-draw".*"seed":42'
has "… and the cancelling with its reason" out '"action":"spotcheck-cancel".*the road is closed'
exits 0 "for people, in Chinese" $studyday spotcheck show 1 --lang zh_CN
tap_done
