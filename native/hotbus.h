/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hotbus.h - the one public header of libhotbus: the SIGBUS handler with its window table, the
 * kernel uevent socket, and the system calls on the data paths of drivers. Mirrored one to one by
 * io.hotbus.os.internal.NativeHotbus.
 *
 * A "window" is a range of this process's addresses behind which a device's memory is mapped (a
 * BAR, a descriptor ring). When an access to it raises SIGBUS (BUS_ADRERR), the handler puts
 * prepared memory in its place, keeps a record, tells the eventfd and returns: the instruction runs
 * again and succeeds. Every other signal goes unchanged to the handler that was there before.
 *
 * Every function returns 0 or a value >= 0 on success and a negative errno on failure. All but the
 * signal handler itself may block for a short time and may be called from any thread.
 */
#ifndef HOTBUS_H
#define HOTBUS_H

#include <stdint.h>

/* Raised whenever a signature or a layout below changes; the Java mirror checks it. */
#define HB_ABI_VERSION 3

/* The contents of a replaced window. */
enum hb_fill {
	HB_FILL_ONES = 0,	/* all-ones, as a read that no PCIe device answers */
	HB_FILL_ZEROS = 1,
};

/* The state word of a window is the truth; records and the eventfd only announce its changes. */
enum hb_window_state {
	HB_WINDOW_LIVE = 0,	 /* the device's memory */
	HB_WINDOW_REPAIRING = 1, /* one thread is putting the replacement in place */
	HB_WINDOW_REPLACED = 2,	 /* replacement memory */
	HB_WINDOW_RESTORING = 3, /* the device's memory is being mapped again */
	HB_WINDOW_FAILED = 4,	 /* could not be replaced; faults go to the old handler */
};

enum hb_sigbus_status {
	HB_SIGBUS_OFF = 0,
	HB_SIGBUS_ON = 1,
	HB_SIGBUS_DISPLACED = 2, /* enabled, but another library's handler is in front */
};

/* One repair. Written by the handler, read by hb_fault_take(). */
struct hb_fault {
	uint64_t address;   /* si_addr: the very byte that was accessed */
	uint64_t time_ns;   /* CLOCK_MONOTONIC at entry to the handler */
	uint64_t repair_ns; /* from that entry until the replacement was in place */
	int64_t window;	    /* id from hb_window_publish() */
	int32_t tid;	    /* kernel thread id of the thread that repaired */
	uint32_t count;	    /* repairs of this window by faults so far, this one included */
};

struct hb_window_info {
	uint64_t address;
	uint64_t length;
	uint64_t faults; /* repairs by faults so far */
	int32_t state;	 /* enum hb_window_state */
	int32_t fill;	 /* enum hb_fill */
};

struct hb_totals {
	uint64_t windows; /* published now */
	uint64_t faults;  /* repairs by faults, of all windows there ever were */
};

/* The sender of a uevent datagram. Port 0 is the kernel. */
struct hb_uevent_sender {
	uint32_t port; /* nl_pid */
	uint32_t groups;
	int32_t pid; /* SCM_CREDENTIALS; all -1 where the message carried none */
	int32_t uid;
	int32_t gid;
	int32_t truncated; /* 1 where the datagram was longer than the buffer */
};

/* A burst of frames for a descriptor that takes and gives one frame for each system call. */
struct hb_frames {
	uint64_t iovecs;   /* struct iovec[capacity]: the buffers, frame after frame */
	uint64_t frames;   /* int32_t[count]: see the functions */
	int32_t count;	   /* frames, at most */
	int32_t capacity;  /* iovecs */
	int32_t segments;  /* reading: iovecs that one frame may fill, at least 1 */
	int32_t reserved;
};

int hb_abi_version(void);

/*
 * Installs the handler in front of the one in place. Idempotent. -ENOTSUP: libjsig is loaded in
 * this process and would call this handler last. -ENOMEM, -EMFILE ...: the replacement memory or
 * the eventfd could not be created.
 */
int hb_sigbus_enable(void);

/*
 * Restores the handler that was there before. Idempotent. Windows stay published. -EBUSY: another
 * library has displaced this handler, which then stays in the chain but claims no fault.
 */
int hb_sigbus_disable(void);

/* Returns the present enum hb_sigbus_status of the kernel. */
int hb_sigbus_status(void);

/*
 * Returns an eventfd that is readable when there is a record to take. Non-blocking, owned by the
 * library, created at first use, the same for the life of the process. -EMFILE ...: it cannot be
 * created.
 */
int hb_fault_eventfd(void);

/* Takes up to max records, oldest first; returns how many. No record is ever dropped. */
int hb_fault_take(struct hb_fault *out, int max);

/*
 * Publishes [address, address + length) as a window. The caller has mapped it and keeps it mapped
 * until after hb_window_withdraw(). Returns the window's id (> 0, never used again).
 * -EINVAL: not page-aligned, empty, wraps, or unknown fill. -EEXIST: overlaps a published window.
 */
int64_t hb_window_publish(uint64_t address, uint64_t length, int32_t fill);

/*
 * Puts the replacement in place without waiting for a fault. Leaves no record. Idempotent.
 * -ENOENT: no such window. -ENOMEM ...: could not be mapped (state FAILED).
 */
int hb_window_replace(int64_t window);

/*
 * Maps fd at offset over the window again, MAP_SHARED and read-write: the device came back.
 * -ENOENT: no such window. -EBUSY: it is not REPLACED (or FAILED). Errors of mmap are returned
 * unchanged; the window then stays REPLACED.
 */
int hb_window_restore(int64_t window, int fd, uint64_t offset);

/*
 * Withdraws the window and waits until no handler is inside it. The memory stays mapped: unmap it
 * after this. No thread may access it by then, because the handler fills a replaced all-ones window
 * of more than 2 MiB on demand. Its records can still be taken. -ENOENT: no such window (any more).
 */
int hb_window_withdraw(int64_t window);

/* -ENOENT: no such window. */
int hb_window_info(int64_t window, struct hb_window_info *out);

/* Never fails. */
int hb_totals(struct hb_totals *out);

/*
 * A NETLINK_KOBJECT_UEVENT socket bound to the kernel's group alone, non-blocking, close-on-exec,
 * with a receive buffer of rcvbuf bytes (SO_RCVBUFFORCE, else SO_RCVBUF) and SO_PASSCRED.
 */
int hb_uevent_open(int32_t rcvbuf);

/*
 * Receives one datagram into buf. Returns its length (at most capacity).
 * -EAGAIN: none there. -ENOBUFS: the kernel dropped messages; the socket goes on working.
 */
int hb_uevent_recv(int fd, void *buf, uint32_t capacity, struct hb_uevent_sender *sender);

/*
 * Tells the kernel that there are frames in the transmit ring of a socket: send() of nothing,
 * without waiting. Returns 0 or a negative errno.
 */
int hb_kick(int fd);

/*
 * Reads up to count frames, each into the next free iovecs, and puts the length of each into
 * frames. Returns how many were read; 0: there is none now. An error is returned if it is met by
 * the first frame. The descriptor does not block.
 */
int hb_read_frames(int fd, struct hb_frames *burst);

/*
 * Writes up to count frames. frames has the number of iovecs of each, and gets the number of bytes
 * written, or a negative errno, one by one: a frame that fails does not end the burst. Returns how
 * many were tried; fewer than count if the descriptor would block, or if its interface takes none
 * (EIO: it is down, EBADFD: it is gone), which the next number says then.
 */
int hb_write_frames(int fd, struct hb_frames *burst);

#endif
