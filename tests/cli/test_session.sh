#!/bin/sh
# Sessions are planned one at a time and as series, changed, taken out, and people invited, over the real program.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >more.csv <<'CSV'
point,org,name
P-2,A,二号学习点
P-3,C,三号学习点
CSV
$studyday import points more.csv >/dev/null || exit 1
lines() { wc -l <out | tr -d ' '; }
sound() { # NAME
    exits 0 "$1: the chains and totals hold" $studyday verify
    exits 0 "$1: what is kept agrees with the events" $studyday recompute --diff
}
one="--kind meeting --title 支部会议 --starts 2099-03-05T09:00:00+08:00 --ends 2099-03-05T11:00:00+08:00 --org A-1 --minutes 120"

one_day="--kind class --title x --starts 2099-03-05T09:00:00+08:00 --ends 2099-03-05T17:00:00+08:00 --org A-1"

exits 0 "add" $studyday session add ONE $one
has "… says when" out '^ONE: Thu 2099-03-05 09:00 – 2099-03-05 11:00$'
exits 65 "add the same code again" $studyday session add ONE $one
has "… names what is there" err 'ONE of 2099-03-05 09:00: there is a session ONE already: 支部会议, 2099-03-05 09:00'
exits 64 "add without most of it" $studyday session add TWO --kind meeting --title x
has "… says what is missing" err 'not said: --starts, --ends, --org, --minutes$'
exits 65 "an org that is not there" $studyday session add TWO --kind meeting --title x --starts "2099-03-05 09:00" \
    --ends "2099-03-05 10:00" --org NOBODY --minutes 60
exits 65 "an end at the start" $studyday session add TWO --kind meeting --title x --starts "2099-03-05 09:00" \
    --ends "2099-03-05 09:00" --org A --minutes 60
exits 0 "a worth in units" $studyday session add DAY $one_day --minutes "1 day"
exits 0 "… shown" $studyday session show DAY --format json
has "… is its minutes" out '"minutes":480'
exits 0 "another start" $studyday session change DAY --starts "2099-03-06 09:00"
exits 0 "… shown" $studyday session show DAY --format json
has "… leaves them" out '"minutes":480'
exits 65 "a unit that no rule has" $studyday session add DAY2 $one_day --minutes "1 week"
exits 65 "a deadline before the session" $studyday session add TWO $one --makeup-until 2099-03-04
exits 64 "a kind that is none" $studyday session add TWO --kind party --title x
exits 0 "show" $studyday session show ONE --format json
has "… has it" out '"session":"ONE".*"kind":"meeting".*"starts":"2099-03-05T09:00:00\+08:00".*"org":"A-1","minutes":120,"state":"planned"'
exits 65 "show what is not there" $studyday session show TWO

exits 0 "two study days a month" $studyday session add SD --kind study-day --title 学习日 --starts "2099-12-01 09:00" \
    --ends "2099-12-01 11:00" --org C --minutes 120 --repeat monthly:5,20 --until 2100-02
is "… are six sessions" "$(lines)" 7
has "… on their days" out '^SD-2099-12-05: Sat 2099-12-05 09:00'
exits 0 "… listed by their activity" $studyday session list --activity SD --format jsonl
is "… all" "$(lines)" 6
exits 65 "a series that meets sessions that are there" $studyday session add SD --kind study-day --title x \
    --starts "2100-02-01 09:00" --ends "2100-02-01 10:00" --org C --minutes 60 --repeat monthly:5,20,25 --times 4
is "… names both of each" "$(grep -c 'there is a session SD-2100-02' err)" 2
exits 65 "… and adds none of the others" $studyday session show SD-2100-02-25
exits 0 "a day that a month does not have" $studyday session add LAST --kind lecture --title x \
    --starts "2099-01-01 09:00" --ends "2099-01-01 10:00" --org C --minutes 60 --repeat monthly:30 --until 2099-03-31
has "… is left out and told" out '^2099-02 has no 30: left out$'
is "… the others are there" "$(grep -c '^LAST-' out)" 2
exits 0 "a weekend that moves" $studyday session add WK --kind lecture --title x --starts "2099-12-01 09:00" \
    --ends "2099-12-01 10:00" --org C --minutes 60 --repeat monthly:5 --times 1 --weekend after
has "… says what it moved" out '^WK-2099-12-07: Mon .*\(instead of 2099-12-05\)$'
exits 64 "--repeat without an end" $studyday session add R $one --repeat daily
exits 64 "--repeat with two ends" $studyday session add R $one --repeat daily --times 3 --until 2099-12
exits 64 "--repeat that is no rule" $studyday session add R $one --repeat monthly:32 --times 1
exits 64 "--days and --repeat" $studyday session add R $one --days 3 --repeat daily --times 3
exits 64 "--until without --repeat" $studyday session add R $one --until 2099-12
exits 64 "a code that leaves no room for the day" $studyday session add \
    aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffff $one --days 2
exits 0 "--dry-run of a series" $studyday session add DRY $one --days 2 --dry-run
has "… says so" out 'dry run: nothing was written'
exits 65 "… and writes nothing" $studyday session show DRY-2099-03-05

exits 0 "a class over three days" $studyday session add CL --kind class --title 培训班 --starts "2099-05-06 09:00" \
    --ends "2099-05-06 17:00" --org C --minutes 480 --days 3 --makeup-days 10
has "… is a session a day" out '^CL-2099-05-08: Fri 2099-05-08 09:00 – 2099-05-08 17:00$'
exits 0 "… each with its own deadline" $studyday session show CL-2099-05-07 --format json
has "… ten days on" out '"activity":"CL".*"makeup_until":"2099-05-17"'
exits 0 "a class as one session over nights" $studyday session add NIGHTS --kind class --title x \
    --starts "2099-05-06 09:00" --ends "2099-05-08 17:00" --org C --minutes 1440
has "… comes with a hint" out 'nights included; --days N'

online="--kind online --title 网络课程 --starts 2099-08-01T00:00:00+08:00 --org C --minutes 60"
exits 0 "an online course of three months" $studyday session add NET $online --ends 2099-10-31T23:59:00+08:00
exits 0 "… shown" $studyday session show NET --format json
has "… can be made up until its end" out '"makeup_until":"2099-10-31"'
exits 0 "one of an evening" $studyday session add NET2 $online --ends 2099-08-01T02:00:00+08:00
exits 0 "… shown" $studyday session show NET2 --format json
has "… as the rules say" out '"makeup_until":"2099-08-31"'

exits 0 "a route" $studyday session add ROUTE --kind site-visit --title 红色路线 --starts "2099-06-01 09:00" \
    --ends "2099-06-01 16:00" --org C --minutes 360 --points "P-3;P-1;P-2"
exits 0 "… shown" $studyday session show ROUTE --format jsonl
is "… in its order" "$(sed 's/.*"code":"\([^"]*\)".*/\1/' out | tr '\n' ' ')" "P-3 P-1 P-2 "
exits 65 "a point that is not there" $studyday session add ROUTE2 $one --points "P-1;P-9"
exits 0 "another order" $studyday session change ROUTE --points "P-1;P-2;P-3"
exits 0 "… shown" $studyday session list --kind site-visit --format jsonl
has "… is another route" out '"points":\["P-1","P-2","P-3"\]'

exits 0 "a reading club" $studyday session add CLUB --kind reading --title 读书会 --starts "2099-07-01 19:00" \
    --ends "2099-07-01 20:30" --org A-1 --minutes 90 --repeat weekly:thu --times 3 --organisers "M1;M2" \
    --materials "https://example.org/a;http://example.org/b?c=1"
has "… whose organiser rotates" out '^CLUB-2099-07-09: .*organised by M2$'
has "… and comes round" out '^CLUB-2099-07-16: .*organised by M1$'
exits 0 "… listed" $studyday session list --activity CLUB --format jsonl
has "… with its materials" out '"organiser":"M1","materials":\["https://example.org/a","http://example.org/b\?c=1"\]'
exits 65 "an organiser that is not there" $studyday session add CLUB2 $one --organisers M9
exits 65 "… leaves nothing behind" $studyday session show CLUB2
for link in javascript:alert%281%29 ftp://example.org/ https:// "https://a@example.org/" "https://example.org/<b>" \
    "https://example.org/ b" example.org; do
    exits 64 "a link that is none: $link" $studyday session add BAD $one --materials "$link"
done
exits 0 "change of materials" $studyday session change CLUB-2099-07-02 --materials "" --organisers M2
exits 0 "… shown" $studyday session show CLUB-2099-07-02 --format json
has "… has another organiser and none to read" out '"organiser":"M2","materials":\[\]'

exits 0 "change moves the end along" $studyday session change ONE --starts "2099-03-06 14:00"
exits 0 "… shown" $studyday session show ONE --format json
has "… two hours later" out '"ends":"2099-03-06T16:00:00\+08:00"'
has "… with the deadline of its day" out '"makeup_until":"2099-04-05"'
exits 0 "change into what it is" $studyday session change ONE --title 支部会议
has "… changes nothing" out 'is so already'
exits 64 "change of nothing" $studyday session change ONE
exits 64 "change with a series" $studyday session change ONE --days 3
exits 65 "change of what is not there" $studyday session change TWO --title x
exits 64 "change of what has begun, without a reason" $studyday session change S-1 --minutes 60
exits 0 "… with one" $studyday session change S-1 --minutes 60 --why "half an hour fell out"
sound "after planning"

exits 0 "a joint meeting" $studyday session add JOINT --kind joint --title 联席会议 --starts "2026-10-11 09:00" \
    --ends "2026-10-11 10:00" --org A-1 --minutes 60 --invite M1
exits 0 "invite more" $studyday session invite JOINT M1 M2
has "… counts the new" out '^JOINT: invited: 1$'
exits 65 "invite nobody known" $studyday session invite JOINT M1 M9
has "… by name" err 'there is no member M9'
exits 64 "uninvite without a reason" $studyday session uninvite JOINT M2
exits 0 "uninvite" $studyday session uninvite JOINT M2 --why "does not belong to it"
exits 65 "uninvite somebody who is not invited, with somebody who is" $studyday session uninvite JOINT M1 M2 --why x --force
has "… by name" err 'JOINT: M2 is not invited'
exits 65 "uninvite somebody whom nobody knows" $studyday session uninvite JOINT M9 --why x --force
has "… by name" err 'there is no member M9'
$studyday session show JOINT --format json >out
has "… and took nobody out" out '"M1"'
exits 65 "uninvite the last one of what has begun" $studyday session uninvite JOINT M1 --why x
exits 0 "… with --force" $studyday session uninvite JOINT M1 --why x --force
has "… says who is expected then" out '^The session expects the members of A-1\.$'
exits 65 "the first invitation to what has begun" $studyday session invite S-1 M1
exits 0 "… to what has not" $studyday session invite ONE M1
has "… says what it means" out '^The session expects the invited alone\.$'
sound "after invitations"

exits 0 "change of several" $studyday session change SD-2099-12-05 SD-2099-12-20 --title 学习日 --minutes 90
is "… of each" "$(grep -c ': changed$' out)" 2
exits 64 "… but not of their times" $studyday session change SD-2099-12-05 SD-2099-12-20 --starts "2099-12-05 10:00"
exits 65 "cancel of several, one of which is not there" $studyday session cancel SD-2099-12-05 SD-2099-12-06 --why x
is "… says of none that it was" "$(cat out)" ""
exits 0 "… takes out none" $studyday session show SD-2099-12-05
exits 0 "cancel of several" $studyday session cancel SD-2100-02-05 SD-2100-02-20 --why x
exits 65 "… takes out all" $studyday session show SD-2100-02-20
exits 64 "cancel without a reason" $studyday session cancel ONE
exits 0 "cancel" $studyday session cancel ONE --why "fell out"
exits 65 "… and it is gone" $studyday session show ONE
exits 0 "an event of the office" $studyday leave add S-1 M1 --why ill
exits 65 "cancel what has events" $studyday session cancel S-1 --why x
has "… says how many" err 'from 0 points, about 1 members'
exits 0 "close a month" $studyday month close 2026-10
exits 65 "cancel in a closed month" $studyday session cancel JOINT --why x
exits 65 "change in a closed month" $studyday session change JOINT --title x --why x
exits 65 "add to a closed month" $studyday session add LATE --kind meeting --title x --starts "2026-10-12 09:00" \
    --ends "2026-10-12 10:00" --org A --minutes 60
has "… says why" err 'its month is closed'
exits 65 "invite in a closed month" $studyday session invite JOINT M2 --force
sound "at the end"

exits 0 "list" $studyday session list --from 2099-01-01 --to 2099-01-31 --format jsonl
is "… of a month" "$(lines)" 1
exits 0 "list of an org" $studyday session list --org A-1 --format jsonl
has "… has what is above it" out '"session":"SD-2099-12-05"'
exits 65 "list of an org that is not there" $studyday session list --org X
exits 64 "list from no day" $studyday session list --from 2026-13-01
exits 0 "list for people, in Chinese" $studyday session list --lang zh_CN
exits 0 "the audit log" $studyday audit list --format jsonl
has "… has what a session was" out 'session-cancel'

# A zone with summer time: the wall clock counts, and an hour that is skipped is no hour.
sed -i 's|zone = "Asia/Shanghai"|zone = "Europe/Berlin"|' site/studyday.conf
exits 0 "a series across the change of the clock" $studyday session add DST --kind meeting --title x \
    --starts "2027-03-27 09:00" --ends "2027-03-27 10:00" --org A --minutes 60 --days 2
exits 0 "… keeps its time of day" $studyday session list --activity DST --format jsonl
has "… before" out '"starts":"2027-03-27T09:00:00\+01:00"'
has "… and after" out '"starts":"2027-03-28T09:00:00\+02:00"'
exits 65 "a start that the clock skips" $studyday session add SKIP --kind meeting --title x \
    --starts "2027-03-27 02:30" --ends "2027-03-27 04:00" --org A --minutes 60 --days 2
has "… is refused with its day" err '2027-03-28: the clock is put forward'
tap_done
