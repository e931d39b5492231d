/* SPDX-License-Identifier: Apache-2.0 */
/* uevent_test.c - the uevent socket, with real events of the loopback interface. */
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "test.h"

#define UEVENT_FILE "/sys/class/net/lo/uevent"
#define EVENT "change@/devices/virtual/net/lo"
#define WAIT_MS 10000

static void need_uevents(void)
{
	int fd = open(UEVENT_FILE, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		SKIP(UEVENT_FILE ": %s", strerror(errno));
	close(fd);
}

/* Makes the kernel send an event, by writing to the uevent file. */
static void make_uevent(void)
{
	int fd = open(UEVENT_FILE, O_WRONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	CHECK_EQUAL(write(fd, "change", 6), 6);
	close(fd);
}

static int open_socket(int32_t rcvbuf)
{
	int fd = hb_uevent_open(rcvbuf);

	CHECK(fd >= 0);
	return fd;
}

static void wait_until_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	CHECK_EQUAL(poll(&p, 1, WAIT_MS), 1);
}

/* Receives the next event of our device; skips events of other devices. */
static int receive_ours(int fd, char *buf, uint32_t capacity, struct hb_uevent_sender *sender)
{
	int length;

	do {
		wait_until_readable(fd);
		length = hb_uevent_recv(fd, buf, capacity, sender);
		CHECK(length > 0);
	} while (strncmp(buf, EVENT, strlen(EVENT)) != 0);
	return length;
}

static void should_open_a_socket_as_described(void)
{
	int fd = open_socket(1 << 20);
	int bytes = 0, on = 0;
	socklen_t length = sizeof(bytes);
	struct hb_uevent_sender sender;
	char buf[64];

	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
	CHECK_EQUAL(getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &length), 0);
	if (geteuid() == 0)
		CHECK_EQUAL(bytes, 2 << 20); /* the kernel doubles it for its own overhead */
	length = sizeof(on);
	CHECK_EQUAL(getsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, &length), 0);
	CHECK_EQUAL(on, 1);
	CHECK_EQUAL(hb_uevent_recv(-1, buf, sizeof(buf), &sender), -EBADF);
}

static void should_receive_events_of_the_kernel(void)
{
	struct hb_uevent_sender sender;
	char buf[8192];
	int fd, length;

	need_uevents();
	fd = open_socket(1 << 20);
	make_uevent();
	length = receive_ours(fd, buf, sizeof(buf), &sender);
	CHECK(length > (int)sizeof(EVENT) && length < (int)sizeof(buf));
	CHECK_EQUAL(sender.port, 0);
	CHECK_EQUAL(sender.groups, 1);
	CHECK_EQUAL(sender.pid, 0);
	CHECK_EQUAL(sender.uid, 0);
	CHECK_EQUAL(sender.gid, 0);
	CHECK_EQUAL(sender.truncated, 0);
}

static void should_say_when_nothing_is_there(void)
{
	struct hb_uevent_sender sender;
	int fd = open_socket(1 << 20);
	char buf[8192];
	int rc;

	while ((rc = hb_uevent_recv(fd, buf, sizeof(buf), &sender)) > 0)
		;
	CHECK_EQUAL(rc, -EAGAIN);
}

static void should_say_when_a_datagram_is_cut(void)
{
	struct hb_uevent_sender sender;
	char buf[sizeof(EVENT)];
	int fd;

	need_uevents();
	fd = open_socket(1 << 20);
	make_uevent();
	CHECK_EQUAL(receive_ours(fd, buf, sizeof(buf), &sender), sizeof(buf));
	CHECK_EQUAL(sender.truncated, 1);
}

static void should_tell_other_senders_from_the_kernel(void)
{
	struct sockaddr_nl to;
	socklen_t length = sizeof(to);
	struct hb_uevent_sender sender;
	char buf[8192];
	int fd = open_socket(1 << 20);
	int liar = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	CHECK(liar >= 0);
	CHECK_EQUAL(getsockname(fd, (struct sockaddr *)&to, &length), 0);
	to.nl_groups = 0;
	if (sendto(liar, EVENT, sizeof(EVENT), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		SKIP("the kernel refuses other senders: %s", strerror(errno));
	CHECK_EQUAL(receive_ours(fd, buf, sizeof(buf), &sender), sizeof(EVENT));
	CHECK(sender.port != 0);
	CHECK_EQUAL(sender.groups, 0);
	CHECK_EQUAL(sender.pid, getpid());
	CHECK_EQUAL(sender.uid, getuid());
	CHECK_EQUAL(sender.gid, getgid());
}

static void should_say_when_messages_were_dropped_and_go_on(void)
{
	struct hb_uevent_sender sender;
	char buf[8192];
	bool overflowed = false;
	int fd, rc;

	need_uevents();
	fd = open_socket(4096);
	for (int i = 0; i < 200; i++)
		make_uevent();
	while ((rc = hb_uevent_recv(fd, buf, sizeof(buf), &sender)) != -EAGAIN) {
		CHECK(rc > 0 || rc == -ENOBUFS);
		overflowed |= rc == -ENOBUFS;
	}
	CHECK(overflowed);
	make_uevent();
	receive_ours(fd, buf, sizeof(buf), &sender);
	CHECK_EQUAL(sender.port, 0);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		TEST(should_open_a_socket_as_described),
		TEST(should_receive_events_of_the_kernel),
		TEST(should_say_when_nothing_is_there),
		TEST(should_say_when_a_datagram_is_cut),
		TEST(should_tell_other_senders_from_the_kernel),
		TEST(should_say_when_messages_were_dropped_and_go_on),
	};

	(void)argc;
	return RUN_TESTS(tests, argv);
}
