#!/bin/sh
# Whole sets of reports over the real program: which files, in which forms, made again only when they would say something
# else, the same bytes of a closed month, nothing half written when it is ended early or the disk is full.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >more.csv <<'CSV'
org,parent,area,level,sector,name
B,C,county-b,county,,乙县
B.t,B,county-b,township,rural,<b>镇</b>
B_t,B,county-b,township,rural,=1+1
CSV
$studyday import orgs more.csv >/dev/null || exit 1
set_of() { # DIR [OPTION...]
    folder=$1
    shift
    $studyday report month 2026-10 --out-dir "$folder" "$@"
}
sums() { # DIR
    (cd "$1" && sha256sum -- *)
}

exits 0 "a set" set_of one --format json,csv
is "… has a file for the top, each county and township, in each form" "$(ls one | tr '\n' ' ')" \
    "2026-10_month_A.csv 2026-10_month_A.json 2026-10_month_B.csv 2026-10_month_B.json 2026-10_month_B_2Et.csv 2026-10_month_B_2Et.json 2026-10_month_B_5Ft.csv 2026-10_month_B_5Ft.json 2026-10_month_C.csv 2026-10_month_C.json index.json "
has "… and says so" out "^10 files in one, 10 of them new$"
is "… quietly" "$(cat err)" ""
$studyday report month 2026-10 --org A --format json >single.json
exits 0 "a file is what the report alone says" cmp single.json one/2026-10_month_A.json
has "the index names the files with their digests" one/index.json \
    "\"name\":\"2026-10_month_A.json\",\"format\":\"json\",\"sha256\":\"$(sha256sum one/2026-10_month_A.json | cut -c1-64)\""
exits 0 "the index is JSON" python3 -m json.tool one/index.json
exits 0 "the same set" set_of one --format json,csv
has "… makes nothing again" out "^10 files in one, 0 of them new$"
exits 0 "M1 was there" $studyday attendance add S-1 M1 in --why x
exits 0 "after that" set_of one --format json,csv
has "… those that say something else are new" out "^10 files in one, 4 of them new$"
rm one/2026-10_month_B.csv
exits 0 "a file that was taken away" set_of one --format json,csv
has "… comes back" out "10 files in one, 1 of them new"
echo mine >one/2026-10_month_B.csv
exits 73 "a file that is not ours" set_of one --format json,csv
has "… is named" err "2026-10_month_B.csv: exists already"
is "… and stays" "$(cat one/2026-10_month_B.csv)" mine
exits 0 "--force writes over it" set_of one --format json,csv --force
rm one/2026-10_month_B.csv
ln -s "$work/target" one/2026-10_month_B.csv
exits 73 "a symbolic link is not followed" set_of one --format json,csv --force
is "… nothing is written through it" "$(ls target 2>/dev/null)" ""

exits 0 "levels" set_of two --level township --format text
is "… as asked, and the top" "$(ls two | tr '\n' ' ')" \
    "2026-10_month_B_2Et.txt 2026-10_month_B_5Ft.txt 2026-10_month_C.txt index.json "
exits 0 "of a subtree" set_of three --org B --format html
has "… with a page that lists them" three/index.html '<a href="2026-10_month_B_2Et.html">'
hasnt "… with nothing in a name that is markup" three/index.html '<b>镇'
exits 0 "a quarter" $studyday report quarter 2026-Q4 --out-dir four --format json
exits 0 "a year" $studyday report year 2026 --out-dir four --format json
is "… beside it" "$(ls four/2026_year_C.json four/2026-Q4_quarter_C.json)" "four/2026-Q4_quarter_C.json
four/2026_year_C.json"

exits 0 "a set of gradings" $studyday report grading 2026-10 --out-dir graded --format json
is "… has a file for each organisation that has something to rank" "$(ls graded | tr '\n' ' ')" \
    "2026-10_grading_A.json 2026-10_grading_B.json 2026-10_grading_C.json index.json "
$studyday report grading 2026-10 --org B --format json >single.json
exits 0 "… each as it is alone" cmp single.json graded/2026-10_grading_B.json
exits 0 "… of another level" $studyday report grading 2026-10 --out-dir branches --level branch --format json
has "… in each file" branches/2026-10_grading_A.json '"org":"A-1"'
exits 65 "a set of gradings of a month to come" $studyday report grading 2098-10 --out-dir five
exits 65 "… by an unknown rule" $studyday report grading 2026-10 --out-dir five --rule x
exits 65 "… of a level that is not there" $studyday report grading 2026-10 --out-dir five --level group

exits 0 "pages behind the figures" set_of behind --format html --explain
has "… are linked from the figures that they tell about" behind/2026-10_month_A.html \
    '<a href="2026-10_explain_A-1.html#expected">'
has "… and say who, and by which event" behind/2026-10_explain_A-1.html 'in 2026-10-10 [0-9:]*  office '
exits 64 "--explain without a set" $studyday report month 2026-10 --explain
exits 64 "--explain without html" set_of five --format json --explain
exits 64 "--explain of a quarter" $studyday report quarter 2026-Q4 --out-dir five --format html --explain
$studyday report month 2026-10 --out-dir killed --format pdf,html,xlsx --explain >/dev/null 2>&1 &
making=$!
while kill -0 $making 2>/dev/null && ! grep -q '"sha256":"[0-9a-f]' killed/index.partial 2>/dev/null; do sleep 0.01; done
kill -KILL $making 2>/dev/null
wait $making 2>/dev/null
is "after SIGKILL every file that has its name is whole, and there is no index" \
    "$(ls killed | grep -v '^2026-10_\(month\|explain\)_[A-Z_0-9a-z-]*\.[a-z]*$' | grep -v '\.tmp$' | tr '\n' ' ')" "index.partial "
exits 0 "… and the same command goes on" $studyday report month 2026-10 --out-dir killed --format pdf,html,xlsx --explain
hasnt "… not from the start" out " $(sed 's/ files.*//' out) of them new"

$studyday month close 2026-10 >/dev/null 2>&1
for folder in closed again; do
    exits 0 "all forms of a closed month" set_of $folder --format text,csv,json,jsonl,xlsx,html,pdf --explain
done
sums closed >closed.sums
sums again >again.sums
exits 0 "… are the same bytes" cmp closed.sums again.sums
is "… 40 files" "$(wc -l <closed.sums)" 40

exits 0 "the last month" $studyday report month last --format json
has "… is the one before this" out "\"month\":\"$(TZ=Asia/Shanghai date -d "$(TZ=Asia/Shanghai date +%Y-%m-15) -1 month" +%Y-%m)\""
exits 65 "a month to come" $studyday report month 2098-10 --out-dir five
exits 65 "an unknown organisation" set_of five --org X
exits 64 "an unknown form" set_of five --format json,x
exits 64 "a form twice" set_of five --format json,json
exits 64 "an unknown level" set_of five --level x
exits 64 "--output as well" set_of five -o x
exits 64 "--level without --out-dir" $studyday report month 2026-10 --level county
exits 64 "--out-dir of a list" $studyday report points --out-dir five
is "… nothing was made" "$(ls -d five 2>/dev/null)" ""
echo x >file
exits 73 "a folder that is a file" set_of file
exits 73 "a folder in a folder that is not there" set_of nowhere/five

# A limit on the size of files acts like a full disk; the pages fit, the drawings do not.
(ulimit -f 100 && set_of full --format html,pdf) >out 2>err
is "a full disk is told" $? 74
is "… nothing half written is left, and no index" "$(ls full | tr '\n' ' ')" "2026-10_month_C.html index.partial "
exits 0 "… and then it goes on" set_of full --format html,pdf
has "… where it was" out "^10 files in full, 9 of them new$"
is "… without the notes of the way" "$(ls full/index.partial 2>/dev/null)" ""

$studyday report month 2026-10 --out-dir early --format pdf,html,xlsx,text >out 2>err &
making=$!
while kill -0 $making 2>/dev/null && [ ! -s early/index.partial ]; do sleep 0.01; done
kill -TERM $making 2>/dev/null
wait $making
is "ended early" $? 75
has "… it says how far it came" err "ended early: [0-9]* of 20 files are there"
is "… every file that is there is whole" "$(ls early | grep -v '^2026-10_month_[A-Z_0-9a-z]*\.[a-z]*$' | tr '\n' ' ')" "index.partial "
exits 0 "… and goes on" set_of early --format pdf,html,xlsx,text
hasnt "… not from the start" out " 20 of them new"
tap_done
