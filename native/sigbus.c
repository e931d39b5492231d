/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigbus.c - the signal handler and its place in the chain of handlers.
 *
 * A signal that is not for a window reaches the former handler as if the kernel had called it.
 *
 * The chain may contain this handler more than once: another library displaces it, then it is
 * disabled and enabled again, now in front of that library. With one function and one predecessor,
 * the two handlers would call each other forever. So there are a few links, each an entry point
 * with its own predecessor.
 *
 * The kernel calls no handler for a fault on a thread that blocks SIGBUS; it ends the process.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "internal.h"

#define LINKS 4

/* The kernel's signal set; sigset_t of the C library begins with it. */
typedef uint64_t kernel_sigset;

/*
 * The JVM recognises libjsig by this function; no JVM defines it. A weak reference is bound when
 * this library is loaded, and libjsig works only if it was loaded before everything else. (dlsym()
 * would do the same, but tie the library to glibc 2.34.)
 */
extern void JVM_begin_signal_setting(void) __attribute__((weak));

typedef void (*entry_point)(int, siginfo_t *, void *);

/* The handler that a link passes signals on to. */
struct predecessor {
	struct sigaction action;
	atomic_bool spent; /* it was SA_RESETHAND and has been called */
};

struct link {
	struct predecessor slots[2]; /* one in use, the other for the next change */
	_Atomic(struct predecessor *) current;
};

static struct link links[LINKS];
static atomic_bool enabled;
static size_t links_used; /* under the writers' lock */

/* ---- in the signal handler ------------------------------------------------------------------- */

static bool is_function(const struct sigaction *action)
{
	return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/*
 * The handler that the kernel would call now; a one-shot handler is SIG_DFL after its first call.
 */
static struct sigaction use_predecessor(struct link *link)
{
	struct predecessor *p = atomic_load_explicit(&link->current, memory_order_seq_cst);
	struct sigaction action = p->action;

	if (is_function(&action) && (action.sa_flags & SA_RESETHAND) &&
	    atomic_exchange_explicit(&p->spent, true, memory_order_relaxed))
		action.sa_handler = SIG_DFL;
	return action;
}

static kernel_sigset load_mask(const sigset_t *set)
{
	kernel_sigset mask;

	memcpy(&mask, set, sizeof(mask));
	return mask;
}

static void set_mask(const kernel_sigset *mask, kernel_sigset *before)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, before, sizeof(*mask));
}

/* Sends this thread the same signal again, to be delivered as SIG_DFL once the handler returns. */
static void die(siginfo_t *info)
{
	const struct sigaction dfl = { .sa_handler = SIG_DFL };
	pid_t pid = getpid();
	long tid = syscall(SYS_gettid);

	sigaction(SIGBUS, &dfl, NULL);
	if (syscall(SYS_rt_tgsigqueueinfo, pid, tid, SIGBUS, info))
		syscall(SYS_tgkill, pid, tid, SIGBUS);
}

static void call(const struct sigaction *action, int signo, siginfo_t *info, ucontext_t *context)
{
	kernel_sigset mask = load_mask(&context->uc_sigmask) | load_mask(&action->sa_mask);
	kernel_sigset before;

	if (!(action->sa_flags & SA_NODEFER))
		mask |= (kernel_sigset)1 << (SIGBUS - 1);
	set_mask(&mask, &before);
	/* Flags are bits: HotSpot's action has SA_RESTART and more besides SA_SIGINFO. */
	if (action->sa_flags & SA_SIGINFO)
		action->sa_sigaction(signo, info, context);
	else
		action->sa_handler(signo);
	set_mask(&before, NULL);
}

static void pass_on(const struct sigaction *action, int signo, siginfo_t *info, void *context)
{
	bool sent = info->si_code <= 0;

	if (is_function(action))
		call(action, signo, info, context);
	else if (action->sa_handler == SIG_DFL || !sent) /* no one can ignore a real fault */
		die(info);
}

static void on_sigbus(struct link *link, int signo, siginfo_t *info, void *context)
{
	int saved_errno = errno;
	unsigned int phase = readers_enter();
	struct sigaction action;
	bool repaired;

	/* si_addr is for real faults only; sent signals have the sender's pid in its place. */
	repaired = info->si_code == BUS_ADRERR &&
		   atomic_load_explicit(&enabled, memory_order_acquire) &&
		   window_repair((uint64_t)(uintptr_t)info->si_addr);
	if (!repaired)
		action = use_predecessor(link);

	/* Leave before passing on: the other handler may take long, or never return. */
	readers_leave(phase);
	errno = saved_errno;
	if (!repaired)
		pass_on(&action, signo, info, context);
}

#define ENTRY_POINT(n)                                                                             \
	static void entry_point_##n(int signo, siginfo_t *info, void *context)                     \
	{                                                                                          \
		on_sigbus(&links[n], signo, info, context);                                        \
	}

ENTRY_POINT(0)
ENTRY_POINT(1)
ENTRY_POINT(2)
ENTRY_POINT(3)

static const entry_point entry_points[LINKS] = {
	entry_point_0, entry_point_1, entry_point_2, entry_point_3,
};

/* ---- the chain, under the writers' lock ------------------------------------------------------ */

/* libjsig would keep this handler's action to itself and call the JVM's first. */
static bool is_libjsig_loaded(void)
{
	return JVM_begin_signal_setting != NULL;
}

static struct sigaction current_action(void)
{
	struct sigaction action = { 0 };

	sigaction(SIGBUS, NULL, &action);
	return action;
}

/* The link whose entry point this is, or NULL. */
static struct link *link_of(const struct sigaction *action)
{
	for (size_t i = 0; i < links_used; i++) {
		if ((action->sa_flags & SA_SIGINFO) && action->sa_sigaction == entry_points[i])
			return &links[i];
	}
	return NULL;
}

static void set_predecessor(struct link *link, const struct sigaction *action)
{
	struct predecessor *now = atomic_load_explicit(&link->current, memory_order_relaxed);
	struct predecessor *next = now == &link->slots[0] ? &link->slots[1] : &link->slots[0];

	readers_synchronize(); /* with the one before the last, which was in this slot */
	next->action = *action;
	atomic_store_explicit(&next->spent, false, memory_order_relaxed);
	atomic_store_explicit(&link->current, next, memory_order_seq_cst);
}

static bool is_same(const struct sigaction *a, const struct sigaction *b)
{
	return a->sa_sigaction == b->sa_sigaction && a->sa_flags == b->sa_flags &&
	       load_mask(&a->sa_mask) == load_mask(&b->sa_mask);
}

/*
 * SA_ONSTACK: a thread that has set up an alternate stack may have no room on its own; without one
 * it has no effect. SA_RESTART: a system call that is interrupted by a sent SIGBUS continues. If
 * the predecessor needs EINTR instead, this handler cannot provide it.
 *
 * All signals are blocked for the few microseconds of a repair. A handler of another signal could
 * leave it by siglongjmp() or suspend the thread (as the JVM does) while other threads depend on
 * it. Before passing on, the mask is set to its value without this handler.
 */
static int install(const struct sigaction *before)
{
	struct sigaction ours = { .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK };
	struct sigaction replaced;
	struct link *link;

	if (links_used == LINKS)
		return -EBUSY;
	link = &links[links_used];
	ours.sa_sigaction = entry_points[links_used];
	sigfillset(&ours.sa_mask);

	set_predecessor(link, before); /* first: a fault can arrive at once */
	if (sigaction(SIGBUS, &ours, &replaced))
		return -errno;
	links_used++;
	if (!is_same(&replaced, before)) /* another thread was faster */
		set_predecessor(link, &replaced);
	return 0;
}

static int enable(void)
{
	struct sigaction now = current_action();
	int rc = replacement_prepare();

	if (rc)
		return rc;
	rc = record_prepare();
	if (rc < 0)
		return rc;
	rc = link_of(&now) ? 0 : install(&now);
	if (!rc)
		atomic_store_explicit(&enabled, true, memory_order_release);
	return rc;
}

static int uninstall(struct link *link)
{
	struct predecessor *p = atomic_load_explicit(&link->current, memory_order_relaxed);
	struct sigaction action = p->action;

	if (atomic_load_explicit(&p->spent, memory_order_relaxed))
		action.sa_handler = SIG_DFL;
	if (sigaction(SIGBUS, &action, NULL))
		return -errno;
	/* The last link is in no chain now. An earlier link might still be. */
	if (link == &links[links_used - 1])
		links_used--;
	return 0;
}

static int disable(void)
{
	struct sigaction now = current_action();
	struct link *link = link_of(&now);
	bool was_enabled = atomic_exchange_explicit(&enabled, false, memory_order_acq_rel);

	if (link)
		return uninstall(link);
	return was_enabled ? -EBUSY : 0;
}

/* ---- the public functions -------------------------------------------------------------------- */

int hb_abi_version(void)
{
	return HB_ABI_VERSION;
}

int hb_sigbus_enable(void)
{
	int rc;

	if (is_libjsig_loaded())
		return -ENOTSUP;
	writers_lock();
	rc = enable();
	writers_unlock();
	return rc;
}

int hb_sigbus_disable(void)
{
	int rc;

	writers_lock();
	rc = disable();
	writers_unlock();
	return rc;
}

int hb_sigbus_status(void)
{
	struct sigaction now;
	int status = HB_SIGBUS_OFF;

	writers_lock();
	now = current_action();
	if (atomic_load_explicit(&enabled, memory_order_relaxed))
		status = link_of(&now) ? HB_SIGBUS_ON : HB_SIGBUS_DISPLACED;
	writers_unlock();
	return status;
}
