// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The sentence of the contract that a test checks. A failure of the test cites the sentence. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Contract {
    /** The method or type that the contract is about: {@code Bus.attach}. */
    String of();

    /** The sentence. */
    String says();
}
