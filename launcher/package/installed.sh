# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What an installed hotbus has in the place of the build and of the commands for sources.

# shellcheck disable=SC2034  # read by the launcher
program=hotbus

version() { echo "hotbus @VERSION@"; }
build() { :; }

# install_packages PURPOSE PACKAGES: says what is missing.
install_packages() {
	[ -z "$2" ] || die 3 "$1 needs what this machine lacks: apt-get install $2"
}

for_sources() { die 2 "'$1' works on the sources of hotbus: it is no command of an installed one (see hotbus --help)"; }
run_build() { for_sources build; }
run_new() { for_sources new; }
run_tests() { for_sources test; }
run_bench() { for_sources bench; }
run_rig() { for_sources rig; }
run_package() { for_sources package; }
