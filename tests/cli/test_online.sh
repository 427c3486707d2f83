#!/bin/sh
# Online courses come from another platform's export, whatever its columns are called.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >course.csv <<'CSV'
session,kind,title,starts,ends,org,minutes,makeup_until
NET,online,网络课程,2026-10-01 00:00,2026-10-31 23:59,C,120,2026-10-31
CSV
$studyday import sessions course.csv >/dev/null || exit 1
credit() { # MEMBER [SESSION]: what the course earned
    $studyday record "$1" --year 2026 --format json | sed 's/.*"session":"'"${2:-NET}"'"[^}]*"credit_minutes":\([0-9]*\).*/\1/'
}

cat >export.csv <<'CSV'
序号,党员编号,姓名,单位,课程名称,完成时间,学习时长,完成状态
1,M1,张三,某局,党史,2026/10/5 20:11:03,1小时30分,已完成
2,M2,李四,某局,党史,-,0:20:00,学习中
CSV
exits 64 "without a session" $studyday import online export.csv
exits 65 "for a session that is not there" $studyday import online export.csv --session NO
exits 0 "--dry-run" $studyday import online export.csv --session NET --dry-run
exits 0 "an export" $studyday import online export.csv --session NET
has "… counts who is not finished" out '^Batch online-NET\. Not finished, passed over: 1$'
has "… and who is" out '^export.csv: 1 added, 0 changed, 0 unchanged$'
is "… who is credited" "$(credit M1)" 90
exits 0 "… as a make-up" $studyday record M1 --year 2026 --format json
has "… in time" out '"session":"NET","kind":"online".*"status":"makeup","mode":"makeup"'
$studyday report month 2026-10 --format json >before
exits 0 "the same export again" $studyday import online export.csv --session NET
has "… adds nothing" out '^export.csv: 0 added, 0 changed, 1 unchanged$'
$studyday report month 2026-10 --format json >after
exits 0 "… and changes no figure" cmp before after

cat >later.csv <<'CSV'
党员编号,课程名称,完成时间,学习时长,完成状态
M1,党史,2026-10-05 20:11:03,90,完成
M2,党史,2026年10月9日,130分钟,通过
CSV
exits 0 "a later export" $studyday import online later.csv --session NET
has "… adds who is new" out '^later.csv: 1 added, 0 changed, 1 unchanged$'
is "… at most what the session is worth" "$(credit M2)" 120

cat >lessons.csv <<'CSV'
账号,课程,学完时间,课时,进度
M1,理论,2026-10-06 08:00,2节,100%
M1,理论,2026-10-07 08:00,1,100%
M1,理论,2026-10-07 08:00,1,100%
M2,理论,2026-10-07 08:00,3,80%
CSV
sed 's/^NET/NET2/' course.csv >course2.csv
exits 0 "another course" $studyday import sessions course2.csv
exits 0 "lessons" $studyday import online lessons.csv --session NET2
has "… of a member are added up" out '^lessons.csv: 1 added'
exits 0 "… in the events" $studyday events --session NET2
has "… at the last time" out '"at":"2026-10-07T08:00:00\+08:00"'
is "… by the rule, the same line once" "$(credit M1 NET2)" 90

cat >strange.csv <<'CSV'
学号,结果,何时
M1,finished,2026-10-08 10:00
M2,no,
CSV
exits 65 "headings that nobody knows" $studyday import online strange.csv --session NET2
has "… name what is missing" err 'member: the column is missing'
exits 0 "--map" $studyday import online strange.csv --session NET2 --map "学号=member;结果=state;何时=finished_at"
has "… says what they are" out '^strange.csv: 1 added'
exits 64 "--map to what is no column" $studyday import online strange.csv --session NET2 --map "学号=mamber"

cat >bad.csv <<'CSV'
党员编号,姓名,课程,完成时间,学习时长,完成状态
M1,张三,党史,2026-10-05 20:11,90,已完成
M8,王五,党史,2026-10-05 20:11,90,已完成
M9,,党史,2026-10-05 20:11,90,已完成
M2,李四,党史,2026-10-05 20:11,90,也许
M2,李四,党史,,90,已完成
M2,李四,经济,2026-10-05 20:11,90,已完成
CSV
exits 65 "what is wrong" $studyday import online bad.csv --session NET
has "… an unknown member with the line" err '^bad.csv:3: 党员编号: there is no member M8, 王五$'
has "… each of them" err '^bad.csv:4: 党员编号: there is no member M9$'
has "… a state that nobody knows" err '^bad.csv:5: 完成状态: neither finished nor unfinished'
has "… a finished line without its time" err '^bad.csv:6: 完成时间: finished, but not when$'
has "… two courses, both named" err '^bad.csv:7: 课程: 经济, where line 2 has 党史'
cat >two.csv <<'CSV'
党员编号,课程,完成时间,学习时长
M1,党史,2026-10-12 20:11,100
M2,经济,2026-10-12 20:11,100
CSV
exits 0 "--course" $studyday import online two.csv --session NET --course 党史 --batch export-7
has "… passes over the others" out '^Of other courses, passed over: 1$'
has "… in the batch that is named" out '^Batch export-7\.'
exits 64 "--session for another kind" $studyday import members members.csv --session NET
exits 0 "the totals hold" $studyday verify
exits 0 "… and agree with the events" $studyday recompute --diff
tap_done
