# Reads workbooks by openpyxl and prints what is in them as JSON, one object a workbook.
import json
import sys

import openpyxl


def sheet(found):
    cells, links, kinds, italic = [], {}, {}, []
    for row in found.iter_rows():
        cells.append([cell.value for cell in row])
        for cell in row:
            if cell.value is not None:
                kinds[cell.data_type] = kinds.get(cell.data_type, 0) + 1
            if cell.hyperlink:
                links[cell.coordinate] = cell.hyperlink.target or "#" + (cell.hyperlink.location or "")
            if cell.font.i:
                italic.append(cell.coordinate)
    setup = found.page_setup
    return {
        "name": found.title, "cells": cells, "links": links, "kinds": kinds, "italic": italic,
        "frozen": found.freeze_panes, "filter": found.auto_filter.ref, "titles": found.print_title_rows,
        "orientation": setup.orientation, "paper": setup.paperSize, "tall": setup.fitToHeight,
        "fits": found.sheet_properties.pageSetUpPr.fitToPage if found.sheet_properties.pageSetUpPr else False,
        "lists": {str(rule.sqref): rule.formula1 for rule in found.data_validations.dataValidation},
    }


for path in sys.argv[1:]:
    book = openpyxl.load_workbook(path)
    print(json.dumps({"created": book.properties.created.isoformat(), "sheets": [sheet(one) for one in book]}))
