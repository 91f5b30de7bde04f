#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "contracts/component_result.h"
#include "store/finished_work.h"

namespace reelbatch::store {

/// Found results, also from outside the run, that missing components use.
struct UsedResults {
  std::map<std::string, contracts::ComponentResult, std::less<>> results = {};
  /// Why components of `found` are missing now, by name. Components that use their results are
  /// missing, too.
  std::map<std::string, base::Error, std::less<>> unreadable = {};
};

/// Reads these results into memory, and no others. Results of FindFinishedWork() that cannot be
/// read move to `found.missing`. Errors: out_of_memory.
base::Result<UsedResults> LoadUsed(const WantedWork& wanted, FoundWork& found);

}  // namespace reelbatch::store
