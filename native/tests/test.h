/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test.h - a small test harness, and a device that can be unplugged.
 *
 * Every test runs in its own process, because handlers and masks belong to the process. A test
 * passes if its process ends with 0. CHECK ends the process at the first failure.
 */
#ifndef TEST_H
#define TEST_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hotbus.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

#define TIMEOUT_SECONDS 240
#define EXIT_SKIPPED 77

#ifdef SANITIZED
#define SANITIZED_BUILD true
#else
#define SANITIZED_BUILD false
#endif

#if defined(__SANITIZE_THREAD__)
#define TSAN_BUILD true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TSAN_BUILD true
#endif
#endif
#ifndef TSAN_BUILD
#define TSAN_BUILD false
#endif

#ifdef EMULATED
#define EMULATED_BUILD true
#else
#define EMULATED_BUILD false
#endif

/* Prints the failure before a sanitizer or a signal can end the process. */
#define FAIL(...)                                                                                  \
	do {                                                                                       \
		fprintf(stderr, "    %s:%d: ", __FILE__, __LINE__);                                \
		fprintf(stderr, __VA_ARGS__);                                                      \
		fprintf(stderr, "\n");                                                             \
		_exit(1);                                                                          \
	} while (0)

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			FAIL("%s", #condition);                                                    \
	} while (0)

#define CHECK_EQUAL(actual, expected)                                                              \
	do {                                                                                       \
		long long actual_ = (long long)(actual);                                           \
		long long expected_ = (long long)(expected);                                       \
		if (actual_ != expected_)                                                          \
			FAIL("%s is %lld (%#llx), not %lld (%#llx)", #actual, actual_, actual_,    \
			     expected_, expected_);                                                \
	} while (0)

#define SKIP(...)                                                                                  \
	do {                                                                                       \
		fprintf(stderr, "    ");                                                           \
		fprintf(stderr, __VA_ARGS__);                                                      \
		fprintf(stderr, "\n");                                                             \
		_exit(EXIT_SKIPPED);                                                               \
	} while (0)

/* Options that make the sanitizers leave SIGBUS to us. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "handle_sigbus=0";
}

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "handle_sigbus=0";
}

struct test {
	const char *name;
	void (*run)(void);
	bool needs_kernel;
};

#define TEST(function) { .name = #function, .run = function }

/*
 * A test that cannot run in qemu-user, which reads arguments of system calls itself and dies where
 * the kernel would return EFAULT. It also dies when a test sends the siginfo of a real fault.
 */
#define KERNEL_TEST(function) { .name = #function, .run = function, .needs_kernel = true }

static inline int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		CHECK(errno == EINTR);
	return status;
}

/* The wait status of run() in a child process. */
static inline int status_of(void (*run)(void))
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		const struct rlimit no_core = { 0 };

		setrlimit(RLIMIT_CORE, &no_core);
		alarm(TIMEOUT_SECONDS);
		run();
		exit(0);
	}
	return wait_for(pid);
}

static inline void print_failure(int status, const char *name)
{
	if (WIFSIGNALED(status))
		printf("FAIL %s (killed by signal %d)\n", name, WTERMSIG(status));
	else
		printf("FAIL %s\n", name);
}

/* Runs all tests, or those whose name contains argv[1]. */
static inline int run_tests(const struct test *tests, size_t count, char **argv)
{
	int passed = 0, failed = 0, skipped = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < count; i++) {
		int status;

		if (argv[1] && !strstr(tests[i].name, argv[1]))
			continue;
		if (EMULATED_BUILD && tests[i].needs_kernel) {
			printf("SKIP %s (qemu-user cannot do this)\n", tests[i].name);
			skipped++;
			continue;
		}
		status = status_of(tests[i].run);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			printf("ok   %s\n", tests[i].name);
			passed++;
		} else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED) {
			printf("SKIP %s\n", tests[i].name);
			skipped++;
		} else {
			print_failure(status, tests[i].name);
			failed++;
		}
	}
	if (skipped)
		printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
	else
		printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}

#define RUN_TESTS(tests, argv) run_tests(tests, sizeof(tests) / sizeof((tests)[0]), argv)

/* ---- a device that can be unplugged ---------------------------------------------------------- */

struct device {
	int fd;
	uint64_t size;
	volatile uint8_t *bar;
	int64_t window;
};

#define DEVICE_BYTE 0x5a

/* Loads a byte. A signal handler may run meanwhile, so nothing is kept in registers across it. */
static inline uint8_t touch(const volatile uint8_t *at)
{
	uint8_t byte;

	atomic_signal_fence(memory_order_seq_cst);
	byte = *at;
	atomic_signal_fence(memory_order_seq_cst);
	return byte;
}

static inline uint64_t page_size(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE);
}

static inline uint64_t address_of(const volatile void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static inline struct device plug(uint64_t size)
{
	struct device d = { .fd = memfd_create("device", MFD_CLOEXEC), .size = size };

	CHECK(d.fd >= 0);
	CHECK_EQUAL(ftruncate(d.fd, (off_t)size), 0);
	d.bar = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, d.fd, 0);
	CHECK(d.bar != MAP_FAILED);
	d.bar[0] = DEVICE_BYTE;
	return d;
}

/* Removes the device: every access to its memory raises SIGBUS from now on. */
static inline void unplug(struct device *d)
{
	CHECK_EQUAL(ftruncate(d->fd, 0), 0);
}

/* Brings the device back without mapping it again. */
static inline void plug_again(struct device *d)
{
	const uint8_t byte = DEVICE_BYTE;

	CHECK_EQUAL(ftruncate(d->fd, (off_t)d->size), 0);
	CHECK_EQUAL(pwrite(d->fd, &byte, 1, 0), 1);
}

static inline void publish(struct device *d, int32_t fill)
{
	d->window = hb_window_publish(address_of(d->bar), d->size, fill);
	CHECK(d->window > 0);
}

static inline struct device plug_window(uint64_t size, int32_t fill)
{
	struct device d = plug(size);

	publish(&d, fill);
	return d;
}

static inline struct hb_window_info info_of(const struct device *d)
{
	struct hb_window_info info;

	CHECK_EQUAL(hb_window_info(d->window, &info), 0);
	return info;
}

static inline int32_t state_of(const struct device *d)
{
	return info_of(d).state;
}

static inline void enable(void)
{
	CHECK_EQUAL(hb_sigbus_enable(), 0);
	CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_ON);
}

static inline struct hb_fault take_one(void)
{
	struct hb_fault faults[2];

	CHECK_EQUAL(hb_fault_take(faults, 2), 1);
	return faults[0];
}

static inline void expect_no_record(void)
{
	struct hb_fault fault;

	CHECK_EQUAL(hb_fault_take(&fault, 1), 0);
}

static inline int32_t own_tid(void)
{
	return (int32_t)syscall(SYS_gettid);
}

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

#endif
