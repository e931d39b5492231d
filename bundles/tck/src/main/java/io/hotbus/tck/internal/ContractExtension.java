// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.tck.Contract;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Gives tests their {@link Platform} and their {@link Settings}, and adds the broken sentence of
 * the contract to every failure.
 */
public final class ContractExtension
        implements ParameterResolver, TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Platform.class || type == Settings.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Settings settings = Settings.of(context);
        if (parameter.getParameter().getType() == Settings.class) {
            return settings;
        }
        return new Platform(settings);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
            throws Throwable {
        throw cited(context, thrown);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context,
            Throwable thrown) throws Throwable {
        throw cited(context, thrown);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context,
            Throwable thrown) throws Throwable {
        throw cited(context, thrown);
    }

    private static Throwable cited(ExtensionContext context, Throwable thrown) {
        Contract contract = context.getTestMethod()
                .map(method -> method.getAnnotation(Contract.class)).orElse(null);
        if (contract == null || thrown instanceof TestAbortedException) {
            return thrown;
        }
        return new AssertionError("%s: \"%s\"%n  but with %s: %s".formatted(contract.of(),
                contract.says(), context.getParent().map(ExtensionContext::getDisplayName)
                        .orElse("?"), thrown.getMessage() == null ? thrown : thrown.getMessage()),
                thrown);
    }
}
