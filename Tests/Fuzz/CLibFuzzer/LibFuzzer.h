#ifndef TENKEN_LIB_FUZZER_H
#define TENKEN_LIB_FUZZER_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer's entry for programs with a main of their own (compiler-rt, FuzzerInterface.h). It takes what the command
// line holds, calls `one` with inputs until it is told to stop, and gives back the exit status.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one)(const uint8_t *data, size_t size));

#endif
