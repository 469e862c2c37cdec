# Makes a workbook such as a company keeps (make), and compares it with a filled copy of it (compare). Reads by openpyxl and by the
# octets of the ZIP file.
import json
import struct
import sys
import zipfile

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table


def make(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "チェックシート"
    yellow = PatternFill("solid", fgColor="FFFF00")
    edge = Border(left=Side("thin"), right=Side("thin"), top=Side("thin"), bottom=Side("thin"))
    for row in range(1, 30):
        for column in "ABCDE":
            cell = sheet[f"{column}{row}"]
            cell.value = f"{column}{row} 元の値 <&>"
            cell.font = Font(name="游ゴシック", size=8 + row % 3, bold=row % 2 == 0)
            cell.fill, cell.border, cell.alignment = yellow, edge, Alignment(wrap_text=True)
    sheet["G10"] = "=COUNTA(B5:B20)"
    sheet["H10"] = "=SUM(1,2)"
    sheet.merge_cells("B22:D23")
    sheet.conditional_formatting.add("B5:B9", openpyxl.formatting.rule.CellIsRule("equal", ["1"], fill=yellow))
    rule = DataValidation("list", formula1='"●,○,−"')
    rule.add("B5:B9")
    sheet.add_data_validation(rule)
    sheet.column_dimensions["F"].fill = yellow
    sheet.freeze_panes = "B2"
    other = book.create_sheet("別のシート")
    other["A1"] = "=チェックシート!B5"
    listed = book.create_sheet("表")
    listed.append(["a", "b"])
    listed.append(["1", "2"])
    listed.add_table(Table(displayName="T1", ref="A1:B2"))
    locked = book.create_sheet("保護")
    locked["A1"] = "x"
    locked.protection.sheet = True
    book.save(path + ".plain")
    # What openpyxl does not make: macros, a picture, a calculation chain, a member without compression and one of an odd name.
    with zipfile.ZipFile(path + ".plain") as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry.filename))
        new.writestr("xl/vbaProject.bin", bytes(range(256)) * 40, zipfile.ZIP_DEFLATED, 9)
        new.writestr("xl/media/image1.png", b"\x89PNG\r\n\x1a\n" + bytes(5000), zipfile.ZIP_STORED)
        new.writestr("xl/calcChain.xml", b"<calcChain/>", zipfile.ZIP_DEFLATED, 1)
        new.writestr("customXml/項目.xml", b"<a/>")


def members(path):
    """Each member's name with its octets as they are packed."""
    raw, found = open(path, "rb").read(), []
    for entry in zipfile.ZipFile(path).infolist():
        start = entry.header_offset
        name, extra = struct.unpack("<HH", raw[start + 26 : start + 30])
        begin = start + 30 + name + extra
        found.append((entry.filename, entry.CRC, entry.compress_type, raw[begin : begin + entry.compress_size]))
    return found


def looks(cell):
    return tuple(repr(one) for one in (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format, cell.protection))


def compare(first, second):
    before, after = members(first), members(second)
    assert [one[0] for one in before] == [one[0] for one in after], "members, or their order"
    changed = [old[0] for old, new in zip(before, after) if old != new]
    assert zipfile.ZipFile(second).testzip() is None
    old, new, cells = openpyxl.load_workbook(first), openpyxl.load_workbook(second), {}
    for sheet in old:
        other = new[sheet.title]
        assert sheet.freeze_panes == other.freeze_panes and str(sheet.merged_cells) == str(other.merged_cells)
        assert len(sheet.data_validations.dataValidation) == len(other.data_validations.dataValidation)
        assert len(sheet.conditional_formatting) == len(other.conditional_formatting)
        for row in range(1, max(sheet.max_row, other.max_row) + 1):
            for column in range(1, max(sheet.max_column, other.max_column) + 1):
                was, now = sheet.cell(row, column), other.cell(row, column)
                if was.value != now.value:
                    cells[now.coordinate] = [now.value, now.data_type]
                if was.value is not None:
                    assert looks(was) == looks(now), now.coordinate
    filled = new["チェックシート"]["F5"].fill.fgColor.rgb if new["チェックシート"]["F5"].value else None
    print(json.dumps({"changed": changed, "cells": cells, "column": filled}))


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    compare(sys.argv[2], sys.argv[3])
