#!/bin/sh
# With a collector, whatever writes goes through its control socket: the same commands, messages and exit codes. No
# broker is there: the collector serves the office all the same.
studyday=$(realpath "$2")
collector=$(realpath "$3")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
sed -i 's/^\( *port = \).*/\11/' site/studyday.conf # nobody listens at port 1

$collector --config "$STUDYDAY_CONFIG" 2>collector.log &
pid=$!
trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null; cd / && rm -rf "$work"' EXIT
tries=0
until [ -S site/studyday.sock ] || [ $tries -gt 200 ]; do # at most 20 s
    tries=$((tries + 1))
    sleep 0.1
done

exits 0 "status" $studyday status --format json
has "… is the collector's" out '"received":0'
exits 0 "status --points asks the collector" $studyday status --points --session S-1 --depth 9 --format jsonl
has "… which has seen no terminal" out '"point":"P-1",.*"online":0,.*"last_seen":null'
printf 'member,name,org,from\nM3,王五,A-1,2020-01-01\n' | iconv -t GB18030 >m3.csv
exits 0 "import of a file the collector could not find by its name" $studyday import members m3.csv
is "… says the same as without a collector" "$(cat out)" "m3.csv: 1 added, 0 changed, 0 unchanged"
exits 0 "… and again" $studyday import members m3.csv
is "… changes nothing" "$(cat out)" "m3.csv: 0 added, 0 changed, 1 unchanged"
cat m3.csv | $studyday import members - >out 2>err
is "… through a pipe as well" "$(cat out)" "-: 0 added, 0 changed, 1 unchanged"
exits 0 "messages come in the asker's language or English" $studyday import members m3.csv --lang zh_CN
printf 'member,name,org,from\nM4,赵六,X,2020-01-01\n' >bad.csv
exits 65 "bad data" $studyday import members bad.csv
has "… with file, line, column and reason" err '^bad.csv:2: org: there is no org X'
exits 64 "bad usage" $studyday import cows bad.csv
exits 0 "enroll" $studyday terminal enroll t-1
exits 0 "a correction" $studyday leave add S-1 M3 --why "on duty"
exits 65 "a correction of nobody" $studyday leave add S-1 M9 --why "on duty"
exits 0 "a report beside the collector" $studyday report month 2026-10
exits 0 "M1 comes 20 minutes late" $studyday attendance add S-1 M1 in --at "2026-10-10 09:20" --why "roll"
{
    echo "name,version,kind,key,value,from,source"
    for rule in window-before,60 window-after,60 late-after,30 early-before,10 presence-permille,500 makeup-days,30 \
        pass-score,60; do
        echo "session,2,session,$rule,2026-10-01,notice 9"
    done
    echo "points,1,points,enabled,yes,2026-10-01,notice 9"
    echo "points,1,points,present,5,2026-10-01,notice 9"
} >rules.csv
exits 0 "rules" $studyday rules import rules.csv
has "… say what they change" out '^session/2: late-after: 10 -> 30$'
exits 0 "a record follows" $studyday record M1 --year 2026 --format json
has "… the collector's rules" out '"status":"present",.*"rule":"session/2"'
exits 0 "points are redeemed" $studyday points redeem M1 5 --why "a towel"
has "… once" out '5 points redeemed, 0 left'
is "the collector has not let go of the lock" "$(flock -n site/studyday.db.lock true; echo $?)" 1

kill $pid
wait $pid
is "SIGTERM ends the collector" $? 0
is "… and its socket" "$([ -e site/studyday.sock ] && echo yes)" ""
exits 0 "the same commands go on without it" $studyday import members m3.csv
exits 0 "status without it" $studyday status --format json
has "… has no counters" out '"running":false,"health":null,"counters":null'

# A socket that was left over by a collector that was killed is nobody.
$collector --config "$STUDYDAY_CONFIG" 2>>collector.log &
pid=$!
tries=0
until [ -S site/studyday.sock ] || [ $tries -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill -KILL $pid
wait $pid 2>/dev/null
exits 0 "after SIGKILL of the collector" $studyday import members m3.csv
tap_done
