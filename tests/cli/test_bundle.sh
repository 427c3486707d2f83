#!/bin/sh
# studyday terminal enroll --bundle and rotate: one private file, a picture of it, nothing half done.
studyday=$(realpath "$2") terminal=$(realpath "$3")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

exits 0 "enroll with a bundle and a picture" $studyday terminal enroll t-1 --bundle t-1.bundle --qr-file t-1.svg --address broker.example:8883
is "… the bundle is its owner's alone" "$(stat -c %a t-1.bundle)" 600
is "… the picture too" "$(stat -c %a t-1.svg)" 600
is "… it names the broker" "$(grep -Ec '^(host=broker.example|port=8883|area=county-a|terminal=t-1)$' t-1.bundle)" 4
hasnt "… the credential is not printed" out "$(sed -n 's/^credential=//p' t-1.bundle)"
hasnt "… nor the key" out "$(sed -n 's/^key=//p' t-1.bundle)"
exits 73 "a bundle that is there is not written over" $studyday terminal enroll t-1 --bundle t-1.bundle
exits 65 "a terminal that is not registered" $studyday terminal enroll t-9 --bundle t-9.bundle
is "… leaves no bundle" "$([ -e t-9.bundle ] && echo yes)" ""
exits 64 "a picture of another kind" $studyday terminal enroll t-1 --qr-file t-1.gif
exits 64 "an address without a port" $studyday terminal enroll t-1 --bundle x --address broker.example
exits 66 "an authority that is not there" $studyday terminal enroll t-1 --bundle x --ca missing.crt
exits 0 "a QR code on the screen" $studyday terminal enroll t-2 --qr
has "… made of half blocks" out '▀'
exits 64 "rotate needs somewhere for the new key" $studyday terminal rotate t-1
exits 65 "rotate a terminal that has no key" $studyday terminal rotate t-9 --bundle x
exits 0 "rotate" $studyday terminal rotate t-1 --bundle new.bundle --address broker.example:8883
exits 0 "list" $studyday terminal list --format jsonl
has "… says that it is under way" out '"terminal":"t-1".*"state":"rotating"'

exits 0 "init from a bundle" $terminal init d --bundle t-1.bundle
is "… the secrets are their owner's alone" "$(stat -c %a d/terminal.key d/broker.password | tr '\n' ' ')" "600 600 "
exits 0 "… the configuration is good" $terminal --config d/terminal.conf --check-config
exits 0 "init from the rotated bundle" $terminal init d --bundle new.bundle
is "… takes the new key" "$(cat d/terminal.key)" "$(sed -n 's/^key=//p' new.bundle)"
sed 's/^terminal=.*/terminal=t-2/' t-1.bundle >two.bundle && chmod 600 two.bundle
exits 73 "a bundle of another terminal" $terminal init d --bundle two.bundle
chmod 644 two.bundle
exits 77 "a bundle that others can read" $terminal init e --bundle two.bundle
for change in '1d' '/^key=/d' 's/^key=.*/key=12/' 's/^port=.*/port=0/' '$p' 's/^area=/aera=/'; do
    sed "$change" t-1.bundle >bad.bundle && chmod 600 bad.bundle
    exits 65 "a bundle after: $change" $terminal init e --bundle bad.bundle
    hasnt "… says no secret" err "$(sed -n 's/^credential=//p' t-1.bundle)"
done
is "… nothing was made" "$([ -e e ] && echo yes)" ""

sed -i "s|^    folder = \"\"|    folder = \"$work/broker\"|" site/studyday.conf
exits 0 "render the broker's files" $studyday broker render broker
is "… both terminals are in" "$(cut -d: -f1 broker/passwords | tr '\n' ' ')" "t-1 t-2 "
echo 'reader:$7$101$x$y' >>broker/passwords
exits 0 "revoke" $studyday terminal revoke t-1 --why lost
is "… is out of the broker's file, others stay" "$(cut -d: -f1 broker/passwords | tr '\n' ' ')" "reader t-2 "
rm broker/passwords && rmdir broker 2>/dev/null || rm -r broker
exits 0 "revoke while the folder is missing" $studyday terminal revoke t-2 --why lost
has "… says so" err "passwords could not be written"
tap_done
