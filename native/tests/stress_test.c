/* SPDX-License-Identifier: Apache-2.0 */
/* stress_test.c - writers while other threads access the windows without pause. */
#include <poll.h>
#include <sched.h>

#include "test.h"

#define POLLERS 6
#define ROUNDS (SANITIZED_BUILD || EMULATED_BUILD ? 200 : 500)
#define DEVICES 4

/* Stray faults in a row; with a correct caller they last no longer than entering the handler. */
#define MAX_STRAY_IN_A_ROW 1000000

static struct device devices[DEVICES];
static atomic_bool stop;
static _Atomic uint64_t loads;
static _Atomic uint64_t stray; /* faults that reached the handler before ours */
static _Thread_local sigjmp_buf escape;

/* Lets the access run again. Fails only if the stray faults never end. */
static void count_stray(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)context;
	if (atomic_fetch_add(&stray, 1) > MAX_STRAY_IN_A_ROW)
		FAIL("%p is not repaired", info->si_addr);
}

static void escape_when_stopped(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)info, (void)context;
	atomic_fetch_add(&stray, 1);
	if (atomic_load(&stop))
		siglongjmp(escape, 1);
}

static void install(void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	CHECK_EQUAL(sigaction(SIGBUS, &action, NULL), 0);
	CHECK_EQUAL(hb_sigbus_enable(), 0);
}

static void *poll_devices(void *arg)
{
	uint64_t at = address_of(arg);

	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		struct device *d = &devices[at % DEVICES];

		(void)d->bar[(at * 4099) % d->size];
		at++;
		atomic_fetch_add_explicit(&loads, 1, memory_order_relaxed);
	}
	return NULL;
}

static void *storm(void *arg)
{
	volatile uint8_t *bar = arg;

	if (!sigsetjmp(escape, 1))
		(void)*bar; /* faults until stopped */
	return NULL;
}

static void start(pthread_t *threads, void *(*run)(void *), void *(*arg)(int))
{
	for (int i = 0; i < POLLERS; i++)
		CHECK_EQUAL(pthread_create(&threads[i], NULL, run, arg(i)), 0);
}

static void stop_and_join(pthread_t *threads)
{
	atomic_store(&stop, true);
	for (int i = 0; i < POLLERS; i++)
		CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
}

static void *number(int i)
{
	return (void *)(uintptr_t)(i + 1);
}

static void *first_bar(int i)
{
	(void)i;
	return (void *)devices[0].bar;
}

/* Waits for a repair, and checks that there is only one. */
static void take_just(const struct device *d, uint32_t count)
{
	struct pollfd p = { .fd = hb_fault_eventfd(), .events = POLLIN };
	struct hb_fault faults[2];

	CHECK_EQUAL(poll(&p, 1, -1), 1);
	CHECK_EQUAL(hb_fault_take(faults, 2), 1);
	CHECK_EQUAL(faults[0].window, d->window);
	CHECK_EQUAL(faults[0].count, count);
	CHECK(faults[0].address >= address_of(d->bar));
	CHECK(faults[0].address < address_of(d->bar) + d->size);
}

static void expect_no_more_records(void)
{
	struct hb_fault fault;

	CHECK_EQUAL(hb_fault_take(&fault, 1), 0);
}

/*
 * The state of the window once no late thread repairs it. A thread that faulted before a restore
 * and was delayed checks whether its address is readable by now. The window is REPAIRING meanwhile,
 * and then returns to its previous state.
 */
static int32_t settled_state_of(const struct device *d)
{
	int32_t state;

	while ((state = state_of(d)) == HB_WINDOW_REPAIRING)
		sched_yield();
	return state;
}

static void plug_all(void)
{
	for (int i = 0; i < DEVICES; i++) /* every other one is lazy */
		devices[i] = plug(i % 2 ? 5 * MIB : 128 * KIB);
}

static void map_again(struct device *d)
{
	const long protection = PROT_READ | PROT_WRITE;
	const long flags = MAP_SHARED | MAP_FIXED;

	plug_again(d);
	/* Calls the kernel directly: ThreadSanitizer would see mmap() as a store to all of it. */
	CHECK_EQUAL(syscall(SYS_mmap, d->bar, d->size, protection, flags, (long)d->fd, 0L),
		    address_of(d->bar));
}

static void should_repair_once_per_publication(void)
{
	pthread_t threads[POLLERS];

	plug_all();
	install(count_stray);
	start(threads, poll_devices, number);
	for (int round = 0; round < ROUNDS; round++) {
		/* Small windows only: a lazy window must not be withdrawn while threads poll it. */
		struct device *d = &devices[round % 2 ? 0 : 2];

		publish(d, HB_FILL_ONES);
		unplug(d);
		take_just(d, 1);
		CHECK_EQUAL(state_of(d), HB_WINDOW_REPLACED);
		CHECK_EQUAL(hb_window_withdraw(d->window), 0);
		expect_no_more_records(); /* withdrawing has waited for all handlers inside */
		map_again(d);
		atomic_store(&stray, 0);
	}
	stop_and_join(threads);
	CHECK(atomic_load(&loads) > 0);
}

static void should_repair_once_per_restoration(void)
{
	pthread_t threads[POLLERS];

	plug_all();
	for (int i = 0; i < DEVICES; i++)
		publish(&devices[i], HB_FILL_ONES);
	install(count_stray);
	start(threads, poll_devices, number);
	for (int round = 0; round < ROUNDS; round++) {
		struct device *d = &devices[round % DEVICES];

		unplug(d);
		take_just(d, (uint32_t)(round / DEVICES + 1));
		plug_again(d);
		CHECK_EQUAL(hb_window_restore(d->window, d->fd, 0), 0);
		CHECK_EQUAL(settled_state_of(d), HB_WINDOW_LIVE);
		expect_no_more_records();
	}
	stop_and_join(threads);
	CHECK_EQUAL(stray, 0);
}

static void should_replace_once_against_faults(void)
{
	pthread_t threads[POLLERS];

	plug_all();
	for (int i = 0; i < DEVICES; i++)
		publish(&devices[i], HB_FILL_ONES);
	install(count_stray);
	start(threads, poll_devices, number);
	for (int round = 0; round < ROUNDS; round++) {
		struct device *d = &devices[round % DEVICES];
		uint64_t before = info_of(d).faults;
		uint64_t repairs;
		struct hb_fault faults[2];

		unplug(d);
		CHECK_EQUAL(hb_window_replace(d->window), 0);
		CHECK_EQUAL(state_of(d), HB_WINDOW_REPLACED);
		plug_again(d);
		CHECK_EQUAL(hb_window_restore(d->window, d->fd, 0), 0);
		repairs = info_of(d).faults - before;
		CHECK(repairs <= 1);
		CHECK_EQUAL(hb_fault_take(faults, 2), repairs);
	}
	stop_and_join(threads);
	CHECK_EQUAL(stray, 0);
}

/* All threads fault all the time in other windows; writers must still make progress. */
static void should_withdraw_in_a_storm_of_other_faults(void)
{
	pthread_t threads[POLLERS];

	devices[0] = plug(128 * KIB);
	unplug(&devices[0]);
	install(escape_when_stopped);
	start(threads, storm, first_bar);
	while (!atomic_load(&stray))
		sched_yield();
	for (int round = 0; round < ROUNDS; round++) {
		struct device d = plug_window(64 * KIB, HB_FILL_ONES);

		unplug(&d);
		CHECK_EQUAL(d.bar[0], 0xff);
		take_just(&d, 1);
		CHECK_EQUAL(hb_window_withdraw(d.window), 0);
		CHECK_EQUAL(munmap((void *)d.bar, d.size), 0);
		close(d.fd);
	}
	stop_and_join(threads);
}

static void *enable_and_disable(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		CHECK_EQUAL(hb_sigbus_disable(), 0);
		CHECK_EQUAL(hb_sigbus_enable(), 0);
	}
	return NULL;
}

static void *nothing(int i)
{
	(void)i;
	return NULL;
}

/* Every fault is handled, whether our handler or the previous one is installed at that moment. */
static void should_enable_and_disable_while_threads_fault(void)
{
	pthread_t stormers[POLLERS], togglers[POLLERS];
	uint64_t before;

	devices[0] = plug(128 * KIB);
	unplug(&devices[0]);
	install(escape_when_stopped);
	start(stormers, storm, first_bar);
	start(togglers, enable_and_disable, nothing);
	before = atomic_load(&stray);
	while (atomic_load(&stray) < before + 50 * (uint64_t)ROUNDS)
		sched_yield();
	stop_and_join(togglers);
	stop_and_join(stormers);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		TEST(should_repair_once_per_publication),
		KERNEL_TEST(should_repair_once_per_restoration),
		KERNEL_TEST(should_replace_once_against_faults),
		TEST(should_withdraw_in_a_storm_of_other_faults),
		TEST(should_enable_and_disable_while_threads_fault),
	};

	(void)argc;
	return RUN_TESTS(tests, argv);
}
