#define _GNU_SOURCE
#include "CWorkbook.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

struct CWorkbook {
  int memory;
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *styles[CWORKBOOK_STYLES];
  /// The first thing that went wrong.
  lxw_error error;
  int64_t length;
};

static const char *const font = "Yu Gothic";
static const uint8_t shift_jis = 128;
static const uint8_t a3 = 8;

static int noted(CWorkbook *book, lxw_error error) {
  if (error != LXW_NO_ERROR && book->error == LXW_NO_ERROR) book->error = error;
  return error == LXW_NO_ERROR;
}

static void make_styles(CWorkbook *book) {
  for (int style = 0; style < CWORKBOOK_STYLES; style++) {
    lxw_format *format = workbook_add_format(book->book);
    book->styles[style] = format;
    if (format == NULL) {
      noted(book, LXW_ERROR_MEMORY_MALLOC_FAILED);
      return;
    }
    format_set_font_name(format, font);
    format_set_font_charset(format, shift_jis);
    format_set_font_size(format, 10);
    format_set_text_wrap(format);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    format_set_border(format, LXW_BORDER_HAIR);
  }
  format_set_bold(book->styles[CWORKBOOK_HEAD]);
  format_set_bg_color(book->styles[CWORKBOOK_HEAD], 0xE7E6E6);
  format_set_align(book->styles[CWORKBOOK_HEAD], LXW_ALIGN_VERTICAL_CENTER);
  format_set_bold(book->styles[CWORKBOOK_STRONG]);
  format_set_font_color(book->styles[CWORKBOOK_LINK], 0x0563C1);
  format_set_underline(book->styles[CWORKBOOK_LINK], LXW_UNDERLINE_SINGLE);
  const int proposals[] = {CWORKBOOK_PROPOSAL, CWORKBOOK_CENTRED_PROPOSAL};
  for (int index = 0; index < 2; index++) {
    format_set_italic(book->styles[proposals[index]]);
    format_set_font_color(book->styles[proposals[index]], 0x595959);
  }
  format_set_align(book->styles[CWORKBOOK_CENTRED], LXW_ALIGN_CENTER);
  format_set_align(book->styles[CWORKBOOK_CENTRED_PROPOSAL], LXW_ALIGN_CENTER);
}

CWorkbook *CWorkbook_open(const char *title, const char *application, int64_t created) {
  CWorkbook *book = calloc(1, sizeof *book);
  if (book == NULL) return NULL;
  char path[64];
  book->memory = memfd_create("workbook", MFD_CLOEXEC);
  snprintf(path, sizeof path, "/proc/self/fd/%d", book->memory);
  if (book->memory >= 0) book->book = workbook_new(path);
  if (book->book == NULL) {
    if (book->memory >= 0) close(book->memory);
    free(book);
    return NULL;
  }
  // Without a time of ours the library would write the present one.
  lxw_doc_properties properties = {.title = (char *)title, .author = (char *)application, .created = (time_t)created};
  noted(book, workbook_set_properties(book->book, &properties));
  make_styles(book);
  return book;
}

int CWorkbook_sheet(CWorkbook *book, const char *name, uint16_t frozen) {
  book->sheet = workbook_add_worksheet(book->book, name);
  if (book->sheet == NULL) return noted(book, LXW_ERROR_PARAMETER_VALIDATION);
  worksheet_freeze_panes(book->sheet, 1, frozen);
  worksheet_set_landscape(book->sheet);
  worksheet_set_paper(book->sheet, a3);
  worksheet_fit_to_pages(book->sheet, 1, 0);
  worksheet_set_margins(book->sheet, 0.4, 0.4, 0.6, 0.6);
  noted(book, worksheet_repeat_rows(book->sheet, 0, 0));
  return noted(book, worksheet_set_footer(book->sheet, "&L&A&R&P / &N"));
}

int CWorkbook_width(CWorkbook *book, uint16_t column, double characters) {
  return book->sheet != NULL && noted(book, worksheet_set_column(book->sheet, column, column, characters, NULL));
}

int CWorkbook_height(CWorkbook *book, uint32_t row, double points) {
  return book->sheet != NULL && noted(book, worksheet_set_row(book->sheet, row, points, NULL));
}

static lxw_format *style_of(CWorkbook *book, int style) {
  return book->styles[style >= 0 && style < CWORKBOOK_STYLES ? style : CWORKBOOK_TEXT];
}

int CWorkbook_text(CWorkbook *book, uint32_t row, uint16_t column, const char *text, int style) {
  return book->sheet != NULL && noted(book, worksheet_write_string(book->sheet, row, column, text, style_of(book, style)));
}

int CWorkbook_number(CWorkbook *book, uint32_t row, uint16_t column, double number, int style) {
  return book->sheet != NULL && noted(book, worksheet_write_number(book->sheet, row, column, number, style_of(book, style)));
}

int CWorkbook_link(CWorkbook *book, uint32_t row, uint16_t column, const char *target, const char *text) {
  // The text again, since the library turns its strokes too.
  return book->sheet != NULL
    && noted(book, worksheet_write_url_opt(book->sheet, row, column, target, book->styles[CWORKBOOK_LINK], text, NULL))
    && CWorkbook_text(book, row, column, text, CWORKBOOK_LINK);
}

int CWorkbook_marks(CWorkbook *book, uint32_t first, uint32_t last, uint16_t column) {
  const char *marks[] = {"●", "○", "−", NULL};
  lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST, .value_list = (char **)marks};
  return book->sheet != NULL
    && noted(book, worksheet_data_validation_range(book->sheet, first, column, last, column, &rule));
}

int CWorkbook_filter(CWorkbook *book, uint32_t last, uint16_t columns) {
  return book->sheet != NULL && columns > 0 && noted(book, worksheet_autofilter(book->sheet, 0, 0, last, columns - 1));
}

static void set_strokes_of_cells(lxw_cell *cell) {
  if (cell == NULL) return;
  set_strokes_of_cells(RB_LEFT(cell, tree_pointers));
  set_strokes_of_cells(RB_RIGHT(cell, tree_pointers));
  if (cell->type != HYPERLINK_EXTERNAL) return;
  for (char *place = (char *)cell->u.string; place != NULL && (place = strchr(place, '\\')) != NULL;) *place = '/';
}

static void set_strokes_of_rows(lxw_row *row) {
  if (row == NULL) return;
  set_strokes_of_rows(RB_LEFT(row, tree_pointers));
  set_strokes_of_rows(RB_RIGHT(row, tree_pointers));
  set_strokes_of_cells(RB_ROOT(row->cells));
}

/// The library turns the strokes of external paths into those of DOS, which only Windows follows; a relationship's target is a URI
/// (ECMA-376 part 2 §9.3). Paths come percent-encoded, so that each backslash was a stroke.
static void set_strokes(lxw_workbook *book) {
  lxw_sheet *sheet;
  STAILQ_FOREACH(sheet, book->sheets, list_pointers) {
    if (!sheet->is_chartsheet && sheet->u.worksheet->hyperlinks != NULL)
      set_strokes_of_rows(RB_ROOT(sheet->u.worksheet->hyperlinks));
  }
}

int64_t CWorkbook_finish(CWorkbook *book, char *problem, size_t capacity) {
  set_strokes(book->book);
  // It frees the workbook, done or not.
  lxw_error closed = workbook_close(book->book);
  book->book = NULL;
  book->sheet = NULL;
  noted(book, closed);
  book->length = book->error == LXW_NO_ERROR ? lseek(book->memory, 0, SEEK_END) : -1;
  if (book->length < 0) snprintf(problem, capacity, "%s", lxw_strerror(book->error));
  return book->length;
}

int64_t CWorkbook_copy(CWorkbook *book, uint8_t *octets, int64_t capacity) {
  int64_t copied = 0;
  while (copied < capacity && copied < book->length) {
    ssize_t count = pread(book->memory, octets + copied, (size_t)(capacity - copied), copied);
    if (count <= 0) break;
    copied += count;
  }
  return copied;
}

void CWorkbook_free(CWorkbook *book) {
  char problem[64];
  if (book == NULL) return;
  if (book->book != NULL) CWorkbook_finish(book, problem, sizeof problem);
  close(book->memory);
  free(book);
}
