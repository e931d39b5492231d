/* SPDX-License-Identifier: Apache-2.0 */
/* window_test.c - publishing, replacing, restoring and withdrawing windows. */
#include "test.h"

static void should_refuse_what_is_no_window(void)
{
	struct device d = plug(16 * page_size());
	uint64_t page = page_size();
	uint64_t at = address_of(d.bar) + 4 * page;
	int64_t first;

	CHECK_EQUAL(hb_window_publish(at + 1, page, HB_FILL_ONES), -EINVAL);
	CHECK_EQUAL(hb_window_publish(at, page + 8, HB_FILL_ONES), -EINVAL);
	CHECK_EQUAL(hb_window_publish(at, 0, HB_FILL_ONES), -EINVAL);
	CHECK_EQUAL(hb_window_publish(at, page, 2), -EINVAL);
	CHECK_EQUAL(hb_window_publish(at, page, -1), -EINVAL);
	CHECK_EQUAL(hb_window_publish(at, -page, HB_FILL_ONES), -EINVAL);
	CHECK_EQUAL(hb_window_publish(-page, page, HB_FILL_ONES), -EINVAL);

	first = hb_window_publish(at, 4 * page, HB_FILL_ONES);
	CHECK(first > 0);
	CHECK_EQUAL(hb_window_publish(at, 4 * page, HB_FILL_ONES), -EEXIST);
	CHECK_EQUAL(hb_window_publish(at - page, 2 * page, HB_FILL_ONES), -EEXIST);
	CHECK_EQUAL(hb_window_publish(at + 3 * page, 2 * page, HB_FILL_ONES), -EEXIST);
	CHECK_EQUAL(hb_window_publish(at + page, page, HB_FILL_ONES), -EEXIST);
	CHECK_EQUAL(hb_window_publish(at - page, 6 * page, HB_FILL_ONES), -EEXIST);
	/* Adjacent windows are allowed, and ids are not used again. */
	CHECK(hb_window_publish(at - page, page, HB_FILL_ONES) > first);
	CHECK(hb_window_publish(at + 4 * page, page, HB_FILL_ONES) > first + 1);
	CHECK_EQUAL(hb_window_withdraw(first), 0);
	CHECK(hb_window_publish(at, 4 * page, HB_FILL_ONES) > first + 2);
}

static void should_refuse_unknown_windows(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	struct hb_window_info info;

	CHECK_EQUAL(hb_window_replace(d.window + 1), -ENOENT);
	CHECK_EQUAL(hb_window_restore(0, d.fd, 0), -ENOENT);
	CHECK_EQUAL(hb_window_withdraw(-1), -ENOENT);
	CHECK_EQUAL(hb_window_info(d.window + 1, &info), -ENOENT);
	CHECK_EQUAL(hb_window_withdraw(d.window), 0);
	CHECK_EQUAL(hb_window_withdraw(d.window), -ENOENT);
	CHECK_EQUAL(hb_window_info(d.window, &info), -ENOENT);
}

static void should_describe_a_window(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	struct hb_window_info info = info_of(&d);

	CHECK_EQUAL(info.address, address_of(d.bar));
	CHECK_EQUAL(info.length, d.size);
	CHECK_EQUAL(info.state, HB_WINDOW_LIVE);
	CHECK_EQUAL(info.fill, HB_FILL_ONES);
	CHECK_EQUAL(info.faults, 0);
	CHECK_EQUAL(hb_abi_version(), HB_ABI_VERSION);
}

static void should_count_windows_and_faults(void)
{
	struct hb_totals before, after;
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);

	enable();
	CHECK_EQUAL(hb_totals(&before), 0);
	unplug(&d);
	CHECK_EQUAL(touch(d.bar), 0xff);
	CHECK_EQUAL(hb_totals(&after), 0);
	CHECK_EQUAL(after.windows, before.windows);
	CHECK_EQUAL(after.faults, before.faults + 1);
	CHECK_EQUAL(hb_window_withdraw(d.window), 0);
	CHECK_EQUAL(hb_totals(&after), 0);
	CHECK_EQUAL(after.windows, before.windows - 1);
	CHECK_EQUAL(after.faults, before.faults + 1);
}

static void should_replace_without_a_fault(void)
{
	const uint64_t sizes[] = { 64 * KIB, 3 * MIB, 64 * GIB };

	enable();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct device d = plug_window(sizes[i], HB_FILL_ONES);

		CHECK_EQUAL(hb_window_replace(d.window), 0);
		CHECK_EQUAL(state_of(&d), HB_WINDOW_REPLACED);
		CHECK_EQUAL(d.bar[0], 0xff);
		d.bar[0] = 7;
		CHECK_EQUAL(hb_window_replace(d.window), 0);
		CHECK_EQUAL(d.bar[0], 7); /* it was not replaced once more */
		CHECK_EQUAL(d.bar[d.size - 1], 0xff);
		CHECK_EQUAL(info_of(&d).faults, 0);
		expect_no_record();
		CHECK_EQUAL(munmap((void *)d.bar, d.size), 0);
		CHECK_EQUAL(hb_window_withdraw(d.window), 0);
	}
}

static void should_restore_a_device_that_came_back(void)
{
	const uint64_t sizes[] = { 64 * KIB, 16 * MIB };

	enable();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct device d = plug_window(sizes[i], HB_FILL_ONES);

		unplug(&d);
		CHECK_EQUAL(d.bar[d.size - 1], 0xff);
		CHECK_EQUAL(take_one().count, 1);
		plug_again(&d);
		CHECK_EQUAL(hb_window_restore(d.window, d.fd, 0), 0);
		CHECK_EQUAL(state_of(&d), HB_WINDOW_LIVE);
		CHECK_EQUAL(d.bar[0], DEVICE_BYTE);
		d.bar[d.size - 1] = 9;
		expect_no_record();

		unplug(&d);
		CHECK_EQUAL(d.bar[d.size - 1], 0xff);
		CHECK_EQUAL(d.bar[0], 0xff);
		CHECK_EQUAL(take_one().count, 2);
		CHECK_EQUAL(info_of(&d).faults, 2);
	}
}

static void should_stay_replaced_when_restoring_fails(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	int null_fd = open("/proc/self/statm", O_RDONLY);

	enable();
	CHECK_EQUAL(hb_window_restore(d.window, d.fd, 0), -EBUSY);
	unplug(&d);
	CHECK_EQUAL(d.bar[0], 0xff);
	CHECK_EQUAL(hb_window_restore(d.window, -1, 0), -EBADF);
	CHECK_EQUAL(hb_window_restore(d.window, d.fd, 1), -EINVAL);
	CHECK(hb_window_restore(d.window, null_fd, 0) < 0);
	CHECK_EQUAL(state_of(&d), HB_WINDOW_REPLACED);
	CHECK_EQUAL(d.bar[d.size - 1], 0xff);
	plug_again(&d);
	CHECK_EQUAL(hb_window_restore(d.window, d.fd, 0), 0);
	CHECK_EQUAL(hb_window_restore(d.window, d.fd, 0), -EBUSY);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		TEST(should_refuse_what_is_no_window),
		TEST(should_refuse_unknown_windows),
		TEST(should_describe_a_window),
		TEST(should_count_windows_and_faults),
		KERNEL_TEST(should_replace_without_a_fault),
		KERNEL_TEST(should_restore_a_device_that_came_back),
		TEST(should_stay_replaced_when_restoring_fails),
	};

	(void)argc;
	return RUN_TESTS(tests, argv);
}
