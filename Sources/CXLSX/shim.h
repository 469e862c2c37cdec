// libxlsxwriter, whose options are structures of owned pointers: only the C target CWorkbook uses it.
#include <xlsxwriter.h>
