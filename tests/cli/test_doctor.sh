#!/bin/sh
# studyday doctor: each fault is a row with its state, and the exit code says of which kind the first one is.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

state_of() { # CHECK
    $studyday doctor --format jsonl | sed -n "s/.*\"check\":\"$1\",\"state\":\"\([a-z]*\)\".*/\1/p" | head -n 1
}

# A port where nobody listens: bound for an instant, then free.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -i "s/port = 1883/port = $port/" site/studyday.conf

exits 64 "an argument" $studyday doctor everything
exits 64 "a format that is not there" $studyday doctor --format yaml
exits 69 "a broker that is away" $studyday doctor
is "… is broken" "$(state_of broker)" fail
is "a collector that does not run is to be looked after" "$(state_of collector)" warn
for check in configuration secrets database database-mode quarantine parked sessions; do
    is "$check of a new site" "$(state_of $check)" ok
done

mkfifo listening
python3 -c 'import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen()
open("listening", "w").write("now")
s.settimeout(100)
while True: s.accept()' "$port" 2>/dev/null &
broker=$!
cat listening >/dev/null
exits 0 "nothing broken" $studyday doctor
is "a broker that answers" "$(state_of broker)" ok
run $studyday doctor --format json
is "JSON counts what is broken" "$(sed 's/.*"failed":\([0-9]*\).*/\1/' out)" 0

exec 9<>site/studyday.db.lock
flock 9
exits 69 "a lock that is held while nobody answers" $studyday doctor
is "… is a fault of the collector" "$(state_of collector)" fail
exec 9>&-

printf '%064d' 1 >site/keys/t-1.key
chmod 644 site/keys/t-1.key
exits 78 "a key that others can read" $studyday doctor
is "… is broken" "$(state_of secrets)" fail
chmod 600 site/keys/t-1.key
exits 0 "a key of mode 0600" $studyday doctor

chmod 644 site/studyday.db
is "a database that everybody can read" "$(state_of database-mode)" fail
chmod 600 site/studyday.db

mkdir site/broker
$studyday broker render site/broker --anonymous-loopback >/dev/null
is "the rendered broker's limits" "$(state_of broker-limits)" ok
sed -i 's/^max_queued_messages .*/max_queued_messages 1000/' site/broker/mosquitto.conf
is "Debian's limit of waiting messages" "$(state_of broker-limits)" warn

mv site/studyday.db away.db
exits 66 "a database that is not there" $studyday doctor
is "… is broken" "$(state_of database)" fail
printf 'garbage' >site/studyday.db
exits 65 "a database that is none" $studyday doctor
mv away.db site/studyday.db
sed -i 's/^zone = .*/zone = "Nowhere\/Land"/' site/studyday.conf
exits 78 "a configuration that is wrong" $studyday doctor
kill $broker
tap_done
