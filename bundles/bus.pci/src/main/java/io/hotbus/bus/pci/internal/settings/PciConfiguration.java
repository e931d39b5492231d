// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.settings;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link PciSettings#PID}, for tools; an underscore is a dot. */
@ObjectClassDefinition(name = "hotbus: PCI bus",
        description = "Where the PCI bus finds functions, and how long it waits for the kernel. "
                + "Which functions may be used is set under io.hotbus.devices.")
@interface PciConfiguration {
    String SYSFS = "/sys";
    String DEV = "/dev";
    int ARRIVAL_LIMIT_MILLIS = 5000;
    int KERNEL_LIMIT_MILLIS = 5000;
    int FAULT_LIMIT_MILLIS = 2000;
    int RECONCILE_PERIOD_MILLIS = 3000;

    @AttributeDefinition(name = "sysfs",
            description = "Where sysfs is mounted. Applies when the bundle is started the next "
                    + "time.")
    String sysfs() default SYSFS;

    @AttributeDefinition(name = "Device nodes",
            description = "The folder of device nodes. Applies when the bundle is started the next "
                    + "time.")
    String dev() default DEV;

    @AttributeDefinition(name = "Limit of an arrival", min = "0", max = "3600000",
            description = "Milliseconds that a function that has just been plugged in may take "
                    + "until it can be used. Applies at once.")
    int arrival_limit_ms() default ARRIVAL_LIMIT_MILLIS;

    @AttributeDefinition(name = "Limit of the kernel", min = "10", max = "3600000",
            description = "Milliseconds that the kernel may keep a call waiting that needs the "
                    + "lock of a function, as while it removes it. Applies at once.")
    int kernel_limit_ms() default KERNEL_LIMIT_MILLIS;

    @AttributeDefinition(name = "Limit of a fault", min = "0", max = "3600000",
            description = "Milliseconds that the memory of a function on vfio-pci may be off, as "
                    + "while another resets it, until the function counts as removed. Applies to "
                    + "functions attached from then on.")
    int fault_limit_ms() default FAULT_LIMIT_MILLIS;

    @AttributeDefinition(name = "Period of reconciliation", min = "100", max = "3600000",
            description = "Milliseconds between two looks whether functions that are attached are "
                    + "there, and whether those taken for removed are back. Applies when the "
                    + "bundle is started the next time.")
    int reconcile_period_ms() default RECONCILE_PERIOD_MILLIS;
}
