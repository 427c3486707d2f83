#!/bin/sh
# The reports that the office reads about its own work, over the real program: corrections with what they changed,
# revisions of closed months, hours against targets, terminals.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >batch.csv <<'CSV'
batch,session,member,kind,at,mode,minutes,by,why
B-1,S-1,M1,in,2026-10-10 09:00,follow,,paper,page one
B-1,S-1,M2,in,2026-10-10 09:00,follow,,paper,page one
CSV

exits 0 "a month without a correction" $studyday report corrections 2026-10 --format json
has "… has none" out '"added":0,"void":0,"batch":0,"rows":\[\]'
exits 0 "M1 was there" $studyday attendance add S-1 M1 in --why "the card was forgotten"
exits 0 "corrections" $studyday report corrections 2026-10 --format jsonl
has "… have who, why, and what it changed" out \
    '"session":"S-1","org":"A-1","member":"M1","action":"added","kind":"in","events":1,"before":null,"after":"present","before_credit_minutes":0,"after_credit_minutes":120,"who":"uid:[^"]*","why":"the card was forgotten","terminal":"office"'
key=$($studyday events --terminal office | sed -n 's/.*"epoch":"\([^"]*\)","seq":\([0-9]*\).*/\1:\2/p')
exits 0 "that was an error" $studyday attendance void office "$key" --why "mixed up"
exits 0 "a correction of a correction" $studyday report corrections 2026-10 --format jsonl
is "… is a second row" "$(wc -l <out)" 2
has "… with its own reason" out '"action":"void","kind":"in","events":1,"before":"present","after":null,.*"why":"mixed up"'
exits 0 "a batch" $studyday import attendance batch.csv
exits 0 "… is one row" $studyday report corrections 2026-10 --format jsonl
has "… with its lines counted" out '"member":null,"action":"batch","kind":"in","events":2,'
exits 0 "… of a subtree as well" $studyday report corrections 2026-10 --org A --format jsonl
is "… which has all three" "$(wc -l <out)" 3
exits 0 "another month" $studyday report corrections 2026-09 --format jsonl
is "… has nothing of it" "$(cat out)" ""
exits 65 "corrections of a month to come" $studyday report corrections 2098-12
exits 65 "corrections of an unknown organisation" $studyday report corrections 2026-10 --org X
exits 64 "corrections without a month" $studyday report corrections

exits 0 "no month is closed" $studyday report revisions --format json
has "… so the list is empty" out '"revisions":0,"rows":\[\]'
$studyday month close 2026-10 >/dev/null 2>&1
$studyday leave add S-1 M2 --why "late note" >/dev/null
$studyday month revise 2026-10 --why "late notes" >/dev/null 2>&1
exits 0 "revisions of a year" $studyday report revisions 2026 --format jsonl
has "… have the closing" out '"month":"2026-10","revision":0,.*"changes":0,.*"centralised_permille":1000,.*"state":"closed"'
exits 0 "revisions of a month without any" $studyday report revisions 2026-09 --format jsonl
is "… are none" "$(cat out)" ""
exits 65 "revisions of an organisation that none knows" $studyday report revisions 2026-10 --org X
exits 65 "revisions of a year to come" $studyday report revisions 2098

exits 0 "hours of the closed month" $studyday report hours 2026-10 --depth 9 --format jsonl
has "… are those that were stored" out '"org":"C","name":"某市","members":2,"year_minutes":240,"target_met":0,"target_met_permille":0,"short":2,"need_class":null'
exits 0 "hours of the year" $studyday report hours 2026 --org A-1 --format jsonl
has "… are live, with the class" out '"org":"A-1",.*"members":2,"year_minutes":240,.*"need_class":0,"lack_class":0'
exits 0 "hours of members" $studyday report hours 2026 --org A-1 --members --mask --format jsonl
has "… masked" out '"member":"M1","name":"张\*","role":"member","year_minutes":120,"target_minutes":1920,"missing_minutes":1800,"class":null,"standing":"short"'
exits 64 "members of everybody" $studyday report hours 2026 --members
has "… needs an organisation" err "say which with --org"
exits 65 "hours of a month to come" $studyday report hours 2098-01

exits 0 "terminals" $studyday report terminals --format json
has "… have both" out '"terminals":2,"gaps":0,.*"terminal":"t-1","area":"county-a","state":"registered","flags":\["never","no-key"\]'
exits 65 "terminals of an unknown organisation" $studyday report terminals --org X
for report in "hours 2026" terminals "corrections 2026-10" "revisions 2026"; do
    for format in text csv html xlsx pdf; do
        exits 0 "$report as $format" $studyday report $report --format $format -o "form-${report%% *}.$format"
    done
done
tap_done
