// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.testpmd.PortPlan;
import io.hotbus.testpmd.QueueSetup;
import java.util.OptionalInt;

/**
 * What a file says of a device and its port.
 *
 * @param file      the file
 * @param name      the name of the device on its bus
 * @param devargs   what it is attached with
 * @param number    the number of its port; empty: the next free one
 * @param plan      what is set on its port; its queues are {@code queues}
 * @param queues    what differs from the queues of all ports
 * @param reattach  whether the device is attached again when it returns
 * @param linkCheck whether the port counts as in step only while its link is up
 */
record DeviceSpec(String file, String name, Devargs devargs, OptionalInt number, PortPlan plan,
        Queues queues, boolean reattach, boolean linkCheck) {
    /** Queues of a port in each direction and their descriptors; 0: as all ports have. */
    record Queues(int rx, int tx, int rxDescriptors, int txDescriptors) {
        /** These, with what {@code all} ports have in the place of 0. */
        QueueSetup of(QueueSetup all) {
            return new QueueSetup(rx == 0 ? all.rx() : rx, tx == 0 ? rx == 0 ? all.tx() : rx : tx,
                    rxDescriptors == 0 ? all.rxDescriptors() : rxDescriptors,
                    txDescriptors == 0 ? all.txDescriptors() : txDescriptors);
        }
    }

    /** What is planned for the port, where {@code all} are the queues of all ports. */
    PortPlan plan(QueueSetup all) {
        QueueSetup own = queues.of(all);
        return own.equals(all) ? plan : plan.withSetup(plan.setup().withQueues(own));
    }
}
