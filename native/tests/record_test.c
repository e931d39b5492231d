/* SPDX-License-Identifier: Apache-2.0 */
/* record_test.c - the records of repairs, and the eventfd that announces them. */
#include <poll.h>

#include "test.h"

static void should_record_each_repair(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	struct hb_fault fault;
	uint64_t before, after;

	enable();
	unplug(&d);
	before = now_ns();
	CHECK_EQUAL(d.bar[0x1237], 0xff);
	after = now_ns();
	fault = take_one();
	CHECK_EQUAL(fault.address, address_of(d.bar) + 0x1237);
	CHECK_EQUAL(fault.window, d.window);
	CHECK_EQUAL(fault.tid, own_tid());
	CHECK_EQUAL(fault.count, 1);
	CHECK(fault.time_ns >= before && fault.time_ns + fault.repair_ns <= after);
	CHECK(fault.repair_ns > 0);
	CHECK_EQUAL(info_of(&d).faults, 1);
	expect_no_record();
}

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void should_signal_the_eventfd_until_all_is_taken(void)
{
	struct device d[3];
	struct hb_fault faults[3];
	int fd = hb_fault_eventfd();

	CHECK(fd >= 0);
	CHECK_EQUAL(hb_fault_eventfd(), fd);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	enable();
	CHECK(!is_readable(fd));
	for (int i = 0; i < 3; i++) {
		d[i] = plug_window(64 * KIB, HB_FILL_ONES);
		unplug(&d[i]);
		CHECK_EQUAL(d[i].bar[0], 0xff);
		CHECK(is_readable(fd));
	}
	CHECK_EQUAL(hb_fault_take(faults, 0), 0);
	CHECK(is_readable(fd));
	CHECK_EQUAL(hb_fault_take(faults, 2), 2);
	CHECK_EQUAL(faults[0].window, d[0].window);
	CHECK_EQUAL(faults[1].window, d[1].window);
	CHECK(is_readable(fd));
	CHECK_EQUAL(hb_fault_take(faults, 3), 1);
	CHECK_EQUAL(faults[0].window, d[2].window);
	CHECK(!is_readable(fd));
	CHECK_EQUAL(hb_fault_take(faults, -1), -EINVAL);
}

static void should_keep_records_beyond_withdrawal(void)
{
	struct device d[2];
	struct hb_fault faults[3];

	enable();
	for (int i = 0; i < 2; i++) {
		d[i] = plug_window(64 * KIB, HB_FILL_ONES);
		unplug(&d[i]);
		CHECK_EQUAL(d[i].bar[i], 0xff);
		CHECK_EQUAL(hb_window_withdraw(d[i].window), 0);
		CHECK_EQUAL(munmap((void *)d[i].bar, d[i].size), 0);
	}
	CHECK_EQUAL(hb_fault_take(faults, 3), 2);
	CHECK_EQUAL(faults[0].window, d[0].window);
	CHECK_EQUAL(faults[1].window, d[1].window);
	CHECK_EQUAL(faults[1].address, address_of(d[1].bar) + 1);
}

static void should_keep_the_record_of_every_repair_of_a_window(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	struct hb_fault faults[6];

	enable();
	for (int i = 0; i < 5; i++) {
		unplug(&d);
		CHECK_EQUAL(d.bar[i], 0xff);
		plug_again(&d);
		CHECK_EQUAL(hb_window_restore(d.window, d.fd, 0), 0);
		CHECK_EQUAL(d.bar[0], DEVICE_BYTE);
	}
	CHECK_EQUAL(hb_fault_take(faults, 6), 5);
	for (int i = 0; i < 5; i++) {
		CHECK_EQUAL(faults[i].address, address_of(d.bar) + (uint64_t)i);
		CHECK_EQUAL(faults[i].count, i + 1);
	}
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		TEST(should_record_each_repair),
		TEST(should_signal_the_eventfd_until_all_is_taken),
		TEST(should_keep_records_beyond_withdrawal),
		KERNEL_TEST(should_keep_the_record_of_every_repair_of_a_window),
	};

	(void)argc;
	return RUN_TESTS(tests, argv);
}
