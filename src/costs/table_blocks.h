#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "contracts/cost_row.h"
#include "costs/json_object.h"

namespace reelbatch::costs {

/// Shared blocks by their id; consecutive rows usually refer to the same one.
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
      member.Reject(
          fmt::format("'{}' does not exist in this file; add it, or correct the name", id));
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

/// The shared blocks and the unit of memory of a document, while it is read.
class TableBlocks {
 public:
  void MemoryUnit(JsonMember& member);
  /// MiB, for any unit of the document; none if it is not measured. At most 16 TiB.
  std::optional<double> Memory(JsonMember& member) const;

  template <class T>
  Shared<T>& Of() {
    return std::get<Shared<T>>(blocks_);
  }

 private:
  std::tuple<Shared<contracts::DeviceProfile>, Shared<contracts::Provenance>,
             Shared<contracts::CostSubject>, Shared<contracts::CostQuality>>
      blocks_;
  double to_mib_ = 1;
};

/// Blocks of one kind that are written once and referred to by rows. The same content has the same
/// name; if the name has a meaning (the id of a device), only if that name was requested, too.
class NamedBlocks {
 public:
  explicit NamedBlocks(bool name_counts = false) : name_counts_(name_counts) {}

  /// `wish` is the name, followed by a number if another block has it.
  const std::string& Name(const std::string& wish, const std::string& json);
  std::string Section(std::string_view key) const;

 private:
  bool name_counts_;
  std::map<std::string, std::string> names_;  // by content
  std::map<std::string, int> numbers_;        // the last one used, by requested name
  std::set<std::string> taken_;
  std::vector<std::string> lines_;
};

/// The shared blocks of a document, while it is written.
class TableNames {
 public:
  /// The name of a block in the document. Its JSON is made once.
  const std::string& NameOf(const contracts::DeviceProfile& device);
  const std::string& NameOf(const contracts::Provenance& source);
  const std::string& NameOf(const contracts::CostSubject& subject);
  const std::string& NameOf(const contracts::CostQuality& quality);
  /// All blocks that have names.
  std::string Sections() const;

 private:
  template <class T>
  const std::string& NameIn(NamedBlocks& blocks, const T& block, const std::string& wish);

  NamedBlocks devices_{true};
  NamedBlocks sources_;
  NamedBlocks subjects_;
  NamedBlocks qualities_;
  std::map<const void*, const std::string*> by_block_;
};

}  // namespace reelbatch::costs
