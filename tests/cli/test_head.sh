#!/bin/sh
# studyday head: a day's head is printed, signed off, and asked for again when much has been added since.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

day=$(TZ=Asia/Shanghai date -d '2 days ago' +%F)
today=$(TZ=Asia/Shanghai date +%F)
database() { python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as c: c.executescript(sys.argv[2])' site/studyday.db "$1"; }

$studyday attendance add S-1 M1 in --at "2026-10-10 09:00" --why "paper roll" >/dev/null
database "UPDATE event SET received = received - 2 * 86400000"

exits 0 "a head" $studyday head --date "$day"
cp out page.txt
has "… says what it is of" page.txt "^Events received by the end of the day: 1 in 1 streams; on the day: 1$"
has "… has one line to be signed" page.txt "^ +$day(:|-[0-9a-f]{4}){1}[0-9a-f]{4}(-[0-9a-f]{4}){9}$"
head=$(grep -o "$day:[0-9a-f-]*" page.txt)
is "… of the day and ten groups of four" "${#head}" 60
$studyday head --date "$day" --format json >page.json
has "… as JSON" page.json "\"state\":\"final\".*\"events\":1,\"events_of_day\":1,\"audit_entries\":0,\"head\":\"$head\""
$studyday head --date "$day" --format heads >page.heads
has "… as a file of heads" page.heads "^head 1 1 [0-9a-f]{64}$"
exits 0 "a day without anything" $studyday head --date 2020-01-01
has "… is empty" out "^Events received by the end of the day: 0 in 0 streams; on the day: 0$"
exits 0 "a head of today" $studyday head --date "$today"
has "… is not final" out "^The day is not over"
exits 0 "yesterday's, where no day is named" $studyday head

$studyday attendance add S-1 M2 in --at "2026-10-10 09:00" --why "paper roll" >/dev/null
$studyday import members members.csv >/dev/null
is "more was added since" "$($studyday head --date "$today" --format json | grep -c '"events":2')" 1
exits 0 "verify finds the head as it was printed" $studyday verify --head "$head"
exits 0 "… written in capitals and without hyphens" $studyday verify \
    --head "$day:$(echo "${head#*:}" | tr -d - | tr a-f A-F)"
for file in page.txt page.json page.heads; do
    exits 0 "… in $file" $studyday verify --head $file
done
exits 1 "verify finds that another was signed off" $studyday verify --head "$(echo "$head" | tr 0-9a-f 1-9a-f0 | sed "s/^.*:/$day:/")"
has "… and says both" out "signed off as $day:.* now it is $head"

cp site/studyday.db kept.db
database "UPDATE event SET received = received + 5 * 86400000 WHERE received = (SELECT min(received) FROM event)"
exits 1 "an event moved to another day is found by the head" $studyday verify --head page.txt
has "… which is another now" out "signed off as $head"
cp kept.db site/studyday.db
database "UPDATE event SET at = at + 60000000 WHERE received = (SELECT min(received) FROM event)"
rm site/studyday.heads
exits 1 "an event changed with nothing noted" $studyday verify --head page.txt
has "… is found by the head as well" out "signed off as $head"
cp kept.db site/studyday.db

exits 64 "a day that has not begun" $studyday head --date 2199-01-01
exits 64 "a date that is none" $studyday head --date yesterday
exits 64 "a format that is none" $studyday head --format pdf
exits 66 "verify with neither head nor file" $studyday verify --head 2026-11-05:12
exits 65 "verify with a file without a head" $studyday verify --head members.csv
tap_done
