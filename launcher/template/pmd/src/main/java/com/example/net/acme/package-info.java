// SPDX-License-Identifier: Apache-2.0
/**
 * The driver {@code net_acme}: a loopback port that receives what it sends, through a ring in
 * memory. Its register window can be pulled out.
 *
 * <ul>
 * <li>{@link com.example.net.acme.AcmeDriver}: probes a device, publishes its port, releases it
 * <li>{@code AcmeDev}: the life cycle of the port: queues, start, stop, close, statistics
 * <li>{@code AcmeRxQueue}, {@code AcmeTxQueue}: the data path
 * <li>{@code AcmeHardware}: the simulated hardware, to be replaced by yours
 * </ul>
 *
 * <p>Not exported: the bus finds the driver as a service, so other bundles need not import it.
 */
package com.example.net.acme;
