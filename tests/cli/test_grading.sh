#!/bin/sh
# Quarter and year add up the months, closed ones as they were closed; organisations are ranked and graded by rules.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
$studyday init site >/dev/null || exit 1
export STUDYDAY_CONFIG=$work/site/studyday.conf
cat >orgs.csv <<'CSV'
org,parent,area,level,sector,name
C,,city,city,,某市
T1,C,county-a,township,,甲镇
T2,C,county-a,township,,乙镇
T3,C,county-a,township,,丙镇
T4,C,county-a,township,,丁镇
T5,C,county-a,township,,戊镇
B1,T1,county-a,branch,rural,甲镇第一支部
B2,T1,county-a,branch,rural,甲镇第二支部
CSV
cat >points.csv <<'CSV'
point,org,name
P-1,T1,甲镇学习点
P-3,T3,丙镇学习点
CSV
cat >members.csv <<'CSV'
member,name,org,from
M1,张三,B1,2020-01-01
M2,李四,B2,2020-01-01
M3,王五,T2,2020-01-01
M4,赵六,T2,2020-01-01
M5,孙七,T3,2020-01-01
M6,周八,T3,2020-01-01
M7,吴九,T4,2020-01-01
CSV
cat >sessions.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
S-7,study-day,七月学习日,2026-07-10 09:00,2026-07-10 11:00,C,120
S-8,study-day,八月学习日,2026-08-10 09:00,2026-08-10 11:00,C,90
S-9,study-day,九月学习日,2026-09-10 09:00,2026-09-10 11:00,C,60
S-10,study-day,十月学习日,2026-10-10 09:00,2026-10-10 11:00,C,120
CSV
for kind in orgs points members sessions; do
    $studyday import $kind $kind.csv >/dev/null || exit 1
done
{
    echo "batch,session,member,kind,at,by,why"
    for m in M1 M2 M3 M7; do echo "1,S-7,$m,in,2026-07-10 09:00,M1,roll"; done
    for m in M1 M3 M7; do echo "1,S-8,$m,in,2026-08-10 09:00,M1,roll"; done
    for m in M1 M2 M3 M4 M7; do echo "1,S-9,$m,in,2026-09-10 09:00,M1,roll"; done
} >roll.csv
$studyday import attendance roll.csv >/dev/null || exit 1

adds_up() { # NAME
    for month in 07 08 09; do
        $studyday report month 2026-$month --depth 9 --format json >month-$month || exit 1
    done
    $studyday report quarter 2026-Q3 --depth 9 --format json >quarter || exit 1
    is "$1: each count is the sum of the months" "$(python3 - <<'PY'
import json
months = [json.load(open("month-" + m)) for m in ("07", "08", "09")]
quarter = json.load(open("quarter"))
sums = ("sessions expected exempt on_site makeup home leave absent unreported guests checked passed not_found"
        " points_expected points_covered minutes").split()
last = "members year_minutes target_met".split()
for i, row in enumerate(quarter["rows"]):
    for key in sums:
        if row[key] != sum(m["rows"][i][key] for m in months):
            print(row["org"], key)
    for key in last:
        if row[key] != months[-1]["rows"][i][key]:
            print(row["org"], key)
print(len(quarter["rows"]))
PY
)" 8
}
band() { # ORG [OPTION...]
    org=$1
    shift
    $studyday report grading 2026-Q3 --format json "$@" | grep -o "\"rank\":[^}]*\"org\":\"$org\"[^}]*" |
        sed 's/"rank":\([0-9a-z]*\).*"band":\([^,]*\),"band_high":\([^,]*\),"permille":\([0-9a-z]*\),.*/\1 \2 \3 \4/' | tr -d '"'
}

adds_up "open"
exits 0 "close August" $studyday month close 2026-08
adds_up "one month closed"
exits 0 "M2 was there in August" $studyday attendance add S-8 M2 in --why "second page"
adds_up "what came after closing"
is "… does not count in the quarter" "$(grep -o '"on_site":[0-9]*' quarter | head -1)" '"on_site":12'
exits 0 "the quarter for people" $studyday report quarter 2026-Q3
has "… says which month was closed" out '2026-08 as it was closed, revision 0'
exits 0 "the year" $studyday report year 2026 --format json
has "… has all its sessions that have begun" out '"report":"year","year":"2026",.*"org":"C",.*"sessions":4,'
exits 0 "the year as CSV" $studyday report year 2026 --format csv
exits 0 "… in Chinese" $studyday report year 2026 --lang zh_CN
exits 65 "a quarter that has not begun" $studyday report quarter 2199-Q1
exits 64 "a quarter that there is not" $studyday report quarter 2026-Q5
exits 64 "a year for a quarter" $studyday report quarter 2026
exits 65 "a quarter of an unknown org" $studyday report quarter 2026-Q3 --org X

exits 0 "grading" $studyday report grading 2026-Q3 --format json
has "… names rule, figure and level" out '"report":"grading","period":"2026-Q3","org":"C","level":"township","rule":"example/1","figure":"overall"'
has "… and its state" out '"state":"provisional"'
is "the first" "$(band T4)" "1 A null 1000"
is "the second" "$(band T1)" "2 C null 833"
is "the third" "$(band T2)" "3 D null 667"
is "one of whom nothing is known may be anything" "$(band T3)" "4 D A 0"
is "one of whom nobody was expected has no rank" "$(band T5)" "null null null null"
exits 0 "for people" $studyday report grading 2026-Q3
has "… counts the bands" out 'Organisations by band: A 1, B 0, C 1, D 2\.'
has "… says what is not certain" out 'Not certain yet: 1 organisations'
has "… and that the bands are an example" out 'shipped example, which nobody has confirmed'
hasnt "… and names no member" out '张三|M1'
exits 0 "of branches" $studyday report grading 2026-Q3 --level branch --org T1 --format jsonl
is "… has two" "$(wc -l <out)" 2
exits 0 "of a month" $studyday report grading 2026-09 --format json
exits 65 "of a level that is not there" $studyday report grading 2026-Q3 --level county
exits 65 "of a level that there is not" $studyday report grading 2026-Q3 --level person
exits 65 "by a rule that is not there" $studyday report grading 2026-Q3 --rule stars
has "… says so" err 'no grading stars'

cat >stars.csv <<'CSV'
name,version,kind,key,value,from,source
stars,1,grade,figure,centralised,,市委组织部
stars,1,grade,★★★,900,,市委组织部
stars,1,grade,★★,600,,市委组织部
stars,1,grade,★,0,,市委组织部
stars,2,grade,figure,centralised,2026-09-30,市委组织部
stars,2,grade,★★★,800,2026-09-30,市委组织部
stars,2,grade,★★,600,2026-09-30,市委组织部
stars,2,grade,★,0,2026-09-30,市委组织部
CSV
exits 0 "stars of the site's own" $studyday rules import stars.csv
is "… go before the example" "$(band T1)" "2 ★★★ null 833"
is "… which can still be asked for" "$(band T1 --rule example)" "2 C null 833"
exits 0 "a period before the second version" $studyday report grading 2026-08 --format json
has "… is graded by the first" out '"rule":"stars/1"'
exits 0 "M6 was in another town" $studyday attendance add S-7 M6 in --why "roll"
exits 0 "M4 was there in July and August" $studyday attendance add S-7 M4 in --why "roll"
is "equal figures have equal ranks" "$(band T1) $(band T2)" "2 ★★★ null 833 2 ★★★ null 833"
is "… and the next rank is left out" "$(band T3 | cut -d' ' -f1)" 4
for month in 07 09; do
    exits 0 "close 2026-$month" $studyday month close 2026-$month
done
exits 0 "a closed quarter" $studyday report grading 2026-Q3 --format json
has "… is closed" out '"closed":true,"state":"closed"'
cp out closed
cat >later.csv <<'CSV'
org,parent,area,level,sector,name
T1,C,county-a,county,,别名
CSV
exits 0 "an org gets another level and name" $studyday import orgs later.csv
exits 0 "M5 was there" $studyday attendance add S-9 M5 in --why "roll"
exits 0 "the closed quarter again" $studyday report grading 2026-Q3 --format json
cp out later
exits 0 "… is the same byte for byte" cmp closed later
sed -n '1p; /^stars,2/p' stars.csv | sed 's/stars,2/stars,3/; s/★★★,800/★★★,1000/; s/2026-09-30/2026-09-30/; s/09-30/10-01/' >third.csv
exits 0 "a further version after the closed months" $studyday rules import third.csv --dry-run
sed -i 's/2026-10-01/2026-09-30/; s/stars,3/stars,2/' third.csv
exits 65 "the version that graded them is not changed" $studyday rules import third.csv
sed -i 's/stars,2/stars,3/' third.csv
sed -i 's/2026-09-30/2026-10-31/' third.csv
exits 0 "close October as well" $studyday month close 2026-10
exits 65 "nor followed by one that would grade a closed month" $studyday rules import third.csv
has "… says so" err '^third.csv:2: from: a month from that day on has been closed'
exits 0 "verify" $studyday verify
exits 0 "recompute --diff" $studyday recompute --diff
tap_done
