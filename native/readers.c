/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers.c - lets signal handlers read data that writers replace, without ever waiting.
 *
 * Handlers count themselves in and out of one of two phases. A writer that has unlinked something
 * directs new handlers to the other phase and waits until the old phase is empty. It does so twice.
 *
 * Why the writer switches before each wait: a phase without newcomers must empty, however many
 * other faults arrive. Only a thread that had read the phase but not yet counted itself can still
 * join late, and only once.
 *
 * Why twice: such a latecomer may still be counted in the phase that was just waited for when the
 * next writer begins. The latecomer reads the data that was current when it counted itself, and the
 * next writer may be about to free that data. With a single switch, the writer would wait only for
 * the other phase.
 *
 * Order: a handler counts itself in, then reads; a writer unlinks, then reads the count. All four
 * operations are sequentially consistent, so at least one side sees the other. Data under this
 * protection must be read and unlinked with memory_order_seq_cst.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "internal.h"

#define YIELDS_BEFORE_SLEEP 64
#define SLEEP_NS 50000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic unsigned int current_phase;
static _Atomic unsigned int inside[2];

void writers_lock(void)
{
	pthread_mutex_lock(&lock);
}

void writers_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

unsigned int readers_enter(void)
{
	unsigned int phase = atomic_load_explicit(&current_phase, memory_order_relaxed);

	atomic_fetch_add_explicit(&inside[phase], 1, memory_order_seq_cst);
	return phase;
}

void readers_leave(unsigned int phase)
{
	atomic_fetch_sub_explicit(&inside[phase], 1, memory_order_release);
}

static void wait_until_empty(unsigned int phase)
{
	const struct timespec nap = { .tv_nsec = SLEEP_NS };
	int yields = 0;

	while (atomic_load_explicit(&inside[phase], memory_order_seq_cst)) {
		/* Yielding alone would starve a handler of lower real-time priority. */
		if (yields++ < YIELDS_BEFORE_SLEEP)
			sched_yield();
		else
			nanosleep(&nap, NULL);
	}
}

void readers_synchronize(void)
{
	for (int turn = 0; turn < 2; turn++) {
		wait_until_empty(atomic_fetch_xor_explicit(&current_phase, 1,
							   memory_order_seq_cst));
	}
}
