#!/bin/sh
# What a member objects to is noted, listed, answered once, and stands in the record; the audit log has all of it.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

exits 0 "add" $studyday objection add M1 --session S-1 --text "I was there"
is "… tells the number" "$(cat out)" "objection 1 of M1 about S-1 is noted"
exits 0 "add another" $studyday objection add M2 --session S-1 --text "我在场"
exits 64 "add without a text" $studyday objection add M1 --session S-1
exits 64 "add without a session" $studyday objection add M1 --text x
exits 65 "add of an unknown member" $studyday objection add M9 --session S-1 --text x
has "… says who" err 'there is no member M9'
exits 65 "add about an unknown session" $studyday objection add M1 --session S-9 --text x
has "… says which" err 'there is no session S-9'
exits 64 "a text with a line's end" $studyday objection add M1 --session S-1 --text "a
b"

exits 0 "list --open" $studyday objection list --open --format jsonl
is "… has both" "$(wc -l <out)" 2
has "… with what was said" out '"id":1,.*"member":"M1".*"session":"S-1","text":"I was there","state":"open","answer":null'
exits 0 "list --org" $studyday objection list --org A-1 --format jsonl
is "… has both" "$(wc -l <out)" 2
exits 65 "list --org of none" $studyday objection list --org X

exits 0 "the correction" $studyday attendance add S-1 M1 in --why "the roll has the name"
epoch=$($studyday events --terminal office | sed -n '1s/.*"epoch":"\([^"]*\)".*/\1/p')
exits 64 "answer neither accepted nor rejected" $studyday objection answer 1 --text x
exits 64 "answer both" $studyday objection answer 1 --text x --accepted --rejected
exits 64 "answer without a text" $studyday objection answer 1 --accepted
exits 64 "reject with an event" $studyday objection answer 1 --text x --rejected --event "$epoch:1"
exits 65 "an event that is not there" $studyday objection answer 1 --text x --accepted --event "$epoch:7"
exits 64 "an event that is no key" $studyday objection answer 1 --text x --accepted --event 7
exits 65 "an event of another member" $studyday objection answer 2 --text x --accepted --event "$epoch:1"
has "… says so" err 'is about another member or session'
exits 65 "answer what is not there" $studyday objection answer 9 --text x --accepted
exits 64 "answer what is no number" $studyday objection answer first --text x --accepted
exits 0 "nothing was answered so far" $studyday objection list --open --format jsonl
is "… both are open" "$(wc -l <out)" 2

exits 0 "accept" $studyday objection answer 1 --text "entered" --accepted --event "$epoch:1"
exits 65 "answer again" $studyday objection answer 1 --text "no" --rejected
has "… says so" err 'objection 1 has been answered already'
exits 0 "reject" $studyday objection answer 2 --text "not on the roll" --rejected
exits 0 "list" $studyday objection list --format jsonl
has "… has the answer and the event" out "\"id\":1,.*\"state\":\"accepted\",\"answer\":\"entered\",.*\"event\":\"$epoch:1\""
has "… and the other" out '"id":2,.*"state":"rejected","answer":"not on the roll"'
exits 0 "nothing is open" $studyday objection list --open --format jsonl
is "… at all" "$(cat out)" ""

exits 0 "the record" $studyday record M1 --year 2026
has "… has the objection and its answer" out 'Objection 1 of [0-9-]+ about S-1, accepted: I was there – entered'
has "… and the correction, with who and why" out 'Correction: S-1, “in” entered on .* by uid:[0-9]+.*: the roll has the name'
exits 0 "another's record" $studyday record M2 --year 2026
hasnt "… has nothing of it" out 'I was there'
exits 0 "the audit log" $studyday audit list --action objection --format jsonl
is "… has each of the four" "$(wc -l <out)" 4
has "… with what was" out '"action":"objection-answer","subject":"objection:1","why":"entered","old":{"state":"open"},"new":{"event":'
exits 0 "what is written stays as it is" $studyday verify

sed 's/^S-1/S-2/; s/2026-10-10/2026-10-20/g' sessions.csv >second.csv
$studyday import sessions second.csv >/dev/null || exit 1
$studyday objection add M2 --session S-2 --text "nobody was there" >/dev/null || exit 1
exits 0 "the session is taken out" $studyday session cancel S-2 --why "did not take place"
exits 0 "list" $studyday objection list --open --format jsonl
has "… has the objection still" out '"id":3,.*"session":"S-2","text":"nobody was there"'
tap_done
