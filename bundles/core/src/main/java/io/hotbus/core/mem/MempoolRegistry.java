// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mempools;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The service {@link Mempools}. */
@Component(service = Mempools.class)
public final class MempoolRegistry extends Mempools {
    @Activate
    public MempoolRegistry(@Reference DmaAllocator allocator) {
        super(allocator);
    }
}
