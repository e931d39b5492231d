// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Lets one method of a real service fail, for errors that cannot be brought about. */
public final class Calls {
    /** Before a call of the method. */
    @FunctionalInterface
    public interface Before {
        void call(Object[] arguments) throws Exception;
    }

    private Calls() {
    }

    /** {@code service}, with {@code before} running before each call of {@code method}. */
    public static <T> T before(Class<T> type, T service, String method, Before before) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        before.call(arguments);
                    }
                    try {
                        return called.invoke(service, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
