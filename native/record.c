/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - passes the records of repairs from the handler to hb_fault_take().
 *
 * Every window owns one blank record, which is allocated beforehand. The repairing thread fills in
 * the record and pushes it on a lock-free stack. From then on the record is independent of its
 * window, so the window may be restored, repaired again or withdrawn before the record is taken.
 *
 * Takers pop the whole stack with one exchange, never a single element, so there is no ABA problem.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

static _Atomic int event = -1;
static _Atomic(struct record *) pushed; /* newest first */
static _Atomic uint64_t total;

/* Popped, but not yet taken; oldest first. Under the writers' lock. */
static struct record *oldest;
static struct record **end = &oldest;

int record_prepare(void)
{
	int fd = atomic_load_explicit(&event, memory_order_relaxed);

	if (fd >= 0)
		return fd;
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	atomic_store_explicit(&event, fd, memory_order_release);
	return fd;
}

static void announce(void)
{
	int fd = atomic_load_explicit(&event, memory_order_acquire);
	const uint64_t one = 1;

	/*
	 * Calls the kernel directly, because write() is a cancellation point. The call fails only
	 * if the counter is full, and then the eventfd is readable anyway.
	 */
	syscall(SYS_write, fd, &one, sizeof(one));
}

void record_push(struct record *record)
{
	struct record *head = atomic_load_explicit(&pushed, memory_order_relaxed);

	atomic_fetch_add_explicit(&total, 1, memory_order_relaxed);
	do {
		record->next = head;
	} while (!atomic_compare_exchange_weak_explicit(&pushed, &head, record,
							memory_order_release,
							memory_order_relaxed));
	announce();
}

uint64_t record_total(void)
{
	return atomic_load_explicit(&total, memory_order_relaxed);
}

static void reset_event(void)
{
	int fd = atomic_load_explicit(&event, memory_order_relaxed);
	uint64_t count;

	syscall(SYS_read, fd, &count, sizeof(count));
}

/* Appends the records that the handlers have pushed, in reverse order: oldest first. */
static void collect(void)
{
	struct record *newest = atomic_exchange_explicit(&pushed, NULL, memory_order_acquire);
	struct record *first = NULL;
	struct record *record = newest;

	while (record) {
		struct record *next = record->next;

		record->next = first;
		first = record;
		record = next;
	}
	if (first) {
		*end = first;
		end = &newest->next;
	}
}

int hb_fault_eventfd(void)
{
	int fd;

	writers_lock();
	fd = record_prepare();
	writers_unlock();
	return fd;
}

int hb_fault_take(struct hb_fault *out, int max)
{
	int taken = 0;

	if (max < 0)
		return -EINVAL;
	writers_lock();
	/* Reset first: a record that is pushed now is collected, or makes the eventfd readable. */
	reset_event();
	collect();
	while (taken < max && oldest) {
		struct record *record = oldest;

		out[taken++] = record->fault;
		oldest = record->next;
		free(record);
	}
	if (oldest)
		announce();
	else
		end = &oldest;
	writers_unlock();
	return taken;
}
