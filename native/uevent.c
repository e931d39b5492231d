/* SPDX-License-Identifier: Apache-2.0 */
/* uevent.c - the kernel's uevent socket. Java parses the datagrams. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

/* Group 1 is the kernel's own; group 2 is where udevd repeats the events in another format. */
#define KERNEL_GROUP 1

#define PORT_UNKNOWN UINT32_MAX

static int set_receive_buffer(int fd, int32_t bytes)
{
	/* FORCE goes beyond net.core.rmem_max, but needs CAP_NET_ADMIN. */
	if (!setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		return 0;
	return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) ? -errno : 0;
}

int hb_uevent_open(int32_t rcvbuf)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	const int on = 1;
	int fd, rc;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	rc = set_receive_buffer(fd, rcvbuf);
	if (rc)
		goto close_fd;
	/* Before binding, so that no message comes without credentials. */
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		rc = -errno;
		goto close_fd;
	}
	return fd;

close_fd:
	close(fd);
	return rc;
}

static void read_credentials(struct msghdr *message, struct hb_uevent_sender *sender)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		struct ucred credentials;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS ||
		    c->cmsg_len != CMSG_LEN(sizeof(credentials)))
			continue;
		memcpy(&credentials, CMSG_DATA(c), sizeof(credentials));
		sender->pid = credentials.pid;
		sender->uid = (int32_t)credentials.uid;
		sender->gid = (int32_t)credentials.gid;
	}
}

int hb_uevent_recv(int fd, void *buf, uint32_t capacity, struct hb_uevent_sender *sender)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct sockaddr_nl address = { 0 };
	struct iovec data = { .iov_base = buf, .iov_len = capacity };
	struct msghdr message = {
		.msg_name = &address,
		.msg_namelen = sizeof(address),
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t length;

	do {
		length = recvmsg(fd, &message, MSG_DONTWAIT);
	} while (length < 0 && errno == EINTR);
	if (length < 0)
		return -errno;

	*sender = (struct hb_uevent_sender){
		/* 0 means the kernel, so a message without a proper address must not get it. */
		.port = message.msg_namelen == sizeof(address) ? address.nl_pid : PORT_UNKNOWN,
		.groups = address.nl_groups,
		.pid = -1,
		.uid = -1,
		.gid = -1,
		.truncated = !!(message.msg_flags & MSG_TRUNC),
	};
	read_credentials(&message, sender);
	return (int)length;
}
