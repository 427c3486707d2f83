#!/bin/sh
# Paper rolls and bare headcounts over the real program: printed with codes, keyed in or imported as a batch, corrected with a
# reason. What is keyed in twice changes nothing; what is wrong is named, and nothing of it is taken.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >orgs2.csv <<'CSV'
org,parent,area,level,sector,name
A-2,A,county-a,branch,rural,甲县第二支部
CSV
cat >points2.csv <<'CSV'
point,org,name
P-2,A-2,二号学习点
CSV
cat >members2.csv <<'CSV'
member,name,org,from,exempt_from
M3,王五,A-1,2020-01-01,
M4,赵六,A-1,2020-01-01,2020-01-01
N1,乙一,A-2,2020-01-01,
CSV
for kind in orgs points members; do
    $studyday import $kind ${kind}2.csv >/dev/null || exit 1
done
check() { # ROLL LINE: its check code
    $studyday roll print "$1" --format jsonl | sed -n "${2}s/.*\"check\":\"\([0-9]*\)\".*/\1/p"
}
enter() { # LINE TEXT...: a file of lines with their codes, of roll R1
    while [ $# -gt 0 ]; do
        echo "$1-$(check R1 "$1") $2"
        shift 2
    done >lines
}
status_of() { # MEMBER
    $studyday record "$1" --year 2026 --format json | sed 's/.*"status":"\([a-z-]*\)".*/\1/'
}
coverage() { # of the points, by the session's report
    $studyday report session S-1 --format json --depth 0 | grep -o '"points_covered":[0-9]*'
}

exits 64 "print without a session" $studyday roll print --point P-1
exits 64 "print without a point" $studyday roll print --session S-1
exits 65 "print of an unknown session" $studyday roll print --session S-9 --point P-1
exits 65 "print of a point that takes no part" $studyday roll print --session S-1 --point P-9
exits 0 "list of nothing" $studyday roll list --format jsonl
is "… is empty" "$(cat out)" ""
exits 0 "print" $studyday roll print --session S-1 --point P-1
has "… has the roll's name, the session and the point" out '^Paper roll R1: session S-1, .*point P-1'
has "… and a line with boxes for each member" out '^1-[0-9]{3} +M1 +张三 +\[  :  \] +\[  :  \] +\[   \]'
hasnt "… but no exempt member" out 'M4'
exits 0 "print again" $studyday roll print --session S-1 --point P-1 --format csv
has "… is the same roll" out '^R1,1,[0-9]{3},M1,张三,,,'
cp out blank.csv
exits 0 "print as JSON" $studyday roll print R1 --format json
has "… has codes and no boxes" out '"roll":"R1","session":"S-1","point":"P-1","lines":\[\{"roll":"R1","line":1,"check":"[0-9]{3}","member":"M1","name":"张三"\}'
mkdir all
exits 0 "print all points" $studyday roll print --session S-1 --out-dir all
has "… says how many" out '^2 rolls in all'
is "… a file each" "$(ls all | tr '\n' ' ')" "R1-P-1.txt R2-P-2.txt "
exits 73 "print over them" $studyday roll print --session S-1 --out-dir all
exits 0 "print over them by force" $studyday roll print --session S-1 --out-dir all --force
exits 73 "print into a folder that is not there" $studyday roll print --session S-1 --out-dir nowhere
exits 65 "print of a roll that is not there" $studyday roll print R9
exits 0 "list" $studyday roll list --session S-1 --format jsonl
has "… has both as missing, since the session is over" out '"roll":"R1",.*"lines":3,"entered":0,"state":"missing"'
is "… and no more" "$(wc -l <out)" 2
is "no point has reported" "$(coverage)" '"points_covered":0'

exits 65 "enter into a roll that is not there" $studyday roll enter R9 blank.csv
echo "1-$(check R1 1)" >lines
exits 65 "a line that says nothing" $studyday roll enter R1 lines
has "… is named" err '^lines:1: line: says nothing'
echo "2-$(check R1 1) in" >lines
exits 65 "a wrong check code" $studyday roll enter R1 lines
has "… is named" err '^lines:1: check: is not the check code of line 2 of roll R1'
echo "1-$(check R2 1) in" >lines
exits 65 "the check code of another roll" $studyday roll enter R1 lines
enter 1 in=25:00
exits 65 "a time that is none" $studyday roll enter R1 lines
has "… is named" err '^lines:1: in: a time is HH:MM'
enter 1 "in=11:00 out=09:00"
exits 65 "out before in" $studyday roll enter R1 lines
has "… is named" err '^lines:1: out: is before in'
enter 1 "in leave"
exits 65 "there and on leave" $studyday roll enter R1 lines
has "… is named" err '^lines:1: leave: and there as well'
enter 1 in 2 in 1 out
exits 65 "a line twice" $studyday roll enter R1 lines
has "… is named" err '^lines:3: line: stands in line 1 already'
printf '%s\n' "9-000 in" "x" >lines
exits 65 "lines that are not there" $studyday roll enter R1 lines
has "… are named" err '^lines:1: line: roll R1 has lines 1 to 3'
has "… all of them" err '^lines:2: line: a line begins with LINE-CHECK'
printf '1-\001 in\n' >lines
exits 65 "control characters" $studyday roll enter R1 lines
is "none of it was taken" "$(status_of M1)" unreported
enter 1 "in=09:05 out=11:02" 2 leave=ill
exits 0 "dry run" $studyday roll enter R1 lines --dry-run
has "… says what it would do" out '^roll R1: 2 lines added, 0 corrected, 0 unchanged \(dry run'
is "… and does nothing" "$(status_of M1)" unreported
{
    echo "# roll of P-1"
    echo
    sed 's/$/\r/' lines
} >crlf
exits 0 "enter, with comments and CRLF" $studyday roll enter R1 crlf
has "… says what was added" out '^roll R1: 2 lines added, 0 corrected, 0 unchanged$'
is "… who came" "$(status_of M1)" present
is "… with the times of the roll" "$($studyday record M1 --year 2026 --format json | grep -o '"first_in":"2026-10-10T09:05:00+08:00","last_out":"2026-10-10T11:02:00+08:00"')" '"first_in":"2026-10-10T09:05:00+08:00","last_out":"2026-10-10T11:02:00+08:00"'
is "… who was on leave" "$(status_of M2)" leave
is "… who is missing now, since the point is not silent" "$(status_of M3)" absent
is "… and the point is covered" "$(coverage)" '"points_covered":1'
before=$($studyday events | wc -l)
exits 0 "enter again" $studyday roll enter r1 crlf
has "… changes nothing" out '^roll R1: 0 lines added, 0 corrected, 2 unchanged$'
is "… and adds no event" "$($studyday events | wc -l)" "$before"
enter 1 "in=09:20 out=11:02"
exits 65 "a correction without a reason" $studyday roll enter R1 lines
has "… is refused" err '^lines:1: line: line 1 was entered otherwise before; a correction needs --why'
exits 0 "a correction" $studyday roll enter R1 lines --why "misread the hand"
has "… is one" out '^roll R1: 0 lines added, 1 corrected, 0 unchanged$'
is "… and counts" "$(status_of M1)" late
is "… voids one event and adds one" "$($studyday events --member M1 | grep -c '"kind":"in"')" 2
exits 0 "in the audit log" $studyday audit list --format jsonl
has "… with what was and what is" out '"action":"roll-correct".*09:05.*09:20|"action":"roll-correct".*09:20.*09:05'
enter 1 none
exits 0 "taking a line back" $studyday roll enter R1 lines --why "was another person"
is "… takes it back" "$(status_of M1)" absent
enter 1 "in=09:05 out=11:02"
exits 0 "and stating it once more" $studyday roll enter R1 lines
is "… counts again" "$(status_of M1)" present
exits 0 "show" $studyday roll show R1 --format csv
has "… has the marks" out "^R1,2,[0-9]{3},M2,李四,,,ill"
exits 0 "list" $studyday roll list --format jsonl
has "… has it as entered" out '"roll":"R1",.*"lines":3,"entered":2,"state":"entered"'
has "… and the other as missing" out '"roll":"R2",.*"state":"missing"'

exits 0 "import of a blank roll" $studyday roll import blank.csv
has "… adds nothing" out '^blank.csv: 0 added, 0 changed, 0 unchanged$'
sed -e "s/^\(R1,3,.*,王五\),,,/\1,8:58,x,/" blank.csv >filled.csv
exits 0 "import of a roll that was filled in" $studyday roll import filled.csv
has "… adds the line" out '^filled.csv: 1 added, 0 changed, 0 unchanged$'
is "… as it says" "$($studyday record M3 --year 2026 --format json | grep -o '"first_in":"[^"]*","last_out":"[^"]*"')" '"first_in":"2026-10-10T08:58:00+08:00","last_out":"2026-10-10T11:00:00+08:00"'
exits 0 "import again" $studyday roll import filled.csv
has "… changes nothing" out '^filled.csv: 0 added, 0 changed, 1 unchanged$'
sed 's/王五,8:58,x,/王五,,,x/' filled.csv >other.csv
exits 65 "import of a correction without a reason" $studyday roll import other.csv
has "… names the line" err '^other.csv:4: Line: line 3 was entered otherwise before'
exits 0 "import of a correction" $studyday roll import other.csv --why "signed in the wrong row"
has "… changes it" out '^other.csv: 0 added, 1 changed, 0 unchanged$'
is "… as it says" "$(status_of M3)" leave
sed 's/,M3,/,M9,/' other.csv >member.csv
exits 65 "import with another member" $studyday roll import member.csv
has "… names the column" err "^member.csv:4: Member: line 3 of roll R1 is another member's"
printf 'roll,line,check,in\nR7,1,000,x\nR1,1,abc,x\n' >unknown.csv
exits 65 "import of a roll that is not there" $studyday roll import unknown.csv
has "… names it" err '^unknown.csv:2: roll: there is no roll R7'
has "… and a wrong code" err '^unknown.csv:3: check: is not the check code of line 1 of roll R1'
exits 0 "a headcount at a silent point" $studyday headcount add --session S-1 --point P-2 --count 31 --why "the reader broke"
is "… leaves it silent" "$(coverage)" '"points_covered":1'
exits 0 "print as a workbook" $studyday roll print R2 --format xlsx -o roll.xlsx
exits 0 "import of a workbook as it was printed" $studyday roll import roll.xlsx
has "… adds nothing, since nothing is marked" out '^roll.xlsx: 0 added, 0 changed, 0 unchanged$'
cat >chinese.csv <<CSV
签到册,行号,校验码,签到
R2,1,$(check R2 1),是
CSV
exits 0 "import with Chinese headings" $studyday roll import chinese.csv
is "… counts" "$(status_of N1)" present

is "… and its point is covered now" "$(coverage)" '"points_covered":2'

exits 0 "the same headcount again" $studyday headcount add --session S-1 --point P-2 --count 31 --why "once more"
has "… is none" out 'as before$'
exits 0 "headcount again" $studyday headcount add --session S-1 --point P-2 --count 30 --why "counted again"
exits 0 "list" $studyday headcount list --session S-1 --format jsonl
is "… has the latest" "$(grep -c '"point":"P-2","count":30,' out)" 1
is "… alone" "$(wc -l <out)" 1
exits 0 "report of the session" $studyday report session S-1 --format json
has "… has it apart" out '"headcounts":30,'
is "… and in no figure" "$(grep -o '"org":"A","name":"甲县","sessions":1,"expected":4,"exempt":1,"on_site":2' out)" '"org":"A","name":"甲县","sessions":1,"expected":4,"exempt":1,"on_site":2'
exits 0 "… for people" $studyday report session S-1
has "… in a sentence" out 'Bare headcounts, which are in no figure above: 30 people at 1 points: P-2 30'
exits 0 "… of another subtree" $studyday report session S-1 --org A-1 --format json
has "… none" out '"headcounts":null,'
exits 64 "headcount without a reason" $studyday headcount add --session S-1 --point P-2 --count 30
exits 64 "headcount that is none" $studyday headcount add --session S-1 --point P-2 --count -1 --why x
exits 65 "headcount at a point that takes no part" $studyday headcount add --session S-1 --point P-9 --count 1 --why x
exits 65 "headcount of an unknown session" $studyday headcount add --session S-9 --point P-2 --count 1 --why x
# At a terminal each line is looked at when it is typed.
cat >typing.py <<'PY'
import os, pty, sys

lines = open(sys.argv[1]).read()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
os.write(terminal, lines.encode() + b"\x04")
said = b""
while True:
    try:
        more = os.read(terminal, 4096)
    except OSError:
        break
    if not more:
        break
    said += more
sys.stdout.write(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
{
    echo "1-$(check R2 1) leave=ill"
    echo "1-001 in"
    echo "7-001 in"
    echo "nonsense"
} >lines
exits 0 "enter at a terminal" python3 typing.py lines $studyday roll enter R2 --why "on leave after all"
has "… shows whose line it is" out '1  N1 乙一'
has "… and a wrong code at once" out '001 is not the check code of line 1'
has "… and a line that is not there" out 'roll R2 has lines 1 to 1'
has "… takes what is right" out 'roll R2: 0 lines added, 1 corrected, 0 unchanged'
is "… and it counts" "$(status_of N1)" leave
exits 65 "enter at a terminal into no roll" python3 typing.py lines $studyday roll enter R9
# A roll is all that there is of its point when the office says so.
state_of() { # POINT: how far it has reported
    $studyday report points "$1" --format jsonl | sed -n "s/.*\"point\":\"$2\".*\"coverage\":\"\([a-z]*\)\".*/\1/p"
}
complete() {
    $studyday report session S-1 --format json --depth 0 | grep -o '"state":"[a-z]*"'
}
is "a point on paper has reported" "$(state_of S-1 P-1)" reported
exits 65 "close of a roll that is not there" $studyday roll close R9
exits 64 "reopen without a reason" $studyday roll reopen R1
exits 65 "close with --nil, and somebody came" $studyday roll close R1 --nil
has "… names both" err 'roll R1: --nil, and lines of it say that somebody came'
exits 0 "close, dry run" $studyday roll close R1 --dry-run
is "… changes nothing" "$(state_of S-1 P-1)" reported
exits 0 "close" $studyday roll close R1
is "… closes the point" "$(state_of S-1 P-1)" closed
is "… the other one keeps the session provisional" "$(complete)" '"state":"provisional"'
exits 65 "close of a roll with a leave alone" $studyday roll close R2
has "… asks for --nil" err 'roll R2: nobody came by what was entered; --nil if that is so'
exits 0 "nil" $studyday roll close R2 --nil
is "… is one" "$(state_of S-1 P-2)" nil
is "… and the session is complete" "$(complete)" '"state":"complete"'
exits 0 "close again" $studyday roll close R2 --nil
has "… changes nothing" out '^roll R2: as before$'
exits 0 "list" $studyday roll list --format jsonl
has "… has the closed one" out '"roll":"R1",.*"state":"closed"'
has "… and the nil one" out '"roll":"R2",.*"state":"nil"'
echo "1-$(check R2 1) in" >lines
exits 65 "enter who came into a nil roll" $studyday roll enter R2 lines --why x
has "… names both" err '^lines:1: line: roll R2 was closed with nobody on it; reopen it first'
exits 0 "reopen" $studyday roll reopen R2 --why "the second sheet was found"
is "… its point has reported" "$(state_of S-1 P-2)" reported
exits 0 "in the audit log" $studyday audit list --action roll-reopen --format jsonl
has "… with why" out '"why":"the second sheet was found"'

printf '%s\n' session,kind,title,starts,ends,org,minutes S-X,meeting,会议,2199-01-10\ 09:00,2199-01-10\ 11:00,C,60 >gone.csv
$studyday import sessions gone.csv >/dev/null
exits 0 "print for a session to come" $studyday roll print --session S-X --point P-2
has "… as the next roll" out '^Paper roll R3:'
$studyday headcount add --session S-X --point P-2 --count 7 --why x >/dev/null
$studyday spotcheck draw --session S-X --members 1 >/dev/null
exits 0 "taking the session out" $studyday session cancel S-X --why "the hall is closed"
sed 's/S-X/S-Y/' gone.csv >next.csv
$studyday import sessions next.csv >/dev/null
exits 65 "its roll goes with it" $studyday roll show R3
exits 0 "the next session" $studyday roll list --session S-Y --format jsonl
is "… has no roll of it" "$(cat out)" ""
exits 0 "… no headcount" $studyday headcount list --session S-Y --format jsonl
is "… of it" "$(cat out)" ""
exits 0 "… and no spot-check" $studyday spotcheck list --format jsonl
is "… of it" "$(cat out)" ""
cat >night.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
S-2,meeting,晚间会议,2026-10-11 22:00,2026-10-12 01:00,C,180
CSV
$studyday import sessions night.csv >/dev/null
exits 0 "print for a session past midnight" $studyday roll print --session S-2 --point P-2
echo "1-$(check R4 1) in=22:05 out=0:50" >lines
exits 0 "enter times of both days" $studyday roll enter R4 lines
is "… each on its own" "$($studyday record N1 --year 2026 --format json | grep -o '"first_in":"2026-10-11[^"]*","last_out":"[^"]*"')" '"first_in":"2026-10-11T22:05:00+08:00","last_out":"2026-10-12T00:50:00+08:00"'
exits 0 "a roll that nobody signed" $studyday roll print --session S-2 --point P-1
roll=$(sed -n 's/^Paper roll \(R[0-9]*\):.*/\1/p' out)
is "its point is silent" "$(state_of S-2 P-1)" silent
exits 0 "… until it is nil" $studyday roll close "$roll" --nil
is "… and covered" "$(state_of S-2 P-1)" nil
is "… its members are absent" "$($studyday report session S-2 --org A-1 --depth 0 --format json | grep -o '"absent":[0-9]*,"unreported":[0-9]*')" '"absent":3,"unreported":0'
exits 0 "close of the month" $studyday month close 2026-10
$studyday roll reopen "$roll" --why "it was another session's" >/dev/null
exits 0 "a roll reopened after that" $studyday report month 2026-10 --changes --format jsonl
has "… is a pending change" out '"before":"nil","after":"silent"'
exits 0 "what is kept agrees with the events" $studyday recompute --diff
exits 0 "the chains hold" $studyday verify
tap_done
