#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Configuration files: what they protect stays protected when they cannot be read or understood, at the
# start and later. Runs against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh

export HOTBUS_ETC=$work/etc
lists=$HOTBUS_ETC/io.hotbus.devices.cfg
fresh() { rm -rf "$HOTBUS_ETC" && mkdir "$HOTBUS_ETC"; }
attach() { "$hotbus" run --vdev net_null0 --exec 'device list'; }
export -f attach

# refused NAME PATTERN: with the files there are, no device is attached, and it is said why.
refused() { check "$1" 1 "net_null0: no device is allowed: io[.]hotbus[.]devices: $HOTBUS_ETC/io[.]hotbus[.]devices[.].*$2" bash -c attach; }

fresh; printf 'block = net_sim0\\user\n' >"$lists"
refused should_allow_none_where_an_escape_is_wrong 'cannot be understood: Malformed'
fresh; ln -s "$work/nowhere" "$lists"
refused should_allow_none_where_a_link_leads_nowhere 'is a link to a file that is not there'
fresh; mkdir "$lists"
refused should_allow_none_where_the_file_is_a_folder 'cannot be read'
fresh; printf 'block = net_sim0\nblock = net_null0\n' >"$lists"
refused should_allow_none_where_a_list_is_given_twice 'block is given twice'
fresh; printf 'block = net_null\xff\n' >"$lists"
refused should_allow_none_where_it_is_not_text 'is not text in UTF-8'
fresh; echo 'block = net_null0' >"${lists%.cfg}.config"
refused should_allow_none_where_values_are_not_quoted 'values of .config files are quoted'
fresh; echo 'block = net_sim0' >"$lists"; echo 'block = "net_null0"' >"${lists%.cfg}.config"
refused should_allow_none_where_two_files_say_it 'configure the same: delete one'
fresh; echo 'block = net_sim0' >"$lists"; echo 'block = net_null0' >"${lists%.cfg}-site.cfg"
refused should_allow_none_where_a_second_file_says_it 'configure the same: delete one'
fresh; echo 'block = net_null0' >"$lists"
check should_block_what_is_listed 1 'net_null0: is blocked .block of io.hotbus.devices' bash -c attach
fresh; echo 'block = [ "net_sim0", "net_null0" ]' >"${lists%.cfg}.config"
check should_block_what_a_typed_file_lists 1 'net_null0: is blocked .block of io.hotbus.devices' bash -c attach
if [ "$(id -u)" = 0 ]; then
	fresh; echo 'block = net_sim0' >"$lists"; chmod 600 "$lists"; chmod 755 "$work"
	copy_product "$work/product"
	check should_allow_none_where_the_file_may_not_be_read 1 'no device is allowed: .* may not be read by user nobody' \
		setpriv --reuid=65534 --regid=65534 --clear-groups env -u HOME hotbus="$work/product/launcher/hotbus" bash -c attach
	chmod 700 "$HOTBUS_ETC"
	check should_refuse_a_folder_that_may_not_be_read 3 "cannot read the folder $HOTBUS_ETC" \
		setpriv --reuid=65534 --regid=65534 --clear-groups env -u HOME hotbus="$work/product/launcher/hotbus" bash -c attach
else
	skip should_allow_none_where_the_file_may_not_be_read 'needs root'
fi

# ---- while it runs ------------------------------------------------------------------------------

fresh; echo 'block = net_null0' >"$lists"
mkfifo "$work/typed"
"$hotbus" shell <"$work/typed" >"$work/log" 2>&1 &
pid=$!
exec 7>"$work/typed"
awaits() { # NAME PATTERN: a line that was not there before
	local end=$((SECONDS + 60))
	until tail -n "+$((seen + 1))" "$work/log" | grep -E -- "$2" >/dev/null; do
		if [ $SECONDS -ge $end ] || ! kill -0 $pid; then
			cp "$work/log" "$work/out"
			check "$1" 0 "$2" false
			return
		fi
		sleep 0.1
	done
	check "$1" 0 "$2" tail -n "+$((seen + 1))" "$work/log"
}
seen=0
mark() { seen=$(wc -l <"$work/log"); }

echo 'port attach net_null0' >&7
awaits should_block_at_first 'net_null0: is blocked'
for flaw in 'block = net_null0\user' 'block = a\nblock = b' 'block = ${nowhere}'; do
	mark; printf '%s\n' "${flaw//\\n/$'\n'}" >"$work/new" && mv "$work/new" "$lists"
	awaits should_keep_the_list_that_was_good "ERROR .*io.hotbus.devices: $lists .*what was configured before stays in force"
	mark; echo 'port attach net_null0' >&7
	awaits should_block_by_the_list_that_was_good 'net_null0: is blocked'
done
mark; ln -s "$work/nowhere" "$work/link" && mv -T "$work/link" "$lists" # in one step: a file that goes is told of
awaits should_keep_the_list_where_a_link_leads_nowhere 'ERROR .*is a link to a file that is not there .*stays in force'
mark; echo 'port attach net_null0' >&7
awaits should_block_where_a_link_leads_nowhere 'net_null0: is blocked'
mark; rm "$lists"
awaits should_tell_when_that_link_is_deleted 'io.hotbus.devices: no longer configured'
mark; ln -s "$work/nowhere" "$lists"
awaits should_tell_of_a_link_that_comes_and_leads_nowhere 'ERROR .*is a link to a file that is not there'
mark; rm "$lists" && echo 'block = net_null1' >"$lists"
awaits should_take_the_file_that_is_right_again 'io.hotbus.devices: configured by'
mark; echo 'port attach net_null0' >&7
awaits should_allow_what_is_no_longer_blocked 'net_null0. is attached'
echo 'quit' >&7
exec 7>&-
wait $pid

finish
