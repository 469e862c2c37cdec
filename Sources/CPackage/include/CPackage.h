#pragma once
#include <stddef.h>
#include <stdint.h>

// A ZIP package in memory (ECMA-376 part 2) of which some members are replaced while all others stay as they are, compressed octets and
// order, by libzip. In C because libzip's sources are owned pointers handed back and forth. No file is touched. A package belongs to one thread.

typedef struct CPackage CPackage;

/// Copies the octets. NULL when they are no ZIP file.
CPackage *CPackage_open(const uint8_t *octets, size_t count);
int64_t CPackage_count(CPackage *package);
/// Copies a member's name as it is written in the package, ended by 0. Its length, or -1 when it is longer than `capacity` or none.
int64_t CPackage_name(CPackage *package, int64_t member, char *name, size_t capacity);
/// The member's octets when unpacked; -1 where the package does not say, -2 where it is encrypted or packed in a way that is not known.
int64_t CPackage_size(CPackage *package, int64_t member);
/// Unpacks a member of exactly `count` octets. 1 when done and its checksum is right.
int CPackage_read(CPackage *package, int64_t member, uint8_t *octets, size_t count);
/// Puts other octets in a member's place; they are copied. 1 when done.
int CPackage_replace(CPackage *package, int64_t member, const uint8_t *octets, size_t count);
/// Ends the package: its length, or -1. Nothing but copying and freeing may follow.
int64_t CPackage_finish(CPackage *package);
/// How many octets of the finished package were copied.
int64_t CPackage_copy(CPackage *package, uint8_t *octets, int64_t capacity);
void CPackage_free(CPackage *package);
