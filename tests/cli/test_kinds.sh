#!/bin/sh
# One member takes part in every kind of training; the record has them all, with their credit.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >more.csv <<'CSV'
point,org,name
P-2,A,二号学习点
CSV
$studyday import points more.csv >/dev/null || exit 1
cat >kinds.csv <<'CSV'
场次,类型,标题,开始,结束,主办党组织,分钟,学习点,补学截止
K-meeting,支部会议,支部会议,2026-09-01 09:00,2026-09-01 10:00,A-1,60,,
K-lecture,党课,党课,2026-09-02 09:00,2026-09-02 10:30,C,90,,
K-themed-day,主题党日,主题党日,2026-09-03 09:00,2026-09-03 11:00,A-1,120,,
K-study-day,学习日,学习日,2026-09-04 09:00,2026-09-04 11:00,C,120,,
K-site-visit,现场教学,红色路线,2026-09-05 09:00,2026-09-05 15:00,C,360,P-2;P-1,
K-online,网络课程,网络课程,2026-09-01 00:00,2026-09-30 23:59,C,100,,2026-09-30
CSV
exits 0 "six kinds from a file" $studyday import sessions kinds.csv
exits 0 "a class over two days" $studyday session add K-class --kind class --title 培训班 --starts "2026-09-07 09:00" \
    --ends "2026-09-07 17:00" --org C --minutes 480 --days 2
exits 0 "a reading club with an organiser" $studyday session add K-reading --kind reading --title 读书会 \
    --starts "2026-09-10 19:00" --ends "2026-09-10 20:30" --org A-1 --minutes 90 --organisers M1 \
    --materials https://example.org/book
exits 0 "a joint meeting of the invited" $studyday session add K-joint --kind joint --title 联席会议 \
    --starts "2026-09-11 09:00" --ends "2026-09-11 10:00" --org C --minutes 60 --invite M1

for session in K-meeting K-lecture K-themed-day K-study-day K-site-visit K-class-2026-09-07 K-class-2026-09-08 K-reading \
    K-joint; do
    $studyday attendance add $session M1 in --why roll >/dev/null || exit 1
    $studyday attendance add $session M1 out --why roll >/dev/null || exit 1
done
cat >export.csv <<'CSV'
党员编号,课程名称,完成时间,学习时长,完成状态
M1,网络课程,2026-09-20 21:00,100,已完成
CSV
exits 0 "an online course by import" $studyday import online export.csv --session K-online

exits 0 "the record" $studyday record M1 --year 2026 --format jsonl
row() { # SESSION KIND STATUS CREDIT
    has "$2 in the record, with its credit" out \
        "\"session\":\"$1\",\"kind\":\"$2\",.*\"status\":\"$3\",.*\"credit_minutes\":$4,\"rule\":\"session/1\""
}
row K-meeting meeting present 60
row K-lecture lecture present 90
row K-themed-day themed-day present 120
row K-study-day study-day present 120
row K-site-visit site-visit present 360
row K-online online makeup 100
row K-class-2026-09-07 class present 480
row K-class-2026-09-08 class present 480
row K-reading reading present 90
row K-joint joint present 60
has "days of a class have their activity" out '"session":"K-class-2026-09-08".*"activity":"K-class"'
has "the organiser finds the part and what to read" out '"session":"K-reading".*"part":"organiser","materials":\["https://example.org/book"\]'
exits 0 "the whole record" $studyday record M1 --year 2026 --format json
has "… adds up" out '"minutes":1960,'
exits 0 "another member's record" $studyday record M2 --year 2026 --format jsonl
hasnt "… has no joint meeting without an invitation" out K-joint
hasnt "… names no organiser" out 'organiser'
exits 0 "a record for a spreadsheet" $studyday record M1 --year 2026 --format csv
has "… leaves the links as they are" out 'https://example.org/book'
for format in html xlsx; do # pdf leaves memory of fontconfig to the sanitizer
    exits 0 "a record as $format" $studyday record M1 --year 2026 --format $format -o record.$format
done
hasnt "links are text, never followed" record.html 'href="https://example'
# A session over New Year is a line of the year it began in, and says how much is the other year's.
cat >year.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
K-year,class,跨年培训,2025-12-31 21:00,2026-01-01 01:00,C,240
CSV
$studyday import sessions year.csv >/dev/null
$studyday attendance add K-year M1 in --why x >/dev/null
exits 0 "the record of the later year" $studyday record M1 --year 2026
has "… says what came over New Year" out '^Hours of a session that began in 2025 and went on past New Year: 1.0'
exits 0 "the record of the earlier year" $studyday record M1 --year 2025
has "… says what went over it" out '^Hours of these sessions that count in 2026: 1.0'
exits 0 "the certificate of the later year" $studyday report certificate M1 --year 2026 --format json
has "… adds up" out '"kind":"from-before","sessions":null,"minutes":60'
exits 0 "the certificate of the earlier year" $studyday report certificate M1 --year 2025 --format json
has "… adds up as well" out '"kind":"not-counted","sessions":null,"minutes":-60'
exits 0 "the totals hold" $studyday verify
exits 0 "… and agree with the events" $studyday recompute --diff
tap_done
