/* SPDX-License-Identifier: Apache-2.0 */
/* packet_test.c - bursts of frames, over a pair of sockets that keep them apart. */
#include <sys/socket.h>
#include <sys/uio.h>

#include "test.h"

#define ROOM 100
#define BUFFERS 8

static char room[BUFFERS][ROOM];
static struct iovec iovecs[BUFFERS];
static int32_t frames[BUFFERS];

static struct hb_frames burst_of(int32_t count, int32_t segments)
{
	for (int i = 0; i < BUFFERS; i++)
		iovecs[i] = (struct iovec){ .iov_base = room[i], .iov_len = ROOM };
	return (struct hb_frames){
		.iovecs = (uintptr_t)iovecs,
		.frames = (uintptr_t)frames,
		.count = count,
		.capacity = BUFFERS,
		.segments = segments,
	};
}

static void open_pair(int fds[2])
{
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
}

static void put(int fd, int bytes, char fill)
{
	char frame[BUFFERS * ROOM + 1];

	memset(frame, fill, sizeof(frame));
	CHECK_EQUAL(write(fd, frame, (size_t)bytes), bytes);
}

static void should_read_a_burst_of_frames(void)
{
	struct hb_frames burst = burst_of(5, 1);
	int fds[2];

	open_pair(fds);
	CHECK_EQUAL(hb_read_frames(fds[0], &burst), 0);
	put(fds[1], 1, 'a');
	put(fds[1], ROOM, 'b');
	CHECK_EQUAL(hb_read_frames(fds[0], &burst), 2);
	CHECK_EQUAL(frames[0], 1);
	CHECK_EQUAL(frames[1], ROOM);
	CHECK_EQUAL(room[0][0], 'a');
	CHECK_EQUAL(room[1][ROOM - 1], 'b');
}

static void should_spread_long_frames_over_buffers(void)
{
	struct hb_frames burst = burst_of(5, 3);
	int fds[2];

	open_pair(fds);
	put(fds[1], ROOM + 1, 'a');
	put(fds[1], 10, 'b');
	put(fds[1], 3 * ROOM, 'c');
	put(fds[1], 10, 'd');
	/* The third frame fills buffers 3 to 5; only two are left for the fourth, which may need 3. */
	CHECK_EQUAL(hb_read_frames(fds[0], &burst), 3);
	CHECK_EQUAL(frames[0], ROOM + 1);
	CHECK_EQUAL(room[1][0], 'a');
	CHECK_EQUAL(room[2][0], 'b');
	CHECK_EQUAL(room[5][ROOM - 1], 'c');
	CHECK_EQUAL(hb_read_frames(fds[0], &burst), 1);
	CHECK_EQUAL(frames[0], 10);
}

static void should_write_frames_of_several_buffers(void)
{
	struct hb_frames burst = burst_of(2, 0);
	struct hb_frames back = burst_of(2, 3);
	int fds[2];

	open_pair(fds);
	memset(room, 'w', sizeof(room));
	frames[0] = 3;
	frames[1] = 1;
	CHECK_EQUAL(hb_write_frames(fds[0], &burst), 2);
	CHECK_EQUAL(frames[0], 3 * ROOM);
	CHECK_EQUAL(frames[1], ROOM);
	CHECK_EQUAL(hb_read_frames(fds[1], &back), 2);
	CHECK_EQUAL(frames[0], 3 * ROOM);
	CHECK_EQUAL(frames[1], ROOM);
}

static void should_say_what_each_frame_met(void)
{
	struct hb_frames burst = burst_of(2, 1);
	int fds[2];

	open_pair(fds);
	close(fds[1]);
	signal(SIGPIPE, SIG_IGN);
	frames[0] = 1;
	frames[1] = 1;
	CHECK_EQUAL(hb_write_frames(fds[0], &burst), 2);
	CHECK_EQUAL(frames[0], -EPIPE);
	CHECK_EQUAL(frames[1], -EPIPE);
	CHECK_EQUAL(hb_read_frames(-1, &burst), -EBADF);
}

static void should_stop_where_it_would_block(void)
{
	struct hb_frames burst = burst_of(1, 1);
	int fds[2], rc, n = 0;

	open_pair(fds);
	do {
		frames[0] = 1;
		rc = hb_write_frames(fds[0], &burst);
		n += rc;
	} while (rc == 1);
	CHECK_EQUAL(rc, 0);
	CHECK(n > 0);
}

static void should_kick_a_socket(void)
{
	int fds[2];

	open_pair(fds);
	CHECK_EQUAL(hb_kick(fds[0]), 0);
	close(fds[1]);
	CHECK_EQUAL(hb_kick(fds[0]), -EPIPE);
	CHECK_EQUAL(hb_kick(-1), -EBADF);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		TEST(should_read_a_burst_of_frames),
		TEST(should_spread_long_frames_over_buffers),
		TEST(should_write_frames_of_several_buffers),
		TEST(should_say_what_each_frame_met),
		TEST(should_stop_where_it_would_block),
		TEST(should_kick_a_socket),
	};

	(void)argc;
	return RUN_TESTS(tests, argv);
}
