/* SPDX-License-Identifier: Apache-2.0 */
/* window_test.c - windows, their replacement memory and their records. */
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "test.h"

#define THREADS 64
#define MANY 10000

static void enable(void)
{
	CHECK_EQUAL(hb_sigbus_enable(), 0);
}

static struct hb_fault take_one(void)
{
	struct hb_fault faults[2];

	CHECK_EQUAL(hb_fault_take(faults, 2), 1);
	return faults[0];
}

static void expect_no_record(void)
{
	struct hb_fault fault;

	CHECK_EQUAL(hb_fault_take(&fault, 1), 0);
}

static uint64_t resident_bytes(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	unsigned long size, resident;

	CHECK(statm);
	CHECK_EQUAL(fscanf(statm, "%lu %lu", &size, &resident), 2);
	fclose(statm);
	return resident * page_size();
}

/* ---- what a repaired access reads ------------------------------------------------------------ */

static void should_read_all_ones_at_every_width(void)
{
	struct device d;

	enable();
	for (int width = 1; width <= 8; width *= 2) {
		d = plug_window(128 * KIB, HB_FILL_ONES);
		CHECK_EQUAL(d.bar[0], DEVICE_BYTE);
		unplug(&d);
		if (width == 1)
			CHECK(d.bar[0x10] == UINT8_MAX);
		else if (width == 2)
			CHECK(*(volatile uint16_t *)(d.bar + 0x10) == UINT16_MAX);
		else if (width == 4)
			CHECK(*(volatile uint32_t *)(d.bar + 0x10) == UINT32_MAX);
		else
			CHECK(*(volatile uint64_t *)(d.bar + 0x10) == UINT64_MAX);
		CHECK_EQUAL(state_of(&d), HB_WINDOW_REPLACED);
	}
	CHECK_EQUAL(hb_fault_take((struct hb_fault[8]){ 0 }, 8), 4);
}

static void should_read_zeros_where_asked_to(void)
{
	struct device d = plug_window(3 * MIB, HB_FILL_ZEROS);

	enable();
	CHECK_EQUAL(info_of(&d).fill, HB_FILL_ZEROS);
	unplug(&d);
	for (uint64_t i = 0; i < d.size; i += page_size())
		CHECK_EQUAL(*(volatile uint64_t *)(d.bar + i), 0);
	CHECK_EQUAL(take_one().window, d.window);
}

static void should_keep_stores_to_a_replaced_window(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	struct device other = plug_window(64 * KIB, HB_FILL_ONES);

	enable();
	unplug(&d);
	*(volatile uint32_t *)(d.bar + 8) = 0x12345678; /* the store itself faults */
	CHECK_EQUAL(*(volatile uint32_t *)(d.bar + 8), 0x12345678);
	CHECK_EQUAL(*(volatile uint32_t *)(d.bar + 12), UINT32_MAX);
	unplug(&other);
	CHECK_EQUAL(*(volatile uint32_t *)(other.bar + 8), UINT32_MAX);
}

static void should_replace_the_window_and_nothing_beside_it(void)
{
	struct device d = plug(4 * MIB + 3 * page_size());
	uint64_t start = page_size();
	uint64_t length = d.size - 2 * page_size();

	enable();
	d.window = hb_window_publish(address_of(d.bar) + start, length, HB_FILL_ONES);
	CHECK(d.window > 0);
	CHECK_EQUAL(ftruncate(d.fd, (off_t)page_size()), 0);
	CHECK_EQUAL(d.bar[start], 0xff);
	CHECK_EQUAL(d.bar[start + length - 1], 0xff); /* the last, clipped chunk */
	plug_again(&d);
	CHECK_EQUAL(d.bar[0], DEVICE_BYTE);
	CHECK_EQUAL(d.bar[start + length], 0);
}

static void should_preserve_errno(void)
{
	struct device d = plug_window(4 * MIB, HB_FILL_ONES);

	enable();
	unplug(&d);
	for (uint64_t i = 0; i < d.size; i += MIB) {
		errno = ERANGE;
		CHECK_EQUAL(touch(d.bar + i), 0xff);
		CHECK_EQUAL(errno, ERANGE);
	}
}

static void should_leave_the_signal_mask_alone(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	sigset_t before, after;

	enable();
	sigemptyset(&before);
	sigaddset(&before, SIGUSR2);
	CHECK_EQUAL(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
	unplug(&d);
	CHECK_EQUAL(d.bar[0], 0xff);
	CHECK_EQUAL(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
	for (int signo = 1; signo < 32; signo++)
		CHECK_EQUAL(sigismember(&after, signo), signo == SIGUSR2);
}

static void should_repair_windows_of_every_size(void)
{
	const uint64_t sizes[] = { page_size(), 64 * KIB, MIB, 2 * MIB, 2 * MIB + page_size(),
				   16 * MIB, GIB, 64 * GIB };

	enable();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct device d = plug_window(sizes[i], HB_FILL_ONES);
		uint64_t before = resident_bytes();

		unplug(&d);
		CHECK_EQUAL(d.bar[0], 0xff);
		CHECK_EQUAL(d.bar[d.size / 2], 0xff);
		CHECK_EQUAL(d.bar[d.size - 1], 0xff);
		if (!SANITIZED_BUILD && !EMULATED_BUILD)
			CHECK(resident_bytes() < before + 7 * MIB);
		CHECK_EQUAL(take_one().count, 1); /* chunks leave no record */
		CHECK_EQUAL(info_of(&d).faults, 1);
		CHECK_EQUAL(hb_window_withdraw(d.window), 0);
		CHECK_EQUAL(munmap((void *)d.bar, d.size), 0);
		close(d.fd);
	}
}

static void should_not_populate_a_huge_window_of_a_locked_process(void)
{
	struct device d = plug_window(GIB, HB_FILL_ONES);
	uint64_t before;

	enable();
	if (mlockall(MCL_FUTURE))
		SKIP("mlockall: %s", strerror(errno));
	before = resident_bytes();
	unplug(&d);
	CHECK_EQUAL(d.bar[d.size / 2], 0xff);
	CHECK(resident_bytes() < before + 16 * MIB);
}

/* ---- records --------------------------------------------------------------------------------- */

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

/* ---- many threads, many windows -------------------------------------------------------------- */

struct crowd {
	struct device device;
	pthread_barrier_t barrier;
	uint64_t stride;
	_Atomic int wrong;
	_Atomic int tid_sum;
};

struct crowd_member {
	struct crowd *crowd;
	int index;
	int32_t tid;
};

static void *load_at_once(void *arg)
{
	struct crowd_member *me = arg;
	struct crowd *crowd = me->crowd;

	me->tid = own_tid();
	pthread_barrier_wait(&crowd->barrier);
	if (crowd->device.bar[(uint64_t)me->index * crowd->stride] != 0xff)
		atomic_fetch_add(&crowd->wrong, 1);
	return NULL;
}

static void let_all_fault_at_once(uint64_t size, uint64_t stride)
{
	static struct crowd crowd;
	static struct crowd_member members[THREADS];
	pthread_t threads[THREADS];
	struct hb_fault fault;
	bool found = false;

	crowd.device = plug_window(size, HB_FILL_ONES);
	crowd.stride = stride;
	crowd.wrong = 0;
	CHECK_EQUAL(pthread_barrier_init(&crowd.barrier, NULL, THREADS), 0);
	unplug(&crowd.device);
	for (int i = 0; i < THREADS; i++) {
		members[i] = (struct crowd_member){ .crowd = &crowd, .index = i };
		CHECK_EQUAL(pthread_create(&threads[i], NULL, load_at_once, &members[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
	CHECK_EQUAL(crowd.wrong, 0);
	fault = take_one();
	for (int i = 0; i < THREADS; i++)
		found |= members[i].tid == fault.tid &&
			 fault.address == address_of(crowd.device.bar) + (uint64_t)i * stride;
	CHECK(found);
	CHECK_EQUAL(fault.count, 1);
	CHECK_EQUAL(hb_window_withdraw(crowd.device.window), 0);
	CHECK_EQUAL(munmap((void *)crowd.device.bar, size), 0);
	close(crowd.device.fd);
	pthread_barrier_destroy(&crowd.barrier);
}

static void should_repair_once_when_many_threads_fault_at_once(void)
{
	enable();
	for (int round = 0; round < 20; round++)
		let_all_fault_at_once(128 * KIB, 8);
}

static void should_fill_chunks_once_when_many_threads_fault_at_once(void)
{
	enable();
	for (int round = 0; round < 10; round++) {
		let_all_fault_at_once(64 * MIB, MIB - 8); /* two threads or more a chunk */
		let_all_fault_at_once(64 * MIB, 8);	  /* all in one */
	}
}

static void should_repair_each_of_many_windows_once(void)
{
	static struct hb_fault faults[MANY + 1];
	static int64_t windows[MANY];
	uint64_t page = page_size();
	struct device d = plug(MANY * page);
	clock_t started = clock();

	enable();
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t at = (i * 7919) % MANY; /* in no particular order */

		windows[at] = hb_window_publish(address_of(d.bar) + at * page, page, HB_FILL_ONES);
		CHECK(windows[at] > 0);
	}
	if (!SANITIZED_BUILD && !EMULATED_BUILD)
		CHECK(clock() - started < CLOCKS_PER_SEC); /* of processor time, for all */
	unplug(&d);
	for (uint64_t i = 0; i < MANY; i++)
		CHECK_EQUAL(*(volatile uint64_t *)(d.bar + i * page), UINT64_MAX);
	CHECK_EQUAL(hb_fault_take(faults, MANY + 1), MANY);
	for (uint64_t i = 0; i < MANY; i++) {
		CHECK_EQUAL(faults[i].window, windows[i]);
		CHECK_EQUAL(faults[i].address, address_of(d.bar) + i * page);
	}
	for (uint64_t i = 0; i < MANY; i++)
		CHECK_EQUAL(hb_window_withdraw(windows[(i * 4001) % MANY]), 0);
	CHECK_EQUAL(hb_window_withdraw(windows[0]), -ENOENT);
}

/* ---- publish, replace, restore, withdraw ----------------------------------------------------- */

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
	/* Neighbours are welcome, and ids are not used again. */
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

/* ---- memory that is not ours (any more) ------------------------------------------------------ */

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

/* On ext4 and others a shared mapping of a file that became immutable can be read, not written. */
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

/* With no private memory left, mapping the replacement fails. */
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
		TEST(should_read_all_ones_at_every_width),
		TEST(should_read_zeros_where_asked_to),
		TEST(should_keep_stores_to_a_replaced_window),
		KERNEL_TEST(should_replace_the_window_and_nothing_beside_it),
		KERNEL_TEST(should_preserve_errno),
		TEST(should_leave_the_signal_mask_alone),
		KERNEL_TEST(should_repair_windows_of_every_size),
		TEST(should_not_populate_a_huge_window_of_a_locked_process),
		TEST(should_record_each_repair),
		TEST(should_signal_the_eventfd_until_all_is_taken),
		TEST(should_keep_records_beyond_withdrawal),
		KERNEL_TEST(should_keep_the_record_of_every_repair_of_a_window),
		TEST(should_repair_once_when_many_threads_fault_at_once),
		KERNEL_TEST(should_fill_chunks_once_when_many_threads_fault_at_once),
		TEST(should_repair_each_of_many_windows_once),
		TEST(should_refuse_what_is_no_window),
		TEST(should_refuse_unknown_windows),
		TEST(should_describe_a_window),
		TEST(should_count_windows_and_faults),
		KERNEL_TEST(should_replace_without_a_fault),
		KERNEL_TEST(should_restore_a_device_that_came_back),
		TEST(should_stay_replaced_when_restoring_fails),
		TEST(should_pass_on_faults_of_withdrawn_windows),
		TEST(should_not_claim_an_address_used_again),
		KERNEL_TEST(should_not_loop_on_other_memory_in_a_window),
		TEST(should_not_loop_on_readable_memory_that_faults_on_stores),
		TEST(should_pass_on_what_cannot_be_repaired),
	};

	(void)argc;
	return RUN_TESTS(tests, argv);
}
