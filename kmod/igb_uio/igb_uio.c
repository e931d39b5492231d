// SPDX-License-Identifier: GPL-2.0-only
/*
 * igb_uio - gives a PCI device to a user-space driver through UIO, and takes it back at any moment.
 *
 * To user space the module looks like DPDK's igb_uio: /dev/uioN with its interrupt, maps and port
 * regions, and bus mastering while it is open. It adds a defined removal: when the device goes,
 * every mapping of /dev/uioN is revoked at once, the next access raises SIGBUS (BUS_ADRERR), and
 * an open file or a mapping can never reach freed memory or another device.
 *
 *	probe          open            last close         open ...
 *	------> PROBED ------> OPENED <-----------> RELEASED
 *	           \              \                    /
 *	            `--------------`--- remove -------`----> REMOVED, for good
 *
 * References:
 *	- the binding (probe to remove) and each VMA hold a reference to struct igbuio;
 *	- an open file holds the module (by the uio core), and a VMA holds its file, so the module
 *	  outlives every VMA;
 *	- an open file also holds its inode, and thus the address space kept in igbuio.nodes.
 *
 * Since Linux 4.18, closing a file after remove() no longer calls release(), so remove() does the
 * work of the last release() itself.
 *
 * Locks: the core's info_lock, or mmap_lock, is taken before igbuio.lock. Therefore remove() never
 * holds igbuio.lock across uio_unregister_device(), which takes info_lock.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio_driver.h>

#include "compat.h"

#define IGBUIO_VERSION "0.1.0"

enum igbuio_state {
	IGBUIO_PROBED,
	IGBUIO_OPENED,
	IGBUIO_RELEASED,
	IGBUIO_REMOVED,
};

/* The kinds of interrupt in the order of trial, which begins at the module parameter's kind. */
enum igbuio_intr {
	IGBUIO_INTR_MSIX,
	IGBUIO_INTR_MSI,
	IGBUIO_INTR_LEGACY,
	IGBUIO_INTR_NONE,
};

static const char * const intr_names[] = { "msix", "msi", "legacy" };

static char *intr_mode = "msix";
module_param(intr_mode, charp, 0444);
MODULE_PARM_DESC(intr_mode,
		 "interrupt to use: msix (default), msi or legacy; what a device lacks, the next replaces");

static enum igbuio_intr intr_first;

/* A device node through which the device is open. Each mknod makes its own inode. */
struct igbuio_node {
	struct list_head list;
	struct address_space *mapping;
	unsigned int opens;
};

/* The map of a VMA. The VMA points to it, since the offset names the map only until a split. */
struct igbuio_map {
	struct igbuio *udev;
	unsigned int index;
};

struct igbuio {
	struct kref ref;
	struct pci_dev *pdev;		/* the binding's: not for a late VMA */
	struct uio_info info;
	struct igbuio_map maps[MAX_UIO_MAPS];

	/* Guards the members below. After REMOVED, only remove() uses all but state and lock. */
	struct mutex lock;
	enum igbuio_state state;
	struct list_head nodes;		/* not empty: opened */
	enum igbuio_intr intr;
	unsigned int irq;
	bool irq_off;			/* MSI and MSI-X: disable_irq() is in force */
};

static struct igbuio *to_igbuio(struct uio_info *info)
{
	return container_of(info, struct igbuio, info);
}

static void igbuio_free(struct kref *ref)
{
	struct igbuio *udev = container_of(ref, struct igbuio, ref);

	mutex_destroy(&udev->lock);
	kfree(udev);
}

static void igbuio_put(struct igbuio *udev)
{
	kref_put(&udev->ref, igbuio_free);
}

/* Asks the physical function of a virtual one, whose own vendor ID reads all-ones. */
static bool igbuio_present(struct igbuio *udev)
{
	return pci_device_is_present(pci_physfn(udev->pdev));
}

/* Checks lockdown as for /dev/mem: a device that masters the bus can write to any memory. */
static int igbuio_locked_down(void)
{
	return security_locked_down(LOCKDOWN_PCI_ACCESS);
}

/* Interrupts */

static irqreturn_t igbuio_interrupt(int irq, void *arg)
{
	struct igbuio *udev = arg;

	/* The line may be shared, and a removed device would claim every interrupt. */
	if (udev->intr == IGBUIO_INTR_LEGACY &&
	    (pci_channel_offline(udev->pdev) || !pci_check_and_mask_intx(udev->pdev)))
		return IRQ_NONE;

	uio_event_notify(&udev->info);
	return IRQ_HANDLED;
}

/* Reserves an interrupt of this kind; returns its number or a negative errno. */
static int igbuio_alloc_vector(struct pci_dev *pdev, enum igbuio_intr intr)
{
	int err;

	if (intr == IGBUIO_INTR_LEGACY) {
		if (!pdev->irq || pdev->irq == IRQ_NOTCONNECTED || !pci_intx_mask_supported(pdev))
			return -ENODEV;
		return pdev->irq;
	}

	err = pci_alloc_irq_vectors(pdev, 1, 1,
				    intr == IGBUIO_INTR_MSIX ? PCI_IRQ_MSIX : PCI_IRQ_MSI);
	if (err < 0)
		return err;
	return pci_irq_vector(pdev, 0);
}

static int igbuio_irq_start(struct igbuio *udev)
{
	struct pci_dev *pdev = udev->pdev;
	enum igbuio_intr intr;
	int irq = -ENODEV;
	int err;

	for (intr = intr_first; intr < IGBUIO_INTR_NONE; intr++) {
		irq = igbuio_alloc_vector(pdev, intr);
		if (irq >= 0)
			break;
	}

	udev->intr = intr;
	udev->irq_off = false;
	if (intr == IGBUIO_INTR_NONE) {
		udev->info.irq = UIO_IRQ_NONE;
		pci_info(pdev, "no interrupt that user space could use\n");
		return 0;
	}

	udev->irq = irq;
	udev->info.irq = UIO_IRQ_CUSTOM;
	err = request_irq(irq, igbuio_interrupt,
			  intr == IGBUIO_INTR_LEGACY ? IRQF_SHARED : 0, udev->info.name, udev);
	if (err) {
		pci_free_irq_vectors(pdev);
		udev->intr = IGBUIO_INTR_NONE;
		udev->info.irq = UIO_IRQ_NONE;
		return err;
	}

	if (intr == IGBUIO_INTR_LEGACY)
		pci_intx(pdev, 1);
	pci_dbg(pdev, "%s interrupt %d\n", intr_names[intr], irq);
	return 0;
}

static void igbuio_irq_stop(struct igbuio *udev, bool present)
{
	if (udev->intr == IGBUIO_INTR_NONE)
		return;

	if (udev->intr == IGBUIO_INTR_LEGACY && present)
		pci_intx(udev->pdev, 0);
	free_irq(udev->irq, udev);
	pci_free_irq_vectors(udev->pdev);
	udev->intr = IGBUIO_INTR_NONE;
}

/*
 * Handles a write to /dev/uioN: 1 passes interrupts on, 0 holds them back; none is lost meanwhile.
 * The core does not call this while there is no interrupt.
 */
static int igbuio_irqcontrol(struct uio_info *info, s32 on)
{
	struct igbuio *udev = to_igbuio(info);
	bool off = !on;
	int err = 0;

	mutex_lock(&udev->lock);
	if (udev->state != IGBUIO_OPENED || !igbuio_present(udev)) {
		err = -ENODEV;
	} else if (udev->intr == IGBUIO_INTR_LEGACY) {
		pci_intx(udev->pdev, on);
	} else if (off != udev->irq_off) {
		if (off)
			disable_irq(udev->irq);
		else
			enable_irq(udev->irq);
		udev->irq_off = off;
	}
	mutex_unlock(&udev->lock);
	return err;
}

/* Open and release: the first one starts the device, the last one stops it */

static int igbuio_start(struct igbuio *udev)
{
	int err;

	if (!igbuio_present(udev))
		return -ENODEV;

	pci_set_master(udev->pdev);
	err = igbuio_irq_start(udev);
	if (err) {
		pci_err(udev->pdev, "interrupt set-up failed: %d\n", err);
		pci_clear_master(udev->pdev);
	}
	return err;
}

static void igbuio_stop(struct igbuio *udev)
{
	bool present = igbuio_present(udev);

	igbuio_irq_stop(udev, present);
	if (present)
		pci_clear_master(udev->pdev);
}

static struct igbuio_node *igbuio_find_node(struct igbuio *udev, struct address_space *mapping)
{
	struct igbuio_node *node;

	list_for_each_entry(node, &udev->nodes, list) {
		if (node->mapping == mapping)
			return node;
	}
	return NULL;
}

static void igbuio_del_node(struct igbuio_node *node)
{
	list_del(&node->list);
	kfree(node);
}

static int igbuio_open_locked(struct igbuio *udev, struct address_space *mapping)
{
	struct igbuio_node *node;
	int err;

	if (udev->state == IGBUIO_REMOVED)
		return -ENODEV;

	err = igbuio_locked_down();
	if (err)
		return err;

	node = igbuio_find_node(udev, mapping);
	if (node) {
		node->opens++;
		return 0;
	}

	node = kzalloc(sizeof(*node), GFP_KERNEL);
	if (!node)
		return -ENOMEM;

	if (list_empty(&udev->nodes)) {
		err = igbuio_start(udev);
		if (err) {
			kfree(node);
			return err;
		}
	}

	node->mapping = mapping;
	node->opens = 1;
	list_add_tail(&node->list, &udev->nodes);
	udev->state = IGBUIO_OPENED;
	return 0;
}

static int igbuio_open(struct uio_info *info, struct inode *inode)
{
	struct igbuio *udev = to_igbuio(info);
	int err;

	mutex_lock(&udev->lock);
	err = igbuio_open_locked(udev, inode->i_mapping);
	mutex_unlock(&udev->lock);
	return err;
}

static int igbuio_release(struct uio_info *info, struct inode *inode)
{
	struct igbuio *udev = to_igbuio(info);
	struct igbuio_node *node;

	mutex_lock(&udev->lock);
	/* Not found: remove() has run this far and is about to call uio_unregister_device(). */
	node = igbuio_find_node(udev, inode->i_mapping);
	if (node && !--node->opens) {
		igbuio_del_node(node);
		if (list_empty(&udev->nodes)) {
			igbuio_stop(udev);
			udev->state = IGBUIO_RELEASED;
		}
	}
	mutex_unlock(&udev->lock);
	return 0;
}

/* Mappings: pages come by fault, so that they can be taken away and stay away */

static void igbuio_vma_open(struct vm_area_struct *vma)
{
	struct igbuio_map *map = vma->vm_private_data;

	kref_get(&map->udev->ref);
}

static void igbuio_vma_close(struct vm_area_struct *vma)
{
	struct igbuio_map *map = vma->vm_private_data;

	igbuio_put(map->udev);
}

static int igbuio_vma_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
			     const struct file *file, void **private_data)
{
	struct igbuio_map *map = *private_data;

	kref_get(&map->udev->ref);
	return 0;
}

/*
 * Inserts the page under the lock: it is present before remove() zaps, or the state is seen here.
 */
static vm_fault_t igbuio_vma_fault(struct vm_fault *vmf)
{
	struct igbuio_map *map = vmf->vma->vm_private_data;
	struct igbuio *udev = map->udev;
	struct uio_mem *mem = &udev->info.mem[map->index];
	pgoff_t page = vmf->pgoff - map->index;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	mutex_lock(&udev->lock);
	if (udev->state != IGBUIO_REMOVED && page < DIV_ROUND_UP(mem->size, PAGE_SIZE))
		ret = vmf_insert_pfn(vmf->vma, vmf->address, PHYS_PFN(mem->addr) + page);
	mutex_unlock(&udev->lock);
	return ret;
}

static const struct vm_operations_struct igbuio_vm_ops = {
	COMPAT_VM_OPS_MAPPED(igbuio_vma_mapped)
	.open = igbuio_vma_open,
	.close = igbuio_vma_close,
	.fault = igbuio_vma_fault,
};

/* The core has checked that the offset names a map and that the length fits it. */
static int igbuio_mmap(struct uio_info *info, struct compat_vma *vma)
{
	struct igbuio *udev = to_igbuio(info);
	int err;

	err = igbuio_locked_down();
	if (err)
		return err;

	/* A private copy of a register makes no sense, and mm has none for PFN faults. */
	if (compat_vma_is_cow(vma))
		return -EINVAL;

	return compat_vma_set_up(vma, &igbuio_vm_ops, &udev->maps[compat_vma_pgoff(vma)],
				 igbuio_vma_mapped);
}

/* Probe and remove */

static void igbuio_add_mem(struct igbuio *udev, struct uio_mem *mem, const char *name, int bar)
{
	resource_size_t start = pci_resource_start(udev->pdev, bar);

	/* Page-aligned, as nearly every BAR is: addr and size are the BAR's own. */
	mem->name = name;
	mem->addr = start & PAGE_MASK;
	mem->offs = offset_in_page(start);
	mem->size = mem->offs + pci_resource_len(udev->pdev, bar);
	mem->memtype = UIO_MEM_PHYS;
}

static void igbuio_add_port(struct igbuio *udev, struct uio_port *port, const char *name, int bar)
{
	port->name = name;
	port->start = pci_resource_start(udev->pdev, bar);
	port->size = pci_resource_len(udev->pdev, bar);
	port->porttype = UIO_PORT_X86;
}

/* Maps are numbered without gaps, as the core wants them; the name says which BAR each one is. */
static int igbuio_add_bars(struct igbuio *udev)
{
	static const char * const names[] = { "BAR0", "BAR1", "BAR2", "BAR3", "BAR4", "BAR5" };
	struct pci_dev *pdev = udev->pdev;
	int mems = 0, ports = 0;
	int bar;

	BUILD_BUG_ON(ARRAY_SIZE(names) != PCI_STD_NUM_BARS);
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		unsigned long flags = pci_resource_flags(pdev, bar);

		if (!pci_resource_start(pdev, bar) || !pci_resource_len(pdev, bar) ||
		    flags & IORESOURCE_UNSET)
			continue;

		if (flags & IORESOURCE_MEM && mems < MAX_UIO_MAPS) {
			udev->maps[mems] = (struct igbuio_map){ .udev = udev, .index = mems };
			igbuio_add_mem(udev, &udev->info.mem[mems++], names[bar], bar);
		} else if (flags & IORESOURCE_IO && ports < MAX_UIO_PORT_REGIONS) {
			igbuio_add_port(udev, &udev->info.port[ports++], names[bar], bar);
		} else {
			pci_warn(pdev, "%s left out: UIO has no place for it\n", names[bar]);
		}
	}
	return mems || ports ? 0 : -ENOENT;
}

static struct igbuio *igbuio_create(struct pci_dev *pdev)
{
	struct igbuio *udev = kzalloc(sizeof(*udev), GFP_KERNEL);

	if (!udev)
		return NULL;

	kref_init(&udev->ref);
	mutex_init(&udev->lock);
	INIT_LIST_HEAD(&udev->nodes);
	udev->pdev = pdev;
	udev->state = IGBUIO_PROBED;
	udev->intr = IGBUIO_INTR_NONE;
	udev->info.name = KBUILD_MODNAME;
	udev->info.version = IGBUIO_VERSION;
	udev->info.irq = UIO_IRQ_NONE;
	udev->info.open = igbuio_open;
	udev->info.release = igbuio_release;
	udev->info.irqcontrol = igbuio_irqcontrol;
	udev->info.COMPAT_UIO_MMAP = igbuio_mmap;
	return udev;
}

/*
 * The BARs are not requested: where CONFIG_IO_STRICT_DEVMEM is set, that would take sysfs resourceN
 * away from user space that still maps it.
 */
static int igbuio_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct igbuio *udev;
	int err;

	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return -ENODEV;

	err = igbuio_locked_down();
	if (err)
		return err;

	udev = igbuio_create(pdev);
	if (!udev)
		return -ENOMEM;

	err = pci_enable_device(pdev);
	if (err)
		goto put;

	/* Whatever used the device before: it may write to memory only while it is open. */
	pci_clear_master(pdev);

	err = igbuio_add_bars(udev);
	if (err)
		goto disable;

	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		goto disable;

	pci_set_drvdata(pdev, udev);
	err = uio_register_device(&pdev->dev, &udev->info);
	if (err)
		goto disable;

	return 0;

disable:
	pci_disable_device(pdev);
put:
	igbuio_put(udev);
	return err;
}

/* After this no fault, open, release or interrupt control touches the device. */
static bool igbuio_revoke(struct igbuio *udev)
{
	struct igbuio_node *node, *next;
	bool opened;

	mutex_lock(&udev->lock);
	opened = !list_empty(&udev->nodes);
	udev->state = IGBUIO_REMOVED;
	list_for_each_entry_safe(node, next, &udev->nodes, list) {
		unmap_mapping_range(node->mapping, 0, 0, 1);
		igbuio_del_node(node);
	}
	mutex_unlock(&udev->lock);
	return opened;
}

static void igbuio_remove(struct pci_dev *pdev)
{
	struct igbuio *udev = pci_get_drvdata(pdev);

	if (igbuio_revoke(udev))
		igbuio_stop(udev);
	pci_disable_sriov(pdev);
	uio_unregister_device(&udev->info);
	/* Needed even if the device is gone, because the kernel counts the enables. */
	pci_disable_device(pdev);
	igbuio_put(udev);
}

/* No ids: devices come by driver_override or new_id. */
static struct pci_driver igbuio_driver = {
	.name = KBUILD_MODNAME,
	.probe = igbuio_probe,
	.remove = igbuio_remove,
	.sriov_configure = pci_sriov_configure_simple,
};

static int __init igbuio_init(void)
{
	int mode = match_string(intr_names, ARRAY_SIZE(intr_names), intr_mode);

	if (mode < 0) {
		pr_err("intr_mode=%s: want msix, msi or legacy\n", intr_mode);
		return -EINVAL;
	}
	intr_first = mode;
	return pci_register_driver(&igbuio_driver);
}
module_init(igbuio_init);

static void __exit igbuio_exit(void)
{
	pci_unregister_driver(&igbuio_driver);
}
module_exit(igbuio_exit);

MODULE_DESCRIPTION("UIO driver for PCI devices that may be pulled out");
MODULE_AUTHOR("The hotbus authors");
MODULE_VERSION(IGBUIO_VERSION);
MODULE_LICENSE("GPL");
