// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import io.hotbus.ethdev.Port;
import io.hotbus.testkit.NicModel.Vanished;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a driver also does when the device is pulled out in the middle of a stop. For models that
 * notice the stop before the driver goes on.
 *
 * @param <R> the rig
 */
@ConsumerType
public abstract class NicStopTests<R extends NicRig<?>> extends NicRemovalTests<R> {
    /** Lets the device of the port go in the middle of its stop. */
    protected abstract void letItGoWhenStopped(Vanished as);

    @ParameterizedTest
    @EnumSource
    final void shouldCloseAtOnceWhenItGoesAsItIsStopped(Vanished as) throws Exception {
        closesAtOnce(port -> letItGoWhenStopped(as));
    }

    @ParameterizedTest
    @EnumSource
    final void shouldStoreNothingWhenItGoesAsItIsStopped(Vanished as) throws Exception {
        Port port = rig.start(pool);
        letItGoWhenStopped(as);

        port.stop();
        port.close();
        rig.detachAll();

        assertNothingStored(as);
    }
}
