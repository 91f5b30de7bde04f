#pragma once

/// Marks what programs can use; the library exports no other symbols.
#define REELBATCH_API __attribute__((visibility("default")))
/// Marks an inner class of an exported class that is not exported itself.
#define REELBATCH_HIDDEN __attribute__((visibility("hidden")))
