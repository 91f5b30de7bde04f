#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "contracts/cost_row.h"
#include "costs/json_object.h"

namespace reelbatch::costs {

inline constexpr int64_t kMostSide = 65536;  // px; also of counts of cores

/// Shared blocks by their id; rows in a row mostly name the same one.
template <class T>
class Shared {
 public:
  void Add(const std::string& id, T block) {
    blocks_.emplace(id, std::make_shared<const T>(std::move(block)));
  }
  bool Has(std::string_view id) const { return blocks_.contains(id); }
  std::shared_ptr<const T> Find(JsonMember& member) {
    const std::string_view id = member.Text();
    if (last_ && id == last_id_) return last_;
    const auto found = blocks_.find(id);
    if (found == blocks_.end()) {
      member.Reject(fmt::format("'{}' is not there; add it or mend the name", id));
      return nullptr;
    }
    last_id_ = found->first;
    last_ = found->second;
    return last_;
  }

 private:
  std::map<std::string, std::shared_ptr<const T>, std::less<>> blocks_;
  std::string_view last_id_;
  std::shared_ptr<const T> last_;
};

/// What the rows of a document share, and its unit of memory.
class TableBlocks {
 public:
  explicit TableBlocks(JsonLog& log) : log_(log) {}

  void MemoryUnit(JsonMember& member);
  void Devices(JsonMember& section);
  void Sources(JsonMember& section);
  void Subjects(JsonMember& section);
  void Qualities(JsonMember& section);

  /// MiB, whatever the document's unit; none where it is not measured. At most 16 TiB.
  std::optional<double> Memory(JsonMember& member) const;

  Shared<contracts::DeviceProfile> devices;
  Shared<contracts::Provenance> sources;
  Shared<contracts::CostSubject> subjects;
  Shared<contracts::CostQuality> qualities;

 private:
  contracts::DeviceProfile Device(simdjson::ondemand::value value, const JsonPlace& where);
  contracts::Provenance Source(simdjson::ondemand::value value, const JsonPlace& where);
  contracts::CostQuality Quality(simdjson::ondemand::value value, const JsonPlace& where);
  contracts::CostSubject Subject(simdjson::ondemand::value value, const JsonPlace& where);
  template <class T, class Read>
  void Blocks(JsonMember& section, Shared<T>& blocks, Read read);

  JsonLog& log_;
  double to_mib_ = 1;
};

}  // namespace reelbatch::costs
