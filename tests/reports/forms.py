#!/usr/bin/env python3
"""Every form of a report says the same: each cell of csv, html, xlsx, json and pdf is read back with other programs and
compared. And: names that a spreadsheet, a browser or a terminal would obey come out inert in each; the report of a closed
month is the same bytes again.

usage: forms.py STUDYDAY FOLDER_OF_THIS_TEST RENDER_SAMPLE
"""
import base64
import csv
import hashlib
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OPEN = ("=", "+", "-", "@", "\t", "\r", "\n")
count = 0


def result(name, problems):
    global count
    count += 1
    for problem in problems[:10]:
        print(f"# {problem}")
    print(f"{'not ok' if problems else 'ok'} {count} - {name}", flush=True)


def skip(name, why):
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {why}", flush=True)


# ---- reading the forms back: a header and rows of text as people see it, '' for the unknown

def read_csv(data):
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    end = next((i for i, row in enumerate(rows) if not row), len(rows))
    # The apostrophe that keeps a spreadsheet from computing is no part of the value.
    return [[cell[1:] if cell[:1] == "'" and cell[1:2] in OPEN else cell for cell in row] for row in rows[:end]]


class Table(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.rows, self.cell, self.skipping = [], None, 0
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""
        elif tag == "svg":
            self.skipping += 1

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append("" if self.cell == "–" else self.cell)
            self.cell = None
        elif tag == "svg":
            self.skipping -= 1

    def handle_data(self, data):
        if self.cell is not None and not self.skipping:
            self.cell += data


def read_html(data):
    table = Table()
    table.feed(data.decode())
    return table.rows


def number_formats(book):
    styles = ElementTree.fromstring(book.read("xl/styles.xml"))
    own = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(MAIN + "numFmt")}
    own.update({"3": "#,##0", "9": "0%", "0": "", "1": "0"})
    return [own.get(x.get("numFmtId"), "?") for x in styles.find(MAIN + "cellXfs")]


def shown(value, code):
    number = float(value)
    if code == "0.0%":
        return f"{round(number * 1000) / 10:.1f}%"
    if code == "0.0":
        return f"{number:.1f}"
    if code.startswith("yyyy"):
        import datetime
        moment = datetime.datetime(1899, 12, 30) + datetime.timedelta(minutes=round(number * 1440))
        return moment.strftime("%Y-%m-%d %H:%M" if "hh" in code else "%Y-%m-%d")
    return str(int(number)) if code in ("#,##0", "", "0") else f"{value} as {code}"


def column_of(reference):
    place = 0
    for letter in re.match(r"[A-Z]+", reference).group():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def read_xlsx(data, sheet=1):
    """The rows from the frozen header on, up to the first empty one; formulas are reported as such."""
    book = zipfile.ZipFile(io.BytesIO(data))
    formats = number_formats(book)
    tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    header = int(tree.find(f".//{MAIN}pane").get("ySplit"))
    rows, width = [], 0
    for row in tree.iter(MAIN + "row"):
        number = int(row.get("r"))
        if number < header or (rows and number > last + 1):
            continue
        cells = {}
        for cell in row:
            place = column_of(cell.get("r"))
            if cell.find(MAIN + "f") is not None:
                cells[place] = "FORMULA"
            elif cell.get("t") == "inlineStr":
                cells[place] = "".join(t.text or "" for t in cell.iter(MAIN + "t"))
            elif cell.find(MAIN + "v") is not None:
                cells[place] = shown(cell.find(MAIN + "v").text, formats[int(cell.get("s", 0))])
        last = number
        width = width or len(cells)
        rows.append([cells.get(i, "") for i in range(width)])
    merged = len(tree.findall(f".//{MAIN}mergeCell"))
    return rows, merged


def pdf_text(data):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        return subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, check=True).stdout.decode()


def tenths(value, unit=""):
    return "" if value is None else f"{value // 10}.{value % 10}{unit}"


def read_json(data, header_keys):
    """The values of JSON as people see them, by the rules of studyday-rules(7)."""
    rows = []
    for row in json.loads(data)["rows"]:
        cells = []
        for key in header_keys:
            value = row[key]
            if key.endswith("_permille"):
                cells.append(tenths(value, "%"))
            elif key in ("minutes", "year_minutes"):
                cells.append(tenths((value + 3) // 6))
            else:
                cells.append("" if value is None else str(value))
        rows.append(cells)
    return rows


def differences(name, ours, theirs):
    found = [f"{name}: {len(theirs)} rows, csv has {len(ours)}"] if len(ours) != len(theirs) else []
    for number, (a, b) in enumerate(zip(ours, theirs)):
        found += [f"{name}: row {number}, column {i}: {y!r}, csv has {x!r}" for i, (x, y) in enumerate(zip(a, b)) if x != y]
        if len(a) != len(b):
            found.append(f"{name}: row {number}: {len(b)} cells, csv has {len(a)}")
    return found


# ---- the tests

class Site:
    def __init__(self, studyday, here, work):
        self.studyday, self.here, self.work = studyday, here, work

    def run(self, *args, code=0):
        env = {**os.environ, "STUDYDAY_CONFIG": f"{self.work}/site/studyday.conf", "LC_ALL": "C.UTF-8"}
        env.pop("LANGUAGE", None)
        done = subprocess.run([self.studyday, *args], capture_output=True, env=env, check=False)
        if done.returncode != code:
            raise SystemExit(f"Bail out! {args}: exit {done.returncode}: {done.stderr.decode()}")
        return done.stdout

    def set_up(self):
        self.run("init", f"{self.work}/site")
        for kind in ("orgs", "points", "terminals", "members", "sessions"):
            self.run("import", kind, f"{self.here}/site/{kind}.csv")
        self.run("attendance", "add", "2020-03-05", "1001", "in", "--at", "2020-03-05 08:55", "--why", "paper")
        self.run("attendance", "add", "2020-03-05", "1001", "out", "--at", "2020-03-05 11:01", "--why", "paper")
        self.run("leave", "add", "2020-03-05", "1002", "--why", "asked")
        self.run("home", "add", "2020-03-19", "1003", "--visitor", "1001", "--at", "2020-03-20 10:00", "--why", "visit")

    def month(self, form, *more):
        return self.run("report", "month", "2020-03", "--depth", "3", "--format", form, *more)


def same_numbers(site, pdf):
    table = read_csv(site.month("csv"))
    result("html has csv's cells", differences("html", table, read_html(site.month("html"))))
    book, merged = read_xlsx(site.month("xlsx"))
    result("xlsx has csv's cells", differences("xlsx", table, book[:len(table)]))
    result("xlsx has the definitions below the table", [] if merged > 3 else [f"{merged} merged rows"])
    charts = zipfile.ZipFile(io.BytesIO(site.month("xlsx"))).read("xl/charts/chart1.xml").decode()
    line = re.search(r"<c:trendline><c:name>(.*?)</c:name>.*?<c:trendlineType val=\"linear\"/>", charts, re.S)
    result("xlsx has a line across the bars at the whole's rate", [] if line and line[1] == "廊坊市" else [str(line)])
    document = json.loads(site.month("json"))
    keys = list(document["rows"][0])
    places = {key: i for i, key in enumerate(keys)}
    ours = [[row[places[key]] for key in keys] for row in table[1:]]
    result("json has csv's cells", differences("json", ours, read_json(site.month("json"), keys)))
    if not pdf:
        skip("pdf has the cells that text shows", "no module for PDF, or no pdftotext")
        return
    text = pdf_text(site.month("pdf"))
    missing = []
    for row in site.month("text").decode().split("\n\n")[1].splitlines():
        cells = re.split(r"\s{2,}", row.strip())
        if not cells[0].startswith("LF"):
            continue
        pattern = r"\s+".join(re.escape(cell) for cell in cells)
        if not re.search(pattern, text):
            missing.append(f"not in the pdf: {cells}")
    result("pdf has the cells that text shows", missing)


def every_report(site, pdf):
    """What `report list` knows, one of each kind, in all forms: the same cells, and a PDF that can be read."""
    operands = {"": [], "YYYY-MM": ["2020-03"], "YYYY-Qn": ["2020-Q1"], "YYYY": ["2020"], "SESSION": ["2020-03-05"],
                "MEMBER": ["1001"]}
    problems, names = [], []
    for kind in json.loads(site.run("report", "list", "--format", "json"))["reports"]:
        takes = (kind["takes"] or "").strip("[]").split("|")[0]
        year = ["--year", "2020"] if "year" in kind["options"] else []
        args = ["report", kind["name"], *operands[takes], *year, "--format"]
        names.append(kind["name"])
        table = read_csv(site.run(*args, "csv"))
        if len(table) > 1:
            problems += differences(f"{kind['name']} as html", table, read_html(site.run(*args, "html")))
            book, _ = read_xlsx(site.run(*args, "xlsx"))
            rows = [row for row in table if any(row)]  # a row without any value is not written
            problems += differences(f"{kind['name']} as xlsx", rows, book[:len(rows)])
        if pdf and "studyday" not in pdf_text(site.run(*args, "pdf")):
            problems.append(f"{kind['name']} as pdf: no footer")
    result(f"each report has the same cells in csv, html and xlsx ({', '.join(names)})", problems)


def each_type(sample, pdf):
    """csv against html and xlsx for every type of column, known, unknown and empty."""
    def render(form):
        return subprocess.run([sample, "types", form], capture_output=True, check=True).stdout
    table = read_csv(render("csv"))
    result("html shows each type as csv does", differences("html", table, read_html(render("html"))))
    book, _ = read_xlsx(render("xlsx"))
    # A row without any value is not written.
    result("xlsx shows each type as csv does", differences("xlsx", table[:2], book[:2]))
    if pdf:
        text = pdf_text(render("pdf"))
        result("pdf shows each type as csv does", [cell for cell in table[1] if cell and cell not in text])
    else:
        skip("pdf shows each type as csv does", "no module for PDF, or no pdftotext")


def inert(sample, pdf):
    def render(form):
        return subprocess.run([sample, "hostile", form], capture_output=True, check=True).stdout
    names = [row["name"] for row in json.loads(render("json"))["rows"]]
    # What is not printable is made visible, the same way in each form.
    seen = ["".join(c if c.isprintable() and c not in "\u202e" else "".join(f"\\x{b:02x}" for b in c.encode())
                    for c in name) for name in names]
    page = Table()
    page.feed(render("html").decode())
    result("names come out of html intact",
           [f"{a!r} became {b[0]!r}" for a, b in zip(seen, page.rows[1:]) if a != b[0]])
    allowed = {"html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "p", "div", "input", "label",
               "span", "output", "table", "thead", "tbody", "tr", "th", "td", "section", "ul", "li", "footer", "script"}
    result("names make no elements in html", sorted(page.tags - allowed))
    result("nothing in html is loaded or runs but our own script",
           [f"{name}={value}" for name, value in page.attributes if name.startswith("on") or name in ("src", "href", "style")])
    rows, _ = read_xlsx(render("xlsx"))
    escaped = [name.replace("_x000D_", "_x005F_x000D_") for name in seen]
    result("names come out of xlsx intact, as strings",
           [f"{a!r} became {b[0]!r}" for a, b in zip(escaped, rows[1:]) if a != b[0]])
    book = zipfile.ZipFile(io.BytesIO(render("xlsx")))
    result("xlsx has no formula, link, or macro",
           [name for name in book.namelist() if "hyperlink" in name.lower() or name.endswith((".bin", ".vml"))] +
           [name for name in book.namelist() if b"<f>" in book.read(name) or b"<hyperlink" in book.read(name)])
    if not pdf:
        skip("names come out of pdf intact", "no module for PDF, or no pdftotext")
        return
    data = render("pdf")
    text = re.sub(r"\s+", "", pdf_text(data))
    result("names come out of pdf intact", [name for name in seen if re.sub(r"\s+", "", name) not in text])
    result("pdf has no script, action or link",
           [word.decode() for word in (b"/JavaScript", b"/JS ", b"/URI", b"/Launch", b"/OpenAction", b"/Annots") if word in data])


def one_sheet(sample, pdf):
    """A list that is a little too long for a sheet is set closer, so that a year's record is one sheet to sign."""
    if not pdf:
        skip("a list that is a little too long stays on one sheet", "no module for PDF, or no pdftotext")
        return
    pages = {rows: pdf_text(subprocess.run([sample, "long", "pdf", str(rows)], capture_output=True, check=True).stdout)
             .count("\f") for rows in (5, 34, 200)}
    result("a list that is a little too long stays on one sheet",
           [] if pages[5] == pages[34] == 1 and pages[200] > 2 else [f"pages by rows: {pages}"])


def policy(sample):
    data = subprocess.run([sample, "orgs", "html"], capture_output=True, check=True).stdout.decode()
    rule = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', data).group(1)
    problems = [] if rule.startswith("default-src 'none'") else [rule]
    for element in ("style", "script"):
        content = re.search(rf"<{element}>(.*?)</{element}>", data, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        if f"{element}-src 'sha256-{digest}'" not in rule:
            problems.append(f"{element}: the policy does not allow it")
    result("html allows its own style sheet and script by digest, and nothing else", problems)


def workbook(sample):
    data = subprocess.run([sample, "orgs", "xlsx"], capture_output=True, check=True).stdout
    book = zipfile.ZipFile(io.BytesIO(data))
    sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).findall(f".//{MAIN}sheet")
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    setup = sheet.find(MAIN + "pageSetup")
    checks = {
        "a sheet for all, one for the level with several rows, one for charts":
            [s.get("name") for s in sheets] == ["Report", "Level 1", "Charts"],
        "A4, landscape": setup.get("paperSize") == "9" and setup.get("orientation") == "landscape",
        "a frozen header": sheet.find(f".//{MAIN}pane").get("state") == "frozen",
        "a filter": sheet.find(MAIN + "autoFilter") is not None,
        "bars behind rates": b"dataBar" in book.read("xl/worksheets/sheet1.xml"),
        "a header that is repeated": b"_xlnm.Print_Titles" in book.read("xl/workbook.xml"),
        "Chinese names in wide columns": max(float(c.get("width")) for c in sheet.iter(MAIN + "col")) > 25,
        "a title among its properties": "廊坊市" in book.read("docProps/core.xml").decode(),
    }
    result("a workbook has " + ", ".join(checks), [name for name, holds in checks.items() if not holds])


class Links(html.parser.HTMLParser):
    """Figures that lead to somewhere: (address, exact value); and the tags of each row."""
    def __init__(self, path):
        super().__init__()
        self.links, self.tags, self.value = [], [], None
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in ("td", "th"):
            self.value = attributes.get("data-v")
        elif tag == "a":
            self.links.append((attributes["href"], self.value))
        elif tag == "tr" and "data-g" in attributes:
            self.tags.append(attributes["data-g"].split())


def explained(site, work):
    """Each figure of a set that leads to a page leads to as many rows as it counts, and no link leads nowhere."""
    folder = f"{work}/explained"
    site.run("report", "month", "2020-03", "--out-dir", folder, "--format", "html,json", "--explain")
    problems, count = [], 0
    for name in sorted(name for name in os.listdir(folder) if "_month_" in name and name.endswith("html")):
        for address, value in Links(f"{folder}/{name}").links:
            page, figure = address.split("#")
            count += 1
            if not os.path.exists(f"{folder}/{page}"):
                problems.append(f"{name}: {address} is not there")
            elif figure != "minutes":
                rows = sum(figure in tags for tags in Links(f"{folder}/{page}").tags)
                problems += [] if str(rows) == value else [f"{name}: {address}: {rows} rows, the report has {value}"]
    result("each figure with a link leads to as many rows as it counts", problems or ([] if count > 20 else [f"{count} links"]))
    pages = [name for name in os.listdir(folder) if "_explain_" in name]
    with open(f"{folder}/index.html", encoding="utf-8") as file:
        listed = file.read()
    result("the page that lists the reports does not list what is behind them", [name for name in pages if name in listed])
    texts = "".join(open(f"{folder}/{name}", encoding="utf-8").read() for name in pages)
    result("the page behind a figure names rule, event, who and why",
           [word for word in ("[R7]", "office 0", "2020-03-05 08:55", "paper") if word not in texts])
    again = site.run("report", "month", "2020-03", "--out-dir", folder, "--format", "html,json", "--explain").decode()
    result("pages behind figures are made again only when they would say something else",
           [] if " 0 of them new" in again else [again])
    site.run("report", "month", "2020-03", "--out-dir", folder, "--format", "html,json")
    result("without --explain no figure has a link",
           Links(f"{folder}/2020-03_month_LF.html").links)


def again(site, pdf):
    """The report of a closed month: the same bytes, whatever has been changed since, and no other date in them."""
    site.run("month", "close", "2020-03")
    before = {form: site.month(form) for form in ("xlsx", "html") + (("pdf",) if pdf else ())}
    site.run("attendance", "add", "2020-03-05", "1005", "in", "--at", "2020-03-05 09:00", "--why", "found a roll")
    result("a closed month comes out in the same bytes",
           [form for form, data in before.items() if site.month(form) != data])
    closed = json.loads(site.run("month", "list", "--format", "json"))
    moment = re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d", json.dumps(closed)).group()
    book = zipfile.ZipFile(io.BytesIO(before["xlsx"]))
    problems = [f"{i.filename}: {i.date_time}" for i in book.infolist() if i.date_time[0] != 1980]
    if not re.search(r"<dcterms:created[^>]*>\d{4}-", book.read("docProps/core.xml").decode()):
        problems.append("no date of creation")
    if f"Figures of {moment.replace('T', ' ')}" not in before["html"].decode():
        problems.append(f"html does not say {moment}")
    result("a closed month's files bear the moment of closing, and no other", problems)


def deliver(site, work, pdf):
    site.month("xlsx", "--output", f"{work}/a.xlsx")
    with open(f"{work}/a.xlsx", "rb") as file:
        result("xlsx into a file is what goes into a pipe", [] if file.read() == site.month("xlsx") else ["it differs"])
    site.run("report", "month", "2020-03", "--format", "xlsx", "--output", f"{work}/a.xlsx", code=73)
    result("an existing workbook is not written over", [])
    if pdf:
        data = site.month("pdf")
        result("pdf into a pipe is a whole document",
               [] if data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF") else ["it is not"])
    else:
        skip("pdf into a pipe is a whole document", "no module for PDF, or no pdftotext")
    record = read_csv(site.run("record", "1001", "--year", "2020", "--format", "csv"))
    page = read_html(site.run("record", "1001", "--year", "2020", "--format", "html"))
    result("a record as html has csv's cells", differences("html", record, page))


def main():
    studyday, here, sample = (os.path.abspath(a) for a in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as work:
        code = subprocess.run([sample, "orgs", "pdf"], stdout=subprocess.DEVNULL, check=False).returncode
        pdf = code == 0 and shutil.which("pdftotext") is not None
        site = Site(studyday, here, work)
        site.set_up()
        result("pdf is drawn, or said to be impossible", [] if code in (0, 77) else [f"exit {code}"])
        same_numbers(site, pdf)
        every_report(site, pdf)
        each_type(sample, pdf)
        inert(sample, pdf)
        policy(sample)
        one_sheet(sample, pdf)
        workbook(sample)
        explained(site, work)
        again(site, pdf)
        deliver(site, work, pdf)  # of a month that is closed now: an open one bears the moment of asking
    print(f"1..{count}")


if __name__ == "__main__":
    main()
