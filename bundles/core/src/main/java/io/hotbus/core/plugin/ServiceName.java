// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.plugin;

import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** The name of a service in the log: {@code io.hotbus.bus.vdev/VdevSigbusHandler}. */
public final class ServiceName {
    private ServiceName() {
    }

    /** Returns bundle and class of {@code service}; returns text unchanged. */
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
