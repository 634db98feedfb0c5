"""Every screen of the desk in a real browser. Called by `run` beside it: ADDRESS LEDGER PROGRAM PICTURES."""

import base64
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

BASE, LEDGER, PROGRAM, PICTURES = sys.argv[1:5]
AXE = (pathlib.Path(__file__).parent / "axe-4.14.1.min.js").read_text()
ON = "on=2026-11-03"
SCREENS = {
    "desk": "/",
    "reader": "/stories/1",
    "event": "/events/1",
    "agenda": "/agenda?" + ON,
    "claims": "/claims",
    "actor": "/actors/3",
    "explore": "/explore",
    "timeline": "/explore?tab=timeline",
    "map": "/explore?tab=map",
    "network": "/explore?tab=network",
    "sql": "/explore?tab=sql&sql=SELECT+1+AS+one",
    "runs": "/runs",
}
STORY = """---
id: envoy-visit
title: Envoy to visit Kabul next week
published: 2026-11-04T08:00:00Z
publisher: Indus Courier
---
ISLAMABAD, Nov 4 - Pakistan's special envoy Asif Durrani will visit Kabul next week, the foreign office said on Wednesday.
"""


def browser(width=1440, height=900, scripts=True, dark=False):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={width},{height}"):
        options.add_argument(argument)
    if dark:
        options.add_argument("--blink-settings=preferredColorScheme=0")
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_page_load_timeout(30)
    return driver


def fetch(path):
    with urllib.request.urlopen(BASE + path, timeout=30) as answer:
        return answer.read().decode()


def one(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector)


def many(driver, selector):
    return driver.find_elements(By.CSS_SELECTOR, selector)


def press(driver, keys):
    one(driver, "body").send_keys(keys)


def wait(driver, holds):
    return WebDriverWait(driver, 10).until(holds)


def open_(driver, path):
    driver.get(BASE + path)


def picture(driver, name, width, height, dark=False):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    scheme = "dark" if dark else "light"
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": 82})
    (pathlib.Path(PICTURES) / f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))


def test_every_screen_opens_without_a_fault(driver):
    for name, path in SCREENS.items():
        open_(driver, path)
        assert one(driver, "main h1").text.strip(), f"{path}: no heading"
        assert one(driver, ".twins"), f"{path}: no other forms"
        wide = driver.execute_script("return document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{path}: wider than the window"
        faults = [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        assert not faults, f"{path}: {faults}"


def test_pages_fit_a_phone(driver):
    for name, path in SCREENS.items():
        open_(driver, path)
        picture(driver, f"{name}-narrow", 390, 844)
        wide = driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path}: {wide} px wider than a phone"
        picture(driver, f"{name}-dark", 1440, 900, dark=True)
        picture(driver, name, 1440, 900)


def test_axe_finds_nothing_serious(driver):
    faults = []
    for scheme in ("light", "dark"):
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        for name, path in SCREENS.items():
            open_(driver, path)
            driver.execute_script(AXE)
            found = driver.execute_async_script("const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations))")
            for violation in found:
                if violation["impact"] in ("serious", "critical"):
                    node = violation["nodes"][0]
                    faults.append(f"{path} ({scheme}): {violation['id']} x{len(violation['nodes'])}: {node['target']} {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert not faults, "\n  " + "\n  ".join(faults)


def test_keys_walk_the_desk(driver):
    open_(driver, "/")
    press(driver, "jj")
    items = many(driver, "[data-item]")
    assert "here" in items[1].get_attribute("class"), "j goes on"
    press(driver, "k")
    assert "here" in items[0].get_attribute("class"), "k goes back"
    press(driver, "x")
    assert "seen" in items[0].get_attribute("class"), "x marks as read"
    title = one(driver, "[data-item].here [data-open]").text
    press(driver, "o")
    wait(driver, lambda d: "/stories/" in d.current_url)
    assert one(driver, "h1").text == title, "o opens what is chosen"
    press(driver, "u")
    wait(driver, lambda d: d.current_url.rstrip("/") == BASE)
    assert many(driver, ".card.seen"), "what was read is kept"
    press(driver, "?")
    assert "lit" in one(driver, "#keys").get_attribute("class"), "? shows the keys"
    press(driver, "/")
    assert driver.switch_to.active_element.get_attribute("name") == "words", "/ goes to the search"


def test_marks_and_cards_know_each_other(driver):
    open_(driver, "/stories/1")
    mark = one(driver, ".text .m.is-event")
    card = mark.get_attribute("data-cards").split()[0]
    assert mark.get_attribute("href").endswith("#" + card)
    mark.click()
    assert driver.current_url.endswith("#" + card)
    assert one(driver, f"#{card}:target"), "a mark leads to its card"
    press(driver, "j")
    lit = one(driver, "[data-card].lit").get_attribute("data-card")
    assert many(driver, f".text [data-cards~='{lit}'].lit"), "a card lights its marks"
    assert all(link.get_attribute("href") for link in many(driver, ".text .m")), "every mark is a link"
    assert not many(driver, ".text a a"), "no mark lies in a mark"
    one(driver, "#show-event").click()
    assert one(driver, ".text .is-event").value_of_css_property("background-color") == "rgba(0, 0, 0, 0)", "the legend hides marks"


def test_corrections_are_made_and_taken_back(driver):
    open_(driver, "/stories/1")
    press(driver, "j")
    card = one(driver, "[data-item].here").get_attribute("id")
    press(driver, "x")
    wait(driver, lambda d: many(d, f"#{card} .said"))
    assert "reject" in one(driver, f"#{card} .said").text
    one(driver, f"#{card} [data-undo]").click()
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "h1") and not many(d, f"#{card} .said"))


def test_filters_narrow_and_are_told(driver):
    open_(driver, "/explore")
    before = one(driver, "#sentence").text
    driver.execute_script("const s = document.querySelector('select[name=type]'); s.value = 'CONSULT'; s.dispatchEvent(new Event('change', {bubbles: true}))")
    wait(driver, lambda d: "CONSULT" in one(d, "#sentence").text)
    assert "type=CONSULT" in driver.current_url, "the filter is in the address"
    assert one(driver, "#sentence").text != before
    driver.refresh()
    assert "CONSULT" in one(driver, "#sentence").text, "the address shows the same again"
    open_(driver, "/?act=deny")
    assert 0 < len(many(driver, ".cards > li")) < 13
    open_(driver, "/claims?view=accusations")
    assert many(driver, ".issue")


def test_exports_are_what_is_shown(driver):
    for path, rows in {"/": ".cards > li", "/agenda?" + ON: ".standing tbody tr", "/explore?type=ASSAULT": "#events tbody tr", "/runs": "[data-run]"}.items():
        open_(driver, path)
        shown = len(many(driver, rows))
        link = one(driver, ".twins a[href*='.csv']").get_attribute("href").removeprefix(BASE)
        table = list(csv.DictReader(io.StringIO(fetch(link))))
        first = table[0].get("part")
        n = sum(row.get("part") == first for row in table)
        assert n == shown, f"{path}: {shown} rows shown, {n} in CSV"
        data = json.loads(fetch(link.replace(".csv", ".json")))
        assert len(next(iter(data.values()))) == shown, f"{path}: JSON differs"
    for path in ("/stories/1.json", "/events/1.json", "/actors/3.json", "/claims.json"):
        assert json.loads(fetch(path)), path
    open_(driver, "/events/1")
    data = json.loads(fetch("/events/1.json"))
    assert len(many(driver, ".slots tbody tr")) == len(data["slots"])


def test_graphics_have_a_table_beside_them(driver):
    for path in ("/explore", "/explore?tab=map", "/explore?tab=network", "/agenda?" + ON, "/actors/3"):
        open_(driver, path)
        assert many(driver, "main svg") and many(driver, "main table"), path
    open_(driver, "/explore?tab=map")
    box = driver.execute_script("const b = document.querySelector('.world .land').getBBox(); return [b.width, b.height]")
    assert box[0] > 1000 and box[1] > 500, f"the outlines are not drawn: {box}"
    dashed = one(driver, ".world .disputed").get_attribute("stroke-dasharray")
    assert dashed and "disputed" in one(driver, "figcaption").text


def test_the_sql_tab_reads_only(driver):
    open_(driver, "/explore?tab=sql")
    field = one(driver, "#sql")
    field.clear()
    field.send_keys("DELETE FROM events")
    one(driver, ".sql button").click()
    wait(driver, lambda d: many(d, ".fault"))
    assert "only read" in one(driver, ".fault").text


def test_pages_work_without_scripts(_):
    driver = browser(scripts=False)
    try:
        for path in SCREENS.values():
            open_(driver, path)
            assert one(driver, "main h1").text.strip(), path
        open_(driver, "/")
        one(driver, "[name=words]").send_keys("convoy" + Keys.ENTER)
        wait(driver, lambda d: "words=convoy" in d.current_url)
        assert 0 < len(many(driver, ".cards > li")) < 13
        open_(driver, "/stories/1")
        one(driver, "#e1 [data-accept]").click()
        wait(driver, lambda d: many(d, "#e1 .said"))
        one(driver, "#e1 [data-undo]").click()
        wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "h1") and not many(d, "#e1 .said"))
    finally:
        driver.quit()


def test_first_pages_are_light(_):
    for path in SCREENS.values():
        request = urllib.request.Request(BASE + path, headers={"accept-encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            size = len(answer.read())
            page = answer.headers
        assert page["content-encoding"] == "gzip", path
        assert size < 60_000, f"{path}: {size} bytes"
    total = 0
    for name in re.findall(r'(?:href|src)="(/assets/[^"#]+)"', fetch("/")):
        request = urllib.request.Request(BASE + name, headers={"accept-encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            total += len(answer.read())
    assert total < 60_000, f"assets of the first page: {total} bytes"


def follow_a_search(driver):
    """Follows planned visits; gives the address of the feed, and adds a story with one."""
    open_(driver, "/follow?question=events&type=CONSULT&status=planned")
    one(driver, "#name").send_keys("Visits to come")
    one(driver, "form[method=post][action='/follow'] button").click()
    wait(driver, lambda d: many(d, "[role=status] a"))
    feed = one(driver, "[role=status] a").get_attribute("href").removeprefix(BASE)
    with tempfile.TemporaryDirectory() as folder:
        story = pathlib.Path(folder) / "story.md"
        story.write_text(STORY)
        subprocess.run([PROGRAM, "add", str(story), "--ledger", LEDGER], check=True, capture_output=True)
    return feed


def check_the_alert(feed):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if fetch(feed).count("<entry>") == 1:
            return
        time.sleep(1)
    raise AssertionError("no alert, or more than one: " + fetch(feed)[:2000])


def main():
    began = time.monotonic()
    driver, faults = browser(), 0

    def run(name, call, *arguments):
        nonlocal faults
        try:
            call(*arguments)
            print("ok  ", name, flush=True)
        except Exception:
            faults += 1
            print("FAIL", name, flush=True)
            traceback.print_exc()

    try:
        tests = [(name, call) for name, call in globals().items() if name.startswith("test_")]
        for name, call in tests:
            run(name, call, driver)
        feed = None

        def follows():
            nonlocal feed
            feed = follow_a_search(driver)

        run("a search is followed", follows)
        if feed:
            run("an alert comes, once", check_the_alert, feed)
    finally:
        driver.quit()
    print(f"{len(tests) + 2} browser tests, {faults} failed, {time.monotonic() - began:.0f} s; pictures in {PICTURES}")
    sys.exit(1 if faults else 0)


main()
