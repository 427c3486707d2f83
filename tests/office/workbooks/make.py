#!/usr/bin/env python3
"""Writes the workbooks of this folder: each valid one beside the CSV that it must read as, each invalid one beside
the line and the reason that it must be refused with (line 0: the file as a whole).

usage: make.py [FOLDER]

The files are committed; this is how they came about, and how to add one. What it writes is the same each time.
"""
import os
import struct
import sys
import zipfile

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def rels(*links):
    return (HEAD + f'<Relationships xmlns="{PACKAGE}">' +
            "".join(f'<Relationship Id="{i}" Type="{LINKS}/{kind}" Target="{target}"/>' for i, kind, target in links) +
            "</Relationships>")


def workbook(sheets='<sheet name="a" sheetId="1" r:id="rId1"/>', properties=""):
    return HEAD + f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{properties}<sheets>{sheets}</sheets></workbook>'


def sheet(rows):
    return HEAD + f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def strings(*items):
    return HEAD + f'<sst xmlns="{MAIN}">' + "".join(f"<si>{item}</si>" for item in items) + "</sst>"


def styles(formats, own=()):
    """One style for each number of a format."""
    return (HEAD + f'<styleSheet xmlns="{MAIN}"><numFmts>' +
            "".join(f'<numFmt numFmtId="{i}" formatCode="{code}"/>' for i, code in own) +
            '</numFmts><cellStyleXfs><xf numFmtId="22"/></cellStyleXfs><cellXfs>' +
            "".join(f'<xf numFmtId="{i}"/>' for i in formats) + "</cellXfs></styleSheet>")


def inline(reference, text):
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def number(reference, value, style=0):
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


def parts(rows, **more):
    """The parts of a workbook with one sheet; `more` replaces parts, None leaves them out."""
    found = {
        "_rels/.rels": rels(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook(),
        "xl/_rels/workbook.xml.rels": rels(("rId1", "worksheet", "worksheets/sheet1.xml"),
                                           ("rId2", "sharedStrings", "sharedStrings.xml"),
                                           ("rId3", "styles", "styles.xml")),
        "xl/worksheets/sheet1.xml": sheet(rows),
        "xl/sharedStrings.xml": strings(),
        "xl/styles.xml": styles([0]),
    }
    for name, text in more.items():
        name = {"workbook": "xl/workbook.xml", "strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml",
                "sheet": "xl/worksheets/sheet1.xml", "links": "xl/_rels/workbook.xml.rels",
                "root": "_rels/.rels"}.get(name, name)
        found[name] = text
    return {name: text for name, text in found.items() if text is not None}


def write(name, content, packing=zipfile.ZIP_DEFLATED):
    path = os.path.join(FOLDER, name + ".xlsx")
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in content.items():
            info = zipfile.ZipInfo(part, (2026, 11, 1, 0, 0, 0))
            info.compress_type = packing
            archive.writestr(info, text)
    return path


def valid(name, content, csv):
    write("valid/" + name, content)
    with open(os.path.join(FOLDER, "valid", name + ".csv"), "w", encoding="utf-8", newline="") as file:
        file.write(csv)


def invalid(name, content, line, reason, **options):
    path = write("invalid/" + name, content, **options)
    with open(os.path.join(FOLDER, "invalid", name + ".reason"), "w", encoding="utf-8") as file:
        file.write(f"{line}: {reason}\n")
    return path


def row(n, *cells):
    return f'<row r="{n}">{"".join(cells)}</row>'


HEADER = row(1, inline("A1", "a"), inline("B1", "b"))

valid("shared-and-inline-texts", parts(
    row(1, '<c r="A1" t="s"><v>0</v></c>', '<c r="B1" t="s"><v>1</v></c>') +
    row(2, '<c r="A2" t="s"><v>2</v></c>', inline("B2", "  blank  ")) +
    row(3, '<c r="A3" t="s"><v>3</v></c>', '<c r="B3" t="str"><f>A1</f><v>of a formula</v></c>'),
    strings=strings("<t>党员编号</t>", "<t>b</t>", "<t>0012</t>",
                    '<r><t xml:space="preserve">rich </t></r><r><rPr><b/></rPr><t>text</t></r>'
                    '<rPh sb="0" eb="1"><t>pinyin</t></rPh><phoneticPr fontId="1"/>')),
    "党员编号,b\n0012,blank\nrich text,of a formula\n")

valid("numbers", parts(
    HEADER +
    row(2, number("A2", "1310020001234"), number("B2", "1.310020001234E12")) +
    row(3, number("A3", "90"), number("B3", "90.0")) +
    row(4, number("A4", "-5"), number("B4", "0.1")) +
    row(5, number("A5", "999999999999999"), number("B5", "1.5E-7")) +
    row(6, '<c r="A6" t="b"><v>1</v></c>', '<c r="B6" t="b"><v>0</v></c>')),
    "a,b\n1310020001234,1310020001234\n90,90\n-5,0.1\n999999999999999,1.5e-07\nTRUE,FALSE\n")

DATES = [0, 14, 22, 31, 58, 176, 177, 178, 45]
OWN = [(176, "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"), (177, "[Red]0.0&quot;day&quot;"), (178, "[h]:mm")]
valid("dates-by-their-format", parts(
    HEADER +
    row(2, number("A2", "46331", 1), number("B2", "46331.375", 2)) +
    row(3, number("A3", "46331", 3), number("B3", "46331", 4)) +
    row(4, number("A4", "46331", 5), number("B4", "46331", 6)) +
    row(5, number("A5", "0.375", 7), number("B5", "46331.37501157407", 2)) +
    row(6, number("A6", "1", 1), number("B6", "61", 1)) +
    row(7, '<c r="A7" t="d"><v>2026-11-05T00:00:00</v></c>', '<c r="B7" t="d"><v>2026-11-05T09:30:00</v></c>') +
    row(8, number("A8", "46331.999999999", 2), number("B8", "2958465", 1)),
    styles=styles(DATES, OWN)),
    "a,b\n2026-11-05,2026-11-05 09:00\n2026-11-05,2026-11-05\n2026-11-05,46331\n09:00,2026-11-05 09:00:01\n"
    "1900-01-01,1900-03-01\n2026-11-05,2026-11-05 09:30\n2026-11-06,9999-12-31\n")

valid("dates-counted-from-1904", parts(
    HEADER + row(2, number("A2", "44869", 1), number("B2", "44869.5", 1)),
    workbook=workbook(properties='<workbookPr date1904="1"/>'), styles=styles([0, 14])),
    "a,b\n2026-11-05,2026-11-05 12:00\n")

valid("empty-rows-and-cells", parts(
    row(3, inline("A3", "a"), inline("B3", "b"), inline("C3", "c")) +
    row(4, '<c r="A4" s="0"/>', inline("B4", "2")) + row(5) + row(9, inline("C9", " "), '<c r="ZZ9" s="0"/>') +
    row(10, inline("C10", "last"), '<c r="D10"/>')),
    "\n\na,b,c\n,2,\n\n\n\n\n\n,,last\n")

valid("no-references", parts(
    "<row><c t=\"inlineStr\"><is><t>a</t></is></c><c><v>7</v></c></row><row><c><v>1</v></c><c><v>2</v></c></row>",
    strings=None, styles=None, links=rels(("rId1", "worksheet", "/xl/worksheets/sheet1.xml"))),
    "a,7\n1,2\n")

valid("first-sheet-that-shows", parts(
    None, workbook=workbook('<sheet name="lists" sheetId="3" state="veryHidden" r:id="rId9"/>'
                            '<sheet name="chart" sheetId="4" r:id="rId8"/>'
                            '<sheet name="b" sheetId="2" r:id="rId2"/><sheet name="a" sheetId="1" r:id="rId1"/>'),
    links=rels(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml"),
               ("rId8", "chartsheet", "chartsheets/sheet1.xml"), ("rId9", "worksheet", "worksheets/sheet3.xml")),
    sheet=sheet(row(1, inline("A1", "wrong"))),
    **{"xl/worksheets/sheet2.xml": sheet(row(1, inline("A1", "right"))),
       "xl/worksheets/sheet3.xml": sheet(row(1, inline("A1", "hidden")))}),
    "right\n")

valid("prefixed-names-and-hidden-rows", parts(
    None, sheet=HEAD + f'<x:worksheet xmlns:x="{MAIN}"><x:cols><x:col min="1" max="1" hidden="1"/></x:cols><x:sheetData>'
    '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row>'
    '<x:row r="2" hidden="1"><x:c r="A2"><x:v>1</x:v></x:c></x:row>'
    '</x:sheetData><x:mergeCells><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>'),
    "a\n1\n")

valid("escaped-characters", parts(
    row(1, inline("A1", "x_x0041_y_x005F_x0041_"), inline("B1", "_x_x0000_ &amp; &#x9;"))),
    "xAy_x0041_,_x_x0000_ &\n")

invalid("error-in-a-cell", parts(HEADER + row(4, '<c r="A4" t="e"><v>#N/A</v></c>')), 4,
        "a cell shows an error, such as #N/A")
invalid("number-of-18-digits", parts(HEADER + row(2, number("A2", "131002199001011000"))), 2,
        "a number of more than 15 digits, of which a spreadsheet keeps no more; make the column text and type it in again")
invalid("number-that-is-none", parts(HEADER + row(2, number("A2", "12x"))), 2, "a damaged workbook: a number that is none")
invalid("number-in-hexadecimal", parts(HEADER + row(2, number("A2", "0x10"))), 2,
        "a damaged workbook: a number that is none")
invalid("date-that-never-was", parts(HEADER + row(2, number("A2", "60", 1)), styles=styles([0, 14])), 2,
        "29 February 1900, which never was")
invalid("date-before-1900", parts(HEADER + row(2, number("A2", "-1", 1)), styles=styles([0, 14])), 2,
        "a date outside the years 1900 to 9999")
invalid("rows-out-of-order", parts(row(2, inline("A2", "a")) + row(1, inline("A1", "b"))), 2,
        "a damaged workbook: rows out of order")
invalid("row-beyond-the-last", parts(row(1048577, inline("A1048577", "a"))), 0, "a damaged workbook: rows out of order")
invalid("cells-out-of-order", parts(row(1, inline("B1", "a"), inline("A1", "b"))), 1,
        "a damaged workbook: cells out of order")
invalid("column-beyond-64", parts(HEADER + row(2, inline("BM2", "x"))), 2, "more than 64 columns")
invalid("cell-beyond-1-mib", parts(HEADER + row(2, inline("A2", "x" * (1 << 20) + "y"))), 2, "longer than 1 MiB")
invalid("text-that-is-not-there", parts(HEADER + row(2, '<c r="A2" t="s"><v>0</v></c>')), 2,
        "a damaged workbook: a cell whose text is not there")
LAUGHS = ('<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
          '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>')
invalid("billion-laughs", parts(HEADER, strings=LAUGHS + f'<sst xmlns="{MAIN}"><si><t>&c;</t></si></sst>'), 0,
        "a damaged workbook: it defines a document type of its own")
invalid("external-entity", parts(
    None, sheet='<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">' + sheet(HEADER)[len(HEAD):]), 0,
        "a damaged workbook: it defines a document type of its own")
invalid("xml-cut-off", parts(None, sheet=sheet(HEADER)[:-20]), 0, "a damaged workbook: its XML cannot be read")
invalid("nested-too-deep", parts(None, sheet="<a>" * 40 + "</a>" * 40), 0,
        "a damaged workbook: elements too deep within each other")
invalid("no-workbook", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}, 0,
        "an archive without a workbook (.xlsx) or without a sheet in it")
invalid("no-sheet", parts(HEADER, workbook=workbook("")), 0,
        "an archive without a workbook (.xlsx) or without a sheet in it")
invalid("part-is-missing", parts(HEADER, sheet=None), 0, "a damaged workbook: a part is missing")
invalid("texts-are-missing", parts(HEADER, strings=None), 0, "a damaged workbook: a part is missing")
invalid("binary-workbook", parts(HEADER, root=rels(("rId1", "officeDocument", "xl/workbook.bin"))), 0,
        "a binary workbook; save it as .xlsx")
invalid("bomb-in-styles", parts(HEADER, styles=styles([0]) + " " * (33 << 20)), 0, "a workbook that is too large unpacked")
invalid("unusual-packing", parts(HEADER), 0, "a workbook packed in an unusual way; save it once more",
        packing=zipfile.ZIP_LZMA)
invalid("too-many-parts", {"a": b"PK\1\2" * 4097}, 0, "a workbook of more than 4,096 parts", packing=zipfile.ZIP_STORED)

# Workbooks of the import's cases. The valid one says the same as the CSV file beside it, with codes as text and days
# as numbers that a format shows as dates.
NAMES = ["党员编号", "name", "org", "from", "to", "category", "role", "card", "exempt_from", "exempt_to", "exempt_reason"]
COLUMNS = "ABCDEFGHIJK"


def line(n, *cells):
    return row(n, *(number(f"{c}{n}", v, 1) if isinstance(v, int) else inline(f"{c}{n}", v)
                    for c, v in zip(COLUMNS, cells) if v != ""))


def write_case(name, kind, content):
    write(os.path.join("..", "cases", name, kind), content)


DAYS = styles([0, 14])
if len(sys.argv) == 1:
    write_case("valid/workbook-beside-csv", "members", parts(
        line(1, *NAMES) +
        line(2, "N1", "钱一", "B-1", 44256, "", "farmer", "secretary", "0007", 46023, 46387, "long-illness") +
        line(3, "N2", "孙, 二", "B-1", 44256, 46388, "在职", "委员") + line(5, "007", "李三", "B-1", 44256), styles=DAYS))
    write_case("invalid/workbook-with-bad-cells", "members", parts(
        line(1, *NAMES) + line(2, "N1", "钱一", "B-1", "tomorrow") + line(4, "N2", "", "B-1", 44256) +
        line(7, "N3", "李三", "X", 44256), styles=DAYS))
    write_case("invalid/workbook-without-header", "orgs", parts(""))

path = invalid("two-parts-of-one-name", {**parts(HEADER), "xl/worksheets/sheetX.xml": sheet("")}, 0,
               "a damaged workbook: two parts have one name")
with open(path, "r+b") as file:
    data = file.read().replace(b"sheetX.xml", b"sheet1.xml")
    file.seek(0)
    file.write(data)

path = invalid("archive-cut-off", parts(HEADER), 0, "a damaged workbook: its archive cannot be read")
with open(path, "r+b") as file:
    file.truncate(len(file.read()) // 2)

path = invalid("checksum-differs", parts(HEADER), 0, "a damaged workbook: its archive cannot be read",
               packing=zipfile.ZIP_STORED)
with open(path, "r+b") as file:
    data = file.read()
    at = data.index(b"<sheetData>") - 1
    file.seek(0)
    file.write(data[:at - 2] + b"X" + data[at - 1:])

path = invalid("password", parts(HEADER), 0, "a workbook with a password; save it without one")
with open(path, "r+b") as file:
    data = bytearray(file.read())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(mark)
        while at >= 0:
            struct.pack_into("<H", data, at + flags, 1)
            at = data.find(mark, at + 4)
    file.seek(0)
    file.write(data)
