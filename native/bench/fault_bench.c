/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault_bench.c - what one load costs that faults and is repaired.
 *
 * The device is a memfd of 128 KiB, unplugged by ftruncate(). "bare" is the least that a handler
 * can do: one known window, one mmap. Times are of the load alone, as its thread sees it.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "hotbus.h"

#define SIZE (128u << 10)
#define ROUNDS 2000
#define MANY 10000
#define THREADS 64

static int device_fd;
static volatile uint8_t *bar;
static int ones_fd;
static uint64_t samples[ROUNDS * THREADS];

static void must(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t timed_load(void)
{
	uint64_t start = now_ns();
	uint8_t byte = *bar;
	uint64_t end = now_ns();

	must(byte == 0xff, "not repaired");
	return end - start;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void report(const char *name, size_t count)
{
	qsort(samples, count, sizeof(samples[0]), compare);
	printf("%-36s %8.1f %8.1f %8.1f\n", name, (double)samples[count / 2] / 1e3,
	       (double)samples[count * 99 / 100] / 1e3, (double)samples[count - 1] / 1e3);
}

static void plug(void)
{
	must(!ftruncate(device_fd, SIZE), "ftruncate");
}

static void unplug(void)
{
	must(!ftruncate(device_fd, 0), "ftruncate");
}

static void map_device(void)
{
	must(mmap((void *)bar, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, device_fd,
		  0) == bar, "mmap");
}

/* ---- bare ------------------------------------------------------------------------------------ */

static void bare_handler(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)info, (void)context;
	mmap((void *)bar, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, ones_fd, 0);
}

static void bench_bare(void)
{
	struct sigaction action = { .sa_sigaction = bare_handler, .sa_flags = SA_SIGINFO };
	struct sigaction before;

	must(!sigaction(SIGBUS, &action, &before), "sigaction");
	for (int i = 0; i < ROUNDS; i++) {
		plug();
		map_device();
		unplug();
		samples[i] = timed_load();
	}
	must(!sigaction(SIGBUS, &before, NULL), "sigaction");
	report("bare handler", ROUNDS);
}

/* ---- libhotbus ------------------------------------------------------------------------------- */

static void restore(int64_t window)
{
	struct hb_fault faults[2];

	must(hb_fault_take(faults, 2) <= 1, "one record");
	plug();
	must(!hb_window_restore(window, device_fd, 0), "hb_window_restore");
}

static void bench_hotbus(const char *name, int64_t window)
{
	for (int i = 0; i < ROUNDS; i++) {
		unplug();
		samples[i] = timed_load();
		restore(window);
	}
	report(name, ROUNDS);
}

/* A new window each time: its first fault needs no probe for latecomers of a restore. */
static void bench_first_fault(const char *name)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct hb_fault fault;
		int64_t window = hb_window_publish((uint64_t)(uintptr_t)bar, SIZE, HB_FILL_ONES);

		must(window > 0, "hb_window_publish");
		unplug();
		samples[i] = timed_load();
		must(hb_fault_take(&fault, 1) == 1, "one record");
		must(!hb_window_withdraw(window), "hb_window_withdraw");
		plug();
		map_device();
	}
	report(name, ROUNDS);
}

static void publish_others(void)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t start = now_ns();
	char *area = mmap(NULL, MANY * 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(area != MAP_FAILED, "mmap");
	for (uint64_t i = 0; i < MANY - 1; i++)
		must(hb_window_publish((uint64_t)(uintptr_t)area + i * 2 * page, page,
				       HB_FILL_ONES) > 0, "hb_window_publish");
	printf("(publishing %d windows took %.1f ms)\n", MANY, (double)(now_ns() - start) / 1e6);
}

static pthread_barrier_t barrier;

static void *load_each_round(void *arg)
{
	uint64_t *mine = arg;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&barrier); /* unplugged */
		mine[i] = timed_load();
		pthread_barrier_wait(&barrier); /* to be restored */
	}
	return NULL;
}

static void bench_threads(int64_t window)
{
	pthread_t threads[THREADS];

	must(!pthread_barrier_init(&barrier, NULL, THREADS + 1), "pthread_barrier_init");
	for (int i = 0; i < THREADS; i++)
		must(!pthread_create(&threads[i], NULL, load_each_round, &samples[i * ROUNDS]),
		     "pthread_create");
	for (int i = 0; i < ROUNDS; i++) {
		unplug();
		pthread_barrier_wait(&barrier);
		pthread_barrier_wait(&barrier);
		restore(window);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	report("libhotbus, 64 threads on one window", ROUNDS * THREADS);
}

int main(void)
{
	static uint8_t ones[SIZE];
	int64_t window;

	device_fd = memfd_create("device", MFD_CLOEXEC);
	ones_fd = memfd_create("ones", MFD_CLOEXEC);
	must(device_fd >= 0 && ones_fd >= 0, "memfd_create");
	memset(ones, 0xff, sizeof(ones));
	must(write(ones_fd, ones, sizeof(ones)) == sizeof(ones), "write");
	plug();
	bar = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, device_fd, 0);
	must(bar != MAP_FAILED, "mmap");

	printf("%-36s %8s %8s %8s  (us, %d rounds)\n", "", "p50", "p99", "max", ROUNDS);
	bench_bare();
	plug();
	map_device();
	must(!hb_sigbus_enable(), "hb_sigbus_enable");
	bench_first_fault("libhotbus, 1 new window");
	window = hb_window_publish((uint64_t)(uintptr_t)bar, SIZE, HB_FILL_ONES);
	bench_hotbus("libhotbus, 1 restored window", window);
	bench_threads(window);
	publish_others();
	bench_hotbus("libhotbus, same among 10000 windows", window);
	return 0;
}
