#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Metrics: promtool finds nothing wrong with them, and a Prometheus scrapes them while a device is pulled out.
# Runs against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh
# shellcheck source=launcher/test/peer.sh
. launcher/test/peer.sh

command -v prometheus promtool >/dev/null || { skip metrics "no prometheus (apt-get install prometheus)"; exit 0; }

port=$(free_port)
url=http://127.0.0.1:$port/metrics
get() { # get URL [HEADER: VALUE]: status, type and body
	python3 - "$@" <<-'END'
		import sys, urllib.error, urllib.request
		request = urllib.request.Request(sys.argv[1], headers=dict(h.split(": ", 1) for h in sys.argv[2:]))
		try:
		    with urllib.request.urlopen(request, timeout=20) as answer:
		        print(answer.status, answer.headers["Content-Type"], answer.read().decode(), sep="\n")
		except urllib.error.HTTPError as e:
		    print(e.code)
	END
}
export -f get

mkfifo "$work/in"
"$hotbus" shell --metrics "$port" --no-telemetry --auto-start --vdev net_null0 --vdev net_null1 \
	--vdev net_sim0,loopback=1,uevent_ms=50 <"$work/in" >"$work/log" 2>&1 &
children+=($!)
exec 5>"$work/in"
await "$work/log" 'forwarding started' || exit 1
echo 'wait packets 10000' >&5
await "$work/log" 'packets were forwarded' || exit 1

check should_be_on_the_loopback_interface_alone 0 "^[^ ]*127\.0\.0\.1\]?:$port \$" \
	bash -c "ss -Hltn sport = :$port | awk '{ printf \"%s \", \$4 }'"
check should_have_nothing_that_promtool_minds 0 '^0$' bash -c "get $url | tail -n +3 | promtool check metrics; echo \$?"
check should_speak_the_older_text_format 0 '^text/plain; version=0.0.4' get "$url"
check should_speak_openmetrics 0 '^# EOF' get "$url" 'Accept: application/openmetrics-text; version=1.0.0'
check should_have_one_page 0 '^404$' get "${url}x"
check should_refuse_a_name_that_is_not_its_own 0 '^421$' get "$url" 'Host: evil.example'
check should_count_packets_of_queues 0 '^hotbus_port_queue_receive_packets_total.device="net_null0",port="0",queue="0".* [1-9]' get "$url"

slow() { # a client that stops in the middle of its request does not keep others waiting, and is disconnected
	python3 - "$port" "$url" <<-'END'
		import socket, sys, time, urllib.request
		slow = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		slow.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
		assert urllib.request.urlopen(sys.argv[2], timeout=20).read()
		slow.setblocking(False)
		try:
		    sys.exit("the other client waited for the slow one: %r" % slow.recv(100))
		except BlockingIOError:
		    pass # it is still connected
		slow.settimeout(60)
		try:
		    print("disconnected", slow.recv(100) == b"")
		except ConnectionResetError:
		    print("disconnected True")
	END
}
export -f slow
export port url
check should_not_wait_for_a_slow_client 0 '^disconnected True' slow

prometheus_port=$(free_port)
cat >"$work/prometheus.yml" <<-END
	global:
	  scrape_interval: 1s
	  scrape_timeout: 1s
	scrape_configs:
	  - job_name: hotbus
	    static_configs:
	      - targets: ["127.0.0.1:$port"]
END
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
	--web.listen-address="127.0.0.1:$prometheus_port" >"$work/prometheus" 2>&1 &
children+=($!)
query() { # query EXPRESSION VALUE: waits until Prometheus has that value, a pattern
	local said end=$((SECONDS + 60))
	while [ $SECONDS -le $end ]; do
		said=$(get "http://127.0.0.1:$prometheus_port/api/v1/query?query=$(python3 -c 'import sys, urllib.parse
print(urllib.parse.quote(sys.argv[1]))' "$1")" 2>/dev/null)
		if grep -qE "\"value\":\[[0-9.]+,\"$2\"\]" <<<"$said"; then echo "found"; return; fi
		sleep 0.5
	done
	echo "$said"
	return 1
}
export -f query
export prometheus_port
check should_be_scraped 0 '^found' query up 1
check should_show_the_rate_of_a_port 0 '^found' query 'rate(hotbus_port_receive_packets_total{port="0"}[5s])' '[1-9][0-9.e+]*'
# One lcore: it serves two null ports, which always have packets, then none.
check should_show_a_busy_lcore 0 '^found' query 'rate(hotbus_lcore_busy_seconds_total[5s]) > 0.9' '[0-9.]+'
echo stop >&5
check should_show_an_idle_lcore 0 '^found' query 'rate(hotbus_lcore_busy_seconds_total[3s]) < 0.01' '[0-9.e-]+'
printf '%s\n' 'device yank net_sim0' 'wait port net_sim0 gone' >&5
await "$work/log" 'net_sim0: detached' || exit 1
check should_show_a_removal 0 '^found' query 'sum(hotbus_removals_total)' 1
check should_show_how_long_it_took 0 '^found' query 'hotbus_removal_port_gone_seconds_count' 1
names() { # what the dashboard shows and the product does not have
	python3 - "$1" <<-'END'
		import json, re, sys, urllib.request
		have = urllib.request.urlopen(sys.argv[1], timeout=20).read().decode()
		shown = set(re.findall(r"hotbus_[a-z_]+", json.dumps([
		    target["expr"] for panel in json.load(open("docs/grafana-dashboard.json"))["panels"] for target in panel["targets"]])))
		missing = sorted(name for name in shown if not re.search("^" + name + r"[{ ]", have, re.M))
		print(len(shown), "metrics shown, missing:", missing)
	END
}
export -f names
check should_have_every_metric_of_the_dashboard 0 '^[1-9][0-9]* metrics shown, missing: \[\]$' names "$url"
everywhere=[::]
check should_need_a_token_beyond_this_machine 0 'no metrics: .*an address beyond this machine needs a token' \
	$hotbus run --metrics "$everywhere:$(free_port)" --no-telemetry --vdev net_null0 --exec 'show port info 0'
check should_refuse_what_is_no_port 2 'metrics x: a port from 1 to 65535' $hotbus run --metrics x --vdev net_null0
check should_go_on_where_the_port_is_taken 0 'no metrics: --metrics' $hotbus run --metrics "$port" --vdev net_null0 --exec 'show port info 0'
echo quit >&5
wait "${children[0]}"

# By HTTPS, with a token, on all addresses.
mkdir "$work/etc"
"${JAVA_HOME:+$JAVA_HOME/bin/}keytool" -genkeypair -keyalg EC -alias hotbus -dname CN=localhost -ext san=ip:127.0.0.1 -storetype PKCS12 \
	-keystore "$work/etc/keys.p12" -storepass changeit >/dev/null 2>&1
"${JAVA_HOME:+$JAVA_HOME/bin/}keytool" -exportcert -rfc -alias hotbus -keystore "$work/etc/keys.p12" -storepass changeit >"$work/ca.pem" 2>/dev/null
token=$(head -c 24 /dev/urandom | base64)
printf '%s\n' "keystore = $work/etc/keys.p12" 'keystore.password = changeit' "token = $token" >"$work/etc/io.hotbus.http.cfg"
secure_port=$(free_port)
HOTBUS_ETC=$work/etc "$hotbus" run --metrics "$everywhere:$secure_port" --no-telemetry --vdev net_null0 >"$work/secure.log" 2>&1 &
children+=($!)
await "$work/secure.log" 'forwarding started' || exit 1
sed -i -e "s|127.0.0.1:$port|127.0.0.1:$secure_port|" -e "s|job_name: hotbus|&\n    scheme: https\n    authorization: { credentials: '$token' }\n    \
tls_config: { ca_file: '$work/ca.pem' }|" "$work/prometheus.yml"
kill -HUP "${children[1]}"
check should_be_scraped_by_https_with_a_token 0 '^found' query "up{instance=\"127.0.0.1:$secure_port\"}" 1
export SSL_CERT_FILE=$work/ca.pem
check should_refuse_who_has_no_token 0 '^401$' get "https://127.0.0.1:$secure_port/metrics"
check should_refuse_who_has_another_token 0 '^401$' get "https://127.0.0.1:$secure_port/metrics" "Authorization: Bearer $token="
check should_take_who_has_the_token 0 '^200$' get "https://127.0.0.1:$secure_port/metrics" "Authorization: Bearer $token"
kill "${children[2]}"
wait "${children[2]}"
kill "${children[1]}"
wait "${children[1]}"

finish
