# SPDX-License-Identifier: Apache-2.0
"""Whether the web page is for everyone: keyboard, contrast, motion, screen readers, narrow screens.

The tests of web.py that get the page with a removal in its history.
"""

from browser import until

# Every text and its contrast with what is behind it, as WCAG 2 defines it; those below 4.5.
CONTRAST = """
const light = c => { const s = c / 255; return s <= .04045 ? s / 12.92 : ((s + .055) / 1.055) ** 2.4; };
const parse = text => text.match(/[0-9.]+/g).map(Number);
const luminance = ([r, g, b]) => .2126 * light(r) + .7152 * light(g) + .0722 * light(b);
const behind = node => {
  for (let n = node; n; n = n.parentElement) {
    const colour = parse(getComputedStyle(n).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) { return colour; }
  }
  return [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const low = [];
let seen = 0;
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest('noscript, .unseen')) { continue; }
  seen++;
  const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(behind(node))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) { low.push(node.textContent.trim() + ' ' + ratio.toFixed(2)); }
}
return [seen, low];
"""

# What a screen reader stumbles over: fields without a label, tables without a caption, and the like.
FLAWS = """
const flaws = [];
const named = n => n.labels?.length || n.getAttribute('aria-label') || n.textContent.trim();
for (const n of document.querySelectorAll('input:not([hidden]), button, a')) {
  if (n.checkVisibility() && !named(n)) { flaws.push('no name: ' + n.outerHTML); }
}
for (const n of document.querySelectorAll('table')) { if (!n.caption) { flaws.push('no caption: ' + n.id); } }
for (const n of document.querySelectorAll('section')) {
  if (!document.getElementById(n.getAttribute('aria-labelledby'))) { flaws.push('no heading: ' + n.id); }
}
for (const n of document.querySelectorAll('thead th')) { if (!n.scope || !n.textContent.trim()) { flaws.push('th: ' + n.outerHTML); } }
const ids = [...document.querySelectorAll('[id]')].map(n => n.id);
if (new Set(ids).size !== ids.length) { flaws.push('an id twice'); }
for (const tag of ['main', 'header', 'h1']) {
  if (document.querySelectorAll(tag).length !== 1) { flaws.push('not one ' + tag); }
}
if (!document.documentElement.lang) { flaws.push('no language'); }
return flaws;
"""


def should_be_usable_by_keyboard_alone(page):
    from selenium.webdriver.common.keys import Keys
    page.driver.get(page.address)
    page.await_text("#history", "net_sim0")
    page.await_text("#fault-list", "net_sim0")
    page.await_text("#devices", "Detach")
    page.js("document.activeElement.blur()")
    wanted = page.js("""return [...document.querySelectorAll('a, button, input, [tabindex="0"]')]
        .filter(n => n.checkVisibility() && !n.disabled).length""")
    reached, first = 0, None
    for _ in range(wanted + 20):
        page.keys(Keys.TAB)
        where, outline = page.js("""const n = document.activeElement;
            return [n === document.body ? '' : n.id + n.textContent.slice(0, 30), getComputedStyle(n).outlineStyle]""")
        if where == "":
            break
        first = first or where
        reached += 1
        assert outline != "none", f"the focus on {where} cannot be seen"
    assert first == "To the content" and reached == wanted, (first, reached, wanted)
    page.js("document.querySelector('#history tbody a').focus()")
    page.keys(Keys.ENTER)
    page.await_text("#removal-title", "net_sim0")
    assert page.shown("#removal")


def should_be_readable_in_light_and_dark_and_without_motion(page):
    for scheme in ("light", "dark"):
        page.scheme(scheme)
        seen, low = page.js(CONTRAST)
        assert seen > 80 and low == [], (scheme, seen, low)
    assert page.js("return getComputedStyle(document.querySelector('.track div')).transitionDuration") != "0s"
    page.scheme("light", "reduce")
    assert page.js("return getComputedStyle(document.querySelector('.track div')).transitionDuration") == "0s"
    page.scheme("light")


def should_have_nothing_a_screen_reader_stumbles_over(page):
    assert page.js(FLAWS) == [], page.js(FLAWS)


def should_fit_a_narrow_screen(page):
    page.width(360)
    until(lambda: page.js("return document.documentElement.scrollWidth <= 360"), "nothing is cut off")
    page.width(1280)


TESTS = [value for name, value in list(globals().items()) if name.startswith("should_")]
