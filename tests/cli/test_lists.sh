#!/bin/sh
# The lists of members and points over the real program: leave and visits as the office enters them, and what
# the lists then say. What each list holds in detail is tested in tests/reports.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

cat >more.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
S-8,study-day,八月学习日,2026-08-10 09:00,2026-08-10 11:00,C,120
S-9,study-day,九月学习日,2026-09-10 09:00,2026-09-10 11:00,C,120
S-F,study-day,将来,2099-01-05 09:00,2099-01-05 11:00,C,120
CSV
$studyday import sessions more.csv >/dev/null || exit 1

exits 0 "leave for a session that lies ahead" $studyday leave add S-F M1 --why "will be away"
exits 0 "… is withdrawn" $studyday leave withdraw S-F M1 --why "stays after all"
has "… which is said" out "withdrew the leave of M1 for S-F"
exits 65 "… once" $studyday leave withdraw S-F M1 --why again
has "… and named in pairs" err "M1 is not on leave for S-F"
exits 65 "leave of nobody" $studyday leave withdraw S-F M9 --why x
exits 65 "leave for no session" $studyday leave withdraw S-X M1 --why x
exits 64 "withdrawn without a reason" $studyday leave withdraw S-F M1
exits 0 "leave is void after that" $studyday events --session S-F --format jsonl
has "… as an event" out '"kind":"leave".*"state":"void"'

exits 65 "a visitor who is no member" $studyday home add S-1 M1 --visitor M9 --why x
has "… is named, in pairs" err "M1 cannot be visited by M9: there is no such member"
exits 65 "a visitor of oneself" $studyday home add S-1 M1 --visitor M1 --why x
has "… is named" err "M1 cannot be visited by M1"
exits 0 "nothing was entered" $studyday events --session S-1 --format jsonl
is "… at all" "$(cat out)" ""

exits 0 "report watch" $studyday report watch 2026-10 --format json
has "… has those of three months" out '"listed":2,"three":2,.*"member":"M1","name":"张\*",.*"months":3,"since":"2026-08","missed":3,"unreported":3'
exits 0 "… of more than one branch in full" $studyday report watch 2026-10 --full-names --format json
has "… has the names" out '"name":"张三"'
exits 0 "… of one branch" $studyday report watch 2026-10 --org A-1 --format json
has "… has them too" out '"name":"张三"'
exits 0 "… masked" $studyday report watch 2026-10 --mask --org A-1
has "… hides names" out "张\*"
hasnt "… altogether" out "张三"
is "… in whole characters" "$(iconv -f UTF-8 -t UTF-8 out >/dev/null 2>&1; echo $?)" 0
exits 65 "a month that is not over" $studyday report watch 2098-12
has "… is named" err "2098-12 is not over"
exits 65 "an unknown organisation" $studyday report watch 2026-10 --org X
exits 64 "--depth of a list" $studyday report watch 2026-10 --depth 1

exits 0 "leave of the past" $studyday leave add S-1 M2 --why "was on duty"
exits 0 "report makeups" $studyday report makeups 2026-10 --format json
has "… has what is owed" out '"lapsed":1,.*"unreported":1,.*"member":"M2",.*"status":"leave","state":"lapsed","makeup_until":"2026-11-09"'
exits 65 "… of an unknown session" $studyday report makeups S-X
exits 0 "… still possible" $studyday report makeups --format json
exits 0 "report watch after leave" $studyday report watch 2026-10 --format jsonl
hasnt "… leaves out who was on leave" out '"member":"M2"'

exits 0 "home" $studyday home add S-1 M1 --visitor M2 --at "2026-10-20 10:00" --why "cannot walk"
exits 0 "report home" $studyday report home
exits 0 "report points" $studyday report points S-1 --format json
has "… has the silent point and its members" out '"state":"provisional",.*"point":"P-1","name":"一号学习点","coverage":"silent".*"expected":2'
exits 0 "report silent" $studyday report silent 2026-10
has "… names it" out "P-1"
exits 0 "report coverage" $studyday report coverage S-1 --depth 2 --format jsonl
has "… has the organisations" out '"org":"A-1",.*"silent":1,'
exits 65 "… of an unknown session" $studyday report coverage S-X

exits 0 "status --points" $studyday status --points
exits 0 "… of a session, as JSON" $studyday status --points --session S-1 --depth 9 --format json
has "… has the point below its host" out '"org":"A-1","name":"一号学习点","state":"silent",.*"point":"P-1","seen":0,"terminals":2,"online":null'
exits 65 "… of an unknown session" $studyday status --points --session S-X
exits 65 "… of an unknown organisation" $studyday status --points --session S-1 --org X
exits 64 "--watch without --points" $studyday status --watch
exits 64 "a form that is a file" $studyday status --points --format xlsx
exits 64 "--depth that is no number" $studyday status --points --depth x
# -k: a leak check at the exit that a second SIGINT hits does not come back.
timeout -s INT -k 10 10 $studyday status --points --watch --session S-1 --format json >watched &
watcher=$!
while [ ! -s watched ] && kill -0 $watcher 2>/dev/null; do sleep 0.05; done
kill -INT $watcher
wait $watcher
is "--watch ends with Ctrl-C" "$(wc -l <watched)" 1
tap_done
