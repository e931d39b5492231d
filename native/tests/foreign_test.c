/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_test.c - memory in a window that is not ours, or no longer ours. */
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "test.h"

static sigjmp_buf escape;
static volatile sig_atomic_t old_handler_calls;

static void escaping_handler(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)info, (void)context;
	old_handler_calls++;
	siglongjmp(escape, 1);
}

static void install_escaping_handler(void)
{
	struct sigaction action = { .sa_sigaction = escaping_handler, .sa_flags = SA_SIGINFO };

	CHECK_EQUAL(sigaction(SIGBUS, &action, NULL), 0);
}

static bool load_escapes(const volatile uint8_t *at)
{
	if (sigsetjmp(escape, 1))
		return true;
	(void)*at;
	return false;
}

static bool store_escapes(volatile uint8_t *at)
{
	if (sigsetjmp(escape, 1))
		return true;
	*at = 1;
	return false;
}

static bool raise_escapes(void)
{
	if (sigsetjmp(escape, 1))
		return true;
	raise(SIGBUS);
	return false;
}

static void should_pass_on_faults_of_withdrawn_windows(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);

	install_escaping_handler();
	enable();
	CHECK_EQUAL(hb_window_withdraw(d.window), 0);
	unplug(&d);
	CHECK(load_escapes(d.bar));
	CHECK_EQUAL(old_handler_calls, 1);
	expect_no_record();
}

static void should_not_claim_an_address_used_again(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	struct device file = plug(64 * KIB);
	volatile uint8_t *bar;

	install_escaping_handler();
	enable();
	unplug(&d);
	CHECK_EQUAL(d.bar[0], 0xff);
	CHECK_EQUAL(hb_window_withdraw(d.window), 0);
	CHECK_EQUAL(munmap((void *)d.bar, d.size), 0);
	bar = mmap((void *)d.bar, d.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
		   file.fd, 0);
	CHECK(bar == d.bar);
	CHECK_EQUAL(bar[0], DEVICE_BYTE);
	unplug(&file);
	CHECK(load_escapes(bar));
	CHECK_EQUAL(take_one().count, 1); /* the first one only */
}

static void put_over(const struct device *d, int fd)
{
	void *p = mmap((void *)d->bar, d->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
		       0);

	CHECK(p == d->bar);
}

static void should_not_loop_on_other_memory_in_a_window(void)
{
	const uint64_t sizes[] = { 64 * KIB, 4 * MIB };

	install_escaping_handler();
	enable();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct device d = plug_window(sizes[i], HB_FILL_ONES);
		struct device file = plug(sizes[i]);

		unplug(&d);
		CHECK_EQUAL(d.bar[0], 0xff);
		put_over(&d, file.fd); /* without withdrawing the window */
		unplug(&file);
		CHECK(load_escapes(d.bar));
		CHECK_EQUAL(take_one().count, 1);
	}
}

/* On ext4 and others, a shared mapping of an immutable file can be read but not written. */
static bool make_immutable(int fd)
{
	int flags = FS_IMMUTABLE_FL;

	return !ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static void should_not_loop_on_readable_memory_that_faults_on_stores(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	int fd = open("/var/tmp", O_TMPFILE | O_RDWR, 0600);

	if (fd < 0)
		SKIP("/var/tmp has no O_TMPFILE: %s", strerror(errno));
	CHECK_EQUAL(ftruncate(fd, (off_t)d.size), 0);
	install_escaping_handler();
	enable();
	unplug(&d);
	CHECK_EQUAL(d.bar[0], 0xff);
	put_over(&d, fd);
	CHECK_EQUAL(d.bar[0], 0);
	if (!make_immutable(fd))
		SKIP("cannot make a file immutable: %s", strerror(errno));
	if (!store_escapes(d.bar))
		SKIP("this file system lets a mapping write to an immutable file");
	CHECK_EQUAL(old_handler_calls, 1);
}

/* Leaves no private memory, so that mapping the replacement fails. */
static void limit_data(rlim_t bytes)
{
	struct rlimit limit;

	CHECK_EQUAL(getrlimit(RLIMIT_DATA, &limit), 0);
	limit.rlim_cur = bytes;
	CHECK_EQUAL(setrlimit(RLIMIT_DATA, &limit), 0);
}

static void should_pass_on_what_cannot_be_repaired(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	struct device proactive = plug_window(64 * KIB, HB_FILL_ZEROS);
	struct device lazy = plug_window(4 * MIB, HB_FILL_ONES);

	if (SANITIZED_BUILD && !TSAN_BUILD)
		SKIP("AddressSanitizer cannot do without private memory either");
	install_escaping_handler();
	enable();
	CHECK(raise_escapes()); /* a sanitizer allocates at the first signal */
	unplug(&d);
	unplug(&proactive);
	unplug(&lazy);
	limit_data(page_size());
	if (!load_escapes(d.bar) && EMULATED_BUILD)
		SKIP("RLIMIT_DATA is not emulated");
	CHECK_EQUAL(old_handler_calls, 2);
	CHECK_EQUAL(state_of(&d), HB_WINDOW_FAILED);
	CHECK(load_escapes(d.bar));
	CHECK_EQUAL(hb_window_replace(d.window), -ENOMEM);
	CHECK_EQUAL(hb_window_replace(proactive.window), -ENOMEM);
	CHECK_EQUAL(state_of(&proactive), HB_WINDOW_FAILED);
	CHECK(load_escapes(lazy.bar));
	CHECK_EQUAL(state_of(&lazy), HB_WINDOW_FAILED);
	expect_no_record();

	limit_data(RLIM_INFINITY);
	CHECK_EQUAL(hb_window_replace(proactive.window), 0);
	CHECK_EQUAL(proactive.bar[0], 0);
	plug_again(&d);
	CHECK_EQUAL(hb_window_restore(d.window, d.fd, 0), 0);
	CHECK_EQUAL(d.bar[0], DEVICE_BYTE);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		TEST(should_pass_on_faults_of_withdrawn_windows),
		TEST(should_not_claim_an_address_used_again),
		KERNEL_TEST(should_not_loop_on_other_memory_in_a_window),
		TEST(should_not_loop_on_readable_memory_that_faults_on_stores),
		TEST(should_pass_on_what_cannot_be_repaired),
	};

	(void)argc;
	return RUN_TESTS(tests, argv);
}
