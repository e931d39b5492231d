// SPDX-License-Identifier: Apache-2.0
// The page: what the stream of events says goes into tables and plots.

import {Table, bar, byId, element, setState, setText} from './dom.js';
import {Live} from './live.js';
import {Plots} from './plots.js';
import {Removals} from './removals.js';
import {act, begin, refresh} from './session.js';
import {count, percent, rate} from './units.js';

const STATES = {
	STARTED: ['▶', 'started', 'good'],
	STOPPED: ['■', 'stopped', 'soon'],
	CLOSED: ['✕', 'closed', 'soon'],
	PROBED: ['✓', 'attached', 'good'],
	FOUND: ['○', 'no driver', 'soon'],
	PROBING: ['…', 'being attached', 'soon'],
	REMOVED: ['✕', 'removed', 'bad'],
	FAILED: ['⚠', 'failed', 'bad'],
	DETACHED: ['○', 'detached', 'soon'],
	PLUGGED_IN: ['○', 'plugged in, not attached', 'soon'],
	PULLED_OUT: ['✕', 'pulled out', 'bad'],
};
const stateOf = name => STATES[name] ?? ['?', name.toLowerCase(), 'soon'];
const text = value => (cell, row) => setText(cell, value(row));

const ports = new Table('ports', port => `${port.id} ${port.device}`, [
	text(port => String(port.id)),
	text(port => port.owner ? `${port.device} (of ${port.owner})` : port.device),
	text(port => port.driver),
	(cell, port) => setState(cell, port.removed ? STATES.REMOVED : stateOf(port.state)),
	(cell, port) => setState(cell, port.link.up
		? ['▲', `up, ${rate(port.link.speedMbps * 1e6)}bit/s`, 'good'] : ['▼', 'down', 'bad']),
	text(port => rate(port.rx)),
	text(port => rate(port.tx)),
	text(port => count(port.stats.rxPackets)),
	text(port => count(port.stats.txPackets)),
	text(port => count(port.stats.missed)),
	text(port => count(port.stats.rxErrors + port.stats.txErrors)),
], [0, 5, 6, 7, 8, 9, 10]);

function deviceButton(device, action) {
	const button = element('button', {type: 'button'});
	button.dataset.do = action;
	button.addEventListener('click', () => act(button.dataset.do, device));
	return button;
}

/** Changes what a button does, so that it keeps the focus. */
function setAction(button, action, device) {
	const label = action[0].toUpperCase() + action.slice(1);
	button.dataset.do = action;
	setText(button, label);
	button.setAttribute('aria-label', `${label} ${device}`);
}

const devices = new Table('devices', device => device.name, [
	text(device => device.name),
	text(device => device.bus ?? 'none'),
	(cell, device) => setState(cell, stateOf(device.state)),
	text(device => device.driver ?? ''),
	text(device => device.port === null ? '' : String(device.port)),
	(cell, device) => {
		if (cell.children.length === 0) {
			cell.className = 'change';
			cell.append(deviceButton(device.name, 'yank'), deviceButton(device.name, 'detach'));
		}
		const [slot, detach] = cell.children;
		setAction(slot, device.plug ? 'plug' : 'yank', device.name);
		setAction(detach, 'detach', device.name);
		slot.hidden = !device.yank && !device.plug;
		detach.hidden = !device.onBus;
	},
], [4]);

const lcores = new Table('lcores', lcore => lcore.lcore, [
	text(lcore => `lcore ${lcore.lcore}`),
	text(lcore => lcore.busyNanos === null ? '' : percent(lcore.busy)),
	(cell, lcore) => cell.replaceChildren(bar(0, lcore.busy)),
	text(lcore => percent(lcore.ran)),
	text(lcore => percent(lcore.waited)),
], [1, 3, 4]);

const plots = new Plots();
const removals = new Removals();
let before = null;

function perSecond(now, then, seconds) {
	return then === undefined || now < then ? 0 : (now - then) / seconds;
}

/** The rates since the state before; null: there is none. */
function withRates(state) {
	if (before === null || before.pid !== state.pid || state.nanos - before.nanos < 2e8) {
		return null;
	}
	const seconds = (state.nanos - before.nanos) / 1e9;
	const portsThen = new Map(before.ports.map(port => [port.device, port.stats]));
	const lcoresThen = new Map(before.lcores.map(lcore => [lcore.lcore, lcore]));
	for (const port of state.ports) {
		const then = portsThen.get(port.device);
		port.rx = perSecond(port.stats.rxPackets, then?.rxPackets, seconds);
		port.tx = perSecond(port.stats.txPackets, then?.txPackets, seconds);
	}
	for (const lcore of state.lcores) {
		const then = lcoresThen.get(lcore.lcore);
		lcore.busy = Math.min(1, perSecond(lcore.busyNanos, then?.busyNanos, seconds) / 1e9);
		lcore.ran = Math.min(1, perSecond(lcore.runningNanos, then?.runningNanos, seconds) / 1e9);
		lcore.waited = Math.min(1, perSecond(lcore.waitingNanos, then?.waitingNanos, seconds) / 1e9);
	}
	return state;
}

/** A state that comes at once after another has the rates of that one. */
function withFormerRates(state) {
	const portsThen = new Map((before?.ports ?? []).map(port => [port.device, port]));
	const lcoresThen = new Map((before?.lcores ?? []).map(lcore => [lcore.lcore, lcore]));
	for (const port of state.ports) {
		port.rx = portsThen.get(port.device)?.rx ?? 0;
		port.tx = portsThen.get(port.device)?.tx ?? 0;
	}
	for (const lcore of state.lcores) {
		lcore.busy = lcoresThen.get(lcore.lcore)?.busy ?? 0;
		lcore.ran = lcoresThen.get(lcore.lcore)?.ran ?? 0;
		lcore.waited = lcoresThen.get(lcore.lcore)?.waited ?? 0;
	}
	return state;
}

function onState(state) {
	const rated = withRates(state);
	if (rated) {
		plots.add(Date.now() / 1000, state.ports.map(port => ({name: port.device, rx: port.rx, tx: port.tx})));
	} else {
		withFormerRates(state);
	}
	setText(byId('version'), state.version);
	ports.show(state.ports);
	devices.show(state.devices);
	lcores.show(state.lcores);
	byId('forward').hidden = !state.forward;
	const {claimed, released, waiting} = state.faults;
	setText(byId('fault-counts'), `Repaired since the start: ${count(claimed + released)}`
		+ (waiting > 0 ? `; ${count(waiting)} wait for a handler` : ''));
	removals.onState(state);
	if (rated || before === null || before.pid !== state.pid) {
		before = state;
	}
}

function connection(sign, words) {
	setText(byId('connection').querySelector('.sign'), sign);
	setText(byId('connection-text'), words);
}

const live = new Live(onState, async () => {
	document.body.classList.remove('away');
	connection('●', 'Live');
	await refresh();
	removals.load();
}, () => {
	document.body.classList.add('away');
	connection('⚠', `The server is away since ${new Date().toLocaleTimeString()}. What is shown is old.`);
	plots.gap(Date.now() / 1000);
});

function onSession(mayRead) {
	if (mayRead) {
		live.open();
	} else {
		live.close();
		connection('○', 'Log in to see what there is');
	}
}

byId('attach').addEventListener('submit', async event => {
	event.preventDefault();
	if (await act('attach', byId('devargs').value)) {
		byId('devargs').value = '';
	}
});
byId('forward').addEventListener('click', event => {
	if (event.target.dataset.do) {
		act(event.target.dataset.do);
	}
});
begin(onSession);

/** At first the server may be away, too. */
async function first() {
	const mayRead = await refresh();
	if (mayRead || !byId('login').hidden) {
		onSession(mayRead);
	} else {
		connection('⚠', 'The server does not answer');
		setTimeout(first, 1000);
	}
}
first();
