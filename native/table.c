/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.c - the windows by address, for the handler, and by id, for all other code.
 *
 * A table never changes once it is published. A writer fills the spare table, exchanges the two and
 * waits until no handler reads the old table, which becomes the spare.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define FIRST_CAPACITY 64

struct entry {
	uint64_t start;
	uint64_t end;
	struct window *window;
};

struct table {
	size_t capacity;
	size_t count;
	struct entry entries[]; /* ascending, not overlapping */
};

struct id_entry {
	int64_t id;
	struct window *window;
};

static struct table no_windows;
static _Atomic(struct table *) published = &no_windows;

/* All below under the writers' lock. */

/* Has room for at least the published entries less one, so that a removal never allocates. */
static struct table *spare = &no_windows;

/* Ascending, because ids are; as many as the published table has entries. */
static struct id_entry *by_id;
static size_t by_id_capacity;

/* Index of the first entry that ends behind address. */
static size_t find_address(const struct table *table, uint64_t address)
{
	size_t low = 0;
	size_t high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->entries[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct window *table_find(uint64_t address)
{
	const struct table *table = atomic_load_explicit(&published, memory_order_seq_cst);
	size_t i = find_address(table, address);

	if (i == table->count || table->entries[i].start > address)
		return NULL;
	return table->entries[i].window;
}

/* Only writers change it, and they exclude each other. */
static const struct table *published_now(void)
{
	return atomic_load_explicit(&published, memory_order_relaxed);
}

static void publish_spare(void)
{
	spare = atomic_exchange_explicit(&published, spare, memory_order_seq_cst);
	readers_synchronize();
}

size_t table_count(void)
{
	return published_now()->count;
}

/* Index of the first window whose id is not below id. */
static size_t find_id(int64_t id)
{
	size_t low = 0;
	size_t high = published_now()->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_id[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct window *table_get(int64_t id)
{
	size_t i = find_id(id);

	return i < published_now()->count && by_id[i].id == id ? by_id[i].window : NULL;
}

bool table_overlaps(uint64_t start, uint64_t end)
{
	const struct table *now = published_now();
	size_t i = find_address(now, start);

	return i < now->count && now->entries[i].start < end;
}

static int reserve_spare(size_t count)
{
	size_t capacity = spare->capacity ? spare->capacity * 2 : FIRST_CAPACITY;
	struct table *larger;

	if (count <= spare->capacity)
		return 0;
	larger = malloc(sizeof(*larger) + capacity * sizeof(larger->entries[0]));
	if (!larger)
		return -ENOMEM;
	larger->capacity = capacity;
	if (spare != &no_windows)
		free(spare);
	spare = larger;
	return 0;
}

static int reserve_id(size_t count)
{
	size_t capacity = by_id_capacity ? by_id_capacity * 2 : FIRST_CAPACITY;
	struct id_entry *larger;

	if (count <= by_id_capacity)
		return 0;
	larger = realloc(by_id, capacity * sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	by_id = larger;
	by_id_capacity = capacity;
	return 0;
}

int table_insert(struct window *window, int64_t id, uint64_t start, uint64_t end)
{
	const struct table *now = published_now();
	size_t at = find_address(now, start);
	int rc = reserve_spare(now->count + 1);

	if (!rc)
		rc = reserve_id(now->count + 1);
	if (rc)
		return rc;
	memcpy(spare->entries, now->entries, at * sizeof(now->entries[0]));
	spare->entries[at] = (struct entry){ .start = start, .end = end, .window = window };
	memcpy(&spare->entries[at + 1], &now->entries[at],
	       (now->count - at) * sizeof(now->entries[0]));
	spare->count = now->count + 1;
	by_id[now->count] = (struct id_entry){ .id = id, .window = window };
	publish_spare();
	return 0;
}

void table_remove(int64_t id, uint64_t start)
{
	const struct table *now = published_now();
	size_t at = find_address(now, start);
	size_t id_at = find_id(id);

	memcpy(spare->entries, now->entries, at * sizeof(now->entries[0]));
	memcpy(&spare->entries[at], &now->entries[at + 1],
	       (now->count - at - 1) * sizeof(now->entries[0]));
	spare->count = now->count - 1;
	memmove(&by_id[id_at], &by_id[id_at + 1], (now->count - id_at - 1) * sizeof(by_id[0]));
	publish_spare();
}
