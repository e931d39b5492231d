/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replacement.c - the memory that takes a device's place.
 *
 * Zeros are anonymous memory. All-ones are private mappings of one prepared file, so the handler
 * need not fill memory, and stores to a dead device have no effect.
 *
 * An all-ones window larger than that file is "lazy". It first becomes a mapping of an empty file,
 * in which every access raises SIGBUS again; each chunk is then mapped at its first access. So one
 * system call replaces a BAR of 64 GiB, which costs memory only where it is accessed. A lazy window
 * therefore needs the handler and must stay published: after disabling or withdrawing, an access to
 * an untouched chunk goes to the old handler.
 *
 * MAP_NORESERVE keeps big zero windows from being charged against the commit limit. The mapping of
 * the empty file is shared and therefore never charged, not even with vm.overcommit_memory=2.
 *
 * After mlockall(MCL_FUTURE) the kernel locks and populates every new mapping, replacements
 * included; MAP_NONBLOCK does not prevent this. An all-ones chunk then takes about 1 ms instead of
 * 5 us, a window of zeros is allocated as a whole (1.7 s per GiB), and both count against
 * RLIMIT_MEMLOCK. Such processes should add MCL_ONFAULT, which prevents the population.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

#define KERNEL_SIGSET_SIZE UINT64_C(8)
#define NO_SUCH_HOW (-1)

static int ones = -1;  /* REPLACEMENT_CHUNK bytes of 0xff */
static int empty = -1; /* no bytes at all */

static int make_memfd(const char *name)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create(name, flags | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create(name, flags);
	return fd < 0 ? -errno : fd;
}

static int fill_with_ones(int fd)
{
	uint8_t block[4096];

	memset(block, 0xff, sizeof(block));
	for (uint64_t done = 0; done < REPLACEMENT_CHUNK;) {
		ssize_t written = write(fd, block, sizeof(block));

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0)
			done += (uint64_t)written;
	}
	return 0;
}

static int seal(int fd, int seals)
{
	seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	return fcntl(fd, F_ADD_SEALS, seals) ? -errno : 0;
}

/*
 * F_SEAL_FUTURE_WRITE (Linux 5.1), as nothing maps the file for writing yet. F_SEAL_WRITE would
 * fail with EBUSY while the kernel itself holds a reference to one of the pages.
 */
static int make_ones(void)
{
	int fd = make_memfd("hotbus-ones");
	int rc;

	if (fd < 0)
		return fd;
	rc = fill_with_ones(fd);
	if (!rc)
		rc = seal(fd, F_SEAL_FUTURE_WRITE);
	if (rc) {
		close(fd);
		return rc;
	}
	return fd;
}

static int make_empty(void)
{
	int fd = make_memfd("hotbus-empty");
	int rc;

	if (fd < 0)
		return fd;
	rc = seal(fd, 0); /* not F_SEAL_WRITE: it is mapped shared and writable */
	if (rc) {
		close(fd);
		return rc;
	}
	return fd;
}

int replacement_prepare(void)
{
	if (ones < 0)
		ones = make_ones();
	if (ones < 0)
		return ones;
	if (empty < 0)
		empty = make_empty();
	return empty < 0 ? empty : 0;
}

/*
 * Calls the kernel directly, because interposed versions of mmap() are not made for signal
 * handlers. The arguments are longs; a variadic int would leave the upper half undefined.
 */
static int map_over(uint64_t start, uint64_t length, long flags, long fd, uint64_t offset)
{
	const long protection = PROT_READ | PROT_WRITE;
	long rc = syscall(SYS_mmap, start, length, protection, flags | MAP_FIXED, fd, offset);

	return rc == -1 ? -errno : 0;
}

static int map_ones(uint64_t start, uint64_t length)
{
	return map_over(start, length, MAP_PRIVATE | MAP_NORESERVE, ones, 0);
}

int replacement_map(uint64_t start, uint64_t length, int32_t fill)
{
	if (fill == HB_FILL_ZEROS)
		return map_over(start, length, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (replacement_is_lazy(length, fill))
		return map_over(start, length, MAP_SHARED, empty, 0);
	return map_ones(start, length);
}

int replacement_map_chunk(uint64_t start, uint64_t length)
{
	return map_ones(start, length);
}

int replacement_undo(uint64_t start, uint64_t length, int fd, uint64_t offset)
{
	return map_over(start, length, MAP_SHARED, fd, offset);
}

bool replacement_readable(uint64_t address)
{
	/*
	 * A faulting load here would end the process, so the kernel tries the load for us.
	 * rt_sigprocmask() copies the new set from user memory (EFAULT if that fails) before it
	 * checks the invalid "how" (EINVAL). The set is 8 bytes; aligned, it stays in the page.
	 */
	syscall(SYS_rt_sigprocmask, NO_SUCH_HOW, address & ~UINT64_C(7), NULL, KERNEL_SIGSET_SIZE);
	return errno != EFAULT;
}
