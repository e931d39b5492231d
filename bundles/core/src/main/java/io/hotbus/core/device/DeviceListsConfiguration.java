// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link DeviceLists#PID}, for tools. */
@ObjectClassDefinition(name = "hotbus: devices",
        description = "Which devices may be used, on every bus. A change applies at once; a device "
                + "that is attached stays so.")
@interface DeviceListsConfiguration {
    @AttributeDefinition(name = "Allow", required = false,
            description = "If any is listed, no others can be attached: devargs like "
                    + "0000:03:00.0,bind=vfio-pci or pci:0000:04:00.0 or net_sim0 or vdev:*. Where "
                    + "a device is attached without arguments, it gets those given here.")
    String[] allow() default {};

    @AttributeDefinition(name = "Block", required = false,
            description = "These cannot be attached, nor given to another kernel driver: names "
                    + "like 0000:03:00.0 or pci:*.")
    String[] block() default {};
}
