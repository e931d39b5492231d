/* SPDX-License-Identifier: Apache-2.0 */
/*
 * internal.h - the declarations that the parts of libhotbus share.
 *
 *	sigbus.c	the signal handler and its place in the chain of handlers
 *	window.c	the life of a window: publish, repair, replace, restore, withdraw
 *	table.c		the windows by address and by id
 *	replacement.c	the memory that takes a device's place
 *	record.c	the records of repairs, from the handler to hb_fault_take()
 *	readers.c	keeps what a handler is looking at from being freed
 *	uevent.c	the kernel's uevent socket
 *
 * Functions marked [signal] are async-signal-safe and never wait. All others need or take the
 * writers' lock, and never run in a signal handler.
 */
#ifndef HOTBUS_INTERNAL_H
#define HOTBUS_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Everything is built with -fvisibility=hidden; the library exports only the public header. */
#pragma GCC visibility push(default)
#include "hotbus.h"
#pragma GCC visibility pop

/* The layouts are shared with Java. */
_Static_assert(sizeof(void *) == 8, "64-bit only");
_Static_assert(sizeof(struct hb_fault) == 40, "hb_fault");
_Static_assert(offsetof(struct hb_fault, address) == 0, "hb_fault.address");
_Static_assert(offsetof(struct hb_fault, time_ns) == 8, "hb_fault.time_ns");
_Static_assert(offsetof(struct hb_fault, repair_ns) == 16, "hb_fault.repair_ns");
_Static_assert(offsetof(struct hb_fault, window) == 24, "hb_fault.window");
_Static_assert(offsetof(struct hb_fault, tid) == 32, "hb_fault.tid");
_Static_assert(offsetof(struct hb_fault, count) == 36, "hb_fault.count");
_Static_assert(sizeof(struct hb_window_info) == 32, "hb_window_info");
_Static_assert(offsetof(struct hb_window_info, address) == 0, "hb_window_info.address");
_Static_assert(offsetof(struct hb_window_info, length) == 8, "hb_window_info.length");
_Static_assert(offsetof(struct hb_window_info, faults) == 16, "hb_window_info.faults");
_Static_assert(offsetof(struct hb_window_info, state) == 24, "hb_window_info.state");
_Static_assert(offsetof(struct hb_window_info, fill) == 28, "hb_window_info.fill");
_Static_assert(sizeof(struct hb_totals) == 16, "hb_totals");
_Static_assert(offsetof(struct hb_totals, windows) == 0, "hb_totals.windows");
_Static_assert(offsetof(struct hb_totals, faults) == 8, "hb_totals.faults");
_Static_assert(sizeof(struct hb_uevent_sender) == 24, "hb_uevent_sender");
_Static_assert(offsetof(struct hb_uevent_sender, port) == 0, "hb_uevent_sender.port");
_Static_assert(offsetof(struct hb_uevent_sender, groups) == 4, "hb_uevent_sender.groups");
_Static_assert(offsetof(struct hb_uevent_sender, pid) == 8, "hb_uevent_sender.pid");
_Static_assert(offsetof(struct hb_uevent_sender, uid) == 12, "hb_uevent_sender.uid");
_Static_assert(offsetof(struct hb_uevent_sender, gid) == 16, "hb_uevent_sender.gid");
_Static_assert(offsetof(struct hb_uevent_sender, truncated) == 20, "hb_uevent_sender.truncated");

/* A handler that needed a lock could deadlock with the code it interrupted. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2 &&
	       ATOMIC_POINTER_LOCK_FREE == 2, "lock-free atomics");

/* readers.c */

/* One lock for all who write the table, the states or the chain, or take records. */
void writers_lock(void);
void writers_unlock(void);

/* [signal] Begins to read data that writers replace. Pass the result to readers_leave(). */
unsigned int readers_enter(void);
void readers_leave(unsigned int phase);

/* Waits until every handler that is inside now has left. The writers' lock must be held. */
void readers_synchronize(void);

/* table.c */

struct window;

/* [signal] The window that address lies in, or NULL. */
struct window *table_find(uint64_t address);

/* All of these under the writers' lock. */
struct window *table_get(int64_t id);
size_t table_count(void);
bool table_overlaps(uint64_t start, uint64_t end);
int table_insert(struct window *window, int64_t id, uint64_t start, uint64_t end);

/* Returns when no handler reads the window any more. */
void table_remove(int64_t id, uint64_t start);

/* window.c */

/*
 * [signal] Handles a bus error at address. Returns true if the instruction may run again, false if
 * the address is in no window. The caller is between readers_enter() and readers_leave().
 */
bool window_repair(uint64_t address);

/* replacement.c */

/* Larger all-ones windows are filled chunk by chunk as they are touched. */
#define REPLACEMENT_CHUNK (UINT64_C(2) << 20)

/* Creates the prepared memory, once. The writers' lock must be held. */
int replacement_prepare(void);

static inline bool replacement_is_lazy(uint64_t length, int32_t fill)
{
	return fill == HB_FILL_ONES && length > REPLACEMENT_CHUNK;
}

/* [signal] Maps the replacement over a window; over a lazy one, memory that always faults. */
int replacement_map(uint64_t start, uint64_t length, int32_t fill);

/* [signal] Maps all-ones over one chunk of a lazy window. */
int replacement_map_chunk(uint64_t start, uint64_t length);

/* Maps the device over its replacement. */
int replacement_undo(uint64_t start, uint64_t length, int fd, uint64_t offset);

/* [signal] Whether a load from address would succeed. */
bool replacement_readable(uint64_t address);

/* record.c */

struct record {
	struct hb_fault fault;
	struct record *next;
};

/* Creates the eventfd, once; returns it. The writers' lock must be held. */
int record_prepare(void);

/* [signal] Passes a record to hb_fault_take(), which frees it. */
void record_push(struct record *record);

/* How many records have been pushed. */
uint64_t record_total(void);

#endif
