#!/bin/sh
# A person's data: shown to the person, put right, taken out of every file; who looked at the record.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >cards.csv <<'CSV'
member,name,org,from,card,exempt_from,exempt_to,exempt_reason
M1,欧阳无痕,A-1,2020-01-01,0004871239,2026-01-01,2026-01-02,糖尿病
CSV
$studyday import members cards.csv >/dev/null || exit 1
$studyday attendance add S-1 M1 in --at "2026-10-10 09:00" --why "欧阳无痕 stood on the roll" >/dev/null || exit 1
$studyday objection add M1 --session S-1 --text "I, 欧阳无痕, was there" >/dev/null || exit 1

cat >holding.py <<'PY'
# Files of the site that hold one of the words in any of the encodings that it may have come in.
import pathlib, sys
for file in pathlib.Path("site").iterdir():
    for word in sys.argv[1:] if file.is_file() else []:
        for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
            if word.encode(encoding) in file.read_bytes():
                print(file, word, encoding)
PY

exits 0 "export" $studyday person export M1 --format json
has "… has the name" out '"person":"M1","name":"欧阳无痕"'
has "… the attendance" out '"attendance":\[\{"session":"S-1",.*"status":"present"'
has "… its events, with who and why" out '"events":\[\{"session":"S-1","terminal":"office",.*"why":"欧阳无痕 stood on the roll"'
has "… the hours" out '"hours":\[\{"year":2026,"minutes":120\}\]'
has "… the exemption" out '"exemptions":\[\{"from":"2026-01-01","to":"2026-01-02","reason":"糖尿病"\}\]'
has "… the card as a hash" out '"cards":\[\{"hash":"[0-9a-f]{32}","from":"2020-01-01","to":null\}\]'
hasnt "… and not as it is" out 0004871239
has "… the objection" out '"objections":\[\{"id":1,.*"text":"I, 欧阳无痕, was there"'
has "… the entries of the audit log" out '"audit":\[.*"action":"objection-add"'
has "… and that it was exported" out '"reads":\[\{"at":"[^"]*","who":"uid:[^"]*","what":"person-export"\}\]'
is "… in one document" "$(python3 -m json.tool out >/dev/null 2>&1 && echo yes)" yes
exits 0 "export for reading" $studyday person export M1 -o export.txt
has "… has titles" export.txt '^Cards, as keyed hashes'
is "… for nobody else" "$(stat -c %a export.txt)" 600
exits 73 "export over it" $studyday person export M1 -o export.txt
exits 0 "export over it by force" $studyday person export M1 -o export.txt --force
exits 65 "export of nobody" $studyday person export M9
exits 64 "export in another form" $studyday person export M1 --format pdf

exits 0 "record" $studyday record M1
exits 0 "explain" $studyday explain --session S-1 --member M1
exits 0 "events" $studyday events --member M1
exits 0 "certificate" $studyday report certificate M1
exits 0 "reads" $studyday person reads M1 --format jsonl
is "… tells each, in order" "$(sed 's/.*"what":"//; s/".*//' out | tr '\n' ' ')" \
    "person-export person-export person-export person-export record explain events certificate "
exits 0 "reads of June" $studyday person reads M1 --from 2025-06-01 --to 2025-06-30 --format jsonl
is "… are none" "$(cat out)" ""
exits 0 "reads of another" $studyday person reads M2 --format jsonl
is "… are none" "$(cat out)" ""
exits 64 "reads of a day that is none" $studyday person reads M1 --from June
exits 65 "reads of nobody" $studyday person reads M9
exits 65 "a record of nobody" $studyday record M9
has "… says so" err 'there is no member M9'

exits 0 "correct" $studyday person correct M2 --name 李四光 --why "misspelt"
exits 0 "… shows" $studyday record M2
has "… the new name" out 李四光
exits 0 "correct again" $studyday person correct M2 --name 李四光 --why "misspelt"
has "… changes nothing" out 'has this name'
exits 64 "correct without a name" $studyday person correct M2 --why x
exits 64 "correct without a reason" $studyday person correct M2 --name 李四
exits 65 "correct nobody" $studyday person correct M9 --name x --why x
exits 0 "the audit log" $studyday audit list --action person-correct --format jsonl
is "… has one entry" "$(wc -l <out)" 1
hasnt "… without the name" out 李四

$studyday month close 2026-10 >/dev/null || exit 1
$studyday report month 2026-10 --format json >before.json
$studyday backup before.db >/dev/null 2>&1 || exit 1
python3 holding.py 欧阳无痕 >found
has "the name is in the database" found 'site/studyday.db 欧阳无痕 utf-8'
exits 64 "erase without a reason" $studyday person erase M1
exits 65 "erase nobody" $studyday person erase M9 --why x
exits 0 "erase" $studyday person erase M1 --why "the person asks for it"
has "… tells that the membership ends" out 'membership ends today'
python3 holding.py 欧阳无痕 0004871239 糖尿病 >found
is "… leaves no byte in any file" "$(cat found)" ""
$studyday report month 2026-10 --format json >after.json
is "the closed month is as it was" "$(cmp before.json after.json && echo same)" same
exits 0 "verify" $studyday verify
exits 0 "recompute" $studyday recompute --diff
exits 0 "the record" $studyday record M1 --format json --year 2026
has "… has the figures still" out '"member":"M1","name":"",.*"minutes":120'
exits 0 "the audit log" $studyday audit list --action person-erase --format jsonl
has "… says what was taken out, not what it was" out '"subject":"M1",.*"new":\{"cards":1,"entries":\['
exits 0 "erase again" $studyday person erase M1 --why "to be sure"
has "… says so" out 'erased already'
exits 65 "import of the erased" $studyday import members cards.csv
has "… says so" err 'cards.csv:2: member: M1 was erased'
exits 65 "correct the erased" $studyday person correct M1 --name x --why x

chmod 640 site/cards.key
exits 77 "a card key that others can read is refused" $studyday import members cards.csv
chmod 600 site/cards.key
exits 64 "neither of them" $studyday person show M1
tap_done
