#!/bin/sh
# A slice of the simulation: seeds that hold, a replay that is the same byte for byte, and each way to break a promise found.
# usage: slice.sh TESTS SIMTEST
simtest=$(realpath "$2")
. "$1/support/tap.sh"

exits 0 "$SEEDS seeds hold" "$simtest" --seed "${SEED:-1}" --count "$SEEDS"
exits 0 "a trace of one" "$simtest" --seed 7 --trace
cp out first
exits 0 "… and again" "$simtest" --seed 7 --trace
cp out second
exits 0 "… is the same" cmp first second
exits 0 "a trace of another" "$simtest" --seed 8 --trace
cp out second
exits 1 "… is another" cmp -s first second

for way in ack-before-commit receipt-before-commit no-fsync no-dedup no-resend no-refill void-ignored wrong-late; do
    exits 1 "$way is found" "$simtest" --break $way --count 300
    has "… and the seed is named" err 'replay: studyday-simtest --seed [0-9]+ --trace'
done

seed=$("$simtest" --break void-ignored --count 300 2>&1 | sed -n 's/^replay.*--seed \([0-9]*\) .*/\1/p')
"$simtest" --break void-ignored --seed "$seed" --trace >one 2>err
"$simtest" --break void-ignored --seed "$seed" --trace >two 2>err
exits 0 "a seed that fails fails again" grep -q FAILED one
exits 0 "… in the same way" cmp one two
tap_done
