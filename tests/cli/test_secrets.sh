#!/bin/sh
# Each file that holds a secret: the program that would use it refuses it while others can read it, names the file, and
# takes it when they cannot. What is read by whom stands in SECURITY.md.
studyday=$(realpath "$2") terminal=$(realpath "$3") collector=$(realpath "$4")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

secret() { # NAME FILE EXIT COMMAND...: refused at 0644 and 0640, and not for that at 0600
    what=$1 file=$2 refused=$3
    shift 3
    for mode in 644 640; do
        chmod $mode "$file"
        exits "$refused" "$what of mode $mode is refused" "$@"
        has "… and named" err "$(basename "$file").*(others|not permitted|owner's alone)"
    done
    chmod 600 "$file"
    run "$@"
    hasnt "$what of mode 600 is not" err "others"
}
hasnt() { # NAME FILE PATTERN
    if grep -Eq -- "$3" "$2"; then
        tap_result not-ok "$1"
        sed 's/^/# /' "$2"
    else
        tap_result ok "$1"
    fi
}

printf '%064d' 7 >mac.key
secret "the key of a terminal, at the office" mac.key 77 $studyday terminal enroll t-1 --key-file mac.key
secret "the same for a bundle" mac.key 77 $studyday terminal enroll t-2 --key-file mac.key --bundle t-2.bundle \
    --address broker.example:1883
$studyday terminal rotate t-2 --bundle two.bundle --address broker.example:1883 >/dev/null
secret "a bundle" two.bundle 77 $terminal init here --bundle two.bundle
here=here/$(ls here | grep key)
secret "the key of a terminal, at the terminal" "$here" 78 $terminal --config here/terminal.conf status

printf 'member,name,org,from,card\nM1,张三,A-1,2020-01-01,0004412345\n' >cards.csv
$studyday import members cards.csv >/dev/null
secret "the key of the cards" site/cards.key 77 $studyday import members cards.csv

$studyday broker ca ca --name broker.example >/dev/null
secret "the key of the authority" ca/ca.key 77 $studyday broker ca ca --name broker.example

echo 'a-long-password' >site/password
sed -i 's/username = ""/username = "studyday-collector"/; s/password-file = ""/password-file = "password"/' site/studyday.conf
secret "the password of the collector, as the broker is rendered" site/password 77 $studyday broker render broker \
    --user "$(id -un)"
chmod 644 site/password
exits 77 "the password of the collector, as it starts" timeout 20 $collector --config site/studyday.conf
has "… and named" err "password-file=.*others can read it"
chmod 600 site/password

cp ca/ca.key site/client.key
cp ca/ca.crt site/client.crt
chmod 644 site/client.key
sed -i 's|ca-file = ""|ca-file = "client.crt"|; s|cert-file = ""|cert-file = "client.crt"|; s|key-file = ""|key-file = "client.key"|' \
    site/studyday.conf
exits 78 "the key of a client's certificate, as the collector starts" timeout 20 $collector --config site/studyday.conf
has "… and named" err "client.key.*others can read it"
tap_done
