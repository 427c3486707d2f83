# A small site for the tests of the commands: `make_site` in the current folder.

make_site() {
    $studyday init site >/dev/null || exit 1
    export STUDYDAY_CONFIG=$work/site/studyday.conf
    cat >orgs.csv <<'CSV'
org,parent,area,level,sector,name
C,,city,city,,某市
A,C,county-a,county,,甲县
A-1,A,county-a,branch,rural,甲县第一支部
CSV
    cat >points.csv <<'CSV'
point,org,name
P-1,A-1,一号学习点
CSV
    cat >terminals.csv <<'CSV'
terminal,area,point
t-1,county-a,P-1
t-2,county-a,P-1
CSV
    cat >members.csv <<'CSV'
member,name,org,from
M1,张三,A-1,2020-01-01
M2,李四,A-1,2020-01-01
CSV
    cat >sessions.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
S-1,study-day,十月学习日,2026-10-10 09:00,2026-10-10 11:00,C,120
CSV
    for kind in orgs points terminals members sessions; do
        $studyday import $kind $kind.csv >/dev/null || exit 1
    done
}
