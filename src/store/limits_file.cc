#include "store/limits_file.h"

#include <optional>

#include "base/clock.h"
#include "base/json_fields.h"

namespace reelbatch::store {

using base::Json;
using base::JsonFields;
using base::ParseDocument;
using base::Pretty;

std::string LimitsDocument(const std::vector<contracts::LimitRecord>& limits) {
  Json document{{"schema", kLimitsSchema}, {"limits", Json::array()}};
  for (const contracts::LimitRecord& limit : limits) {
    document["limits"].push_back(
        {{"key_id", limit.key_id},
         {"key", limit.key_text},
         {"device", limit.device},
         {"limit", limit.limit},
         {"failed_at", limit.failed_at},
         {"proven", limit.proven},
         {"good_batches", limit.good},
         {"good_batches_to_grow", limit.needed},
         {"learned_at", base::Iso8601(base::Nanoseconds(limit.learned_at_ns))},
         {"learned_at_ns", limit.learned_at_ns}});
  }
  return Pretty(document);
}

base::Result<std::vector<contracts::LimitRecord>> ParseLimits(std::string_view json,
                                                              std::string_view name) {
  const auto document = ParseDocument(json, name, kLimitsSchema);
  if (!document) return std::unexpected(document.error());
  std::optional<base::Error> error;
  JsonFields fields(*document, std::string(name), error);
  std::vector<contracts::LimitRecord> limits;
  constexpr int64_t kMost = 1'000'000;
  for (JsonFields& item : fields.Objects("limits")) {
    const auto count = [&](const char* field, int64_t least) {
      const int64_t value = item.Integer(field);
      if (value < least || value > kMost) item.Reject(field, "a number of units or batches");
      return static_cast<int>(value);
    };
    contracts::LimitRecord limit{
        .key_id = item.Text("key_id"), .key_text = item.Text("key"), .device = item.Text("device")};
    limit.limit = count("limit", 1);
    limit.failed_at = count("failed_at", 1);
    limit.proven = count("proven", 0);
    limit.good = count("good_batches", 0);
    limit.needed = count("good_batches_to_grow", 1);
    limit.learned_at_ns = item.Integer("learned_at_ns");
    limits.push_back(std::move(limit));
  }
  if (error) return std::unexpected(*error);
  return limits;
}

}  // namespace reelbatch::store
