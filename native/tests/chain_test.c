/* SPDX-License-Identifier: Apache-2.0 */
/* chain_test.c - the chain of handlers: signals that are not ours pass as if we were absent. */
#include <glob.h>
#include <ucontext.h>

#include "test.h"

/* ---- handlers that were there before --------------------------------------------------------- */

static struct device unmanaged; /* not published: its faults are never ours */
static sigjmp_buf escape;

static struct {
	volatile sig_atomic_t calls;
	int signo;
	siginfo_t info;
	bool has_context;
	sigset_t mask;
	int seen_errno;
} old;

static void note(int signo)
{
	old.calls++;
	old.signo = signo;
	old.seen_errno = errno;
	pthread_sigmask(SIG_SETMASK, NULL, &old.mask);
}

static void repair_unmanaged(void)
{
	CHECK_EQUAL(ftruncate(unmanaged.fd, (off_t)unmanaged.size), 0);
}

static void repairing_handler(int signo, siginfo_t *info, void *context)
{
	note(signo);
	old.info = *info;
	old.has_context = context && ((ucontext_t *)context)->uc_sigmask.__val[0] < UINT64_MAX;
	if (info->si_code > 0)
		repair_unmanaged();
}

static void plain_repairing_handler(int signo)
{
	note(signo);
	repair_unmanaged();
}

static void escaping_handler(int signo, siginfo_t *info, void *context)
{
	(void)context;
	note(signo);
	old.info = *info;
	siglongjmp(escape, 1);
}

static void set_action(void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	CHECK_EQUAL(sigaction(SIGBUS, &action, NULL), 0);
}

static void set_disposition(void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	CHECK_EQUAL(sigaction(SIGBUS, &action, NULL), 0);
}

static void fault_unmanaged(void)
{
	if (!unmanaged.bar)
		unmanaged = plug(64 * KIB);
	unplug(&unmanaged);
	touch(unmanaged.bar + 3);
}

static void expect_repair(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	struct hb_fault fault;

	unplug(&d);
	CHECK_EQUAL(d.bar[0], 0xff);
	CHECK_EQUAL(hb_fault_take(&fault, 1), 1);
	CHECK_EQUAL(fault.window, d.window);
	CHECK_EQUAL(hb_window_withdraw(d.window), 0);
}

static void expect_killed_by_sigbus(void (*run)(void))
{
	int status = status_of(run);

	CHECK(WIFSIGNALED(status));
	CHECK_EQUAL(WTERMSIG(status), SIGBUS);
}

/* ---- SIG_DFL and SIG_IGN --------------------------------------------------------------------- */

static void fault_with_default(void)
{
	set_disposition(SIG_DFL, 0);
	enable();
	expect_repair();
	fault_unmanaged();
}

static void raise_with_default(void)
{
	set_disposition(SIG_DFL, 0);
	enable();
	raise(SIGBUS);
}

static void kill_with_default(void)
{
	set_disposition(SIG_DFL, 0);
	enable();
	kill(getpid(), SIGBUS);
}

static void fault_while_ignored(void)
{
	set_disposition(SIG_IGN, 0);
	enable();
	expect_repair();
	fault_unmanaged();
}

static void should_die_of_a_fault_by_default(void)
{
	expect_killed_by_sigbus(fault_with_default);
}

static void should_die_of_a_sent_signal_by_default(void)
{
	expect_killed_by_sigbus(raise_with_default);
	expect_killed_by_sigbus(kill_with_default);
}

static void should_die_of_a_fault_even_where_ignored(void)
{
	expect_killed_by_sigbus(fault_while_ignored);
}

static void should_ignore_a_sent_signal_where_ignored(void)
{
	set_disposition(SIG_IGN, 0);
	enable();
	raise(SIGBUS);
	kill(getpid(), SIGBUS);
	CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_ON);
	expect_repair();
}

/* ---- handler functions ----------------------------------------------------------------------- */

static void should_call_a_siginfo_handler_with_the_same_siginfo(void)
{
	set_action(repairing_handler, SA_SIGINFO | SA_RESTART | SA_ONSTACK | SA_NODEFER);
	enable();
	fault_unmanaged();
	CHECK_EQUAL(old.calls, 1);
	CHECK_EQUAL(old.signo, SIGBUS);
	CHECK_EQUAL(old.info.si_signo, SIGBUS);
	CHECK_EQUAL(old.info.si_code, BUS_ADRERR);
	CHECK_EQUAL(address_of(old.info.si_addr), address_of(unmanaged.bar) + 3);
	CHECK(old.has_context);
	expect_repair();
	CHECK_EQUAL(old.calls, 1);
}

static void should_call_a_plain_handler(void)
{
	set_disposition(plain_repairing_handler, SA_RESTART);
	enable();
	fault_unmanaged();
	CHECK_EQUAL(old.calls, 1);
	CHECK_EQUAL(old.signo, SIGBUS);
	expect_repair();
}

static void should_hand_on_errno_untouched(void)
{
	set_action(repairing_handler, SA_SIGINFO);
	enable();
	unmanaged = plug(64 * KIB);
	unplug(&unmanaged);
	errno = EILSEQ;
	touch(unmanaged.bar);
	/* ThreadSanitizer calls handlers with its own errno. */
	CHECK_EQUAL(old.seen_errno, TSAN_BUILD ? old.seen_errno : EILSEQ);
}

static void should_survive_handlers_that_never_return(void)
{
	set_action(escaping_handler, SA_SIGINFO);
	enable();
	for (int i = 0; i < 100; i++) {
		if (!sigsetjmp(escape, 1)) {
			fault_unmanaged();
			FAIL("not escaped");
		}
		expect_repair(); /* publishes and withdraws: nobody is counted inside for ever */
	}
	CHECK_EQUAL(old.calls, 100);
}

static void fault_twice_with_one_shot(void)
{
	set_action(repairing_handler, SA_SIGINFO | SA_RESETHAND);
	enable();
	fault_unmanaged();
	if (old.calls != 1)
		exit(1);
	fault_unmanaged();
}

static void should_call_a_one_shot_handler_once(void)
{
	expect_killed_by_sigbus(fault_twice_with_one_shot);
}

static void should_put_a_spent_one_shot_handler_back_as_default(void)
{
	struct sigaction now;

	set_action(repairing_handler, SA_SIGINFO | SA_RESETHAND);
	enable();
	fault_unmanaged();
	CHECK_EQUAL(hb_sigbus_disable(), 0);
	CHECK_EQUAL(sigaction(SIGBUS, NULL, &now), 0);
	CHECK(now.sa_handler == SIG_DFL);
}

static void check_mask(const sigset_t *mask, bool user1, bool user2, bool bus)
{
	for (int signo = 1; signo < 32; signo++) {
		bool expected = (signo == SIGUSR1 && user1) || (signo == SIGUSR2 && user2) ||
				(signo == SIGBUS && bus);

		if (sigismember(mask, signo) != expected)
			FAIL("signal %d is%s blocked", signo, expected ? " not" : "");
	}
}

static void should_call_handlers_with_the_mask_they_asked_for(void)
{
	const int flags[] = { SA_SIGINFO, SA_SIGINFO | SA_NODEFER };
	sigset_t interrupted, after;

	sigemptyset(&interrupted);
	sigaddset(&interrupted, SIGUSR2);
	CHECK_EQUAL(pthread_sigmask(SIG_SETMASK, &interrupted, NULL), 0);
	for (int i = 0; i < 2; i++) {
		struct sigaction action = { .sa_sigaction = repairing_handler,
					    .sa_flags = flags[i] };

		sigemptyset(&action.sa_mask);
		sigaddset(&action.sa_mask, SIGUSR1);
		CHECK_EQUAL(sigaction(SIGBUS, &action, NULL), 0);
		enable();
		fault_unmanaged();
		CHECK_EQUAL(old.calls, i + 1);
		check_mask(&old.mask, true, true, !(flags[i] & SA_NODEFER));
		CHECK_EQUAL(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
		check_mask(&after, false, true, false);
		CHECK_EQUAL(hb_sigbus_disable(), 0);
	}
}

/* ---- signals that were sent ------------------------------------------------------------------ */

static void expect_passed_on(const struct device *d, int code)
{
	static int calls;

	CHECK_EQUAL(old.calls, ++calls);
	CHECK_EQUAL(old.info.si_code, code);
	CHECK_EQUAL(state_of(d), HB_WINDOW_LIVE);
}

static int queue_to_self(siginfo_t *info)
{
	info->si_signo = SIGBUS;
	return (int)syscall(SYS_rt_tgsigqueueinfo, getpid(), own_tid(), SIGBUS, info);
}

static void should_never_claim_signals_that_were_sent(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);
	union sigval value = { .sival_ptr = (void *)d.bar };
	siginfo_t forged = { .si_code = SI_QUEUE };

	set_action(repairing_handler, SA_SIGINFO);
	enable();
	kill(getpid(), SIGBUS);
	expect_passed_on(&d, SI_USER);
	CHECK_EQUAL(old.info.si_pid, getpid());
	raise(SIGBUS);
	expect_passed_on(&d, SI_TKILL);
	sigqueue(getpid(), SIGBUS, value);
	expect_passed_on(&d, SI_QUEUE);
	CHECK(old.info.si_value.sival_ptr == value.sival_ptr);

	forged.si_addr = (void *)d.bar; /* over si_pid and si_uid */
	if (!queue_to_self(&forged))
		expect_passed_on(&d, SI_QUEUE);
}

static void should_never_claim_other_bus_errors(void)
{
	const int codes[] = { BUS_ADRALN, BUS_OBJERR, BUS_MCEERR_AR, BUS_MCEERR_AO, SI_KERNEL };
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);

	set_action(repairing_handler, SA_SIGINFO);
	unmanaged = plug(64 * KIB); /* for the handler to repair */
	enable();
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		siginfo_t info = { .si_code = codes[i], .si_addr = (void *)d.bar };

		/* A thread may send itself signal codes that otherwise only the kernel sends. */
		if (queue_to_self(&info))
			SKIP("rt_tgsigqueueinfo: %s", strerror(errno));
		expect_passed_on(&d, codes[i]);
		CHECK(old.info.si_addr == info.si_addr);
	}
}

/* ---- enable, disable, displaced -------------------------------------------------------------- */

static void should_put_the_previous_action_back_exactly(void)
{
	struct sigaction before = { .sa_sigaction = repairing_handler,
				    .sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER };
	struct sigaction after;

	sigemptyset(&before.sa_mask);
	sigaddset(&before.sa_mask, SIGHUP);
	CHECK_EQUAL(sigaction(SIGBUS, &before, NULL), 0);
	CHECK_EQUAL(sigaction(SIGBUS, NULL, &before), 0);
	enable();
	CHECK_EQUAL(hb_sigbus_disable(), 0);
	CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_OFF);
	CHECK_EQUAL(sigaction(SIGBUS, NULL, &after), 0);
	CHECK(after.sa_sigaction == before.sa_sigaction);
	CHECK_EQUAL(after.sa_flags, before.sa_flags);
	for (int signo = 1; signo < 32; signo++)
		CHECK_EQUAL(sigismember(&after.sa_mask, signo), signo == SIGHUP);
}

static void should_enable_and_disable_any_number_of_times(void)
{
	set_action(repairing_handler, SA_SIGINFO);
	CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_OFF);
	CHECK_EQUAL(hb_sigbus_disable(), 0);
	for (int i = 0; i < 20; i++) {
		enable();
		enable();
		fault_unmanaged();
		CHECK_EQUAL(old.calls, i + 1);
		expect_repair();
		CHECK_EQUAL(hb_sigbus_disable(), 0);
		CHECK_EQUAL(hb_sigbus_disable(), 0);
		CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_OFF);
	}
}

static struct sigaction displaced;
static volatile sig_atomic_t displacer_calls;

static void displacing_handler(int signo, siginfo_t *info, void *context)
{
	if (displacer_calls++ > 10)
		FAIL("handlers call each other in a circle");
	displaced.sa_sigaction(signo, info, context);
}

static void displace(void)
{
	struct sigaction action = { .sa_sigaction = displacing_handler, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	CHECK_EQUAL(sigaction(SIGBUS, &action, &displaced), 0);
}

static void should_notice_that_it_is_displaced(void)
{
	set_action(repairing_handler, SA_SIGINFO);
	enable();
	displace();
	CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_DISPLACED);
	expect_repair(); /* the other library passes on to us */
	CHECK_EQUAL(displacer_calls, 1);
	CHECK_EQUAL(old.calls, 0);

	CHECK_EQUAL(hb_sigbus_disable(), -EBUSY);
	CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_OFF);
	CHECK_EQUAL(hb_sigbus_disable(), 0);
	fault_unmanaged();
	CHECK_EQUAL(old.calls, 1);
}

static void should_claim_nothing_when_disabled_but_displaced(void)
{
	struct device d = plug_window(64 * KIB, HB_FILL_ONES);

	set_action(repairing_handler, SA_SIGINFO);
	enable();
	displace();
	CHECK_EQUAL(hb_sigbus_disable(), -EBUSY);
	unmanaged = d; /* so that the old handler can repair it */
	unplug(&d);
	CHECK_EQUAL(touch(d.bar), 0);
	CHECK_EQUAL(old.calls, 1);
	CHECK_EQUAL(state_of(&d), HB_WINDOW_LIVE);
}

static void should_not_go_in_circles_when_enabled_over_its_displacer(void)
{
	set_action(repairing_handler, SA_SIGINFO);
	enable();
	displace();
	CHECK_EQUAL(hb_sigbus_disable(), -EBUSY);
	enable(); /* in front again: ours, the other library's, ours, the first one */
	expect_repair();
	CHECK_EQUAL(displacer_calls, 0);
	fault_unmanaged();
	CHECK_EQUAL(displacer_calls, 1);
	CHECK_EQUAL(old.calls, 1);

	for (int i = 0; i < 20; i++) { /* takes up no more links */
		CHECK_EQUAL(hb_sigbus_disable(), 0);
		enable();
	}
	CHECK_EQUAL(hb_sigbus_disable(), 0);
	CHECK_EQUAL(sigaction(SIGBUS, &displaced, NULL), 0); /* the other library leaves */
	CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_OFF);
	enable();
	expect_repair();
	CHECK_EQUAL(hb_sigbus_disable(), 0);
	fault_unmanaged();
	CHECK_EQUAL(old.calls, 2);
	CHECK_EQUAL(displacer_calls, 1);
}

static void should_come_to_the_front_when_enabled_while_displaced(void)
{
	set_action(repairing_handler, SA_SIGINFO);
	enable();
	displace();
	enable();
	expect_repair();
	CHECK_EQUAL(displacer_calls, 0);
	fault_unmanaged();
	CHECK_EQUAL(displacer_calls, 1);
	CHECK_EQUAL(old.calls, 1);
}

static void should_refuse_when_displaced_too_often(void)
{
	int rc = 0;

	set_action(repairing_handler, SA_SIGINFO);
	for (int i = 0; i < 10 && !rc; i++) {
		rc = hb_sigbus_enable();
		set_action(escaping_handler, SA_SIGINFO);
	}
	CHECK_EQUAL(rc, -EBUSY);
	CHECK_EQUAL(hb_sigbus_status(), HB_SIGBUS_DISPLACED);
}

/* ---- libjsig --------------------------------------------------------------------------------- */

#define ENABLE_ONLY "HOTBUS_TEST_ENABLE_ONLY"

static const char *libjsig;

static void enable_under_libjsig(void)
{
	setenv("LD_PRELOAD", libjsig, 1);
	setenv(ENABLE_ONLY, "1", 1);
	execl("/proc/self/exe", "chain_test", (char *)NULL);
	exit(1);
}

static void should_refuse_to_work_behind_libjsig(void)
{
	glob_t found;
	int status;

	if (SANITIZED_BUILD || EMULATED_BUILD)
		SKIP("nothing can be preloaded into this build");
	if (glob("/usr/lib/jvm/*/lib/libjsig.so", 0, NULL, &found))
		SKIP("no libjsig.so below /usr/lib/jvm");
	libjsig = found.gl_pathv[0];
	status = status_of(enable_under_libjsig);
	CHECK(WIFEXITED(status));
	CHECK_EQUAL(WEXITSTATUS(status), ENOTSUP);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		KERNEL_TEST(should_die_of_a_fault_by_default),
		TEST(should_die_of_a_sent_signal_by_default),
		KERNEL_TEST(should_die_of_a_fault_even_where_ignored),
		TEST(should_ignore_a_sent_signal_where_ignored),
		TEST(should_call_a_siginfo_handler_with_the_same_siginfo),
		TEST(should_call_a_plain_handler),
		TEST(should_hand_on_errno_untouched),
		TEST(should_survive_handlers_that_never_return),
		KERNEL_TEST(should_call_a_one_shot_handler_once),
		TEST(should_put_a_spent_one_shot_handler_back_as_default),
		TEST(should_call_handlers_with_the_mask_they_asked_for),
		TEST(should_never_claim_signals_that_were_sent),
		KERNEL_TEST(should_never_claim_other_bus_errors),
		TEST(should_put_the_previous_action_back_exactly),
		TEST(should_enable_and_disable_any_number_of_times),
		TEST(should_notice_that_it_is_displaced),
		TEST(should_claim_nothing_when_disabled_but_displaced),
		TEST(should_not_go_in_circles_when_enabled_over_its_displacer),
		TEST(should_come_to_the_front_when_enabled_while_displaced),
		TEST(should_refuse_when_displaced_too_often),
		TEST(should_refuse_to_work_behind_libjsig),
	};

	(void)argc;
	if (getenv(ENABLE_ONLY))
		return -hb_sigbus_enable();
	return RUN_TESTS(tests, argv);
}
