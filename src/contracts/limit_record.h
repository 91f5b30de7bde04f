#pragma once

#include <cstdint>
#include <string>

namespace reelbatch::contracts {

/// A learned limit as it is stored between runs: see planning::LearnedLimit.
struct LimitRecord {
  std::string key_id;    // BatchKeyId()
  std::string key_text;  // for people
  std::string device;    // id of the device profile
  int limit = 0;
  int failed_at = 0;
  int proven = 0;
  int good = 0;
  int needed = 0;
  int64_t learned_at_ns = 0;  // wall time
};

}  // namespace reelbatch::contracts
