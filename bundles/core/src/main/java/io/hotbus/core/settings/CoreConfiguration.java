// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.settings;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link CoreSettings#PID}, for tools; an underscore is a dot. */
@ObjectClassDefinition(name = "hotbus: core",
        description = "How long the platform waits for what other bundles bring, and for what they "
                + "are called for. A change applies at once.")
@interface CoreConfiguration {
    int HANDLER_WAIT_MILLIS = 30_000;
    int SERVICE_DRAIN_MILLIS = 30_000;
    int LISTENER_DEADLINE_MILLIS = 5000;
    int LISTENER_BACKLOG = 10_000;
    /**
     * The buffer for uevents. A uevent takes about 1.3 KiB, and a device with many queues causes
     * hundreds of uevents when it goes. The default is enough for six thousand.
     */
    int UEVENT_BUFFER_KIB = 8192;
    boolean HUGEPAGES = true;
    boolean SHARED_MEMORY = false;

    @AttributeDefinition(name = "Wait for a hot-plug handler", min = "0", max = "3600000",
            description = "Milliseconds that the removal of a device waits for the handler of its "
                    + "bus while that is being replaced; then the device is marked failed, and "
                    + "its windows are replaced all the same. Applies to removals from then on.")
    int handler_wait_ms() default HANDLER_WAIT_MILLIS;

    @AttributeDefinition(name = "Drain of a service", min = "10", max = "3600000",
            description = "Milliseconds that a bus, a handler or a DMA mapper whose bundle is "
                    + "stopped is kept until the calls inside it have returned; then it is left "
                    + "all the same.")
    int service_drain_ms() default SERVICE_DRAIN_MILLIS;

    @AttributeDefinition(name = "Deadline of a listener", min = "10", max = "3600000",
            description = "Milliseconds that a listener may take on the control thread; then it is "
                    + "left to a thread of its own, and the others go on.")
    int listener_deadline_ms() default LISTENER_DEADLINE_MILLIS;

    @AttributeDefinition(name = "Backlog of a listener", min = "1", max = "1000000",
            description = "Events that wait for a listener that hangs; further ones are dropped.")
    int listener_backlog() default LISTENER_BACKLOG;

    @AttributeDefinition(name = "Buffer for uevents", min = "64", max = "1048576",
            description = "KiB of uevents that the kernel may queue while a bus is busy. Applies "
                    + "when uevents are listened to the next time.")
    int uevent_buffer_kib() default UEVENT_BUFFER_KIB;

    @AttributeDefinition(name = "Hugepages",
            description = "Whether memory for packets is taken from hugepages where there are "
                    + "some. Applies to what is allocated from then on.")
    boolean hugepages() default HUGEPAGES;

    @AttributeDefinition(name = "Shared memory",
            description = "Whether memory for packets that is not from hugepages can be mapped by "
                    + "another process, too, as net_virtio_user needs. Such memory has no "
                    + "transparent hugepages on most kernels. Applies to what is allocated from "
                    + "then on.")
    boolean shared_memory() default SHARED_MEMORY;
}
