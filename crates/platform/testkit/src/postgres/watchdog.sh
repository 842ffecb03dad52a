# Ends a test cluster that no test process has used for a minute, and removes its files.
# $1: the cluster's directory; $2: the file that tells test processes where it is.
# A test process writes `heartbeat` before it trusts the file, so: withdraw the offer, look again, then stop.
cluster=$1
offer=$2
in_use() { [ -n "$(find "$cluster/heartbeat" -mmin -1 2>/dev/null)" ]; }
alive() { kill -0 "$(head -n 1 "$cluster/data/postmaster.pid" 2>/dev/null)" 2>/dev/null; }

while :; do
    while in_use && alive; do sleep 3; done
    if [ "$(cat "$offer" 2>/dev/null)" = "$cluster" ]; then rm -f "$offer"; fi
    sleep 2
    if ! in_use || ! alive; then break; fi
done

if alive; then kill -QUIT "$(head -n 1 "$cluster/data/postmaster.pid")"; fi
for _ in 1 2 3 4 5 6 7 8 9 10; do alive && sleep 1; done
rm -rf "$cluster"
