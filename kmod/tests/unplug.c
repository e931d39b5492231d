// SPDX-License-Identifier: GPL-2.0-only
/*
 * unplug - uses a UIO device in every way, runs a command that removes it, and checks the effects.
 *
 *	unplug [-f forks] [-t threads] [-i] [-l file] [-w seconds] -c command /dev/uioN [node...]
 *
 * The program opens each node and maps map 0; a thread reads a register of it in a loop. So do -f
 * forked children, which inherit the mappings. -t threads open, map, read, unmap and close all the
 * while. Then the program starts the command, which removes the device, and expects:
 *
 *	- SIGBUS with BUS_ADRERR at exactly the address that is read, in each thread and process;
 *	- the same from a mapping that was never touched before, and from both parts of a split one;
 *	- from the open file: POLLERR, read EIO, interrupt control EINVAL, mmap EINVAL;
 *	- again SIGBUS, never a value, once the file that -l names exists: create it when the device
 *	  is back.
 *
 * -i first makes an e1000e raise its interrupt, holds it back, and passes it on. Prints one line
 * per finding, with FAIL if the finding is wrong; exits 0 if none is wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_NODES	8
#define STATUS		8	/* e1000 family; of any device, some readable register */

struct window {
	const char *node;
	int fd;
	volatile uint8_t *base;
	pthread_t thread;
	uint64_t reads;
	double fault_at;
	int code;
	void *at;
	bool faulted;
};

static struct window windows[MAX_NODES];
static int n_windows;
static size_t map_size;
static volatile uint8_t *untouched, *split;
static _Atomic bool stop;
static _Atomic int failures;
static double deadline;

static __thread sigjmp_buf on_fault;
static __thread volatile sig_atomic_t armed;
static __thread int fault_code;
static __thread void *fault_addr;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void nap(double s)
{
	struct timespec t = { .tv_sec = (time_t)s, .tv_nsec = (long)((s - (time_t)s) * 1e9) };

	nanosleep(&t, NULL);
}

static void expect(bool ok, const char *what)
{
	if (!ok)
		failures++;
	printf("%s %d %s\n", ok ? "ok  " : "FAIL", getpid(), what);
}

static void die(const char *what)
{
	printf("FAIL %s: %s\n", what, strerror(errno));
	exit(1);
}

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	if (!armed)
		_exit(99);
	fault_code = info->si_code;
	fault_addr = info->si_addr;
	siglongjmp(on_fault, 1);
}

/* Returns true if the read raised SIGBUS; otherwise sets *value to the value read. */
static bool faults(volatile uint8_t *address, uint32_t *value)
{
	bool fault = true;

	armed = 1;
	if (!sigsetjmp(on_fault, 1)) {
		*value = *(volatile uint32_t *)address;
		fault = false;
	}
	armed = 0;
	return fault;
}

static bool faults_rightly(volatile uint8_t *address)
{
	uint32_t value;

	return faults(address, &value) && fault_code == BUS_ADRERR && fault_addr == address;
}

static volatile uint8_t *map(int fd, int prot, int flags)
{
	void *p = mmap(NULL, map_size, prot, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void *read_loop(void *arg)
{
	struct window *w = arg;
	uint32_t value;

	while (now() < deadline) {
		if (faults(w->base + STATUS, &value)) {
			w->fault_at = now();
			w->code = fault_code;
			w->at = fault_addr;
			w->faulted = true;
			break;
		}
		if (!(++w->reads % 256))
			nap(0.0002);
	}
	return NULL;
}

static void read_all(double since, const char *who)
{
	char line[200];

	for (int i = 0; i < n_windows; i++)
		if (pthread_create(&windows[i].thread, NULL, read_loop, &windows[i]))
			die("pthread_create");
	for (int i = 0; i < n_windows; i++) {
		struct window *w = &windows[i];

		pthread_join(w->thread, NULL);
		snprintf(line, sizeof(line),
			 "%s %s: SIGBUS code %d at +%#tx after %" PRIu64 " reads, %.1f ms from the command",
			 who, w->node, w->code, (uint8_t *)w->at - w->base, w->reads,
			 since ? (w->fault_at - since) * 1e3 : 0.0);
		expect(w->faulted && w->code == BUS_ADRERR && w->at == w->base + STATUS &&
		       w->reads > 256, line);
	}
}

/* Opens and closes until the device is gone, then a little longer. */
static void *open_loop(void *arg)
{
	const char *node = arg;
	uint32_t value;

	while (!stop) {
		int fd = open(node, O_RDWR | O_CLOEXEC);
		volatile uint8_t *p = fd < 0 ? NULL : map(fd, PROT_READ, MAP_SHARED);

		if (p) {
			faults(p + STATUS, &value);
			munmap((void *)p, map_size);
		}
		if (fd >= 0)
			close(fd);
		nap(0.001);
	}
	return NULL;
}

static int irqcontrol(int fd, int32_t on)
{
	return write(fd, &on, sizeof(on)) == sizeof(on) ? 0 : errno;
}

static bool event_within(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int32_t count;

	return poll(&p, 1, ms) == 1 && p.revents == POLLIN &&
	       read(fd, &count, sizeof(count)) == sizeof(count);
}

/* Raises one cause of the 82574, "link status change", by software. */
static void try_interrupt(int fd, volatile uint8_t *base)
{
	volatile uint32_t *icr = (volatile uint32_t *)(base + 0xc0);
	volatile uint32_t *ics = (volatile uint32_t *)(base + 0xc8);
	volatile uint32_t *ims = (volatile uint32_t *)(base + 0xd0);
	volatile uint32_t *ivar = (volatile uint32_t *)(base + 0xe4);
	const uint32_t lsc = 1u << 2, other = 1u << 24, all = ~0u;

	*ivar = 1u << 19;		/* other causes: vector 0, valid */
	*ims = other | lsc;
	*icr = all;			/* write one to clear: with MSI-X, reading does not */
	expect(irqcontrol(fd, 1) == 0, "irqcontrol 1");
	while (event_within(fd, 50))
		*icr = all;

	*ics = lsc;
	expect(event_within(fd, 2000), "the interrupt arrives");
	*icr = all;
	expect(irqcontrol(fd, 0) == 0, "irqcontrol 0");
	*ics = lsc;
	expect(!event_within(fd, 200), "none arrives while held back");
	expect(irqcontrol(fd, 0) == 0 && irqcontrol(fd, 1) == 0, "irqcontrol 0 again, then 1");
	expect(event_within(fd, 2000), "the held-back one arrives");
	*(volatile uint32_t *)(base + 0xd8) = all;	/* IMC: quiet again */
	*icr = all;
}

static void look_at_file(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int32_t count;

	/* The core wakes its readers a moment after the mappings are gone. */
	while (poll(&p, 1, 10) >= 0 && !(p.revents & POLLERR) && now() < deadline)
		;
	expect(p.revents & POLLERR, "poll: error");
	expect(read(fd, &count, sizeof(count)) < 0 && errno == EIO, "read: EIO");
	expect(irqcontrol(fd, 1) == EINVAL, "irqcontrol: EINVAL");
	expect(!map(fd, PROT_READ, MAP_SHARED) && errno == EINVAL, "mmap: EINVAL");
}

static void look_at_maps(const char *when)
{
	bool ok = faults_rightly(untouched + STATUS) && faults_rightly(split) &&
		  faults_rightly(split + map_size - 4);
	char line[100];

	for (int i = 0; i < n_windows; i++)
		ok = ok && faults_rightly(windows[i].base) &&
		     faults_rightly(windows[i].base + map_size - 4);
	snprintf(line, sizeof(line), "SIGBUS everywhere, %s", when);
	expect(ok, line);
}

static void open_window(const char *node)
{
	struct window *w = &windows[n_windows++];
	struct stat st;
	char path[100];
	FILE *f;

	w->node = node;
	w->fd = open(node, O_RDWR | O_CLOEXEC);
	if (w->fd < 0)
		die(node);
	fstat(w->fd, &st);
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/maps/map0/size", major(st.st_rdev),
		 minor(st.st_rdev));
	f = fopen(path, "r");
	if (!f || fscanf(f, "%zx", &map_size) != 1)
		die(path);
	fclose(f);
	w->base = map(w->fd, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (!w->base)
		die("mmap");
}

/* Makes a hole in the middle, which leaves two VMAs; the second starts elsewhere in the map. */
static void make_other_maps(int fd, volatile uint8_t *whole)
{
	const size_t page = sysconf(_SC_PAGESIZE), half = map_size / 2;
	uint32_t a = 0, b = 0;
	bool same = true;

	untouched = map(fd, PROT_READ, MAP_SHARED);
	split = map(fd, PROT_READ, MAP_SHARED);
	if (!untouched || !split || munmap((void *)(split + half), page))
		die("mmap");
	for (size_t at = half + page; at < map_size && same; at += page)
		same = !faults(split + at, &a) && !faults(whole + at, &b) && a == b;
	expect(same, "a split mapping shows the same registers");
	expect(!map(fd, PROT_READ, MAP_PRIVATE) && errno == EINVAL, "a private mapping is refused");
}

static void wait_for(const char *file)
{
	while (access(file, F_OK) && now() < deadline)
		nap(0.05);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
	const char *command = NULL, *linger = NULL;
	int forks = 0, loops = 0, seconds = 60, opt, status;
	pthread_t looper[16];
	bool interrupt = false;
	pid_t child[16], runner;
	double since;

	while ((opt = getopt(argc, argv, "f:t:il:w:c:")) != -1) {
		switch (opt) {
		case 'f': forks = atoi(optarg) & 15; break;
		case 't': loops = atoi(optarg) & 15; break;
		case 'i': interrupt = true; break;
		case 'l': linger = optarg; break;
		case 'w': seconds = atoi(optarg); break;
		case 'c': command = optarg; break;
		default: return 2;
		}
	}
	if (!command || optind == argc || argc - optind > MAX_NODES)
		return 2;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGBUS, &sa, NULL);
	deadline = now() + seconds;
	for (int i = optind; i < argc; i++)
		open_window(argv[i]);
	make_other_maps(windows[0].fd, windows[0].base);
	if (interrupt)
		try_interrupt(windows[0].fd, windows[0].base);

	for (int i = 0; i < forks; i++) {
		fflush(stdout);
		child[i] = fork();
		if (child[i] == 0) {
			failures = 0;
			read_all(0, "child");
			look_at_maps("child");
			return failures != 0;
		}
	}
	for (int i = 0; i < loops; i++)
		if (pthread_create(&looper[i], NULL, open_loop, argv[optind]))
			die("pthread_create");

	nap(0.3);
	fflush(stdout);
	since = now();
	runner = fork();
	if (runner == 0) {
		nap(0.3);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	since += 0.3;
	read_all(since, "parent");
	look_at_maps("right after");
	look_at_file(windows[0].fd);

	stop = true;
	for (int i = 0; i < loops; i++)
		pthread_join(looper[i], NULL);
	for (int i = 0; i < forks; i++)
		expect(waitpid(child[i], &status, 0) == child[i] && status == 0, "child's verdict");
	expect(waitpid(runner, &status, 0) == runner && status == 0, "command's exit status");

	if (linger) {
		printf("LINGER\n");
		wait_for(linger);
		look_at_maps("with the device back");
	}
	for (int i = 0; i < n_windows; i++) {
		munmap((void *)windows[i].base, map_size);
		close(windows[i].fd);
	}
	printf("%s: %d failures\n", failures ? "FAIL" : "PASS", failures);
	return failures != 0;
}
