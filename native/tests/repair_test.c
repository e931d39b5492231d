/* SPDX-License-Identifier: Apache-2.0 */
/* repair_test.c - what a repaired access reads, and which thread repairs when many fault. */
#include "test.h"

#define THREADS 64
#define MANY 10000

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

/* All windows share the ones: whoever could write to them would change what all of them read. */
static void should_let_nobody_change_what_replaced_windows_read(void)
{
	char link[64], target[64];
	int found = 0;

	enable();
	for (int fd = 0; fd < 64; fd++) {
		ssize_t length;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		length = readlink(link, target, sizeof(target) - 1);
		target[length > 0 ? length : 0] = 0;
		if (strncmp(target, "/memfd:hotbus-ones", strlen("/memfd:hotbus-ones")))
			continue;
		found++;
		CHECK_EQUAL(pwrite(fd, target, 1, 0), -1);
		CHECK_EQUAL(ftruncate(fd, 0), -1);
		CHECK(mmap(NULL, page_size(), PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	}
	CHECK_EQUAL(found, 1);
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

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		TEST(should_read_all_ones_at_every_width),
		TEST(should_read_zeros_where_asked_to),
		KERNEL_TEST(should_let_nobody_change_what_replaced_windows_read),
		TEST(should_keep_stores_to_a_replaced_window),
		KERNEL_TEST(should_replace_the_window_and_nothing_beside_it),
		KERNEL_TEST(should_preserve_errno),
		TEST(should_leave_the_signal_mask_alone),
		KERNEL_TEST(should_repair_windows_of_every_size),
		TEST(should_not_populate_a_huge_window_of_a_locked_process),
		TEST(should_repair_once_when_many_threads_fault_at_once),
		KERNEL_TEST(should_fill_chunks_once_when_many_threads_fault_at_once),
		TEST(should_repair_each_of_many_windows_once),
	};

	(void)argc;
	return RUN_TESTS(tests, argv);
}
