// SPDX-License-Identifier: Apache-2.0
/**
 * The driver {@code net_acme}: a loopback port. What is sent comes back, from a ring in memory;
 * what makes it worth the trouble is its register window, which can be pulled out.
 *
 * <ul>
 * <li>{@link com.example.net.acme.AcmeDriver}: takes a device, publishes its port, lets go again
 * <li>{@code AcmeDev}: the port's life: queues, start, stop, close, statistics
 * <li>{@code AcmeRxQueue}, {@code AcmeTxQueue}: the data path
 * <li>{@code AcmeHardware}: the simulated hardware, to be replaced by yours
 * </ul>
 *
 * <p>Not exported: a driver is found as a service, and nobody imports it.
 */
package com.example.net.acme;
