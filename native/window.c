/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.c - the life of a window.
 *
 *	LIVE ---> REPAIRING ---> REPLACED ---> RESTORING ---> LIVE
 *	              |                            |
 *	              `--> FAILED -----------------'
 *
 * The thread that changes the state from LIVE to REPAIRING, in a handler or in hb_window_replace(),
 * maps the replacement. So there is one repair even if many threads fault at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/*
 * The most threads that may find, after a change to the memory of a window, that their address has
 * become readable since they faulted. Each thread can do so once per change; no process has so many
 * threads.
 */
#define MAX_LATECOMERS 65536

enum chunk_state {
	CHUNK_EMPTY = 0,
	CHUNK_MAPPING,
	CHUNK_MAPPED,
};

struct window {
	int64_t id;
	uint64_t start;
	uint64_t end;
	int32_t fill;
	_Atomic int32_t state;
	_Atomic uint32_t faults;
	_Atomic uint32_t latecomers;
	bool lazy;

	/* The thread that changed the state to REPAIRING or RESTORING. */
	struct record *blank; /* for the next repair */
	bool restored;	      /* at least once */

	_Atomic uint8_t chunks[]; /* of a lazy window that is REPLACED */
};

static int64_t last_id; /* under the writers' lock */

/* ---- in the signal handler ------------------------------------------------------------------- */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/*
 * Another thread is repairing: run the instruction again; it faults again if it is too early. This
 * does not wait, so the thread can handle other signals meanwhile.
 */
static bool try_again(void)
{
	syscall(SYS_sched_yield);
	return true;
}

static _Atomic uint8_t *chunk_at(struct window *w, uint64_t address)
{
	return &w->chunks[(address - w->start) / REPLACEMENT_CHUNK];
}

static bool fill_chunk(struct window *w, uint64_t address)
{
	_Atomic uint8_t *chunk = chunk_at(w, address);
	uint64_t start = address - (address - w->start) % REPLACEMENT_CHUNK;
	uint64_t left = w->end - start;
	uint8_t state = CHUNK_EMPTY;

	if (!atomic_compare_exchange_strong_explicit(chunk, &state, CHUNK_MAPPING,
						     memory_order_acquire, memory_order_acquire))
		return try_again();
	if (replacement_map_chunk(start, left < REPLACEMENT_CHUNK ? left : REPLACEMENT_CHUNK)) {
		atomic_store_explicit(chunk, CHUNK_EMPTY, memory_order_release);
		return false;
	}
	atomic_store_explicit(&w->latecomers, 0, memory_order_relaxed);
	atomic_store_explicit(chunk, CHUNK_MAPPED, memory_order_release);
	return true;
}

/*
 * Whether this thread faulted before the present memory was mapped, so that it only needs to run
 * the instruction again. Other memory can be readable and still fault on a store, for example a
 * file on a full disk; hence the limit.
 */
static bool is_latecomer(struct window *w, uint64_t address)
{
	return replacement_readable(address) &&
	       atomic_fetch_add_explicit(&w->latecomers, 1, memory_order_relaxed) < MAX_LATECOMERS;
}

/* Repairs the window. This thread has changed the state from LIVE to REPAIRING. */
static bool repair(struct window *w, uint64_t address, uint64_t entered_ns)
{
	struct record *record = w->blank;

	/* A thread that was delayed since before a restore must not replace the device again. */
	if (w->restored && is_latecomer(w, address)) {
		atomic_store_explicit(&w->state, HB_WINDOW_LIVE, memory_order_release);
		return true;
	}
	if (replacement_map(w->start, w->end - w->start, w->fill) ||
	    (w->lazy && !fill_chunk(w, address))) {
		atomic_store_explicit(&w->state, HB_WINDOW_FAILED, memory_order_release);
		return false;
	}
	record->fault = (struct hb_fault){
		.address = address,
		.time_ns = entered_ns,
		.repair_ns = now_ns() - entered_ns,
		.window = w->id,
		.tid = (int32_t)syscall(SYS_gettid),
		.count = atomic_fetch_add_explicit(&w->faults, 1, memory_order_relaxed) + 1,
	};
	w->blank = NULL;
	atomic_store_explicit(&w->latecomers, 0, memory_order_relaxed);
	atomic_store_explicit(&w->state, HB_WINDOW_REPLACED, memory_order_release);
	record_push(record);
	return true;
}

/*
 * A bus error in a window that is already replaced: from a late thread, or in a new chunk of a lazy
 * window, or because other memory was mapped there without withdrawing the window first. The last
 * case is not for this handler, and must not run the instruction again forever.
 */
static bool repair_replaced(struct window *w, uint64_t address)
{
	/* Read before probing: what is mapped after this explains a probe that failed. */
	bool mapped = !w->lazy || atomic_load_explicit(chunk_at(w, address),
						       memory_order_acquire) == CHUNK_MAPPED;

	if (is_latecomer(w, address))
		return true;
	return !mapped && fill_chunk(w, address);
}

bool window_repair(uint64_t address)
{
	uint64_t entered_ns = now_ns();
	struct window *w = table_find(address);
	int32_t state = HB_WINDOW_LIVE;

	if (!w)
		return false;
	if (atomic_compare_exchange_strong_explicit(&w->state, &state, HB_WINDOW_REPAIRING,
						    memory_order_seq_cst, memory_order_seq_cst))
		return repair(w, address, entered_ns);
	switch (state) {
	case HB_WINDOW_REPAIRING:
	case HB_WINDOW_RESTORING:
		return try_again();
	case HB_WINDOW_REPLACED:
		return repair_replaced(w, address);
	default:
		return false;
	}
}

/* ---- windows, under the writers' lock -------------------------------------------------------- */

static size_t chunk_count(uint64_t length, int32_t fill)
{
	return replacement_is_lazy(length, fill) ? (length - 1) / REPLACEMENT_CHUNK + 1 : 0;
}

static void free_window(struct window *w)
{
	free(w->blank);
	free(w);
}

static struct window *make_window(uint64_t start, uint64_t length, int32_t fill)
{
	struct window *w = calloc(1, sizeof(*w) + chunk_count(length, fill));

	if (!w)
		return NULL;
	w->id = ++last_id;
	w->start = start;
	w->end = start + length;
	w->fill = fill;
	w->lazy = replacement_is_lazy(length, fill);
	w->blank = malloc(sizeof(*w->blank));
	if (!w->blank) {
		free(w);
		return NULL;
	}
	return w;
}

/* Returns the state once no handler is repairing, which takes microseconds. */
static int32_t settled_state(struct window *w)
{
	int32_t state;

	while ((state = atomic_load_explicit(&w->state, memory_order_acquire)) ==
	       HB_WINDOW_REPAIRING)
		readers_synchronize();
	return state;
}

static int replace(struct window *w)
{
	int32_t state;
	int rc;

	do {
		state = settled_state(w);
		if (state == HB_WINDOW_REPLACED)
			return 0;
	} while (!atomic_compare_exchange_strong_explicit(&w->state, &state, HB_WINDOW_REPAIRING,
							  memory_order_seq_cst,
							  memory_order_seq_cst));
	rc = replacement_map(w->start, w->end - w->start, w->fill);
	atomic_store_explicit(&w->latecomers, 0, memory_order_relaxed);
	atomic_store_explicit(&w->state, rc ? HB_WINDOW_FAILED : HB_WINDOW_REPLACED,
			      memory_order_release);
	return rc;
}

static int restore(struct window *w, int fd, uint64_t offset)
{
	int32_t state = settled_state(w);
	uint64_t length = w->end - w->start;
	int rc;

	if (state != HB_WINDOW_REPLACED && state != HB_WINDOW_FAILED)
		return -EBUSY;
	if (!w->blank)
		w->blank = malloc(sizeof(*w->blank));
	if (!w->blank)
		return -ENOMEM;

	/*
	 * Handlers that have seen REPLACED may be mapping a chunk or probing a word. Neither must
	 * happen to the device; handlers that come now try again.
	 */
	atomic_store_explicit(&w->state, HB_WINDOW_RESTORING, memory_order_seq_cst);
	readers_synchronize();
	rc = replacement_undo(w->start, length, fd, offset);
	if (rc) {
		atomic_store_explicit(&w->state, state, memory_order_release);
		return rc;
	}
	for (size_t i = 0; i < chunk_count(length, w->fill); i++)
		atomic_store_explicit(&w->chunks[i], CHUNK_EMPTY, memory_order_relaxed);
	atomic_store_explicit(&w->latecomers, 0, memory_order_relaxed);
	w->restored = true;
	atomic_store_explicit(&w->state, HB_WINDOW_LIVE, memory_order_release);
	return 0;
}

static int64_t publish(uint64_t address, uint64_t length, int32_t fill)
{
	struct window *w;
	int rc;

	if (table_overlaps(address, address + length))
		return -EEXIST;
	rc = replacement_prepare();
	if (rc)
		return rc;
	w = make_window(address, length, fill);
	if (!w)
		return -ENOMEM;
	rc = table_insert(w, w->id, w->start, w->end);
	if (rc) {
		free_window(w);
		return rc;
	}
	return w->id;
}

/* ---- the public functions -------------------------------------------------------------------- */

int64_t hb_window_publish(uint64_t address, uint64_t length, int32_t fill)
{
	uint64_t page_offset = (uint64_t)sysconf(_SC_PAGESIZE) - 1;
	int64_t rc;

	if (((address | length) & page_offset) || !length || address + length < address)
		return -EINVAL;
	if (fill != HB_FILL_ONES && fill != HB_FILL_ZEROS)
		return -EINVAL;
	writers_lock();
	rc = publish(address, length, fill);
	writers_unlock();
	return rc;
}

int hb_window_replace(int64_t window)
{
	struct window *w;
	int rc;

	writers_lock();
	w = table_get(window);
	rc = w ? replace(w) : -ENOENT;
	writers_unlock();
	return rc;
}

int hb_window_restore(int64_t window, int fd, uint64_t offset)
{
	struct window *w;
	int rc;

	writers_lock();
	w = table_get(window);
	rc = w ? restore(w, fd, offset) : -ENOENT;
	writers_unlock();
	return rc;
}

int hb_window_withdraw(int64_t window)
{
	struct window *w;

	writers_lock();
	w = table_get(window);
	if (w) {
		table_remove(w->id, w->start);
		free_window(w); /* no handler is inside it any more */
	}
	writers_unlock();
	return w ? 0 : -ENOENT;
}

int hb_window_info(int64_t window, struct hb_window_info *out)
{
	struct window *w;

	writers_lock();
	w = table_get(window);
	if (w)
		*out = (struct hb_window_info){
			.address = w->start,
			.length = w->end - w->start,
			.faults = atomic_load_explicit(&w->faults, memory_order_relaxed),
			.state = atomic_load_explicit(&w->state, memory_order_acquire),
			.fill = w->fill,
		};
	writers_unlock();
	return w ? 0 : -ENOENT;
}

int hb_totals(struct hb_totals *out)
{
	writers_lock();
	*out = (struct hb_totals){ .windows = table_count(), .faults = record_total() };
	writers_unlock();
	return 0;
}
