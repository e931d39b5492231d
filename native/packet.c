/* SPDX-License-Identifier: Apache-2.0 */
/* packet.c - the system calls on the data paths of drivers: one call from Java for each burst. */
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "internal.h"

_Static_assert(sizeof(struct hb_frames) == 32, "io.hotbus.os.FrameBurst mirrors the layout");
_Static_assert(sizeof(struct iovec) == 16, "io.hotbus.os.FrameBurst mirrors the layout");

int hb_kick(int fd)
{
	ssize_t sent;

	do {
		sent = send(fd, NULL, 0, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/* The number of buffers, at least 1, that a frame of so many bytes fills. */
static int32_t filled(const struct iovec *buffers, int32_t most, ssize_t bytes)
{
	int32_t n = 0;

	while (n < most && bytes > 0)
		bytes -= (ssize_t)buffers[n++].iov_len;
	return n ? n : 1;
}

int hb_read_frames(int fd, struct hb_frames *burst)
{
	const struct iovec *buffers = (const struct iovec *)(uintptr_t)burst->iovecs;
	int32_t *frames = (int32_t *)(uintptr_t)burst->frames;
	int32_t used = 0, n = 0;

	while (n < burst->count && used + burst->segments <= burst->capacity) {
		ssize_t bytes = readv(fd, buffers + used, burst->segments);

		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes < 0 && n == 0 && errno != EAGAIN)
			return -errno;
		if (bytes < 0)
			break;
		frames[n++] = (int32_t)bytes;
		used += filled(buffers + used, burst->segments, bytes);
	}
	return n;
}

int hb_write_frames(int fd, struct hb_frames *burst)
{
	const struct iovec *buffers = (const struct iovec *)(uintptr_t)burst->iovecs;
	int32_t *frames = (int32_t *)(uintptr_t)burst->frames;
	int32_t n = 0;

	while (n < burst->count) {
		int32_t segments = frames[n];
		ssize_t bytes = writev(fd, buffers, segments);

		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes < 0 && errno == EAGAIN)
			break;
		/* A tap interface that is down, or a descriptor that has none any more. */
		if (bytes < 0 && (errno == EIO || errno == EBADFD)) {
			frames[n] = -errno;
			break;
		}
		frames[n++] = bytes < 0 ? -errno : (int32_t)bytes;
		buffers += segments;
	}
	return n;
}
