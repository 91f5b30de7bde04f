#include "engine/limit_book.h"

#include <algorithm>
#include <utility>

namespace reelbatch::engine {
namespace {

planning::LearnedLimit FromRecord(const contracts::LimitRecord& record) {
  return {.limit = record.limit,
          .failed_at = record.failed_at,
          .proven = record.proven,
          .good = record.good,
          .needed = record.needed,
          .learned_wall = base::Nanoseconds(record.learned_at_ns)};
}

}  // namespace

LimitBook::LimitBook(store::OutputFolder& folder, std::vector<contracts::LimitRecord> limits,
                     std::string device, base::Nanoseconds wall)
    : folder_(folder), device_(std::move(device)), limits_(std::move(limits)) {
  std::erase_if(limits_, [wall](const contracts::LimitRecord& record) {
    planning::LearnedLimit limit = FromRecord(record);
    limit.Expire(wall);
    return limit.limit == 0;
  });
}

planning::LearnedLimit LimitBook::Of(const contracts::BatchKey& key) const {
  const std::string id = contracts::BatchKeyId(key);
  base::MutexLock lock(mutex_);
  for (const contracts::LimitRecord& record : limits_) {
    if (record.key_id == id && record.device == device_) return FromRecord(record);
  }
  return {};
}

base::Status LimitBook::Learn(const contracts::BatchKey& key, const planning::LearnedLimit& limit) {
  const std::string id = contracts::BatchKeyId(key);
  base::MutexLock lock(mutex_);
  std::erase_if(limits_, [&](const contracts::LimitRecord& record) {
    return record.key_id == id && record.device == device_;
  });
  limits_.push_back({.key_id = id,
                     .key_text = contracts::BatchKeyText(key),
                     .device = device_,
                     .limit = limit.limit,
                     .failed_at = limit.failed_at,
                     .proven = limit.proven,
                     .good = limit.good,
                     .needed = limit.needed,
                     .learned_at_ns = limit.learned_wall.count()});
  return folder_.SaveLimits(limits_);
}

}  // namespace reelbatch::engine
