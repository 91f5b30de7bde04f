#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "contracts/component_result.h"
#include "store/finished_work.h"

namespace reelbatch::store {

/// Results that were found, also outside the run, and that missing components take.
struct UsedResults {
  std::map<std::string, contracts::ComponentResult, std::less<>> results = {};
  /// Why components of `found` are missing now, by name. Those that take their results are, too.
  std::map<std::string, base::Error, std::less<>> unreadable = {};
};

/// Reads them into memory, and no other ones. What FindFinishedWork() has found and cannot be read
/// moves to `found.missing`. Errors: out_of_memory.
base::Result<UsedResults> LoadUsed(const WantedWork& wanted, FoundWork& found);

}  // namespace reelbatch::store
