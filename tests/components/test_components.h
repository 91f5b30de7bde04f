#pragma once

#include <string>

#include "engine/catalog.h"

namespace reelbatch::tests {

/// What the model of a test component does, beside its honest work.
struct TestModelOptions {
  double fixed_ms = 0;  // of a batch, busy
  double ms_per_unit = 0;
  int max_batch = 16;
  int64_t kb_per_unit = 64;  // really allocated and written to while a batch runs
  int oom_above = 0;         // batches of more units run out of memory; 0: none does
  /// Of the launches in their order: 'o' out of memory, 'p' poisoned until Restart(), 'i' a fault
  /// of its input, 'x' another one, 'a' absurd_size, 'h' hangs for ever, anything else: comes
  /// through.
  std::string pattern = {};
  std::string needs = {};  // another component
};

/// Adds two components to a catalogue:
///   unit_digest  a unit is 8 frames; its result a digest of their samples, whatever company it is
///   in unit_chain   the same in order: each result also depends on the unit before (state travels
///   with the unit)
/// `faults`: "unit_digest: oom_above=5 pattern=..oo; unit_chain: ms_per_unit=1". What it holds
/// wrongly ends the process.
void AddTestComponents(engine::Catalog& catalog, const std::string& faults);

}  // namespace reelbatch::tests
