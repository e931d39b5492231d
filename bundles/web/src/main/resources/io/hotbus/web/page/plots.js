// SPDX-License-Identifier: Apache-2.0
// Rates of the last minutes, drawn by uPlot.

import uPlot from './uPlot.esm.js';
import {byId, element, setText} from './dom.js';
import {rate} from './units.js';

const POINTS = 300;
const COLOURS = {
	light: ['#0b5cad', '#b3261e', '#146c37', '#7a3e9d', '#8a5300', '#00666b'],
	dark: ['#7db8f2', '#ff9d94', '#6fd492', '#d0a5ee', '#f2b866', '#62d3d9'],
};
/** Lines differ by their dashes, too. */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 4], [4, 4]];
const clock = seconds => new Date(1000 * seconds).toLocaleTimeString([], {hourCycle: 'h23'});
const dark = matchMedia('(prefers-color-scheme: dark)');

export class Plots {
	constructor() {
		this.names = [];
		this.times = [];
		this.values = {rx: new Map(), tx: new Map()};
		this.plots = [];
		dark.addEventListener('change', () => this.make());
		new ResizeObserver(() => this.resize()).observe(byId('plot-rx'));
	}

	/** rates: of each port {name, rx, tx}, now. */
	add(seconds, rates) {
		this.times.push(seconds);
		for (const {name} of rates) {
			for (const way of ['rx', 'tx']) {
				if (!this.values[way].has(name)) {
					this.values[way].set(name, new Array(this.times.length - 1).fill(null));
				}
			}
		}
		const now = new Map(rates.map(each => [each.name, each]));
		for (const way of ['rx', 'tx']) {
			for (const [name, values] of this.values[way]) {
				values.push(now.get(name)?.[way] ?? null);
			}
		}
		this.forget();
		const names = [...this.values.rx.keys()];
		if (names.join() !== this.names.join()) {
			this.names = names;
			this.make();
		}
		this.plots.forEach(([way, plot]) => plot.setData(this.data(way)));
	}

	/** A pause, in which the server was away. */
	gap(seconds) {
		if (this.times.length > 0) {
			this.add(seconds, []);
		}
	}

	forget() {
		if (this.times.length > POINTS) {
			this.times.shift();
			for (const way of ['rx', 'tx']) {
				for (const [name, values] of this.values[way]) {
					values.shift();
					if (values.every(value => value === null)) {
						this.values[way].delete(name);
					}
				}
			}
		}
	}

	data(way) {
		return [this.times, ...this.names.map(name => this.values[way].get(name) ?? this.times.map(() => null))];
	}

	make() {
		this.plots.forEach(([, plot]) => plot.destroy());
		const colours = COLOURS[dark.matches ? 'dark' : 'light'];
		const style = getComputedStyle(document.documentElement);
		const stroke = style.getPropertyValue('--faint').trim();
		const grid = {stroke: style.getPropertyValue('--grid').trim(), width: 1};
		const axis = {stroke, grid, ticks: grid, font: '12px system-ui, sans-serif'};
		this.plots = ['rx', 'tx'].map(way => {
			const place = byId(`plot-${way}`);
			return [way, new uPlot({
				width: place.clientWidth,
				height: place.clientHeight,
				legend: {show: false},
				cursor: {show: false},
				scales: {y: {range: (_, low, high) => [0, Math.max(10, (high ?? 0) * 1.1)]}},
				axes: [{...axis, size: 30, space: 90, values: (_, ticks) => ticks.map(clock)}, {...axis, size: 64, values: (_, ticks) => ticks.map(rate)}],
				series: [{}, ...this.names.map((name, i) => ({
					label: name,
					stroke: colours[i % colours.length],
					dash: DASHES[i % DASHES.length],
					width: 2,
					points: {show: false},
				}))],
			}, this.data(way), place)];
		});
		this.legend(colours);
	}

	legend(colours) {
		byId('legend').replaceChildren(...this.names.map((name, i) => {
			const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
			const marks = {x1: 0, y1: 6, x2: 35, y2: 6, stroke: colours[i % colours.length], 'stroke-width': 2,
				'stroke-dasharray': DASHES[i % DASHES.length].join(' ')};
			Object.entries(marks).forEach(([key, value]) => line.setAttribute(key, value));
			const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
			drawn.setAttribute('aria-hidden', 'true');
			drawn.append(line);
			const text = element('span');
			setText(text, ` ${name}`);
			return element('li', {}, drawn, text);
		}));
	}

	resize() {
		this.plots.forEach(([way, plot]) => {
			const place = byId(`plot-${way}`);
			plot.setSize({width: place.clientWidth, height: place.clientHeight});
		});
	}
}
