/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Covers the differences between Linux 5.10 and 7.3. Every check of a kernel version is here.
 */

#ifndef _IGB_UIO_COMPAT_H
#define _IGB_UIO_COMPAT_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/uio_driver.h>
#include <linux/version.h>

/*
 * Mapping. Up to 7.0, uio_info.mmap gets the VMA itself. Later kernels have uio_info.mmap_prepare,
 * which gets the description of a VMA that may never exist. It must not count references;
 * vm_ops->mapped counts them once nothing can fail any more. (7.0 has the former, 7.2 the latter;
 * 7.1 was not available.)
 *
 *	struct compat_vma		the VMA, or its description
 *	COMPAT_UIO_MMAP			the member of struct uio_info
 *	COMPAT_VM_OPS_MAPPED(fn)	the initializer of vm_ops->mapped, or nothing
 *	compat_vma_set_up()		makes it a PFN mapping of registers; calls, or leaves to mm,
 *					vm_ops->mapped
 */
typedef int (*compat_mapped_fn)(unsigned long start, unsigned long end, pgoff_t pgoff,
				const struct file *file, void **private_data);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 1, 0)

#define compat_vma	vm_area_desc
#define COMPAT_UIO_MMAP	mmap_prepare
#define COMPAT_VM_OPS_MAPPED(fn)	.mapped = fn,

static inline pgoff_t compat_vma_pgoff(const struct compat_vma *vma)
{
	return vma->pgoff;
}

static inline bool compat_vma_is_cow(struct compat_vma *vma)
{
	return vma_desc_is_cow_mapping(vma);
}

static inline int compat_vma_set_up(struct compat_vma *vma, const struct vm_operations_struct *ops,
				    void *private_data, compat_mapped_fn mapped)
{
	vma_desc_set_flags(vma, VMA_IO_BIT, VMA_PFNMAP_BIT, VMA_DONTEXPAND_BIT,
			   VMA_DONTDUMP_BIT);
	vma->page_prot = pgprot_decrypted(pgprot_device(vma->page_prot));
	vma->vm_ops = ops;
	vma->private_data = private_data;
	return 0;
}

#else /* before mmap_prepare */

#define compat_vma	vm_area_struct
#define COMPAT_UIO_MMAP	mmap
#define COMPAT_VM_OPS_MAPPED(fn)

static inline pgoff_t compat_vma_pgoff(const struct compat_vma *vma)
{
	return vma->vm_pgoff;
}

/* is_cow_mapping() is private to mm before 5.13. */
static inline bool compat_vma_is_cow(struct compat_vma *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/* vm_flags_set() came with 6.3; since then vm_flags must not be written directly. */
static inline void compat_vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

static inline int compat_vma_set_up(struct compat_vma *vma, const struct vm_operations_struct *ops,
				    void *private_data, compat_mapped_fn mapped)
{
	compat_vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_page_prot = pgprot_decrypted(pgprot_device(vma->vm_page_prot));
	vma->vm_ops = ops;
	vma->vm_private_data = private_data;
	return mapped(vma->vm_start, vma->vm_end, vma->vm_pgoff, vma->vm_file,
		      &vma->vm_private_data);
}

#endif

#endif /* _IGB_UIO_COMPAT_H */
