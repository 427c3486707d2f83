#!/bin/sh
# Rules as data over the real program: listed, shown, imported; what a new version changes and what it must not.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >september.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
S-0,study-day,九月学习日,2026-09-10 09:00,2026-09-10 11:00,C,120
S-2,class,十月培训班,2026-10-20 09:00,2026-10-20 11:00,C,120
CSV
$studyday import sessions september.csv >/dev/null || exit 1

status() { # SESSION MEMBER
    $studyday record "$2" --year 2026 --format json | grep -o "\"session\":\"$1\"[^}]*" |
        sed 's/.*"status":"\([a-z-]*\)".*/\1/'
}
rule_of() { # SESSION MEMBER
    $studyday record "$2" --year 2026 --format json | grep -o "\"session\":\"$1\"[^}]*" |
        sed 's/.*"rule":"\([^"]*\)".*/\1/'
}
sound() { # NAME
    exits 0 "$1: the chains and totals hold" $studyday verify
    exits 0 "$1: what is kept agrees with the events" $studyday recompute --diff
}

exits 0 "list" $studyday rules list --format jsonl
has "… has the shipped grace" out '"name":"session","version":1,"kind":"session","from":null,"to":null,"key":"late-after","value":"10","source":"studyday-rules\(7\)"'
has "… the targets" out '"name":"target",.*"key":"secretary","value":"3360"'
has "… the conversions" out '"name":"conversion",.*"key":"half-day","value":"240"'
has "… a grading as an example" out '"name":"example",.*"kind":"grade",.*"key":"A","value":"950".*"note":"shipped example'
hasnt "… no cap" out '"kind":"cap"'
hasnt "… no points" out '"kind":"points"'
exits 0 "list for people, in Chinese" $studyday rules list --lang zh_CN
exits 0 "show" $studyday rules show target --format jsonl
is "… has its three lines" "$(wc -l <out)" 3
exits 0 "show a version" $studyday rules show target/1 --format csv
exits 65 "show a version that is not there" $studyday rules show target/2
exits 65 "show what is not there" $studyday rules show nothing
exits 64 "list with a bad day" $studyday rules list --at 2026-13-01
exits 64 "list with --dry-run" $studyday rules list --dry-run
exits 64 "neither list, show nor import" $studyday rules drop
exits 66 "import what is not there" $studyday rules import none.csv

for s in S-0 S-1 S-2; do
    day=$(echo S-0=2026-09-10 S-1=2026-10-10 S-2=2026-10-20 | tr ' ' '\n' | sed -n "s/^$s=//p")
    exits 0 "M1 comes 20 minutes late to $s" $studyday attendance add $s M1 in --at "$day 09:20" --why "paper roll"
done
is "late" "$(status S-1 M1)" late
is "… by the shipped rule" "$(rule_of S-1 M1)" session/1
exits 0 "September is closed" $studyday month close 2026-09
$studyday report month 2026-09 --format json >closed

cat >rules.csv <<'CSV'
name,version,kind,key,value,from,source,note
session,2,session,window-before,60,2026-09-01,市委组织部〔2026〕9号,
session,2,session,window-after,60,2026-09-01,市委组织部〔2026〕9号,
session,2,session,late-after,30,2026-09-01,市委组织部〔2026〕9号,比以前宽
session,2,session,late-after@class,0,2026-09-01,市委组织部〔2026〕9号,
session,2,session,early-before,10,2026-09-01,市委组织部〔2026〕9号,
session,2,session,presence-permille,500,2026-09-01,市委组织部〔2026〕9号,
session,2,session,makeup-days,15,2026-09-01,市委组织部〔2026〕9号,
session,2,session,pass-score,60,2026-09-01,市委组织部〔2026〕9号,
CSV
exits 0 "dry run" $studyday rules import rules.csv --dry-run
has "… says what would change" out '^session/2: late-after: 10 -> 30$'
hasnt "… and not what would not" out 'early-before'
has "… how much of what is recorded changes" out '^attendance rows that change: 1$'
has "… and that nothing was written" out '^rules.csv: 1 added, 0 changed, 0 unchanged.*dry run'
is "… and nothing was" "$(status S-1 M1)" late
exits 0 "import" $studyday rules import rules.csv
is "an open month follows" "$(status S-1 M1)" present
is "… and names the version" "$(rule_of S-1 M1)" session/2
is "a kind may have its own" "$(status S-2 M1)" late
is "a closed month does not follow" "$(status S-0 M1)" late
is "… nor name it" "$(rule_of S-0 M1)" session/1
$studyday report month 2026-09 --format json >later
exits 0 "its report is the same byte for byte" cmp closed later
exits 0 "nothing is pending for it" $studyday report month 2026-09 --changes --format jsonl
is "… at all" "$(cat out)" ""
sound "after a new version"
exits 0 "the same file again" $studyday rules import rules.csv
is "… changes nothing" "$(cat out)" "rules.csv: 0 added, 0 changed, 1 unchanged"
exits 0 "show what holds now" $studyday rules show session --format jsonl
has "… with its source" out '"version":2,.*"from":"2026-09-01".*"value":"30","source":"市委组织部〔2026〕9号","note":"比以前宽"'
exits 0 "what held before" $studyday rules list --at 2026-08-31 --format jsonl
has "… was version 1" out '"name":"session","version":1,.*"to":"2026-08-31"'
hasnt "… alone" out '"name":"session","version":2'

sed 's/late-after,30/late-after,5/' rules.csv >edited.csv
exits 65 "a version that a closed month has used is not edited" $studyday rules import edited.csv
has "… and the line says why" err '^edited.csv:2: version: a month in the days of version 2 has been closed'
sed 's/session,2/session,3/; s/2026-09-01/2026-10-01/; s/late-after,30/late-after,15/' rules.csv >third.csv
exits 0 "a third version" $studyday rules import third.csv
is "… holds from its day" "$(status S-1 M1)" late
sed 's/late-after,15/late-after,25/' third.csv >edited.csv
exits 0 "a version that no closed month has used may be edited" $studyday rules import edited.csv
has "… which is said" out '^session/3: late-after: 15 -> 25$'
is "… and followed" "$(status S-1 M1)" present
sound "after an edited version"

exits 0 "reopen September" $studyday month reopen 2026-09 --why "the rule came late"
is "a reopened month follows the rules as they are" "$(status S-0 M1)" present
is "… by the version of its date" "$(rule_of S-0 M1)" session/2
exits 0 "… which is a change" $studyday report month 2026-09 --changes --format jsonl
has "… of one member" out '"member":"M1".*"before":"late","after":"present"'
sound "reopened"
exits 0 "the audit log" $studyday audit list --action rule-put --format jsonl
has "… has old and new" out '"new":.*late-after.*25.*"old":.*late-after.*15|"old":.*15.*"new":.*25'

bad() { # NAME PATTERN LINE...
    name=$1 pattern=$2
    shift 2
    { echo "name,version,kind,key,value,from,source"; printf '%s\n' "$@"; } >bad.csv
    exits 65 "$name" $studyday rules import bad.csv
    has "… says so" err "$pattern"
}
bad "a version that lacks a key" '^bad.csv:2: key: version 4 lacks window-after$' 'session,4,session,window-before,60,2027-01-01,x'
bad "a version that says a key twice" '^bad.csv:3: name: contradicts line 2' 'target,2,target,member,1,2027-01-01,x' 'target,2,target,member,2,2027-01-01,x'
bad "a name of another kind" '^bad.csv:2: name: a rule of the kind cap is called cap$' 'my-cap,1,cap,online,600,2027-01-01,x'
bad "a grading with the name of a kind" '^bad.csv:2: name: cap is the name of another kind' 'cap,1,grade,A,0,2027-01-01,x'
bad "an unknown kind" '^bad.csv:2: kind: a kind is one of session,' 'x,1,sessions,A,0,2027-01-01,x'
bad "an unknown key" '^bad.csv:2: key: a key of session is one of' 'session,4,session,late,0,2027-01-01,x'
bad "a value out of bounds" '^bad.csv:2: value: minutes are a whole number' 'target,2,target,member,-1,2027-01-01,x'
bad "no source" '^bad.csv:2: source: ' 'target,2,target,member,1,2027-01-01,'
bad "a version from before the one before" '^bad.csv:2: from: version 2 has to hold from a day after the beginning' 'needs-class,2,needs-class,member,no,,x' 'needs-class,2,needs-class,secretary,no,,x' 'needs-class,2,needs-class,committee,no,,x'
bad "two days in one version" '^bad.csv:3: from: another day than in line 2' 'cap,1,cap,online,600,2027-01-01,x' 'cap,1,cap,makeup,600,2027-02-01,x'
bad "gradings without a lowest band" '^bad.csv:2: key: version 1 lacks a band that begins at 0' 'stars,1,grade,figure,overall,2027-01-01,x' 'stars,1,grade,★,900,2027-01-01,x'
exits 0 "… and nothing was changed by any of it" $studyday rules list --format jsonl
hasnt "… at all" out '2027-'

minutes_of() { # SESSION MEMBER
    $studyday record "$2" --year 2026 --format json | grep -o "\"session\":\"$1\"[^}]*" |
        sed 's/.*"credit_minutes":\([0-9]*\).*/\1/'
}
cat >units.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
U-1,class,两课时,2026-10-12 09:00,2026-10-12 11:00,C,2 class-hour
U-2,class,半天,2026-10-13 09:00,2026-10-13 11:00,C,半天
CSV
exits 0 "sessions worth so many units" $studyday import sessions units.csv
exits 0 "… attended" $studyday attendance add U-1 M1 in --why "paper roll"
exits 0 "… both" $studyday attendance add U-2 M1 in --why "paper roll"
is "two class hours" "$(minutes_of U-1 M1)" 90
is "half a day" "$(minutes_of U-2 M1)" 240
is "the credit names the conversion" "$(rule_of U-2 M1)" session/3+conversion/1
cat >conversion.csv <<'CSV'
name,version,kind,key,value,from,source
conversion,2,conversion,half-day,180,2026-10-13,市委办〔2026〕1号
conversion,2,conversion,class-hour,40,2026-10-13,市委办〔2026〕1号
CSV
exits 0 "another conversion from a day on" $studyday rules import conversion.csv
is "what was before stays" "$(minutes_of U-1 M1)" 90
is "what is after follows" "$(minutes_of U-2 M1)" 180
is "… and says so" "$(rule_of U-2 M1)" session/3+conversion/2
exits 0 "the same sessions again" $studyday import sessions units.csv
has "… change nothing" out '0 added, 0 changed, 2 unchanged'
printf 'session,kind,title,starts,ends,org,minutes\nU-3,class,一天,2026-10-14 09:00,2026-10-14 11:00,C,1 day\n' >day.csv
exits 65 "a unit that the rule of the date does not have" $studyday import sessions day.csv
has "… says so" err '^day.csv:2: minutes: the conversion rule of the session.s date has no day'
printf 'session,kind,title,starts,ends,org,minutes\nU-3,class,一天,2026-10-14 09:00,2026-10-14 11:00,C,1.5\n' >day.csv
exits 65 "part of a minute" $studyday import sessions day.csv
sound "after conversions"

printf '规则,版本,类型,项,值,生效日期,依据\nneeds-class,2,集中培训,member,no,2026-12-01,会议纪要\nneeds-class,2,集中培训,secretary,no,2026-12-01,会议纪要\nneeds-class,2,集中培训,committee,yes,2026-12-01,会议纪要\n' |
    iconv -t GB18030 >chinese.csv
exits 0 "a file with Chinese headings, in GB18030" $studyday rules import chinese.csv
exits 0 "show it" $studyday rules show needs-class/2 --format jsonl
has "… with its source in UTF-8" out '"key":"secretary","value":"no","source":"会议纪要"'
tap_done
