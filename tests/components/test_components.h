#pragma once

#include <cstdint>
#include <map>
#include <span>
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

/// As `faults` of AddTestComponents(), by contracts::StageText().
std::map<std::string, TestModelOptions> ParseTestModels(const std::string& faults);

/// A model that answers every unit with a digest of it. `chained`: also of the unit before.
engine::OpenedModel OpenTestModel(const TestModelOptions& options, bool chained);

/// 64-bit numbers on their way through units and results.
components::Bytes BytesOf(uint64_t value);
uint64_t NumberOf(std::span<const std::byte> bytes);

/// Adds two components to a catalogue:
///   unit_digest  a unit is 8 frames; its result a digest of their samples, whatever company it is
///   in unit_chain   the same in order: each result also depends on the unit before (state travels
///   with the unit)
/// `faults`: "unit_digest: oom_above=5 pattern=..oo; unit_chain: ms_per_unit=1". What it holds
/// wrongly ends the process.
void AddTestComponents(engine::Catalog& catalog, const std::string& faults);

}  // namespace reelbatch::tests
