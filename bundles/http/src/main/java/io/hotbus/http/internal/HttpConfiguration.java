// SPDX-License-Identifier: Apache-2.0
package io.hotbus.http.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link ConfiguredServers#PID}, for tools. */
@ObjectClassDefinition(name = "hotbus: pages",
        description = "How pages are served. A change applies at once: servers start anew.")
@interface HttpConfiguration {
    @AttributeDefinition(name = "Key store", required = false,
            description = "A file in PKCS #12 with the certificate and its key, for HTTPS.")
    String keystore() default "";

    @AttributeDefinition(name = "Password of the key store", required = false,
            type = AttributeType.PASSWORD, description = "Of the key store and of the key in it.")
    String keystore_password() default "";

    @AttributeDefinition(name = "Certificate", required = false,
            description = "Instead of a key store: a file in PEM with the chain.")
    String certificate() default "";

    @AttributeDefinition(name = "Key", required = false,
            description = "The file in PEM with the key of the certificate, not encrypted.")
    String key() default "";

    @AttributeDefinition(name = "Token", required = false, type = AttributeType.PASSWORD,
            description = "The bearer token that a request for metrics needs; 16 characters at "
                    + "least. Without one, metrics are served on loopback addresses alone.")
    String token() default "";

    @AttributeDefinition(name = "Names", required = false,
            description = "Names of this machine that pages are asked for by, besides localhost "
                    + "and addresses.")
    String[] names() default {};
}
