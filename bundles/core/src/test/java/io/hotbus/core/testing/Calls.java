// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;

/** Gets between a real service and its callers, for what cannot be brought about otherwise. */
public final class Calls {
    /** Before a call of the method. */
    @FunctionalInterface
    public interface Before {
        void call(Object[] arguments) throws Exception;
    }

    /** Instead of a call of the method. */
    @FunctionalInterface
    public interface Around {
        Object call(Object[] arguments, Callable<Object> method) throws Exception;
    }

    private Calls() {
    }

    /** {@code service}, with {@code before} running before each call of {@code method}. */
    public static <T> T before(Class<T> type, T service, String method, Before before) {
        return around(type, service, method, (arguments, call) -> {
            before.call(arguments);
            return call.call();
        });
    }

    /** {@code service}, with {@code around} running for each call of {@code method}. */
    public static <T> T around(Class<T> type, T service, String method, Around around) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, called, arguments) -> {
                    Callable<Object> call = () -> invoke(called, service, arguments);
                    return called.getName().equals(method) ? around.call(arguments, call)
                            : call.call();
                }));
    }

    private static Object invoke(Method called, Object service, Object[] arguments)
            throws Exception {
        try {
            return called.invoke(service, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception failure ? failure : e;
        }
    }
}
