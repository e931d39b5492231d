// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told of the changes of one network interface, on the thread {@code interrupt}. The calls must
 * not block. A call may still run when the lease of the listener has been closed.
 */
@ConsumerType
public interface InterfaceListener {
    /**
     * The interface has changed: its name, address, MTU or flags. Also called with an unchanged
     * interface when notices of the kernel were lost.
     */
    void changed(NetInterface now);

    /**
     * The interface was deleted, or moved to another network namespace, or its driver was unbound.
     * The last call.
     */
    void gone();
}
