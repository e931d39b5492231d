// SPDX-License-Identifier: Apache-2.0
/*
 * A plugin of QEMU's TCG: counts the instructions that each emulated processor executes, in a file
 * that it maps. Options: counts=FILE, of CPUS * SLOT bytes, with a 64-bit number at each slot.
 *
 * The interface is that of QEMU's include/qemu/qemu-plugin.h, which Debian does not package; what
 * is used of it is the same from QEMU 7.2 to 10.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CPUS 2
#define SLOT 64 /* a cache line: the processors run on threads of their own */

struct qemu_plugin_tb;

typedef void (*tb_translated)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*tb_executed)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_translated call);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, tb_executed call, int flags,
					  void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);

/* QEMU 7.2 wants 1; 9.0 and later 2 or more. Given by the compiler's command line. */
__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_VERSION;

static char *counts;

static void executed(unsigned int cpu, void *data)
{
	if (cpu < CPUS)
		*(uint64_t *)(counts + cpu * SLOT) += (uintptr_t)data;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, 0,
					     (void *)(uintptr_t)qemu_plugin_tb_n_insns(tb));
}

__attribute__((visibility("default")))
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	static const char option[] = "counts=";
	int fd;

	(void)info;
	if (argc != 1 || strncmp(argv[0], option, strlen(option)) != 0) {
		fprintf(stderr, "instructions: counts=FILE is needed\n");
		return -1;
	}
	fd = open(argv[0] + strlen(option), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, CPUS * SLOT) < 0) {
		perror(argv[0]);
		return -1;
	}
	counts = mmap(NULL, CPUS * SLOT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (counts == MAP_FAILED) {
		perror(argv[0]);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
