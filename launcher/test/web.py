#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The web page in a real Chromium: a removal watched live, login, keyboard, colours, 10,000 removals.

Runs against the product as it was built. Debian's python3, which has Debian's selenium.
"""

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
HOTBUS = str(TOP / "launcher/hotbus")
PASSWORD = "correct horse"
LIMIT = 60
REMOVALS = 10_000

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


class Product:
    """The shell with the page."""

    def __init__(self, folder: Path, port: int):
        self._folder = folder
        self.port = port
        self._process = None

    def start(self):
        log = open(self._folder / "log", "ab")
        environment = dict(os.environ, HOTBUS_ETC=str(self._folder / "etc"), HOTBUS_STATE_DIR=str(self._folder / "state"))
        self._process = subprocess.Popen(
            [HOTBUS, "shell", "--web", str(self.port), "--no-telemetry", "--file-prefix", "web-test", "--auto-start",
             "--vdev", "net_null0", "--vdev", "net_sim0,peer=net_sim1,uevent_ms=10000", "--vdev", "net_sim1"],
            stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, cwd=TOP)
        until(lambda: self.get("/api/session")[0] == 200, "the page is served")

    def kill(self):
        self._process.kill()
        self._process.wait()

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=LIMIT)

    def ask(self, method, path, body=None, **headers):
        """Status, headers and body of an answer; status 0: there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except OSError:
            return 0, {}, ""
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, fields, **headers):
        return self.ask("POST", path, urllib.parse.urlencode(fields),
                        **{"Content_Type": "application/x-www-form-urlencoded", "Origin": self.origin(), **headers})

    def origin(self):
        return f"http://127.0.0.1:{self.port}"


def until(condition, what, limit=LIMIT):
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit} s: {what() if callable(what) else what}")
        time.sleep(0.05)


class Page:
    """The page in the browser."""

    def __init__(self, driver, product):
        self.driver = driver
        self.product = product

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def text(self, css):
        return self.js("return document.querySelector(arguments[0])?.innerText ?? ''", css)

    def shown(self, css):
        return self.js("return document.querySelector(arguments[0])?.checkVisibility() ?? false", css)

    def await_text(self, css, pattern):
        until(lambda: re.search(pattern, self.text(css), re.S),
              lambda: f"{css} says {pattern!r}, not {self.text(css)!r}")

    def click(self, css):
        self.driver.find_element("css selector", css).click()

    def type(self, css, text):
        field = self.driver.find_element("css selector", css)
        field.clear()
        field.send_keys(text)

    def keys(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def scheme(self, scheme, motion="no-preference"):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]})

    def width(self, width, height=900):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def log_in(self):
        self.type("#password", PASSWORD)
        self.click("#login button")
        self.await_text("#said", "Logged in")

    def errors(self):
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


# ---- tests: each gets the page as the one before has left it ------------------------------------

def should_show_what_there_is(page):
    page.driver.get(f"http://localhost:{page.product.port}/")
    page.await_text("#connection", "Live")
    page.await_text("#ports", r"net_null0.*started.*up.*net_sim0.*net_sim1")
    page.await_text("#devices", r"net_sim1\s+vdev\s+✓ attached\s+net_sim\s+2")
    page.await_text("#lcores", r"lcore \d+\s+\d")
    until(lambda: re.search(r"\d (k|M|G)\n?", page.text("#ports tbody tr td:nth-child(6)")), "packets are received")
    assert page.js("return document.querySelectorAll('.plot canvas').length") == 2
    assert page.errors() == [], page.errors()


def should_be_read_only_without_a_login(page):
    assert page.shown("#login") and not page.shown("#attach") and not page.shown("#forward button")
    status, _, body = page.product.post("/api/act", {"do": "yank", "device": "net_sim0"})
    assert (status, json.loads(body)["message"]) == (403, "Log in first")


def should_refuse_a_wrong_password_and_slow_the_next(page):
    page.type("#password", "wrong")
    page.click("#login button")
    page.await_text("#said", "The password is wrong")
    assert page.js("return document.activeElement.id") == "password"
    page.type("#password", PASSWORD)  # a slow browser has to click alone within the time
    for _ in range(3):  # the next may be tried after 1, 2, 4 and now 8 s
        until(lambda: page.product.post("/api/login", {"password": "again"})[0] == 403, "the next may be tried")
    page.click("#login button")
    page.await_text("#said", r"Wrong passwords were tried: wait [1-8] s and try again")
    until(lambda: page.product.post("/api/login", {"password": PASSWORD})[0] == 200, "the right one is taken")
    page.log_in()
    page.errors()  # a browser reports answers other than 200


def should_let_a_user_change_something(page):
    assert page.shown("#forward button") and page.shown("#attach") and not page.shown("#login")
    page.type("#devargs", "net_null7,size=128")
    page.click("#attach button")
    page.await_text("#said", "net_null7 is attached as port")
    page.await_text("#devices", "net_null7")
    page.click("button[aria-label='Detach net_null7']")
    page.await_text("#said", "net_null7 is detached")
    page.type("#devargs", "net_nonsense0")
    page.click("#attach button")
    page.await_text("#said", "net_nonsense0")
    assert page.js("return document.getElementById('said').className") == "failed"
    page.errors()


def should_show_a_removal_live(page):
    page.click("button[aria-label='Yank net_sim0']")
    page.await_text("#history", r"net_sim0\s+SIGBUS\s+○ detached")
    page.await_text("#devices", r"net_sim0\s+none\s+✕ pulled out")
    page.await_text("#announced", "net_sim0 was removed, first sign SIGBUS")
    page.await_text("#fault-list", r"net_sim0\s+net_sim0 BAR\d\s+\d+\s+[\d.]+ [µm]s")
    number = page.text("#history tbody th")
    page.click("#history tbody a")
    page.await_text("#removal-title", f"Removal {number}: net_sim0")
    until(lambda: page.js("return document.activeElement.id") == "removal-title", "the focus is on its heading")
    page.await_text("#steps", r"repair.*hot unplug.*forward stop.*port stop.*port close.*detach.*remove.*[µm]s")
    page.click("button[aria-label='Plug net_sim0']")
    page.await_text("#history", r"net_sim0\s+SIGBUS\s+✓ back")
    page.await_text("#steps", r"repair.*port stop.*detach\s.*remove\s.*attach\s.*probe\s.*port start.*forward start")
    page.await_text("#removal-facts", r"Back after\s+[\d.]+ m?s")
    widths = page.js("return [...document.querySelectorAll('#steps .track div')].map(n => n.getBoundingClientRect().width)")
    assert len(widths) >= 8 and min(widths) >= 3, widths


def should_have_an_address_for_each_removal(page):
    address = page.driver.current_url
    assert re.search(r"#removal-\d+$", address), address
    page.driver.get("about:blank")
    page.driver.get(address)
    page.await_text("#removal-title", "net_sim0")
    page.await_text("#steps", "forward stop")
    page.driver.get(f"http://localhost:{page.product.port}/#removal-999999999")
    page.await_text("#removal-title", "There is no removal 999999999")
    page.click("#removal a")
    until(lambda: not page.shown("#removal"), "the removal is closed")
    page.errors()


def should_refuse_requests_of_other_sites(page):
    product = page.product
    cookie = f"hotbus-{product.port}={page.driver.get_cookie(f'hotbus-{product.port}')['value']}"
    session = json.loads(product.get("/api/session", Cookie=cookie)[2])
    token = session["csrf"]
    act = {"do": "yank", "device": "net_sim0"}
    assert token and product.post("/api/act", act, Cookie=cookie)[0] == 403, "without the token"
    assert product.post("/api/act", act, Cookie=cookie, X_CSRF_Token=token + "x")[0] == 403, "with another token"
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{product.port}", f"http://127.0.0.1:{product.port + 1}"):
        assert product.post("/api/act", act, Cookie=cookie, X_CSRF_Token=token, Origin=origin)[0] == 403, origin
    assert product.get("/api/state", Host="evil.example")[0] == 421, "another name for this address"
    assert product.post("/api/act", act, Cookie=cookie, X_CSRF_Token=token, Content_Type="text/plain")[0] == 400, "no form"
    assert product.post("/api/act", {"do": "quit"}, Cookie=cookie, X_CSRF_Token=token)[0] == 400, "no action of the page"
    status, headers, _ = product.post("/api/act", {"do": "detach", "device": "nothing"}, Cookie=cookie, X_CSRF_Token=token)
    assert status == 409, "with everything in order it is tried"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert page.driver.get_cookie(f"hotbus-{product.port}")["httpOnly"]
    assert page.driver.get_cookie(f"hotbus-{product.port}")["sameSite"] == "Strict"
    page.await_text("#devices", r"net_sim0\s+vdev\s+✓ attached")


def should_be_usable_by_keyboard_alone(page):
    from selenium.webdriver.common.keys import Keys
    page.driver.get(f"http://localhost:{page.product.port}/")
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


def should_be_quick_with_10000_removals(page):
    page.driver.get(f"http://localhost:{page.product.port}/")
    page.await_text("#history-caption", rf"{REMOVALS + 1} to {REMOVALS - 48}")
    took = page.js("""return performance.getEntriesByType('resource').filter(e => e.name.includes('api/removals'))[0].duration""")
    begin = time.monotonic()
    for _ in range(20):
        before = page.text("#history-caption")
        page.click("#older")
        until(lambda: page.text("#history-caption") != before, "the next page")
    pages = time.monotonic() - begin
    assert page.js("return document.querySelectorAll('#history tbody tr').length") == 50
    page.type("#number", "17")
    page.click("#paging button:not([type=button])")
    page.await_text("#removal-title", "Removal 17: net_old")
    page.click("#newest")
    page.await_text("#history-caption", f"{REMOVALS + 1} to")
    print(f"    first page {took:.0f} ms, 20 pages {pages:.1f} s")
    assert took < 10_000 and pages < 60, (took, pages)


def should_say_that_the_server_is_away_and_go_on(page):
    page.product.kill()
    page.await_text("#connection", "The server is away since .* What is shown is old")
    page.product.start()
    page.await_text("#connection", "Live")
    page.await_text("#ports", "net_null0")
    until(lambda: page.shown("#login") and not page.shown("#forward button"), "the login is over, too")
    until(lambda: re.search(r"\d (k|M|G)", page.text("#ports tbody tr td:nth-child(6)")), "packets are received")
    page.errors()


def should_log_out(page):
    until(lambda: page.product.post("/api/login", {"password": PASSWORD})[0] == 200, "the right one is taken")
    page.log_in()
    cookie = f"hotbus-{page.product.port}={page.driver.get_cookie(f'hotbus-{page.product.port}')['value']}"
    page.click("#logout")
    page.await_text("#said", "Logged out")
    until(lambda: not page.shown("#forward button") and page.shown("#login"), "nothing can be changed any more")
    assert json.loads(page.product.get("/api/session", Cookie=cookie)[2])["csrf"] is None
    assert page.errors() == [], page.errors()


TESTS = [value for name, value in list(globals().items()) if name.startswith("should_")]


def take_pictures(page, folder: Path):
    page.product.post("/api/login", {"password": PASSWORD})
    page.log_in()
    page.width(1200, 1250)
    page.click("button[aria-label='Yank net_sim0']")
    until(lambda: page.shown("button[aria-label='Plug net_sim0']"), "it is pulled out")
    page.click("button[aria-label='Plug net_sim0']")
    page.await_text("#devices", r"net_sim0\s+vdev\s+✓ attached")
    time.sleep(40)  # a line in the plots
    for name, scheme, width, opened in (("light", "light", 1200, False), ("dark", "dark", 1200, False),
                                        ("removal", "light", 1200, True), ("narrow", "dark", 400, True)):
        page.scheme(scheme)
        page.width(width, 1250 if width > 400 else 900)
        page.js("location.hash = arguments[0]", f"#removal-{page.text('#history tbody th')}" if opened else "")
        time.sleep(1.5)
        page.js("scrollTo(0, 0)")
        page.driver.save_screenshot(str(folder / f"web-{name}.png"))


def prepare(folder: Path):
    (folder / "etc").mkdir()
    said = subprocess.run([HOTBUS, "password"], input=PASSWORD + "\n", capture_output=True, text=True, cwd=TOP, check=True)
    assert re.fullmatch(r"password = pbkdf2-sha512:\d+:\S+:\S+\n", said.stdout), said.stdout
    (folder / "etc/io.hotbus.web.cfg").write_text(said.stdout)
    state = folder / "state/web-test"
    state.mkdir(parents=True)
    steps = [{"kind": kind, "name": "net_old", "thread": "control", "beginNanos": i * 10_000, "endNanos": i * 10_000 + 8_000}
             for i, kind in enumerate(("HOT_UNPLUG", "FORWARD_STOP", "PORT_STOP", "PORT_CLOSE", "REMOVE", "DETACH"))]
    with open(state / "history.jsonl", "w", encoding="utf-8") as history:
        for number in range(1, REMOVALS + 1):
            history.write(json.dumps({
                "removal": number, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1.79e9 + 60 * number)), "bus": "vdev",
                "device": f"net_old{number % 7}", "cause": "UEVENT_REMOVE", "detachedNanos": 58_000,
                "steps": steps}) + "\n")


def browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900",
                     "--lang=en-GB"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def free_port() -> int:
    """A port that is free, and that the kernel gives to no client or server of its own accord."""
    while True:
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", random.randrange(10000, 32768)))
            except OSError:
                continue
            return tried.getsockname()[1]


def run(folder: Path, pictures) -> int:
    failed = 0
    prepare(folder)
    product = Product(folder, free_port())
    product.start()
    driver = browser()
    try:
        page = Page(driver, product)
        for test in TESTS:
            try:
                test(page)
                print("ok", test.__name__, flush=True)
            except Exception as e:  # whatever the driver throws
                failed += 1
                print(f"FAIL {test.__name__}: {e!r}\n    the browser said: {page.errors()}", flush=True)
        if pictures:
            take_pictures(page, pictures)
    finally:
        driver.quit()
        product.stop()
    if failed:
        print("\n".join((folder / "log").read_text(errors="replace").splitlines()[-20:]))
    print(f"\n{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="also write pictures of the page")
    options = parser.parse_args()
    try:
        import selenium  # noqa: F401
    except ImportError:
        print("SKIP web: no selenium (apt-get install python3-selenium)")
        return 0
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        print("SKIP web: no Chromium (apt-get install chromium chromium-driver)")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder), options.pictures)


if __name__ == "__main__":
    sys.exit(main())
