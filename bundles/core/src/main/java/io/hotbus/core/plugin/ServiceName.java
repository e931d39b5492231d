// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.plugin;

import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** How the log names a service: {@code io.hotbus.bus.vdev/VdevSigbusHandler}. */
public final class ServiceName {
    private ServiceName() {
    }

    /** Bundle and class of {@code service}; text is taken as it is. */
    public static String of(Object service) {
        if (service instanceof CharSequence text) {
            return text.toString();
        }
        Class<?> type = service.getClass();
        String className = type.getName().substring(type.getPackageName().length())
                .replaceFirst("^\\.", "");
        Bundle bundle = FrameworkUtil.getBundle(type);
        return bundle == null ? className : bundle.getSymbolicName() + "/" + className;
    }
}
