#pragma once
#include <stddef.h>
#include <stdint.h>

// Workbooks (ECMA-376) written by libxlsxwriter. In C because its options are structures full of owned pointers, and because it writes
// to a named file only, which is here a file in memory (memfd_create). A workbook belongs to one thread. Rows and columns count from 0;
// texts are UTF-8 ended by 0. Functions return 1 when done, else 0; what went wrong is kept and told by CWorkbook_finish.

typedef struct CWorkbook CWorkbook;

/// How a cell looks.
enum {
  CWORKBOOK_TEXT = 0, CWORKBOOK_HEAD = 1, CWORKBOOK_PROPOSAL = 2, CWORKBOOK_LINK = 3, CWORKBOOK_STRONG = 4,
  CWORKBOOK_CENTRED = 5, CWORKBOOK_CENTRED_PROPOSAL = 6, CWORKBOOK_STYLES = 7,
};

/// `created`: seconds since 1970, the only time in the workbook. NULL when there is no memory.
CWorkbook *CWorkbook_open(const char *title, const char *application, int64_t created);
/// Begins a sheet; what follows goes into it. A3 landscape, one page wide; the first row and `frozen` columns stay in view, and the
/// first row is printed on each page.
int CWorkbook_sheet(CWorkbook *book, const char *name, uint16_t frozen);
int CWorkbook_width(CWorkbook *book, uint16_t column, double characters);
int CWorkbook_height(CWorkbook *book, uint32_t row, double points);
/// Always a text, whatever it begins with.
int CWorkbook_text(CWorkbook *book, uint32_t row, uint16_t column, const char *text, int style);
int CWorkbook_number(CWorkbook *book, uint32_t row, uint16_t column, double number, int style);
/// `target`: `external:` and a relative path with its characters percent-encoded, or `internal:` and a place in the workbook.
int CWorkbook_link(CWorkbook *book, uint32_t row, uint16_t column, const char *target, const char *text);
/// Only the three marks can be entered in rows `first` … `last` of a column.
int CWorkbook_marks(CWorkbook *book, uint32_t first, uint32_t last, uint16_t column);
/// Filters over the rows 0 … `last` and the columns 0 … `columns - 1`.
int CWorkbook_filter(CWorkbook *book, uint32_t last, uint16_t columns);
/// Ends the workbook. Its length in octets, or -1; then `problem` says why.
int64_t CWorkbook_finish(CWorkbook *book, char *problem, size_t capacity);
/// Copies the finished workbook's octets. How many were copied.
int64_t CWorkbook_copy(CWorkbook *book, uint8_t *octets, int64_t capacity);
void CWorkbook_free(CWorkbook *book);
